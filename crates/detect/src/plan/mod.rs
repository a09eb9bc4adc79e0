//! Rules → one immutable plan that every thread reads.

mod atom;
mod bits;
mod expression;
mod field;
mod grams;
mod index;
mod interest;
mod literal;
mod lower;
mod lists;
mod program;
mod trie;

use std::sync::Arc;

use atom::{Atom, Lazy, LazyKind, NeedleId};
pub(crate) use bits::Bits;
pub use field::FieldId;
pub(crate) use index::fold_into;
pub use interest::Interest;
pub(crate) use program::{NO, YES};

use atom::{Atoms, Needle};
use expression::Expression;
use field::FieldNames;
use index::FieldIndex;
use interest::Class;
use lists::Lists;
use lower::Lowering;
use program::{Programs, Step};

use crate::pipeline::{MappingError, Pipelines, Sources};
use crate::rule::{About, Condition, Filter, ReadError, Refusal, Rule, Rules};

/// Steps of all rules together.
const MAX_STEPS: usize = 8_000_000;

/// A rule of a plan: its place in [`Plan::rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleIndex(pub u32);

/// Rules compiled together. Immutable; share it between threads.
#[derive(Debug)]
pub struct Plan {
    rules: Vec<About>,
    refusals: Vec<Refusal>,
    fields: FieldNames,
    indexes: Vec<FieldIndex>,
    /// Needle → predicates it makes true.
    postings: Lists,
    /// Predicate → rules it is a witness of.
    witnesses: Lists,
    predicate_count: usize,
    predicate_fields: Vec<FieldId>,
    /// Predicates on channel, provider or event id.
    key_atoms: Bits,
    lazies: Vec<Lazy>,
    expressions: Vec<Expression>,
    entries: Vec<u32>,
    steps: Vec<Step>,
    /// Rules without a witness.
    unwitnessed: Bits,
}

impl Plan {
    /// Compiles rules with their filters. What cannot be used is in [`Plan::refusals`], with what `rules` refused already.
    ///
    /// # Errors
    /// [`MappingError`] only if the mapping inside the crate is broken.
    pub fn compile(rules: &Rules, pipelines: &Pipelines) -> Result<Self, MappingError> {
        let sources = Sources::new(pipelines)?;
        let mut draft = Draft {
            lowering: Lowering {
                atoms: Atoms::default(),
                fields: FieldNames::new(),
                placeholders: &pipelines.placeholders,
            },
            programs: Programs::default(),
            rules: Vec::new(),
            expressions: Vec::new(),
            entries: Vec::new(),
        };
        let mut refusals = rules.refusals.clone();
        refusals.extend(find_idle_filters(rules));
        for rule in &rules.rules {
            let filters: Vec<&Filter> = rules.filters.iter().filter(|filter| applies(filter, rule)).collect();
            let filtered = (!filters.is_empty()).then(|| apply(rule, &filters));
            if let Err(reason) = draft.add(filtered.as_ref().unwrap_or(rule), &sources) {
                let About { file, title, id, .. } = rule.about.clone();
                refusals.push(Refusal { file, rule: title, id, reason });
            }
        }
        Ok(draft.finish(refusals))
    }

    /// Title, author and the rest of every loaded rule, by [`RuleIndex`].
    pub fn rules(&self) -> &[About] {
        &self.rules
    }

    /// One loaded rule; `None` for an index of another plan.
    pub fn rule(&self, index: RuleIndex) -> Option<&About> {
        self.rules.get(index.0 as usize)
    }

    /// Every rule that was not loaded, with its reason.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// The number of a field, or `None` if no rule looks at it. Case and spaces in `name` do not matter.
    ///
    /// Channel, provider and event id are given when an event begins, not as fields.
    pub fn field(&self, name: &str) -> Option<FieldId> {
        self.fields.find(name).filter(|field| !field.is_key())
    }

    /// What the plan wants of events with this channel (case does not matter; `None` if they have none), provider and id.
    pub fn interest(&self, channel: Option<&str>, provider: &str, event_id: u32) -> Interest {
        let id = event_id.to_string();
        let keys = [(FieldId::CHANNEL, channel), (FieldId::PROVIDER, Some(provider)), (FieldId::EVENT_ID, Some(&*id))];
        let mut found = Bits::new(self.predicate_count);
        let mut folded = Vec::new();
        for (field, value) in keys {
            let (Some(value), Some(index)) = (value, self.indexes.get(field.index())) else { continue };
            let ascii = fold_into(value, &mut folded);
            index.find(&folded, ascii, &mut |needle| {
                self.postings.get(needle).iter().for_each(|predicate| {
                    found.add(*predicate as usize);
                });
            });
        }
        let value_of = |field: FieldId| keys.iter().find(|(key, _)| *key == field).and_then(|(_, value)| *value);
        let known = |atom: Atom| -> Option<bool> {
            match atom.lazy() {
                None => self.key_atoms.has(atom.0 as usize).then(|| found.has(atom.0 as usize)),
                Some(index) => {
                    let lazy = self.lazies.get(index).filter(|lazy| lazy.field.is_key())?;
                    if let LazyKind::Field(other, _) = lazy.kind
                        && !other.is_key()
                    {
                        return None;
                    }
                    let of_key = |field: FieldId| value_of(field).into_iter();
                    Some(of_key(lazy.field).any(|value| lazy.holds(value, |other| of_key(other).collect())))
                }
            }
        };
        let kept = |field: FieldId| self.index_of(field).is_some_and(|index| index.keeps_value);
        let asked = keys.iter().filter(|(field, _)| kept(*field));
        let mut class = Class {
            keys: asked.filter_map(|(field, value)| Some((*field, (*value)?.to_owned()))).collect(),
            open: Bits::new(self.rules.len()),
            fields: Bits::new(self.fields.len()),
            known: found.iter().filter_map(|predicate| u32::try_from(predicate).ok().map(Atom)).collect(),
            ..Class::default()
        };
        for (index, expression) in (0..).zip(&self.expressions) {
            match expression.decide(&known) {
                Some(false) => {}
                Some(true) => class.certain.push(index),
                None => self.add_open(index, expression, &known, &mut class),
            }
        }
        Interest(Arc::new(class))
    }

    fn add_open(&self, rule: u32, expression: &Expression, known: &dyn Fn(Atom) -> Option<bool>, class: &mut Class) {
        class.open.add(rule as usize);
        if self.unwitnessed.has(rule as usize) {
            class.always.push(rule);
        }
        expression.open_atoms(known, &mut |atom| {
            for field in self.fields_of(atom) {
                class.fields.add(field.index());
            }
        });
    }

    fn fields_of(&self, atom: Atom) -> Vec<FieldId> {
        match atom.lazy().and_then(|index| self.lazies.get(index)) {
            Some(Lazy { field, kind: LazyKind::Field(other, _) }) => vec![*field, *other],
            Some(lazy) => vec![lazy.field],
            None => self.predicate_fields.get(atom.0 as usize).copied().into_iter().collect(),
        }
    }

    #[inline]
    pub(crate) fn index_of(&self, field: FieldId) -> Option<&FieldIndex> {
        self.indexes.get(field.index())
    }

    #[inline]
    pub(crate) fn predicates_of(&self, needle: NeedleId) -> &[u32] {
        self.postings.get(needle)
    }

    #[inline]
    pub(crate) fn witnessed_by(&self, predicate: u32) -> &[u32] {
        self.witnesses.get(predicate)
    }

    #[inline]
    pub(crate) fn entry_of(&self, rule: usize) -> u32 {
        self.entries.get(rule).copied().unwrap_or(NO)
    }

    #[inline]
    pub(crate) fn step(&self, at: u32) -> Option<&Step> {
        self.steps.get(at as usize)
    }

    pub(crate) fn lazy(&self, index: usize) -> Option<&Lazy> {
        self.lazies.get(index)
    }

    pub(crate) fn predicate_count(&self) -> usize {
        self.predicate_count
    }

    pub(crate) fn lazy_count(&self) -> usize {
        self.lazies.len()
    }
}

struct Draft<'a> {
    lowering: Lowering<'a>,
    programs: Programs,
    rules: Vec<About>,
    expressions: Vec<Expression>,
    entries: Vec<u32>,
}

impl Draft<'_> {
    fn add(&mut self, rule: &Rule, sources: &Sources<'_>) -> Result<(), ReadError> {
        let mut ways = Vec::new();
        for source in sources.find(&rule.logsource)? {
            ways.push(self.lowering.lower_rule(rule, &source)?);
        }
        let expression = Expression::Or(ways).normal(false);
        let too_many = ReadError::TooMany { what: "steps", limit: program::MAX_STEPS };
        let entry = self.programs.add(&expression, &self.lowering.atoms).ok_or(too_many)?;
        if self.programs.steps.len() > MAX_STEPS {
            return Err(ReadError::TooMany { what: "steps of all rules", limit: MAX_STEPS });
        }
        self.rules.push(rule.about.clone());
        self.expressions.push(expression);
        self.entries.push(entry);
        Ok(())
    }

    fn finish(self, refusals: Vec<Refusal>) -> Plan {
        let Lowering { atoms, fields, .. } = self.lowering;
        let mut unwitnessed = Bits::new(self.rules.len());
        let mut witnesses = vec![Vec::new(); atoms.predicates.len()];
        for (index, expression) in (0_u32..).zip(&self.expressions) {
            let Some((found, _)) = expression.witness(&atoms) else {
                unwitnessed.add(index as usize);
                continue;
            };
            for atom in found {
                if let Some(rules) = witnesses.get_mut(atom.0 as usize)
                    && rules.last() != Some(&index)
                {
                    rules.push(index);
                }
            }
        }
        let mut postings = vec![Vec::new(); atoms.needles.len()];
        let mut key_atoms = Bits::new(atoms.predicates.len());
        let mut predicate_fields = Vec::with_capacity(atoms.predicates.len());
        for (index, needles) in (0_u32..).zip(&atoms.predicates) {
            let field = atoms.field_of(Atom(index));
            predicate_fields.push(field);
            if field.is_key() {
                key_atoms.add(index as usize);
            }
            for needle in needles {
                if let Some(predicates) = postings.get_mut(*needle as usize) {
                    predicates.push(index);
                }
            }
        }
        Plan {
            indexes: index_fields(&atoms, fields.len()),
            rules: self.rules,
            refusals,
            fields,
            postings: Lists::new(&postings),
            witnesses: Lists::new(&witnesses),
            predicate_count: atoms.predicates.len(),
            predicate_fields,
            key_atoms,
            lazies: atoms.lazies,
            expressions: self.expressions,
            entries: self.entries,
            steps: self.programs.steps,
            unwitnessed,
        }
    }
}

fn index_fields(atoms: &Atoms, count: usize) -> Vec<FieldIndex> {
    let mut of_field: Vec<Vec<(NeedleId, &Needle)>> = vec![Vec::new(); count];
    for (id, needle) in (0..).zip(&atoms.needles) {
        if let Some(needles) = of_field.get_mut(needle.field.index()) {
            needles.push((id, needle));
        }
    }
    let mut keeps = Bits::new(count);
    for lazy in &atoms.lazies {
        keeps.add(lazy.field.index());
        if let LazyKind::Field(other, _) = lazy.kind {
            keeps.add(other.index());
        }
    }
    of_field.iter().enumerate().map(|(field, needles)| FieldIndex::new(needles, keeps.has(field))).collect()
}

fn applies(filter: &Filter, rule: &Rule) -> bool {
    let named = |names: &Vec<String>| names.iter().any(|name| rule.about.is_called(name));
    filter.logsource.covers(&rule.logsource) && filter.rules.as_ref().is_none_or(named)
}

/// The rule with the filters' selections beside its own, under names no rule uses.
fn apply(rule: &Rule, filters: &[&Filter]) -> Rule {
    let mut filtered = rule.clone();
    for (number, filter) in filters.iter().enumerate() {
        let prefix = format!("_filter_{number}_");
        let selections = filter.selections.iter().map(|(name, selection)| (format!("{prefix}{name}"), selection.clone()));
        filtered.selections.extend(selections);
        let condition = filter.condition.renamed(&prefix);
        for own in &mut filtered.conditions {
            *own = Condition::And(vec![own.clone(), condition.clone()]);
        }
    }
    filtered
}

/// Filters name rules; a name that fits none is a mistake somebody should see.
fn find_idle_filters(rules: &Rules) -> Vec<Refusal> {
    let mut idle = Vec::new();
    for filter in &rules.filters {
        let missing = filter.rules.iter().flatten().find(|name| !rules.rules.iter().any(|r| r.about.is_called(name)));
        if let Some(name) = missing {
            let About { file, title, id, .. } = filter.about.clone();
            idle.push(Refusal { file, rule: title, id, reason: ReadError::UnknownRule(name.clone()) });
        }
    }
    idle
}
