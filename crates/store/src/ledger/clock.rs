//! Whether time ran backwards between entries: then the clock of a machine was set back, or somebody dated entries.

use super::as_i64;
use crate::database::Transaction;
use crate::error::StoreError;

/// Nodes of one installation may disagree by so much, in seconds.
const TOLERATED_S: i64 = 300;

/// An entry that is dated before its predecessor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepBack {
    /// Its index.
    pub seq: u64,
    /// By how many seconds.
    pub by_s: i64,
}

/// The entries from `from` on that are dated more than five minutes before their predecessor, in order.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_steps_back(tx: &mut Transaction, from: u64) -> Result<Vec<StepBack>, StoreError> {
    let (mut found, mut last) = (Vec::new(), None);
    let sql = "SELECT seq, at FROM ledger_entry WHERE seq >= $1 ORDER BY seq";
    tx.query_each(sql, &[as_i64(from).into()], |row| {
        let (seq, at) = (row.count(0)?, row.integer(1)?);
        let by_s = last.map_or(0, |last: i64| last.saturating_sub(at));
        if by_s > TOLERATED_S {
            found.push(StepBack { seq, by_s });
        }
        last = Some(at);
        Ok::<_, StoreError>(())
    })?;
    Ok(found)
}
