//! Integration tests of `formats`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod archive;
mod endoflife;
mod event_json;
mod event_shown;
mod event_xml;
mod evtx;
mod evtx_damage;
mod evtx_samples;
mod evtx_written;
mod group_policy;
mod kev;
mod nmap;
mod samples;
mod secret_samples;
mod secret_workbook;
mod syslog;
mod table;
