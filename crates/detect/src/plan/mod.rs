//! Rules → one immutable plan that every thread reads.

mod atom;
mod bits;
mod expression;
mod field;
mod filters;
mod grams;
mod index;
mod interest;
mod kind;
mod lists;
mod literal;
mod lower;
mod program;
mod trie;

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

pub(crate) use bits::Bits;
pub use field::FieldId;
pub(crate) use index::fold_into;
pub use interest::Interest;
pub(crate) use kind::Kind;
pub(crate) use program::{NO, YES};

use atom::{Atom, Atoms, Lazy};
use expression::Expression;
use field::FieldNames;
use filters::Filters;
use index::FieldIndex;
use lower::Lowering;
use program::Programs;

use crate::pipeline::{MappingError, Pipelines, Sources};
use crate::rule::{About, ReadError, Refusal, Rule, Rules};

/// Steps of all rules together.
const MAX_STEPS: usize = 8_000_000;
/// Kinds of events kept; more of them and they are compiled anew.
const MAX_KINDS: usize = 4_096;

/// A rule of a plan: its place in [`Plan::rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleIndex(pub u32);

/// Rules compiled together. It answers the same for ever; share it between threads.
#[derive(Debug)]
pub struct Plan {
    rules: Vec<About>,
    refusals: Vec<Refusal>,
    fields: FieldNames,
    atoms: Atoms,
    /// Conditions, by rule.
    expressions: Vec<Expression>,
    /// What is looked for in channel, provider and event id; the needles' numbers are those of `atoms`.
    key_indexes: [FieldIndex; 3],
    /// Predicates on these.
    key_predicates: Vec<Atom>,
    /// Whether lazy tests ask for them; then what they are decides more than which predicates are true.
    key_lazies: bool,
    /// Kinds of events compiled so far, by the predicates on these that are true. So an event source that nobody
    /// heard of costs a look-up, and threads share what was compiled.
    kinds: RwLock<FxHashMap<Vec<Atom>, Interest>>,
}

impl Plan {
    /// Compiles rules with their filters. What cannot be used is in [`Plan::refusals`], with what `rules` refused already.
    ///
    /// # Errors
    /// [`MappingError`] only if the mapping inside the crate is broken.
    pub fn compile(rules: &Rules, pipelines: &Pipelines) -> Result<Self, MappingError> {
        let sources = Sources::new(pipelines)?;
        let mut draft = Draft {
            lowering: Lowering::new(&pipelines.placeholders),
            programs: Programs::default(),
            steps: 0,
            rules: Vec::new(),
            expressions: Vec::new(),
        };
        let mut refusals = rules.refusals.clone();
        refusals.extend(filters::find_idle(rules));
        let filters = Filters::new(rules);
        for rule in &rules.rules {
            let filtered = filters.apply(rule);
            let added = filtered.and_then(|filtered| draft.add(filtered.as_ref().unwrap_or(rule), &sources));
            if let Err(reason) = added {
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

    /// The fields that a rule looks at, each once; without channel, provider, event id and keywords.
    pub fn fields_of(&self, rule: RuleIndex) -> Vec<FieldId> {
        let mut fields = Vec::new();
        if let Some(expression) = self.expressions.get(rule.0 as usize) {
            expression.each_atom(&mut |atom| match atom.lazy().and_then(|index| self.atoms.lazies.get(index)) {
                Some(lazy) => fields.extend(lazy.fields()),
                None => fields.push(self.atoms.field_of(atom)),
            });
        }
        fields.retain(|field| !field.is_key() && *field != FieldId::TEXT);
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// What the plan wants of events with this channel (case does not matter; `None` if they have none), provider and id.
    pub fn interest(&self, channel: Option<&str>, provider: &str, event_id: u32) -> Interest {
        let id = event_id.to_string();
        let keys = [(FieldId::CHANNEL, channel), (FieldId::PROVIDER, Some(provider)), (FieldId::EVENT_ID, Some(&*id))];
        let mut needles = Bits::new(self.atoms.needles.len());
        let mut folded = Vec::new();
        for ((_, value), index) in keys.iter().zip(&self.key_indexes) {
            let Some(value) = value else { continue };
            let ascii = fold_into(value.as_bytes(), &mut folded);
            index.find(&folded, ascii, &mut |needle| {
                needles.add(needle as usize);
            });
        }
        let holds = |atom: &&Atom| self.atoms.needles_of(**atom).iter().any(|needle| needles.has(*needle as usize));
        let held: Vec<Atom> = self.key_predicates.iter().filter(holds).copied().collect();
        if self.key_lazies {
            return self.compile_kind(&held, &keys);
        }
        let compiled = self.kinds.read().unwrap_or_else(PoisonError::into_inner).get(&held).cloned();
        compiled.unwrap_or_else(|| {
            let interest = self.compile_kind(&held, &keys);
            let mut kinds = self.kinds.write().unwrap_or_else(PoisonError::into_inner);
            if kinds.len() >= MAX_KINDS {
                kinds.clear();
            }
            kinds.insert(held, interest.clone());
            interest
        })
    }

    /// Compiles what is left of the rules where exactly these predicates on the key fields are true.
    fn compile_kind(&self, held: &[Atom], keys: &[(FieldId, Option<&str>); 3]) -> Interest {
        let values: FxHashMap<Atom, bool> =
            self.key_predicates.iter().map(|atom| (*atom, held.binary_search(atom).is_ok())).collect();
        let known = |atom: Atom| -> Option<bool> {
            match atom.lazy() {
                None => values.get(&atom).copied(),
                Some(index) => {
                    let lazy = self.atoms.lazies.get(index)?;
                    let of_key = |field: FieldId| {
                        keys.iter().find(|(key, _)| *key == field).and_then(|(_, value)| *value).into_iter()
                    };
                    let decided = lazy.fields().into_iter().all(FieldId::is_key);
                    decided.then(|| of_key(lazy.field).any(|value| lazy.holds(value, |other| of_key(other).collect())))
                }
            }
        };
        let (mut certain, mut open) = (Vec::new(), Vec::new());
        for (index, expression) in (0..).zip(&self.expressions) {
            match expression.decide(&known) {
                Some(false) => {}
                Some(true) => certain.push(index),
                None => open.push((index, expression.reduced(&known))),
            }
        }
        let mut kind = Kind::new(certain, open, &self.atoms, self.fields.len());
        for (field, value) in keys {
            if let Some(value) = value.filter(|_| kind.needs(*field)) {
                kind.keys.push((*field, value.to_owned()));
            }
        }
        Interest(Arc::new(kind))
    }

    pub(crate) fn lazy(&self, index: u32) -> Option<&Lazy> {
        self.atoms.lazies.get(index as usize)
    }
}

struct Draft<'a> {
    lowering: Lowering<'a>,
    /// Only to see how large each becomes.
    programs: Programs,
    steps: usize,
    rules: Vec<About>,
    expressions: Vec<Expression>,
}

impl Draft<'_> {
    fn add(&mut self, rule: &Rule, sources: &Sources<'_>) -> Result<(), ReadError> {
        let mut ways = Vec::new();
        for source in sources.find(&rule.logsource)? {
            ways.push(self.lowering.lower_rule(rule, &source)?);
        }
        let expression = Expression::Or(ways).normal(false);
        let too_many = ReadError::TooMany { what: "steps", limit: program::MAX_STEPS };
        let before = self.programs.steps.len();
        self.programs.add(&expression, &self.lowering.atoms).ok_or(too_many)?;
        self.steps += self.programs.steps.len() - before;
        self.programs.steps.clear();
        if self.steps > MAX_STEPS {
            return Err(ReadError::TooMany { what: "steps of all rules", limit: MAX_STEPS });
        }
        self.rules.push(rule.about.clone());
        self.expressions.push(expression);
        Ok(())
    }

    fn finish(self, refusals: Vec<Refusal>) -> Plan {
        let Lowering { mut atoms, fields, .. } = self.lowering;
        atoms.close();
        let index = |field: FieldId| {
            let own = (0..).zip(&atoms.needles).filter(|(_, needle)| needle.field == field);
            FieldIndex::new(&own.collect::<Vec<_>>(), false)
        };
        let predicates = (0_u32..).take(atoms.predicates.len()).map(Atom);
        Plan {
            key_indexes: [index(FieldId::CHANNEL), index(FieldId::PROVIDER), index(FieldId::EVENT_ID)],
            key_predicates: predicates.filter(|atom| atoms.field_of(*atom).is_key()).collect(),
            key_lazies: atoms.lazies.iter().any(|lazy| lazy.fields().into_iter().any(FieldId::is_key)),
            kinds: RwLock::default(),
            rules: self.rules,
            refusals,
            fields,
            atoms,
            expressions: self.expressions,
        }
    }
}
