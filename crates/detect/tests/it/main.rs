//! The Sigma engine through its public door.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]
mod benign_week;
mod correlation;
mod equivalence;
mod explosive;
mod load;
mod naive;
mod pack;
mod pack_cases;
mod pack_samples;
mod records;
mod regression;
mod samples;
mod table;
