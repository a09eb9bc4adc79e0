//! Evidence page by page: the list of a site, and everything that was read from one piece.

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

/// Orders of the list of evidence. Each is turned around by [`EvidenceSearch::is_descending`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EvidenceOrder {
    /// By number: in the order it was received.
    #[default]
    Number,
    /// By name.
    Name,
    /// By importer.
    Importer,
    /// By who handed it in.
    Who,
    /// By the number of facts.
    Facts,
    /// By the number of refusals.
    Refused,
}

/// Which evidence of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidenceSearch {
    /// Words that all occur in the name or in who handed it in; ASCII letters without regard to case.
    pub words: Vec<String>,
    /// Only of this importer; `Some("")`: only what nobody recognised.
    pub importer: Option<String>,
    /// The order.
    pub order: EvidenceOrder,
    /// Whether the last come first.
    pub is_descending: bool,
}

impl EvidenceSearch {
    fn condition(&self, site: &str) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = vec![site.into()];
        let mut condition = "site = $1".to_owned();
        for word in &self.words {
            let escaped = word.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            values.push(format!("%{escaped}%").into());
            condition.push_str(&format!(" AND LOWER(name || ' ' || who) LIKE ${} ESCAPE '\\'", values.len()));
        }
        if let Some(importer) = &self.importer {
            values.push(importer.into());
            condition.push_str(&format!(" AND importer = ${}", values.len()));
        }
        (condition, values)
    }
}

/// Evidence of a site: at most `limit` from `offset` on.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn search_evidence(
    tx: &mut Transaction,
    site: &str,
    search: &EvidenceSearch,
    offset: usize,
    limit: usize,
) -> Result<Vec<EvidenceRow>, StoreError> {
    let (condition, mut values) = search.condition(site);
    let direction = if search.is_descending { "DESC" } else { "ASC" };
    let order = match search.order {
        EvidenceOrder::Number => String::new(),
        EvidenceOrder::Name => format!("name {direction}, "),
        EvidenceOrder::Importer => format!("importer {direction}, "),
        EvidenceOrder::Who => format!("who {direction}, "),
        EvidenceOrder::Facts => format!("fact_count {direction}, "),
        EvidenceOrder::Refused => format!("refused {direction}, "),
    };
    let place = values.len();
    values.extend([window(limit), window(offset)]);
    let sql = format!(
        "SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE {condition} ORDER BY {order}id {direction} LIMIT ${} OFFSET ${}",
        place + 1,
        place + 2
    );
    tx.query(&sql, &values)?.iter().map(read_evidence).collect()
}

/// How much evidence a search finds, counted up to `most`.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_evidence(
    tx: &mut Transaction,
    site: &str,
    search: &EvidenceSearch,
    most: usize,
) -> Result<usize, StoreError> {
    let (condition, mut values) = search.condition(site);
    values.push(window(most));
    let sql =
        format!("SELECT COUNT(*) FROM (SELECT 1 FROM evidence WHERE {condition} LIMIT ${}) AS found", values.len());
    Ok(usize::try_from(tx.get(&sql, &values)?.count(0)?).unwrap_or(usize::MAX))
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

/// Evidence of a site with greater numbers than `after`, oldest first, `limit` at most.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_evidence_after(
    tx: &mut Transaction,
    site: &str,
    after: i64,
    limit: usize,
) -> Result<Vec<EvidenceRow>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!("SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE site = $1 AND id > $2 ORDER BY id LIMIT $3");
    tx.query(&sql, &[site.into(), after.into(), limit.into()])?.iter().map(read_evidence).collect()
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
