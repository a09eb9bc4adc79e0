//! Somebody's account.

use ::people::store::{self as tables, Change};
use ::people::{Account, AccountId, EVERYWHERE, Role, RoleSet};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use store::{StoreError, Transaction};
use web::list::ListQuery;
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::fields::{
    AT_EVERY_SITE, AT_SITE, Tick, administers, administers_in_person, makes_executives, names, number, ticks,
};
use crate::Office;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "people/person.html")]
struct PersonPage<'a> {
    visit: &'a SiteVisit,
    wrong: Vec<String>,
    said: String,
    path: String,
    version: i64,
    roles_here: String,
    roles_everywhere: String,
    has_second: bool,
    first_seen: String,
    last_seen: String,
    sessions: usize,
    changed: String,
    may_change: bool,
    may_edit: bool,
    /// Why the visitor does not change their roles; empty if they may.
    no_roles: String,
    /// Why the visitor does not decide how they get in; empty if they may.
    no_access: String,
    ticks: Vec<Tick>,
    ticks_everywhere: Vec<Tick>,
    account: Account,
}

/// Somebody of this site, with what they hold where.
pub(super) struct Found {
    pub(super) account: Account,
    pub(super) memberships: Vec<(String, Role)>,
    /// The sites at which they decide as an executive: their own, and those of whom they are a deputy, also later on.
    decides_at: Vec<String>,
}

impl Found {
    /// The roles held at exactly this site.
    pub(super) fn roles_at(&self, site: &str) -> RoleSet {
        let here = self.memberships.iter().filter(|(found, _)| found == site);
        here.fold(RoleSet::NONE, |set, (_, role)| set.with(*role))
    }

    /// Whether the visitor may do what touches the account as a whole: only whoever administers all its sites.
    pub(super) fn may_be_administered_by(&self, visit: &SiteVisit) -> bool {
        self.memberships.iter().all(|(site, _)| administers(visit, site))
    }

    /// Whether the visitor may change what these roles are here. Whoever may take an executive's role chooses the judge as much
    /// as whoever gives it.
    ///
    /// # Errors
    /// The message that says why not.
    pub(super) fn check_roles_by(&self, visit: &SiteVisit) -> Result<(), &'static str> {
        if !administers_in_person(visit, visit.site_id()) {
            return Err("people-not-as-deputy");
        }
        let here = self.decides_at.iter().any(|site| site == visit.site_id() || site == EVERYWHERE);
        if here && !makes_executives(visit, visit.site_id()) { Err("people-executive-elsewhere") } else { Ok(()) }
    }

    /// Whether the visitor may decide if and how this person gets in: make a link with which somebody becomes them, close and
    /// open the account, end sessions.
    ///
    /// # Errors
    /// The message that says why not. Whoever has an executive's link is the executive, at every site of theirs; and without
    /// the executive nobody decides.
    pub(super) fn check_access_by(&self, visit: &SiteVisit) -> Result<(), &'static str> {
        if !self.may_be_administered_by(visit) {
            return Err("person-elsewhere");
        }
        if !self.memberships.iter().all(|(site, _)| administers_in_person(visit, site)) {
            return Err("people-not-as-deputy");
        }
        let may = self.decides_at.iter().all(|site| makes_executives(visit, site));
        if may { Ok(()) } else { Err("people-executive-elsewhere") }
    }
}

/// Somebody of this site; whoever is only of another one is nobody here.
pub(super) fn find(tx: &mut Transaction, visit: &SiteVisit, id: AccountId) -> Result<Option<Found>, StoreError> {
    let Some(account) = tables::find_account(tx, id)? else { return Ok(None) };
    let memberships = tables::list_memberships(tx, id)?;
    if !memberships.iter().any(|(found, _)| found == visit.site_id() || found == EVERYWHERE) {
        return Ok(None);
    }
    let own = memberships.iter().filter(|(_, role)| *role == Role::Executive).map(|(site, _)| site.clone());
    let mut decides_at: Vec<String> = own.collect();
    let deputies = tables::list_deputies(tx, Some(id))?.into_iter().map(|(_, deputy)| deputy);
    let lasts = deputies.filter(|deputy| deputy.role == Role::Executive && visit.today() <= deputy.ends_on);
    decides_at.extend(lasts.map(|deputy| deputy.site));
    Ok(Some(Found { account, memberships, decides_at }))
}

/// The page of one account.
pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
    Path((_, account)): Path<(String, String)>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let said = match query.filter("done") {
            Some("roles") => visit.text("person-done-roles"),
            Some("enabled") => visit.text("person-done-enabled"),
            Some("disabled") => visit.text("person-done-disabled"),
            Some("sessions") => visit.text("person-done-sessions"),
            Some("details") => visit.text("person-done-details"),
            Some(_) | None => String::new(),
        };
        draw(&visit, &office, AccountId(number(&account)?), said, Vec::new())
    })
    .await
}

/// Draws the page with what was said or what is wrong.
pub(super) fn draw(
    visit: &SiteVisit,
    office: &Office,
    id: AccountId,
    said: String,
    wrong: Vec<String>,
) -> Result<Response, HttpError> {
    let found = office.database().read::<_, StoreError>(|tx| {
        let Some(found) = find(tx, visit, id)? else { return Ok(None) };
        let credential = tables::find_credential(tx, id)?;
        let sessions = tables::list_sessions(tx, id, visit.now)?.len();
        Ok(Some((found, credential, sessions, tables::find_change(tx, id)?)))
    })?;
    let (found, credential, sessions, change) = found.ok_or_else(HttpError::not_found)?;
    let (here, everywhere) = (found.roles_at(visit.site_id()), found.roles_at(EVERYWHERE));
    let never = || visit.text("person-never");
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let sees_everywhere = administers(visit, EVERYWHERE);
    let body = PersonPage {
        visit,
        wrong,
        said,
        path: visit.path_of(&format!("people/{}", id.0)),
        version: change.version,
        roles_here: names(visit, here),
        roles_everywhere: names(visit, everywhere),
        has_second: credential.is_some_and(|credential| credential.has_second_factor()),
        first_seen: found.account.first_seen_at.map_or_else(never, |at| visit.minute(at)),
        last_seen: found.account.last_seen_at.map_or_else(never, |at| visit.minute(at)),
        sessions,
        changed: changed(visit, &change),
        may_change: visit.is(Role::Administrator),
        may_edit: found.may_be_administered_by(visit) && administers_in_person(visit, visit.site_id()),
        no_roles: found.check_roles_by(visit).err().map(|message| visit.text(message)).unwrap_or_default(),
        no_access: found.check_access_by(visit).err().map(|message| visit.text(message)).unwrap_or_default(),
        ticks: ticks(visit, AT_SITE, here),
        ticks_everywhere: if sees_everywhere { ticks(visit, AT_EVERY_SITE, everywhere) } else { Vec::new() },
        account: found.account,
    };
    let around = Page::new(body.account.name.clone(), "people")
        .help(visit.text("person-help"))
        .trail(visit.text("people-title"), visit.path_of("people"));
    let mut response = page(visit, &around, &body)?;
    *response.status_mut() = status;
    Ok(response)
}

fn changed(visit: &SiteVisit, change: &Change) -> String {
    if change.version == 0 {
        visit.text("person-unchanged")
    } else {
        format!("{} {}", visit.minute(change.at), change.who)
    }
}
