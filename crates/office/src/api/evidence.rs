//! Evidence, and its bytes.

use ::evidence::store::{find_evidence, list_evidence_after};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use web::{HttpError, Visit, blocking};

use super::body::{EvidenceBody, EvidencePageBody, Problem, Refusals};
use super::gate::{Access, Asked, Rows, Segments, admit, who};
use crate::evidence::take_bytes;
use crate::state::Shared;

/// Evidence of a site, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/evidence",
    tag = "evidence",
    params(("site" = String, Path, description = "The site of the token"), Rows),
    responses((status = 200, body = EvidencePageBody), Refusals)
)]
pub(super) async fn list(
    visit: Visit,
    Segments(site): Segments<String>,
    Asked(rows): Asked<Rows>,
    State(office): State<Shared>,
) -> Result<Json<EvidencePageBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let (after, limit) = rows.window()?;
        let mut found = office.database().read(|tx| list_evidence_after(tx, &site, after, limit + 1))?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().map(|row| row.id).filter(|_| more);
        Ok(Json(EvidencePageBody { evidence: found.into_iter().map(EvidenceBody::from).collect(), next }))
    })
    .await
}

/// One piece of evidence.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/evidence/{evidence}",
    tag = "evidence",
    params(
        ("site" = String, Path, description = "The site of the token"),
        ("evidence" = i64, Path, description = "Number of the evidence")
    ),
    responses((status = 200, body = EvidenceBody), Refusals)
)]
pub(super) async fn show(
    visit: Visit,
    Segments((site, id)): Segments<(String, String)>,
    State(office): State<Shared>,
) -> Result<Json<EvidenceBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let id = id.parse().map_err(|_| HttpError::not_found())?;
        let row = office.database().read(|tx| find_evidence(tx, &site, id))?;
        Ok(Json(row.ok_or_else(HttpError::not_found)?.into()))
    })
    .await
}

/// The stored bytes; secrets were struck before they were stored. Who takes them stands in the ledger.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/evidence/{evidence}/bytes",
    tag = "evidence",
    params(
        ("site" = String, Path, description = "The site of the token"),
        ("evidence" = i64, Path, description = "Number of the evidence")
    ),
    responses(
        (status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        Refusals,
        (status = 409, body = Problem, description = "The bytes are missing or were changed: verify the ledger")
    )
)]
pub(super) async fn show_bytes(
    visit: Visit,
    Segments((site, id)): Segments<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let id = id.parse().map_err(|_| HttpError::not_found())?;
        let row = office.database().read(|tx| find_evidence(tx, &site, id))?.ok_or_else(HttpError::not_found)?;
        let bytes = take_bytes(&office, &site, &who(&office, &visit)?, &row, visit.now)?;
        let headers = [
            (header::CONTENT_TYPE, "application/octet-stream"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"evidence.bin\""),
        ];
        Ok((headers, bytes).into_response())
    })
    .await
}
