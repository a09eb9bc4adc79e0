//! The Sigma engine through its public door.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]
mod correlation;
mod equivalence;
mod explosive;
mod load;
mod naive;
mod records;
mod regression;
mod samples;
mod table;
