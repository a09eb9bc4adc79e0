//! Evidence handed in by a program.
#![expect(unused_qualifications, reason = "the description of parameters is written by a macro")]

use ::evidence::receive::Mode;
use ::evidence::{Gathered, Receipt, ReceiptState, Refusal};
use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use base::Lang;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{HttpError, UploadPlace, Visit, blocking};

use super::body::{
    PreviewBody, Problem, ReceiptBody, ReceiptStateBody, ReceiptsBody, RefusalBody, Refusals, StruckBody,
};
use super::gate::{Access, Asked, Segments, admit, bad_query, who};
use crate::Office;
use crate::import::not_received;
use crate::state::Shared;

/// Longest name of a file, in characters.
const MAX_NAME_CHARS: usize = 200;

/// What the body is.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Handing {
    /// Name of the file with its ending; it may say which machine a setting is of.
    #[param(min_length = 1, max_length = 200)]
    name: String,
    /// What only to show: nothing (everything is applied), ledgers kept by hand, or everything.
    #[serde(default)]
    #[param(inline)]
    preview: Shown,
}

/// Of what the changes are only shown.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
enum Shown {
    /// Of nothing: everything is applied.
    #[default]
    #[serde(rename = "false")]
    Nothing,
    /// Of ledgers kept by hand; the rest is applied.
    #[serde(rename = "ledgers")]
    Ledgers,
    /// Of everything; nothing is stored.
    #[serde(rename = "true")]
    Everything,
}

impl Shown {
    const fn mode(self) -> Mode {
        match self {
            Self::Nothing => Mode::Apply,
            Self::Ledgers => Mode::PreviewLedgers,
            Self::Everything => Mode::PreviewAll,
        }
    }
}

/// The bytes of one file, within the limit of uploads, and the place they take in memory.
pub(super) struct File(Bytes, UploadPlace);

impl FromRequest<Shared> for File {
    type Rejection = HttpError;

    async fn from_request(request: Request, office: &Shared) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
        if !kind.is_some_and(|kind| kind.starts_with(b"application/octet-stream")) {
            return Err(HttpError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "api-bad-type", ""));
        }
        let most = office.settings.upload_bytes;
        let too_large = || {
            let limit = format!("{} MB", most >> 20);
            HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, "http-too-large", limit)
        };
        // What says beforehand that it is too large need not be read.
        let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        if length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let Some(place) = office.frame.uploads.take() else {
            return Err(HttpError::new(StatusCode::SERVICE_UNAVAILABLE, "upload-busy", ""));
        };
        let limit = usize::try_from(most).unwrap_or(usize::MAX);
        to_bytes(request.into_body(), limit).await.map(|bytes| Self(bytes, place)).map_err(|_| too_large())
    }
}

/// Hands in one file; an archive is opened. What is answered as `applied` is on the disk.
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/evidence",
    tag = "evidence",
    params(("site" = String, Path, description = "The site of the token"), Handing),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file as it is"),
    responses(
        (status = 200, body = ReceiptsBody, description = "Nothing was stored: it was known, or only a preview"),
        (status = 201, body = ReceiptsBody, description = "Stored"),
        Refusals,
        (status = 413, body = Problem, description = "Larger than this installation takes"),
        (status = 415, body = Problem, description = "Not application/octet-stream"),
        (status = 422, body = ReceiptsBody, description = "Something in it could not be read; the receipts say what")
    )
)]
pub(super) async fn add(
    visit: Visit,
    Segments(site): Segments<String>,
    Asked(handing): Asked<Handing>,
    State(office): State<Shared>,
    File(bytes, place): File,
) -> Result<(StatusCode, Json<ReceiptsBody>), HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Write)?.id;
        let name = check_name(&handing.name)?;
        let mode = handing.preview.mode();
        let receipts = receive(&office, &visit, &site, name, bytes.into(), mode)?;
        drop(place);
        Ok((status_of(&receipts), Json(ReceiptsBody { receipts })))
    })
    .await
}

fn check_name(name: &str) -> Result<String, HttpError> {
    let name = name.trim();
    let is_path = name.split('/').any(|part| matches!(part, "" | "." | ".."));
    if name.is_empty() || is_path || name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(bad_query("name is empty, too long, or no name of a file"));
    }
    Ok(name.to_owned())
}

fn receive(
    office: &Office,
    visit: &Visit,
    site: &str,
    name: String,
    bytes: Vec<u8>,
    mode: Mode,
) -> Result<Vec<ReceiptBody>, HttpError> {
    let installation = &office.installation;
    let gathered = Gathered::from_files(vec![(name, bytes)], office.reading_limits());
    let who = who(office, visit)?;
    let mut receipts = Vec::new();
    let done = installation.receive_with(&installation.upload_intake(site, &who), &gathered, mode, |name, receipt| {
        receipts.push(match receipt {
            Ok(receipt) => receipt_body(visit.lang, receipt, mode),
            Err(refusal) => refused_body(visit.lang, name, refusal),
        });
    });
    done.map_err(not_received)?;
    Ok(receipts)
}

/// 422 if anything could not be read, 201 if anything was stored, else 200.
fn status_of(receipts: &[ReceiptBody]) -> StatusCode {
    let any = |states: &[ReceiptStateBody]| receipts.iter().any(|receipt| states.contains(&receipt.state));
    if receipts.is_empty()
        || any(&[ReceiptStateBody::Unreadable, ReceiptStateBody::Withheld, ReceiptStateBody::Refused])
    {
        StatusCode::UNPROCESSABLE_ENTITY
    } else if receipts.iter().any(|one| one.state != ReceiptStateBody::Known && one.evidence.is_some()) {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    }
}

fn state_of(receipt: &Receipt, mode: Mode) -> ReceiptStateBody {
    match (&receipt.state, mode) {
        (ReceiptState::Unreadable(_), Mode::Apply) if receipt.evidence.is_none() => ReceiptStateBody::Withheld,
        (state, _) => state.into(),
    }
}

fn receipt_body(lang: Lang, receipt: &Receipt, mode: Mode) -> ReceiptBody {
    let struck = receipt.struck.iter().map(|one| StruckBody { what: one.what.clone(), place: one.locator.to_string() });
    ReceiptBody {
        name: receipt.name.clone(),
        state: state_of(receipt, mode),
        importer: receipt.importer.to_owned(),
        sha256: receipt.evidence.map(|_| receipt.sha256.to_string()),
        evidence: receipt.evidence,
        accepted: receipt.accepted,
        unused: receipt.unused,
        facts: receipt.facts,
        refused: receipt.refusals.iter().map(|refusal| refusal_body(lang, refusal)).collect(),
        refused_more: receipt.refused_more,
        struck: struck.collect(),
        preview: match &receipt.state {
            ReceiptState::Previewed(preview) => Some(PreviewBody::from(preview)),
            ReceiptState::Applied | ReceiptState::Known | ReceiptState::Unrecognised | ReceiptState::Unreadable(_) => {
                None
            }
        },
    }
}

fn refusal_body(lang: Lang, refusal: &Refusal) -> RefusalBody {
    RefusalBody {
        place: refusal.locator.to_string(),
        reason: i18n::message(lang, refusal.message, &[("detail", refusal.detail.as_str().into())]),
    }
}

fn refused_body(lang: Lang, name: &str, refusal: &Refusal) -> ReceiptBody {
    ReceiptBody {
        name: name.to_owned(),
        state: ReceiptStateBody::Refused,
        importer: String::new(),
        sha256: None,
        evidence: None,
        accepted: 0,
        unused: 0,
        facts: 0,
        refused: vec![refusal_body(lang, refusal)],
        refused_more: 0,
        struck: Vec::new(),
        preview: None,
    }
}
