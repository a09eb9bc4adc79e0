//! Claims held against proof, exceptions, tasks, the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod answers;
mod decisions;
mod exceptions;
mod fixture;
mod report;
mod statement;
mod tasks;
mod watch;
