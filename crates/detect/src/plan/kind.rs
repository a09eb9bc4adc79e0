//! What a plan becomes for one kind of event: the rules that are still open, with their own small numbers.
//!
//! Channel, provider and event id are known before any field is read. With them the conditions of all rules are
//! decided as far as they can be; what is left of the open ones is compiled for itself. So a logon event meets the
//! few texts that rules on logons look for, and not the tens of thousands for command lines and hashes.

use rustc_hash::FxHashMap;

use super::atom::{Atom, Atoms, NeedleId};
use super::expression::Expression;
use super::field::FieldId;
use super::index::FieldIndex;
use super::lists::Lists;
use super::program::{NO, Programs, Step};

/// The compiled rules of one kind of event.
#[derive(Debug, Default)]
pub(crate) struct Kind {
    /// Rules that fire on every such event, rising.
    pub(crate) certain: Vec<u32>,
    /// Rules that may fire, rising; everything below uses their place in this list.
    pub(crate) open: Vec<u32>,
    /// Those of them that may fire although nothing they look for was found.
    pub(crate) always: Vec<u32>,
    /// By field: what is looked for there.
    indexes: Vec<Option<Box<FieldIndex>>>,
    /// Needle → predicates it makes true.
    postings: Lists,
    /// Predicate → rules it is a witness of.
    witnesses: Lists,
    pub(crate) predicate_count: usize,
    /// Lazy tests, by their number in the plan.
    pub(crate) lazies: Vec<u32>,
    entries: Vec<u32>,
    steps: Vec<Step>,
    /// Channel, provider and event id, where a lazy test may ask for them.
    pub(crate) keys: Vec<(FieldId, String)>,
}

impl Kind {
    /// Compiles what is left of the open rules: their number in the plan, and their condition.
    pub(crate) fn new(certain: Vec<u32>, open: Vec<(u32, Expression)>, atoms: &Atoms, field_count: usize) -> Self {
        let mut builder = Builder { atoms, predicates: Vec::new(), lazies: Vec::new(), local: FxHashMap::default() };
        let mut programs = Programs::default();
        let mut kind = Self { certain, ..Self::default() };
        let mut witnessed: Vec<(Atom, u32)> = Vec::new();
        for (place, (rule, expression)) in (0_u32..).zip(&open) {
            kind.open.push(*rule);
            // The whole condition passed this limit when the plan was compiled, and what is left of it is smaller.
            kind.entries.push(programs.add(expression, atoms).unwrap_or(NO));
            match expression.witness(atoms) {
                None => kind.always.push(place),
                Some((found, _)) => witnessed.extend(found.into_iter().map(|atom| (builder.local(atom), place))),
            }
        }
        kind.steps = programs.steps;
        for step in &mut kind.steps {
            step.atom = builder.local(step.atom);
        }
        let mut witnesses = vec![Vec::new(); builder.predicates.len()];
        for (predicate, place) in witnessed {
            if let Some(rules) = witnesses.get_mut(predicate.0 as usize)
                && rules.last() != Some(&place)
            {
                rules.push(place);
            }
        }
        kind.witnesses = Lists::new(&witnesses);
        kind.predicate_count = builder.predicates.len();
        builder.index(&mut kind, field_count);
        kind.lazies = builder.lazies;
        kind
    }

    /// Whether a value of the field can decide anything.
    #[inline]
    pub(crate) fn needs(&self, field: FieldId) -> bool {
        self.index_of(field).is_some()
    }

    #[inline]
    pub(crate) fn index_of(&self, field: FieldId) -> Option<&FieldIndex> {
        self.indexes.get(field.index())?.as_deref()
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
    pub(crate) fn entry_of(&self, place: usize) -> u32 {
        self.entries.get(place).copied().unwrap_or(NO)
    }

    #[inline]
    pub(crate) fn step(&self, at: u32) -> Option<&Step> {
        self.steps.get(at as usize)
    }
}

struct Builder<'a> {
    atoms: &'a Atoms,
    /// Predicates of the plan, by their number here.
    predicates: Vec<u32>,
    lazies: Vec<u32>,
    local: FxHashMap<Atom, Atom>,
}

impl Builder<'_> {
    /// The number of an atom of the plan here.
    fn local(&mut self, atom: Atom) -> Atom {
        *self.local.entry(atom).or_insert_with(|| match atom.lazy() {
            Some(index) => {
                self.lazies.push(u32::try_from(index).unwrap_or(u32::MAX));
                Atom::of_lazy(self.lazies.len() - 1)
            }
            None => {
                self.predicates.push(atom.0);
                Atom(u32::try_from(self.predicates.len() - 1).unwrap_or(u32::MAX))
            }
        })
    }

    fn index(&self, kind: &mut Kind, field_count: usize) {
        let mut of_field: Vec<Vec<(NeedleId, &super::atom::Needle)>> = vec![Vec::new(); field_count];
        let mut postings: Vec<Vec<u32>> = Vec::new();
        let mut places: FxHashMap<NeedleId, NeedleId> = FxHashMap::default();
        for (predicate, own) in (0_u32..).zip(&self.predicates) {
            for needle_id in self.atoms.predicates.get(*own as usize).into_iter().flatten() {
                let Some(needle) = self.atoms.needles.get(*needle_id as usize) else { continue };
                let place = *places.entry(*needle_id).or_insert_with(|| {
                    let place = u32::try_from(postings.len()).unwrap_or(u32::MAX);
                    postings.push(Vec::new());
                    if let Some(needles) = of_field.get_mut(needle.field.index()) {
                        needles.push((place, needle));
                    }
                    place
                });
                if let Some(predicates) = postings.get_mut(place as usize) {
                    predicates.push(predicate);
                }
            }
        }
        let mut keeps = vec![false; field_count];
        for lazy in self.lazies.iter().filter_map(|index| self.atoms.lazies.get(*index as usize)) {
            for field in lazy.fields() {
                if let Some(keeps) = keeps.get_mut(field.index()) {
                    *keeps = true;
                }
            }
        }
        let build = |(needles, keeps): (&Vec<_>, &bool)| {
            (*keeps || !needles.is_empty()).then(|| Box::new(FieldIndex::new(needles, *keeps)))
        };
        kind.indexes = of_field.iter().zip(&keeps).map(build).collect();
        kind.postings = Lists::new(&postings);
    }
}
