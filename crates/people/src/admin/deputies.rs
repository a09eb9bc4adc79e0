//! Who decides for somebody else, and on which days.

use ::store::ledger::Recording;
use base::UtcSeconds;
use serde_json::json;

use super::roles::NOT_BESIDE_EXECUTIVE;
use super::{Actor, AdminError};
use crate::EVERYWHERE;
use crate::account::Account;
use crate::role::{Role, RoleSet};
use crate::session::Deputy;
use crate::store as tables;

/// Longest stretch a deputy is appointed for, in days.
pub const MAX_DEPUTY_DAYS: i64 = 92;

/// Why somebody can't be a deputy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDeputy {
    /// The role has none.
    #[error("the role can't be handed over")]
    Role,
    /// The days make no sense: in the past, the wrong way round, or too many.
    #[error("the days make no sense")]
    Days,
    /// A vendor decides nothing of the hospital's, and the IT desk does not decide for the executives (seed 001, S220).
    #[error("a vendor or, for executives, the IT desk")]
    NotTheirs,
    /// Holds the role already, or is nobody at this site.
    #[error("holds the role or is nobody here")]
    Person,
}

/// Appoints a deputy; returns the number.
///
/// # Errors
/// [`AdminError::NoDeputy`] says which rule is against it; [`AdminError::SameDeputy`] if they are deputy on one of these days.
pub fn appoint_deputy(
    tx: &mut Recording<'_>,
    account: &Account,
    deputy: &Deputy,
    actor: Actor<'_>,
    why: &str,
) -> Result<i64, AdminError> {
    let memberships = tables::list_memberships(tx, account.id)?;
    let here = memberships.iter().filter(|(site, _)| *site == deputy.site || site == EVERYWHERE);
    let held = here.fold(RoleSet::NONE, |set, (_, role)| set.with(*role));
    may_be_deputy(held, account, deputy, actor.now).map_err(AdminError::NoDeputy)?;
    // The two seats that nobody holds at once are not filled by one person for a time either.
    for (_, other) in tables::list_deputies(tx, Some(account.id))? {
        let is_here = other.site == deputy.site || other.site == EVERYWHERE || deputy.site == EVERYWHERE;
        let overlaps = other.starts_on <= deputy.ends_on && deputy.starts_on <= other.ends_on;
        if is_here && overlaps && other.role != deputy.role {
            return Err(AdminError::NoDeputy(NoDeputy::NotTheirs));
        }
    }
    if let Some(same) = tables::find_same_deputy(tx, account.id, deputy)? {
        return Err(AdminError::SameDeputy(same));
    }
    // As for whoever is given the role: a link made before opens nothing that comes with it.
    tables::close_links(tx, account.id, actor.now)?;
    let id = tables::add_deputy(tx, account.id, deputy, why, actor.now)?;
    let body = json!({ "number": id, "login": account.login.as_str(), "role": deputy.role.name(), "from": deputy.starts_on.to_string(), "to": deputy.ends_on.to_string(), "why": why });
    actor.record(tx, "deputy.appointed", &body)?;
    Ok(id)
}

/// Whether somebody who holds these roles may be this deputy.
///
/// # Errors
/// [`NoDeputy`].
pub fn may_be_deputy(held: RoleSet, account: &Account, deputy: &Deputy, now: UtcSeconds) -> Result<(), NoDeputy> {
    if !deputy.role.can_have_deputy() {
        return Err(NoDeputy::Role);
    }
    let days = deputy.ends_on.days_since(deputy.starts_on);
    if deputy.starts_on < now.date_jst() || !(0..MAX_DEPUTY_DAYS).contains(&days) {
        return Err(NoDeputy::Days);
    }
    if held.is_empty() || held.has(deputy.role) || !account.enabled {
        return Err(NoDeputy::Person);
    }
    let not_beside =
        if deputy.role == Role::Executive { NOT_BESIDE_EXECUTIVE } else { RoleSet::of(&[Role::Executive]) };
    let is_desk = held.has_any(not_beside);
    let is_foreign = held.has(Role::Vendor) || held.has(Role::GroupOperator) || !account.vendor.is_empty();
    if is_desk || is_foreign || held.has(Role::Auditor) { Err(NoDeputy::NotTheirs) } else { Ok(()) }
}

/// Ends a deputyship at the actor's site.
///
/// # Errors
/// [`AdminError::DeputyEnded`] if somebody was faster, [`AdminError::Unknown`] if there is none of this number here.
pub fn end_deputy(tx: &mut Recording<'_>, id: i64, actor: Actor<'_>, why: &str) -> Result<(), AdminError> {
    if !tables::revoke_deputy(tx, actor.site, id, actor.who, actor.now)? {
        let ended = tables::find_deputy_end(tx, actor.site, id)?;
        return Err(ended.map_or(AdminError::Unknown, AdminError::DeputyEnded));
    }
    actor.record(tx, "deputy.revoked", &json!({ "number": id, "why": why }))?;
    Ok(())
}
