//! What is to be done: opened by verdicts, closed by new evidence, never by a click.

use std::collections::{BTreeMap, BTreeSet};

use ::store::ledger::{LedgerError, NewEntry, Recording};
use ::store::{Database, Ledger, StoreError};
use assess::{Check, Reason};
use base::{Date, Severity, UtcSeconds, Verdict};
use serde_json::json;

use crate::answers::SiteAnswers;
use crate::assessment::Assessment;
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
    /// When new evidence closed it.
    pub closed_at: Option<UtcSeconds>,
    /// The newest evidence at that moment; 0 while open.
    pub closed_by: i64,
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
            if let Some(check) = checks.iter().find(|check| check.id == **id) {
                wanted.insert(TaskKey::Ask(check.id.clone()), check.severity);
            }
        }
        if open.is_empty() && not_yet.is_none() && item.verdict != Verdict::Contradicted {
            wanted.insert(TaskKey::Show(item.item.id.clone()), Severity::Medium);
        }
    }
    wanted
}

/// Tasks that stay open if they are: what was contradicted is not mended because its evidence has grown old.
#[must_use]
pub fn held_tasks(checks: &[Check], assessment: &Assessment) -> BTreeSet<TaskKey> {
    let undecided =
        assessment.answers.iter().filter(|answer| matches!(answer.verdict(), Some(Verdict::Unknown | Verdict::Stale)));
    undecided.filter_map(|answer| checks.get(answer.check)).map(|check| TaskKey::Fix(check.id.clone())).collect()
}

/// Brings the tasks of a site in line with an assessment; returns how many were opened and closed.
///
/// # Errors
/// [`LedgerError`]; return it, so that nothing is changed.
pub fn settle_tasks(
    tx: &mut Recording<'_>,
    site: &str,
    wanted: &BTreeMap<TaskKey, Severity>,
    held: &BTreeSet<TaskKey>,
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
    for task in open.iter().filter(|task| !wanted.contains_key(&task.key) && !held.contains(&task.key)) {
        tables::close_task(tx, task.id, evidence, now)?;
        closed.push(task.key.clone());
    }
    if !opened.is_empty() || !closed.is_empty() {
        let body = json!({ "opened": opened, "closed": closed, "newest_evidence": evidence });
        tx.append(&NewEntry { kind: "tasks.settled", site, who: "mamori", body: &body })?;
    }
    Ok((opened.len(), closed.len()))
}

/// Open tasks in the order of their weight: gravest first, mending before keeping one's word before asking before papers, oldest first.
#[must_use]
pub fn in_order(mut tasks: Vec<Task>) -> Vec<Task> {
    let rank = |task: &Task| match task.key {
        TaskKey::Fix(_) => 0,
        TaskKey::Keep(_) => 1,
        TaskKey::Ask(_) => 2,
        TaskKey::Show(_) => 3,
    };
    tasks.sort_by_key(|task| (task.closed_at.is_some(), task.severity, rank(task), task.opened_at, task.id));
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
