//! The tables of decisions.

use ::store::ledger::Entry;
use ::store::{Row, StoreError, Transaction};

use super::bad;
use crate::decisions::{Decision, DecisionClass, DecisionState, NewDecision, Outcome, Ruling};
use base::UtcSeconds;

const COLUMNS: &str = "id, class, question, reason, options, due_on, asked_by, asked_at, state, choice, remark, \
                       decided_by, deputy_for, decided_at";

fn read_decision(row: &Row) -> Result<Decision, StoreError> {
    let text = |index| row.text(index).map(ToOwned::to_owned);
    let (class, state) = (row.text(1)?, row.text(8)?);
    let class = DecisionClass::ALL.iter().find(|(name, _)| *name == class).map(|(_, class)| *class);
    let state = DecisionState::ALL.iter().find(|(name, _)| *name == state).map(|(_, state)| *state);
    Ok(Decision {
        id: row.integer(0)?,
        class: class.ok_or_else(|| bad(1, "a class"))?,
        question: text(2)?,
        reason: text(3)?,
        options: serde_json::from_str(row.text(4)?).map_err(|_| bad(4, "a list"))?,
        due_on: row.text(5)?.parse().map_err(|_| bad(5, "a date"))?,
        asked_by: text(6)?,
        asked_at: row.at(7)?,
        state: state.ok_or_else(|| bad(8, "a state"))?,
        choice: text(9)?,
        remark: text(10)?,
        decided_by: text(11)?,
        deputy_for: text(12)?,
        decided_at: row.optional_at(13)?,
    })
}

pub(crate) fn add_decision(
    tx: &mut Transaction,
    site: &str,
    new: &NewDecision,
    now: UtcSeconds,
) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM decision", &[])?.integer(0)?;
    tx.execute(
        "INSERT INTO decision (id, site, class, question, reason, options, due_on, asked_by, asked_at, state, choice, remark, \
         decided_by, deputy_for) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', '', '', '', '')",
        &[
            id.into(),
            site.into(),
            new.class.name().into(),
            (&new.question).into(),
            (&new.reason).into(),
            serde_json::json!(new.options).to_string().into(),
            new.due_on.to_string().into(),
            (&new.asked_by).into(),
            now.into(),
        ],
    )?;
    Ok(id)
}

/// Ends a waiting decision; `false` if it does not wait.
pub(crate) fn close_decision(
    tx: &mut Transaction,
    id: i64,
    ruling: &Ruling,
    who: &str,
    deputy_for: &str,
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE decision SET state = $2, choice = $3, remark = $4, decided_by = $5, deputy_for = $6, decided_at = $7 \
         WHERE id = $1 AND state = 'waiting'",
        &[
            id.into(),
            ruling.outcome.name().into(),
            (&ruling.choice).into(),
            (&ruling.remark).into(),
            who.into(),
            deputy_for.into(),
            now.into(),
        ],
    )?;
    Ok(changed == 1)
}

/// One decision of a site.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_decision(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<Decision>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM decision WHERE site = $1 AND id = $2");
    tx.find(&sql, &[site.into(), id.into()])?.as_ref().map(read_decision).transpose()
}

/// Every decision of a site, newest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_decisions(tx: &mut Transaction, site: &str) -> Result<Vec<Decision>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM decision WHERE site = $1 ORDER BY id DESC");
    tx.query(&sql, &[site.into()])?.iter().map(read_decision).collect()
}

/// How many exceptions and other decisions wait at a site.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_waiting(tx: &mut Transaction, site: &str) -> Result<u64, StoreError> {
    let sql = "SELECT (SELECT COUNT(*) FROM exception WHERE site = $1 AND state = 'requested') \
               + (SELECT COUNT(*) FROM decision WHERE site = $1 AND state = 'waiting')";
    tx.get(sql, &[site.into()])?.count(0)
}

/// Keeps what who decided about an exception remarked.
pub(crate) fn add_ruling(
    tx: &mut Transaction,
    exception: i64,
    outcome: Outcome,
    remark: &str,
    deputy_for: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO exception_ruling (exception, outcome, remark, deputy_for) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (exception) DO UPDATE SET outcome = excluded.outcome, remark = excluded.remark, deputy_for = excluded.deputy_for",
        &[exception.into(), outcome.name().into(), remark.into(), deputy_for.into()],
    )?;
    Ok(())
}

/// What who decided about an exception remarked, and in whose place; `None` if it was not decided in the office.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_ruling(tx: &mut Transaction, exception: i64) -> Result<Option<(String, String)>, StoreError> {
    let sql = "SELECT remark, deputy_for FROM exception_ruling WHERE exception = $1";
    let row = tx.find(sql, &[exception.into()])?;
    row.map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).transpose()
}

/// Whether an attempt of this person to decide this was denied today, and the ledger says so.
pub(crate) fn was_denied(
    tx: &mut Transaction,
    site: &str,
    who: &str,
    (name, id): (&str, i64),
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    let sql = "SELECT canonical FROM ledger_entry WHERE kind = 'decision.denied' AND at >= $1";
    let rows = tx.query(sql, &[now.date_jst().start_jst().into()])?;
    Ok(rows.iter().filter_map(|row| Entry::parse(row.text(0).ok()?).ok()).any(|entry| {
        entry.site == site && entry.who == who && entry.body.get(name).and_then(serde_json::Value::as_i64) == Some(id)
    }))
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Decision,
    Exception,
}

impl Asked {
    /// The name of the table, and of the number in the ledger.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Exception => "exception",
        }
    }
}

/// Keeps which account asked; `None` if it was none.
pub(crate) fn put_asker(tx: &mut Transaction, asked: Asked, id: i64, account: Option<i64>) -> Result<(), StoreError> {
    let Some(account) = account else { return Ok(()) };
    let sql = format!("UPDATE {} SET asked_account = $2 WHERE id = $1", asked.name());
    tx.execute(&sql, &[id.into(), account.into()]).map(|_| ())
}

/// Which account asked; `None` if it was none.
pub(crate) fn find_asker(tx: &mut Transaction, asked: Asked, id: i64) -> Result<Option<i64>, StoreError> {
    let sql = format!("SELECT asked_account FROM {} WHERE id = $1 AND asked_account IS NOT NULL", asked.name());
    tx.find(&sql, &[id.into()])?.map(|row| row.integer(0)).transpose()
}
