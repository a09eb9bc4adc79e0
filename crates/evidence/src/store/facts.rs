//! The tables of subjects, keys and facts.

use std::collections::HashMap;

use assess::{Dictionary, KeyId};
use base::{Grade, Locator, Subject, SubjectKind, UtcSeconds};
use store::{Row, StoreError, Transaction};

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

pub(super) fn read_grade(row: &Row, index: usize) -> Result<Grade, StoreError> {
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
    mut each: impl FnMut(i64, crate::facts_root::NamedFact<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.query_each(
        "SELECT f.evidence, s.kind, s.ident, k.key, f.value, f.locator, f.grade, f.observed_at FROM fact f \
         JOIN fact_subject s ON s.id = f.subject JOIN fact_key k ON k.id = f.key",
        &[],
        |row| {
            let named = crate::facts_root::NamedFact {
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

/// Evidence whose facts are about subjects of another site: something that only an edit of the tables can bring about.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_misfiled(tx: &mut Transaction) -> Result<Vec<i64>, StoreError> {
    let rows = tx.query(
        "SELECT DISTINCT f.evidence FROM fact f JOIN fact_subject s ON s.id = f.subject \
         JOIN evidence e ON e.id = f.evidence WHERE s.site <> e.site ORDER BY f.evidence",
        &[],
    )?;
    rows.iter().map(|row| row.integer(0)).collect()
}
