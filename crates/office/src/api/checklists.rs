//! Checklists, checks, findings, and what is unknown, as of the last assessment.

use axum::Json;
use axum::extract::State;
use governance::snapshot;
use store::StoreError;
use web::{HttpError, Visit, blocking};

use super::body::{AskBody, AsksBody, CheckBody, ChecklistBody, FindingBody, FindingsBody, Refusals};
use super::gate::{Access, Asked, Rows, Segments, admit};
use crate::state::Shared;

/// A checklist with its items, why each has its verdict, and what it rests on.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/checklists/{checklist}",
    tag = "answers",
    params(
        ("site" = String, Path, description = "The site of the token"),
        ("checklist" = String, Path, description = "Id of a checklist, from the site's head")
    ),
    responses((status = 200, body = ChecklistBody), Refusals)
)]
pub(super) async fn show(
    visit: Visit,
    Segments((site, id)): Segments<(String, String)>,
    State(office): State<Shared>,
) -> Result<Json<ChecklistBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let found = office.database().read(|tx| {
            let Some(mut checklist) = snapshot::find_checklist(tx, &site, visit.lang, &id)? else { return Ok(None) };
            for item in &mut checklist.items {
                if let Some(whole) = snapshot::find_item(tx, &site, visit.lang, &id, &item.id)? {
                    *item = whole;
                }
            }
            let head = snapshot::find_head(tx, &site, visit.lang)?;
            Ok::<_, StoreError>(Some((checklist, head)))
        })?;
        let (checklist, head) = found.ok_or_else(HttpError::not_found)?;
        Ok(Json(ChecklistBody::new(checklist, head.map(|head| head.made_at.rfc3339()))))
    })
    .await
}

/// What one check answered.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/checks/{check}",
    tag = "answers",
    params(
        ("site" = String, Path, description = "The site of the token"),
        ("check" = String, Path, description = "Id of a check")
    ),
    responses((status = 200, body = CheckBody), Refusals)
)]
pub(super) async fn show_check(
    visit: Visit,
    Segments((site, id)): Segments<(String, String)>,
    State(office): State<Shared>,
) -> Result<Json<CheckBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let check = office.database().read(|tx| snapshot::find_check(tx, &site, visit.lang, &id))?;
        Ok(Json(check.ok_or_else(HttpError::not_found)?.into()))
    })
    .await
}

/// What evidence contradicts, gravest first.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/findings",
    tag = "answers",
    params(("site" = String, Path, description = "The site of the token"), Rows),
    responses((status = 200, body = FindingsBody), Refusals)
)]
pub(super) async fn list_findings(
    visit: Visit,
    Segments(site): Segments<String>,
    Asked(rows): Asked<Rows>,
    State(office): State<Shared>,
) -> Result<Json<FindingsBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let findings = office.database().read(|tx| snapshot::list_findings(tx, &site, visit.lang))?;
        let (findings, next) = rows.cut(findings)?;
        Ok(Json(FindingsBody { findings: findings.into_iter().map(FindingBody::from).collect(), next }))
    })
    .await
}

/// What nobody has shown yet, and how to get to know it.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/unknown",
    tag = "answers",
    params(("site" = String, Path, description = "The site of the token"), Rows),
    responses((status = 200, body = AsksBody), Refusals)
)]
pub(super) async fn list_unknown(
    visit: Visit,
    Segments(site): Segments<String>,
    Asked(rows): Asked<Rows>,
    State(office): State<Shared>,
) -> Result<Json<AsksBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let asks = office.database().read(|tx| snapshot::list_asks(tx, &site, visit.lang))?;
        let (asks, next) = rows.cut(asks)?;
        Ok(Json(AsksBody { asks: asks.into_iter().map(AskBody::from).collect(), next }))
    })
    .await
}
