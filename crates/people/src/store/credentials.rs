//! How somebody proves who they are.

use ::store::{StoreError, Transaction};
use base::{ContentHash, Secret, UtcSeconds};

use super::accounts::find_account;
use crate::account::AccountId;

/// What an account proves itself with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The hash of the password; empty if there is none yet.
    pub password_hash: String,
    /// The secret of the authenticator; empty if there is none yet.
    pub totp_secret: Secret<String>,
    /// The last step whose code was accepted.
    pub totp_last: i64,
    /// Last change.
    pub changed_at: UtcSeconds,
}

impl Credential {
    /// Whether an authenticator belongs to the account.
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        !self.totp_secret.expose().is_empty()
    }
}

/// What the account proves itself with; `None` if nothing was set yet.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_credential(tx: &mut Transaction, account: AccountId) -> Result<Option<Credential>, StoreError> {
    let sql = "SELECT password_hash, totp_secret, totp_last, changed_at FROM credential WHERE account = $1";
    let Some(row) = tx.find(sql, &[account.0.into()])? else { return Ok(None) };
    Ok(Some(Credential {
        password_hash: row.text(0)?.to_owned(),
        totp_secret: Secret::new(row.text(1)?.to_owned()),
        totp_last: row.integer(2)?,
        changed_at: row.at(3)?,
    }))
}

/// What an account that may sign in proves itself with, if its password is still the one of this hash; else `None`.
/// Comparing a password takes long, and a link may have been used meanwhile: whoever writes because of it asks this first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_credential_still(
    tx: &mut Transaction,
    account: AccountId,
    password_hash: &str,
) -> Result<Option<Credential>, StoreError> {
    if !find_account(tx, account)?.is_some_and(|account| account.enabled) {
        return Ok(None);
    }
    let found = find_credential(tx, account)?;
    Ok(found.filter(|credential| credential.password_hash == password_hash && !password_hash.is_empty()))
}

/// Sets the password.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn put_password(tx: &mut Transaction, account: AccountId, hash: &str, now: UtcSeconds) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO credential (account, password_hash, totp_secret, totp_last, changed_at) VALUES ($1, $2, '', 0, $3) \
         ON CONFLICT (account) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at",
        &[account.0.into(), hash.into(), now.into()],
    )?;
    Ok(())
}

/// Sets the authenticator, whose code of `step` was just shown.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn put_totp(
    tx: &mut Transaction,
    account: AccountId,
    secret: &Secret<String>,
    step: i64,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO credential (account, password_hash, totp_secret, totp_last, changed_at) VALUES ($1, '', $2, $3, $4) \
         ON CONFLICT (account) DO UPDATE SET totp_secret = excluded.totp_secret, totp_last = excluded.totp_last, \
         changed_at = excluded.changed_at",
        &[account.0.into(), secret.expose().into(), step.into(), now.into()],
    )?;
    Ok(())
}

/// Takes the authenticator and the codes on paper away.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn remove_second_factor(tx: &mut Transaction, account: AccountId, now: UtcSeconds) -> Result<(), StoreError> {
    let sql = "UPDATE credential SET totp_secret = '', totp_last = 0, changed_at = $2 WHERE account = $1";
    tx.execute(sql, &[account.0.into(), now.into()])?;
    tx.execute("DELETE FROM recovery_code WHERE account = $1", &[account.0.into()])?;
    Ok(())
}

/// Notes that the code of `step` was shown; `false` if it or a later one was accepted before.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn accept_totp(tx: &mut Transaction, account: AccountId, step: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE credential SET totp_last = $2 WHERE account = $1 AND totp_last < $2 AND totp_secret <> ''";
    Ok(tx.execute(sql, &[account.0.into(), step.into()])? == 1)
}

/// Puts new codes in the place of all old ones.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn replace_recovery_codes(
    tx: &mut Transaction,
    account: AccountId,
    hashes: &[ContentHash],
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM recovery_code WHERE account = $1", &[account.0.into()])?;
    for hash in hashes {
        let sql = "INSERT INTO recovery_code (account, hash) VALUES ($1, $2)";
        tx.execute(sql, &[account.0.into(), (*hash).into()])?;
    }
    Ok(())
}

/// Uses a code up; `false` if it is none of this account or was used before.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn use_recovery_code(
    tx: &mut Transaction,
    account: AccountId,
    hash: ContentHash,
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    let sql = "UPDATE recovery_code SET used_at = $3 WHERE account = $1 AND hash = $2 AND used_at IS NULL";
    Ok(tx.execute(sql, &[account.0.into(), hash.into(), now.into()])? == 1)
}

/// How many codes are left.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_recovery_codes(tx: &mut Transaction, account: AccountId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL";
    tx.get(sql, &[account.0.into()])?.count(0)
}
