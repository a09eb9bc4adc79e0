//! Adding somebody.

use ::people::account::{Login, clean_name};
use ::people::admin::{self, NewPerson, RolesAt};
use ::people::link::Purpose;
use ::people::store::{self as tables, AccountEdit};
use ::people::{Account, AccountId, EVERYWHERE, Role, RoleSet, new_token};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use base::UtcSeconds;
use web::{HttpError, Page, SiteVisit, blocking, page, redirect};

use super::fields::{AT_SITE, Fields, Sent, Tick, administers, check_no_deputy, makes_executives, ticks};
use super::made;
use crate::sign_in::check_proof;

#[derive(Template)]
#[template(path = "people/add.html")]
struct AddPage<'a> {
    visit: &'a SiteVisit,
    wrong: Vec<String>,
    fields: &'a Fields,
    ticks: Vec<Tick>,
    /// Whose login this is, if it is somebody's who may be given a role here.
    present: Option<&'a Account>,
}

fn draw(
    visit: &SiteVisit,
    fields: &Fields,
    wrong: Vec<String>,
    present: Option<&Account>,
) -> Result<Response, HttpError> {
    let status = match present {
        Some(_) => StatusCode::CONFLICT,
        None if wrong.is_empty() => StatusCode::OK,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let body = AddPage { visit, wrong, fields, ticks: ticks(visit, AT_SITE, fields.roles("role")), present };
    let around =
        Page::new(visit.text("people-add"), "people").trail(visit.text("people-title"), visit.path_of("people"));
    let mut response = page(visit, &around, &body)?;
    *response.status_mut() = status;
    Ok(response)
}

/// The empty form.
pub(super) async fn show(visit: SiteVisit) -> Result<Response, HttpError> {
    check_no_deputy(&visit)?;
    draw(&visit, &Fields(Vec::new()), Vec::new(), None)
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
    wrong.extend(admin::check_roles(roles, &vendor).err().map(|conflict| visit.text(conflict.message())));
    if roles.has(Role::Executive) && !makes_executives(visit, visit.site_id()) {
        wrong.push(visit.text("people-executive-elsewhere"));
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

enum Added {
    New(UtcSeconds),
    Present(AccountId),
    /// Somebody has the login: are they meant?
    Asked(Account),
}

/// Adds somebody and shows their link, once. A second submission of the same form is refused: the login is taken.
pub(super) async fn add(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let visit = &sent.visit;
        check_no_deputy(visit)?;
        check_proof(visit)?;
        let wanted = match read(visit, &sent.fields) {
            Ok(wanted) => wanted,
            Err(wrong) => return draw(visit, &sent.fields, wrong, None),
        };
        let token = new_token(&*sent.office.frame.randomness);
        match add_in(&sent, &wanted, &token)? {
            Added::Present(id) => Ok(redirect(&visit.path_of(&format!("people/{}", id.0)))),
            Added::Asked(present) => draw(visit, &sent.fields, Vec::new(), Some(&present)),
            Added::New(until) => {
                let name = wanted.edit.name.as_str();
                let text = visit.say("people-added", &[("name", name.into())]);
                made::draw_link(visit, text, name, &token, until, visit.path_of("people"))
            }
        }
    })
    .await
}

fn add_in(sent: &Sent, wanted: &Wanted, token: &str) -> Result<Added, HttpError> {
    let (visit, actor) = (&sent.visit, sent.actor());
    sent.write(|tx| {
        if let Some(present) = tables::find_account_by_login(tx, &wanted.login)? {
            // Whoever was here and is nobody anywhere comes back; whoever administers everything may also send them here from
            // elsewhere. Others don't learn whose login it is: they get one answer for every login that is taken.
            let memberships = tables::list_memberships(tx, present.id)?;
            let is_here = memberships.iter().any(|(site, _)| site == visit.site_id() || site == EVERYWHERE);
            let is_vendor = present.vendor.is_empty() != wanted.edit.vendor.is_empty();
            let was_here = memberships.is_empty() && tables::had_role(tx, visit.site_id(), &wanted.login)?;
            let may = was_here || administers(visit, EVERYWHERE);
            if is_here || !may || is_vendor {
                return Err(HttpError::conflict("people-login-taken", wanted.login.as_str()).into());
            }
            if sent.fields.get("present") != present.id.0.to_string() {
                return Ok(Added::Asked(present));
            }
            let here = RolesAt { site: visit.site_id(), wanted: wanted.roles, within: AT_SITE };
            admin::set_roles(tx, &present, &[here], actor, "")?;
            return Ok(Added::Present(present.id));
        }
        let roles: Vec<(String, Role)> = wanted.roles.iter().map(|role| (visit.site_id().to_owned(), role)).collect();
        let id = admin::add_person(tx, &NewPerson { login: &wanted.login, edit: &wanted.edit, roles: &roles }, actor)?;
        let account = tables::find_account(tx, id)?.ok_or_else(HttpError::not_found)?;
        Ok(Added::New(admin::make_link(tx, &account, Purpose::Invite, token, actor, "")?))
    })
}
