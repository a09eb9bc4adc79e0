//! Rules by what correlations and filters call them.

use rustc_hash::FxHashMap;

use super::About;

/// Which of several rules a reference means; the same answer as [`About::is_called`] for each of them.
#[derive(Debug, Default)]
pub(crate) struct Called<'a> {
    /// By id, in small letters.
    ids: FxHashMap<String, Vec<usize>>,
    names: FxHashMap<&'a str, Vec<usize>>,
    count: usize,
}

impl<'a> Called<'a> {
    pub(crate) fn new(rules: impl Iterator<Item = &'a About>) -> Self {
        let mut called = Self::default();
        rules.for_each(|about| called.add(about));
        called
    }

    /// Adds the rule with the next number.
    pub(crate) fn add(&mut self, about: &'a About) {
        if let Some(id) = &about.id {
            self.ids.entry(id.to_ascii_lowercase()).or_default().push(self.count);
        }
        if let Some(name) = &about.name {
            self.names.entry(name).or_default().push(self.count);
        }
        self.count += 1;
    }

    /// Whether any rule is meant.
    pub(crate) fn has(&self, reference: &str) -> bool {
        self.names.contains_key(reference) || self.ids.contains_key(&reference.to_ascii_lowercase())
    }

    /// Numbers of the rules that are meant, rising.
    pub(crate) fn find(&self, reference: &str) -> Vec<usize> {
        let ids = self.ids.get(&reference.to_ascii_lowercase());
        let mut found: Vec<usize> = ids.into_iter().chain(self.names.get(reference)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
