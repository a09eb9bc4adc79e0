//! What the API asks the tables directly: evidence by number.

use ::evidence::store::EvidenceRow;
use store::{Row, StoreError, Transaction};

const COLUMNS: &str = "id, site, name, sha256, original, size_bytes, importer, received_at, observed_at, who, accepted, \
                       unused, refused, fact_count, facts_root, ledger_seq";

fn read(row: &Row) -> Result<EvidenceRow, StoreError> {
    let small = |index| row.integer(index).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    Ok(EvidenceRow {
        id: row.integer(0)?,
        site: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        sha256: row.hash(3)?,
        original: row.hash(4)?,
        size_bytes: row.count(5)?,
        importer: row.text(6)?.to_owned(),
        received_at: row.at(7)?,
        observed_at: row.at(8)?,
        who: row.text(9)?.to_owned(),
        accepted: small(10)?,
        unused: small(11)?,
        refused: small(12)?,
        fact_count: row.count(13)?,
        facts_root: row.hash(14)?,
        ledger_seq: row.integer(15)?,
    })
}

/// One piece of evidence of a site.
pub(super) fn find_evidence(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<EvidenceRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM evidence WHERE site = $1 AND id = $2");
    tx.find(&sql, &[site.into(), id.into()])?.as_ref().map(read).transpose()
}

/// Evidence of a site with greater numbers than `after`, oldest first, `limit` at most.
pub(super) fn list_evidence_after(
    tx: &mut Transaction,
    site: &str,
    after: i64,
    limit: usize,
) -> Result<Vec<EvidenceRow>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!("SELECT {COLUMNS} FROM evidence WHERE site = $1 AND id > $2 ORDER BY id LIMIT $3");
    tx.query(&sql, &[site.into(), after.into(), limit.into()])?.iter().map(read).collect()
}
