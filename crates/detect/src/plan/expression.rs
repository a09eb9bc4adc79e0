//! Conditions over atoms.

use super::atom::{Atom, Atoms};

/// A condition. After [`Expression::normal`], `Not` stands before atoms only.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Constant(bool),
    Atom(Atom),
    Not(Box<Expression>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    /// At least so many are true.
    AtLeast(usize, Vec<Expression>),
}

impl Expression {
    /// With `not` moved to the atoms, constants folded in, and nested `and` and `or` joined.
    pub(crate) fn normal(self, negated: bool) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(value != negated),
            Self::Atom(atom) if negated => Self::Not(Box::new(Self::Atom(atom))),
            Self::Atom(atom) => Self::Atom(atom),
            Self::Not(inner) => inner.normal(!negated),
            Self::And(parts) if negated => join_or(parts, true),
            Self::And(parts) => join_and(parts, false),
            Self::Or(parts) if negated => join_and(parts, true),
            Self::Or(parts) => join_or(parts, false),
            Self::AtLeast(least, parts) => {
                let (least, count) = if negated {
                    // Not at least k of n: at least n - k + 1 are false.
                    ((parts.len() + 1).saturating_sub(least), parts.len())
                } else {
                    (least, parts.len())
                };
                if least == 0 {
                    return Self::Constant(true);
                }
                if least > count {
                    return Self::Constant(false);
                }
                if least == 1 {
                    return join_or(parts, negated);
                }
                if least == count {
                    return join_and(parts, negated);
                }
                Self::AtLeast(least, parts.into_iter().map(|part| part.normal(negated)).collect())
            }
        }
    }

    /// Visits every atom, some more than once.
    pub(crate) fn each_atom(&self, visit: &mut dyn FnMut(Atom)) {
        match self {
            Self::Constant(_) => {}
            Self::Atom(atom) => visit(*atom),
            Self::Not(inner) => inner.each_atom(visit),
            Self::And(parts) | Self::Or(parts) | Self::AtLeast(_, parts) => {
                parts.iter().for_each(|part| part.each_atom(visit));
            }
        }
    }

    /// What it is once some atoms are known; `None` while that depends on others.
    pub(crate) fn decide(&self, known: &dyn Fn(Atom) -> Option<bool>) -> Option<bool> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::Atom(atom) => known(*atom),
            Self::Not(inner) => inner.decide(known).map(|value| !value),
            Self::And(parts) => {
                let mut all = Some(true);
                for part in parts {
                    match part.decide(known) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => all = None,
                    }
                }
                all
            }
            Self::Or(parts) => {
                let mut any = Some(false);
                for part in parts {
                    match part.decide(known) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => any = None,
                    }
                }
                any
            }
            Self::AtLeast(least, parts) => {
                let decided: Vec<Option<bool>> = parts.iter().map(|part| part.decide(known)).collect();
                let count = |value: Option<bool>| decided.iter().filter(|found| **found == value).count();
                if count(Some(true)) >= *least {
                    Some(true)
                } else if count(Some(true)) + count(None) < *least {
                    Some(false)
                } else {
                    None
                }
            }
        }
    }

    /// What is left of it once some atoms are known, in normal form.
    pub(crate) fn reduced(&self, known: &dyn Fn(Atom) -> Option<bool>) -> Self {
        self.replaced(known).normal(false)
    }

    fn replaced(&self, known: &dyn Fn(Atom) -> Option<bool>) -> Self {
        let all = |parts: &[Self]| parts.iter().map(|part| part.replaced(known)).collect();
        match self {
            Self::Constant(value) => Self::Constant(*value),
            Self::Atom(atom) => known(*atom).map_or(Self::Atom(*atom), Self::Constant),
            Self::Not(inner) => Self::Not(Box::new(inner.replaced(known))),
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::AtLeast(least, parts) => Self::AtLeast(*least, all(parts)),
        }
    }

    /// Predicates one of which must be true whenever this is; the rarest such set that is found, with its frequency.
    /// `None` if it can be true without any.
    pub(crate) fn witness(&self, atoms: &Atoms) -> Option<(Vec<Atom>, f64)> {
        match self {
            Self::Constant(false) => Some((Vec::new(), 0.0)),
            Self::Constant(true) | Self::Not(_) => None,
            // The fields that are known at once sort rules by event; they are no news when a value comes.
            Self::Atom(atom) if atom.lazy().is_some() || atoms.field_of(*atom).is_key() => None,
            Self::Atom(atom) => Some((vec![*atom], atoms.frequency(*atom))),
            Self::And(parts) => {
                let found = parts.iter().filter_map(|part| part.witness(atoms));
                found.min_by(|left, right| left.1.total_cmp(&right.1))
            }
            Self::Or(parts) | Self::AtLeast(_, parts) => {
                let mut union = (Vec::new(), 0.0);
                for part in parts {
                    let (found, frequency) = part.witness(atoms)?;
                    union.0.extend(found);
                    union.1 += frequency;
                }
                Some(union)
            }
        }
    }

    /// Rough share of events for which it is true.
    pub(crate) fn frequency(&self, atoms: &Atoms) -> f64 {
        match self {
            Self::Constant(value) => f64::from(u8::from(*value)),
            Self::Atom(atom) => atoms.frequency(*atom),
            Self::Not(inner) => 1.0 - inner.frequency(atoms),
            Self::And(parts) => parts.iter().map(|part| part.frequency(atoms)).fold(1.0, f64::min),
            Self::Or(parts) | Self::AtLeast(_, parts) => {
                parts.iter().map(|part| part.frequency(atoms)).sum::<f64>().min(1.0)
            }
        }
    }

    /// Whether a lazy test may be asked.
    pub(crate) fn is_costly(&self) -> bool {
        match self {
            Self::Constant(_) => false,
            Self::Atom(atom) => atom.lazy().is_some(),
            Self::Not(inner) => inner.is_costly(),
            Self::And(parts) | Self::Or(parts) | Self::AtLeast(_, parts) => parts.iter().any(Self::is_costly),
        }
    }
}

fn join_and(parts: Vec<Expression>, negated: bool) -> Expression {
    let mut all = Vec::new();
    for part in parts {
        match part.normal(negated) {
            Expression::Constant(true) => {}
            Expression::Constant(false) => return Expression::Constant(false),
            Expression::And(inner) => all.extend(inner),
            other => all.push(other),
        }
    }
    match all.pop() {
        None => Expression::Constant(true),
        Some(only) if all.is_empty() => only,
        Some(last) => {
            all.push(last);
            Expression::And(all)
        }
    }
}

fn join_or(parts: Vec<Expression>, negated: bool) -> Expression {
    let mut any = Vec::new();
    for part in parts {
        match part.normal(negated) {
            Expression::Constant(false) => {}
            Expression::Constant(true) => return Expression::Constant(true),
            Expression::Or(inner) => any.extend(inner),
            other => any.push(other),
        }
    }
    match any.pop() {
        None => Expression::Constant(false),
        Some(only) if any.is_empty() => only,
        Some(last) => {
            any.push(last);
            Expression::Or(any)
        }
    }
}
