//! Settings of a site, and who changed an account last.

use ::store::{StoreError, Transaction};
use base::UtcSeconds;

use crate::account::AccountId;

/// Key of the setting that says who changed the settings of the site last.
pub const SETTINGS_CHANGED_BY: &str = "changed_by";

/// A setting of a site; `None` if it was never set.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_setting(tx: &mut Transaction, site: &str, key: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT value FROM site_setting WHERE site = $1 AND key = $2";
    tx.find(sql, &[site.into(), key.into()])?.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

/// Sets a setting of a site.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn put_setting(tx: &mut Transaction, site: &str, key: &str, value: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO site_setting (site, key, value) VALUES ($1, $2, $3) \
               ON CONFLICT (site, key) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &[site.into(), key.into(), value.into()]).map(|_| ())
}

/// The last change of an account by somebody who administers it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Counts the changes; 0: none yet.
    pub version: i64,
    /// Who made the last one.
    pub who: String,
    /// When.
    pub at: UtcSeconds,
}

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// As the ledger names them; empty if it was not kept.
    pub who: String,
    /// When.
    pub at: UtcSeconds,
}

/// The last change of an account.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_change(tx: &mut Transaction, account: AccountId) -> Result<Change, StoreError> {
    let sql = "SELECT version, who, at FROM account_change WHERE account = $1";
    let Some(row) = tx.find(sql, &[account.0.into()])? else { return Ok(Change::default()) };
    Ok(Change { version: row.integer(0)?, who: row.text(1)?.to_owned(), at: row.at(2)? })
}

/// Counts a change of an account.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn note_change(tx: &mut Transaction, account: AccountId, who: &str, now: UtcSeconds) -> Result<(), StoreError> {
    let version = find_change(tx, account)?.version + 1;
    let sql = "INSERT INTO account_change (account, version, who, at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (account) DO UPDATE SET version = excluded.version, who = excluded.who, at = excluded.at";
    tx.execute(sql, &[account.0.into(), version.into(), who.into(), now.into()]).map(|_| ())
}
