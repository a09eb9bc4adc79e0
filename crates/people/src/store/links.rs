//! Links that open once, and sign-ins on their way.

use ::store::{StoreError, Transaction};
use base::{ContentHash, Secret, UtcSeconds};

use super::accounts::bad;
use crate::account::AccountId;
use crate::link::Purpose;

/// A link to be made. `token` is shown once and stored only as its hash.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// The secret in the address.
    pub token: &'a str,
    /// What it is for.
    pub purpose: Purpose,
    /// For whom.
    pub account: AccountId,
    /// Who made it.
    pub made_by: &'a str,
}

/// A link that still opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// For whom.
    pub account: AccountId,
    /// When it stops.
    pub expires_at: UtcSeconds,
}

/// Makes a link, and closes those made for the account before; returns when it stops.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_link(tx: &mut Transaction, new: &NewLink<'_>, now: UtcSeconds) -> Result<UtcSeconds, StoreError> {
    close_links(tx, new.account, now)?;
    let expires_at = UtcSeconds(now.0 + new.purpose.lasts_hours() * 3_600);
    tx.execute(
        "INSERT INTO link (token_hash, purpose, account, made_by, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            ContentHash::of(new.token.as_bytes()).into(),
            new.purpose.name().into(),
            new.account.0.into(),
            new.made_by.into(),
            now.into(),
            expires_at.into(),
        ],
    )?;
    Ok(expires_at)
}

/// Who ever made a link for an account, as the ledger names them, each once.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_link_makers(tx: &mut Transaction, account: AccountId) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT made_by FROM link WHERE account = $1 ORDER BY made_by";
    tx.query(sql, &[account.0.into()])?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Closes every link of an account that was not used.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn close_links(tx: &mut Transaction, account: AccountId, now: UtcSeconds) -> Result<(), StoreError> {
    let sql = "UPDATE link SET used_at = $2 WHERE account = $1 AND used_at IS NULL";
    tx.execute(sql, &[account.0.into(), now.into()]).map(|_| ())
}

/// Ends every session, every link and every sign-in on its way: a backup that is restored brings back what was ended since.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn end_every_way_in(tx: &mut Transaction, now: UtcSeconds) -> Result<(), StoreError> {
    tx.execute("UPDATE session SET ended_at = $1 WHERE ended_at IS NULL", &[now.into()])?;
    tx.execute("UPDATE link SET used_at = $1 WHERE used_at IS NULL", &[now.into()])?;
    tx.execute("DELETE FROM sign_in_step", &[]).map(|_| ())
}

/// The link of this token; `None` if there is none, it was used, or its time is over.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_link(tx: &mut Transaction, token: &str, now: UtcSeconds) -> Result<Option<Link>, StoreError> {
    let sql =
        "SELECT purpose, account, expires_at FROM link WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    let Some(row) = tx.find(sql, &[ContentHash::of(token.as_bytes()).into(), now.into()])? else { return Ok(None) };
    Ok(Some(Link {
        purpose: Purpose::of_name(row.text(0)?).ok_or_else(|| bad(0, "a purpose"))?,
        account: AccountId(row.integer(1)?),
        expires_at: row.at(2)?,
    }))
}

/// Uses a link up; `false` if it does not open any more.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn use_link(tx: &mut Transaction, token: &str, now: UtcSeconds) -> Result<bool, StoreError> {
    let sql = "UPDATE link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    Ok(tx.execute(sql, &[ContentHash::of(token.as_bytes()).into(), now.into()])? == 1)
}

/// What is still missing before somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// A code of the authenticator they have.
    Code,
    /// A code of the authenticator that is being set up with this secret.
    Enrol(Secret<String>),
}

/// A sign-in on its way: the password was right, or a link was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub account: AccountId,
    /// What is missing.
    pub stage: Stage,
    /// Where to go afterwards: a path of ours.
    pub next: String,
}

/// A sign-in may take this long between its pages, in seconds.
pub const STEP_S: i64 = 15 * 60;

/// Keeps a step under the token that the browser holds.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_step(tx: &mut Transaction, token: &str, step: &Step, now: UtcSeconds) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sign_in_step WHERE expires_at <= $1", &[now.into()])?;
    let (stage, secret) = match &step.stage {
        Stage::Code => ("code", ""),
        Stage::Enrol(secret) => ("enrol", secret.expose().as_str()),
    };
    tx.execute(
        "INSERT INTO sign_in_step (token_hash, account, stage, totp_secret, next, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            ContentHash::of(token.as_bytes()).into(),
            step.account.0.into(),
            stage.into(),
            secret.into(),
            (&step.next).into(),
            UtcSeconds(now.0 + STEP_S).into(),
        ],
    )?;
    Ok(())
}

/// The step of this token; `None` if there is none or it took too long.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_step(tx: &mut Transaction, token: &str, now: UtcSeconds) -> Result<Option<Step>, StoreError> {
    let sql = "SELECT account, stage, totp_secret, next FROM sign_in_step WHERE token_hash = $1 AND expires_at > $2";
    let Some(row) = tx.find(sql, &[ContentHash::of(token.as_bytes()).into(), now.into()])? else { return Ok(None) };
    let stage = match row.text(1)? {
        "enrol" => Stage::Enrol(Secret::new(row.text(2)?.to_owned())),
        _ => Stage::Code,
    };
    Ok(Some(Step { account: AccountId(row.integer(0)?), stage, next: row.text(3)?.to_owned() }))
}

/// Ends a step; `false` if it was ended before.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn end_step(tx: &mut Transaction, token: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM sign_in_step WHERE token_hash = $1";
    Ok(tx.execute(sql, &[ContentHash::of(token.as_bytes()).into()])? == 1)
}

/// Ends every step of an account.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn end_steps(tx: &mut Transaction, account: AccountId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sign_in_step WHERE account = $1", &[account.0.into()]).map(|_| ())
}
