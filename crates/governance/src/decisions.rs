//! Decisions that belong to the executive, not to a vendor or the IT desk (seed 001, S220): asked for with options and a day,
//! decided by the executive or the named deputy, every other attempt denied and witnessed.
//!
//! An exception for a check of high or critical severity is such a decision ([`DecisionClass::AcceptHighRisk`]).

mod model;

use ::store::StoreError;
use ::store::ledger::{LedgerError, NewEntry, Recording};
use base::{Date, Severity};
use serde_json::json;

use crate::exceptions::{ExceptionError, ExceptionState, Exceptions};
use crate::persons::Person;
use crate::store::{self as tables, Asked};

pub use model::{Capacity, Decider, Decision, DecisionClass, DecisionState, NewDecision, Outcome, Ruling};

/// Longest text of a decision, in characters.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// Most options of a decision.
pub const MAX_OPTIONS: usize = 8;

/// The rule that denied a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// Only the executive or the named deputy decides this.
    ExecutiveOnly,
    /// Only the executive, the named deputy or an administrator decides this.
    NotYours,
    /// Whoever asked does not decide, nor do who stands in for them or, at the desk, whom they let in.
    OwnRequest,
}

impl Denial {
    /// Name in the ledger and on pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExecutiveOnly => "executive_only",
            Self::NotYours => "not_yours",
            Self::OwnRequest => "own_request",
        }
    }
}

/// Why nothing was decided or asked.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// Question, reason or person is missing or too long.
    #[error("a decision needs a question, a reason and a person, each within {MAX_TEXT_CHARS} characters")]
    NoReason,
    /// The day is over or too far away.
    #[error("the day {found} is over or more than a year away")]
    BadDay {
        /// The day given.
        found: Date,
    },
    /// Too many options, or one that is empty or stands twice.
    #[error("a decision has at most {MAX_OPTIONS} different options")]
    BadOptions,
    /// The choice is none of the options.
    #[error("one of the options must be chosen")]
    NoChoice,
    /// There is no such decision at this site.
    #[error("there is no decision {id}")]
    Unknown {
        /// The number given.
        id: i64,
    },
    /// Somebody was faster.
    #[error("decision {id} was decided by {by}")]
    Decided {
        /// Its number.
        id: i64,
        /// Who decided.
        by: String,
    },
    /// Not this person's to decide. The attempt stands in the ledger.
    #[error("denied: {}", rule.name())]
    Denied {
        /// The rule.
        rule: Denial,
    },
    /// The exception refused.
    #[error(transparent)]
    Exception(#[from] ExceptionError),
    /// The ledger refused.
    #[error("the decision could not be witnessed")]
    Ledger(#[from] LedgerError),
    /// The database refused.
    #[error("the decision could not be recorded")]
    Store(#[from] StoreError),
}

/// What a decision is about, as the ledger names it.
struct Subject<'a> {
    asked: Asked,
    id: i64,
    class: &'a str,
    asked_by: &'a str,
    needs_executive: bool,
}

/// Whether an exception for a check of this severity needs the executive. A check nobody knows any more counts as grave.
#[must_use]
pub fn needs_executive(severity: Option<Severity>) -> bool {
    severity.is_none_or(|severity| severity <= Severity::High)
}

impl Exceptions<'_> {
    /// Asks for a decision; returns its number. What the same person asked in the same words and still waits is not asked twice.
    ///
    /// # Errors
    /// [`DecisionError`]; nothing was recorded then.
    pub fn ask_decision(&self, new: &NewDecision) -> Result<i64, DecisionError> {
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_TEXT_CHARS;
        if !fits(&new.question) || !fits(&new.reason) || !fits(&new.asked_by) {
            return Err(DecisionError::NoReason);
        }
        let twice = new.options.iter().enumerate().any(|(at, option)| new.options.iter().take(at).any(|o| o == option));
        if new.options.len() > MAX_OPTIONS || twice || !new.options.iter().all(|option| fits(option)) {
            return Err(DecisionError::BadOptions);
        }
        let today = self.now.date_jst();
        if new.due_on < today || new.due_on.days_since(today) > 366 {
            return Err(DecisionError::BadDay { found: new.due_on });
        }
        self.ledger.write(self.database, self.now, |tx| {
            let same = |one: &Decision| {
                let waits = one.state == DecisionState::Waiting && one.class == new.class;
                waits && (&one.question, &one.asked_by) == (&new.question, &new.asked_by)
            };
            if let Some(found) = tables::list_decisions(tx, self.site)?.into_iter().find(same) {
                return Ok(found.id);
            }
            let id = tables::add_decision(tx, self.site, new, self.now)?;
            let asker = Person::find(tx, &new.asked_by)?;
            tables::put_asker(tx, Asked::Decision, id, asker.number())?;
            let body = json!({
                "decision": id,
                "class": new.class.name(),
                "question": new.question,
                "reason": new.reason,
                "options": new.options,
                "due_on": new.due_on.to_string(),
            });
            tx.append(&NewEntry { kind: "decision.asked", site: self.site, who: &new.asked_by, body: &body })?;
            Ok(id)
        })
    }

    /// Decides. What this person may not decide is denied, and the attempt recorded.
    ///
    /// # Errors
    /// [`DecisionError`]; nothing was decided then.
    pub fn decide(&self, decider: &Decider<'_>, id: i64, ruling: &Ruling) -> Result<(), DecisionError> {
        self.ledger.write(self.database, self.now, |tx| {
            let decision = tables::find_decision(tx, self.site, id)?.ok_or(DecisionError::Unknown { id })?;
            let subject = Subject {
                asked: Asked::Decision,
                id,
                class: decision.class.name(),
                asked_by: &decision.asked_by,
                needs_executive: true,
            };
            if let Some(rule) = self.deny(tx, decider, &subject)? {
                return Ok(Err(DecisionError::Denied { rule }));
            }
            if decision.state != DecisionState::Waiting {
                return Err(DecisionError::Decided { id, by: decision.decided_by });
            }
            check_ruling(ruling, &decision.options)?;
            tables::close_decision(tx, id, ruling, decider.who, decider.capacity.deputy_for(), self.now)?;
            self.witness(tx, decider, &subject, ruling)?;
            Ok(Ok(()))
        })?
    }

    /// Approves or refuses a waiting exception. For a grave check only the executive or the deputy may, for others an
    /// administrator as well; never whoever asked. Asks for a new assessment of the site.
    ///
    /// # Errors
    /// [`DecisionError`]; nothing was decided then.
    pub fn rule_on_exception(
        &self,
        decider: &Decider<'_>,
        id: i64,
        ruling: &Ruling,
        severity: impl Fn(&str) -> Option<Severity>,
    ) -> Result<(), DecisionError> {
        self.ledger.write(self.database, self.now, |tx| {
            let exception = tables::find_exception(tx, self.site, id)?.ok_or(DecisionError::Unknown { id })?;
            let grave = needs_executive(severity(&exception.check));
            let subject = Subject {
                asked: Asked::Exception,
                id,
                class: if grave { DecisionClass::AcceptHighRisk.name() } else { "accept_risk" },
                asked_by: &exception.requested_by,
                needs_executive: grave,
            };
            if let Some(rule) = self.deny(tx, decider, &subject)? {
                return Ok(Err(DecisionError::Denied { rule }));
            }
            if exception.state != ExceptionState::Requested {
                return Err(DecisionError::Decided { id, by: exception.decided_by });
            }
            check_ruling(ruling, &[])?;
            let state = match ruling.outcome {
                Outcome::Approve => ExceptionState::Approved,
                Outcome::Refuse => ExceptionState::Revoked,
            };
            self.decide_within(tx, id, state, decider.who)?;
            tables::add_ruling(tx, id, ruling.outcome, &ruling.remark, decider.capacity.deputy_for())?;
            self.witness(tx, decider, &subject, ruling)?;
            Ok(Ok(()))
        })?
    }

    /// The rule against this decision, if there is one; the attempt is then recorded.
    fn deny(
        &self,
        tx: &mut Recording<'_>,
        decider: &Decider<'_>,
        subject: &Subject<'_>,
    ) -> Result<Option<Denial>, LedgerError> {
        let rule = match &decider.capacity {
            Capacity::Administrator if subject.needs_executive => Some(Denial::ExecutiveOnly),
            Capacity::Other if subject.needs_executive => Some(Denial::ExecutiveOnly),
            Capacity::Other => Some(Denial::NotYours),
            Capacity::Executive | Capacity::Deputy { .. } | Capacity::Administrator => {
                is_own(tx, decider, subject)?.then_some(Denial::OwnRequest)
            }
        };
        if let Some(rule) = rule {
            let (name, id) = (subject.asked.name(), subject.id);
            // Each attempt once a day: nobody fills the ledger by trying again and again.
            if tables::was_denied(tx, self.site, decider.who, (name, id), self.now)? {
                return Ok(Some(rule));
            }
            let capacity = decider.capacity.name();
            let body = json!({ name: id, "class": subject.class, "rule": rule.name(), "as": capacity });
            tx.append(&NewEntry { kind: "decision.denied", site: self.site, who: decider.who, body: &body })?;
        }
        Ok(rule)
    }

    fn witness(
        &self,
        tx: &mut Recording<'_>,
        decider: &Decider<'_>,
        subject: &Subject<'_>,
        ruling: &Ruling,
    ) -> Result<(), LedgerError> {
        let (name, id) = (subject.asked.name(), subject.id);
        let mut body = json!({
            name: id,
            "class": subject.class,
            "outcome": ruling.outcome.name(),
            "choice": ruling.choice,
            "reason": ruling.remark,
            "as": decider.capacity.name(),
        });
        if let (Capacity::Deputy { of }, Some(fields)) = (&decider.capacity, body.as_object_mut()) {
            fields.insert("deputy_for".to_owned(), json!(of));
        }
        tx.append(&NewEntry { kind: "decision.made", site: self.site, who: decider.who, body: &body })?;
        Ok(())
    }
}

/// Whether this would be one's own request: asked by who decides, by the person they stand in for, or, at the desk, by who let
/// them in and may be behind them.
fn is_own(tx: &mut Recording<'_>, decider: &Decider<'_>, subject: &Subject<'_>) -> Result<bool, StoreError> {
    let account = tables::find_asker(tx, subject.asked, subject.id)?;
    let asker = Person::asked(tx, subject.asked_by, account)?;
    let person = Person::find(tx, decider.who)?;
    Ok(asker.is(&person)
        || match &decider.capacity {
            Capacity::Deputy { of } => Person::find(tx, of)?.is(&asker),
            Capacity::Administrator => person.was_let_in_by(tx, &asker)?,
            Capacity::Executive | Capacity::Other => false,
        })
}

fn check_ruling(ruling: &Ruling, options: &[String]) -> Result<(), DecisionError> {
    if ruling.remark.chars().count() > MAX_TEXT_CHARS {
        return Err(DecisionError::NoReason);
    }
    match ruling.outcome {
        Outcome::Refuse if ruling.remark.trim().is_empty() => Err(DecisionError::NoReason),
        Outcome::Approve if !options.is_empty() && !options.contains(&ruling.choice) => Err(DecisionError::NoChoice),
        Outcome::Approve | Outcome::Refuse => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_nobody_knows_counts_as_grave() {
        assert!(needs_executive(None) && needs_executive(Some(Severity::High)));
        assert!(!needs_executive(Some(Severity::Medium)));
    }
}
