//! Writing a backup.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use base::UtcSeconds;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::files::{claim_empty, io_error, list_below, write_new};
use super::manifest::{FORMAT, sign};
use super::{
    BLOBS, DumpError, FileNote, LedgerNote, MANIFEST, Manifest, SIGNATURE, StepNote, TABLES, TableNote, schema,
};
use crate::blobs::{Blobs, path_of};
use crate::database::{Database, Transaction};
use crate::ledger::{self, Ledger};
use crate::value::{Row, Value};

/// Who makes the backup, and when.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Name and version of the program.
    pub program: &'a str,
    /// Now.
    pub now: UtcSeconds,
}

/// A file or folder outside the database that belongs to the backup.
#[derive(Debug, Clone, Copy)]
pub struct Attached<'a> {
    /// Its name in the backup.
    pub name: &'a str,
    /// Where it lies; nothing is copied if it is not there.
    pub path: &'a Path,
}

/// Writes a backup into `folder`, which must be new or empty. Every table is read in one transaction, so that it is one moment of
/// the database, whoever else works on it.
///
/// # Errors
/// [`DumpError`]; the folder then has no manifest and is no backup.
pub fn dump(
    database: &Database,
    blobs: &Blobs,
    ledger: &Ledger,
    attached: &[Attached<'_>],
    folder: &Path,
    about: About<'_>,
) -> Result<Manifest, DumpError> {
    claim_empty(folder)?;
    let key = ledger.key();
    let mut manifest = database.read(|tx| {
        // Tried again, it begins anew.
        let tables = folder.join(TABLES);
        if tables.exists() {
            fs::remove_dir_all(&tables).map_err(io_error(&tables))?;
        }
        let mut manifest = Manifest {
            format: FORMAT,
            program: about.program.to_owned(),
            made_at: about.now.rfc3339(),
            ledger_name: key.name().to_owned(),
            public_key: key.public().to_string(),
            schema: schema::list_steps(tx)?,
            tables: Vec::new(),
            ledger: LedgerNote { entries: ledger::find_size(tx)?, checkpoint: ledger::find_checkpoint(tx)? },
            files: Vec::new(),
        };
        for table in schema::list(tx)? {
            let (note, file) = write_table(tx, &table, &manifest.schema, folder)?;
            manifest.tables.push(note);
            manifest.files.push(file);
        }
        Ok::<_, DumpError>(manifest)
    })?;
    // Bytes are kept before they are named and never taken away: whatever a row names is among those there are now.
    copy_blobs(blobs, folder, &mut manifest.files)?;
    for one in attached {
        attach(one, folder, &mut manifest.files)?;
    }
    let text = serde_json::to_vec_pretty(&manifest)
        .map_err(|err| DumpError::Io { path: folder.join(MANIFEST), source: err.into() })?;
    put_whole(folder, SIGNATURE, sign(&text, key).as_bytes())?;
    put_whole(folder, MANIFEST, &text)?;
    Ok(manifest)
}

fn write_table(
    tx: &mut Transaction,
    table: &schema::Table,
    steps: &[StepNote],
    folder: &Path,
) -> Result<(TableNote, FileNote), DumpError> {
    let name = format!("{TABLES}/{}.jsonl", table.name);
    let columns = table.columns.join(", ");
    let order = if table.key.is_empty() { String::new() } else { format!(" ORDER BY {}", table.key.join(", ")) };
    let path = folder.join(&name);
    let (rows, file) = write_new(folder, &name, |out| {
        let versions: Vec<String> = steps.iter().map(|step| format!("{} {}", step.capability, step.number)).collect();
        let header = json!({ "table": table.name, "columns": table.columns, "schema": versions });
        writeln!(out, "{header}").map_err(io_error(&path))?;
        let mut rows = 0_u64;
        tx.query_each(&format!("SELECT {columns} FROM {}{order}", table.name), &[], |row| {
            rows += 1;
            writeln!(out, "{}", line_of(&row)).map_err(io_error(&path))
        })?;
        Ok::<_, DumpError>(rows)
    })?;
    Ok((TableNote { name: table.name.clone(), columns: table.columns.clone(), rows }, file))
}

/// `[1, "text", null, {"base64": "…"}]`
fn line_of(row: &Row) -> Json {
    let value = |value: &Value| match value {
        Value::Null => Json::Null,
        Value::Integer(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Blob(bytes) => json!({ "base64": STANDARD.encode(bytes) }),
    };
    Json::Array(row.values().iter().map(value).collect())
}

fn copy_blobs(blobs: &Blobs, folder: &Path, files: &mut Vec<FileNote>) -> Result<(), DumpError> {
    let mut hashes = BTreeSet::new();
    blobs.list_each(&mut |hash| {
        hashes.insert(hash);
    })?;
    for hash in hashes {
        let name = path_of(Path::new(BLOBS), hash).to_string_lossy().replace('\\', "/");
        let ((), file) = write_new(folder, &name, |out| Ok::<_, DumpError>(blobs.copy_to(hash, out).map(|_| ())?))?;
        files.push(file);
    }
    Ok(())
}

fn attach(one: &Attached<'_>, folder: &Path, files: &mut Vec<FileNote>) -> Result<(), DumpError> {
    let mut copies = Vec::new();
    if one.path.is_file() {
        copies.push((one.path.to_owned(), one.name.to_owned()));
    }
    if one.path.is_dir() {
        let below = list_below(one.path)?;
        copies.extend(below.into_iter().map(|name| (one.path.join(&name), format!("{}/{name}", one.name))));
    }
    for (from, name) in copies {
        let mut source = File::open(&from).map_err(io_error(&from))?;
        let copy = |mut out: &mut dyn Write| std::io::copy(&mut source, &mut out).map_err(io_error(&from));
        files.push(write_new(folder, &name, copy)?.1);
    }
    Ok(())
}

/// Writes under another name, then renames: under its own name a file is always whole.
fn put_whole(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), DumpError> {
    let unfinished = format!("{name}.part");
    let ((), _) = write_new(folder, &unfinished, |out| out.write_all(bytes).map_err(io_error(&folder.join(name))))?;
    fs::rename(folder.join(unfinished), folder.join(name)).map_err(io_error(&folder.join(name)))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error(folder))
}
