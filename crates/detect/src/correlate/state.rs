//! What a correlator remembers, to be kept over a restart.

use serde::{Deserialize, Serialize};

use super::group::Group;
use super::{CorrelationPlan, Correlator, GroupKey, Limits, Losses, Signal};
use crate::rule::CorrelationRule;

/// Everything a [`Correlator`] remembers. It is kept in whatever form the caller chooses.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    /// What each correlation said; a number in the rest means nothing without it.
    correlations: Vec<String>,
    losses: Losses,
    newest: Option<i64>,
    taken_until: i64,
    next: u64,
    waiting: Vec<((i64, u64), Signal)>,
    groups: Vec<(GroupKey, Group)>,
    windows: Vec<(i64, GroupKey)>,
}

/// The rules have changed since the state was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the correlations are not those of the saved state: {saved} then, {now} now, or changed in between")]
pub struct RestoreError {
    /// How many there were.
    saved: usize,
    /// How many there are.
    now: usize,
}

fn fingerprint(rule: &CorrelationRule) -> String {
    let CorrelationRule { about: _, kind, rules, group_by, aliases, span_seconds, limits, fields, .. } = rule;
    let rest = (&rule.percentile, &rule.together);
    format!("{kind:?} {rules:?} {group_by:?} {aliases:?} {span_seconds} {limits:?} {fields:?} {rest:?}")
}

impl Correlator {
    /// What is remembered now.
    pub fn save(&self, plan: &CorrelationPlan) -> Saved {
        Saved {
            correlations: plan.correlations.iter().map(fingerprint).collect(),
            losses: self.losses,
            newest: self.newest,
            taken_until: self.taken_until,
            next: self.next,
            waiting: self.waiting.iter().map(|(key, signal)| (*key, signal.clone())).collect(),
            groups: self.groups.iter().map(|(key, group)| (key.clone(), group.clone())).collect(),
            windows: self.windows.iter().cloned().collect(),
        }
    }

    /// Goes on where [`Correlator::save`] was called.
    ///
    /// # Errors
    /// [`RestoreError`] if the correlations are not the same; begin with [`Correlator::new`] then.
    pub fn restore(plan: &CorrelationPlan, limits: Limits, saved: Saved) -> Result<Self, RestoreError> {
        let same = plan.correlations.iter().map(fingerprint).eq(saved.correlations.iter().cloned());
        if !same {
            return Err(RestoreError { saved: saved.correlations.len(), now: plan.correlations.len() });
        }
        let over = saved.groups.iter().filter_map(|(key, group)| {
            let end = group.entries.back()?.at.saturating_add(super::span_of(plan.rule(key.0)?));
            Some((end, key.clone()))
        });
        Ok(Self {
            limits,
            losses: saved.losses,
            newest: saved.newest,
            taken_until: saved.taken_until,
            next: saved.next,
            over: over.collect(),
            entries: saved.groups.iter().map(|(_, group)| group.entries.len()).sum(),
            waiting: saved.waiting.into_iter().collect(),
            groups: saved.groups.into_iter().collect(),
            windows: saved.windows.into_iter().collect(),
        })
    }
}
