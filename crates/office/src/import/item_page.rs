//! One file of an upload: what was read, what was refused, what was struck, and what a ledger would change.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use web::list::{Cell, Column, List, ListQuery, Total};
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::differences::{Differences, RefusalLine, SHOWN};
use super::store::{self as tables, Decision, Item, ItemState};
use super::{decide, groups, words};
use crate::Office;
use crate::state::Shared;
use crate::words as places;

#[derive(Template)]
#[template(path = "import/item.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    item: &'a Item,
    path: &'a str,
    state: (String, &'static str),
    format: String,
    /// What to do with a file that is a document for people, and where.
    document: Option<(String, String)>,
    evidence: Option<(String, String)>,
    decided: String,
    struck: Vec<(String, String)>,
    /// Place, reason, and the way to the place if the file was kept.
    refusals: Vec<(String, String, String)>,
    /// Whether the differences are others than those that were just agreed to.
    is_changed: bool,
    /// [`Differences::mark`] of what waits for a decision.
    seen: String,
    differences: Option<&'a Differences>,
    /// Markup of the differences.
    groups: String,
}

impl Body<'_> {
    fn struck_note(&self) -> String {
        self.visit.say("import-struck-note", &[("count", self.item.struck.len().into())])
    }

    fn first_of(&self, shown: usize, count: &usize) -> String {
        self.visit.say("import-first-of", &[("shown", shown.into()), ("count", (*count).into())])
    }

    fn counts(&self, shown: &Differences) -> String {
        groups::counts(self.visit, shown)
    }
}

pub(super) async fn show(
    visit: SiteVisit,
    Path((_, batch, file)): Path<(String, String, String)>,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (batch, item) = decide::find(&office, &visit, &batch, &file)?;
        let batch_title = visit.say("import-batch-title", &[("number", batch.id.into())]);
        let batch_path = visit.path_of(&format!("import/{}", batch.id));
        let around = Page::new(item.name.as_str(), "import")
            .trail(visit.text("import-title"), visit.path_of("import"))
            .trail(batch_title, batch_path.as_str());
        if query.format().is_some() {
            let all = office.database().read(|tx| tables::find_differences(tx, batch.id, item.position))?;
            return export(&office, &visit, &all).respond(&visit, &around, &query, "");
        }
        let is_waiting = item.preview.is_some() && item.decision.is_none();
        // What is shown and what the form says was seen come from one reading.
        let (shown, seen) = if is_waiting {
            let all = office.database().read(|tx| tables::find_differences(tx, batch.id, item.position))?;
            (Some(all.cut(SHOWN)), all.mark())
        } else {
            (item.preview.clone(), String::new())
        };
        let (text, look) = words::item_state(&visit, &item);
        let body = Body {
            visit: &visit,
            item: &item,
            path: &format!("{batch_path}/{}", item.position),
            state: (text, look.class()),
            format: places::format(&office, &visit, &item.importer),
            evidence: item.evidence.map(|number| {
                let label = visit.say("import-evidence-number", &[("number", number.into())]);
                (label, visit.path_of(&format!("evidence/{number}")))
            }),
            decided: decided(&visit, &item),
            struck: item.struck.iter().map(|one| (one.what.clone(), places::place(&visit, &one.locator))).collect(),
            refusals: refusals(&visit, &item),
            is_changed: is_waiting && query.filter("changed").is_some(),
            seen,
            differences: shown.as_ref(),
            document: document(&visit, &item),
            groups: match &shown {
                Some(shown) => groups::draw(&office, &visit, shown, SHOWN)?,
                None => String::new(),
            },
        };
        page(&visit, &around, &body)
    })
    .await
}

fn refusals(visit: &SiteVisit, item: &Item) -> Vec<(String, String, String)> {
    let evidence = item.evidence.map(|number| visit.path_of(&format!("evidence/{number}")));
    let line = |one: &RefusalLine| {
        let locator = one.locator();
        let path = evidence.as_ref().map(|path| places::view_path(path, &locator)).unwrap_or_default();
        (places::place(visit, &locator), places::reason(visit, &one.message, &one.detail), path)
    };
    item.refusals.iter().map(line).collect()
}

/// Of a file that nobody reads but people: what it is, and where it is handed in as a document.
fn document(visit: &SiteVisit, item: &Item) -> Option<(String, String)> {
    if item.state != ItemState::Unrecognised {
        return None;
    }
    let ending = item.name.rsplit_once('.')?.1.to_lowercase();
    let text = match ending.as_str() {
        "docx" | "docm" | "doc" => "import-document-word",
        "pptx" | "pptm" | "ppt" => "import-document-slides",
        "pdf" => "import-document-pdf",
        _ => return None,
    };
    Some((visit.text(text), visit.path_of("documents")))
}

fn decided(visit: &SiteVisit, item: &Item) -> String {
    let Some((decision, who, at)) = &item.decision else { return String::new() };
    let arguments = [("who", who.as_str().into()), ("at", visit.minute(*at).into())];
    match decision {
        Decision::Applied => visit.say("import-decided-applied", &arguments),
        Decision::Discarded => visit.say("import-decided-discarded", &arguments),
    }
}

/// Every difference, as a list to be saved.
fn export(office: &Office, visit: &SiteVisit, all: &Differences) -> List {
    let mut rows = Vec::new();
    let columns = [
        "import-difference-sort",
        "import-difference-subject",
        "import-difference-key",
        "import-difference-before",
        "import-difference-after",
    ];
    for group in groups::list(office, visit, all) {
        for row in group.rows {
            let texts = [group.title.clone(), row.subject, row.key, row.before, row.after];
            rows.push(texts.into_iter().map(Cell::text).collect());
        }
    }
    List {
        caption: visit.text("import-differences"),
        columns: columns.iter().map(|id| Column::new(visit.text(id))).collect(),
        total: Total::Exactly(rows.len()),
        rows,
        filters: Vec::new(),
        can_search: false,
        empty: String::new(),
    }
}
