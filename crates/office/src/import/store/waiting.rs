//! Ledgers that wait, whatever they were handed in with.

use ::store::{StoreError, Transaction};

use super::number;

/// Batch and position of the ledgers of a site that wait for a decision, oldest first.
pub(in crate::import) fn list_waiting(
    tx: &mut Transaction,
    site: &str,
    limit: usize,
) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = "SELECT i.batch, i.position FROM import_item i JOIN import_batch b ON b.id = i.batch \
               WHERE b.site = $1 AND i.state = 'previewed' AND i.decision = '' ORDER BY i.batch, i.position LIMIT $2";
    tx.query(sql, &[site.into(), number(limit)])?.iter().map(|row| Ok((row.integer(0)?, row.integer(1)?))).collect()
}
