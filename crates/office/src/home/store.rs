//! What a search asks the tables directly: names of evidence, titles of documents.

use base::UtcSeconds;
use store::{StoreError, Transaction};

/// Evidence with its name: number, name, when it was received.
pub(super) type NamedEvidence = (i64, String, UtcSeconds);

/// Evidence of a site, newest first, `limit` at most.
pub(super) fn list_evidence_names(
    tx: &mut Transaction,
    site: &str,
    limit: i64,
) -> Result<Vec<NamedEvidence>, StoreError> {
    let sql = "SELECT id, name, received_at FROM evidence WHERE site = $1 ORDER BY id DESC LIMIT $2";
    let rows = tx.query(sql, &[site.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.integer(0)?, row.text(1)?.to_owned(), row.at(2)?))).collect()
}

/// Titles of the documents of a site with their kinds, each once, `limit` at most.
pub(super) fn list_document_titles(
    tx: &mut Transaction,
    site: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT DISTINCT t.value, k.value FROM fact_subject s \
               JOIN fact t ON t.subject = s.id AND t.key = (SELECT id FROM fact_key WHERE key = 'document.title') \
               JOIN fact k ON k.subject = s.id AND k.key = (SELECT id FROM fact_key WHERE key = 'document.kind') \
               WHERE s.site = $1 AND s.kind = 'document' ORDER BY t.value, k.value LIMIT $2";
    let rows = tx.query(sql, &[site.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
}
