//! The questions of all rules, each kept once.
//!
//! A *needle* is a text in one place of one field. A *predicate* is true when any of its needles was found; needles are
//! found all at once, so a predicate costs nothing to ask. A *lazy* test is asked only when a rule comes to it.

use regex::Regex;
use rustc_hash::FxHashMap;

use super::field::FieldId;
use crate::rule::{Anchor, Network, Number, Order, Pattern, TimePart, fold};

/// Where a needle stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// The value is the needle.
    Whole,
    /// It begins with it.
    Start,
    /// It ends with it.
    End,
    /// It holds it.
    Inside,
    /// There is a value at all; the needle is empty.
    Present,
}

/// A folded text in one place of one field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Needle {
    pub(crate) field: FieldId,
    pub(crate) shape: Shape,
    pub(crate) text: Box<str>,
}

/// Number of a needle.
pub(crate) type NeedleId = u32;

/// A predicate (below [`LAZY`]) or a lazy test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Atom(pub(crate) u32);

/// Atoms from here on are lazy tests.
const LAZY: u32 = 1 << 31;

impl Atom {
    /// The lazy test of this number.
    pub(crate) fn of_lazy(index: usize) -> Self {
        Self(LAZY + u32::try_from(index).unwrap_or(LAZY - 1))
    }

    /// Its number among the lazy tests, if it is one.
    pub(crate) fn lazy(self) -> Option<usize> {
        self.0.checked_sub(LAZY).map(|index| index as usize)
    }
}

/// A test of one value of a field that needs the value itself.
#[derive(Debug)]
pub(crate) enum LazyKind {
    /// On the folded value.
    Folded(Pattern),
    /// On the value as it is.
    Cased(Pattern),
    Regex(Regex),
    Cidr(Network),
    Compare(Order, Number),
    Time(TimePart, Order, Number),
    Field(FieldId, Anchor),
}

#[derive(Debug)]
pub(crate) struct Lazy {
    pub(crate) field: FieldId,
    pub(crate) kind: LazyKind,
}

impl Lazy {
    /// The fields whose values it asks for.
    pub(crate) fn fields(&self) -> Vec<FieldId> {
        match self.kind {
            LazyKind::Field(other, _) => vec![self.field, other],
            LazyKind::Folded(_)
            | LazyKind::Cased(_)
            | LazyKind::Regex(_)
            | LazyKind::Cidr(_)
            | LazyKind::Compare(..)
            | LazyKind::Time(..) => vec![self.field],
        }
    }

    /// Whether one value passes; `others` gives the values of another field.
    pub(crate) fn holds<'v>(&self, value: &str, others: impl Fn(FieldId) -> Vec<&'v str>) -> bool {
        match &self.kind {
            LazyKind::Folded(pattern) => pattern.matches(&fold(value)),
            LazyKind::Cased(pattern) => pattern.matches(value),
            LazyKind::Regex(regex) => regex.is_match(value),
            LazyKind::Cidr(network) => network.contains(value),
            LazyKind::Compare(order, number) => Number::parse(value).is_some_and(|value| order.holds(&value, number)),
            LazyKind::Time(part, order, number) => part.of(value).is_some_and(|value| order.holds(&value, number)),
            LazyKind::Field(other, anchor) => {
                let value = fold(value);
                others(*other).into_iter().any(|other| match anchor {
                    Anchor::Whole => value == fold(other),
                    Anchor::Start => value.starts_with(&fold(other)),
                    Anchor::End => value.ends_with(&fold(other)),
                    Anchor::Inside => value.contains(&fold(other)),
                })
            }
        }
    }
}

/// All needles, predicates and lazy tests while rules are compiled.
#[derive(Debug, Default)]
pub(crate) struct Atoms {
    pub(crate) needles: Vec<Needle>,
    needle_ids: FxHashMap<Needle, NeedleId>,
    /// Needles of each predicate, sorted.
    pub(crate) predicates: Vec<Box<[NeedleId]>>,
    predicate_ids: FxHashMap<Box<[NeedleId]>, Atom>,
    /// By predicate, see [`Atoms::frequency`].
    frequencies: Vec<f64>,
    pub(crate) lazies: Vec<Lazy>,
    lazy_ids: FxHashMap<(FieldId, String), Atom>,
}

impl Atoms {
    pub(crate) fn needle(&mut self, field: FieldId, shape: Shape, text: &str) -> NeedleId {
        let needle = Needle { field, shape, text: text.into() };
        if let Some(id) = self.needle_ids.get(&needle) {
            return *id;
        }
        let id = u32::try_from(self.needles.len()).unwrap_or(u32::MAX);
        self.needles.push(needle.clone());
        self.needle_ids.insert(needle, id);
        id
    }

    /// The predicate "any of these needles", which all lie in one field.
    pub(crate) fn predicate(&mut self, mut needles: Vec<NeedleId>) -> Atom {
        needles.sort_unstable();
        needles.dedup();
        let needles: Box<[NeedleId]> = needles.into();
        if let Some(atom) = self.predicate_ids.get(&needles) {
            return *atom;
        }
        let atom = Atom(u32::try_from(self.predicates.len()).unwrap_or(LAZY - 1));
        let of = |id: &NeedleId| self.needles.get(*id as usize).map_or(1.0, frequency_of);
        self.frequencies.push(needles.iter().map(of).sum::<f64>().min(1.0));
        self.predicates.push(needles.clone());
        self.predicate_ids.insert(needles, atom);
        atom
    }

    /// The lazy test that `key` describes; `make` builds it if it is new.
    pub(crate) fn lazy<E>(
        &mut self,
        field: FieldId,
        key: String,
        make: impl FnOnce() -> Result<LazyKind, E>,
    ) -> Result<Atom, E> {
        if let Some(atom) = self.lazy_ids.get(&(field, key.clone())) {
            return Ok(*atom);
        }
        let kind = make()?;
        let atom = Atom::of_lazy(self.lazies.len());
        self.lazies.push(Lazy { field, kind });
        self.lazy_ids.insert((field, key), atom);
        Ok(atom)
    }

    /// Forgets what only compiling needs.
    pub(crate) fn close(&mut self) {
        self.needle_ids = FxHashMap::default();
        self.predicate_ids = FxHashMap::default();
        self.lazy_ids = FxHashMap::default();
    }

    /// The needles of a predicate.
    pub(crate) fn needles_of(&self, atom: Atom) -> &[NeedleId] {
        self.predicates.get(atom.0 as usize).map_or(&[], |needles| needles)
    }

    /// The field an atom looks at.
    pub(crate) fn field_of(&self, atom: Atom) -> FieldId {
        if let Some(index) = atom.lazy() {
            return self.lazies.get(index).map_or(FieldId::TEXT, |lazy| lazy.field);
        }
        let first = self.needles_of(atom).first();
        first.and_then(|needle| self.needles.get(*needle as usize)).map_or(FieldId::TEXT, |needle| needle.field)
    }

    /// A guess at how often a predicate is true, 0 to 1: only the order of work depends on it, never a result.
    pub(crate) fn frequency(&self, atom: Atom) -> f64 {
        self.frequencies.get(atom.0 as usize).copied().unwrap_or(1.0)
    }
}

/// What stands in very many events.
const COMMON: [&str; 12] = [
    "c:\\windows\\system32\\",
    "c:\\windows\\syswow64\\",
    "c:\\program files (x86)\\",
    "\\powershell.exe",
    "\\cmd.exe",
    "\\svchost.exe",
    "\\rundll32.exe",
    "\\explorer.exe",
    "microsoft windows",
    "nt authority\\system",
    "true",
    "false",
];

fn frequency_of(needle: &Needle) -> f64 {
    let common = COMMON.iter().any(|common| common.contains(&*needle.text));
    match needle.shape {
        Shape::Present => 0.9,
        _ if common => 0.2,
        Shape::Whole => 0.01,
        Shape::Start => 0.05,
        Shape::End => 0.01,
        Shape::Inside => {
            let length = i32::try_from(needle.text.len()).unwrap_or(i32::MAX);
            0.6 * 0.55_f64.powi(length - 1)
        }
    }
}
