//! Hits over time: counts, sums, and what happened together or one after the other.
//!
//! - A **window** slides: it reaches from an event back over the time span, and an event exactly that old still counts.
//!   Windows are looked at when an event of their group arrives; that nothing happens is not noticed.
//! - A match is reported when its condition **begins** to hold in a group, and again once it had ceased to hold at an
//!   event in between, or the group had no event for a whole time span.
//! - Events are put in order of time first; of equal times the one that came first is first. For that they wait until
//!   the newest event is `lateness` ahead of them. One that comes later than that is *late*: it is counted and takes no part.
//! - **Ordered** means one event behind the other in that order; one event is never two steps.
//! - With `not` in an extended condition, a match is known when its window, which then reaches forward, is over.
//! - Values of groups and counted values are compared without case. An event without one of them takes no part; counted.
//! - Memory is bounded per group and in all. What is given up for that is counted in [`Losses`], never silent.

mod compiled;
mod group;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use compiled::CorrelationPlan;
pub use state::{RestoreError, Saved};

use compiled::{Input, waits};
use group::{Entry, Group, key_of};

use crate::plan::RuleIndex;
use crate::rule::{CorrelationKind, CorrelationRule, fold};

/// Events shown with a match: the newest.
const MAX_SHOWN: usize = 100;

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// How far behind the newest event another may be, in microseconds, and still take part.
    pub lateness: i64,
    /// Events that wait for their order; beyond that the oldest is taken at once.
    pub waiting: usize,
    /// Events of one group; beyond that its oldest is forgotten.
    pub per_group: usize,
    /// Groups in all; beyond that the one that would be over soonest is forgotten.
    pub groups: usize,
    /// Events of all groups; likewise.
    pub entries: usize,
}

impl Default for Limits {
    /// Five minutes late; some tens of megabytes.
    fn default() -> Self {
        Self { lateness: 300_000_000, waiting: 100_000, per_group: 10_000, groups: 50_000, entries: 500_000 }
    }
}

/// What took no part, or was forgotten early. Each is counted since the beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Losses {
    /// Came later than `lateness` allows.
    pub late: u64,
    /// Had no value for a field of the group.
    pub without_group: u64,
    /// Had no value (or no number) for the field that is counted or summed.
    pub without_value: u64,
    /// Were taken before their order was certain.
    pub forced: u64,
    /// Were forgotten because their group was full.
    pub from_full_groups: u64,
    /// Groups forgotten because there were too many groups or events.
    pub groups: u64,
}

/// One event that rules hit.
pub struct Observation<'a> {
    /// When, in microseconds UTC.
    pub at: i64,
    /// What the caller calls the event; repeated in matches.
    pub event: u64,
    /// Every rule that hit it.
    pub hits: &'a [RuleIndex],
    /// The value of a field of the event.
    pub value: &'a dyn Fn(&str) -> Option<String>,
}

/// A correlation whose condition began to hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Its place in [`CorrelationPlan::correlations`].
    pub correlation: usize,
    /// Time of the event that completed it (or of the end of its window), in microseconds UTC.
    pub at: i64,
    /// Names and values of the group.
    pub group: Vec<(String, String)>,
    /// The number that was compared: how many events, values or rules, the sum …
    pub number: f64,
    /// Events of the window, oldest first; of many the newest.
    pub events: Vec<u64>,
}

/// What an event is to the correlations, taken from it when it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Signal {
    event: u64,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Part {
    correlation: usize,
    positions: Vec<usize>,
    group: Vec<(String, String)>,
    value: Option<String>,
}

type GroupKey = (usize, String);

/// The memory of all correlations. One thread adds; see [`Correlator::save`] for a restart.
#[derive(Debug)]
pub struct Correlator {
    limits: Limits,
    losses: Losses,
    newest: Option<i64>,
    /// Everything before this moment has been taken.
    taken_until: i64,
    next: u64,
    waiting: BTreeMap<(i64, u64), Signal>,
    groups: BTreeMap<GroupKey, Group>,
    /// When each group is over.
    over: BTreeSet<(i64, GroupKey)>,
    entries: usize,
    /// Windows that reach forward: their end, and where they began.
    windows: BTreeSet<(i64, GroupKey)>,
}

impl Correlator {
    /// With nothing remembered.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            losses: Losses::default(),
            newest: None,
            taken_until: i64::MIN,
            next: 0,
            waiting: BTreeMap::new(),
            groups: BTreeMap::new(),
            over: BTreeSet::new(),
            entries: 0,
            windows: BTreeSet::new(),
        }
    }

    /// What took no part so far.
    pub fn losses(&self) -> Losses {
        self.losses
    }

    /// Groups that are remembered now.
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// Adds an event; `false` if it is late and takes no part. Matches that are certain now go to `matches`, by time.
    pub fn add(&mut self, plan: &CorrelationPlan, seen: &Observation<'_>, matches: &mut Vec<Match>) -> bool {
        let is_late = seen.at < self.taken_until;
        let mut parts = Vec::new();
        for rule in seen.hits {
            for input in plan.inputs_of(*rule) {
                parts.extend(self.part(plan, input, seen.value));
            }
        }
        if is_late {
            self.losses.late += u64::from(!parts.is_empty());
            return false;
        }
        if !parts.is_empty() {
            self.waiting.insert((seen.at, self.next), Signal { event: seen.event, parts });
            self.next += 1;
        }
        let newest = self.newest.map_or(seen.at, |newest| newest.max(seen.at));
        self.newest = Some(newest);
        self.take_until(plan, newest.saturating_sub(self.limits.lateness), matches);
        while self.waiting.len() > self.limits.waiting {
            let Some(((at, _), signal)) = self.waiting.pop_first() else { break };
            self.losses.forced += 1;
            self.take(plan, at, signal, matches);
            self.taken_until = self.taken_until.max(at);
        }
        true
    }

    /// Takes everything that waits, as if all events up to the newest had come: at the end of a file.
    pub fn finish(&mut self, plan: &CorrelationPlan, matches: &mut Vec<Match>) {
        self.take_until(plan, i64::MAX, matches);
        self.taken_until = self.newest.map_or(i64::MIN, |newest| newest.saturating_add(1));
    }

    /// Takes what is older than `until`.
    fn take_until(&mut self, plan: &CorrelationPlan, until: i64, matches: &mut Vec<Match>) {
        while let Some(first) = self.waiting.first_entry() {
            let at = first.key().0;
            if at >= until {
                break;
            }
            let signal = first.remove();
            self.take(plan, at, signal, matches);
        }
        self.close_windows(plan, until, matches);
        self.taken_until = self.taken_until.max(until);
    }

    fn take(&mut self, plan: &CorrelationPlan, at: i64, signal: Signal, matches: &mut Vec<Match>) {
        self.close_windows(plan, at, matches);
        self.forget_over(at);
        let mut parts = signal.parts;
        // Correlations stand behind those they build on, so one pass sees every chain.
        parts.sort_by_key(|part| part.correlation);
        let mut queue: std::collections::VecDeque<Part> = parts.into();
        while let Some(mut part) = queue.pop_front() {
            // One event that hit several rules of a correlation is one event of it.
            while let Some(same) = queue.front()
                && same.correlation == part.correlation
                && key_of(&same.group) == key_of(&part.group)
            {
                if let Some(same) = queue.pop_front() {
                    part.positions.extend(same.positions);
                    part.value = part.value.or(same.value);
                }
            }
            part.positions.sort_unstable();
            part.positions.dedup();
            let Some(found) = self.take_part(plan, at, signal.event, part) else { continue };
            self.chain(plan, &found, &mut queue);
            matches.push(found);
        }
    }

    /// Hands a match on to the correlations that build on it.
    fn chain(&mut self, plan: &CorrelationPlan, found: &Match, queue: &mut std::collections::VecDeque<Part>) {
        let value = |name: &str| found.group.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
        for input in plan.by_correlation.get(found.correlation).into_iter().flatten() {
            if let Some(part) = self.part(plan, input, &value) {
                let behind = queue.partition_point(|other| other.correlation <= part.correlation);
                queue.insert(behind, part);
            }
        }
    }

    fn take_part(&mut self, plan: &CorrelationPlan, at: i64, event: u64, part: Part) -> Option<Match> {
        let rule = plan.rule(part.correlation)?;
        let span = span_of(rule);
        let key = (part.correlation, key_of(&part.group));
        let group = self.groups.entry(key.clone()).or_insert_with(|| Group::new(part.group));
        let before = group.entries.len();
        if let Some(last) = group.entries.back() {
            self.over.remove(&(last.at.saturating_add(span), key.clone()));
        }
        group.add(Entry { at, event, positions: part.positions, value: part.value }, rule, span);
        while group.entries.len() > self.limits.per_group && group.forget_oldest() {
            self.losses.from_full_groups += 1;
        }
        self.entries = self.entries + group.entries.len() - before;
        let end = at.saturating_add(span);
        self.over.insert((end, key.clone()));
        let found = if waits(rule) {
            self.windows.insert((end, key));
            None
        } else {
            let (holds, number) = group.evaluate(rule);
            let begins = holds && !group.holds;
            group.holds = holds;
            begins.then(|| report(part.correlation, at, number, group))
        };
        self.forget_surplus();
        found
    }

    /// What an event is to one correlation; `None` if it lacks a value.
    fn part(&mut self, plan: &CorrelationPlan, input: &Input, value: &dyn Fn(&str) -> Option<String>) -> Option<Part> {
        let rule = plan.rule(input.correlation)?;
        let mut group = Vec::with_capacity(input.group.len());
        for (name, field) in rule.group_by.iter().zip(&input.group) {
            let Some(found) = field.as_ref().and_then(|field| value(field)) else {
                self.losses.without_group += 1;
                return None;
            };
            group.push((name.clone(), found));
        }
        let counted = match rule.kind {
            CorrelationKind::EventCount | CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => None,
            CorrelationKind::ValueCount
            | CorrelationKind::ValueSum
            | CorrelationKind::ValueAverage
            | CorrelationKind::ValuePercentile => {
                let values: Option<Vec<String>> = rule.fields.iter().map(|field| Some(fold(&value(field)?))).collect();
                let joined = values.map(|values| values.join("\u{1f}"));
                let counts = rule.kind == CorrelationKind::ValueCount;
                let usable = joined.filter(|text| counts || crate::rule::Number::parse(text).is_some());
                let Some(usable) = usable else {
                    self.losses.without_value += 1;
                    return None;
                };
                Some(usable)
            }
        };
        Some(Part { correlation: input.correlation, positions: input.positions.clone(), group, value: counted })
    }

    /// Decides the windows that ended before `until`.
    fn close_windows(&mut self, plan: &CorrelationPlan, until: i64, matches: &mut Vec<Match>) {
        while let Some((end, key)) = self.windows.first().cloned() {
            if end >= until {
                break;
            }
            self.windows.pop_first();
            let (Some(rule), Some(group)) = (plan.rule(key.0), self.groups.get_mut(&key)) else { continue };
            let from = end.saturating_sub(span_of(rule));
            if group.quiet_until.is_some_and(|quiet| from <= quiet) {
                continue;
            }
            let (holds, number) = group.evaluate_window(rule, from, end);
            if !holds {
                continue;
            }
            group.quiet_until = Some(end);
            let found = report(key.0, end, number, group);
            let mut queue = std::collections::VecDeque::new();
            self.chain(plan, &found, &mut queue);
            let event = found.events.last().copied().unwrap_or(0);
            matches.push(found);
            if !queue.is_empty() {
                self.take(plan, end, Signal { event, parts: queue.into() }, matches);
            }
        }
    }

    /// Forgets groups whose newest event is out of every window; nothing is lost by that.
    fn forget_over(&mut self, now: i64) {
        while self.over.first().is_some_and(|(end, _)| *end < now) {
            self.forget_first();
        }
    }

    fn forget_surplus(&mut self) {
        while self.groups.len() > self.limits.groups || self.entries > self.limits.entries {
            if !self.forget_first() {
                break;
            }
            self.losses.groups += 1;
        }
    }

    fn forget_first(&mut self) -> bool {
        let Some((_, key)) = self.over.pop_first() else { return false };
        if let Some(group) = self.groups.remove(&key) {
            self.entries -= group.entries.len();
        }
        true
    }
}

fn span_of(rule: &CorrelationRule) -> i64 {
    i64::try_from(rule.span_seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000)
}

fn report(correlation: usize, at: i64, number: f64, group: &Group) -> Match {
    let skip = group.entries.len().saturating_sub(MAX_SHOWN);
    let events = group.entries.iter().skip(skip).map(|entry| entry.event).collect();
    Match { correlation, at, group: group.shown.clone(), number, events }
}
