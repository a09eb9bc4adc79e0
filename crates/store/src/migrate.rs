//! Brings the schema up to date, one numbered step at a time, per capability.

use base::{ContentHash, UtcSeconds};

use crate::database::{Database, Dialect, Transaction};
use crate::error::StoreError;

/// One step of a capability's schema. A step that was released never changes.
///
/// `sql` is one text for both databases, written for SQLite: `INTEGER`, `BLOB` and `TEXT` become `BIGINT`, `BYTEA` and
/// `TEXT COLLATE "C"` on PostgreSQL, so that both sort texts by their bytes. Two marks stand for what really differs:
/// `{STRICT}` after the closing bracket of a table, and `{BIGSERIAL_PK}` as the type of an `id` the database counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// Name of the crate it belongs to.
    pub capability: &'static str,
    /// 1, 2, 3, … within the capability, without gaps.
    pub number: u32,
    /// What it does, in a few words.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// Why the schema was not brought up to date. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The steps in the program are not numbered 1, 2, 3, ….
    #[error("step {number} of {capability} stands where step {expected} must stand")]
    Gap {
        /// Whose step.
        capability: &'static str,
        /// Its number.
        number: u32,
        /// The number that belongs there.
        expected: u32,
    },
    /// A step was edited after it had been applied.
    #[error("step {number} of {capability} is not the one that was applied to this database")]
    Changed {
        /// Whose step.
        capability: String,
        /// Its number.
        number: u32,
    },
    /// A newer version of the program has been here.
    #[error("the database has step {found} of {capability}, this program only knows {known}: start the newer version")]
    Newer {
        /// Whose step.
        capability: String,
        /// The newest step in the database.
        found: u32,
        /// The newest step of this program.
        known: u32,
    },
    /// An earlier step is missing in the database although a later one is there.
    #[error("the database lacks step {number} of {capability} although a later one was applied")]
    Missing {
        /// Whose step.
        capability: &'static str,
        /// Its number.
        number: u32,
    },
    /// A step failed.
    #[error("step {number} of {capability} ({name}) failed")]
    Step {
        /// Whose step.
        capability: &'static str,
        /// Its number.
        number: u32,
        /// Its name.
        name: &'static str,
        /// What the database said.
        source: StoreError,
    },
    /// The database could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The store's own tables: jobs, outbox, ledger, blobs. Belongs before every capability's steps.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "store",
        number: 1,
        name: "jobs, outbox, ledger, blobs",
        sql: include_str!("../migrations/0001_store.sql"),
    },
    Migration { capability: "store", number: 2, name: "lookups", sql: include_str!("../migrations/0002_lookups.sql") },
];

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    capability TEXT    NOT NULL,
    number     INTEGER NOT NULL CHECK (number >= 1),
    name       TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    applied_at INTEGER NOT NULL,                  -- UTC seconds
    PRIMARY KEY (capability, number)
) {STRICT}";

/// Applies every step of `steps` that the database lacks, all in one transaction; returns how many. The store's own steps come
/// first by themselves. Steps of capabilities that are not in `steps` are left alone. Safe when several programs start at once.
///
/// # Errors
/// [`MigrateError`]; the database is then as it was.
pub fn migrate(database: &Database, steps: &[Migration], now: UtcSeconds) -> Result<usize, MigrateError> {
    let all: Vec<Migration> = MIGRATIONS.iter().chain(steps).copied().collect();
    apply_all(database, &all, now)
}

/// As [`migrate`], with exactly these steps.
pub(crate) fn apply_all(database: &Database, all: &[Migration], now: UtcSeconds) -> Result<usize, MigrateError> {
    check_numbers(all)?;
    database.transaction(|tx| {
        tx.batch(&translate(HISTORY, tx.dialect()))?;
        let applied = list_applied(tx)?;
        check_not_newer(all, &applied)?;
        let mut count = 0;
        for step in all {
            count += usize::from(apply(tx, step, &applied, now)?);
        }
        Ok(count)
    })
}

struct Applied {
    capability: String,
    number: u32,
    sha256: ContentHash,
}

fn list_applied(tx: &mut Transaction) -> Result<Vec<Applied>, StoreError> {
    let rows = tx.query("SELECT capability, number, sha256 FROM schema_migration ORDER BY capability, number", &[])?;
    rows.iter()
        .map(|row| {
            let number = u32::try_from(row.count(1)?).unwrap_or(u32::MAX);
            Ok(Applied { capability: row.text(0)?.to_owned(), number, sha256: row.hash(2)? })
        })
        .collect()
}

fn check_numbers(steps: &[Migration]) -> Result<(), MigrateError> {
    for (index, step) in steps.iter().enumerate() {
        let before = steps.iter().take(index).filter(|other| other.capability == step.capability).count();
        let expected = u32::try_from(before + 1).unwrap_or(u32::MAX);
        if step.number != expected {
            return Err(MigrateError::Gap { capability: step.capability, number: step.number, expected });
        }
    }
    Ok(())
}

fn check_not_newer(steps: &[Migration], applied: &[Applied]) -> Result<(), MigrateError> {
    for found in applied {
        let mine = steps.iter().filter(|step| step.capability == found.capability);
        let Some(known) = mine.map(|step| step.number).max() else { continue };
        if found.number > known {
            return Err(MigrateError::Newer { capability: found.capability.clone(), found: found.number, known });
        }
    }
    Ok(())
}

fn apply(tx: &mut Transaction, step: &Migration, applied: &[Applied], now: UtcSeconds) -> Result<bool, MigrateError> {
    let sha256 = ContentHash::of(step.sql.as_bytes());
    let mut mine = applied.iter().filter(|found| found.capability == step.capability);
    if let Some(found) = mine.clone().find(|found| found.number == step.number) {
        if found.sha256 == sha256 {
            return Ok(false);
        }
        return Err(MigrateError::Changed { capability: step.capability.to_owned(), number: step.number });
    }
    if mine.any(|found| found.number > step.number) {
        return Err(MigrateError::Missing { capability: step.capability, number: step.number });
    }
    let Migration { capability, number, name, .. } = *step;
    tx.batch(&translate(step.sql, tx.dialect())).map_err(|source| MigrateError::Step {
        capability,
        number,
        name,
        source,
    })?;
    tx.execute(
        "INSERT INTO schema_migration (capability, number, name, sha256, applied_at) VALUES ($1, $2, $3, $4, $5)",
        &[capability.into(), number.into(), name.into(), sha256.into(), now.into()],
    )?;
    Ok(true)
}

/// Writes the step in the words of one database.
fn translate(sql: &str, dialect: Dialect) -> String {
    let mut result = String::with_capacity(sql.len() + 64);
    let mut word = String::new();
    for letter in sql.chars().chain(std::iter::once('\n')) {
        if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '{' | '}') {
            word.push(letter);
        } else {
            result.push_str(translate_word(&word, dialect));
            word.clear();
            result.push(letter);
        }
    }
    result
}

fn translate_word(word: &str, dialect: Dialect) -> &str {
    match (dialect, word) {
        (Dialect::Sqlite, "{STRICT}") => "STRICT",
        (Dialect::Sqlite, "{BIGSERIAL_PK}") => "INTEGER PRIMARY KEY AUTOINCREMENT",
        (Dialect::Sqlite, "BIGINT") => "INTEGER",
        (Dialect::Sqlite, "BYTEA") => "BLOB",
        (Dialect::Postgres, "{STRICT}" | "STRICT") => "",
        (Dialect::Postgres, "{BIGSERIAL_PK}") => "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        (Dialect::Postgres, "INTEGER") => "BIGINT",
        (Dialect::Postgres, "BLOB") => "BYTEA",
        (Dialect::Postgres, "TEXT") => "TEXT COLLATE \"C\"",
        (_, other) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_serves_both_databases() {
        let sql = "CREATE TABLE a (id {BIGSERIAL_PK}, n INTEGER NOT NULL, b BLOB, t TEXT CHECK (t <> 'x')) {STRICT};";
        assert_eq!(
            translate(sql, Dialect::Sqlite).trim_end(),
            "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER NOT NULL, b BLOB, t TEXT CHECK (t <> 'x')) STRICT;"
        );
        assert_eq!(
            translate(sql, Dialect::Postgres).trim_end(),
            "CREATE TABLE a (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n BIGINT NOT NULL, b BYTEA, \
             t TEXT COLLATE \"C\" CHECK (t <> 'x')) ;"
        );
    }
}
