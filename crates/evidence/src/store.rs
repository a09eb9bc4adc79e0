//! The tables of evidence and facts: the only place of this crate with SQL.

use std::collections::HashMap;

use assess::{Dictionary, KeyId};
use base::{ContentHash, Grade, Locator, Subject, SubjectKind, UtcSeconds};
use store::{Migration, Row, StoreError, Transaction, Value};

use crate::importer::{Refusal, Struck};

/// Steps of the schema of this crate.
pub const MIGRATIONS: &[Migration] = &[Migration {
    capability: "evidence",
    number: 1,
    name: "evidence",
    sql: include_str!("../migrations/0001_evidence.sql"),
}];

/// A hospital, clinic or pharmacy of this installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRow {
    /// Short identifier, as given on the command line.
    pub id: String,
    /// Name on reports.
    pub name: String,
    /// `hospital`, `clinic` or `pharmacy`.
    pub kind: String,
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
    let values = [(&site.id).into(), (&site.name).into(), (&site.kind).into(), beds, now.into()];
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
                kind: row.text(2)?.to_owned(),
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

/// Numbers of the subjects of a site; missing ones are added.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn number_subjects(tx: &mut Transaction, site: &str, subjects: &[Subject]) -> Result<Vec<i64>, StoreError> {
    let mut known: HashMap<Subject, i64> = HashMap::new();
    tx.query_each("SELECT id, kind, ident FROM fact_subject WHERE site = $1", &[site.into()], |row| {
        if let Some(subject) = read_subject(row.text(1)?, row.text(2)?) {
            known.insert(subject, row.integer(0)?);
        }
        Ok::<_, StoreError>(())
    })?;
    let mut next = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM fact_subject", &[])?.integer(0)?;
    let mut numbers = Vec::with_capacity(subjects.len());
    let mut added = Vec::new();
    for subject in subjects {
        let number = known.get(subject).copied().unwrap_or_else(|| {
            let number = next;
            next += 1;
            added.push((number, subject));
            number
        });
        numbers.push(number);
    }
    let mut rows = added
        .into_iter()
        .map(|(number, subject)| vec![number.into(), site.into(), subject.kind().name().into(), subject.id().into()]);
    tx.insert_many("fact_subject", &["id", "site", "kind", "ident"], &mut rows)?;
    Ok(numbers)
}

fn read_subject(kind: &str, ident: &str) -> Option<Subject> {
    Subject::new(kind.parse::<SubjectKind>().ok()?, ident).ok()
}

/// Numbers of all keys of the dictionary, by [`KeyId::index`]; missing ones are added.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn number_keys(tx: &mut Transaction, dictionary: &Dictionary) -> Result<Vec<i64>, StoreError> {
    let mut known: HashMap<String, i64> = HashMap::new();
    for row in tx.query("SELECT id, key FROM fact_key", &[])? {
        known.insert(row.text(1)?.to_owned(), row.integer(0)?);
    }
    let mut next = known.values().copied().max().unwrap_or(0) + 1;
    let mut numbers = Vec::with_capacity(dictionary.len());
    for definition in dictionary {
        if let Some(number) = known.get(&definition.key) {
            numbers.push(*number);
            continue;
        }
        tx.execute("INSERT INTO fact_key (id, key) VALUES ($1, $2)", &[next.into(), (&definition.key).into()])?;
        numbers.push(next);
        next += 1;
    }
    Ok(numbers)
}

/// One fact as the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// Number of the subject.
    pub subject: i64,
    /// Number of the key.
    pub key: i64,
    /// When it was observed.
    pub observed_at: UtcSeconds,
    /// Its evidence.
    pub evidence: i64,
    /// Canonical text of the value.
    pub value: String,
    /// Place in the evidence.
    pub locator: String,
    /// Grade.
    pub grade: Grade,
}

/// Adds facts. A second statement of one file about the same key is passed over.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_facts(tx: &mut Transaction, facts: &mut dyn Iterator<Item = FactRow>) -> Result<u64, StoreError> {
    let mut rows = facts.map(|fact| {
        vec![
            fact.subject.into(),
            fact.key.into(),
            fact.observed_at.into(),
            fact.evidence.into(),
            fact.value.into(),
            fact.locator.into(),
            i64::from(fact.grade.level()).into(),
        ]
    });
    tx.insert_many("fact", &["subject", "key", "observed_at", "evidence", "value", "locator", "grade"], &mut rows)
}

/// A fact as it is read back: subject and key by number, observation, evidence, value, grade.
#[derive(Debug)]
pub struct StoredFact {
    /// Number of the subject.
    pub subject: i64,
    /// Number of the key.
    pub key: i64,
    /// When it was observed.
    pub observed_at: UtcSeconds,
    /// Its evidence.
    pub evidence: i64,
    /// Canonical text of the value.
    pub value: String,
    /// Grade.
    pub grade: Grade,
}

/// Hands over every fact of a site in the order subject, key, oldest first.
///
/// # Errors
/// What `each` returns, or a [`StoreError`].
pub fn each_fact(
    tx: &mut Transaction,
    site: &str,
    mut each: impl FnMut(StoredFact) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.query_each(
        "SELECT f.subject, f.key, f.observed_at, f.evidence, f.value, f.grade FROM fact f \
         JOIN fact_subject s ON s.id = f.subject WHERE s.site = $1 ORDER BY f.subject, f.key, f.observed_at, f.evidence",
        &[site.into()],
        |row| {
            each(StoredFact {
                subject: row.integer(0)?,
                key: row.integer(1)?,
                observed_at: row.at(2)?,
                evidence: row.integer(3)?,
                value: row.text(4)?.to_owned(),
                grade: read_grade(&row, 5)?,
            })
        },
    )
}

fn read_grade(row: &Row, index: usize) -> Result<Grade, StoreError> {
    let level = row.integer(index)?;
    u8::try_from(level).ok().and_then(Grade::from_level).ok_or(StoreError::Column {
        index,
        expected: "a grade",
        found: "another number",
    })
}

/// The subjects of a site by number.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_subjects(tx: &mut Transaction, site: &str) -> Result<Vec<(i64, Subject)>, StoreError> {
    let mut found = Vec::new();
    tx.query_each("SELECT id, kind, ident FROM fact_subject WHERE site = $1 ORDER BY id", &[site.into()], |row| {
        if let Some(subject) = read_subject(row.text(1)?, row.text(2)?) {
            found.push((row.integer(0)?, subject));
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(found)
}

/// The keys of the dictionary by their number in the store.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_keys(tx: &mut Transaction, dictionary: &Dictionary) -> Result<HashMap<i64, KeyId>, StoreError> {
    let mut found = HashMap::new();
    for row in tx.query("SELECT id, key FROM fact_key", &[])? {
        if let Some(definition) = dictionary.find(row.text(1)?) {
            found.insert(row.integer(0)?, definition.id);
        }
    }
    Ok(found)
}

/// The place of a fact in its evidence.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_locator(
    tx: &mut Transaction,
    subject: i64,
    key: i64,
    evidence: i64,
) -> Result<Option<Locator>, StoreError> {
    let row = tx.find(
        "SELECT locator FROM fact WHERE subject = $1 AND key = $2 AND evidence = $3 LIMIT 1",
        &[subject.into(), key.into(), evidence.into()],
    )?;
    row.map(|row| Ok(row.text(0)?.parse().unwrap_or(Locator::Whole))).transpose()
}

/// The place of every fact of a site, by subject, key and evidence.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_locators(tx: &mut Transaction, site: &str) -> Result<HashMap<(i64, i64, i64), String>, StoreError> {
    let mut found = HashMap::new();
    tx.query_each(
        "SELECT f.subject, f.key, f.evidence, f.locator FROM fact f JOIN fact_subject s ON s.id = f.subject WHERE s.site = $1",
        &[site.into()],
        |row| {
            found.insert((row.integer(0)?, row.integer(1)?, row.integer(2)?), row.text(3)?.to_owned());
            Ok::<_, StoreError>(())
        },
    )?;
    Ok(found)
}

/// Every observation of one subject, oldest first: key, value, observed, evidence, place, grade.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_history(tx: &mut Transaction, site: &str, subject: &Subject) -> Result<Vec<(String, FactRow)>, StoreError> {
    let rows = tx.query(
        "SELECT k.key, f.subject, f.key, f.observed_at, f.evidence, f.value, f.locator, f.grade FROM fact f \
         JOIN fact_subject s ON s.id = f.subject JOIN fact_key k ON k.id = f.key \
         WHERE s.site = $1 AND s.kind = $2 AND s.ident = $3 ORDER BY k.key, f.observed_at, f.evidence",
        &[site.into(), subject.kind().name().into(), subject.id().into()],
    )?;
    rows.iter()
        .map(|row| {
            let fact = FactRow {
                subject: row.integer(1)?,
                key: row.integer(2)?,
                observed_at: row.at(3)?,
                evidence: row.integer(4)?,
                value: row.text(5)?.to_owned(),
                locator: row.text(6)?.to_owned(),
                grade: read_grade(row, 7)?,
            };
            Ok((row.text(0)?.to_owned(), fact))
        })
        .collect()
}

/// Hands over every fact of every site with its names, for recomputing the hashes in the ledger.
///
/// # Errors
/// What `each` returns, or a [`StoreError`].
pub fn each_named_fact(
    tx: &mut Transaction,
    mut each: impl FnMut(i64, crate::receive::NamedFact<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.query_each(
        "SELECT f.evidence, s.kind, s.ident, k.key, f.value, f.locator, f.grade, f.observed_at FROM fact f \
         JOIN fact_subject s ON s.id = f.subject JOIN fact_key k ON k.id = f.key",
        &[],
        |row| {
            let named = crate::receive::NamedFact {
                subject_kind: row.text(1)?,
                subject_id: row.text(2)?,
                key: row.text(3)?,
                value: row.text(4)?,
                locator: row.text(5)?,
                grade: read_grade(&row, 6)?,
                observed_at: row.at(7)?,
            };
            each(row.integer(0)?, named)
        },
    )
}

/// Evidence with its root, for checking against [`each_named_fact`] and the ledger.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_roots(tx: &mut Transaction) -> Result<Vec<EvidenceRow>, StoreError> {
    let sql = format!("SELECT {EVIDENCE_COLUMNS} FROM evidence ORDER BY id");
    tx.query(&sql, &[])?.iter().map(read_evidence).collect()
}
