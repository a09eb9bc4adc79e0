//! Which roles go together, and giving and taking them.

use ::store::StoreError;
use ::store::ledger::Recording;
use serde_json::json;

use super::{Actor, AdminError, keep_an_administrator};
use crate::EVERYWHERE;
use crate::account::{Account, AccountId};
use crate::role::{Role, RoleSet};
use crate::store as tables;

/// Who holds one of these is no executive beside it and decides nothing in an executive's place.
///
/// Source: seed 001, S220: the last decision is never a vendor's or the IT desk's.
pub(super) const NOT_BESIDE_EXECUTIVE: RoleSet =
    RoleSet::of(&[Role::Administrator, Role::Vendor, Role::Auditor, Role::GroupOperator]);

/// Why nobody can hold these roles at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoleConflict {
    /// Whoever decides last is neither the IT desk nor one of those who look after it.
    #[error("an executive is no administrator, vendor, auditor or group operator beside it")]
    ExecutiveAlone,
    /// A vendor sees what is its own and is nothing else.
    #[error("a vendor holds no other role")]
    VendorAlone,
    /// Without a company there is nothing that is a vendor's own.
    #[error("a vendor without a company")]
    NoCompany,
}

impl RoleConflict {
    /// The message of the catalogue that says what to choose instead.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::ExecutiveAlone => "people-executive-alone",
            Self::VendorAlone => "people-vendor-alone",
            Self::NoCompany => "people-no-vendor",
        }
    }
}

/// Whether somebody of this company (empty: none) may hold all these roles at one site, those held everywhere counted in.
///
/// # Errors
/// [`RoleConflict`] names the first rule that is against it.
pub fn check_roles(roles: RoleSet, company: &str) -> Result<(), RoleConflict> {
    if roles.has(Role::Executive) && roles.has_any(NOT_BESIDE_EXECUTIVE) {
        return Err(RoleConflict::ExecutiveAlone);
    }
    if !roles.has(Role::Vendor) {
        return Ok(());
    }
    if roles != RoleSet::of(&[Role::Vendor]) {
        return Err(RoleConflict::VendorAlone);
    }
    if company.is_empty() { Err(RoleConflict::NoCompany) } else { Ok(()) }
}

/// [`check_roles`] at every site that a change at `changed` touches: what is held everywhere is held at each of them.
pub(super) fn check_memberships(
    memberships: &[(String, Role)],
    changed: &str,
    company: &str,
) -> Result<(), RoleConflict> {
    let touched = memberships.iter().map(|(site, _)| site).filter(|site| changed == EVERYWHERE || *site == changed);
    for site in touched {
        let here = memberships.iter().filter(|(at, _)| at == site || at == EVERYWHERE);
        check_roles(here.fold(RoleSet::NONE, |set, (_, role)| set.with(*role)), company)?;
    }
    Ok(())
}

/// The roles that somebody shall hold at one site, or at [`EVERYWHERE`].
#[derive(Debug, Clone, Copy)]
pub struct RolesAt<'a> {
    /// The site.
    pub site: &'a str,
    /// The roles wanted.
    pub wanted: RoleSet,
    /// The roles that may be given and taken; others stay as they are.
    pub within: RoleSet,
}

/// Gives an account exactly these roles, site by site; `false` if it held them before.
///
/// # Errors
/// [`AdminError::Roles`] if they don't go together, [`AdminError::LastAdministrator`] if nobody would be left who administers
/// a site.
pub fn set_roles(
    tx: &mut Recording<'_>,
    account: &Account,
    all: &[RolesAt<'_>],
    actor: Actor<'_>,
    why: &str,
) -> Result<bool, AdminError> {
    let mut gained = Vec::new();
    let mut is_changed = false;
    for one in all {
        let (added, removed) = set_roles_at(tx, account, *one, actor)?;
        if added.is_empty() && removed.is_empty() {
            continue;
        }
        is_changed = true;
        if !added.is_empty() {
            gained.push(one.site);
        }
        let names = |roles: &[Role]| roles.iter().map(|role| role.name()).collect::<Vec<_>>();
        let body = json!({ "login": account.login.as_str(), "at": one.site, "added": names(&added), "removed": names(&removed), "why": why });
        actor.record(tx, "account.roles_changed", &body)?;
    }
    let memberships = tables::list_memberships(tx, account.id)?;
    for site in gained {
        check_memberships(&memberships, site, &account.vendor)?;
    }
    if is_changed && memberships.is_empty() {
        // Whoever is nobody any more is not signed in either, also not when they come back.
        tables::end_sessions(tx, account.id, None, actor.now)?;
        tables::end_steps(tx, account.id)?;
        tables::close_links(tx, account.id, actor.now)?;
    }
    if is_changed {
        tables::note_change(tx, account.id, actor.who, actor.now)?;
    }
    Ok(is_changed)
}

/// Writes the roles of one site and what follows from them; returns those added and those taken away.
fn set_roles_at(
    tx: &mut Recording<'_>,
    account: &Account,
    one: RolesAt<'_>,
    actor: Actor<'_>,
) -> Result<(Vec<Role>, Vec<Role>), AdminError> {
    let RolesAt { site, wanted, within } = one;
    let memberships = tables::list_memberships(tx, account.id)?;
    let held = memberships.iter().filter(|(at, _)| at == site).fold(RoleSet::NONE, |set, (_, role)| set.with(*role));
    let added: Vec<Role> = wanted.iter().filter(|role| within.has(*role) && !held.has(*role)).collect();
    let removed: Vec<Role> = held.iter().filter(|role| within.has(*role) && !wanted.has(*role)).collect();
    for role in &added {
        tables::add_membership(tx, account.id, site, *role, actor.who, actor.now)?;
    }
    for role in &removed {
        tables::remove_membership(tx, account.id, site, *role)?;
    }
    if removed.contains(&Role::Administrator) && account.enabled {
        keep_an_administrator(tx, account.id, site)?;
    }
    if !removed.is_empty() {
        end_lost_deputies(tx, account.id, site, actor)?;
        end_deputies_of(tx, account, actor)?;
        tables::revoke_tokens_without_role(tx, account.id, actor.who, actor.now)?;
    }
    if added.iter().any(|role| role.can_have_deputy()) {
        // Whoever was given a link before could not have been given one now.
        tables::close_links(tx, account.id, actor.now)?;
    }
    if added.iter().any(|role| NOT_BESIDE_EXECUTIVE.has(*role)) {
        end_deputies_as(tx, account.id, Role::Executive, site, actor)?;
    }
    if added.contains(&Role::Executive) {
        end_deputies_as(tx, account.id, Role::Administrator, site, actor)?;
    }
    Ok((added, removed))
}

/// Whoever has no role left at a site is no deputy there either.
fn end_lost_deputies(tx: &mut Recording<'_>, id: AccountId, site: &str, actor: Actor<'_>) -> Result<(), StoreError> {
    let memberships = tables::list_memberships(tx, id)?;
    for (_, deputy) in tables::list_deputies(tx, Some(id))? {
        let is_member = memberships.iter().any(|(at, _)| *at == deputy.site || at == EVERYWHERE);
        if !is_member && (deputy.site == site || site == EVERYWHERE) {
            tables::revoke_deputy(tx, &deputy.site, deputy.id, actor.who, actor.now)?;
        }
    }
    Ok(())
}

/// Nobody stands in for a role they could not hold themself any more.
fn end_deputies_as(
    tx: &mut Recording<'_>,
    id: AccountId,
    role: Role,
    site: &str,
    actor: Actor<'_>,
) -> Result<(), StoreError> {
    for (_, deputy) in tables::list_deputies(tx, Some(id))? {
        let is_here = deputy.site == site || site == EVERYWHERE || deputy.site == EVERYWHERE;
        if deputy.role == role && is_here {
            tables::revoke_deputy(tx, &deputy.site, deputy.id, actor.who, actor.now)?;
        }
    }
    Ok(())
}

/// Nobody decides in the place of somebody who does not decide any more: ends what an account appointed for a role that it has
/// lost, or for all if it is closed.
pub(super) fn end_deputies_of(tx: &mut Recording<'_>, account: &Account, actor: Actor<'_>) -> Result<(), StoreError> {
    let memberships = if account.enabled { tables::list_memberships(tx, account.id)? } else { Vec::new() };
    for (_, deputy) in tables::list_deputies(tx, None)? {
        let is_theirs = deputy.appointed_by.split_once('（').is_some_and(|(login, _)| login == account.login.as_str());
        let holds = |(at, role): &(String, Role)| *role == deputy.role && (*at == deputy.site || at == EVERYWHERE);
        if is_theirs && !memberships.iter().any(holds) {
            tables::revoke_deputy(tx, &deputy.site, deputy.id, actor.who, actor.now)?;
        }
    }
    Ok(())
}
