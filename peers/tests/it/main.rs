//! Our readers and engine against others, on real input.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "tests")]

mod evtx;
#[path = "../../../crates/formats/tests/it/evtx_written.rs"]
#[allow(dead_code, reason = "the tests of `formats` use more of it")]
mod evtx_written;
mod samples;
