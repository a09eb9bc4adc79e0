//! One upload: its progress while it runs, then what became of every file and of the checklists.

use ::store::StoreError;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::{UtcSeconds, Verdict};
use web::list::{Cell, Column, Filter, List, ListQuery, Total};
use web::visit::encode_segment;
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::assessed;
use super::store::{self as tables, Batch, Item, ItemCounts, ItemState};
use super::words::{self, Progress};
use crate::Office;
use crate::state::Shared;
use crate::words::{self as shown, Badge};

/// Changed items and waiting ledgers that are listed.
const MAX_LISTED: usize = 100;

#[derive(Template)]
#[template(path = "import/running.html")]
struct Running<'a> {
    visit: &'a SiteVisit,
    path: &'a str,
    done: usize,
    files: usize,
    is_over: bool,
}

impl Running<'_> {
    fn said(&self) -> String {
        self.visit.say("import-progress", &[("done", self.done.into()), ("files", self.files.into())])
    }
}

struct ChangeRow {
    checklist: String,
    path: String,
    number: String,
    text: String,
    before: Badge,
    after: Badge,
}

#[derive(Template)]
#[template(path = "import/batch.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    path: &'a str,
    who: &'a str,
    started: String,
    trouble: String,
    counts: Vec<(String, usize)>,
    waiting: Vec<(String, String)>,
    assessed: Assessed,
}

/// What the first assessment with a batch said.
struct Assessed {
    /// In words.
    said: String,
    /// Whether it is still to come.
    is_waiting: bool,
    /// Checks of which another number of things fails, in words, with their pages.
    findings: Vec<(String, String)>,
    changes: Vec<ChangeRow>,
}

impl Assessed {
    fn told(visit: &SiteVisit, id: &str, is_waiting: bool) -> Self {
        Self { said: visit.text(id), is_waiting, findings: Vec::new(), changes: Vec::new() }
    }
}

pub(super) async fn show(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = id.parse().map_err(|_| HttpError::not_found())?;
        let found = office.database().read(|tx| {
            let batch = tables::find_batch(tx, visit.site_id(), id)?;
            Ok::<_, StoreError>((batch, tables::count_items(tx, id)?))
        })?;
        let (Some(batch), counts) = found else { return Err(HttpError::not_found()) };
        let path = visit.path_of(&format!("import/{}", batch.id));
        let around = Page::new(visit.say("import-batch-title", &[("number", batch.id.into())]), "import")
            .trail(visit.text("import-title"), visit.path_of("import"));
        let (done, files) = (counts.total(), batch.files);
        let is_over = words::progress(&visit, &batch) != Progress::Running;
        if !is_over || query.filter("part") == Some("progress") {
            let body = Running { visit: &visit, path: &path, done, files, is_over };
            return page(&visit, &around.refresh(3), &body);
        }
        finished(&office, &visit, &query, &around, (&batch, &counts), &path)
    })
    .await
}

fn finished(
    office: &Office,
    visit: &SiteVisit,
    query: &ListQuery,
    around: &Page,
    (batch, counts): (&Batch, &ItemCounts),
    path: &str,
) -> Result<Response, HttpError> {
    let window = query.window();
    let state = query.filter("state").and_then(|name| ItemState::ALL.into_iter().find(|state| state.name() == name));
    let (items, waiting, (open, applied_at)) = office.database().read(|tx| {
        let items = tables::list_items(tx, batch.id, state, window.offset, window.limit)?;
        let waiting = tables::list_items(tx, batch.id, Some(ItemState::Previewed), 0, MAX_LISTED)?;
        Ok::<_, StoreError>((items, waiting, tables::find_decided(tx, batch.id)?))
    })?;
    let total = state.map_or_else(|| counts.total(), |state| counts.of(state));
    let waiting: Vec<(String, String)> = waiting
        .into_iter()
        .filter(|item| item.decision.is_none() && open > 0)
        .map(|item| (item.name, format!("{path}/{}", item.position)))
        .collect();
    let assessed = assessment(office, visit, batch, counts, applied_at)?;
    let above = Above {
        visit,
        path,
        who: &batch.who,
        started: visit.minute(batch.started_at),
        trouble: trouble(visit, batch, counts.total()),
        counts: count_lines(visit, counts, open),
        waiting,
        assessed,
    };
    let is_waiting = above.assessed.is_waiting;
    let above = above.render().map_err(HttpError::internal)?;
    let around = if is_waiting { around.clone().refresh(5) } else { around.clone() };
    list(office, visit, path, &items, total).respond(visit, &around, query, &above)
}

/// How many files there are of each state; of the ledgers, those that wait and those that were decided.
fn count_lines(visit: &SiteVisit, counts: &ItemCounts, open: usize) -> Vec<(String, usize)> {
    let mut lines = Vec::new();
    for (state, count) in ItemState::ALL.map(|state| (state, counts.of(state))) {
        if state == ItemState::Previewed {
            lines.push((words::state_text(visit, state), open));
            lines.push((visit.text("import-decided"), count.saturating_sub(open)));
        } else {
            lines.push((words::state_text(visit, state), count));
        }
    }
    lines.retain(|(_, count)| *count > 0);
    lines
}

fn trouble(visit: &SiteVisit, batch: &Batch, done: usize) -> String {
    let numbers = [("done", done.into()), ("files", batch.files.into())];
    match (words::progress(visit, batch), batch.trouble.as_str()) {
        (Progress::Interrupted, _) => visit.say("import-interrupted", &numbers),
        (Progress::Stopped, "import-trouble-full") => visit.say("import-trouble-full", &numbers),
        (Progress::Stopped, _) => visit.say("import-trouble-other", &numbers),
        (Progress::Running | Progress::Finished, _) => String::new(),
    }
}

/// What changed, in words.
fn said(visit: &SiteVisit, changes: &assessed::Changes) -> String {
    let at = ("at", visit.minute(changes.at).into());
    if changes.is_nothing() {
        return visit.say("import-assessed-same", &[at]);
    }
    let (opened, closed) = changes.tasks;
    let arguments = [
        at,
        ("count", changes.items.len().into()),
        ("findings", changes.findings.len().into()),
        ("opened", opened.into()),
        ("closed", closed.into()),
    ];
    visit.say("import-assessed", &arguments)
}

/// What the first assessment with this batch said, and what changed.
fn assessment(
    office: &Office,
    visit: &SiteVisit,
    batch: &Batch,
    counts: &ItemCounts,
    applied_at: Option<UtcSeconds>,
) -> Result<Assessed, HttpError> {
    let is_new =
        |state: ItemState| matches!(state, ItemState::Applied | ItemState::Unrecognised | ItemState::Unreadable);
    let received: usize = ItemState::ALL.into_iter().filter(|state| is_new(*state)).map(|state| counts.of(state)).sum();
    if received == 0 && applied_at.is_none() {
        return Ok(Assessed::told(visit, "import-assessed-nothing-new", false));
    }
    let since = applied_at.max(batch.finished_at).unwrap_or(batch.heartbeat_at);
    let found = office.database().read(|tx| {
        let newest = tables::find_newest_entry(tx, batch.id)?.unwrap_or_default();
        assessed::find_changes(tx, visit.site_id(), visit.lang, &batch.verdicts, (newest, since))
    })?;
    let Some(changes) = found else { return Ok(Assessed::told(visit, "import-assessed-waiting", true)) };
    let said = said(visit, &changes);
    let row = |change: assessed::Changed| ChangeRow {
        path: visit.path_of(&format!(
            "checklists/{}/{}",
            encode_segment(&change.checklist_id),
            encode_segment(&change.id)
        )),
        checklist: change.checklist,
        number: change.number,
        text: change.text,
        before: shown::verdict(visit, change.before.unwrap_or(Verdict::Unknown)),
        after: shown::verdict(visit, change.after),
    };
    let finding = |change: assessed::ChangedFinding| {
        let arguments =
            [("title", change.title.as_str().into()), ("before", change.before.into()), ("after", change.after.into())];
        (
            visit.say("import-finding-changed", &arguments),
            visit.path_of(&format!("checks/{}", encode_segment(&change.id))),
        )
    };
    Ok(Assessed {
        said,
        is_waiting: false,
        findings: changes.findings.into_iter().take(MAX_LISTED).map(finding).collect(),
        changes: changes.items.into_iter().take(MAX_LISTED).map(row).collect(),
    })
}

fn list(office: &Office, visit: &SiteVisit, path: &str, items: &[Item], total: usize) -> List {
    let mut options = vec![(String::new(), visit.text("import-any-state"))];
    options.extend(ItemState::ALL.map(|state| (state.name().to_owned(), words::state_text(visit, state))));
    List {
        caption: visit.text("import-items"),
        columns: vec![
            Column::new(visit.text("import-item-name")),
            Column::new(visit.text("import-item-state")),
            Column::new(visit.text("import-item-format")),
            Column::new(visit.text("import-item-facts")).number(),
            Column::new(visit.text("import-item-refused-rows")).number(),
            Column::new(visit.text("import-item-struck")).number(),
            Column::new(visit.text("import-item-evidence")),
        ],
        rows: items.iter().map(|item| cells(office, visit, path, item)).collect(),
        total: Total::Exactly(total),
        filters: vec![Filter { name: "state", label: visit.text("import-item-state"), options }],
        can_search: false,
        empty: visit.text("import-no-items"),
    }
}

fn cells(office: &Office, visit: &SiteVisit, path: &str, item: &Item) -> Vec<Cell> {
    let (text, look) = words::item_state(visit, item);
    vec![
        Cell::link(item.name.as_str(), format!("{path}/{}", item.position)),
        Cell::text(text).look(look),
        Cell::text(shown::format(office, visit, &item.importer)),
        Cell::text(item.facts.to_string()),
        Cell::text(item.refused.to_string()),
        Cell::text(item.struck.len().to_string()),
        match item.evidence {
            Some(number) => Cell::link(number.to_string(), visit.path_of(&format!("evidence/{number}"))),
            None => Cell::default(),
        },
    ]
}
