//! Sigma rules: read, compiled into one plan, matched against events, and correlated over time.
//!
//! Everything here is a pure function of its arguments: texts of rules and values of events come in, hits come out.
//! It must never do I/O or read a clock, skip a rule without saying so, or let an event cost more because there are
//! more rules that have nothing to do with it. Start with [`rule`] (what rules say), then [`pipeline`] (which events
//! they mean), [`plan`] (what they become), [`matcher`] (how an event meets them) and [`correlate`] (hits over time).
//! [`pack`] reads our own rules, which say what a hit means.

pub mod correlate;
pub mod matcher;
pub mod pack;
pub mod pipeline;
pub mod plan;
pub mod rule;
mod yaml;

pub use correlate::{CorrelationPlan, Correlator};
pub use matcher::Matcher;
pub use pack::RulePack;
pub use pipeline::Pipelines;
pub use plan::{FieldId, Interest, Plan, RuleIndex};
pub use rule::Rules;
pub use yaml::YamlError;
