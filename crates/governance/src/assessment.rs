//! Every check, over everything known about a site.

use std::collections::{BTreeMap, BTreeSet};

use assess::{
    Check, CheckResult, CheckVerdict, Counts, FactId, KeyId, Outcome, State, SubjectFacts, evaluate, roll_up,
};
use base::{Severity, Subject, SubjectKind, Verdict};
use evidence::World;

use crate::exceptions::ActiveExceptions;

/// Subjects whose facts are kept for showing, per check: all that matter come first.
const SHOWN_FAILING: usize = 200;
const SHOWN_OTHER: usize = 3;
const SHOWN_UNDECIDED: usize = 100;

/// One check's answer, with the facts that gave it.
#[derive(Debug, Clone)]
pub struct CheckAnswer {
    /// Index of the check in the list handed in.
    pub check: usize,
    /// Verdict over all subjects.
    pub verdict: CheckVerdict,
    /// Denominators.
    pub counts: Counts,
    /// Subjects that fail, in the order of their ids; all of them.
    pub failing: Vec<Subject>,
    /// Subjects shown, the failing ones first, with the facts that decided.
    pub shown: Vec<Shown>,
    /// Facts that were missing somewhere.
    pub missing: BTreeSet<KeyId>,
    /// The first subjects of which too little is known, each with the facts that were missing.
    pub undecided: Vec<(Subject, BTreeSet<KeyId>)>,
    /// Whether exceptions cover every subject that fails.
    pub has_exception: bool,
}

/// What decided for one subject.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The subject.
    pub subject: Subject,
    /// What came out.
    pub state: State,
    /// The deciding facts.
    pub used: Vec<FactId>,
}

/// Everything that was asked.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// One answer per check, in the order of the checks.
    pub answers: Vec<CheckAnswer>,
    /// How many subjects of each kind are known.
    pub subjects: BTreeMap<SubjectKind, usize>,
}

/// Asks every check about every subject of its kind.
#[must_use]
pub fn assess_site(world: &World, checks: &[Check], exceptions: &ActiveExceptions) -> Assessment {
    let mut by_kind: BTreeMap<SubjectKind, Vec<(Subject, SubjectFacts)>> = BTreeMap::new();
    for (_, kind) in SubjectKind::ALL {
        by_kind.insert(kind, world.settled(kind));
    }
    let nothing = SubjectFacts::default();
    let site = by_kind.get(&SubjectKind::Site).and_then(|sites| sites.first()).map_or(&nothing, |(_, facts)| facts);
    let answers = checks
        .iter()
        .enumerate()
        .map(|(index, check)| {
            let subjects = by_kind.get(&check.subject).map(Vec::as_slice).unwrap_or_default();
            ask(index, check, subjects, site, world, exceptions)
        })
        .collect();
    let subjects = by_kind.iter().map(|(kind, subjects)| (*kind, subjects.len())).collect();
    Assessment { answers, subjects }
}

fn ask(
    index: usize,
    check: &Check,
    subjects: &[(Subject, SubjectFacts)],
    site: &SubjectFacts,
    world: &World,
    exceptions: &ActiveExceptions,
) -> CheckAnswer {
    let mut kept = Kept::default();
    let mut outcomes = Vec::with_capacity(subjects.len());
    for (number, (subject, facts)) in subjects.iter().enumerate() {
        let outcome = evaluate(check, facts, site, world.now());
        kept.keep(subject, &outcome);
        outcomes.push((number, outcome));
    }
    let CheckResult { verdict, counts, failing, undecided: _ } = roll_up(check, outcomes.iter().cloned());
    let failing: Vec<Subject> =
        failing.iter().filter_map(|number| subjects.get(*number)).map(|(subject, _)| subject.clone()).collect();
    let is_covered = !failing.is_empty() && failing.iter().all(|subject| exceptions.covers(&check.id, subject));
    // An exception excuses the subjects it names. What is not known of the others stays not known.
    let rest = is_covered.then(|| {
        let others = outcomes.into_iter().filter(|(_, outcome)| outcome.state != State::Fails);
        roll_up(check, others)
    });
    let (verdict, has_exception) = match rest {
        Some(rest) if rest.counts.asked() > 0 && !stands(rest.verdict) => (rest.verdict, false),
        Some(_) => (verdict, true),
        None => (verdict, false),
    };
    let (shown, missing, undecided) = (kept.in_order(), kept.missing, kept.undecided);
    CheckAnswer { check: index, verdict, counts, failing, shown, missing, undecided, has_exception }
}

const fn stands(verdict: CheckVerdict) -> bool {
    matches!(verdict, CheckVerdict::Is(Verdict::Proved | Verdict::Attested) | CheckVerdict::NotApplicable)
}

/// Subjects kept for showing, by what came out.
#[derive(Default)]
struct Kept {
    failing: Vec<Shown>,
    stale: Vec<Shown>,
    holding: Vec<Shown>,
    missing: BTreeSet<KeyId>,
    undecided: Vec<(Subject, BTreeSet<KeyId>)>,
}

impl Kept {
    fn keep(&mut self, subject: &Subject, outcome: &Outcome) {
        self.missing.extend(outcome.missing.iter().copied());
        if outcome.state == State::Unknown && self.undecided.len() < SHOWN_UNDECIDED {
            self.undecided.push((subject.clone(), outcome.missing.iter().copied().collect()));
        }
        let (list, limit) = match outcome.state {
            State::Fails => (&mut self.failing, SHOWN_FAILING),
            State::Stale => (&mut self.stale, SHOWN_OTHER),
            State::Holds => (&mut self.holding, SHOWN_OTHER),
            State::Unknown | State::NotApplicable => return,
        };
        if list.len() < limit {
            list.push(Shown { subject: subject.clone(), state: outcome.state, used: outcome.used.clone() });
        }
    }

    fn in_order(&mut self) -> Vec<Shown> {
        let mut shown = std::mem::take(&mut self.failing);
        shown.append(&mut self.stale);
        shown.append(&mut self.holding);
        shown
    }
}

impl CheckAnswer {
    /// Whether this is a finding: contradicted, and nobody took responsibility for it.
    #[must_use]
    pub fn is_finding(&self) -> bool {
        self.verdict == CheckVerdict::Is(Verdict::Contradicted) && !self.has_exception
    }

    /// The verdict, if the check applied to anything.
    #[must_use]
    pub const fn verdict(&self) -> Option<Verdict> {
        match self.verdict {
            CheckVerdict::Is(verdict) => Some(verdict),
            CheckVerdict::NotApplicable => None,
        }
    }
}

impl Assessment {
    /// The answer of a check.
    #[must_use]
    pub fn find(&self, checks: &[Check], id: &str) -> Option<&CheckAnswer> {
        self.answers.iter().find(|answer| checks.get(answer.check).is_some_and(|check| check.id == id))
    }

    /// Findings, gravest first, then by check id.
    #[must_use]
    pub fn findings<'c>(&self, checks: &'c [Check]) -> Vec<(&'c Check, &CheckAnswer)> {
        let mut findings: Vec<(&Check, &CheckAnswer)> = self
            .answers
            .iter()
            .filter(|answer| answer.is_finding())
            .filter_map(|answer| Some((checks.get(answer.check)?, answer)))
            .collect();
        findings.sort_by(|(a, _), (b, _)| (a.severity, impact(a), &a.id).cmp(&(b.severity, impact(b), &b.id)));
        findings
    }

    /// Findings as `check@subject`, of a severity at least `least`.
    #[must_use]
    pub fn finding_ids(&self, checks: &[Check], least: Severity) -> Vec<(String, Subject)> {
        let grave = self.findings(checks).into_iter().filter(|(check, _)| check.severity <= least);
        grave
            .flat_map(|(check, answer)| answer.failing.iter().map(|subject| (check.id.clone(), subject.clone())))
            .collect()
    }
}

/// Outside doors come first (seed 003, question 25), then what treats patients, then the rest.
fn impact(check: &Check) -> u8 {
    match check.subject {
        SubjectKind::Connection => 0,
        SubjectKind::Asset => 1,
        SubjectKind::Account => 2,
        SubjectKind::Policy => 3,
        SubjectKind::Vendor
        | SubjectKind::Document
        | SubjectKind::Product
        | SubjectKind::Vulnerability
        | SubjectKind::Site => 4,
    }
}
