//! Ledgers, scans, and which rows are one thing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod fixture;
mod identity;
mod ledger;
mod scan;
