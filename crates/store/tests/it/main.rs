//! Contract of the store: every body runs on SQLite and, if it is installed, on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

mod blobs;
mod corruption;
mod database;
mod dump;
mod jobs;
mod ledger;
mod migrations;
mod tree;
