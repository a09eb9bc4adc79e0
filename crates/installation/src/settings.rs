//! Where an installation is and how much it reads.

use std::path::PathBuf;

use base::{Lang, Secret};

/// What the command line and the file together say.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Data directory.
    pub data: PathBuf,
    /// `postgres://…`; without it, SQLite in the data directory.
    pub database: Option<Secret<String>>,
    /// Language of this run.
    pub lang: Lang,
    /// Name of the ledger, shown in checkpoints.
    pub ledger_name: String,
    /// Limits of what is read.
    pub limits: evidence::Limits,
}
