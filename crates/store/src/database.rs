//! One door to both databases.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::error::{DriverError, StoreError, shorten};
use crate::only_one::OnlyOne;
use crate::pool::Pool;
use crate::postgres_driver::PostgresConnection;
use crate::sqlite_driver;
pub use crate::statement::Dialect;
use crate::statement::{check_row, check_values, insert_missing_sql};
use crate::value::{Row, Value};

/// How often a transaction that met another one is tried again.
const MAX_TRIES: u32 = 8;

/// Name of the lock that lets one writer in at a time on PostgreSQL: "mamori" in ASCII.
const WRITER_LOCK: i64 = 0x6d61_6d6f_7269;

#[derive(Debug)]
enum Source {
    Sqlite(PathBuf),
    Postgres(Box<postgres::Config>),
}

#[derive(Debug)]
enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(Box<PostgresConnection>),
}

#[derive(Debug)]
struct Inner {
    source: Source,
    writers: Pool<Connection>,
    readers: Pool<Connection>,
}

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
    WriteConcurrently,
}

/// The database. Cloning is cheap and shares the connections.
#[derive(Debug, Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

impl Database {
    /// Opens the SQLite file `path`, creating it if it is new. Its folder must exist.
    ///
    /// # Errors
    /// [`StoreError::Gone`] if it can't be opened, [`StoreError::Corrupt`] if it is no SQLite file.
    pub fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        Self::start(Source::Sqlite(path.to_owned()), 1, 4)
    }

    /// Connects to `url` (`postgres://user@host/database` or `host=… user=… dbname=…`). The connection is not encrypted:
    /// use a socket, the same host, or a protected network.
    ///
    /// # Errors
    /// [`StoreError::Gone`] if the address is wrong or nobody answers within 10 s.
    pub fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let fail = |err| StoreError::Gone { source: DriverError::Postgres(err) };
        let mut config: postgres::Config = url.parse().map_err(fail)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        config.application_name("mamori");
        Self::start(Source::Postgres(Box::new(config)), 4, 8)
    }

    fn start(source: Source, writers: usize, readers: usize) -> Result<Self, StoreError> {
        let inner = Inner { source, writers: Pool::new(writers), readers: Pool::new(readers) };
        let database = Self { inner: Arc::new(inner) };
        database.read(|tx| tx.find("SELECT 1", &[]).map(|_| ()))?;
        Ok(database)
    }

    /// Which database it is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    /// Runs `body` in a transaction: all of it is kept and on the disk when this returns `Ok`, or none of it.
    ///
    /// On both databases one such transaction runs at a time, so that what `body` read is still true when it writes.
    /// `body` may run again if another program got in between, so it must change nothing but the database. It must not start
    /// another transaction.
    ///
    /// # Errors
    /// Whatever `body` returns, or a [`StoreError`] of the database.
    pub fn transaction<T, E: From<StoreError>>(
        &self,
        body: impl FnMut(&mut Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Access::Write, body)
    }

    /// Like [`Database::transaction`], but on PostgreSQL several may run side by side (read committed). For work that is safe
    /// by its statements alone: claiming jobs, loading rows under a new id.
    ///
    /// # Errors
    /// Whatever `body` returns, or a [`StoreError`] of the database.
    pub fn transaction_side_by_side<T, E: From<StoreError>>(
        &self,
        body: impl FnMut(&mut Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Access::WriteConcurrently, body)
    }

    /// Runs `body` on one unchanging picture of the database. Writing is refused by the database.
    ///
    /// # Errors
    /// Whatever `body` returns, or a [`StoreError`] of the database.
    pub fn read<T, E: From<StoreError>>(&self, body: impl FnMut(&mut Transaction) -> Result<T, E>) -> Result<T, E> {
        self.run(Access::Read, body)
    }

    fn run<T, E: From<StoreError>>(
        &self,
        access: Access,
        mut body: impl FnMut(&mut Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tries = 1;
        loop {
            let mut tx = self.begin(access)?;
            let result = body(&mut tx);
            let again = tx.met_another && tries < MAX_TRIES;
            match result {
                Ok(value) => match tx.commit() {
                    Ok(()) => return Ok(value),
                    Err(StoreError::Conflict { .. }) if tries < MAX_TRIES => {}
                    Err(err) => return Err(err.into()),
                },
                Err(_) if again => drop(tx),
                Err(err) => return Err(err),
            }
            tries += 1;
        }
    }

    /// A connection that sat idle may have died with its server, so a lost one is replaced once.
    fn begin(&self, access: Access) -> Result<Transaction, StoreError> {
        match self.begin_once(access) {
            Err(StoreError::Gone { .. }) if self.dialect() == Dialect::Postgres => self.begin_once(access),
            result => result,
        }
    }

    fn begin_once(&self, access: Access) -> Result<Transaction, StoreError> {
        let pool = self.inner.pool(access);
        let only_one = OnlyOne::of(Arc::as_ptr(&self.inner).addr());
        let connection = pool.take(|| self.inner.connect(access))?;
        let mut tx = Transaction {
            connection: Some(connection),
            inner: Arc::clone(&self.inner),
            access,
            failed: false,
            met_another: false,
            _only_one: only_one,
        };
        let begin = match (self.dialect(), access) {
            (Dialect::Sqlite, Access::Read) => "BEGIN",
            (Dialect::Sqlite, _) => "BEGIN IMMEDIATE",
            (Dialect::Postgres, Access::Read) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            (Dialect::Postgres, _) => "BEGIN ISOLATION LEVEL READ COMMITTED",
        };
        tx.batch(begin)?;
        if self.dialect() == Dialect::Postgres && access == Access::Write {
            tx.execute("SELECT pg_advisory_xact_lock($1)", &[WRITER_LOCK.into()])?;
        }
        Ok(tx)
    }
}

impl Inner {
    const fn dialect(&self) -> Dialect {
        match self.source {
            Source::Sqlite(_) => Dialect::Sqlite,
            Source::Postgres(_) => Dialect::Postgres,
        }
    }

    const fn pool(&self, access: Access) -> &Pool<Connection> {
        match access {
            Access::Read => &self.readers,
            Access::Write | Access::WriteConcurrently => &self.writers,
        }
    }

    fn connect(&self, access: Access) -> Result<Connection, StoreError> {
        Ok(match &self.source {
            Source::Sqlite(path) => Connection::Sqlite(sqlite_driver::open(path, access == Access::Read)?),
            Source::Postgres(config) => Connection::Postgres(Box::new(PostgresConnection::open(config)?)),
        })
    }
}

/// An open transaction. Dropped without an end (an error, a panic), it is rolled back.
#[derive(Debug)]
pub struct Transaction {
    connection: Option<Connection>,
    inner: Arc<Inner>,
    access: Access,
    failed: bool,
    met_another: bool,
    _only_one: OnlyOne,
}

impl Transaction {
    /// Runs a statement without a result; returns how many rows it changed. Placeholders are `$1`, `$2`, ….
    ///
    /// # Errors
    /// [`StoreError`]; nothing of this transaction can be committed after that.
    pub fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        check_values(values)?;
        let result = match self.connection.as_mut() {
            Some(Connection::Sqlite(connection)) => sqlite_driver::execute(connection, sql, values),
            Some(Connection::Postgres(connection)) => connection.execute(sql, values),
            None => Err(StoreError::Aborted),
        };
        self.note(result)
    }

    /// Every row of a result. Only for results that are known to be short; else [`Transaction::query_each`].
    ///
    /// # Errors
    /// [`StoreError`]; nothing of this transaction can be committed after that.
    pub fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.query_each(sql, values, |row| {
            rows.push(row);
            Ok::<_, StoreError>(())
        })?;
        Ok(rows)
    }

    /// The first row of a result, or `None`.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of this transaction can be committed after that.
    pub fn find(&mut self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        self.query(sql, values).map(|rows| rows.into_iter().next())
    }

    /// The first row of a result that must have one.
    ///
    /// # Errors
    /// [`StoreError::NoRow`] if it has none, or another [`StoreError`].
    pub fn get(&mut self, sql: &str, values: &[Value]) -> Result<Row, StoreError> {
        self.find(sql, values)?.ok_or_else(|| StoreError::NoRow { sql: shorten(sql) })
    }

    /// Hands over the rows one by one as they are read, without keeping them.
    ///
    /// # Errors
    /// What `each` returned, or a [`StoreError`].
    pub fn query_each<E: From<StoreError>>(
        &mut self,
        sql: &str,
        values: &[Value],
        mut each: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        check_values(values)?;
        let mut refused = None;
        let mut guarded = |row| {
            each(row).map_err(|err| {
                refused = Some(err);
                StoreError::Aborted
            })
        };
        let result = match self.connection.as_mut() {
            Some(Connection::Sqlite(connection)) => sqlite_driver::query_each(connection, sql, values, &mut guarded),
            Some(Connection::Postgres(connection)) => connection.query_each(sql, values, &mut guarded),
            None => Err(StoreError::Aborted),
        };
        match refused {
            Some(err) => Err(err),
            None => self.note(result).map_err(E::from),
        }
    }

    /// Inserts many rows fast; returns how many. Every row has one value per column. `table` and `columns` come from the
    /// program, never from outside.
    ///
    /// # Errors
    /// [`StoreError::RowWidth`] or what the database says; nothing of this transaction can be committed after that.
    pub fn insert_many(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Result<u64, StoreError> {
        let mut rows = rows.into_iter();
        let check = |row: &[Value]| check_row(table, columns.len(), row);
        let result = match self.connection.as_mut() {
            Some(Connection::Postgres(connection)) => connection.copy_in(table, columns, &mut rows, &check),
            Some(Connection::Sqlite(connection)) => {
                let places: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
                let sql = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
                rows.try_fold(0, |sum, row| {
                    check(&row)?;
                    Ok(sum + sqlite_driver::execute(connection, &sql, &row)?)
                })
            }
            None => Err(StoreError::Aborted),
        };
        self.note(result)
    }

    /// Like [`Transaction::insert_many`], but a row whose key exists already is passed over. Returns how many were new.
    ///
    /// # Errors
    /// [`StoreError::RowWidth`] or what the database says; nothing of this transaction can be committed after that.
    pub fn insert_missing(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Result<u64, StoreError> {
        // One statement text of a fixed length is prepared once; 8,000 values stay below the limits of both databases.
        const MAX_VALUES: usize = 8_000;
        let width = columns.len().max(1);
        let mut rows = rows.into_iter();
        let mut inserted = 0;
        loop {
            let mut values = Vec::new();
            for row in rows.by_ref().take(MAX_VALUES / width) {
                check_row(table, columns.len(), &row).inspect_err(|_| self.failed = true)?;
                values.extend(row);
            }
            if values.is_empty() {
                return Ok(inserted);
            }
            let sql = insert_missing_sql(table, columns, values.len() / width);
            inserted += self.execute(&sql, &values)?;
        }
    }

    /// Which database it is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    /// Runs several statements without values.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        let result = match self.connection.as_mut() {
            Some(Connection::Sqlite(connection)) => {
                connection.execute_batch(sql).map_err(|err| StoreError::from_sqlite(err, sql))
            }
            Some(Connection::Postgres(connection)) => connection.batch(sql),
            None => Err(StoreError::Aborted),
        };
        self.note(result)
    }

    /// Remembers that a statement failed: PostgreSQL would turn a later `COMMIT` into a rollback without a word.
    fn note<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(err) = &result {
            self.failed = true;
            self.met_another |= matches!(err, StoreError::Conflict { .. });
        }
        result
    }

    fn commit(mut self) -> Result<(), StoreError> {
        if self.failed {
            return Err(StoreError::Aborted);
        }
        self.batch("COMMIT")?;
        if let Some(connection) = self.connection.take() {
            self.inner.pool(self.access).give_back(connection);
        }
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let healthy = match &mut connection {
            Connection::Sqlite(connection) => {
                connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok()
            }
            Connection::Postgres(connection) => !connection.is_closed() && connection.batch("ROLLBACK").is_ok(),
        };
        let pool = self.inner.pool(self.access);
        if healthy { pool.give_back(connection) } else { pool.forget() }
    }
}
