//! Deputies: who decides for somebody else, and on which days.

use ::people::account::Login;
use ::people::admin::{self, AdminError, NoDeputy};
use ::people::session::Deputy;
use ::people::store as tables;
use ::people::{Account, Role};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::Date;
use store::StoreError;
use web::list::ListQuery;
use web::{HttpError, Page, SiteVisit, blocking, page, redirect};

use super::fields::{Fields, Sent};
use super::role_message;
use crate::Office;
use crate::sign_in::check_proof;
use crate::state::Shared;

struct Line {
    id: i64,
    who: String,
    role: String,
    days: String,
    state: String,
    by: String,
    may_revoke: bool,
}

#[derive(Template)]
#[template(path = "people/deputies.html")]
struct DeputiesPage<'a> {
    visit: &'a SiteVisit,
    wrong: Vec<String>,
    said: String,
    lines: Vec<Line>,
    roles: Vec<(&'static str, String)>,
    fields: &'a Fields,
}

/// Whether the visitor holds this role here in person: a deputy appoints no deputy.
fn holds(visit: &SiteVisit, role: Role) -> bool {
    role.can_have_deputy() && visit.standing().own.has(role)
}

/// The page.
pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let said = match query.filter("done") {
            Some("appointed") => visit.text("deputy-done"),
            Some("revoked") => visit.text("deputy-done-revoked"),
            Some(_) | None => String::new(),
        };
        draw(&visit, &office, &Fields(Vec::new()), said, Vec::new())
    })
    .await
}

fn draw(
    visit: &SiteVisit,
    office: &Office,
    fields: &Fields,
    said: String,
    wrong: Vec<String>,
) -> Result<Response, HttpError> {
    let held = office.database().read::<_, StoreError>(|tx| {
        let mut held: Vec<(Account, Deputy)> = Vec::new();
        for (id, deputy) in tables::list_deputies(tx, None)? {
            if deputy.site == visit.site_id() && deputy.ends_on >= visit.today() {
                held.extend(tables::find_account(tx, id)?.map(|account| (account, deputy)));
            }
        }
        Ok(held)
    })?;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let body = DeputiesPage {
        visit,
        wrong,
        said,
        lines: held.iter().map(|(account, deputy)| line(visit, account, deputy)).collect(),
        roles: [Role::Executive, Role::Administrator]
            .into_iter()
            .filter(|role| holds(visit, *role))
            .map(|role| (role.name(), visit.text(role_message(role))))
            .collect(),
        fields,
    };
    let around = Page::new(visit.text("deputy-title"), "people").help(visit.text("deputy-help"));
    let mut response = page(visit, &around, &body)?;
    *response.status_mut() = status;
    Ok(response)
}

fn line(visit: &SiteVisit, account: &Account, deputy: &Deputy) -> Line {
    let state = if deputy.is_active(visit.today()) { "deputy-active" } else { "deputy-later" };
    Line {
        id: deputy.id,
        who: account.who(),
        role: visit.text(role_message(deputy.role)),
        days: format!("{} 〜 {}", visit.day(deputy.starts_on), visit.day(deputy.ends_on)),
        state: visit.text(state),
        by: deputy.appointed_by.clone(),
        may_revoke: holds(visit, deputy.role),
    }
}

struct Wanted {
    login: Login,
    role: Role,
    from: Date,
    to: Date,
    why: String,
}

fn read(visit: &SiteVisit, fields: &Fields) -> Result<Wanted, Vec<String>> {
    let mut wrong = Vec::new();
    let login = Login::new(fields.get("login")).map_err(|_| wrong.push(visit.text("person-bad-login"))).ok();
    let role = fields.get("role").parse::<Role>().ok().filter(|role| holds(visit, *role));
    if role.is_none() {
        wrong.push(visit.text("deputy-not-yours"));
    }
    let mut day =
        |name: &str| fields.get(name).parse::<Date>().map_err(|_| wrong.push(visit.text("deputy-no-day"))).ok();
    let (from, to) = (day("from"), day("to"));
    let why = fields.why();
    if why.is_empty() {
        wrong.push(visit.text("person-no-why"));
    }
    match (login, role, from, to) {
        (Some(login), Some(role), Some(from), Some(to)) if wrong.is_empty() => {
            Ok(Wanted { login, role, from, to, why })
        }
        _ => Err(wrong),
    }
}

/// Appoints a deputy for a role the visitor holds in person.
pub(super) async fn appoint(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let visit = &sent.visit;
        check_proof(visit)?;
        let wanted = match read(visit, &sent.fields) {
            Ok(wanted) => wanted,
            Err(wrong) => return draw(visit, &sent.office, &sent.fields, String::new(), wrong),
        };
        let deputy = Deputy {
            id: 0,
            site: visit.site_id().to_owned(),
            role: wanted.role,
            starts_on: wanted.from,
            ends_on: wanted.to,
            appointed_by: visit.who(),
        };
        sent.write(|tx| {
            let account = tables::find_account_by_login(tx, &wanted.login)?;
            // The same word for somebody of another site and for nobody at all.
            let account = account.ok_or(AdminError::NoDeputy(NoDeputy::Person))?;
            admin::appoint_deputy(tx, &account, &deputy, sent.actor(), &wanted.why)?;
            Ok(())
        })?;
        Ok(redirect(&visit.path_of("deputies?done=appointed")))
    })
    .await
}

/// Ends a deputyship of a role the visitor holds in person.
pub(super) async fn revoke(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (visit, id) = (&sent.visit, sent.number()?);
        let Some(why) = sent.why() else {
            let wrong = vec![visit.text("person-no-why")];
            return draw(visit, &sent.office, &sent.fields, String::new(), wrong);
        };
        sent.write(|tx| {
            let all = tables::list_deputies(tx, None)?;
            let held = all.iter().find(|(_, held)| held.id == id && held.site == visit.site_id());
            if held.is_some_and(|(_, held)| !holds(visit, held.role)) {
                return Err(HttpError::conflict("deputy-not-yours", "").into());
            }
            Ok(admin::end_deputy(tx, id, sent.actor(), &why)?)
        })?;
        Ok(redirect(&visit.path_of("deputies?done=revoked")))
    })
    .await
}
