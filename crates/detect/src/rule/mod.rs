//! Rules as they are written: read, checked, but not yet compiled.

mod called;
mod condition;
mod correlation;
mod modifier;
mod pattern;
mod read;
mod selection;
mod test;

pub(crate) use called::Called;
pub use condition::{Condition, ConditionError, Names, Quantity};
pub use correlation::{CorrelationError, CorrelationKind, CorrelationRule, Together};
pub use modifier::ModifierError;
pub use pattern::{Part, Pattern};
pub(crate) use pattern::{fold, fold_char};
pub use read::{ReadError, Refusal, Rules};
pub use selection::{Item, Selection, SelectionError};
pub(crate) use test::count_places;
pub use test::{Anchor, Network, Number, Order, RegexTest, Test, TimePart};

/// Who wrote a rule and what it is about: what is shown with every hit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Never empty.
    pub title: String,
    /// Unique, mostly a UUID.
    pub id: Option<String>,
    /// What correlation rules may call it.
    pub name: Option<String>,
    /// Empty if not given.
    pub description: String,
    /// To be shown with every hit (Detection Rule License).
    pub author: Option<String>,
    /// Where it is given.
    pub license: Option<String>,
    /// How bad a hit is; `None` if not given.
    pub level: Option<Level>,
    /// `stable`, `test`, `experimental`, `deprecated`, `unsupported`, as written.
    pub status: Option<String>,
    /// For example `attack.t1003.001`.
    pub tags: Vec<String>,
    /// Addresses.
    pub references: Vec<String>,
    /// What else may cause a hit.
    pub false_positives: Vec<String>,
    /// The file it came from, as the caller named it.
    pub file: String,
}

impl About {
    /// Whether a correlation or filter means this rule by `reference`.
    pub fn is_called(&self, reference: &str) -> bool {
        self.id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(reference))
            || self.name.as_deref() == Some(reference)
    }
}

/// How bad a hit is, rising.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Adds to the picture; no alert.
    Informational,
    /// Notable, rarely an incident.
    Low,
    /// To be looked at.
    Medium,
    /// To be looked at now.
    High,
    /// An incident, almost surely.
    Critical,
}

impl Level {
    /// Every level, rising.
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word rules use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Where the events of a rule come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Logsource {
    /// For example `process_creation`.
    pub category: Option<String>,
    /// For example `windows`.
    pub product: Option<String>,
    /// For example `security`.
    pub service: Option<String>,
}

impl Logsource {
    /// Whether this source, as a filter names it, takes in `other`: what is not given means any.
    pub fn covers(&self, other: &Self) -> bool {
        let same = |own: &Option<String>, other: &Option<String>| own.is_none() || own == other;
        same(&self.category, &other.category)
            && same(&self.product, &other.product)
            && same(&self.service, &other.service)
    }
}

/// A detection rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Title, id, author …
    pub about: About,
    /// Where its events come from.
    pub logsource: Logsource,
    /// Its named selections, in their order.
    pub selections: Vec<(String, Selection)>,
    /// Any of these makes it fire; never empty.
    pub conditions: Vec<Condition>,
}

/// A filter: events it describes no longer make the rules it names fire.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// Title, id, author …
    pub about: About,
    /// Rules of other sources are not touched.
    pub logsource: Logsource,
    /// Ids or names; `None` means every rule of the source.
    pub rules: Option<Vec<String>>,
    /// Its named selections.
    pub selections: Vec<(String, Selection)>,
    /// Joined to the rule's own by `and`.
    pub condition: Condition,
}
