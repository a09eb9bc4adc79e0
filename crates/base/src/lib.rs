//! The words every other crate speaks: time, hashes, subjects, fact values, verdicts.
//!
//! It must never do I/O, hold SQL, or read a clock. Start with [`subject`] and [`value`], then [`verdict`].

pub mod hash;
pub mod lang;
pub mod locator;
pub mod plain;
pub mod secret;
pub mod subject;
pub mod time;
pub mod value;
pub mod verdict;

pub use hash::ContentHash;
pub use lang::{Lang, Text};
pub use locator::Locator;
pub use secret::Secret;
pub use subject::{Subject, SubjectKind};
pub use time::{Clock, Date, FixedClock, UtcSeconds};
pub use value::{FactType, FactValue};
pub use verdict::{Grade, Mark, Severity, Verdict};
