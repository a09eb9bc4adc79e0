//! One entry of the ledger, with its proof.

use ::store::ledger::{Entry, find_entry};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::audit_page::{self, Line};
use super::evidence_page;
use crate::Office;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "evidence/audit_entry.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    line: Line,
    kind: &'a str,
    proof_command: String,
}

pub(super) async fn show(
    visit: SiteVisit,
    Path((_, seq)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let entry = find(&office, &visit, &seq)?;
        let title = visit.say("audit-entry-title", &[("seq", entry.seq.to_string().into())]);
        let around = Page::new(title, "audit").trail(visit.text("audit-title"), visit.path_of("audit"));
        let line = audit_page::line(&visit, &entry);
        let proof_command = evidence_page::proof_command(&office);
        page(&visit, &around, &Body { visit: &visit, line, kind: &entry.kind, proof_command })
    })
    .await
}

/// The entry that an address names, if it is one of this site.
pub(super) fn find(office: &Office, visit: &SiteVisit, seq: &str) -> Result<Entry, HttpError> {
    let seq = seq.parse().map_err(|_| HttpError::not_found())?;
    let line = office.database().read(|tx| find_entry(tx, seq))?;
    let logins = audit_page::list_logins(office, visit)?;
    let whole = audit_page::whole(visit, &logins);
    let is_seen = |entry: &Entry| entry.site == visit.site_id() || whole.has(entry);
    let entry = line.and_then(|line| Entry::parse(&line).ok()).filter(is_seen);
    entry.ok_or_else(HttpError::not_found)
}
