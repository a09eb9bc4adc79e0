//! Windows settings and directory exports.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod accounts;
mod directory;
mod fixture;
mod machines;
mod policy;
