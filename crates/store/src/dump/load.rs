//! Checking a backup and loading it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use base::{ContentHash, UtcSeconds};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::files::{check_file, io_error, place_of, write_new};
use super::{Attached, BLOBS, DumpError, MANIFEST, Manifest, SIGNATURE, TABLES, TableNote, manifest, schema};
use crate::blobs::Blobs;
use crate::database::{Database, Transaction};
use crate::ledger::{self, PublicKey};
use crate::migrate::{self, Migration};
use crate::value::Value;

/// Rows loaded at once.
const BATCH: usize = 2_000;
/// Largest manifest, in bytes.
const MAX_MANIFEST: u64 = 256 << 20;

/// Where a backup is loaded to.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// An empty database.
    pub database: &'a Database,
    /// Where the evidence goes.
    pub blobs: &'a Blobs,
    /// Files outside the database, by their names in the backup.
    pub attached: &'a [Attached<'a>],
    /// The steps of the schema this program knows, without the store's own.
    pub steps: &'a [Migration],
}

/// Checks the signature of a backup and every file of it.
///
/// # Errors
/// [`DumpError`] with the file that is missing or not what it was.
pub fn check(folder: &Path, key: &PublicKey) -> Result<Manifest, DumpError> {
    let manifest = manifest::open(&read_small(folder, MANIFEST)?, &read_small(folder, SIGNATURE)?, key)?;
    for note in &manifest.files {
        check_file(folder, note)?;
    }
    Ok(manifest)
}

fn read_small(folder: &Path, name: &str) -> Result<Vec<u8>, DumpError> {
    let path = folder.join(name);
    let file = match File::open(&path) {
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => {
            return Err(DumpError::Missing { path: name.to_owned() });
        }
        file => file.map_err(io_error(&path))?,
    };
    let mut bytes = Vec::new();
    file.take(MAX_MANIFEST).read_to_end(&mut bytes).map_err(io_error(&path))?;
    Ok(bytes)
}

/// Loads a backup that was [checked](check()) into an empty database: the schema as it was, then every row in one transaction.
///
/// # Errors
/// [`DumpError`]; then no row was loaded, but evidence may have been.
pub fn restore(folder: &Path, manifest: &Manifest, target: Target<'_>, now: UtcSeconds) -> Result<(), DumpError> {
    let database = target.database;
    if let Some(table) = database.read(schema::list_names)?.into_iter().next() {
        return Err(DumpError::DatabaseInUse { table });
    }
    migrate::apply_all(database, &steps_of(manifest, target.steps)?, now)?;
    for note in &manifest.files {
        let (part, rest) = note.path.split_once('/').unwrap_or((&note.path, ""));
        if part == BLOBS {
            load_blob(folder, &note.path, rest, target.blobs)?;
        } else if let Some(one) = target.attached.iter().find(|one| one.name == part) {
            load_attached(folder, &note.path, rest, one)?;
        }
    }
    database.transaction(|tx| load_rows(tx, folder, manifest))
}

/// The steps the backup was made with: none more, so that those that are newer also change the rows.
fn steps_of(manifest: &Manifest, steps: &[Migration]) -> Result<Vec<Migration>, DumpError> {
    let known = || migrate::MIGRATIONS.iter().chain(steps);
    for step in &manifest.schema {
        let same = |known: &&Migration| {
            known.capability == step.capability
                && known.number == step.number
                && ContentHash::of(known.sql.as_bytes()).to_string() == step.sha256
        };
        if known().find(same).is_none() {
            return Err(DumpError::Schema { capability: step.capability.clone(), number: step.number });
        }
    }
    let applied = |step: &&Migration| {
        manifest.schema.iter().any(|found| found.capability == step.capability && found.number == step.number)
    };
    Ok(known().filter(applied).copied().collect())
}

fn load_blob(folder: &Path, name: &str, rest: &str, blobs: &Blobs) -> Result<(), DumpError> {
    let path = place_of(folder, name)?;
    let bytes = fs::read(&path).map_err(io_error(&path))?;
    let kept = blobs.put(&bytes)?;
    if kept.to_string() != rest.replace('/', "") {
        return Err(DumpError::Altered { path: name.to_owned() });
    }
    Ok(())
}

fn load_attached(folder: &Path, name: &str, rest: &str, one: &Attached<'_>) -> Result<(), DumpError> {
    let from = place_of(folder, name)?;
    let bytes = fs::read(&from).map_err(io_error(&from))?;
    let (parent, file) = match (rest.is_empty(), one.path.parent(), one.path.file_name()) {
        (true, Some(parent), Some(file)) => (parent, file.to_string_lossy().into_owned()),
        _ => (one.path, rest.to_owned()),
    };
    write_new(parent, &file, |out| out.write_all(&bytes).map_err(io_error(&from)))?;
    Ok(())
}

fn load_rows(tx: &mut Transaction, folder: &Path, manifest: &Manifest) -> Result<(), DumpError> {
    let altered = |name: &str| DumpError::Altered { path: format!("{TABLES}/{name}.jsonl") };
    let there = schema::list(tx)?;
    for note in &manifest.tables {
        let known = there.iter().any(|table| table.name == note.name && table.columns == note.columns);
        if !known {
            return Err(altered(&note.name));
        }
    }
    // Rows that steps of the schema brought are in the backup too.
    for table in there.iter().rev() {
        tx.execute(&format!("DELETE FROM {}", table.name), &[])?;
    }
    for note in &manifest.tables {
        if load_table(tx, folder, note)? != note.rows {
            return Err(altered(&note.name));
        }
    }
    schema::go_on_counting(tx)?;
    if ledger::find_size(tx)? != manifest.ledger.entries || ledger::find_checkpoint(tx)? != manifest.ledger.checkpoint {
        return Err(altered("ledger_entry"));
    }
    Ok(())
}

fn load_table(tx: &mut Transaction, folder: &Path, note: &TableNote) -> Result<u64, DumpError> {
    let name = format!("{TABLES}/{}.jsonl", note.name);
    let path = place_of(folder, &name)?;
    let columns: Vec<&str> = note.columns.iter().map(String::as_str).collect();
    let mut lines = BufReader::new(File::open(&path).map_err(io_error(&path))?).lines().skip(1);
    let mut loaded = 0;
    loop {
        let mut rows = Vec::new();
        for line in lines.by_ref().take(BATCH) {
            let line = line.map_err(io_error(&path))?;
            rows.push(row_of(&line).ok_or_else(|| DumpError::Altered { path: name.clone() })?);
        }
        if rows.is_empty() {
            return Ok(loaded);
        }
        loaded += tx.insert_many(&note.name, &columns, rows)?;
    }
}

fn row_of(line: &str) -> Option<Vec<Value>> {
    let values: Vec<Json> = serde_json::from_str(line).ok()?;
    values.into_iter().map(value_of).collect()
}

fn value_of(value: Json) -> Option<Value> {
    Some(match value {
        Json::Null => Value::Null,
        Json::Number(number) => Value::Integer(number.as_i64()?),
        Json::String(text) => Value::Text(text),
        Json::Object(fields) => Value::Blob(STANDARD.decode(fields.get("base64")?.as_str()?).ok()?),
        Json::Bool(_) | Json::Array(_) => return None,
    })
}
