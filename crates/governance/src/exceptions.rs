//! Deviations somebody takes responsibility for: a reason, what is done instead (each with its own evidence), an end.

use ::store::ledger::{LedgerError, NewEntry, Recording};
use ::store::{Database, Ledger, StoreError, Transaction};
use base::{Date, Subject, UtcSeconds};
use evidence::receive::request_assessment;
use serde_json::json;

use crate::persons::Person;
use crate::store::{self as tables, Asked};

/// Longest time an exception may last.
pub const MAX_DAYS: i64 = 400;

/// State of an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExceptionState {
    /// Waits for somebody else's decision.
    Requested,
    /// Counts until its last day.
    Approved,
    /// No longer counts.
    Revoked,
}

impl ExceptionState {
    /// Every state with its name in the table.
    pub const ALL: [(&'static str, Self); 3] =
        [("requested", Self::Requested), ("approved", Self::Approved), ("revoked", Self::Revoked)];

    /// Name in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Revoked => "revoked",
        }
    }
}

/// A compensating control and the evidence that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// What is done instead.
    pub control: String,
    /// Number of the evidence.
    pub evidence: i64,
}

/// One exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Number.
    pub id: i64,
    /// Site.
    pub site: String,
    /// The check it is about.
    pub check: String,
    /// The subject it is about; `None` for every subject of the check.
    pub subject: Option<Subject>,
    /// Why.
    pub reason: String,
    /// Who asked for it and answers for it.
    pub requested_by: String,
    /// When.
    pub requested_at: UtcSeconds,
    /// The last day it counts.
    pub expires_on: Date,
    /// State.
    pub state: ExceptionState,
    /// Who decided; empty while waiting.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<UtcSeconds>,
    /// Why it was decided so; empty if nobody said.
    pub decided_why: String,
    /// What is done instead; at least one.
    pub controls: Vec<Control>,
}

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct NewException {
    /// The check.
    pub check: String,
    /// The subject; `None` for all.
    pub subject: Option<Subject>,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub requested_by: String,
    /// The last day.
    pub expires_on: Date,
    /// What is done instead.
    pub controls: Vec<Control>,
}

impl NewException {
    fn is_same(&self, other: &Exception) -> bool {
        (&self.check, &self.subject, &self.reason, &self.requested_by, self.expires_on, &self.controls)
            == (&other.check, &other.subject, &other.reason, &other.requested_by, other.expires_on, &other.controls)
    }
}

/// Why an exception was not recorded or decided. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ExceptionError {
    /// There is no such check.
    #[error("there is no check {check}")]
    UnknownCheck {
        /// The id given.
        check: String,
    },
    /// No reason was given.
    #[error("an exception needs a reason and a person")]
    NoReason,
    /// Nothing is done instead.
    #[error("an exception needs at least one compensating control with its evidence")]
    NoControl,
    /// A control names evidence that this site does not have.
    #[error("evidence {evidence} does not exist at this site")]
    UnknownEvidence {
        /// The number given.
        evidence: i64,
    },
    /// The last day is over or too far away.
    #[error("the last day {found} is not within the next {MAX_DAYS} days")]
    BadEnd {
        /// The day given.
        found: Date,
    },
    /// The one who asks may not decide.
    #[error("{who} asked for this exception and may not approve it")]
    OwnRequest {
        /// The person.
        who: String,
    },
    /// There is no such exception at this site.
    #[error("there is no exception {id}")]
    Unknown {
        /// The number given.
        id: i64,
    },
    /// It was decided before.
    #[error("exception {id} is {}", state.name())]
    NotWaiting {
        /// Its number.
        id: i64,
        /// Its state.
        state: ExceptionState,
    },
    /// The ledger refused.
    #[error("the exception could not be witnessed")]
    Ledger(#[from] LedgerError),
    /// The database refused.
    #[error("the exception could not be recorded")]
    Store(#[from] StoreError),
}

/// Where decisions go.
#[derive(Debug, Clone, Copy)]
pub struct Exceptions<'a> {
    /// The database.
    pub database: &'a Database,
    /// The witness.
    pub ledger: &'a Ledger,
    /// The site.
    pub site: &'a str,
    /// Now.
    pub now: UtcSeconds,
}

impl Exceptions<'_> {
    /// Asks for an exception; it counts only after somebody else approved it. Returns its number: that of the first request if
    /// the very same one waits already.
    ///
    /// # Errors
    /// [`ExceptionError`]; nothing was recorded then.
    pub fn request_exception(
        &self,
        new: &NewException,
        known_check: impl Fn(&str) -> bool,
    ) -> Result<i64, ExceptionError> {
        if !known_check(&new.check) {
            return Err(ExceptionError::UnknownCheck { check: new.check.clone() });
        }
        if new.reason.trim().is_empty() || new.requested_by.trim().is_empty() {
            return Err(ExceptionError::NoReason);
        }
        if new.controls.is_empty() || new.controls.iter().any(|control| control.control.trim().is_empty()) {
            return Err(ExceptionError::NoControl);
        }
        let today = self.now.date_jst();
        if new.expires_on < today || new.expires_on.days_since(today) > MAX_DAYS {
            return Err(ExceptionError::BadEnd { found: new.expires_on });
        }
        self.ledger.write(self.database, self.now, |tx| {
            for control in &new.controls {
                if !tables::evidence_exists(tx, self.site, control.evidence)? {
                    return Err(ExceptionError::UnknownEvidence { evidence: control.evidence });
                }
            }
            let waiting = tables::list_exceptions(tx, self.site)?;
            if let Some(same) = waiting.iter().find(|one| one.state == ExceptionState::Requested && new.is_same(one)) {
                return Ok(same.id);
            }
            let id = tables::add_exception(tx, self.site, new, self.now)?;
            let asker = Person::find(tx, &new.requested_by)?;
            tables::put_asker(tx, Asked::Exception, id, asker.number())?;
            let body = json!({
                "id": id,
                "check": new.check,
                "subject": new.subject.as_ref().map(ToString::to_string),
                "reason": new.reason,
                "expires_on": new.expires_on.to_string(),
                "controls": new.controls.iter().map(|control| json!({"control": control.control, "evidence": control.evidence})).collect::<Vec<_>>(),
            });
            tx.append(&NewEntry { kind: "exception.requested", site: self.site, who: &new.requested_by, body: &body })?;
            Ok(id)
        })
    }

    /// Approves or revokes, and asks for a new assessment of the site. The requester may revoke, but not approve.
    ///
    /// # Errors
    /// [`ExceptionError`]; nothing was changed then.
    pub fn decide_exception(&self, id: i64, state: ExceptionState, who: &str) -> Result<(), ExceptionError> {
        self.decide_witnessed(id, None, &Decision { state, who, why: "" })
    }

    /// Takes back a request or ends an exception, with a reason, if it still stands as whoever decides this saw it (`None`: nobody
    /// looked); asks for a new assessment of the site.
    ///
    /// # Errors
    /// [`ExceptionError`]; nothing was changed then.
    pub fn revoke_exception(
        &self,
        id: i64,
        seen: Option<ExceptionState>,
        who: &str,
        why: &str,
    ) -> Result<(), ExceptionError> {
        if why.trim().is_empty() {
            return Err(ExceptionError::NoReason);
        }
        self.decide_witnessed(id, seen, &Decision { state: ExceptionState::Revoked, who, why })
    }

    fn decide_witnessed(
        &self,
        id: i64,
        seen: Option<ExceptionState>,
        decision: &Decision<'_>,
    ) -> Result<(), ExceptionError> {
        if decision.who.trim().is_empty() {
            return Err(ExceptionError::NoReason);
        }
        self.ledger.write(self.database, self.now, |tx| self.decide_as_seen(tx, id, seen, decision))
    }

    /// As [`Self::decide_exception`], in a transaction of the caller's.
    pub(crate) fn decide_within(
        &self,
        tx: &mut Recording<'_>,
        id: i64,
        state: ExceptionState,
        who: &str,
    ) -> Result<(), ExceptionError> {
        self.decide_as_seen(tx, id, None, &Decision { state, who, why: "" })
    }

    fn decide_as_seen(
        &self,
        tx: &mut Recording<'_>,
        id: i64,
        seen: Option<ExceptionState>,
        decision: &Decision<'_>,
    ) -> Result<(), ExceptionError> {
        let Decision { state, who, why } = *decision;
        let exception = tables::find_exception(tx, self.site, id)?.ok_or(ExceptionError::Unknown { id })?;
        if seen.is_some_and(|seen| seen != exception.state) {
            return Err(ExceptionError::NotWaiting { id, state: exception.state });
        }
        let allowed = match (exception.state, state) {
            (ExceptionState::Requested, ExceptionState::Approved) => {
                let account = tables::find_asker(tx, Asked::Exception, id)?;
                let asker = Person::asked(tx, &exception.requested_by, account)?;
                !asker.is(&Person::find(tx, who)?)
            }
            (ExceptionState::Requested | ExceptionState::Approved, ExceptionState::Revoked) => true,
            (found, _) => return Err(ExceptionError::NotWaiting { id, state: found }),
        };
        if !allowed {
            return Err(ExceptionError::OwnRequest { who: who.to_owned() });
        }
        tables::decide_exception(tx, id, state, (who, why), self.now)?;
        let kind = if state == ExceptionState::Approved { "exception.approved" } else { "exception.revoked" };
        let mut body = json!({ "id": id, "check": exception.check });
        if let Some(fields) = body.as_object_mut().filter(|_| !why.is_empty()) {
            fields.insert("reason".to_owned(), why.into());
        }
        tx.append(&NewEntry { kind, site: self.site, who, body: &body })?;
        // An exception changes verdicts: the site is assessed anew.
        request_assessment(tx, self.site, self.now)?;
        Ok(())
    }
}

/// What somebody decides.
struct Decision<'a> {
    state: ExceptionState,
    who: &'a str,
    why: &'a str,
}

/// The exceptions that count today.
#[derive(Debug, Clone, Default)]
pub struct ActiveExceptions {
    exceptions: Vec<Exception>,
}

impl ActiveExceptions {
    /// Reads those of a site that are approved and whose last day is not over.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub fn load(tx: &mut Transaction, site: &str, now: UtcSeconds) -> Result<Self, StoreError> {
        let today = now.date_jst();
        let mut exceptions = tables::list_exceptions(tx, site)?;
        exceptions.retain(|exception| exception.state == ExceptionState::Approved && exception.expires_on >= today);
        Ok(Self { exceptions })
    }

    /// Each of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter()
    }

    /// Whether somebody took responsibility for this check failing on this subject.
    #[must_use]
    pub fn covers(&self, check: &str, subject: &Subject) -> bool {
        self.find(check, subject).is_some()
    }

    /// The exception by which somebody took responsibility for this check failing on this subject.
    #[must_use]
    pub fn find(&self, check: &str, subject: &Subject) -> Option<&Exception> {
        self.exceptions.iter().find(|exception| {
            exception.check == check && exception.subject.as_ref().is_none_or(|covered| covered == subject)
        })
    }
}
