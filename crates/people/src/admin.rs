//! What an administrator does to an account: each a function over one recorded transaction, for the office and the command line alike.

use ::store::StoreError;
use ::store::ledger::{LedgerError, NewEntry, Recording};
use base::{Lang, UtcSeconds};
use serde_json::{Value, json};

use crate::account::{Account, AccountId, Login};
use crate::link::Purpose;
use crate::role::Role;
use crate::store as tables;
use crate::store::{AccountEdit, Change, Deed, NewLink};

mod deputies;
mod roles;
mod tokens;

pub use deputies::{MAX_DEPUTY_DAYS, NoDeputy, appoint_deputy, end_deputy, may_be_deputy};
pub use roles::{RoleConflict, RolesAt, check_roles, set_roles};
pub use tokens::{NewToken, TokenDays, TokenDaysError, end_token, make_token};

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
    #[error("{} changed the account at {}", .0.who, .0.at.rfc3339())]
    Changed(Deed),
    /// Nobody would be left who administers the site.
    #[error("nobody else administers {site}")]
    LastAdministrator {
        /// The site; [`crate::EVERYWHERE`] for all.
        site: String,
    },
    /// Nobody can hold these roles together.
    #[error(transparent)]
    Roles(#[from] RoleConflict),
    /// A deputy of this role can't be this person.
    #[error("this person can't be a deputy: {0}")]
    NoDeputy(NoDeputy),
    /// They are a deputy of the same role on one of these days already.
    #[error("{} appointed the same deputy at {}", .0.who, .0.at.rfc3339())]
    SameDeputy(Deed),
    /// Somebody else ended the deputyship.
    #[error("{} ended the deputyship at {}", .0.who, .0.at.rfc3339())]
    DeputyEnded(Deed),
    /// A token of this name counts already.
    #[error("{} made a token of this name at {}", .0.who, .0.at.rfc3339())]
    TokenNameTaken(Deed),
    /// Somebody else took the token back.
    #[error("{} took the token back at {}", .0.who, .0.at.rfc3339())]
    TokenEnded(Deed),
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
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
/// [`AdminError::LoginTaken`], or [`AdminError::Roles`] if the roles don't go together.
pub fn add_person(tx: &mut Recording<'_>, new: &NewPerson<'_>, actor: Actor<'_>) -> Result<AccountId, AdminError> {
    if let Some(taken) = tables::find_account_by_login(tx, new.login)? {
        return Err(AdminError::LoginTaken(taken.name));
    }
    for (site, _) in new.roles {
        roles::check_memberships(new.roles, site, &new.edit.vendor)?;
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
    if found == version { Ok(account) } else { Err(AdminError::Changed(Deed { who, at })) }
}

/// What is said about somebody, and how they are spoken to.
#[derive(Debug, Clone, Copy)]
pub struct Details<'a> {
    /// Name; not empty.
    pub name: &'a str,
    /// Department; empty if none.
    pub department: &'a str,
    /// Language of the pages.
    pub lang: Lang,
}

/// Changes what is said about somebody; `false` if it was so before.
///
/// # Errors
/// Of the database.
pub fn change_details(
    tx: &mut Recording<'_>,
    account: &Account,
    details: &Details<'_>,
    actor: Actor<'_>,
) -> Result<bool, AdminError> {
    let edit = AccountEdit {
        name: details.name.to_owned(),
        department: details.department.to_owned(),
        lang: details.lang,
        ..AccountEdit::of(account)
    };
    if edit == AccountEdit::of(account) {
        return Ok(false);
    }
    tables::update_account(tx, account.id, &edit)?;
    tables::note_change(tx, account.id, actor.who, actor.now)?;
    let body = json!({ "login": account.login.as_str(), "name": edit.name, "department": edit.department });
    actor.record(tx, "account.changed", &body)?;
    Ok(true)
}

/// Lets an account sign in; `false` if it could before.
///
/// # Errors
/// Of the database.
pub fn enable(tx: &mut Recording<'_>, account: &Account, actor: Actor<'_>, why: &str) -> Result<bool, AdminError> {
    if account.enabled {
        return Ok(false);
    }
    put_enabled(tx, account, true, actor)?;
    actor.record(tx, "account.enabled", &json!({ "login": account.login.as_str(), "why": why }))?;
    Ok(true)
}

/// What becomes of a site whose last administrator is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastAdministrator {
    /// Nobody is disabled then: nobody could let anybody in any more.
    Stays,
    /// They are: somebody at the keyboard of the server adds another one.
    MayGo,
}

/// Lets an account sign in no longer, and ends its sessions, links and tokens; `false` if it could not before.
///
/// # Errors
/// [`AdminError::LastAdministrator`] if they are one who stays.
pub fn disable(
    tx: &mut Recording<'_>,
    account: &Account,
    last: LastAdministrator,
    actor: Actor<'_>,
    why: &str,
) -> Result<bool, AdminError> {
    if !account.enabled {
        return Ok(false);
    }
    if last == LastAdministrator::Stays {
        let held = tables::list_memberships(tx, account.id)?;
        for (site, _) in held.iter().filter(|(_, role)| *role == Role::Administrator) {
            keep_an_administrator(tx, account.id, site)?;
        }
    }
    tables::end_sessions(tx, account.id, None, actor.now)?;
    tables::end_steps(tx, account.id)?;
    tables::close_links(tx, account.id, actor.now)?;
    tables::revoke_tokens_of(tx, account.id, actor.who, actor.now)?;
    put_enabled(tx, account, false, actor)?;
    roles::end_deputies_of(tx, &Account { enabled: false, ..account.clone() }, actor)?;
    actor.record(tx, "account.disabled", &json!({ "login": account.login.as_str(), "why": why }))?;
    Ok(true)
}

fn put_enabled(tx: &mut Recording<'_>, account: &Account, enabled: bool, actor: Actor<'_>) -> Result<(), StoreError> {
    let edit = AccountEdit { enabled, ..AccountEdit::of(account) };
    tables::update_account(tx, account.id, &edit)?;
    tables::note_change(tx, account.id, actor.who, actor.now)
}

/// Refuses if nobody but `id` could administer `site`.
fn keep_an_administrator(tx: &mut Recording<'_>, id: AccountId, site: &str) -> Result<(), AdminError> {
    // Whoever administers everything is only followed by somebody who does so too.
    let others = tables::count_other_administrators(tx, id, site)?;
    if others > 0 { Ok(()) } else { Err(AdminError::LastAdministrator { site: site.to_owned() }) }
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
