//! Conditions as short-circuit programs: each step asks one atom and says where to go on.

use super::atom::{Atom, Atoms};
use super::expression::Expression;

/// Steps of one rule.
pub(crate) const MAX_STEPS: usize = 200_000;

/// The rule fires.
pub(crate) const YES: u32 = u32::MAX;
/// The rule does not fire.
pub(crate) const NO: u32 = u32::MAX - 1;

/// Ask an atom, go on at `yes` or `no`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) atom: Atom,
    pub(crate) yes: u32,
    pub(crate) no: u32,
}

/// The programs of all rules, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    pub(crate) steps: Vec<Step>,
}

impl Programs {
    /// Adds the program of a condition in normal form; where it begins, or `None` if it has too many steps.
    pub(crate) fn add(&mut self, expression: &Expression, atoms: &Atoms) -> Option<u32> {
        let before = self.steps.len();
        let entry = self.emit(expression, YES, NO, atoms, before + MAX_STEPS);
        if entry.is_none() {
            self.steps.truncate(before);
        }
        entry
    }

    fn emit(&mut self, expression: &Expression, yes: u32, no: u32, atoms: &Atoms, limit: usize) -> Option<u32> {
        match expression {
            Expression::Constant(value) => Some(if *value { yes } else { no }),
            Expression::Atom(atom) => self.push(Step { atom: *atom, yes, no }, limit),
            Expression::Not(inner) => self.emit(inner, no, yes, atoms, limit),
            Expression::And(parts) => {
                let mut next = yes;
                for part in sorted(parts, atoms, false).into_iter().rev() {
                    next = self.emit(part, next, no, atoms, limit)?;
                }
                Some(next)
            }
            Expression::Or(parts) => {
                let mut next = no;
                for part in sorted(parts, atoms, true).into_iter().rev() {
                    next = self.emit(part, yes, next, atoms, limit)?;
                }
                Some(next)
            }
            Expression::AtLeast(least, parts) => {
                // `behind[k]`: where to go on when k of the parts that follow must still be true.
                let mut behind = vec![no; least + 1];
                if let Some(first) = behind.first_mut() {
                    *first = yes;
                }
                for part in parts.iter().rev() {
                    let mut here = vec![yes];
                    for pair in behind.windows(2) {
                        let [found, missing] = *pair else { return None };
                        here.push(self.emit(part, found, missing, atoms, limit)?);
                    }
                    behind = here;
                }
                behind.last().copied()
            }
        }
    }

    fn push(&mut self, step: Step, limit: usize) -> Option<u32> {
        if self.steps.len() >= limit {
            return None;
        }
        let at = u32::try_from(self.steps.len()).ok().filter(|at| *at < NO)?;
        self.steps.push(step);
        Some(at)
    }
}

/// What settles the matter soonest comes first, lazy tests last.
fn sorted<'a>(parts: &'a [Expression], atoms: &Atoms, likely_first: bool) -> Vec<&'a Expression> {
    let mut order: Vec<(bool, f64, &Expression)> = parts
        .iter()
        .map(|part| {
            let frequency = part.frequency(atoms);
            (part.is_costly(), if likely_first { -frequency } else { frequency }, part)
        })
        .collect();
    order.sort_by(|left, right| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)));
    order.into_iter().map(|(_, _, part)| part).collect()
}
