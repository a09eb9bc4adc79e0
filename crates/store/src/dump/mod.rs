//! A portable copy of everything mamori knows, the same from SQLite and PostgreSQL: tables as JSON lines, evidence bytes by their
//! hash, and a signed manifest over every file. It can be loaded into either database.
//!
//! The manifest is written last: a folder without one is no backup. Start with [`dump`](fn@dump), [`check`], [`restore`].

mod files;
mod load;
mod manifest;
mod schema;
mod write;

use std::io;
use std::path::PathBuf;

pub use load::{Target, check, restore};
pub use manifest::{FileNote, LedgerNote, Manifest, StepNote, TableNote};
pub use write::{About, Attached, dump};

use crate::blobs::BlobError;
use crate::error::StoreError;
use crate::migrate::MigrateError;

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const SIGNATURE: &str = "manifest.sig";
pub(crate) const TABLES: &str = "tables";
pub(crate) const BLOBS: &str = "blobs";
/// The signing key, if it is part of the backup.
pub const KEY: &str = "ledger-key.pem";

/// Why there is no whole backup, or nothing was restored from it.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The folder to be written to holds something already.
    #[error("{} is not empty", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The database to be restored to holds something already.
    #[error("the database holds tables already: {table}")]
    DatabaseInUse {
        /// One of its tables.
        table: String,
    },
    /// A file of the backup is missing, or there is no manifest: the backup was never finished.
    #[error("{path} is missing")]
    Missing {
        /// The file, below the folder.
        path: String,
    },
    /// A file of the backup is not what the manifest says.
    #[error("{path} was changed or cut off")]
    Altered {
        /// The file, below the folder.
        path: String,
    },
    /// The manifest is not signed by this key.
    #[error("{MANIFEST} is not signed by this key")]
    Signature,
    /// The backup is of a ledger of another name.
    #[error("the backup is of the ledger {found}, not {expected}")]
    OtherLedger {
        /// The name in the backup.
        found: String,
        /// The name asked for.
        expected: String,
    },
    /// A newer program made this backup, or its schema is another one.
    #[error("this program does not know step {number} of {capability} as the backup has it")]
    Schema {
        /// Whose step.
        capability: String,
        /// Its number.
        number: u32,
    },
    /// Tables name each other in a circle, so that there is no order to load them in.
    #[error("the tables name each other in a circle: {tables}")]
    Circle {
        /// Their names.
        tables: String,
    },
    /// A file could not be read or written.
    #[error("{} can't be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The schema could not be made.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// Evidence could not be read or written.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}
