//! What is unknown, and which export or paper would answer it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use governance::snapshot;
use report::model::AskLine;
use web::list::{Cell, Column, List, ListQuery, Total};
use web::{HttpError, Page, SiteVisit, blocking, page};

use crate::assets::words;
use crate::state::Shared;

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (head, mut asks) = office.database().read(|tx| {
            let head = snapshot::find_head(tx, visit.site_id(), visit.lang)?;
            Ok::<_, store::StoreError>((head, snapshot::list_asks(tx, visit.site_id(), visit.lang)?))
        })?;
        asks.sort_by_key(|ask| std::cmp::Reverse(ask.answers.len()));
        let around = Page::new(visit.text("nav-unknown"), "unknown").help(visit.text("checklist-unknown-help"));
        if query.format().is_some() {
            return as_list(&visit, &asks).respond(&visit, &around, &query, "");
        }
        let path = visit.path_of("unknown");
        let questions = asks.iter().enumerate().map(|(number, ask)| question(&visit, number, ask));
        let body = Body {
            made_at: head.map(|head| visit.minute(head.made_at)),
            questions: questions.collect::<Result<_, HttpError>>()?,
            exports: [("Excel", "xlsx"), ("CSV (UTF-8)", "csv"), ("CSV (Shift_JIS)", "csv-cp932")]
                .map(|(label, format)| (label, format!("{path}?format={format}"))),
            visit: &visit,
        };
        page(&visit, &around, &body)
    })
    .await
}

struct Question {
    what: String,
    /// Markup of the instruction.
    how: String,
    items: usize,
    answers: String,
    steps: Vec<String>,
}

#[derive(Template)]
#[template(path = "checklist/unknown.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    made_at: Option<String>,
    questions: Vec<Question>,
    exports: [(&'static str, String); 3],
}

fn question(visit: &SiteVisit, number: usize, ask: &AskLine) -> Result<Question, HttpError> {
    Ok(Question {
        what: ask.what.clone(),
        how: words::instruction(visit, &format!("how-{number}"), &ask.how)?,
        items: ask.answers.len(),
        answers: ask.answers.join(", "),
        steps: steps(visit, &ask.how),
    })
}

/// The way to an export in plain steps, by the machine on which its command runs.
fn steps(visit: &SiteVisit, how: &str) -> Vec<String> {
    let ids: &[&str] = if ["Get-AD", "Backup-GPO", "Get-GPO"].iter().any(|command| how.contains(command)) {
        &["checklist-step-domain", "checklist-step-powershell", "checklist-step-paste", "checklist-step-import"]
    } else if ["secedit", "auditpol", "registry.pol"].iter().any(|command| how.contains(command)) {
        &["checklist-step-machine", "checklist-step-prompt", "checklist-step-paste", "checklist-step-import"]
    } else {
        &[]
    };
    ids.iter().map(|id| visit.text(id)).collect()
}

fn as_list(visit: &SiteVisit, asks: &[AskLine]) -> List {
    List {
        caption: visit.text("nav-unknown"),
        columns: vec![
            Column::new(visit.text("checklist-what")),
            Column::new(visit.text("checklist-how")),
            Column::new(visit.text("checklist-answers-items")).number(),
            Column::new(visit.text("checklist-items")),
        ],
        rows: asks
            .iter()
            .map(|ask| {
                vec![
                    Cell::text(ask.what.as_str()),
                    Cell::text(ask.how.as_str()),
                    Cell::text(ask.answers.len().to_string()),
                    Cell::text(ask.answers.join(", ")),
                ]
            })
            .collect(),
        total: Total::Exactly(asks.len()),
        filters: Vec::new(),
        can_search: false,
        empty: String::new(),
    }
}
