//! Correlation rules with the rules they name found.

use std::collections::BTreeMap;

use crate::plan::{Plan, RuleIndex};
use crate::rule::{About, Called, CorrelationKind, CorrelationRule, ReadError, Refusal, Rules, Together};

/// What one event (or one match of another correlation) is to a correlation.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    /// Which correlation.
    pub(crate) correlation: usize,
    /// Its places in the correlation's list of rules.
    pub(crate) positions: Vec<usize>,
    /// Where the group's values are found in this rule's events; `None` where an alias does not name this rule.
    pub(crate) group: Vec<Option<String>>,
}

/// Correlations of a set of rules, ready to run. Immutable; share it between threads.
#[derive(Debug)]
pub struct CorrelationPlan {
    /// Those that others build on come first.
    pub(crate) correlations: Vec<CorrelationRule>,
    by_rule: BTreeMap<RuleIndex, Vec<Input>>,
    pub(crate) by_correlation: Vec<Vec<Input>>,
    fields: BTreeMap<RuleIndex, Vec<String>>,
    refusals: Vec<Refusal>,
}

impl CorrelationPlan {
    /// Finds the rules that correlations name, among those that `plan` loaded.
    pub fn compile(rules: &Rules, plan: &Plan) -> Self {
        let mut refusals = Vec::new();
        let mut waiting: Vec<&CorrelationRule> = rules.correlations.iter().collect();
        let mut ordered: Vec<&CorrelationRule> = Vec::new();
        let detections = Called::new(plan.rules().iter());
        let mut chained = Called::default();
        // A correlation is ready once all it names are detection rules or ready correlations.
        loop {
            let ready =
                |rule: &CorrelationRule| rule.rules.iter().all(|name| detections.has(name) || chained.has(name));
            let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|rule| ready(rule));
            waiting = later;
            if now.is_empty() {
                break;
            }
            now.iter().for_each(|rule| chained.add(&rule.about));
            ordered.extend(now);
        }
        let all = Called::new(rules.correlations.iter().map(|rule| &rule.about));
        for rule in waiting {
            refusals.push(refuse(rule, |name| detections.has(name) || all.has(name)));
        }
        let mut compiled = Self {
            correlations: ordered.iter().map(|rule| (*rule).clone()).collect(),
            by_rule: BTreeMap::new(),
            by_correlation: vec![Vec::new(); ordered.len()],
            fields: BTreeMap::new(),
            refusals,
        };
        for index in 0..ordered.len() {
            compiled.link(index, &detections, &chained);
        }
        compiled
    }

    fn link(&mut self, correlation: usize, detections: &Called<'_>, others: &Called<'_>) {
        let Some(rule) = self.correlations.get(correlation).cloned() else { return };
        let mut by_source: BTreeMap<(bool, usize), (Vec<usize>, String)> = BTreeMap::new();
        for (position, name) in rule.rules.iter().enumerate() {
            let detections = detections.find(name).into_iter().map(|index| (false, index));
            for source in detections.chain(others.find(name).into_iter().map(|index| (true, index))) {
                by_source.entry(source).or_insert_with(|| (Vec::new(), name.clone())).0.push(position);
            }
        }
        for ((chained, source), (positions, name)) in by_source {
            let group = rule.group_by.iter().map(|field| resolve(&rule, field, &name)).collect::<Vec<_>>();
            let input = Input { correlation, positions, group };
            if chained {
                if let Some(inputs) = self.by_correlation.get_mut(source) {
                    inputs.push(input);
                }
            } else {
                let index = RuleIndex(u32::try_from(source).unwrap_or(u32::MAX));
                let fields = self.fields.entry(index).or_default();
                fields.extend(input.group.iter().flatten().chain(&rule.fields).cloned());
                fields.sort();
                fields.dedup();
                self.by_rule.entry(index).or_default().push(input);
            }
        }
    }

    /// The correlations that run, by their number in [`Match`](super::Match).
    pub fn correlations(&self) -> &[CorrelationRule] {
        &self.correlations
    }

    /// Correlations that do not run, with their reasons.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Names of the fields whose values are asked for when this rule hits; none if no correlation names the rule.
    pub fn fields_of(&self, rule: RuleIndex) -> &[String] {
        self.fields.get(&rule).map_or(&[], |fields| fields)
    }

    /// Whether any correlation asks for the hits of this rule.
    pub fn needs(&self, rule: RuleIndex) -> bool {
        !self.inputs_of(rule).is_empty()
    }

    /// Whether hits of this rule are reported on their own: not if only correlations are to speak of it.
    pub fn speaks_alone(&self, rule: RuleIndex) -> bool {
        let inputs = self.inputs_of(rule);
        let of = |input: &Input| self.correlations.get(input.correlation).is_none_or(|rule| rule.generate);
        inputs.is_empty() || inputs.iter().any(of)
    }

    /// Whether matches of this correlation are reported: not if only other correlations are to speak of it.
    pub fn match_speaks(&self, correlation: usize) -> bool {
        let inputs = self.by_correlation.get(correlation).map_or(&[][..], |inputs| inputs);
        let of = |input: &Input| self.correlations.get(input.correlation).is_none_or(|rule| rule.generate);
        inputs.is_empty() || inputs.iter().any(of)
    }

    pub(crate) fn inputs_of(&self, rule: RuleIndex) -> &[Input] {
        self.by_rule.get(&rule).map_or(&[], |inputs| inputs)
    }

    pub(crate) fn rule(&self, correlation: usize) -> Option<&CorrelationRule> {
        self.correlations.get(correlation)
    }
}

fn refuse(rule: &CorrelationRule, is_known: impl Fn(&str) -> bool) -> Refusal {
    let missing = rule.rules.iter().find(|name| !is_known(name));
    let About { file, title, id, .. } = rule.about.clone();
    let reason = missing.map_or(ReadError::Circle, |name| ReadError::UnknownRule(name.clone()));
    Refusal { file, rule: title, id, reason }
}

/// The field of a rule's events that `field` of `group-by` stands for.
fn resolve(rule: &CorrelationRule, field: &str, source: &str) -> Option<String> {
    match rule.aliases.iter().find(|(alias, _)| alias == field) {
        None => Some(field.to_owned()),
        Some((_, fields)) => fields.iter().find(|(name, _)| name == source).map(|(_, field)| field.clone()),
    }
}

/// Whether what did *not* happen counts too: then a match is known only when its time is over.
pub(crate) fn waits(rule: &CorrelationRule) -> bool {
    rule.kind == CorrelationKind::Temporal
        && matches!(&rule.together, Together::Expression(condition) if condition.has_not())
}
