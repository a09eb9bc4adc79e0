//! One's own account.

use ::people::store as tables;
use ::people::{Account, EVERYWHERE, Role, Session, SignedIn};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base::Lang;
use web::list::ListQuery;
use web::visit::encode_segment;
use web::{HttpError, Page, Visit, blocking, page};

use crate::Office;
use crate::people::role_message;
use crate::state::Shared;

/// A session as a line.
struct Line {
    id: i64,
    device: String,
    address: String,
    since: String,
    seen: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "sign_in/me.html")]
struct MePage<'a> {
    visit: &'a Visit,
    wrong: Vec<String>,
    said: String,
    account: Account,
    is_japanese: bool,
    roles: Vec<(String, String)>,
    deputies: Vec<String>,
    appoint: Vec<(String, String)>,
    codes_left: i64,
    sessions: Vec<Line>,
}

/// Somebody who sits at a browser of theirs.
pub(super) fn get_person(visit: &Visit) -> Result<(&SignedIn, &Session), HttpError> {
    visit.person.as_deref().zip(visit.session()).ok_or_else(HttpError::forbidden)
}

/// What a page says after something was done, by the word in its address.
fn said(visit: &Visit, query: &ListQuery) -> String {
    match query.filter("done") {
        Some("account") => visit.text("me-done-account"),
        Some("password") => visit.text("me-done-password"),
        Some("sessions") => visit.text("me-done-sessions"),
        Some(_) | None => String::new(),
    }
}

/// The page of one's own account.
pub(super) async fn show(visit: Visit, query: ListQuery, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> { draw(&visit, &office, said(&visit, &query), Vec::new()) }).await
}

/// Draws the page with what was said or what is wrong.
pub(super) fn draw(visit: &Visit, office: &Office, said: String, wrong: Vec<String>) -> Result<Response, HttpError> {
    let (person, session) = get_person(visit)?;
    let id = person.account.id;
    let (account, memberships, held, codes_left, sessions) = office.database().read::<_, store::StoreError>(|tx| {
        Ok((
            tables::find_account(tx, id)?,
            tables::list_memberships(tx, id)?,
            tables::list_deputies(tx, Some(id))?,
            tables::count_recovery_codes(tx, id)?,
            tables::list_sessions(tx, id, visit.now)?,
        ))
    })?;
    let sites = office.frame.sites.list()?;
    let name_of = |id: &str| match sites.iter().find(|site| site.id == id) {
        Some(site) => site.name.clone(),
        None if id == EVERYWHERE => visit.text("me-everywhere"),
        None => id.to_owned(),
    };
    let appoints = |site: &str| {
        let own = person.standing(site, visit.today()).own;
        own.has(Role::Executive) || own.has(Role::Administrator)
    };
    let body = MePage {
        visit,
        wrong,
        said,
        account: account.ok_or_else(HttpError::not_found)?,
        is_japanese: visit.lang == Lang::Ja,
        roles: memberships.iter().map(|(site, role)| (name_of(site), visit.text(role_message(*role)))).collect(),
        deputies: held
            .iter()
            .filter(|(_, deputy)| deputy.ends_on >= visit.today())
            .map(|(_, deputy)| {
                let arguments = [
                    ("site", name_of(&deputy.site).into()),
                    ("role", visit.text(role_message(deputy.role)).into()),
                    ("from", visit.day(deputy.starts_on).into()),
                    ("to", visit.day(deputy.ends_on).into()),
                    ("by", deputy.appointed_by.as_str().into()),
                ];
                visit.say("me-deputy", &arguments)
            })
            .collect(),
        appoint: sites
            .iter()
            .filter(|site| appoints(&site.id))
            .map(|site| (site.name.clone(), format!("/s/{}/deputies", encode_segment(&site.id))))
            .collect(),
        codes_left: i64::try_from(codes_left).unwrap_or(i64::MAX),
        sessions: sessions.iter().map(|one| line(visit, one, session.id)).collect(),
    };
    page(visit, &Page::new(visit.text("me-title"), "").help(visit.text("me-help")), &body)
}

fn line(visit: &Visit, session: &Session, this: i64) -> Line {
    Line {
        id: session.id,
        device: session.device.clone(),
        address: session.address.clone(),
        since: visit.minute(session.created_at),
        seen: visit.minute(session.seen_at),
        is_this: session.id == this,
    }
}
