//! Checks and texts both drivers share.

use crate::error::StoreError;
use crate::value::Value;

/// Which database it is. Almost nothing should ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The file in the data directory.
    Sqlite,
    /// A server.
    Postgres,
}

/// One statement for `rows` rows; those whose key exists already are passed over.
pub(crate) fn insert_missing_sql(table: &str, columns: &[&str], rows: usize) -> String {
    let width = columns.len();
    let group = |row: usize| {
        let places: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
        format!("({})", places.join(", "))
    };
    let groups: Vec<String> = (0..rows).map(group).collect();
    format!("INSERT INTO {table} ({}) VALUES {} ON CONFLICT DO NOTHING", columns.join(", "), groups.join(", "))
}

/// PostgreSQL can't keep U+0000 in a text, so neither database gets one.
pub(crate) fn check_values(values: &[Value]) -> Result<(), StoreError> {
    let holds_nul = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
    if values.iter().any(holds_nul) { Err(StoreError::NulCharacter) } else { Ok(()) }
}

pub(crate) fn check_row(table: &str, expected: usize, row: &[Value]) -> Result<(), StoreError> {
    if row.len() != expected {
        return Err(StoreError::RowWidth { table: table.to_owned(), expected, found: row.len() });
    }
    check_values(row)
}
