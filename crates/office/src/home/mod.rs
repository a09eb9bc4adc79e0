//! The first page of everybody, health, search, and help.

mod help;
mod search;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use people::Role;
use web::visit::encode_segment;
use web::{HttpError, Needs, Routes, Visit, blocking, redirect};

use crate::state::Shared;

/// Who may search a site.
const SEARCHERS: &[Role] = &[Role::Administrator, Role::Executive, Role::Auditor];

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
        .get("/", Needs::Public, first_page)
        .get("/s/{site}/", Needs::SignedIn, first_page_of_site)
        .get("/s/{site}/search", Needs::Site(SEARCHERS), search::show)
        .get("/help", Needs::SignedIn, help::show)
        .get("/health", Needs::Public, health)
}

/// Where a role starts its day, below `/s/{site}/`.
const fn start_of(role: Role) -> &'static str {
    match role {
        Role::Administrator => "today",
        Role::Executive => "executive",
        Role::Auditor => "checklists",
        Role::GroupOperator => "group",
        Role::Vendor => "vendor",
        Role::Staff => "staff",
    }
}

/// The order in which roles decide where somebody starts who holds several.
const START_ORDER: [Role; 6] =
    [Role::Administrator, Role::Executive, Role::Auditor, Role::GroupOperator, Role::Vendor, Role::Staff];

/// Leads everybody to where their day starts: set-up, the page for staff, or the first page of their role.
async fn first_page(visit: Visit, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let sites = office.frame.sites.list()?;
        let Some(person) = &visit.person else {
            let accounts = office.database().read(::people::store::count_accounts)?;
            return Ok(redirect(if accounts == 0 { "/setup" } else { "/staff" }));
        };
        let (named, everywhere) = person.sites();
        let mut mine = sites.iter().filter(|site| everywhere || named.contains(&site.id.as_str()));
        Ok(mine.next().map_or_else(
            || redirect("/me"),
            |site| redirect(&format!("/s/{}/{}", encode_segment(&site.id), start(&visit, &site.id))),
        ))
    })
    .await
}

fn start(visit: &Visit, site: &str) -> &'static str {
    let roles = visit.person.as_ref().map(|person| person.standing(site, visit.today()).roles()).unwrap_or_default();
    START_ORDER.into_iter().find(|role| roles.has(*role)).map_or("staff", start_of)
}

async fn first_page_of_site(visit: Visit) -> Result<Response, HttpError> {
    let id = visit.path.trim_matches('/').split('/').nth(1).and_then(web::guard::decode_segment).unwrap_or_default();
    Ok(redirect(&format!("/s/{}/{}", encode_segment(&id), start(&visit, &id))))
}

/// Whether the database answers. For monitors; says nothing else.
async fn health(State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        office.frame.sites.list()?;
        Ok("ok\n".into_response())
    })
    .await
}
