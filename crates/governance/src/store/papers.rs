//! Evidence by number and name, and which documents there are.

use std::collections::{BTreeSet, HashMap};

use ::store::{StoreError, Transaction};
use base::{Subject, SubjectKind};

/// Whether a site has this piece of evidence.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn evidence_exists(tx: &mut Transaction, site: &str, evidence: i64) -> Result<bool, StoreError> {
    Ok(tx.find("SELECT id FROM evidence WHERE site = $1 AND id = $2", &[site.into(), evidence.into()])?.is_some())
}

/// Names of pieces of evidence of a site, by number; those that the site does not have are missing.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_evidence_names(
    tx: &mut Transaction,
    site: &str,
    numbers: &BTreeSet<i64>,
) -> Result<HashMap<i64, String>, StoreError> {
    let mut names = HashMap::new();
    for number in numbers {
        let row = tx.find("SELECT name FROM evidence WHERE site = $1 AND id = $2", &[site.into(), (*number).into()])?;
        if let Some(row) = row {
            names.insert(*number, row.text(0)?.to_owned());
        }
    }
    Ok(names)
}

/// Number of the newest evidence of a site, 0 if it has none.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn newest_evidence(tx: &mut Transaction, site: &str) -> Result<i64, StoreError> {
    tx.get("SELECT COALESCE(MAX(id), 0) FROM evidence WHERE site = $1", &[site.into()])?.integer(0)
}

/// The newest pieces of evidence of a site: number and name, newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_recent_evidence(tx: &mut Transaction, site: &str, limit: i64) -> Result<Vec<(i64, String)>, StoreError> {
    let sql = "SELECT id, name FROM evidence WHERE site = $1 ORDER BY id DESC LIMIT $2";
    let rows = tx.query(sql, &[site.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.integer(0)?, row.text(1)?.to_owned()))).collect()
}

/// The documents of a site, answers to items aside; at most `limit`.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_document_subjects(tx: &mut Transaction, site: &str, limit: i64) -> Result<Vec<Subject>, StoreError> {
    let sql = "SELECT ident FROM fact_subject WHERE site = $1 AND kind = $2 AND ident NOT LIKE 'claim/%' ORDER BY ident LIMIT $3";
    let rows = tx.query(sql, &[site.into(), SubjectKind::Document.name().into(), limit.into()])?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.extend(Subject::new(SubjectKind::Document, row.text(0)?).ok());
    }
    Ok(found)
}

/// The newest evidence that says something about a subject: its number, and who handed it in.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_newest_evidence_about(
    tx: &mut Transaction,
    site: &str,
    subject: &Subject,
) -> Result<Option<(i64, String)>, StoreError> {
    let row = tx.find(
        "SELECT e.id, e.who FROM fact_subject s JOIN fact f ON f.subject = s.id JOIN evidence e ON e.id = f.evidence \
         WHERE s.site = $1 AND s.kind = $2 AND s.ident = $3 ORDER BY e.id DESC LIMIT 1",
        &[site.into(), subject.kind().name().into(), subject.id().into()],
    )?;
    row.map(|row| Ok((row.integer(0)?, row.text(1)?.to_owned()))).transpose()
}
