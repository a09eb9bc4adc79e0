//! The site of the token, and where it stands.

use axum::Json;
use axum::extract::State;
use governance::snapshot;
use web::{HttpError, Visit, blocking};

use super::body::{HeadBody, Refusals, SitesBody};
use super::gate::{Access, Segments, admit};
use crate::state::Shared;

/// The site the token is for.
#[utoipa::path(get, path = "/api/v1/sites", tag = "sites", responses((status = 200, body = SitesBody), Refusals))]
pub(super) async fn list(visit: Visit, State(office): State<Shared>) -> Result<Json<SitesBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let token = visit.person.as_ref().and_then(|person| person.token.as_ref());
        let id = token.map(|token| token.site.clone()).unwrap_or_default();
        let site = admit(&office, &visit, &id, Access::Read)?;
        Ok(Json(SitesBody { sites: vec![site.into()] }))
    })
    .await
}

/// Where a site stands, as of its last assessment.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}",
    tag = "sites",
    params(("site" = String, Path, description = "The site of the token")),
    responses((status = 200, body = HeadBody), Refusals)
)]
pub(super) async fn show(
    visit: Visit,
    Segments(site): Segments<String>,
    State(office): State<Shared>,
) -> Result<Json<HeadBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?;
        let head = office.database().read(|tx| snapshot::find_head(tx, &site.id, visit.lang))?;
        Ok(Json(HeadBody::new(site, head)))
    })
    .await
}
