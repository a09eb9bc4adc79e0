//! What is remembered of a file besides its bytes: refusals, struck secrets, and what a ledger would change.

use std::collections::HashSet;

use ::evidence::Refusal;
use base::{ContentHash, Locator, Subject};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Differences of each sort that stand on the page.
pub(super) const SHOWN: usize = 200;

/// A row or file that was not taken, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefusalLine {
    place: String,
    pub(super) message: String,
    pub(super) detail: String,
}

impl RefusalLine {
    pub(super) fn locator(&self) -> Locator {
        self.place.parse().unwrap_or(Locator::Whole)
    }
}

impl From<&Refusal> for RefusalLine {
    fn from(refusal: &Refusal) -> Self {
        let detail = refusal.detail.clone();
        Self { place: refusal.locator.to_string(), message: refusal.message.to_owned(), detail }
    }
}

/// A secret that was struck, as it is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct StruckLine {
    pub(super) what: String,
    pub(super) place: String,
}

/// One value that would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ChangeLine {
    pub(super) subject: String,
    pub(super) key: String,
    pub(super) before: Option<String>,
    pub(super) after: String,
}

/// What a ledger would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Differences {
    pub(super) added: Vec<String>,
    /// What the ledger says of those that are new.
    #[serde(default)]
    pub(super) told: Vec<ChangeLine>,
    pub(super) changed: Vec<ChangeLine>,
    pub(super) missing: Vec<String>,
    pub(super) same: usize,
    /// How many were added, changed, missing in all.
    pub(super) counts: [usize; 3],
}

impl Differences {
    /// Stands for what would change on the form of whoever looks at it: what they agree to is this and nothing else. What the ledger
    /// does not name stays as it is, so another ledger that brings more of that changes nothing of what was agreed to.
    pub(super) fn mark(&self) -> String {
        ContentHash::of(json!([self.added, self.told, self.changed]).to_string().as_bytes()).to_string()
    }

    pub(super) fn of(preview: &::evidence::preview::Preview) -> Self {
        let names = |subjects: &[Subject]| subjects.iter().map(ToString::to_string).collect();
        let change = |change: &::evidence::preview::Change| ChangeLine {
            subject: change.subject.to_string(),
            key: change.key.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        };
        Self {
            added: names(&preview.added),
            told: preview.added_values.iter().map(change).collect(),
            changed: preview.changed.iter().map(change).collect(),
            missing: names(&preview.missing),
            same: preview.same,
            counts: [preview.added.len(), preview.changed.len(), preview.missing.len()],
        }
    }

    /// The first `most` of each sort; the counts stay.
    pub(super) fn cut(&self, most: usize) -> Self {
        let added: Vec<String> = self.added.iter().take(most).cloned().collect();
        let named: HashSet<&String> = added.iter().collect();
        Self {
            told: self.told.iter().filter(|line| named.contains(&line.subject)).cloned().collect(),
            changed: self.changed.iter().take(most).cloned().collect(),
            missing: self.missing.iter().take(most).cloned().collect(),
            added,
            ..*self
        }
    }
}
