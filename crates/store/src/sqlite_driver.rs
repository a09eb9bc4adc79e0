//! SQLite behind the common connection.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use crate::error::StoreError;
use crate::value::{Row, Value};

/// How long SQLite waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);

/// Opens the file, creating it if it is new. `synchronous=FULL`: what was committed survives a power cut.
pub(crate) fn open(path: &Path, read_only: bool) -> Result<Connection, StoreError> {
    let fail = |err| StoreError::from_sqlite(err, "open");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if !read_only {
        keep_private(path);
    }
    let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384;",
        )
        .map_err(fail)?;
    if read_only {
        // Several of these lie idle in a process that runs for months; what they keep is kept by the system's own cache as well.
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8192;").map_err(fail)?;
    }
    Ok(connection)
}

/// Closes the file to everybody else before anything is written to it; what SQLite lays beside it is then closed as well. What
/// can't be done here is said by whoever opens the file next.
///
/// A file that is there is never opened here: closing it would drop the locks that SQLite holds on it in this process (POSIX
/// locks belong to the process, not to the handle), and the next program that ends would take the journal away beneath us.
fn keep_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let created = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        if created.is_ok() {
            return;
        }
        if let Ok(metadata) = std::fs::metadata(path)
            && metadata.permissions().mode() & 0o077 != 0
            && let Err(err) = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        {
            tracing::warn!(path = %path.display(), error = %err, "the database is open to others");
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

fn read_row(row: &rusqlite::Row<'_>, width: usize) -> rusqlite::Result<Row> {
    let mut values = Vec::with_capacity(width);
    for index in 0..width {
        values.push(match row.get_ref(index)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => Value::Integer(value),
            ValueRef::Blob(value) => Value::Blob(value.to_vec()),
            other => Value::Text(other.as_str()?.to_owned()),
        });
    }
    Ok(Row::new(values))
}

pub(crate) fn execute(connection: &Connection, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
    let fail = |err| StoreError::from_sqlite(err, sql);
    let mut statement = connection.prepare_cached(&number_placeholders(sql)).map_err(fail)?;
    let changed = statement.execute(params_from_iter(values)).map_err(fail)?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

pub(crate) fn query_each<E: From<StoreError>>(
    connection: &Connection,
    sql: &str,
    values: &[Value],
    each: &mut dyn FnMut(Row) -> Result<(), E>,
) -> Result<(), E> {
    let fail = |err| E::from(StoreError::from_sqlite(err, sql));
    let mut statement = connection.prepare_cached(&number_placeholders(sql)).map_err(fail)?;
    let width = statement.column_count();
    let mut rows = statement.query(params_from_iter(values)).map_err(fail)?;
    while let Some(row) = rows.next().map_err(fail)? {
        each(read_row(row, width).map_err(fail)?)?;
    }
    Ok(())
}

/// Turns `$1` into `?1`: SQLite would take `$1` for a name and number it by its first appearance.
fn number_placeholders(sql: &str) -> String {
    let mut result = String::with_capacity(sql.len());
    let mut quoted = false;
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        quoted ^= letter == '\'';
        let is_placeholder = letter == '$' && !quoted && letters.peek().is_some_and(char::is_ascii_digit);
        result.push(if is_placeholder { '?' } else { letter });
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_placeholders_outside_quotes_are_rewritten() {
        let sql = "SELECT $2, '$1', 'it''s $3', $10 FROM a WHERE b = $1 AND c = '$'";
        assert_eq!(number_placeholders(sql), "SELECT ?2, '$1', 'it''s $3', ?10 FROM a WHERE b = ?1 AND c = '$'");
    }
}
