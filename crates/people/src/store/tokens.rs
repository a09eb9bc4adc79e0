//! API tokens.

use ::store::{StoreError, Transaction};
use base::{ContentHash, UtcSeconds};

use super::accounts::{find_account, list_memberships, read_deed};
use super::settings::Deed;
use crate::account::AccountId;
use crate::session::{ApiGrant, SignedIn};

/// A token to be made. It is shown once and stored only as its hash.
#[derive(Debug, Clone, Copy)]
pub struct NewApiToken<'a> {
    /// What it is for.
    pub name: &'a str,
    /// The secret.
    pub token: &'a str,
    /// For whom it acts.
    pub account: AccountId,
    /// The only site it counts for.
    pub site: &'a str,
    /// Whether evidence may be handed in with it.
    pub may_write: bool,
    /// When it ends.
    pub expires_at: UtcSeconds,
}

/// A token that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Number.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// For whom it acts.
    pub account: AccountId,
    /// Whether evidence may be handed in with it.
    pub may_write: bool,
    /// When it was made.
    pub made_at: UtcSeconds,
    /// When it ends.
    pub expires_at: UtcSeconds,
    /// Last use, to the hour.
    pub used_at: Option<UtcSeconds>,
    /// When it was taken back.
    pub revoked_at: Option<UtcSeconds>,
}

/// Adds a token; returns its number.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_api_token(tx: &mut Transaction, new: &NewApiToken<'_>, now: UtcSeconds) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM api_token", &[])?.integer(0)?;
    tx.execute(
        "INSERT INTO api_token (id, token_hash, name, account, site, scope, made_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            ContentHash::of(new.token.as_bytes()).into(),
            new.name.into(),
            new.account.0.into(),
            new.site.into(),
            (if new.may_write { "write" } else { "read" }).into(),
            now.into(),
            new.expires_at.into(),
        ],
    )?;
    Ok(id)
}

/// For whom a token acts; `None` if it is unknown, over, taken back, or its account was closed.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_by_api_token(tx: &mut Transaction, token: &str, now: UtcSeconds) -> Result<Option<SignedIn>, StoreError> {
    let sql = "SELECT id, account, site, scope FROM api_token \
               WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2";
    let Some(row) = tx.find(sql, &[ContentHash::of(token.as_bytes()).into(), now.into()])? else { return Ok(None) };
    let grant = ApiGrant { id: row.integer(0)?, site: row.text(2)?.to_owned(), may_write: row.text(3)? == "write" };
    let Some(account) = find_account(tx, AccountId(row.integer(1)?))?.filter(|account| account.enabled) else {
        return Ok(None);
    };
    let memberships = list_memberships(tx, account.id)?;
    Ok(Some(SignedIn::through_token(account, grant, memberships)))
}

/// The tokens of a site, newest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_api_tokens(tx: &mut Transaction, site: &str) -> Result<Vec<ApiToken>, StoreError> {
    let rows = tx.query(
        "SELECT id, name, account, scope, made_at, expires_at, used_at, revoked_at FROM api_token WHERE site = $1 ORDER BY id DESC",
        &[site.into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(ApiToken {
                id: row.integer(0)?,
                name: row.text(1)?.to_owned(),
                account: AccountId(row.integer(2)?),
                may_write: row.text(3)? == "write",
                made_at: row.at(4)?,
                expires_at: row.at(5)?,
                used_at: row.optional_at(6)?,
                revoked_at: row.optional_at(7)?,
            })
        })
        .collect()
}

/// Takes a token back; `false` if there is none of this number at the site or it was taken back before.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn revoke_api_token(
    tx: &mut Transaction,
    site: &str,
    id: i64,
    who: &str,
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE api_token SET revoked_at = $3, revoked_by = $4 WHERE site = $1 AND id = $2 AND revoked_at IS NULL";
    Ok(tx.execute(sql, &[site.into(), id.into(), now.into(), who.into()])? == 1)
}

/// Who took a token back; `None` if there is none of this number at the site or nobody did.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_token_end(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<Deed>, StoreError> {
    let sql = "SELECT revoked_by, revoked_at FROM api_token WHERE site = $1 AND id = $2 AND revoked_at IS NOT NULL";
    tx.find(sql, &[site.into(), id.into()])?.as_ref().map(read_deed).transpose()
}

/// The token of this name that counts at a site now; `None` if there is none.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_api_token_by_name(
    tx: &mut Transaction,
    site: &str,
    name: &str,
    now: UtcSeconds,
) -> Result<Option<ApiToken>, StoreError> {
    let present = list_api_tokens(tx, site)?;
    let counts = |token: &ApiToken| token.revoked_at.is_none() && token.expires_at > now;
    Ok(present.into_iter().find(|token| token.name == name && counts(token)))
}

/// Takes back every token that acts for an account.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn revoke_tokens_of(
    tx: &mut Transaction,
    account: AccountId,
    who: &str,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    let sql = "UPDATE api_token SET revoked_at = $2, revoked_by = $3 WHERE account = $1 AND revoked_at IS NULL";
    tx.execute(sql, &[account.0.into(), now.into(), who.into()]).map(|_| ())
}

/// Takes back the tokens of an account at sites where it has no role any more: they would come back with it.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn revoke_tokens_without_role(
    tx: &mut Transaction,
    account: AccountId,
    who: &str,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    let sql = "UPDATE api_token SET revoked_at = $2, revoked_by = $3 WHERE account = $1 AND revoked_at IS NULL \
               AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.account = $1 AND m.site IN (api_token.site, '*'))";
    tx.execute(sql, &[account.0.into(), now.into(), who.into()]).map(|_| ())
}

/// The time of the last use is written at most once in so many seconds.
const TOUCH_EVERY_S: i64 = 3_600;

/// Whether the last use of a token is old enough to be written down again.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn is_token_due(tx: &mut Transaction, id: i64, now: UtcSeconds) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM api_token WHERE id = $1 AND (used_at IS NULL OR used_at <= $2)";
    Ok(tx.find(sql, &[id.into(), UtcSeconds(now.0 - TOUCH_EVERY_S).into()])?.is_some())
}

/// Notes that a token was used.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn touch_api_token(tx: &mut Transaction, id: i64, now: UtcSeconds) -> Result<(), StoreError> {
    tx.execute("UPDATE api_token SET used_at = $2 WHERE id = $1", &[id.into(), now.into()]).map(|_| ())
}
