//! One piece of evidence: what it is, what was read, refused and struck, and how an outsider checks all of it.

use ::evidence::store::{self as tables, EvidenceRow, NamedRow};
use ::store::StoreError;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::Locator;
use web::list::{Cell, Column, List, ListQuery, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use crate::Office;
use crate::state::Shared;
use crate::words::{self, may_open_lists, subject_path};

/// Refusals and struck secrets on the page.
const MAX_LISTED: usize = 200;

/// A place in words, and the way to its bytes.
struct PlaceLine {
    what: String,
    place: String,
    path: String,
}

#[derive(Template)]
#[template(path = "evidence/evidence.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    /// Whether downloads and the ledger are open to this person.
    may_take: bool,
    row: &'a EvidenceRow,
    path: String,
    format: String,
    received: String,
    observed: String,
    age: String,
    grade: String,
    refusals: Vec<PlaceLine>,
    refused_note: String,
    struck: Vec<PlaceLine>,
    entry_path: String,
    proof_command: String,
}

pub(super) async fn show(
    visit: SiteVisit,
    Path((_, number)): Path<(String, String)>,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let row = find(&office, &visit, &number)?;
        let window = query.window();
        let (grade, refusals, struck, facts) = office.database().read(|tx| {
            Ok::<_, StoreError>((
                tables::find_grade_of_evidence(tx, row.id)?,
                tables::list_refusals_of_evidence(tx, row.id, 0, MAX_LISTED)?,
                tables::list_struck_of_evidence(tx, row.id, MAX_LISTED)?,
                tables::list_facts_of_evidence(tx, row.id, window.offset, window.limit)?,
            ))
        })?;
        let path = visit.path_of(&format!("evidence/{}", row.id));
        let line = |what: String, locator: &Locator| PlaceLine {
            what,
            place: words::place(&visit, locator),
            path: words::view_path(&path, locator),
        };
        let refused = usize::try_from(row.refused).unwrap_or(usize::MAX);
        let refused_note = if refused > refusals.len() {
            visit.say("evidence-first-of", &[("shown", refusals.len().into()), ("count", refused.into())])
        } else {
            String::new()
        };
        let age = visit.today().days_since(row.observed_at.date_jst());
        let above = Above {
            visit: &visit,
            may_take: may_open_lists(&visit),
            row: &row,
            format: words::format(&office, &visit, &row.importer),
            received: visit.minute(row.received_at),
            observed: visit.minute(row.observed_at),
            age: visit.say("evidence-age", &[("days", age.into())]),
            grade: grade.map_or_else(|| visit.text("evidence-no-grade"), |grade| words::grade(&visit, grade)),
            refusals: refusals
                .iter()
                .map(|one| line(words::reason(&visit, &one.message, &one.detail), &one.locator))
                .collect(),
            refused_note,
            struck: struck.iter().map(|one| line(one.what.clone(), &one.locator)).collect(),
            entry_path: visit.path_of(&format!("audit/{}", row.ledger_seq)),
            proof_command: proof_command(&office),
            path: path.clone(),
        };
        let above = above.render().map_err(HttpError::internal)?;
        let around = with_trail(&visit, Page::new(row.name.as_str(), "evidence"));
        list(&office, &visit, &path, &row, &facts).respond(&visit, &around, &query, &above)
    })
    .await
}

/// With the way back to the list, for those who may open it.
pub(super) fn with_trail(visit: &SiteVisit, page: Page) -> Page {
    if may_open_lists(visit) { page.trail(visit.text("evidence-title"), visit.path_of("evidence")) } else { page }
}

/// The piece of evidence that an address names.
pub(super) fn find(office: &Office, visit: &SiteVisit, number: &str) -> Result<EvidenceRow, HttpError> {
    let number = number.parse().map_err(|_| HttpError::not_found())?;
    let row = office.database().read(|tx| tables::find_evidence(tx, visit.site_id(), number))?;
    row.ok_or_else(HttpError::not_found)
}

/// What an outsider types to check a proof.
pub(super) fn proof_command(office: &Office) -> String {
    format!("python3 verify_ledger.py --inclusion proof.json --key '{}'", office.installation.ledger.public_key())
}

fn list(office: &Office, visit: &SiteVisit, path: &str, row: &EvidenceRow, facts: &[NamedRow]) -> List {
    List {
        caption: visit.text("evidence-facts-of"),
        columns: vec![
            Column::new(visit.text("evidence-fact-subject")),
            Column::new(visit.text("evidence-fact-key")),
            Column::new(visit.text("evidence-fact-value")),
            Column::new(visit.text("evidence-fact-place")),
        ],
        rows: facts
            .iter()
            .map(|fact| {
                vec![
                    // What has no page of its own is named only.
                    match subject_path(visit, &fact.subject) {
                        Some(path) => Cell::link(fact.subject.id(), path),
                        None => Cell::text(fact.subject.id()),
                    },
                    Cell::text(words::label(office, visit, &fact.key)),
                    Cell::text(words::value(visit, &fact.value)),
                    Cell::link(words::place(visit, &fact.locator), words::view_path(path, &fact.locator)),
                ]
            })
            .collect(),
        total: Total::Exactly(usize::try_from(row.fact_count).unwrap_or(usize::MAX)),
        filters: Vec::new(),
        can_search: false,
        empty: visit.text("evidence-no-facts"),
    }
}
