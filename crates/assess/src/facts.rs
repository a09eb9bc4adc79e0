//! The current facts of one subject, ready to be asked.

use base::{FactValue, Grade, UtcSeconds};

use crate::dictionary::KeyId;

/// Number of a fact in the store; leads to its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub i64);

/// One current fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What is said.
    pub key: KeyId,
    /// The value. If its type is not that of the dictionary, the fact counts as missing.
    pub value: FactValue,
    /// When it was observed.
    pub observed_at: UtcSeconds,
    /// How good the evidence is.
    pub grade: Grade,
    /// Which stored fact this is.
    pub id: FactId,
}

impl Fact {
    /// Is the fact older than `fresh_days` at `now`? 0 days means it never grows old; exactly `fresh_days` is not too old.
    #[must_use]
    pub fn is_stale(&self, fresh_days: u32, now: UtcSeconds) -> bool {
        is_stale(self.observed_at, fresh_days, now)
    }
}

/// The rule of [`Fact::is_stale`] for what is not yet, or no longer, a fact.
pub(crate) fn is_stale(observed_at: UtcSeconds, fresh_days: u32, now: UtcSeconds) -> bool {
    fresh_days != 0 && now > observed_at.plus_days(i64::from(fresh_days))
}

/// The current facts of one subject, at most one per key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubjectFacts {
    facts: Vec<Fact>,
}

impl SubjectFacts {
    /// Takes facts in any order. Of several with one key the latest stays; ties: the higher grade, then the greater id.
    #[must_use]
    pub fn new(mut facts: Vec<Fact>) -> Self {
        facts.sort_by(|a, b| {
            let newest_first = (b.observed_at, b.grade, b.id).cmp(&(a.observed_at, a.grade, a.id));
            a.key.cmp(&b.key).then(newest_first)
        });
        facts.dedup_by_key(|fact| fact.key);
        Self { facts }
    }

    /// The fact with this key.
    #[must_use]
    pub fn find(&self, key: KeyId) -> Option<&Fact> {
        let position = self.facts.binary_search_by_key(&key, |fact| fact.key).ok()?;
        self.facts.get(position)
    }

    /// Every fact, in the order of the keys.
    pub fn iter(&self) -> std::slice::Iter<'_, Fact> {
        self.facts.iter()
    }

    /// Is nothing known?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }
}

impl<'f> IntoIterator for &'f SubjectFacts {
    type Item = &'f Fact;
    type IntoIter = std::slice::Iter<'f, Fact>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
