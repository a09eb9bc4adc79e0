//! The tables of exceptions and tasks: the only place of this crate with SQL.

mod decisions;
mod papers;
mod snapshot;

use std::collections::HashMap;

use ::store::{Row, StoreError, Transaction, Value};
use base::{Date, Severity, UtcSeconds};

use crate::exceptions::{Control, Exception, ExceptionState, NewException};
use crate::tasks::{Ending, Task, TaskKey};

pub(crate) use decisions::{Asked, add_decision, add_ruling, close_decision, find_asker, put_asker, was_denied};
pub use decisions::{count_waiting, find_decision, find_ruling, list_decisions};
pub use papers::{
    evidence_exists, find_newest_evidence_about, list_document_subjects, list_evidence_names, list_recent_evidence,
    newest_evidence,
};
pub use snapshot::{
    SubjectLine, SubjectOrder, SubjectSearch, count_subject_lines, facts_of, find_by_alias, find_subject_line,
    list_related_lines, list_subject_lines,
};
pub(crate) use snapshot::{add_snapshot_parts, add_subject_lines, clear_snapshot, find_snapshot_part};

/// Adds an exception; returns its number.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_exception(tx: &mut Transaction, site: &str, new: &NewException, now: UtcSeconds) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM exception", &[])?.integer(0)?;
    let subject = new.subject.as_ref().map_or_else(String::new, ToString::to_string);
    tx.execute(
        "INSERT INTO exception (id, site, check_id, subject, reason, requested_by, requested_at, expires_on, state, decided_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'requested', '')",
        &[
            id.into(),
            site.into(),
            (&new.check).into(),
            subject.into(),
            (&new.reason).into(),
            (&new.requested_by).into(),
            now.into(),
            new.expires_on.to_string().into(),
        ],
    )?;
    let mut rows = (1_i64..).zip(&new.controls).map(|(position, control)| {
        vec![id.into(), position.into(), (&control.control).into(), control.evidence.into()]
    });
    tx.insert_many("exception_control", &["exception", "position", "control", "evidence"], &mut rows)?;
    Ok(id)
}

/// Records a decision: who decided, and why.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn decide_exception(
    tx: &mut Transaction,
    id: i64,
    state: ExceptionState,
    (who, why): (&str, &str),
    now: UtcSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE exception SET state = $2, decided_by = $3, decided_at = $4, decided_why = $5 WHERE id = $1",
        &[id.into(), state.name().into(), who.into(), now.into(), why.into()],
    )?;
    Ok(())
}

const EXCEPTION_COLUMNS: &str = "id, site, check_id, subject, reason, requested_by, requested_at, expires_on, state, decided_by, decided_at, decided_why";

/// One exception of a site.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_exception(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<Exception>, StoreError> {
    Ok(list_exceptions(tx, site)?.into_iter().find(|exception| exception.id == id))
}

/// Every exception of a site, oldest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_exceptions(tx: &mut Transaction, site: &str) -> Result<Vec<Exception>, StoreError> {
    let mut controls: HashMap<i64, Vec<Control>> = HashMap::new();
    let rows = tx.query(
        "SELECT c.exception, c.control, c.evidence FROM exception_control c JOIN exception e ON e.id = c.exception \
         WHERE e.site = $1 ORDER BY c.exception, c.position",
        &[site.into()],
    )?;
    for row in &rows {
        let control = Control { control: row.text(1)?.to_owned(), evidence: row.integer(2)? };
        controls.entry(row.integer(0)?).or_default().push(control);
    }
    let sql = format!("SELECT {EXCEPTION_COLUMNS} FROM exception WHERE site = $1 ORDER BY id");
    tx.query(&sql, &[site.into()])?.iter().map(|row| read_exception(row, &mut controls)).collect()
}

fn bad(index: usize, expected: &'static str) -> StoreError {
    StoreError::Column { index, expected, found: "another text" }
}

fn read_exception(row: &Row, controls: &mut HashMap<i64, Vec<Control>>) -> Result<Exception, StoreError> {
    let id = row.integer(0)?;
    let state_name = row.text(8)?;
    // An exception for one subject must never turn into one for all of them.
    let subject = match row.text(3)? {
        "" => None,
        text => Some(text.parse().map_err(|_| bad(3, "a subject"))?),
    };
    let state = ExceptionState::ALL.iter().find(|(name, _)| *name == state_name).map(|(_, state)| *state);
    Ok(Exception {
        id,
        site: row.text(1)?.to_owned(),
        check: row.text(2)?.to_owned(),
        subject,
        reason: row.text(4)?.to_owned(),
        requested_by: row.text(5)?.to_owned(),
        requested_at: row.at(6)?,
        expires_on: row.text(7)?.parse().map_err(|_| bad(7, "a date"))?,
        state: state.ok_or_else(|| bad(8, "a state"))?,
        decided_by: row.text(9)?.to_owned(),
        decided_at: row.optional_at(10)?,
        decided_why: row.text(11)?.to_owned(),
        controls: controls.remove(&id).unwrap_or_default(),
    })
}

const SEVERITIES: [Severity; 4] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];

/// Tasks of a site: open ones, or all.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_tasks(tx: &mut Transaction, site: &str, with_closed: bool) -> Result<Vec<Task>, StoreError> {
    let only_open = if with_closed { "" } else { "AND closed_at IS NULL" };
    let sql = format!(
        "SELECT id, key, severity, owner, due_on, opened_at, closed_at, closed_by, closed_exception FROM task WHERE site = $1 {only_open} ORDER BY id"
    );
    tx.query(&sql, &[site.into()])?.iter().map(read_task).collect()
}

/// One task of a site, open or closed.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_task(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<Task>, StoreError> {
    let sql = "SELECT id, key, severity, owner, due_on, opened_at, closed_at, closed_by, closed_exception FROM task WHERE site = $1 AND id = $2";
    tx.find(sql, &[site.into(), id.into()])?.as_ref().map(read_task).transpose()
}

fn read_task(row: &Row) -> Result<Task, StoreError> {
    let severity_name = row.text(2)?;
    let severity = SEVERITIES.into_iter().find(|severity| severity.name() == severity_name);
    Ok(Task {
        id: row.integer(0)?,
        key: row.text(1)?.parse().map_err(|_| bad(1, "a key of a task"))?,
        severity: severity.ok_or_else(|| bad(2, "a severity"))?,
        owner: row.text(3)?.to_owned(),
        due_on: row.text(4)?.parse::<Date>().ok(),
        opened_at: row.at(5)?,
        closed_at: row.optional_at(6)?,
        ending: Ending::read(row.integer(7)?, row.integer(8)?),
    })
}

/// Opens a task.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn open_task(
    tx: &mut Transaction,
    site: &str,
    key: &TaskKey,
    severity: Severity,
    now: UtcSeconds,
) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM task", &[])?.integer(0)?;
    tx.execute(
        "INSERT INTO task (id, site, key, severity, owner, due_on, opened_at, closed_by) VALUES ($1, $2, $3, $4, '', '', $5, 0)",
        &[id.into(), site.into(), key.to_string().into(), severity.name().into(), now.into()],
    )?;
    Ok(id)
}

/// Closes a task, saying why.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn close_task(tx: &mut Transaction, id: i64, ending: Ending, now: UtcSeconds) -> Result<(), StoreError> {
    let (evidence, exception) = ending.numbers();
    tx.execute(
        "UPDATE task SET closed_at = $2, closed_by = $3, closed_exception = $4 WHERE id = $1",
        &[id.into(), now.into(), evidence.into(), exception.into()],
    )?;
    Ok(())
}

/// Says who does a task and until when; `false` if there is no such open task.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn assign_task(
    tx: &mut Transaction,
    site: &str,
    id: i64,
    owner: &str,
    due_on: Option<Date>,
) -> Result<bool, StoreError> {
    let due = due_on.map_or_else(String::new, |day| day.to_string());
    let values: [Value; 4] = [site.into(), id.into(), owner.into(), due.into()];
    let changed = tx.execute(
        "UPDATE task SET owner = $3, due_on = $4 WHERE site = $1 AND id = $2 AND closed_at IS NULL",
        &values,
    )?;
    Ok(changed == 1)
}
