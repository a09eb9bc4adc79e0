//! The numbers that show that somebody watches (S003), for the page of staff and for the desk.

use ::store::{StoreError, Transaction, ledger};
use base::{Date, Lang, UtcSeconds};

use crate::snapshot;

/// What is written whenever a site was assessed.
const ASSESSED: &str = "assessment.made";
/// The field of `assessment.made` that says that machines were looked over anew: evidence of machines had come, or it was the first
/// assessment of a day. What only follows an answer or a paper is no review.
pub const REVIEW: &str = "review";
/// What is written whenever somebody, or new evidence, moved a task or an exception on.
const FOLLOWED: &[&str] =
    &["tasks.settled", "task.assigned", "exception.requested", "exception.approved", "exception.revoked"];
/// What is written whenever one of the numbers may change.
const CHANGES: &[&str] = &[
    "evidence.added",
    "assessment.made",
    "tasks.settled",
    "task.assigned",
    "exception.requested",
    "exception.approved",
    "exception.revoked",
];

/// How a site is watched, in figures that name nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watch {
    /// First evidence in which a machine said something.
    pub since: Option<UtcSeconds>,
    /// Last evidence in which a machine said something.
    pub last: Option<UtcSeconds>,
    /// Assessments this month that looked machines over anew.
    pub assessments: u64,
    /// How often tasks and exceptions were moved on this month.
    pub followed: u64,
}

/// How a site is watched.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_watch(tx: &mut Transaction, site: &str, now: UtcSeconds) -> Result<Watch, StoreError> {
    let month = month_start(now.date_jst()).start_jst();
    let span = evidence::store::find_span(tx, site)?;
    Ok(Watch {
        since: span.map(|(since, _)| since),
        last: span.map(|(_, last)| last),
        assessments: ledger::count_flagged(tx, site, ASSESSED, REVIEW, month)?,
        followed: ledger::count_entries(tx, site, FOLLOWED, month)?,
    })
}

/// Whether an assessment of now looks machines over anew: evidence of machines came since the last one, or it is the first of the day.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn is_review(tx: &mut Transaction, site: &str, now: UtcSeconds) -> Result<bool, StoreError> {
    let Some(last) = snapshot::find_head(tx, site, Lang::Ja)? else { return Ok(true) };
    if last.made_at.date_jst() != now.date_jst() {
        return Ok(true);
    }
    evidence::store::has_machine_evidence_since(tx, site, last.as_of)
}

/// A state of the ledger in which [`find_watch`] says the same as in any other that this answers alike.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_state(tx: &mut Transaction, now: UtcSeconds) -> Result<(UtcSeconds, Option<u64>), StoreError> {
    Ok((month_start(now.date_jst()).start_jst(), ledger::find_newest(tx, CHANGES)?))
}

/// The first day of the month of a day.
#[must_use]
pub fn month_start(today: Date) -> Date {
    let (_, _, day) = today.parts();
    today.plus_days(1 - i64::from(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_begins_at_midnight_in_japan() {
        let now = UtcSeconds(1_795_143_600);
        assert_eq!(month_start(now.date_jst()).start_jst().minute_jst(), "2026-11-01 00:00");
    }

    #[test]
    fn whatever_is_counted_may_change_the_numbers() {
        assert!(FOLLOWED.iter().chain([&ASSESSED]).all(|kind| CHANGES.contains(kind)));
    }
}
