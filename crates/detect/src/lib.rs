//! Sigma rules: read, compiled into one plan, matched against events, and correlated over time.
//!
//! Everything here is a pure function of its arguments: texts of rules and values of events come in, hits come out.
//! It must never do I/O or read a clock, skip a rule without saying so, or let one event cost more because there are
//! more rules it has nothing to do with.
pub mod pipeline;
pub mod rule;
mod yaml;
pub use yaml::YamlError;
