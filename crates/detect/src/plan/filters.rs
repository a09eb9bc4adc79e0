//! Filters: which rules they mean, and what they make of them.

use rustc_hash::FxHashSet;

use crate::rule::{About, Called, Condition, Filter, ReadError, Refusal, Rule, Rules};

/// Filters on one rule.
const MAX_FILTERS: usize = 100;

/// The filters of a set of rules.
pub(crate) struct Filters<'a> {
    filters: Vec<(&'a Filter, Option<FxHashSet<String>>)>,
}

impl<'a> Filters<'a> {
    pub(crate) fn new(rules: &'a Rules) -> Self {
        let named = |filter: &Filter| {
            // An id is compared without case, a name as it is: two entries, told apart by what stands before them.
            let words = |names: &Vec<String>| -> FxHashSet<String> {
                names.iter().flat_map(|name| [of_id(name), of_name(name)]).collect()
            };
            filter.rules.as_ref().map(words)
        };
        Self { filters: rules.filters.iter().map(|filter| (filter, named(filter))).collect() }
    }

    /// The rule with the selections of its filters beside its own, under names no rule uses; `None` if none means it.
    pub(crate) fn apply(&self, rule: &Rule) -> Result<Option<Rule>, ReadError> {
        let keys: Vec<String> =
            rule.about.id.iter().map(|id| of_id(id)).chain(rule.about.name.iter().map(|name| of_name(name))).collect();
        let means = |(filter, named): &&(&Filter, Option<FxHashSet<String>>)| {
            filter.logsource.covers(&rule.logsource)
                && named.as_ref().is_none_or(|named| keys.iter().any(|key| named.contains(key)))
        };
        let filters: Vec<&Filter> = self.filters.iter().filter(means).map(|(filter, _)| *filter).collect();
        if filters.is_empty() {
            return Ok(None);
        }
        if filters.len() > MAX_FILTERS {
            return Err(ReadError::TooMany { what: "filters on one rule", limit: MAX_FILTERS });
        }
        let mut filtered = rule.clone();
        let mut conditions = Vec::new();
        for (number, filter) in filters.iter().enumerate() {
            let prefix = format!("_filter_{number}_");
            let selections =
                filter.selections.iter().map(|(name, selection)| (format!("{prefix}{name}"), selection.clone()));
            filtered.selections.extend(selections);
            conditions.push(filter.condition.renamed(&prefix));
        }
        for own in &mut filtered.conditions {
            let all = std::iter::once(own.clone()).chain(conditions.iter().cloned());
            *own = Condition::And(all.collect());
        }
        Ok(Some(filtered))
    }
}

fn of_id(id: &str) -> String {
    format!("id {}", id.to_ascii_lowercase())
}

fn of_name(name: &str) -> String {
    format!("name {name}")
}

/// Filters name rules; a name that fits none is a mistake somebody should see.
pub(crate) fn find_idle(rules: &Rules) -> Vec<Refusal> {
    let called = Called::new(rules.rules.iter().map(|rule| &rule.about));
    let mut idle = Vec::new();
    for filter in &rules.filters {
        if let Some(name) = filter.rules.iter().flatten().find(|name| !called.has(name)) {
            let About { file, title, id, .. } = filter.about.clone();
            idle.push(Refusal { file, rule: title, id, reason: ReadError::UnknownRule(name.clone()) });
        }
    }
    idle
}
