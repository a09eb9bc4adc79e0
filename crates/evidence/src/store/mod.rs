//! The tables of evidence and facts: the only place of this crate with SQL. Facts stand in `facts.rs`.

mod arrivals;
mod facts;
mod one;

use std::collections::HashMap;

use assess::SiteKind;
use base::{ContentHash, Locator, UtcSeconds};
use store::{Migration, Row, StoreError, Transaction, Value};

pub use arrivals::{find_span, has_machine_evidence_since, list_document_titles, list_names, list_newest_observed};
pub use facts::{
    FactRow, StoredFact, add_facts, each_fact, each_named_fact, find_locator, list_history, list_keys, list_locators,
    list_misfiled, list_subjects, number_keys, number_subjects,
};

pub use one::{
    EvidenceOrder, EvidenceSearch, NamedRow, RefusalRow, count_evidence, find_evidence, find_grade_of_evidence,
    list_evidence_after, list_facts_of_evidence, list_refusals_of_evidence, list_struck_of_evidence, search_evidence,
};

use crate::importer::{Refusal, Struck};

/// Steps of the schema of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "evidence",
        number: 1,
        name: "evidence",
        sql: include_str!("../../migrations/0001_evidence.sql"),
    },
    Migration {
        capability: "evidence",
        number: 2,
        name: "facts_of_evidence",
        sql: include_str!("../../migrations/0002_facts_of_evidence.sql"),
    },
];

/// A hospital, clinic or pharmacy of this installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRow {
    /// Short identifier, as given on the command line.
    pub id: String,
    /// Name on reports.
    pub name: String,
    /// What it is.
    pub kind: SiteKind,
    /// Beds, if it has any.
    pub beds: Option<u32>,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Number within the installation.
    pub id: i64,
    /// Site it belongs to.
    pub site: String,
    /// Name as it was handed in.
    pub name: String,
    /// Hash of the stored bytes.
    pub sha256: ContentHash,
    /// Hash of the bytes that were handed in.
    pub original: ContentHash,
    /// Size of the stored bytes.
    pub size_bytes: u64,
    /// Importer that read it; empty if none knew the format.
    pub importer: String,
    /// When it was received.
    pub received_at: UtcSeconds,
    /// When what it says was observed.
    pub observed_at: UtcSeconds,
    /// Who handed it in.
    pub who: String,
    /// Rows or records accepted.
    pub accepted: u32,
    /// Values that no fact of the dictionary asks for.
    pub unused: u32,
    /// Rows or records refused.
    pub refused: u32,
    /// Facts read from it.
    pub fact_count: u64,
    /// Hash over all of them.
    pub facts_root: ContentHash,
    /// Its entry in the ledger.
    pub ledger_seq: i64,
}

const EVIDENCE_COLUMNS: &str = "id, site, name, sha256, original, size_bytes, importer, received_at, observed_at, who, accepted, \
                                unused, refused, fact_count, facts_root, ledger_seq";

fn read_evidence(row: &Row) -> Result<EvidenceRow, StoreError> {
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

/// Adds a site, or brings its name, kind and beds up to date.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn put_site(tx: &mut Transaction, site: &SiteRow, now: UtcSeconds) -> Result<(), StoreError> {
    let beds = site.beds.map_or(Value::Null, Value::from);
    let values = [(&site.id).into(), (&site.name).into(), site.kind.name().into(), beds, now.into()];
    tx.execute(
        "INSERT INTO site (id, name, kind, beds, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, beds = excluded.beds",
        &values,
    )?;
    Ok(())
}

/// Every site, by id.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_sites(tx: &mut Transaction) -> Result<Vec<SiteRow>, StoreError> {
    let rows = tx.query("SELECT id, name, kind, beds FROM site ORDER BY id", &[])?;
    rows.iter()
        .map(|row| {
            Ok(SiteRow {
                id: row.text(0)?.to_owned(),
                name: row.text(1)?.to_owned(),
                kind: row.text(2)?.parse().map_err(|_| StoreError::Column {
                    index: 2,
                    expected: "a kind of site",
                    found: "another text",
                })?,
                beds: row.optional_integer(3)?.and_then(|beds| u32::try_from(beds).ok()),
            })
        })
        .collect()
}

/// The newest evidence of this site whose original bytes have this hash.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_by_original(
    tx: &mut Transaction,
    site: &str,
    original: ContentHash,
) -> Result<Option<EvidenceRow>, StoreError> {
    let sql =
        format!("SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE site = $1 AND original = $2 ORDER BY id DESC LIMIT 1");
    tx.find(&sql, &[site.into(), original.into()])?.as_ref().map(read_evidence).transpose()
}

/// Every piece of evidence of a site, oldest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_evidence(tx: &mut Transaction, site: &str) -> Result<Vec<EvidenceRow>, StoreError> {
    let sql = format!("SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE site = $1 ORDER BY id");
    tx.query(&sql, &[site.into()])?.iter().map(read_evidence).collect()
}

/// The piece of evidence of this site that has this hash, stored or original.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_by_hash(tx: &mut Transaction, site: &str, hash: ContentHash) -> Result<Option<EvidenceRow>, StoreError> {
    let sql = format!(
        "SELECT {EVIDENCE_COLUMNS} FROM evidence WHERE site = $1 AND (sha256 = $2 OR original = $2) ORDER BY id DESC LIMIT 1"
    );
    tx.find(&sql, &[site.into(), hash.into()])?.as_ref().map(read_evidence).transpose()
}

/// The number the next piece of evidence gets. Call it in the transaction that adds it.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn next_evidence_id(tx: &mut Transaction) -> Result<i64, StoreError> {
    tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM evidence", &[])?.integer(0)
}

/// Adds a piece of evidence with what was refused and struck.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_evidence(
    tx: &mut Transaction,
    row: &EvidenceRow,
    refusals: &[Refusal],
    struck: &[Struck],
) -> Result<(), StoreError> {
    let count = |number: u64| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    let places: Vec<String> = (1..=16).map(|place| format!("${place}")).collect();
    let sql = format!("INSERT INTO evidence ({EVIDENCE_COLUMNS}) VALUES ({})", places.join(", "));
    let values = [
        row.id.into(),
        (&row.site).into(),
        (&row.name).into(),
        row.sha256.into(),
        row.original.into(),
        count(row.size_bytes),
        (&row.importer).into(),
        row.received_at.into(),
        row.observed_at.into(),
        (&row.who).into(),
        row.accepted.into(),
        row.unused.into(),
        row.refused.into(),
        count(row.fact_count),
        row.facts_root.into(),
        row.ledger_seq.into(),
    ];
    tx.execute(&sql, &values)?;
    let mut rows = refusals.iter().zip(1_i64..).map(|(refusal, position)| {
        vec![
            row.id.into(),
            position.into(),
            refusal.locator.to_string().into(),
            refusal.message.into(),
            (&refusal.detail).into(),
        ]
    });
    tx.insert_many("evidence_refusal", &["evidence", "position", "locator", "message", "detail"], &mut rows)?;
    let mut rows = struck.iter().zip(1_i64..).map(|(struck, position)| {
        vec![row.id.into(), position.into(), (&struck.what).into(), struck.locator.to_string().into()]
    });
    tx.insert_many("evidence_struck", &["evidence", "position", "what", "locator"], &mut rows)?;
    Ok(())
}

/// What was refused: evidence, file name, place, message id, detail; oldest evidence first, `limit` at most.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_refusals(
    tx: &mut Transaction,
    site: &str,
    limit: i64,
) -> Result<Vec<(EvidenceRow, Locator, String, String)>, StoreError> {
    let evidence: HashMap<i64, EvidenceRow> = list_evidence(tx, site)?.into_iter().map(|row| (row.id, row)).collect();
    let rows = tx.query(
        "SELECT r.evidence, r.locator, r.message, r.detail FROM evidence_refusal r JOIN evidence e ON e.id = r.evidence \
         WHERE e.site = $1 ORDER BY r.evidence, r.position LIMIT $2",
        &[site.into(), limit.into()],
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(evidence) = evidence.get(&row.integer(0)?) else { continue };
        let locator = row.text(1)?.parse().unwrap_or(Locator::Whole);
        found.push((evidence.clone(), locator, row.text(2)?.to_owned(), row.text(3)?.to_owned()));
    }
    Ok(found)
}

/// Evidence with its root, for checking against [`each_named_fact`] and the ledger.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_roots(tx: &mut Transaction) -> Result<Vec<EvidenceRow>, StoreError> {
    let sql = format!("SELECT {EVIDENCE_COLUMNS} FROM evidence ORDER BY id");
    tx.query(&sql, &[])?.iter().map(read_evidence).collect()
}
