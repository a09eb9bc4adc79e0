//! What can go wrong with a database, told apart by what a person has to do about it.

use base::Text;

/// The database driver's own error, kept as the cause.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// From SQLite.
    #[error(transparent)]
    Sqlite(#[from] Box<rusqlite::Error>),
    /// From PostgreSQL.
    #[error(transparent)]
    Postgres(#[from] postgres::Error),
    /// From the file system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room is left on the disk or in the quota. Nothing of the transaction was kept.
    #[error("the disk of the database is full")]
    Full {
        /// The driver's error.
        source: DriverError,
    },
    /// The database may be read but not written.
    #[error("the database is read-only")]
    ReadOnly {
        /// The driver's error.
        source: DriverError,
    },
    /// The database could not be opened or reached, or the connection was lost. After a lost `COMMIT` it is not known whether it happened.
    #[error("the database can't be reached")]
    Gone {
        /// The driver's error.
        source: DriverError,
    },
    /// Somebody else kept the database locked for longer than we wait.
    #[error("the database was kept busy by another writer for too long")]
    Busy {
        /// The driver's error; none if our own connections were all taken.
        source: Option<DriverError>,
    },
    /// Another transaction changed the same rows; [`Database::transaction`](crate::Database::transaction) already tried again several times.
    #[error("another transaction changed the same rows")]
    Conflict {
        /// The driver's error.
        source: DriverError,
    },
    /// A rule of the schema (unique, foreign key, check, not null) forbids this row.
    #[error("a rule of the schema forbids this row, in: {sql}")]
    Constraint {
        /// Start of the statement.
        sql: String,
        /// The driver's error.
        source: DriverError,
    },
    /// The database file or an index is damaged.
    #[error("the database is damaged")]
    Corrupt {
        /// The driver's error.
        source: DriverError,
    },
    /// The database refused the statement: a mistake in the program or a schema that does not fit.
    #[error("the database refused the statement: {sql}")]
    Statement {
        /// Start of the statement.
        sql: String,
        /// The driver's error.
        source: DriverError,
    },
    /// An earlier statement of this transaction failed, so that it can't be committed.
    #[error("an earlier statement of this transaction failed; nothing was kept")]
    Aborted,
    /// A row has no such column, or it has another type.
    #[error("column {index} of the result is {found}, not {expected}")]
    Column {
        /// Position, from 0.
        index: usize,
        /// What was asked for.
        expected: &'static str,
        /// What there was.
        found: &'static str,
    },
    /// A text holds U+0000, which PostgreSQL can't keep.
    #[error("a text holds the character U+0000, which can't be stored")]
    NulCharacter,
    /// A row for `insert_many` has not as many values as there are columns.
    #[error("a row for {table} has {found} values instead of {expected}")]
    RowWidth {
        /// Name of the table.
        table: String,
        /// Number of columns.
        expected: usize,
        /// Number of values.
        found: usize,
    },
    /// A row that must be there was not found.
    #[error("no row was found by: {sql}")]
    NoRow {
        /// Start of the statement.
        sql: String,
    },
}

impl StoreError {
    /// What the person at the screen can do about it.
    #[must_use]
    pub fn what_next(&self) -> Text {
        let (ja, en) = match self {
            Self::Full { .. } => (
                "ディスクの空きがありません。空きを作ってから、もう一度実行してください。これまでに保存したものは失われていません。",
                "The disk is full. Free some space and try again. What was saved before is not lost.",
            ),
            Self::ReadOnly { .. } => (
                "データベースに書き込めません。データフォルダーの権限と、ディスクが読み取り専用でないことを確認してください。",
                "The database can't be written. Check the permissions of the data directory and that the disk is not mounted read-only.",
            ),
            Self::Gone { .. } => (
                "データベースに接続できません。データベースが動いていることと、接続先の設定を確認してください。",
                "The database can't be reached. Check that it is running and that the configured address is right.",
            ),
            Self::Busy { .. } | Self::Conflict { .. } => (
                "ほかの処理がデータベースを使っています。しばらく待ってから、もう一度実行してください。",
                "Another operation is using the database. Wait a moment and try again.",
            ),
            Self::Corrupt { .. } => (
                "データベースが壊れています。mamori を止め、データフォルダーの写しを取ってから、バックアップより復元してください。",
                "The database is damaged. Stop mamori, copy the data directory, then restore from a backup.",
            ),
            Self::Constraint { .. }
            | Self::Statement { .. }
            | Self::Aborted
            | Self::Column { .. }
            | Self::NulCharacter
            | Self::RowWidth { .. }
            | Self::NoRow { .. } => (
                "保存できませんでした。何も変更されていません。同じことが続く場合は、ログを添えて担当者に知らせてください。",
                "It could not be saved; nothing was changed. If it happens again, report it with the log.",
            ),
        };
        Text { ja: ja.to_owned(), en: en.to_owned() }
    }

    /// Sorts an SQLite error.
    pub(crate) fn from_sqlite(err: rusqlite::Error, sql: &str) -> Self {
        use rusqlite::ErrorCode;
        let code = err.sqlite_error_code();
        let source = DriverError::Sqlite(Box::new(err));
        match code {
            Some(ErrorCode::DiskFull) => Self::Full { source },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { source },
            Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::PermissionDenied) => {
                Self::Gone { source }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { source: Some(source) },
            Some(ErrorCode::ConstraintViolation) => Self::Constraint { sql: shorten(sql), source },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt { source },
            _ => Self::Statement { sql: shorten(sql), source },
        }
    }

    /// Sorts a PostgreSQL error.
    pub(crate) fn from_postgres(err: postgres::Error, sql: &str) -> Self {
        let code = err.code().map(|code| code.code().to_owned());
        let lost = err.is_closed() || (code.is_none() && caused_by_io(&err));
        let source = DriverError::Postgres(err);
        match code.as_deref() {
            _ if lost => Self::Gone { source },
            Some("53100" | "53400") => Self::Full { source },
            Some("25006" | "42501") => Self::ReadOnly { source },
            Some("40001" | "40P01") => Self::Conflict { source },
            Some("55P03" | "53300" | "57014") => Self::Busy { source: Some(source) },
            Some("XX001" | "XX002") => Self::Corrupt { source },
            Some("3D000" | "28000" | "28P01" | "25P03") => Self::Gone { source },
            Some(code) if code.starts_with("23") => Self::Constraint { sql: shorten(sql), source },
            Some(code) if code.starts_with("08") || code.starts_with("57P") => Self::Gone { source },
            _ => Self::Statement { sql: shorten(sql), source },
        }
    }
}

fn caused_by_io(err: &postgres::Error) -> bool {
    let mut cause = std::error::Error::source(err);
    while let Some(err) = cause {
        if err.is::<std::io::Error>() {
            return true;
        }
        cause = err.source();
    }
    false
}

/// The first line or 160 characters of a statement: enough to find it in the source, and never a value.
pub(crate) fn shorten(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect()
}
