//! One piece of evidence with everything that was read from it, page by page.

use base::{Grade, Locator, Subject, SubjectKind};
use store::{StoreError, Transaction, Value};

use super::facts::read_grade;
use super::{EVIDENCE_COLUMNS, EvidenceRow, read_evidence};
use crate::importer::Struck;

/// A fact with the names of its subject and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRow {
    /// What it is about.
    pub subject: Subject,
    /// Key in the dictionary.
    pub key: String,
    /// Canonical text of the value.
    pub value: String,
    /// Where it stands.
    pub locator: Locator,
    /// Grade.
    pub grade: Grade,
}

/// A refusal as the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalRow {
    /// Where.
    pub locator: Locator,
    /// Message id.
    pub message: String,
    /// What was found; may be empty.
    pub detail: String,
}

fn window(number: usize) -> Value {
    Value::from(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The piece of evidence of this number, if it belongs to this site.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_evidence(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<EvidenceRow>, StoreError> {
    let sql = format!("SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE id = $1 AND site = $2");
    tx.find(&sql, &[id.into(), site.into()])?.as_ref().map(read_evidence).transpose()
}

/// The grade of the facts of a piece of evidence; `None` if it has none.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_grade_of_evidence(tx: &mut Transaction, evidence: i64) -> Result<Option<Grade>, StoreError> {
    let row = tx.find("SELECT grade FROM fact WHERE evidence = $1 LIMIT 1", &[evidence.into()])?;
    row.map(|row| read_grade(&row, 0)).transpose()
}

/// What was refused of a piece of evidence, in its order: at most `limit` from `offset` on.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_refusals_of_evidence(
    tx: &mut Transaction,
    evidence: i64,
    offset: usize,
    limit: usize,
) -> Result<Vec<RefusalRow>, StoreError> {
    let sql = "SELECT locator, message, detail FROM evidence_refusal WHERE evidence = $1 ORDER BY position LIMIT $2 OFFSET $3";
    let rows = tx.query(sql, &[evidence.into(), window(limit), window(offset)])?;
    rows.iter()
        .map(|row| {
            Ok(RefusalRow {
                locator: row.text(0)?.parse().unwrap_or(Locator::Whole),
                message: row.text(1)?.to_owned(),
                detail: row.text(2)?.to_owned(),
            })
        })
        .collect()
}

/// The secrets that were taken out of a piece of evidence: at most `limit`.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_struck_of_evidence(tx: &mut Transaction, evidence: i64, limit: usize) -> Result<Vec<Struck>, StoreError> {
    let sql = "SELECT what, locator FROM evidence_struck WHERE evidence = $1 ORDER BY position LIMIT $2";
    let rows = tx.query(sql, &[evidence.into(), window(limit)])?;
    rows.iter()
        .map(|row| {
            Ok(Struck { what: row.text(0)?.to_owned(), locator: row.text(1)?.parse().unwrap_or(Locator::Whole) })
        })
        .collect()
}

/// The facts read from a piece of evidence, by subject and key: at most `limit` from `offset` on.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_facts_of_evidence(
    tx: &mut Transaction,
    evidence: i64,
    offset: usize,
    limit: usize,
) -> Result<Vec<NamedRow>, StoreError> {
    let rows = tx.query(
        "SELECT s.kind, s.ident, k.key, f.value, f.locator, f.grade FROM fact f \
         JOIN fact_subject s ON s.id = f.subject JOIN fact_key k ON k.id = f.key \
         WHERE f.evidence = $1 ORDER BY f.subject, f.key LIMIT $2 OFFSET $3",
        &[evidence.into(), window(limit), window(offset)],
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let subject =
            row.text(0)?.parse::<SubjectKind>().ok().and_then(|kind| Subject::new(kind, row.text(1).ok()?).ok());
        let Some(subject) = subject else { continue };
        found.push(NamedRow {
            subject,
            key: row.text(2)?.to_owned(),
            value: row.text(3)?.to_owned(),
            locator: row.text(4)?.parse().unwrap_or(Locator::Whole),
            grade: read_grade(row, 5)?,
        });
    }
    Ok(found)
}
