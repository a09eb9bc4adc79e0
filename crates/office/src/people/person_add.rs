//! Adding somebody.

use ::people::account::{Login, clean_name};
use ::people::admin::{self, NewPerson};
use ::people::link::Purpose;
use ::people::store::{self as tables, AccountEdit};
use ::people::{AccountId, EVERYWHERE, Role, RoleSet, new_token};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::UtcSeconds;
use web::{Form, HttpError, Page, SiteVisit, blocking, page, redirect};

use super::fields::{AT_SITE, Fields, Tick, actor, administers, ticks};
use crate::Office;
use crate::sign_in::Refusal;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "people/add.html")]
struct AddPage<'a> {
    visit: &'a SiteVisit,
    wrong: Vec<String>,
    fields: &'a Fields,
    ticks: Vec<Tick>,
}

/// A secret that is shown once.
#[derive(Template)]
#[template(path = "people/made.html")]
pub(super) struct MadePage<'a> {
    pub(super) visit: &'a SiteVisit,
    pub(super) text: String,
    pub(super) once: String,
    pub(super) secret: String,
    pub(super) back: String,
}

fn draw(visit: &SiteVisit, fields: &Fields, wrong: Vec<String>) -> Result<Response, HttpError> {
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let body = AddPage { visit, wrong, fields, ticks: ticks(visit, AT_SITE, fields.roles("role")) };
    let around =
        Page::new(visit.text("people-add"), "people").trail(visit.text("people-title"), visit.path_of("people"));
    let mut response = page(visit, &around, &body)?;
    *response.status_mut() = status;
    Ok(response)
}

/// The empty form.
pub(super) async fn show(visit: SiteVisit) -> Result<Response, HttpError> {
    draw(&visit, &Fields(Vec::new()), Vec::new())
}

struct Wanted {
    login: Login,
    edit: AccountEdit,
    roles: RoleSet,
}

fn read(visit: &SiteVisit, fields: &Fields) -> Result<Wanted, Vec<String>> {
    let mut wrong = Vec::new();
    let login = Login::new(fields.get("login")).map_err(|_| wrong.push(visit.text("person-bad-login"))).ok();
    let (name, roles) = (clean_name(fields.get("name")), fields.roles("role"));
    if name.is_empty() {
        wrong.push(visit.text("person-bad-name"));
    }
    let vendor = clean_name(fields.get("vendor"));
    wrong.extend(wrong_roles(visit, roles, &vendor));
    if roles.has(Role::Executive) {
        wrong.extend(wrong_executive(visit));
    }
    if roles.is_empty() {
        wrong.push(visit.text("people-no-role"));
    }
    let vendor = if roles.has(Role::Vendor) { vendor } else { String::new() };
    let department = clean_name(fields.get("department"));
    match login {
        Some(login) if wrong.is_empty() => {
            Ok(Wanted { login, edit: AccountEdit { name, department, vendor, lang: visit.lang, enabled: true }, roles })
        }
        _ => Err(wrong),
    }
}

/// The roles that decide nothing in an executive's place (S220), nor beside one.
const NOT_WITH_EXECUTIVE: RoleSet =
    RoleSet::of(&[Role::Administrator, Role::Vendor, Role::Auditor, Role::GroupOperator]);

/// Deputies look after the house; who is who in it is not theirs to change: that would outlast them.
///
/// # Errors
/// [`HttpError`] if the visitor administers only as a deputy.
pub(super) fn check_no_deputy(visit: &SiteVisit) -> Result<(), HttpError> {
    let is_own = visit.standing().own.has(Role::Administrator);
    if is_own { Ok(()) } else { Err(HttpError::new(StatusCode::FORBIDDEN, "people-not-as-deputy", "")) }
}

/// Only who administers every site makes somebody an executive: the desk of a site would choose its own judge.
pub(super) fn wrong_executive(visit: &SiteVisit) -> Option<String> {
    let may = visit.standing().own.has(Role::Executive) || administers(visit, EVERYWHERE);
    (!may).then(|| visit.text("people-executive-elsewhere"))
}

/// A vendor names its company, and is nothing else here; an executive has no other office.
pub(super) fn wrong_roles(visit: &SiteVisit, roles: RoleSet, vendor: &str) -> Option<String> {
    if roles.has(Role::Executive) && roles.has_any(NOT_WITH_EXECUTIVE) {
        return Some(visit.text("people-executive-alone"));
    }
    if !roles.has(Role::Vendor) {
        return None;
    }
    if roles != RoleSet::of(&[Role::Vendor]) {
        return Some(visit.text("people-vendor-alone"));
    }
    vendor.is_empty().then(|| visit.text("people-no-vendor"))
}

enum Added {
    New(UtcSeconds),
    Present(AccountId),
}

/// Adds somebody and shows their link, once. A second submission of the same form is refused: the login is taken.
pub(super) async fn add(
    visit: SiteVisit,
    State(office): State<Shared>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        check_no_deputy(&visit)?;
        let fields = Fields(fields);
        let wanted = match read(&visit, &fields) {
            Ok(wanted) => wanted,
            Err(wrong) => return draw(&visit, &fields, wrong),
        };
        let token = new_token(&*office.frame.randomness);
        match add_in(&office, &visit, &wanted, &token)? {
            Added::Present(id) => Ok(redirect(&visit.path_of(&format!("people/{}", id.0)))),
            Added::New(until) => {
                let text = visit.say("people-added", &[("name", wanted.edit.name.as_str().into())]);
                draw_link(&visit, text, &token, until, visit.path_of("people"))
            }
        }
    })
    .await
}

/// The page with a link, shown once.
pub(super) fn draw_link(
    visit: &SiteVisit,
    text: String,
    token: &str,
    until: UtcSeconds,
    back: String,
) -> Result<Response, HttpError> {
    let once = visit.say("people-link-once", &[("until", visit.minute(until).into())]);
    let around =
        Page::new(visit.text("people-link"), "people").trail(visit.text("people-title"), visit.path_of("people"));
    page(visit, &around, &MadePage { visit, text, once, secret: format!("/link/{token}"), back })
}

fn add_in(office: &Office, visit: &SiteVisit, wanted: &Wanted, token: &str) -> Result<Added, HttpError> {
    let who = visit.who();
    let added = office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
        let actor = actor(visit, &who);
        if let Some(present) = tables::find_account_by_login(tx, &wanted.login)? {
            // Somebody who is nobody anywhere comes back; whoever administers everything may also send them here from elsewhere.
            let memberships = tables::list_memberships(tx, present.id)?;
            let is_here = memberships.iter().any(|(site, _)| site == visit.site_id() || site == EVERYWHERE);
            let is_vendor = present.vendor.is_empty() != wanted.edit.vendor.is_empty();
            let may = memberships.is_empty() || administers(visit, EVERYWHERE);
            if is_here || !may || is_vendor {
                return Err(HttpError::conflict("people-login-taken", wanted.login.as_str()).into());
            }
            admin::set_roles(tx, &present, visit.site_id(), wanted.roles, AT_SITE, actor, "")?;
            return Ok(Added::Present(present.id));
        }
        let roles: Vec<(String, Role)> = wanted.roles.iter().map(|role| (visit.site_id().to_owned(), role)).collect();
        let id = admin::add_person(tx, &NewPerson { login: &wanted.login, edit: &wanted.edit, roles: &roles }, actor)?;
        let account = tables::find_account(tx, id)?.ok_or_else(HttpError::not_found)?;
        Ok(Added::New(admin::make_link(tx, &account, Purpose::Invite, token, actor, "")?))
    })?;
    Ok(added)
}
