//! The fact dictionary, the check language, and the way from facts to verdicts.
//!
//! Everything here is a pure function of its arguments: texts of packs come in, values come out. It must never do I/O,
//! read a clock, or show something unknown or stale as good. Start with [`dictionary`] (what can be known),
//! then [`check`] and [`expression`] (what is asked), [`outcome`] and [`mod@roll_up`] (what the facts answer),
//! and [`framework`] (what a checklist makes of the answers).

pub mod check;
pub mod dictionary;
pub mod expression;
pub mod facts;
mod fields;
pub mod framework;
pub mod outcome;
pub mod problem;
pub mod roll_up;
mod site_kind;
#[cfg(test)]
mod test_pack;
pub mod version;
pub mod wording;

pub use check::{Check, CheckPack, CheckTest, MadeOn, RollUp, TestFailure};
pub use dictionary::{Definition, Dictionary, DictionaryError, KeyId, Merge};
pub use expression::{Expression, ExpressionError};
pub use facts::{Fact, FactId, SubjectFacts};
pub use framework::verdict::{Answer, CheckState, ClaimState, DocumentState, ItemVerdict, Reason, item_verdict};
pub use framework::{Answerer, Audience, Category, Element, Framework, Item, Scope, validate};
pub use outcome::{Outcome, State, evaluate};
pub use problem::{PackError, Problem};
pub use roll_up::{CheckResult, CheckVerdict, Counts, roll_up};
pub use site_kind::{SiteKind, UnknownSiteKind};
pub use wording::Wording;
