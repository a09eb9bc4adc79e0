//! Answering an item.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use governance::snapshot;
use installation::claims::{self, ClaimError, NewAnswer, Said};
use serde::Deserialize;
use web::{Form, HttpError, SiteVisit, blocking, redirect};

use super::checklist_page::{find_framework, is_in_force, item_path};
use super::item_page::{self, Around, Typed, is_finding};
use crate::import::not_received;
use crate::state::{Office, Shared};
use crate::words::{plain, reason};

#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    target: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    seen: i64,
}

pub(super) async fn record(
    visit: SiteVisit,
    Path((_, checklist, item)): Path<(String, String, String)>,
    State(office): State<Shared>,
    Form(sent): Form<Sent>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let framework = find_framework(&office, &checklist)?;
        if !framework.items.iter().any(|one| one.id == item) {
            return Err(HttpError::not_found());
        }
        if !is_in_force(&visit, &office, framework)? {
            return Err(HttpError::conflict("checklist-not-answered", ""));
        }
        match answer(&visit, &office, &item, &sent) {
            Ok(()) => Ok(redirect(&format!("{}?recorded=1", item_path(&visit, &checklist, &item)))),
            Err(err) => {
                let problem = Some(say(&visit, err)?);
                let typed = Typed { answer: sent.answer, target: sent.target, note: sent.note };
                item_page::draw(&visit, &office, &checklist, &item, Around { is_recorded: false, problem, typed })
            }
        }
    })
    .await
}

fn answer(visit: &SiteVisit, office: &Office, item: &str, sent: &Sent) -> Result<(), ClaimError> {
    let said = match sent.answer.as_str() {
        "yes" => Said::Yes,
        "no" => Said::No(sent.target.trim().parse().ok()),
        "na" => Said::NotApplicable,
        _ => return Err(ClaimError::BadText { field: "answer" }),
    };
    let who = visit.who();
    let note = plain(&sent.note.replace(['\r', '\n'], " "));
    let new = NewAnswer { item, said, note: note.trim(), who: &who, seen: Some(sent.seen) };
    let site = visit.site_id();
    office.installation.answer_item(site, &new, |check| {
        let report = office.database().read(|tx| snapshot::find_check(tx, site, visit.lang, check))?;
        Ok(report.as_ref().is_some_and(is_finding))
    })?;
    Ok(())
}

/// Why an answer was not recorded, with the status of the page that says so.
fn say(visit: &SiteVisit, err: ClaimError) -> Result<(StatusCode, String), HttpError> {
    let bad = StatusCode::UNPROCESSABLE_ENTITY;
    match err {
        ClaimError::AgainstEvidence { .. } => Ok((bad, visit.text("checklist-against"))),
        ClaimError::NoTarget => Ok((bad, visit.text("checklist-no-target"))),
        ClaimError::BadTarget { .. } => Ok((bad, visit.text("checklist-bad-target"))),
        ClaimError::BadText { field: "answer" } => Ok((bad, visit.text("checklist-no-choice"))),
        ClaimError::BadText { .. } | ClaimError::BadSize { .. } => {
            Ok((bad, visit.say("checklist-too-long", &[("detail", claims::MAX_TEXT_CHARS.into())])))
        }
        ClaimError::Overtaken { who } => {
            Ok((StatusCode::CONFLICT, visit.say("checklist-overtaken", &[("who", plain(&who).into())])))
        }
        ClaimError::UnknownItem { .. } | ClaimError::UnknownKind { .. } => Err(HttpError::not_found()),
        ClaimError::Withheld(err) => Ok((bad, reason(visit, err.message, &err.detail))),
        ClaimError::Store(err) => Err(err.into()),
        ClaimError::Receive(err) => Err(not_received(err)),
        ClaimError::Ledger(err) => Err(err.into()),
    }
}
