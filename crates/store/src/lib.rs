//! Where mamori keeps what it knows: one database (SQLite in the data directory, or PostgreSQL), the evidence bytes,
//! the job queue, the outbox and the tamper-evident ledger.
//!
//! It must never know what a fact, a check or a hospital is, read a clock, or make random numbers: time and randomness
//! come in as parameters. Start with [`Database`], then [`migrate`](mod@migrate), [`jobs`], [`ledger`].
//!
//! A capability keeps its SQL in its own `store.rs`, written once for both databases: placeholders are `$1`, `$2`, …,
//! whole numbers are `i64`, truth values are 0 and 1, times are UTC seconds, ids are texts.

pub mod blobs;
pub mod database;
pub mod dump;
pub mod error;
pub mod jobs;
pub mod ledger;
pub mod migrate;
mod only_one;
pub mod outbox;
mod pool;
mod postgres_driver;
mod sqlite_driver;
mod statement;
pub mod value;

pub use blobs::{BlobError, Blobs};
pub use database::{Database, Dialect, Transaction};
pub use error::{DriverError, StoreError};
pub use ledger::Ledger;
pub use migrate::{MigrateError, Migration, migrate};
pub use value::{Row, Value};
