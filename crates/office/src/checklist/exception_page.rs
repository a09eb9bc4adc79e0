//! One exception: why, until when, what is done instead, and how it ends.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::Locator;
use governance::exceptions::{Exception, ExceptionError, ExceptionState, Exceptions};
use governance::store as tables;
use serde::Deserialize;
use web::list::ListQuery;
use web::{Form, HttpError, Page, SiteVisit, blocking, page, redirect};

use super::exceptions::{Standing, check_title};
use crate::state::Shared;
use crate::words::{self, Badge, plain};

/// Longest reason, in characters.
const MAX_CHARS: usize = 2_000;

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    let id: i64 = id.parse().map_err(|_| HttpError::not_found())?;
    blocking(move || -> Result<Response, HttpError> {
        let site = visit.site_id();
        let (found, names) = office.database().read(|tx| {
            let found = tables::find_exception(tx, site, id)?;
            let numbers: BTreeSet<i64> =
                found.iter().flat_map(|one| &one.controls).map(|control| control.evidence).collect();
            Ok::<_, store::StoreError>((found, tables::list_evidence_names(tx, site, &numbers)?))
        })?;
        let one = found.ok_or_else(HttpError::not_found)?;
        let standing = Standing::of(&visit, &one);
        let is_open = matches!(standing, Standing::Waiting | Standing::Active);
        let controls = one.controls.iter().map(|control| {
            let name = names.get(&control.evidence).map_or_else(String::new, |name| plain(name));
            let href = words::bytes_path(&visit, control.evidence, &Locator::Whole);
            (plain(&control.control), format!("#{} {name}", control.evidence), href)
        });
        let body = Body {
            badge: standing.badge(&visit),
            is_recorded: query.filter("recorded").is_some(),
            rows: rows(&visit, &one, standing),
            check: (check_title(&visit, &office, &one.check), visit.path_of(&format!("checks/{}", one.check))),
            subject: subject(&visit, &one),
            controls: controls.collect(),
            decisions: (standing == Standing::Waiting).then(|| visit.path_of("decisions")),
            revoke: (is_open && words::may_answer(&visit))
                .then(|| (visit.path_of(&format!("exceptions/{id}/revoke")), one.state.name())),
            is_waiting: standing == Standing::Waiting,
            visit: &visit,
        };
        let title = visit.say("checklist-exception-title", &[("id", id.into())]);
        let around = Page::new(title, "exceptions").trail(visit.text("nav-exceptions"), visit.path_of("exceptions"));
        page(&visit, &around, &body)
    })
    .await
}

#[derive(Template)]
#[template(path = "checklist/exception_page.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    badge: Badge,
    is_recorded: bool,
    rows: Vec<(String, String)>,
    check: (String, String),
    subject: (String, Option<String>),
    controls: Vec<(String, String, Option<String>)>,
    decisions: Option<String>,
    revoke: Option<(String, &'static str)>,
    is_waiting: bool,
}

fn subject(visit: &SiteVisit, one: &Exception) -> (String, Option<String>) {
    match &one.subject {
        Some(subject) => (plain(subject.id()), words::subject_path(visit, subject)),
        None => (visit.text("checklist-every-subject"), None),
    }
}

fn rows(visit: &SiteVisit, one: &Exception, standing: Standing) -> Vec<(String, String)> {
    let mut rows = vec![
        (visit.text("checklist-why"), plain(&one.reason)),
        (visit.text("checklist-requested-by"), plain(&one.requested_by)),
        (visit.text("checklist-requested-at"), visit.minute(one.requested_at)),
        (visit.text("checklist-last-day"), visit.day(one.expires_on)),
    ];
    if standing == Standing::Active {
        let days = one.expires_on.days_since(visit.today());
        rows.push((visit.text("checklist-days-left"), visit.say("checklist-days", &[("days", days.into())])));
    }
    if let Some(at) = one.decided_at {
        rows.push((visit.text("checklist-decided-by"), plain(&one.decided_by)));
        rows.push((visit.text("checklist-decided-at"), visit.minute(at)));
    }
    if !one.decided_why.is_empty() {
        rows.push((visit.text("checklist-decided-why"), plain(&one.decided_why)));
    }
    rows
}

#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    state: String,
}

pub(super) async fn revoke(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(sent): Form<Sent>,
) -> Result<Response, HttpError> {
    let id: i64 = id.parse().map_err(|_| HttpError::not_found())?;
    blocking(move || -> Result<Response, HttpError> {
        let why = plain(&sent.reason.replace(['\r', '\n'], " ")).trim().to_owned();
        if why.chars().count() > MAX_CHARS {
            return Err(HttpError::bad_request("checklist-too-long", MAX_CHARS.to_string()));
        }
        let seen = ExceptionState::ALL.iter().find(|(name, _)| *name == sent.state).map(|(_, state)| *state);
        let exceptions = Exceptions {
            database: office.database(),
            ledger: &office.installation.ledger,
            site: visit.site_id(),
            now: visit.now,
        };
        let seen = seen.unwrap_or(ExceptionState::Revoked);
        exceptions.revoke_exception(id, Some(seen), &visit.who(), &why).map_err(refuse)?;
        Ok(redirect(&visit.path_of(&format!("exceptions/{id}"))))
    })
    .await
}

fn refuse(err: ExceptionError) -> HttpError {
    match err {
        ExceptionError::NoReason => HttpError::bad_request("checklist-exception-no-end-reason", ""),
        ExceptionError::Unknown { .. } => HttpError::not_found(),
        ExceptionError::NotWaiting { .. } => HttpError::conflict("checklist-exception-changed", ""),
        ExceptionError::UnknownCheck { .. }
        | ExceptionError::NoControl
        | ExceptionError::UnknownEvidence { .. }
        | ExceptionError::BadEnd { .. }
        | ExceptionError::OwnRequest { .. } => HttpError::internal(err),
        ExceptionError::Ledger(err) => err.into(),
        ExceptionError::Store(err) => err.into(),
    }
}
