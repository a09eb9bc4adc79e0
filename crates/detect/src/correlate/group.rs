//! The events of one group of one correlation, within its time span.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::rule::{Condition, CorrelationKind, CorrelationRule, Names, Number, Order, Quantity, Together, fold};

/// One event of a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Microseconds.
    pub(crate) at: i64,
    pub(crate) event: u64,
    /// Places of its rule in the correlation's list, rising.
    pub(crate) positions: Vec<usize>,
    /// What is counted or summed; folded.
    pub(crate) value: Option<String>,
}

/// What is remembered of a group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) entries: VecDeque<Entry>,
    /// How often each value stands in `entries`.
    counts: BTreeMap<String, usize>,
    /// By place in the list of rules: when a chain that ends there began, at the latest.
    chains: BTreeMap<usize, i64>,
    /// By place: when that rule hit last.
    latest: BTreeMap<usize, i64>,
    /// The condition held at the last event: it is reported when it begins to hold, not at every event.
    pub(crate) holds: bool,
    /// Until when another match is no news (only where a match waits for its time to pass).
    pub(crate) quiet_until: Option<i64>,
    /// Names and values of the group, as first seen.
    pub(crate) shown: Vec<(String, String)>,
}

impl Group {
    /// Without events; `shown` are its names and values.
    pub(crate) fn new(shown: Vec<(String, String)>) -> Self {
        Self { shown, ..Self::default() }
    }

    /// Adds an event that is not older than those before, and forgets what is older than the span before it.
    pub(crate) fn add(&mut self, entry: Entry, rule: &CorrelationRule, span: i64) {
        let now = entry.at;
        self.forget_before(now.saturating_sub(span));
        for position in entry.positions.iter().rev() {
            let began = match position.checked_sub(1) {
                None => Some(now),
                Some(before) => self.chains.get(&before).copied(),
            };
            if let Some(began) = began.filter(|began| now.saturating_sub(*began) <= span) {
                let chain = self.chains.entry(*position).or_insert(began);
                *chain = began.max(*chain);
            }
            self.latest.insert(*position, now);
        }
        if rule.kind == CorrelationKind::ValueCount
            && let Some(value) = &entry.value
        {
            *self.counts.entry(value.clone()).or_default() += 1;
        }
        self.entries.push_back(entry);
    }

    /// Forgets the oldest event; whether there was one.
    pub(crate) fn forget_oldest(&mut self) -> bool {
        let Some(oldest) = self.entries.pop_front() else { return false };
        if let Some(value) = oldest.value
            && let Some(count) = self.counts.get_mut(&value)
        {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&value);
            }
        }
        true
    }

    fn forget_before(&mut self, limit: i64) {
        while self.entries.front().is_some_and(|entry| entry.at < limit) {
            self.forget_oldest();
        }
        self.chains.retain(|_, began| *began >= limit);
        self.latest.retain(|_, at| *at >= limit);
    }

    /// Whether the condition holds now, after the newest event, and the number it was compared with.
    pub(crate) fn evaluate(&self, rule: &CorrelationRule) -> (bool, f64) {
        let number = match rule.kind {
            CorrelationKind::EventCount => real(self.entries.len()),
            CorrelationKind::ValueCount => real(self.counts.len()),
            CorrelationKind::Temporal => return self.together(rule, &|position| self.latest.contains_key(&position)),
            CorrelationKind::TemporalOrdered => {
                let newest = self.entries.back().map_or(&[][..], |entry| &entry.positions);
                let reached = newest.iter().filter(|position| self.chains.contains_key(position)).max();
                let count = reached.map_or(0.0, |position| real(position + 1));
                let limits = match &rule.together {
                    Together::Number(limits) if !limits.is_empty() => limits.as_slice(),
                    Together::Number(_) | Together::Expression(_) => &[(Order::Equal, real(rule.rules.len()))],
                };
                return (within(limits, count), count);
            }
            CorrelationKind::ValueSum => self.numbers().sum(),
            CorrelationKind::ValueAverage => {
                let (sum, count) = self.numbers().fold((0.0, 0.0), |(sum, count), number| (sum + number, count + 1.0));
                if count == 0.0 {
                    return (false, 0.0);
                }
                sum / count
            }
            CorrelationKind::ValuePercentile => match self.percentile(rule.percentile) {
                Some(number) => number,
                None => return (false, 0.0),
            },
        };
        (within(&rule.limits, number), number)
    }

    /// As [`Group::evaluate`], for the events from `from` to `until`, both included.
    pub(crate) fn evaluate_window(&self, rule: &CorrelationRule, from: i64, until: i64) -> (bool, f64) {
        let inside = |entry: &&Entry| (from..=until).contains(&entry.at);
        let hit = |position| self.entries.iter().filter(inside).any(|entry| entry.positions.contains(&position));
        self.together(rule, &hit)
    }

    fn together(&self, rule: &CorrelationRule, hit: &dyn Fn(usize) -> bool) -> (bool, f64) {
        let count = real((0..rule.rules.len()).filter(|position| hit(*position)).count());
        let holds = match &rule.together {
            Together::Number(limits) if limits.is_empty() => count >= real(rule.rules.len()),
            Together::Number(limits) => within(limits, count),
            Together::Expression(condition) => holds(condition, &rule.rules, hit),
        };
        (holds, count)
    }

    fn numbers(&self) -> impl Iterator<Item = f64> {
        self.entries.iter().filter_map(|entry| Number::parse(entry.value.as_deref()?)).map(Number::get)
    }

    /// Nearest rank: the smallest number that at least so many percent are not above.
    fn percentile(&self, percent: f64) -> Option<f64> {
        let mut numbers: Vec<f64> = self.numbers().collect();
        numbers.sort_by(f64::total_cmp);
        let count = real(numbers.len());
        numbers.iter().zip(1..).find(|(_, rank)| real(*rank) * 100.0 >= percent * count).map(|(number, _)| *number)
    }
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn within(limits: &[(Order, f64)], number: f64) -> bool {
    limits.iter().all(|(order, limit)| order.holds(&number, limit))
}

fn holds(condition: &Condition, rules: &[String], hit: &dyn Fn(usize) -> bool) -> bool {
    let named = |names: &Names| -> Vec<bool> {
        let fits = |name: &String| names.fit(name);
        rules.iter().enumerate().filter(|(_, name)| fits(name)).map(|(position, _)| hit(position)).collect()
    };
    match condition {
        Condition::Name(name) => rules.iter().enumerate().any(|(position, rule)| rule == name && hit(position)),
        Condition::Of(Quantity::All, names) => named(names).into_iter().all(|hit| hit),
        Condition::Of(Quantity::AtLeast(least), names) => named(names).into_iter().filter(|hit| *hit).count() >= *least,
        Condition::Not(inner) => !holds(inner, rules, hit),
        Condition::And(parts) => parts.iter().all(|part| holds(part, rules, hit)),
        Condition::Or(parts) => parts.iter().any(|part| holds(part, rules, hit)),
    }
}

/// The key of a group: its values with letters folded, as Windows compares names.
pub(crate) fn key_of(values: &[(String, String)]) -> String {
    values.iter().map(|(_, value)| fold(value)).collect::<Vec<_>>().join("\u{1f}")
}
