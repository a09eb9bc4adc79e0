//! Failed attempts, and browsers that are known.

use ::store::{StoreError, Transaction};
use base::{ContentHash, UtcSeconds};

use crate::account::AccountId;
use crate::throttle::{ADDRESS_WINDOW_S, Attempts, LONGEST_WAIT_S, Source, WINDOW_S};

/// A browser stays known for so many days after its last sign-in.
pub const DEVICE_DAYS: i64 = 400;
/// Failures looked at; more change nothing about the wait.
const MOST_ATTEMPTS: i64 = 100;

/// Which of the browser's tokens this account knows.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_device(
    tx: &mut Transaction,
    account: AccountId,
    tokens: &[&str],
    now: UtcSeconds,
) -> Result<Option<ContentHash>, StoreError> {
    for token in tokens {
        let hash = ContentHash::of(token.as_bytes());
        let sql = "SELECT 1 FROM known_device WHERE token_hash = $1 AND account = $2 AND seen_at > $3";
        if tx.find(sql, &[hash.into(), account.0.into(), now.plus_days(-DEVICE_DAYS).into()])?.is_some() {
            return Ok(Some(hash));
        }
    }
    Ok(None)
}

/// Makes a browser known to an account.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_device(tx: &mut Transaction, account: AccountId, token: &str, now: UtcSeconds) -> Result<(), StoreError> {
    let sql = "INSERT INTO known_device (token_hash, account, since, seen_at) VALUES ($1, $2, $3, $3)";
    tx.execute(sql, &[ContentHash::of(token.as_bytes()).into(), account.0.into(), now.into()]).map(|_| ())
}

/// Notes that a known browser signed in again.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn touch_device(tx: &mut Transaction, device: ContentHash, now: UtcSeconds) -> Result<(), StoreError> {
    tx.execute("UPDATE known_device SET seen_at = $2 WHERE token_hash = $1", &[device.into(), now.into()]).map(|_| ())
}

/// Forgets every browser of an account.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn forget_devices(tx: &mut Transaction, account: AccountId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM known_device WHERE account = $1", &[account.0.into()]).map(|_| ())
}

/// The newest failures that count for a login from a source.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_attempts(
    tx: &mut Transaction,
    login: &str,
    source: &Source,
    now: UtcSeconds,
) -> Result<Attempts, StoreError> {
    let since = UtcSeconds(now.0 - WINDOW_S);
    let sql = "SELECT at FROM failed_attempt WHERE login = $1 AND source = $2 AND at > $3 ORDER BY at DESC LIMIT $4";
    let rows = tx.query(sql, &[login.into(), source.name().into(), since.into(), MOST_ATTEMPTS.into()])?;
    let of_source = rows.iter().map(|row| row.at(0)).collect::<Result<_, _>>()?;
    let of_address = match source {
        Source::KnownDevice(_) => Vec::new(),
        Source::Address(_) => {
            let sql = "SELECT at FROM failed_attempt WHERE source = $1 AND at > $2 ORDER BY at DESC LIMIT $3";
            let since = UtcSeconds(now.0 - ADDRESS_WINDOW_S);
            let rows = tx.query(sql, &[source.name().into(), since.into(), MOST_ATTEMPTS.into()])?;
            rows.iter().map(|row| row.at(0)).collect::<Result<_, _>>()?
        }
    };
    Ok(Attempts { of_source, of_address })
}

/// Notes an attempt, before it is known whether it fails; returns its number.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_attempt(tx: &mut Transaction, login: &str, source: &Source, now: UtcSeconds) -> Result<i64, StoreError> {
    let over = UtcSeconds(now.0 - WINDOW_S - LONGEST_WAIT_S);
    tx.execute("DELETE FROM failed_attempt WHERE at < $1", &[over.into()])?;
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM failed_attempt", &[])?.integer(0)?;
    let sql = "INSERT INTO failed_attempt (id, login, source, at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, &[id.into(), login.into(), source.name().into(), now.into()])?;
    Ok(id)
}

/// Takes an attempt back that did not fail.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn remove_attempt(tx: &mut Transaction, id: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM failed_attempt WHERE id = $1", &[id.into()]).map(|_| ())
}

/// Forgets the failures of a login from a source, after somebody signed in.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn clear_attempts(tx: &mut Transaction, login: &str, source: &Source) -> Result<(), StoreError> {
    let sql = "DELETE FROM failed_attempt WHERE login = $1 AND source = $2";
    tx.execute(sql, &[login.into(), source.name().into()]).map(|_| ())
}
