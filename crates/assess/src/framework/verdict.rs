//! One item of a checklist: what checks, documents and claims make of it.

use base::{Date, UtcSeconds, Verdict};

use super::Item;
use crate::roll_up::CheckVerdict;

/// The result of one check of the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckState {
    /// Id of the check.
    pub check: String,
    /// Its rolled-up verdict.
    pub verdict: CheckVerdict,
    /// Is there an exception in force for it?
    pub has_exception: bool,
}

/// A document that was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentState {
    /// Its kind, as items name it.
    pub kind: String,
    /// Last day it is valid; `None`: without end.
    pub valid_until: Option<Date>,
    /// Ids of the elements it contains.
    pub sections: Vec<String>,
}

/// What a person says about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// はい
    Yes,
    /// いいえ
    No,
}

/// A person's claim about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimState {
    /// What is said.
    pub answer: Answer,
    /// The day the person looked.
    pub checked_on: Date,
}

/// Why an item has its verdict. Everything that was looked at appears, in the order checks, documents, claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A check says this.
    Check {
        /// Its id.
        check: String,
        /// What it says; [`Verdict::Unknown`] also if it was never run.
        verdict: Verdict,
    },
    /// A check applies to nothing here.
    CheckNotApplicable {
        /// Its id.
        check: String,
    },
    /// A check is contradicted, and somebody answers for that.
    UnderException {
        /// Id of the check.
        check: String,
    },
    /// A valid document attests it.
    Document {
        /// Its kind.
        kind: String,
    },
    /// A document is past its date.
    DocumentExpired {
        /// Its kind.
        kind: String,
        /// Its last day.
        valid_until: Date,
    },
    /// A document lacks something it must contain.
    ElementsMissing {
        /// Its kind.
        kind: String,
        /// Ids of the elements it lacks.
        elements: Vec<String>,
    },
    /// A person says yes, and that is enough here.
    SaidYes,
    /// A person says no.
    SaidNo,
    /// A person says yes, but the item asks for more than a claim.
    ClaimNotEnough,
    /// A person said yes too long ago.
    ClaimTooOld {
        /// The day the person looked.
        checked_on: Date,
    },
    /// Nothing at all was submitted.
    NothingSubmitted,
}

/// The verdict of an item and its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemVerdict {
    /// What it comes to.
    pub verdict: Verdict,
    /// Why; never empty.
    pub reasons: Vec<Reason>,
}

/// Decides an item. The first line that fits counts:
///
/// 1. a check is contradicted without an exception: contradicted;
/// 2. a person says no, however long ago: attested, with [`Reason::SaidNo`] (docs/decisions/0010);
/// 3. every check that applies is proved, and there is at least one: proved;
/// 4. a check is stale: stale;
/// 5. every check that applies and is not under an exception holds (at least one), or a complete document that is not past
///    its date, or an allowed claim that is not too old stands: attested;
/// 6. a complete document is past its date, or an allowed claim is too old: stale;
/// 7. unknown.
///
/// A check of the item that is not in `checks` is unknown; states of other checks are not looked at. Documents of kinds the
/// item does not name are not looked at either.
#[must_use]
pub fn item_verdict(
    item: &Item,
    checks: &[CheckState],
    documents: &[DocumentState],
    claim: Option<&ClaimState>,
    now: UtcSeconds,
) -> ItemVerdict {
    let today = now.date_jst();
    let mut reasons: Vec<Reason> = item.checks.iter().map(|id| reason_of_check(id, checks)).collect();
    let named = documents.iter().filter(|document| item.documents.contains(&document.kind));
    reasons.extend(named.map(|document| reason_of_document(item, document, today)));
    reasons.extend(claim.map(|claim| reason_of_claim(item, *claim, today)));
    if reasons.is_empty() {
        reasons.push(Reason::NothingSubmitted);
    }
    ItemVerdict { verdict: weigh(&reasons), reasons }
}

fn reason_of_check(id: &str, checks: &[CheckState]) -> Reason {
    let check = id.to_owned();
    // Of several states for one check the worst counts: a caller's slip must not make anything better.
    let states = checks.iter().filter(|state| state.check == id);
    match states.map(state_of).max_by_key(|(_, badness)| *badness) {
        None => Reason::Check { check, verdict: Verdict::Unknown },
        Some((CheckWeight::NotApplicable, _)) => Reason::CheckNotApplicable { check },
        Some((CheckWeight::Excepted, _)) => Reason::UnderException { check },
        Some((CheckWeight::Is(verdict), _)) => Reason::Check { check, verdict },
    }
}

enum CheckWeight {
    NotApplicable,
    Excepted,
    Is(Verdict),
}

fn state_of(state: &CheckState) -> (CheckWeight, u8) {
    match state.verdict {
        CheckVerdict::NotApplicable => (CheckWeight::NotApplicable, 0),
        CheckVerdict::Is(Verdict::Contradicted) if state.has_exception => (CheckWeight::Excepted, 5),
        CheckVerdict::Is(Verdict::Proved) => (CheckWeight::Is(Verdict::Proved), 1),
        CheckVerdict::Is(Verdict::Attested) => (CheckWeight::Is(Verdict::Attested), 2),
        CheckVerdict::Is(Verdict::Stale) => (CheckWeight::Is(Verdict::Stale), 3),
        CheckVerdict::Is(Verdict::Unknown) => (CheckWeight::Is(Verdict::Unknown), 4),
        CheckVerdict::Is(Verdict::Contradicted) => (CheckWeight::Is(Verdict::Contradicted), 6),
    }
}

fn reason_of_document(item: &Item, document: &DocumentState, today: Date) -> Reason {
    let kind = document.kind.clone();
    let ids = item.elements.iter().map(|element| &element.id);
    let elements: Vec<String> = ids.filter(|id| !document.sections.contains(id)).cloned().collect();
    if !elements.is_empty() {
        return Reason::ElementsMissing { kind, elements };
    }
    match document.valid_until.filter(|last| *last < today) {
        Some(valid_until) => Reason::DocumentExpired { kind, valid_until },
        None => Reason::Document { kind },
    }
}

fn reason_of_claim(item: &Item, claim: ClaimState, today: Date) -> Reason {
    let is_old = item.cycle_days.is_some_and(|cycle| today.days_since(claim.checked_on) > i64::from(cycle));
    match claim.answer {
        Answer::No => Reason::SaidNo,
        Answer::Yes if !item.statement => Reason::ClaimNotEnough,
        Answer::Yes if is_old => Reason::ClaimTooOld { checked_on: claim.checked_on },
        Answer::Yes => Reason::SaidYes,
    }
}

/// How many reasons speak which way.
#[derive(Default)]
struct Tally {
    against: usize,
    /// People who say no.
    denied: usize,
    proved: usize,
    attested: usize,
    stale: usize,
    unknown: usize,
    excepted: usize,
    /// Documents and claims that stand.
    standing: usize,
    /// Documents and claims that stood once.
    stood: usize,
}

impl Tally {
    fn add(&mut self, reason: &Reason) {
        let count = match reason {
            Reason::Check { verdict: Verdict::Contradicted, .. } => &mut self.against,
            Reason::SaidNo => &mut self.denied,
            Reason::Check { verdict: Verdict::Proved, .. } => &mut self.proved,
            Reason::Check { verdict: Verdict::Attested, .. } => &mut self.attested,
            Reason::Check { verdict: Verdict::Stale, .. } => &mut self.stale,
            Reason::Check { verdict: Verdict::Unknown, .. } => &mut self.unknown,
            Reason::UnderException { .. } => &mut self.excepted,
            Reason::Document { .. } | Reason::SaidYes => &mut self.standing,
            Reason::DocumentExpired { .. } | Reason::ClaimTooOld { .. } => &mut self.stood,
            Reason::CheckNotApplicable { .. }
            | Reason::ElementsMissing { .. }
            | Reason::ClaimNotEnough
            | Reason::NothingSubmitted => return,
        };
        *count += 1;
    }
}

fn weigh(reasons: &[Reason]) -> Verdict {
    let mut tally = Tally::default();
    reasons.iter().for_each(|reason| tally.add(reason));
    let decided = tally.proved + tally.attested;
    if tally.against > 0 {
        Verdict::Contradicted
    } else if tally.denied > 0 {
        Verdict::Attested
    } else if tally.proved > 0 && tally.attested + tally.stale + tally.unknown + tally.excepted == 0 {
        Verdict::Proved
    } else if tally.stale > 0 {
        Verdict::Stale
    } else if tally.standing > 0 || (decided > 0 && tally.unknown == 0) {
        Verdict::Attested
    } else if tally.stood > 0 {
        Verdict::Stale
    } else {
        Verdict::Unknown
    }
}

#[cfg(test)]
mod tests;
