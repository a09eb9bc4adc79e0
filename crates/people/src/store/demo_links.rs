//! Links of the demonstration: they sign in at once, and only while the demonstration runs.

use ::store::{StoreError, Transaction};
use base::{ContentHash, UtcSeconds};

use crate::account::AccountId;

/// Makes a link into the demonstration. `token` is stored only as its hash.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_demo_link(
    tx: &mut Transaction,
    token: &str,
    account: AccountId,
    expires_at: UtcSeconds,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    let hash = ContentHash::of(token.as_bytes());
    let values = [hash.into(), account.0.into(), now.into(), expires_at.into()];
    let sql = "INSERT INTO link (token_hash, purpose, account, made_by, made_at, expires_at) \
               VALUES ($1, 'demo', $2, 'mamori demo', $3, $4)";
    tx.execute(sql, &values).map(|_| ())
}

/// Ends every link into the demonstration, and the sessions of those who came by one.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn end_demo_links(tx: &mut Transaction, now: UtcSeconds) -> Result<(), StoreError> {
    let sql = "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL \
               AND account IN (SELECT account FROM link WHERE purpose = 'demo')";
    tx.execute(sql, &[now.into()])?;
    let sql = "UPDATE link SET expires_at = $1 WHERE purpose = 'demo' AND expires_at > $1";
    tx.execute(sql, &[now.into()]).map(|_| ())
}
