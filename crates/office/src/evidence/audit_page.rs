//! The audit trail: what was done at this site, by whom, newest first, and the state of the ledger.

use std::collections::BTreeSet;

use ::people::{self, EVERYWHERE, Role};
use ::store::StoreError;
use ::store::ledger::{Entry, EntrySearch, Whole, find_checkpoint, find_size, search_entries};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use web::list::{Cell, Column, EXPORT_ROWS, List, ListQuery, PAGE_ROWS, Total};
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::audit_kinds;
use crate::Office;
use crate::state::Shared;

/// An entry on the page.
pub(super) struct Line {
    pub(super) seq: u64,
    pub(super) at: String,
    pub(super) what: String,
    pub(super) who: String,
    pub(super) body: String,
    pub(super) path: String,
    /// Number and path of the evidence it is about.
    pub(super) evidence: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "evidence/audit.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    path: String,
    size: u64,
    checkpoint: String,
    kinds: Vec<(String, String)>,
    kind: &'a str,
    who: &'a str,
    lines: Vec<Line>,
    exports: [(&'static str, String); 3],
    newest: Option<String>,
    older: Option<String>,
}

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let around = Page::new(visit.text("audit-title"), "audit").help(visit.text("audit-help"));
        let logins = list_logins(&office, &visit)?;
        let whole = Some(whole(&visit, &logins));
        let (kind, who) = (query.filter("kind"), query.filter("who"));
        let search = EntrySearch { site: visit.site_id(), kind, who, whole };
        let before = query.filter("before").and_then(|before| before.parse().ok());
        if query.format().is_some() {
            let (entries, total) = list_all(&office, &search)?;
            return export(&visit, &entries, total).respond(&visit, &around, &query, "");
        }
        let (size, checkpoint, found) = office.database().read(|tx| {
            let found = search_entries(tx, &search, before, PAGE_ROWS)?;
            Ok::<_, StoreError>((find_size(tx)?, find_checkpoint(tx)?, found))
        })?;
        let body = Body {
            visit: &visit,
            path: visit.path_of("audit"),
            size,
            checkpoint: checkpoint.unwrap_or_default(),
            kinds: audit_kinds::options(&visit),
            kind: query.filter("kind").unwrap_or_default(),
            who: query.filter("who").unwrap_or_default(),
            lines: found.entries.iter().map(|entry| line(&visit, entry)).collect(),
            exports: [
                ("Excel", query.as_format("xlsx")),
                ("CSV (UTF-8)", query.as_format("csv")),
                ("CSV (Shift_JIS)", query.as_format("csv-cp932")),
            ],
            newest: before.map(|_: u64| query.with(&[("before", "")])),
            older: found.before.map(|before| query.with(&[("before", &before.to_string())])),
        };
        page(&visit, &around, &body)
    })
    .await
}

/// Logins of the accounts of the site: their sign-ins stand in no site's part of the ledger.
pub(super) fn list_logins(office: &Office, visit: &SiteVisit) -> Result<BTreeSet<String>, HttpError> {
    Ok(office.database().read(|tx| people::store::list_logins(tx, visit.site_id()))?)
}

/// The entries of the whole installation that may be seen here: those about accounts of the site; all, by whoever may see every site.
pub(super) fn whole<'a>(visit: &SiteVisit, logins: &'a BTreeSet<String>) -> Whole<'a> {
    let sees_all = [Role::Auditor, Role::Administrator].iter().any(|role| visit.person().holds_everywhere(*role));
    Whole { site: EVERYWHERE, logins: (!sees_all).then_some(logins) }
}

/// An entry in words.
pub(super) fn line(visit: &SiteVisit, entry: &Entry) -> Line {
    // `evidence.added` names itself `id`; what is about evidence names it `evidence`.
    let member = if entry.kind == "evidence.added" { "id" } else { "evidence" };
    let evidence = entry.body.get(member).and_then(serde_json::Value::as_i64);
    Line {
        seq: entry.seq,
        at: visit.minute(entry.at),
        what: audit_kinds::text(visit, &entry.kind),
        who: entry.who.clone(),
        body: serde_json::to_string_pretty(&entry.body).unwrap_or_default(),
        path: visit.path_of(&format!("audit/{}", entry.seq)),
        evidence: evidence.map(|number| {
            let label = visit.say("audit-evidence-number", &[("number", number.into())]);
            (label, visit.path_of(&format!("evidence/{number}")))
        }),
    }
}

/// Entries for an export, and whether they are all.
fn list_all(office: &Office, search: &EntrySearch<'_>) -> Result<(Vec<Entry>, Total), HttpError> {
    let mut entries = Vec::new();
    let mut before = None;
    loop {
        let limit = PAGE_ROWS * 20;
        let found = office.database().read(|tx| search_entries(tx, search, before, limit))?;
        entries.extend(found.entries);
        before = found.before;
        if before.is_none() && entries.len() <= EXPORT_ROWS {
            let total = Total::Exactly(entries.len());
            return Ok((entries, total));
        }
        if entries.len() >= EXPORT_ROWS {
            entries.truncate(EXPORT_ROWS);
            return Ok((entries, Total::AtLeast(EXPORT_ROWS)));
        }
    }
}

fn export(visit: &SiteVisit, entries: &[Entry], total: Total) -> List {
    List {
        caption: visit.text("audit-title"),
        columns: vec![
            Column::new(visit.text("audit-seq")).number(),
            Column::new(visit.text("audit-at")),
            Column::new(visit.text("audit-what")),
            Column::new(visit.text("audit-who")),
            Column::new(visit.text("audit-body")),
        ],
        rows: entries
            .iter()
            .map(|entry| {
                let texts = [
                    entry.seq.to_string(),
                    visit.minute(entry.at),
                    audit_kinds::text(visit, &entry.kind),
                    entry.who.clone(),
                    // A cell of a spreadsheet holds no more.
                    entry.body.to_string().chars().take(32_000).collect(),
                ];
                texts.into_iter().map(Cell::text).collect()
            })
            .collect(),
        total,
        filters: Vec::new(),
        can_search: false,
        empty: String::new(),
    }
}
