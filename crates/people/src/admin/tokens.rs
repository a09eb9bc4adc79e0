//! With which programs read or hand in evidence.

use ::store::ledger::Recording;
use base::UtcSeconds;
use serde_json::json;

use super::{Actor, AdminError};
use crate::account::AccountId;
use crate::store as tables;
use crate::store::{Deed, NewApiToken};

/// How long a token lasts, in days: from 1 to [`TokenDays::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenDays(i64);

impl TokenDays {
    /// A year: what nobody renews is used by nobody.
    pub const MAX: i64 = 365;

    /// # Errors
    /// [`TokenDaysError`] if it is no day or more than a year.
    pub fn new(days: i64) -> Result<Self, TokenDaysError> {
        if (1..=Self::MAX).contains(&days) { Ok(Self(days)) } else { Err(TokenDaysError { days }) }
    }
}

/// A number of days that no token lasts.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{days} days are outside 1..=365")]
pub struct TokenDaysError {
    days: i64,
}

/// A token to be made at the actor's site.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// What it is for; no two that count have the same at one site.
    pub name: &'a str,
    /// The secret.
    pub token: &'a str,
    /// For whom it acts.
    pub account: AccountId,
    /// Whether evidence may be handed in with it.
    pub may_write: bool,
    /// How long it lasts.
    pub days: TokenDays,
}

/// Makes a token; returns when it ends.
///
/// # Errors
/// [`AdminError::TokenNameTaken`] if one of this name counts here.
pub fn make_token(tx: &mut Recording<'_>, new: &NewToken<'_>, actor: Actor<'_>) -> Result<UtcSeconds, AdminError> {
    if let Some(present) = tables::find_api_token_by_name(tx, actor.site, new.name, actor.now)? {
        let owner = tables::find_account(tx, present.account)?.map(|account| account.who());
        return Err(AdminError::TokenNameTaken(Deed { who: owner.unwrap_or_default(), at: present.made_at }));
    }
    let expires_at = actor.now.plus_days(new.days.0);
    let row = NewApiToken {
        name: new.name,
        token: new.token,
        account: new.account,
        site: actor.site,
        may_write: new.may_write,
        expires_at,
    };
    let id = tables::add_api_token(tx, &row, actor.now)?;
    let scope = if new.may_write { "write" } else { "read" };
    let body = json!({ "number": id, "name": new.name, "scope": scope, "until": expires_at.rfc3339() });
    actor.record(tx, "api_token.made", &body)?;
    Ok(expires_at)
}

/// Takes a token of the actor's site back.
///
/// # Errors
/// [`AdminError::TokenEnded`] if somebody was faster, [`AdminError::Unknown`] if there is none of this number here.
pub fn end_token(tx: &mut Recording<'_>, id: i64, actor: Actor<'_>, why: &str) -> Result<(), AdminError> {
    if !tables::revoke_api_token(tx, actor.site, id, actor.who, actor.now)? {
        let ended = tables::find_token_end(tx, actor.site, id)?;
        return Err(ended.map_or(AdminError::Unknown, AdminError::TokenEnded));
    }
    actor.record(tx, "api_token.revoked", &json!({ "number": id, "why": why }))?;
    Ok(())
}
