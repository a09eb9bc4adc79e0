//! What an administrator does to an account: each a function over one recorded transaction, for the office and the command line alike.

use ::store::StoreError;
use ::store::ledger::{LedgerError, NewEntry, Recording};
use base::UtcSeconds;
use serde_json::{Value, json};

use crate::account::{Account, AccountId, Login};
use crate::link::Purpose;
use crate::role::{Role, RoleSet};
use crate::session::Deputy;
use crate::store as tables;
use crate::store::{AccountEdit, Change, NewLink};

/// Longest stretch a deputy is appointed for, in days.
pub const MAX_DEPUTY_DAYS: i64 = 92;

/// Who holds one of these decides nothing in an executive's place.
const NO_DEPUTY_OF_EXECUTIVES: RoleSet =
    RoleSet::of(&[Role::Administrator, Role::Vendor, Role::Auditor, Role::GroupOperator]);

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Somebody has this login already.
    #[error("the login is taken by {0}")]
    LoginTaken(String),
    /// There is no such account, or none here.
    #[error("there is no such account")]
    Unknown,
    /// Somebody else changed the account since the page was drawn.
    #[error("{who} changed the account at {}", at.rfc3339())]
    Changed {
        /// Who was faster.
        who: String,
        /// When.
        at: UtcSeconds,
    },
    /// Nobody would be left who administers the site.
    #[error("nobody else administers {site}")]
    LastAdministrator {
        /// The site; [`crate::EVERYWHERE`] for all.
        site: String,
    },
    /// A deputy of this role can't be this person.
    #[error("this person can't be a deputy: {0}")]
    NoDeputy(NoDeputy),
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

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

/// Who acts, where, when.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    /// As the ledger names them.
    pub who: &'a str,
    /// The site they act at; [`crate::EVERYWHERE`] for none in particular.
    pub site: &'a str,
    /// When.
    pub now: UtcSeconds,
}

impl Actor<'_> {
    /// Writes what was done into the ledger.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn record(&self, tx: &mut Recording<'_>, kind: &str, body: &Value) -> Result<(), LedgerError> {
        tx.append(&NewEntry { kind, site: self.site, who: self.who, body }).map(|_| ())
    }
}

/// Somebody to be added.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    /// What they will type.
    pub login: &'a Login,
    /// The rest.
    pub edit: &'a AccountEdit,
    /// Site and role, at least one.
    pub roles: &'a [(String, Role)],
}

/// Adds somebody without credentials.
///
/// # Errors
/// [`AdminError::LoginTaken`], or of the database.
pub fn add_person(tx: &mut Recording<'_>, new: &NewPerson<'_>, actor: Actor<'_>) -> Result<AccountId, AdminError> {
    if let Some(taken) = tables::find_account_by_login(tx, new.login)? {
        return Err(AdminError::LoginTaken(taken.name));
    }
    let id = tables::add_account(tx, new.login, new.edit, actor.now)?;
    for (site, role) in new.roles {
        tables::add_membership(tx, id, site, *role, actor.who, actor.now)?;
    }
    tables::note_change(tx, id, actor.who, actor.now)?;
    let roles: Vec<String> = new.roles.iter().map(|(site, role)| format!("{site}: {role}")).collect();
    let body = json!({ "login": new.login.as_str(), "name": new.edit.name, "department": new.edit.department, "vendor": new.edit.vendor, "roles": roles });
    actor.record(tx, "account.added", &body)?;
    Ok(id)
}

/// Makes a link with which somebody sets their password and second factor; a reset also ends what they have. Returns when the link stops.
///
/// # Errors
/// Of the database.
pub fn make_link(
    tx: &mut Recording<'_>,
    account: &Account,
    purpose: Purpose,
    token: &str,
    actor: Actor<'_>,
    why: &str,
) -> Result<UtcSeconds, AdminError> {
    let new = NewLink { token, purpose, account: account.id, made_by: actor.who };
    let expires_at = tables::add_link(tx, &new, actor.now)?;
    tables::note_change(tx, account.id, actor.who, actor.now)?;
    let body = json!({ "login": account.login.as_str(), "purpose": purpose.name(), "until": expires_at.rfc3339(), "why": why });
    actor.record(tx, "account.link_made", &body)?;
    Ok(expires_at)
}

/// The account, if nobody changed it since the page that showed `version` was drawn.
///
/// # Errors
/// [`AdminError::Unknown`] or [`AdminError::Changed`].
pub fn get_unchanged(tx: &mut Recording<'_>, id: AccountId, version: i64) -> Result<Account, AdminError> {
    let account = tables::find_account(tx, id)?.ok_or(AdminError::Unknown)?;
    let Change { version: found, who, at } = tables::find_change(tx, id)?;
    if found == version { Ok(account) } else { Err(AdminError::Changed { who, at }) }
}

/// Gives an account exactly these roles at a site (or everywhere), of those in `within`.
///
/// # Errors
/// [`AdminError::LastAdministrator`] if nobody would be left who administers it.
pub fn set_roles(
    tx: &mut Recording<'_>,
    account: &Account,
    site: &str,
    wanted: RoleSet,
    within: RoleSet,
    actor: Actor<'_>,
    why: &str,
) -> Result<bool, AdminError> {
    let memberships = tables::list_memberships(tx, account.id)?;
    let held = memberships.iter().filter(|(at, _)| at == site).fold(RoleSet::NONE, |set, (_, role)| set.with(*role));
    let added: Vec<Role> = wanted.iter().filter(|role| within.has(*role) && !held.has(*role)).collect();
    let removed: Vec<Role> = held.iter().filter(|role| within.has(*role) && !wanted.has(*role)).collect();
    if added.is_empty() && removed.is_empty() {
        return Ok(false);
    }
    for role in &added {
        tables::add_membership(tx, account.id, site, *role, actor.who, actor.now)?;
    }
    for role in &removed {
        tables::remove_membership(tx, account.id, site, *role)?;
    }
    if removed.contains(&Role::Administrator) && account.enabled {
        keep_an_administrator(tx, account.id, site)?;
    }
    end_lost_deputies(tx, account.id, site, actor.now)?;
    if added.iter().any(|role| NO_DEPUTY_OF_EXECUTIVES.has(*role)) {
        end_executive_deputies(tx, account.id, site, actor.now)?;
    }
    tables::note_change(tx, account.id, actor.who, actor.now)?;
    let names = |roles: &[Role]| roles.iter().map(|role| role.name()).collect::<Vec<_>>();
    let body = json!({ "login": account.login.as_str(), "at": site, "added": names(&added), "removed": names(&removed), "why": why });
    actor.record(tx, "account.roles_changed", &body)?;
    Ok(true)
}

/// Whoever has no role left at a site is no deputy there either.
fn end_lost_deputies(tx: &mut Recording<'_>, id: AccountId, site: &str, now: UtcSeconds) -> Result<(), StoreError> {
    let memberships = tables::list_memberships(tx, id)?;
    for (_, deputy) in tables::list_deputies(tx, Some(id))? {
        let is_member = memberships.iter().any(|(at, _)| *at == deputy.site || at == crate::EVERYWHERE);
        if !is_member && (deputy.site == site || site == crate::EVERYWHERE) {
            tables::revoke_deputy(tx, &deputy.site, deputy.id, now)?;
        }
    }
    Ok(())
}

/// Whoever takes one of [`NO_DEPUTY_OF_EXECUTIVES`] decides no longer for an executive there.
fn end_executive_deputies(
    tx: &mut Recording<'_>,
    id: AccountId,
    site: &str,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    for (_, deputy) in tables::list_deputies(tx, Some(id))? {
        let is_here = deputy.site == site || site == crate::EVERYWHERE || deputy.site == crate::EVERYWHERE;
        if deputy.role == Role::Executive && is_here {
            tables::revoke_deputy(tx, &deputy.site, deputy.id, now)?;
        }
    }
    Ok(())
}

/// Refuses if nobody but `id` could administer `site`.
fn keep_an_administrator(tx: &mut Recording<'_>, id: AccountId, site: &str) -> Result<(), AdminError> {
    // Whoever administers everything is only followed by somebody who does so too.
    let others = tables::count_other_administrators(tx, id, site)?;
    if others > 0 { Ok(()) } else { Err(AdminError::LastAdministrator { site: site.to_owned() }) }
}

/// Lets an account sign in, or no longer; the latter ends its sessions, links and tokens.
///
/// # Errors
/// [`AdminError::LastAdministrator`], unless `even_the_last`.
pub fn set_enabled(
    tx: &mut Recording<'_>,
    account: &Account,
    enabled: bool,
    even_the_last: bool,
    actor: Actor<'_>,
    why: &str,
) -> Result<bool, AdminError> {
    if account.enabled == enabled {
        return Ok(false);
    }
    if !enabled {
        let administered = tables::list_memberships(tx, account.id)?;
        for (site, _) in administered.iter().filter(|(_, role)| *role == Role::Administrator && !even_the_last) {
            keep_an_administrator(tx, account.id, site)?;
        }
        tables::end_sessions(tx, account.id, None, actor.now)?;
        tables::end_steps(tx, account.id)?;
        tables::close_links(tx, account.id, actor.now)?;
        tables::revoke_tokens_of(tx, account.id, actor.now)?;
    }
    let edit = AccountEdit { enabled, ..AccountEdit::of(account) };
    tables::update_account(tx, account.id, &edit)?;
    tables::note_change(tx, account.id, actor.who, actor.now)?;
    let kind = if enabled { "account.enabled" } else { "account.disabled" };
    actor.record(tx, kind, &json!({ "login": account.login.as_str(), "why": why }))?;
    Ok(true)
}

/// Appoints a deputy; returns the number.
///
/// # Errors
/// [`AdminError::NoDeputy`] says which rule is against it.
pub fn appoint_deputy(
    tx: &mut Recording<'_>,
    account: &Account,
    deputy: &Deputy,
    actor: Actor<'_>,
    why: &str,
) -> Result<i64, AdminError> {
    let memberships = tables::list_memberships(tx, account.id)?;
    let here = memberships.iter().filter(|(site, _)| *site == deputy.site || site == crate::EVERYWHERE);
    let held = here.fold(RoleSet::NONE, |set, (_, role)| set.with(*role));
    may_be_deputy(held, account, deputy, actor.now).map_err(AdminError::NoDeputy)?;
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
    let is_desk = deputy.role == Role::Executive && held.has_any(NO_DEPUTY_OF_EXECUTIVES);
    let is_foreign = held.has(Role::Vendor) || held.has(Role::GroupOperator) || !account.vendor.is_empty();
    if is_desk || is_foreign || held.has(Role::Auditor) { Err(NoDeputy::NotTheirs) } else { Ok(()) }
}

/// Ends a deputyship; `false` if there is none or it was ended before.
///
/// # Errors
/// Of the database.
pub fn end_deputy(tx: &mut Recording<'_>, id: i64, actor: Actor<'_>, why: &str) -> Result<bool, AdminError> {
    if !tables::revoke_deputy(tx, actor.site, id, actor.now)? {
        return Ok(false);
    }
    actor.record(tx, "deputy.revoked", &json!({ "number": id, "why": why }))?;
    Ok(true)
}

impl AccountEdit {
    /// What an account is now, to be changed in part.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        Self {
            name: account.name.clone(),
            department: account.department.clone(),
            vendor: account.vendor.clone(),
            lang: account.lang,
            enabled: account.enabled,
        }
    }
}
