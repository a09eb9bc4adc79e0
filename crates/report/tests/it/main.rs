//! The report through its public doors.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::str_to_string,
    missing_docs,
    reason = "tests"
)]

mod html;
mod json;
mod look;
mod pdf;
mod sample;
mod xlsx;
