//! PostgreSQL behind the common connection.

use std::collections::HashMap;
use std::io::Write as _;

use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::{ToSql, Type};
use postgres::{Client, Config, NoTls, Statement};

use crate::error::{DriverError, StoreError, shorten};
use crate::value::{Row, Value};

/// Statements kept prepared per connection.
const MAX_PREPARED: usize = 256;

/// A connection with its prepared statements.
pub(crate) struct PostgresConnection {
    client: Client,
    prepared: HashMap<String, Statement>,
}

impl std::fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresConnection")
    }
}

impl PostgresConnection {
    /// Connects. A forgotten transaction and a lock that never comes both end by themselves.
    pub(crate) fn open(config: &Config) -> Result<Self, StoreError> {
        let fail = |err| StoreError::Gone { source: DriverError::Postgres(err) };
        let mut client = config.connect(NoTls).map_err(fail)?;
        client
            .batch_execute(
                "SET client_min_messages = warning; SET lock_timeout = '60s'; SET synchronous_commit = on;
                 SET idle_in_transaction_session_timeout = '10min'",
            )
            .map_err(fail)?;
        Ok(Self { client, prepared: HashMap::new() })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|err| StoreError::from_postgres(err, sql))
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|err| StoreError::from_postgres(err, sql))?;
        if self.prepared.len() >= MAX_PREPARED {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(crate) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let statement = self.prepare(sql)?;
        let bound = bind_all(values, statement.params());
        self.client.execute(&statement, &as_parameters(&bound)).map_err(|err| StoreError::from_postgres(err, sql))
    }

    /// Rows arrive as they are read: the connection stops reading while `each` works, so that nothing piles up.
    pub(crate) fn query_each<E: From<StoreError>>(
        &mut self,
        sql: &str,
        values: &[Value],
        each: &mut dyn FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let fail = |err| E::from(StoreError::from_postgres(err, sql));
        let statement = self.prepare(sql)?;
        let bound = bind_all(values, statement.params());
        let mut rows = self.client.query_raw(&statement, as_parameters(&bound)).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            each(read_row(&row, sql)?)?;
        }
        Ok(())
    }

    /// Loads rows by `COPY`.
    pub(crate) fn copy_in(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
        check: &dyn Fn(&[Value]) -> Result<(), StoreError>,
    ) -> Result<u64, StoreError> {
        const BUFFER_BYTES: usize = 256 * 1024;
        let sql = format!("COPY {table} ({}) FROM STDIN", columns.join(", "));
        let fail = |err| StoreError::from_postgres(err, &sql);
        let fail_io = |err| StoreError::Gone { source: DriverError::Io(err) };
        let mut writer = self.client.copy_in(sql.as_str()).map_err(fail)?;
        let mut lines = Vec::with_capacity(BUFFER_BYTES + 4096);
        for row in rows {
            check(&row)?;
            push_copy_line(&mut lines, &row);
            if lines.len() >= BUFFER_BYTES {
                writer.write_all(&lines).map_err(fail_io)?;
                lines.clear();
            }
        }
        writer.write_all(&lines).map_err(fail_io)?;
        writer.finish().map_err(fail)
    }
}

/// One line of `COPY`'s text format.
fn push_copy_line(lines: &mut Vec<u8>, row: &[Value]) {
    for (index, value) in row.iter().enumerate() {
        if index > 0 {
            lines.push(b'\t');
        }
        match value {
            Value::Null => lines.extend_from_slice(b"\\N"),
            Value::Integer(value) => lines.extend_from_slice(value.to_string().as_bytes()),
            Value::Text(value) => push_copy_text(lines, value),
            Value::Blob(value) => {
                lines.extend_from_slice(b"\\\\x");
                lines.extend(value.iter().flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 15)]));
            }
        }
    }
    lines.push(b'\n');
}

fn push_copy_text(lines: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'\\' => lines.extend_from_slice(b"\\\\"),
            b'\t' => lines.extend_from_slice(b"\\t"),
            b'\n' => lines.extend_from_slice(b"\\n"),
            b'\r' => lines.extend_from_slice(b"\\r"),
            _ => lines.push(byte),
        }
    }
}

const fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

type Parameter = Box<dyn ToSql + Sync>;

fn bind_all(values: &[Value], types: &[Type]) -> Vec<Parameter> {
    let types = types.iter().chain(std::iter::repeat(&Type::TEXT));
    values.iter().zip(types).map(|(value, kind)| bind(value, kind)).collect()
}

fn as_parameters(bound: &[Parameter]) -> Vec<&(dyn ToSql + Sync)> {
    bound.iter().map(AsRef::as_ref).collect()
}

/// Gives a value the width the server wants. What does not fit is sent as it is, and the driver says so.
fn bind(value: &Value, kind: &Type) -> Parameter {
    match value {
        Value::Null => match *kind {
            Type::INT8 => Box::new(None::<i64>),
            Type::INT4 => Box::new(None::<i32>),
            Type::INT2 => Box::new(None::<i16>),
            Type::BOOL => Box::new(None::<bool>),
            Type::BYTEA => Box::new(None::<Vec<u8>>),
            _ => Box::new(None::<String>),
        },
        Value::Integer(value) => match *kind {
            Type::INT4 => i32::try_from(*value).map_or_else(|_| Box::new(*value) as Parameter, |value| Box::new(value)),
            Type::INT2 => i16::try_from(*value).map_or_else(|_| Box::new(*value) as Parameter, |value| Box::new(value)),
            Type::BOOL => Box::new(*value != 0),
            _ => Box::new(*value),
        },
        Value::Text(value) => Box::new(value.clone()),
        Value::Blob(value) => Box::new(value.clone()),
    }
}

fn read_row(row: &postgres::Row, sql: &str) -> Result<Row, StoreError> {
    let fail = |err| StoreError::from_postgres(err, sql);
    let mut values = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        values.push(match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index).map_err(fail)?.into(),
            Type::INT4 => row.try_get::<_, Option<i32>>(index).map_err(fail)?.into(),
            Type::INT2 => row.try_get::<_, Option<i16>>(index).map_err(fail)?.map(i64::from).into(),
            Type::BOOL => row.try_get::<_, Option<bool>>(index).map_err(fail)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map_err(fail)?.into(),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR | Type::UNKNOWN => {
                row.try_get::<_, Option<String>>(index).map_err(fail)?.into()
            }
            _ => {
                let expected = "bigint, text or bytea (cast it in the statement)";
                tracing::debug!(sql = shorten(sql), "unsupported column type {}", column.type_());
                return Err(StoreError::Column { index, expected, found: "of another type" });
            }
        });
    }
    Ok(Row::new(values))
}
