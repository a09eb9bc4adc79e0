//! Which tables there are, asked of the database itself, so that no table is forgotten.

use std::collections::BTreeSet;

use super::{DumpError, StepNote};
use crate::database::{Dialect, Transaction};
use crate::error::StoreError;

/// Tables that are no rows of a backup: bytes go as files, the history of the schema into the manifest.
const APART: [&str; 3] = ["blob", "blob_part", "schema_migration"];

/// One table as the database has it.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) key: Vec<String>,
    refers_to: BTreeSet<String>,
}

/// Every table there is, by name.
pub(super) fn list_names(tx: &mut Transaction) -> Result<Vec<String>, StoreError> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        }
        Dialect::Postgres => {
            "SELECT table_name::text COLLATE \"C\" FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1"
        }
    };
    texts(tx, sql, &[])
}

/// The tables whose rows belong into a backup, each after those it refers to.
pub(super) fn list(tx: &mut Transaction) -> Result<Vec<Table>, DumpError> {
    let mut waiting = Vec::new();
    for name in list_names(tx)? {
        if !APART.contains(&name.as_str()) {
            waiting.push(describe(tx, name)?);
        }
    }
    let mut ordered: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let ready = |table: &Table| {
            let placed = |name: &String| *name == table.name || ordered.iter().any(|other| other.name == *name);
            table.refers_to.iter().all(placed)
        };
        let Some(place) = waiting.iter().position(ready) else {
            let tables: Vec<&str> = waiting.iter().map(|table| table.name.as_str()).collect();
            return Err(DumpError::Circle { tables: tables.join(", ") });
        };
        ordered.push(waiting.remove(place));
    }
    Ok(ordered)
}

fn describe(tx: &mut Transaction, name: String) -> Result<Table, StoreError> {
    let (columns, key, refers_to) = match tx.dialect() {
        Dialect::Sqlite => (
            "SELECT name FROM pragma_table_info($1) ORDER BY cid",
            "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk",
            "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)",
        ),
        Dialect::Postgres => (
            "SELECT column_name::text FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = $1::text ORDER BY ordinal_position",
            "SELECT a.attname::text FROM pg_index i
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
             WHERE i.indisprimary AND i.indrelid = $1::text::regclass ORDER BY array_position(i.indkey::int2[], a.attnum)",
            "SELECT DISTINCT c.relname::text FROM pg_constraint f JOIN pg_class c ON c.oid = f.confrelid
             WHERE f.contype = 'f' AND f.conrelid = $1::text::regclass",
        ),
    };
    let of = [name.as_str().into()];
    let columns = texts(tx, columns, &of)?;
    let key = texts(tx, key, &of)?;
    let refers_to = texts(tx, refers_to, &of)?.into_iter().collect();
    Ok(Table { columns, key, refers_to, name })
}

fn texts(tx: &mut Transaction, sql: &str, values: &[crate::Value]) -> Result<Vec<String>, StoreError> {
    tx.query(sql, values)?.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// The steps of the schema that have been applied.
pub(super) fn list_steps(tx: &mut Transaction) -> Result<Vec<StepNote>, StoreError> {
    let rows = tx.query("SELECT capability, number, sha256 FROM schema_migration ORDER BY capability, number", &[])?;
    rows.iter()
        .map(|row| {
            Ok(StepNote {
                capability: row.text(0)?.to_owned(),
                number: u32::try_from(row.count(1)?).unwrap_or(u32::MAX),
                sha256: row.text(2)?.to_owned(),
            })
        })
        .collect()
}

/// After rows came with numbers of their own, PostgreSQL has to be told where to go on counting.
pub(super) fn go_on_counting(tx: &mut Transaction) -> Result<(), StoreError> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns
               WHERE table_schema = current_schema() AND is_identity = 'YES'";
    for row in tx.query(sql, &[])? {
        let (table, column) = (row.text(0)?, row.text(1)?);
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), GREATEST((SELECT MAX({column}) FROM {table}), 1),
             (SELECT MAX({column}) FROM {table}) IS NOT NULL)"
        );
        tx.query(&sql, &[])?;
    }
    Ok(())
}
