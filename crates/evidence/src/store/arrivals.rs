//! When evidence came, what it is called, and which documents it names: what pages list and search.

use base::{Grade, UtcSeconds};
use store::{StoreError, Transaction};

/// Grade of the evidence of a row `e`, none without facts: all facts of a file have the same one, so the first of a million tells.
const GRADE: &str = "(SELECT f.grade FROM fact f WHERE f.evidence = e.id LIMIT 1)";

/// When the first and the last evidence of a site came in which a machine says something: words and papers watch over nothing.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_span(tx: &mut Transaction, site: &str) -> Result<Option<(UtcSeconds, UtcSeconds)>, StoreError> {
    let sql = format!("SELECT MIN(received_at), MAX(received_at) FROM evidence e WHERE site = $1 AND {GRADE} = $2");
    let row = tx.get(&sql, &[site.into(), i64::from(Grade::Machine.level()).into()])?;
    Ok(row.optional_at(0)?.zip(row.optional_at(1)?))
}

/// Whether evidence in which a machine says something came after entry `as_of` of the ledger.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn has_machine_evidence_since(tx: &mut Transaction, site: &str, as_of: u64) -> Result<bool, StoreError> {
    let sql = format!("SELECT id FROM evidence e WHERE site = $1 AND ledger_seq >= $2 AND {GRADE} = $3 LIMIT 1");
    let as_of = i64::try_from(as_of).unwrap_or(i64::MAX);
    Ok(tx.find(&sql, &[site.into(), as_of.into(), i64::from(Grade::Machine.level()).into()])?.is_some())
}

/// The newest observation of each kind of export, by the importer that read it.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_newest_observed(tx: &mut Transaction, site: &str) -> Result<Vec<(String, UtcSeconds)>, StoreError> {
    let sql = "SELECT importer, MAX(observed_at) FROM evidence WHERE site = $1 AND importer <> '' \
               GROUP BY importer ORDER BY importer";
    tx.query(sql, &[site.into()])?.iter().map(|row| Ok((row.text(0)?.to_owned(), row.at(1)?))).collect()
}

/// Number, name and time of receipt of the evidence of a site, newest first, `limit` at most.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_names(tx: &mut Transaction, site: &str, limit: i64) -> Result<Vec<(i64, String, UtcSeconds)>, StoreError> {
    let sql = "SELECT id, name, received_at FROM evidence WHERE site = $1 ORDER BY id DESC LIMIT $2";
    let rows = tx.query(sql, &[site.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.integer(0)?, row.text(1)?.to_owned(), row.at(2)?))).collect()
}

/// Titles of the documents of a site with their kinds, each once, `limit` at most.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_document_titles(tx: &mut Transaction, site: &str, limit: i64) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT DISTINCT t.value, k.value FROM fact_subject s \
               JOIN fact t ON t.subject = s.id AND t.key = (SELECT id FROM fact_key WHERE key = 'document.title') \
               JOIN fact k ON k.subject = s.id AND k.key = (SELECT id FROM fact_key WHERE key = 'document.kind') \
               WHERE s.site = $1 AND s.kind = 'document' ORDER BY t.value, k.value LIMIT $2";
    let rows = tx.query(sql, &[site.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
}
