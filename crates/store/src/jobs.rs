//! The job queue: rows with leases. A worker that dies loses its lease, and another one takes the job.

use base::UtcSeconds;

use crate::database::{Database, Dialect, Transaction};
use crate::error::StoreError;
use crate::value::{Row, Value};

/// A job that was begun this often without an end is given up.
pub const MAX_ATTEMPTS: i64 = 8;

/// First pause after a failure; doubles with every attempt up to [`MAX_PAUSE_S`].
const FIRST_PAUSE_S: i64 = 10;
/// Longest pause after a failure.
const MAX_PAUSE_S: i64 = 3600;
/// Longest error text that is kept, in characters.
const MAX_ERROR_CHARS: usize = 2_000;

/// A job to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewJob<'a> {
    /// Which worker does it, for example `evidence.import`.
    pub kind: &'a str,
    /// JSON for that worker.
    pub payload: &'a str,
    /// Not before this time.
    pub run_at: UtcSeconds,
    /// While a job of this kind with this key waits or runs, no second one is added.
    pub dedupe_key: Option<&'a str>,
}

/// A job a worker holds the lease of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Number of the job.
    pub id: i64,
    /// Which worker does it.
    pub kind: String,
    /// JSON for that worker.
    pub payload: String,
    /// How often it was begun, this time included.
    pub attempts: i64,
    /// Who holds the lease.
    pub owner: String,
}

/// What became of a job after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// It is tried again at this time.
    Again(UtcSeconds),
    /// It was tried too often and is now `failed`.
    GivenUp,
    /// The lease was lost: another worker has the job, nothing was changed.
    LeaseLost,
}

/// How many jobs are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Waiting, including those to be tried again.
    pub queued: i64,
    /// Under a lease.
    pub running: i64,
    /// Finished well.
    pub done: i64,
    /// Given up.
    pub failed: i64,
}

/// Adds a job in the caller's transaction, so that it exists exactly if its cause does. Returns its id, or `None` if a job with
/// the same kind and key waits or runs already.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn enqueue(tx: &mut Transaction, job: &NewJob<'_>, now: UtcSeconds) -> Result<Option<i64>, StoreError> {
    let row = tx.find(
        "INSERT INTO job (kind, payload, dedupe_key, run_at, state, attempts, created_at)
         VALUES ($1, $2, $3, $4, 'queued', 0, $5) ON CONFLICT DO NOTHING RETURNING id",
        &[job.kind.into(), job.payload.into(), job.dedupe_key.into(), job.run_at.into(), now.into()],
    )?;
    row.map(|row| row.integer(0)).transpose()
}

/// Takes the job of one of `kinds` that has been due longest, with a lease of `lease_s` seconds. Also takes a running job whose
/// lease ran out. No two callers get the same one.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn claim(
    database: &Database,
    kinds: &[&str],
    owner: &str,
    now: UtcSeconds,
    lease_s: i64,
) -> Result<Option<Job>, StoreError> {
    if kinds.is_empty() {
        return Ok(None);
    }
    database.transaction_side_by_side(|tx| {
        give_up_lost(tx, now)?;
        let until = now.0.saturating_add(lease_s);
        let mut values: Vec<Value> = vec![owner.into(), until.into(), now.into()];
        values.extend(kinds.iter().map(|kind| Value::from(*kind)));
        let places: Vec<String> = (4..4 + kinds.len()).map(|number| format!("${number}")).collect();
        let skip = match tx.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE SKIP LOCKED",
        };
        let sql = format!(
            "UPDATE job SET state = 'running', attempts = attempts + 1, lease_owner = $1, lease_until = $2
             WHERE id = (SELECT id FROM job
                 WHERE kind IN ({}) AND run_at <= $3 AND state IN ('queued', 'running')
                   AND (state = 'queued' OR lease_until < $3)
                 ORDER BY run_at, id LIMIT 1 {skip})
             RETURNING id, kind, payload, attempts",
            places.join(", ")
        );
        let Some(row) = tx.find(&sql, &values)? else { return Ok(None) };
        Ok(Some(Job {
            id: row.integer(0)?,
            kind: row.text(1)?.to_owned(),
            payload: row.text(2)?.to_owned(),
            attempts: row.integer(3)?,
            owner: owner.to_owned(),
        }))
    })
}

/// A job that takes its worker down every time must not do so for ever.
fn give_up_lost(tx: &mut Transaction, now: UtcSeconds) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE job SET state = 'failed', lease_owner = NULL, lease_until = NULL, finished_at = $1,
             last_error = 'the worker did not come back'
         WHERE state = 'running' AND lease_until < $1 AND attempts >= $2",
        &[now.into(), MAX_ATTEMPTS.into()],
    )?;
    Ok(())
}

/// Lengthens the lease of a long job to `lease_s` seconds from now; `false` if the lease was lost.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn renew(database: &Database, job: &Job, now: UtcSeconds, lease_s: i64) -> Result<bool, StoreError> {
    let until = now.0.saturating_add(lease_s);
    database.transaction_side_by_side(|tx| {
        let changed = tx.execute(
            "UPDATE job SET lease_until = $4
             WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'running'",
            &[job.id.into(), (&job.owner).into(), job.attempts.into(), until.into()],
        )?;
        Ok(changed == 1)
    })
}

/// Marks the job as done in the transaction that holds its results; `false` if the lease was lost: then return an error, so
/// that the results are not kept twice.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn complete(tx: &mut Transaction, job: &Job, now: UtcSeconds) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE job SET state = 'done', lease_owner = NULL, lease_until = NULL, finished_at = $4, last_error = NULL
         WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'running'",
        &[job.id.into(), (&job.owner).into(), job.attempts.into(), now.into()],
    )?;
    Ok(changed == 1)
}

/// Puts the job back with a pause that doubles each time, or gives it up after [`MAX_ATTEMPTS`].
///
/// # Errors
/// [`StoreError`] of the database.
pub fn fail(tx: &mut Transaction, job: &Job, error: &str, now: UtcSeconds) -> Result<AfterFailure, StoreError> {
    let give_up = job.attempts >= MAX_ATTEMPTS;
    let run_at = UtcSeconds(now.0.saturating_add(pause_s(job.attempts)));
    let state = if give_up { "failed" } else { "queued" };
    let error: String = error.replace('\0', " ").chars().take(MAX_ERROR_CHARS).collect();
    let changed = tx.execute(
        "UPDATE job SET state = $4, lease_owner = NULL, lease_until = NULL, run_at = $5, finished_at = $6, last_error = $7
         WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'running'",
        &[
            job.id.into(),
            (&job.owner).into(),
            job.attempts.into(),
            state.into(),
            run_at.into(),
            give_up.then_some(now).into(),
            error.into(),
        ],
    )?;
    Ok(match (changed, give_up) {
        (0, _) => AfterFailure::LeaseLost,
        (_, true) => AfterFailure::GivenUp,
        (_, false) => AfterFailure::Again(run_at),
    })
}

/// A job that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedJob {
    /// Which worker gave it up.
    pub kind: String,
    /// JSON for that worker.
    pub payload: String,
    /// When.
    pub finished_at: UtcSeconds,
}

/// Every job that was given up at `since` or later, newest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_failed(tx: &mut Transaction, since: UtcSeconds) -> Result<Vec<FailedJob>, StoreError> {
    let sql = "SELECT kind, payload, finished_at FROM job WHERE state = 'failed' AND finished_at >= $1 \
               ORDER BY finished_at DESC, id DESC";
    let read = |row: &Row| {
        let (kind, payload) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
        Ok(FailedJob { kind, payload, finished_at: row.at(2)? })
    };
    tx.query(sql, &[since.into()])?.iter().map(read).collect()
}

fn pause_s(attempts: i64) -> i64 {
    let doublings = attempts.saturating_sub(1).clamp(0, 20);
    (FIRST_PAUSE_S << doublings).min(MAX_PAUSE_S)
}

/// Counts the jobs by state.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count(tx: &mut Transaction) -> Result<JobCounts, StoreError> {
    let mut counts = JobCounts::default();
    for row in tx.query("SELECT state, count(*) FROM job GROUP BY state", &[])? {
        match row.text(0)? {
            "queued" => counts.queued = row.integer(1)?,
            "running" => counts.running = row.integer(1)?,
            "done" => counts.done = row.integer(1)?,
            _ => counts.failed = row.integer(1)?,
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_an_hour() {
        let pauses: Vec<i64> = [1, 2, 3, 9, 10, i64::MAX].into_iter().map(pause_s).collect();
        assert_eq!(pauses, [10, 20, 40, 2560, 3600, 3600]);
    }
}
