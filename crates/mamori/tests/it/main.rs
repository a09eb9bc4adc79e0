//! The program from outside: what it accepts, refuses and says, and with which exit code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod claims;
mod demo;
mod detect;
mod hostile;
mod imports;
mod ledger;
mod serve;
mod serve_backup;
mod serve_demo;
mod serve_logs;
mod serve_upgrade;
mod trouble;
mod world;
