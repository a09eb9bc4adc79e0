//! Blacking out a voice that names a patient.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::ledger::NewEntry;
use web::{Form, HttpError, SiteVisit, blocking, redirect};

use super::store as tables;
use super::{check_text, parse_number};
use crate::state::Shared;

/// Longest reason, in characters.
const MAX_REASON_CHARS: usize = 200;

#[derive(Deserialize)]
pub(super) struct Sent {
    why: String,
}

/// Takes the text of a voice out of the table. The ledger never had it; it keeps that it was blacked out, by whom and why, so that
/// verifying stays sound and nobody can do this unseen.
pub(super) async fn black_out(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(sent): Form<Sent>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (id, why) = (parse_number(&id)?, check_text(&sent.why)?);
        if why.chars().count() > MAX_REASON_CHARS {
            return Err(HttpError::bad_request("staff-text-too-long", MAX_REASON_CHARS.to_string()));
        }
        let (who, site) = (visit.who(), visit.site_id());
        let instead =
            [("who", who.as_str().into()), ("time", visit.minute(visit.now).into()), ("why", why.as_str().into())];
        let instead = visit.say("voice-blacked-out", &instead);
        office.installation.ledger.write(office.database(), visit.now, |tx| {
            tables::find_voice(tx, site, id)?.ok_or_else(HttpError::not_found)?;
            tables::black_out(tx, id, &instead)?;
            let body = json!({ "id": id, "why": why });
            tx.append(&NewEntry { kind: "voice.blacked_out", site, who: &who, body: &body })?;
            Ok::<_, HttpError>(())
        })?;
        Ok(redirect(&visit.path_of(&format!("voices/{id}"))))
    })
    .await
}
