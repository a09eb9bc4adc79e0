//! Files that leave the house: evidence, proofs, the public key. Always as attachments, never as pages.

use ::evidence::store::EvidenceRow;
use ::store::ledger::{self, NewEntry};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base::UtcSeconds;
use serde_json::json;
use web::visit::encode_segment;
use web::{HttpError, SiteVisit, blocking};

use super::{audit_entry, evidence_page};
use crate::Office;
use crate::state::Shared;

const VERIFIER: &str = include_str!("../../../../tools/verify_ledger.py");

/// The stored bytes of a piece of evidence. Who took them stands in the ledger.
pub(super) async fn evidence(
    visit: SiteVisit,
    Path((_, number)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    // What another page makes a browser ask for was not taken by whoever sits before it.
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(HttpError::new(StatusCode::FORBIDDEN, "http-foreign-form", ""));
    }
    blocking(move || -> Result<Response, HttpError> {
        let row = evidence_page::find(&office, &visit, &number)?;
        if method == Method::HEAD {
            return attachment("application/octet-stream", &row.name, Vec::new());
        }
        let bytes = take_bytes(&office, visit.site_id(), &visit.who(), &row, visit.now)?;
        attachment("application/octet-stream", &row.name, bytes)
    })
    .await
}

/// The stored bytes of a piece of evidence for whoever takes them away, person or program: the ledger says who did.
///
/// # Errors
/// 409 if the bytes are gone or not as they were received; without the entry in the ledger nothing is handed out.
pub(crate) fn take_bytes(
    office: &Office,
    site: &str,
    who: &str,
    row: &EvidenceRow,
    now: UtcSeconds,
) -> Result<Vec<u8>, HttpError> {
    let bytes = office.installation.blobs.read(row.sha256)?;
    let body = json!({ "evidence": row.id, "blob": row.sha256.to_string(), "name": row.name });
    office.installation.ledger.write::<_, HttpError>(office.database(), now, |tx| {
        tx.append(&NewEntry { kind: "evidence.downloaded", site, who, body: &body })?;
        Ok(())
    })?;
    Ok(bytes)
}

/// The proof that an entry is in the ledger.
pub(super) async fn proof(
    visit: SiteVisit,
    Path((_, seq)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let entry = audit_entry::find(&office, &visit, &seq)?;
        let document = office.database().read::<_, HttpError>(|tx| Ok(ledger::inclusion_document(tx, entry.seq)?))?;
        let text = serde_json::to_string_pretty(&document).map_err(HttpError::internal)?;
        attachment("application/json", &format!("proof-{}.json", entry.seq), text.into_bytes())
    })
    .await
}

/// The public key with which the ledger is checked.
pub(super) async fn key(_: SiteVisit, State(office): State<Shared>) -> Result<Response, HttpError> {
    let line = format!("{}\n", office.installation.ledger.public_key());
    attachment("text/plain; charset=utf-8", "public-key.txt", line.into_bytes())
}

/// The program with which an outsider checks: it needs Python and nothing of ours.
pub(super) async fn tool(_: SiteVisit) -> Result<Response, HttpError> {
    attachment("text/plain; charset=utf-8", "verify_ledger.py", VERIFIER.into())
}

/// An answer that a browser saves and never shows.
fn attachment(kind: &'static str, name: &str, bytes: Vec<u8>) -> Result<Response, HttpError> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encode_segment(last));
    let mut response = (StatusCode::OK, [(header::CONTENT_TYPE, kind)], bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(HttpError::internal)?);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    Ok(response)
}
