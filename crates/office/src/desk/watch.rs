//! The numbers that show that somebody watches (seed 000, S003): for the desk, the staff page, and whoever asks.

use ::store::{StoreError, Transaction};
use base::{Date, UtcSeconds};
use governance::snapshot::Head;

use super::store as tables;

/// How long and how lately a site is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watch {
    /// When the first evidence came; `None` before it.
    pub(crate) monitored_since: Option<UtcSeconds>,
    /// When the last evidence came.
    pub(crate) last_collection: Option<UtcSeconds>,
    /// Machines, accounts, connections, documents and answers of which something was observed this month.
    pub(crate) reviewed_this_month: usize,
}

/// Reads the numbers of a site; `head` is what its last assessment left.
///
/// # Errors
/// [`StoreError`] of the database.
pub(crate) fn watch(
    tx: &mut Transaction,
    site: &str,
    head: Option<&Head>,
    now: UtcSeconds,
) -> Result<Watch, StoreError> {
    let (year, month, _) = now.date_jst().parts();
    let first = Date::new(year, month, 1).unwrap_or_else(|_| now.date_jst());
    let (monitored_since, last_collection) = tables::find_collections(tx, site)?;
    let reviewed_this_month = head.map_or(0, |head| head.count_observed(first, now.date_jst()));
    Ok(Watch { monitored_since, last_collection, reviewed_this_month })
}
