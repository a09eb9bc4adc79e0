//! Sessions.

use ::store::{Row, StoreError, Transaction};
use base::{ContentHash, UtcSeconds};

use super::accounts::{find_account, list_deputies, list_memberships};
use crate::account::AccountId;
use crate::session::{Session, SignedIn};

/// A new session. `token` goes to the browser and is stored only as its hash.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// Who.
    pub account: AccountId,
    /// The secret in the cookie.
    pub token: &'a str,
    /// The secret in the forms.
    pub csrf: &'a str,
    /// What the browser calls itself.
    pub device: &'a str,
    /// Where it comes from.
    pub address: &'a str,
}

/// Longest description of a browser, in characters.
const MAX_DEVICE_CHARS: usize = 160;
/// The time of the last request is written at most once in so many seconds.
const TOUCH_EVERY_S: i64 = 60;

/// Opens a session and notes the sign-in; returns its number.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_session(tx: &mut Transaction, new: &NewSession<'_>, now: UtcSeconds) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM session", &[])?.integer(0)?;
    let device: String = new.device.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_CHARS).collect();
    tx.execute(
        "INSERT INTO session (id, token_hash, account, csrf, device, address, created_at, seen_at, proved_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7)",
        &[
            id.into(),
            ContentHash::of(new.token.as_bytes()).into(),
            new.account.0.into(),
            new.csrf.into(),
            device.into(),
            new.address.into(),
            now.into(),
        ],
    )?;
    tx.execute(
        "UPDATE account SET last_seen_at = $2, first_seen_at = COALESCE(first_seen_at, $2) WHERE id = $1",
        &[new.account.0.into(), now.into()],
    )?;
    Ok(id)
}

const COLUMNS: &str = "id, csrf, device, address, created_at, seen_at, proved_at, account";

fn read_session(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: row.integer(0)?,
        csrf: row.text(1)?.to_owned(),
        device: row.text(2)?.to_owned(),
        address: row.text(3)?.to_owned(),
        created_at: row.at(4)?,
        seen_at: row.at(5)?,
        proved_at: row.at(6)?,
    })
}

/// Who the token of a cookie belongs to; `None` if the session ended, grew too old, or the account was closed.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_signed_in(tx: &mut Transaction, token: &str, now: UtcSeconds) -> Result<Option<SignedIn>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM session WHERE token_hash = $1 AND ended_at IS NULL");
    let Some(row) = tx.find(&sql, &[ContentHash::of(token.as_bytes()).into()])? else { return Ok(None) };
    let session = read_session(&row)?;
    let Some(account) = find_account(tx, AccountId(row.integer(7)?))? else { return Ok(None) };
    if !session.is_alive(now) || !account.enabled {
        return Ok(None);
    }
    let memberships = list_memberships(tx, account.id)?;
    let deputies = list_deputies(tx, Some(account.id))?.into_iter().map(|(_, deputy)| deputy).collect();
    Ok(Some(SignedIn::new(account, Some(session), memberships, deputies)))
}

/// Whether the last request of a session is old enough to be written down again.
#[must_use]
pub const fn is_due(session: &Session, now: UtcSeconds) -> bool {
    now.0 - session.seen_at.0 >= TOUCH_EVERY_S
}

/// Notes a request.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn touch_session(tx: &mut Transaction, id: i64, now: UtcSeconds) -> Result<(), StoreError> {
    tx.execute("UPDATE session SET seen_at = $2 WHERE id = $1", &[id.into(), now.into()])?;
    Ok(())
}

/// Ends one session of an account; `false` if there is none.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn end_session(tx: &mut Transaction, account: AccountId, id: i64, now: UtcSeconds) -> Result<bool, StoreError> {
    let sql = "UPDATE session SET ended_at = $3 WHERE account = $1 AND id = $2 AND ended_at IS NULL";
    Ok(tx.execute(sql, &[account.0.into(), id.into(), now.into()])? == 1)
}

/// Ends every session of an account but `keep`; returns how many.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn end_sessions(
    tx: &mut Transaction,
    account: AccountId,
    keep: Option<i64>,
    now: UtcSeconds,
) -> Result<u64, StoreError> {
    let sql = "UPDATE session SET ended_at = $3 WHERE account = $1 AND id <> $2 AND ended_at IS NULL";
    tx.execute(sql, &[account.0.into(), keep.unwrap_or(0).into(), now.into()])
}

/// The sessions of an account that still count, newest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_sessions(tx: &mut Transaction, account: AccountId, now: UtcSeconds) -> Result<Vec<Session>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM session WHERE account = $1 AND ended_at IS NULL ORDER BY seen_at DESC, id DESC");
    let mut sessions: Vec<Session> =
        tx.query(&sql, &[account.0.into()])?.iter().map(read_session).collect::<Result<_, _>>()?;
    sessions.retain(|session| session.is_alive(now));
    Ok(sessions)
}
