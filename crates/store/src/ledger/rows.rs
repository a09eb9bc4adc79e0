//! Reads a table as it stands, for holding it against the ledger. Which tables and columns, the caller knows.

use serde_json::Value as Json;

use crate::database::{Dialect, Transaction};
use crate::error::StoreError;
use crate::value::Row;

/// A column of a table, and how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A text.
    Text(&'static str),
    /// A whole number, or nothing.
    Number(&'static str),
    /// The number of a row of another table, read as a text of that row.
    Through {
        /// The column.
        column: &'static str,
        /// The other table, whose key is `id`.
        table: &'static str,
        /// The column of its text.
        text: &'static str,
    },
}

impl Column {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text(name) | Self::Number(name) | Self::Through { column: name, .. } => name,
        }
    }

    fn to_sql(self) -> String {
        match self {
            Self::Text(name) | Self::Number(name) => format!("t.{name}"),
            Self::Through { column, table, text } => {
                format!("(SELECT o.{text} FROM {table} o WHERE o.id = t.{column})")
            }
        }
    }

    fn read(self, row: &Row, index: usize) -> Result<Json, StoreError> {
        match self {
            Self::Number(_) => Ok(row.optional_integer(index)?.map_or(Json::Null, Json::from)),
            Self::Text(_) | Self::Through { .. } => Ok(row.optional_text(index)?.map_or(Json::Null, Json::from)),
        }
    }
}

/// Every row of `table`, in no order; values in the order of `columns`. No row if there is no such table: one of the office is made
/// when the office first opens.
///
/// # Errors
/// [`StoreError`] of the database, also if there is no such column.
pub fn read_rows(tx: &mut Transaction, table: &'static str, columns: &[Column]) -> Result<Vec<Vec<Json>>, StoreError> {
    if !has_table(tx, table)? {
        return Ok(Vec::new());
    }
    let names: Vec<String> = columns.iter().map(|column| column.to_sql()).collect();
    let sql = format!("SELECT {} FROM {table} t", names.join(", "));
    let rows = tx.query(&sql, &[])?;
    rows.iter().map(|row| columns.iter().enumerate().map(|(at, column)| column.read(row, at)).collect()).collect()
}

fn has_table(tx: &mut Transaction, table: &'static str) -> Result<bool, StoreError> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
        Dialect::Postgres => {
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
        }
    };
    Ok(tx.get(sql, &[table.into()])?.count(0)? > 0)
}
