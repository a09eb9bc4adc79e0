//! What is to be done: opened by verdicts, closed by new evidence, never by a click.

use std::collections::{BTreeMap, BTreeSet};

use ::store::ledger::{LedgerError, NewEntry, Recording};
use ::store::{Database, Ledger, StoreError};
use assess::{Check, Reason};
use base::{Date, Severity, UtcSeconds, Verdict};
use serde_json::json;

use crate::answers::SiteAnswers;
use crate::assessment::{Assessment, CheckAnswer};
use crate::exceptions::ActiveExceptions;
use crate::store as tables;

pub use crate::task_key::{TaskKey, TaskKeyError};

/// One task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Number.
    pub id: i64,
    /// What it is about.
    pub key: TaskKey,
    /// How much it matters.
    pub severity: Severity,
    /// Who does it; empty if nobody yet.
    pub owner: String,
    /// Until when.
    pub due_on: Option<Date>,
    /// When it was opened.
    pub opened_at: UtcSeconds,
    /// When it ended.
    pub closed_at: Option<UtcSeconds>,
    /// Why it ended; says nothing while it is open.
    pub ending: Ending,
}

/// Why a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// New evidence: its newest number at that moment.
    Evidence(i64),
    /// Somebody answers for it for a time: number of the exception. After its last day the task is opened anew.
    Exception(i64),
    /// No evidence of today could have answered it. Also while a task is open.
    Withdrawn,
}

impl Ending {
    pub(crate) const fn read(evidence: i64, exception: i64) -> Self {
        match (evidence, exception) {
            (0, 0) => Self::Withdrawn,
            (evidence, 0) => Self::Evidence(evidence),
            (_, exception) => Self::Exception(exception),
        }
    }

    /// Numbers of the evidence and of the exception, 0 for none.
    pub(crate) const fn numbers(self) -> (i64, i64) {
        match self {
            Self::Evidence(evidence) => (evidence, 0),
            Self::Exception(exception) => (0, exception),
            Self::Withdrawn => (0, 0),
        }
    }
}

/// What an assessment makes of the tasks that are no longer wanted; whatever is in neither set was closed by evidence.
#[derive(Debug, Clone, Default)]
pub struct Unwanted {
    /// They stay open: what was contradicted is not mended because its evidence has grown old.
    pub held: BTreeSet<TaskKey>,
    /// Somebody answers for what fails.
    pub excused: BTreeSet<TaskKey>,
    /// Nothing that can be handed in today would answer them.
    pub withdrawn: BTreeSet<TaskKey>,
}

/// What an assessment asks for, with its severity, by key.
#[must_use]
pub fn wanted_tasks(
    checks: &[Check],
    assessment: &Assessment,
    answers: &[SiteAnswers<'_>],
    today: Date,
) -> BTreeMap<TaskKey, Severity> {
    let mut wanted = BTreeMap::new();
    for (check, _) in assessment.findings(checks) {
        wanted.insert(TaskKey::Fix(check.id.clone()), check.severity);
    }
    for item in answers.iter().flat_map(|answers| &answers.items) {
        let not_yet = item.not_yet();
        if not_yet.is_some_and(|target| target.is_none_or(|day| day < today)) {
            wanted.insert(TaskKey::Keep(item.item.id.clone()), Severity::High);
        }
        if matches!(item.verdict, Verdict::Proved | Verdict::Attested) && not_yet.is_none() {
            continue;
        }
        let open: BTreeSet<&String> = item
            .reasons
            .iter()
            .filter_map(|reason| match reason {
                Reason::Check { check, verdict: Verdict::Unknown | Verdict::Stale } => Some(check),
                _ => None,
            })
            .collect();
        for id in &open {
            // What no evidence of today can answer is told among what is not known, and is nobody's task.
            if let Some(check) = checks.iter().find(|check| check.id == **id && check.limit.is_none()) {
                wanted.insert(TaskKey::Ask(check.id.clone()), check.severity);
            }
        }
        if open.is_empty() && not_yet.is_none() && item.verdict != Verdict::Contradicted {
            wanted.insert(TaskKey::Show(item.item.id.clone()), Severity::Medium);
        }
    }
    wanted
}

/// What becomes of tasks that are not wanted.
#[must_use]
pub fn unwanted_tasks(checks: &[Check], assessment: &Assessment) -> Unwanted {
    let fixes = |counts: &dyn Fn(&CheckAnswer) -> bool| -> BTreeSet<TaskKey> {
        let answers = assessment.answers.iter().filter(|answer| counts(answer));
        answers.filter_map(|answer| checks.get(answer.check)).map(|check| TaskKey::Fix(check.id.clone())).collect()
    };
    let limited = checks.iter().filter(|check| check.limit.is_some());
    Unwanted {
        held: fixes(&|answer| matches!(answer.verdict(), Some(Verdict::Unknown | Verdict::Stale))),
        excused: fixes(&|answer| answer.has_exception),
        withdrawn: limited.map(|check| TaskKey::Ask(check.id.clone())).collect(),
    }
}

/// Brings the tasks of a site in line with an assessment; returns how many were opened and closed.
///
/// # Errors
/// [`LedgerError`]; return it, so that nothing is changed.
pub fn settle_tasks(
    tx: &mut Recording<'_>,
    site: &str,
    wanted: &BTreeMap<TaskKey, Severity>,
    unwanted: &Unwanted,
    now: UtcSeconds,
) -> Result<(usize, usize), LedgerError> {
    let open = tables::list_tasks(tx, site, false)?;
    let evidence = tables::newest_evidence(tx, site)?;
    let present: BTreeSet<&TaskKey> = open.iter().map(|task| &task.key).collect();
    let mut opened = Vec::new();
    for (key, severity) in wanted.iter().filter(|(key, _)| !present.contains(key)) {
        tables::open_task(tx, site, key, *severity, now)?;
        opened.push(key.clone());
    }
    let mut closed = Vec::new();
    for task in open.iter().filter(|task| !wanted.contains_key(&task.key) && !unwanted.held.contains(&task.key)) {
        let ending = match &task.key {
            TaskKey::Fix(check) if unwanted.excused.contains(&task.key) => find_excuse(tx, site, check, now)?,
            key if unwanted.withdrawn.contains(key) => Some(Ending::Withdrawn),
            _ => None,
        };
        tables::close_task(tx, task.id, ending.unwrap_or(Ending::Evidence(evidence)), now)?;
        closed.push(task.key.clone());
    }
    if !opened.is_empty() || !closed.is_empty() {
        let body = json!({ "opened": opened, "closed": closed, "newest_evidence": evidence });
        tx.append(&NewEntry { kind: "tasks.settled", site, who: "mamori", body: &body })?;
    }
    Ok((opened.len(), closed.len()))
}

/// The exception in force by which a check is excused; of several the one that ends first, after which the task comes back.
fn find_excuse(tx: &mut Recording<'_>, site: &str, check: &str, now: UtcSeconds) -> Result<Option<Ending>, StoreError> {
    let exceptions = ActiveExceptions::load(tx, site, now)?;
    let excuse = exceptions.iter().filter(|one| one.check == check).min_by_key(|one| one.expires_on);
    Ok(excuse.map(|one| Ending::Exception(one.id)))
}

/// Open tasks in the order of their weight: gravest first, mending before keeping one's word before asking before papers, oldest first.
#[must_use]
pub fn in_order(mut tasks: Vec<Task>) -> Vec<Task> {
    tasks.sort_by_key(|task| (task.closed_at.is_some(), task.severity, task.key.rank(), task.opened_at, task.id));
    tasks
}

/// What is said about the day of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The day stays as it is.
    Keep,
    /// No day.
    Open,
    /// Until this day.
    On(Date),
}

/// Who is to do a task until when.
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// Number of the task.
    pub id: i64,
    /// Who does it; empty: nobody yet.
    pub owner: &'a str,
    /// Until when.
    pub due: Due,
    /// Whom the one who assigns saw as owner; `None`: whoever it was.
    pub seen_owner: Option<&'a str>,
    /// Who assigns.
    pub who: &'a str,
}

/// Why a task was not assigned. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// There is no such open task at this site.
    #[error("there is no open task {id}")]
    Unknown {
        /// The number given.
        id: i64,
    },
    /// Somebody else was faster.
    #[error("task {id} was given to {owner:?} meanwhile")]
    Changed {
        /// Its number.
        id: i64,
        /// Who does it now.
        owner: String,
    },
    /// The ledger refused.
    #[error("the assignment could not be witnessed")]
    Ledger(#[from] LedgerError),
    /// The database refused.
    #[error("the assignment could not be recorded")]
    Store(#[from] StoreError),
}

/// Says who does a task and until when, and witnesses it.
///
/// # Errors
/// [`AssignError`]; nothing was changed then.
pub fn assign(
    database: &Database,
    ledger: &Ledger,
    site: &str,
    assignment: &Assignment<'_>,
    now: UtcSeconds,
) -> Result<(), AssignError> {
    let id = assignment.id;
    ledger.write(database, now, |tx| {
        let task = tables::find_task(tx, site, id)?.filter(|task| task.closed_at.is_none());
        let task = task.ok_or(AssignError::Unknown { id })?;
        if assignment.seen_owner.is_some_and(|seen| seen != task.owner) {
            return Err(AssignError::Changed { id, owner: task.owner });
        }
        let due_on = match assignment.due {
            Due::Keep => task.due_on,
            Due::Open => None,
            Due::On(day) => Some(day),
        };
        if task.owner == assignment.owner && task.due_on == due_on {
            return Ok(());
        }
        tables::assign_task(tx, site, id, assignment.owner, due_on)?;
        let body = json!({
            "task": id,
            "key": task.key,
            "owner": assignment.owner,
            "owner_before": task.owner,
            "due_on": due_on.map(|day| day.to_string()),
        });
        tx.append(&NewEntry { kind: "task.assigned", site, who: assignment.who, body: &body })?;
        Ok(())
    })
}
