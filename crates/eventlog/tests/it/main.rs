//! Event logs against rules, through the crate's public door.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "tests")]

mod alerts_store;
mod correlated;
mod damage;
mod samples;
mod samples_chainsaw;
mod samples_hits;
mod shapes;
mod world;
