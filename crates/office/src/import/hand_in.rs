//! The door: what can be handed in, the form for it, and what was handed in before.

use ::evidence::Gathered;
use ::store::StoreError;
use ::store::ledger::NewEntry;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use web::list::{Cell, Column, List, ListQuery, Total};
use web::{HttpError, Page, SiteVisit, Upload, UploadLimits, blocking, redirect};

use super::{assessed, receiving, store as tables, words};
use crate::Office;
use crate::state::Shared;

/// Most files of one upload; what is in an archive does not count.
const MAX_FILES: usize = 20_000;

/// Where CISA publishes the list of exploited vulnerabilities (as JSON), and where support dates are published.
const EXPLOITED_LIST: &str = "https://www.cisa.gov/known-exploited-vulnerabilities-catalog";
const SUPPORT_DATES: &str = "https://endoflife.date";

/// What can be handed in: a ledger that is there already, what a command makes, or what is published.
struct Source {
    label: String,
    /// Empty for what no command makes.
    line: String,
    warning: String,
    /// What to do where there is no command; the address of what is published stands in it as text, because this machine may have
    /// no way to the internet.
    note: String,
}

#[derive(Template)]
#[template(path = "import/hand_in.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    action: String,
    limit: String,
    sources: Vec<Source>,
    /// Whether ledgers wait for a decision.
    waits: bool,
}

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let window = query.window();
        let (batches, total, waits) = office.database().read(|tx| {
            let total = tables::count_batches(tx, visit.site_id())?;
            let batches = tables::list_batches(tx, visit.site_id(), window.offset, window.limit)?;
            let mut rows = Vec::with_capacity(batches.len());
            for batch in batches {
                let (counts, decided) = (tables::count_items(tx, batch.id)?, tables::find_decided(tx, batch.id)?);
                rows.push((batch, counts, decided.0));
            }
            let waits = !tables::list_waiting(tx, visit.site_id(), 1)?.is_empty();
            Ok::<_, StoreError>((rows, total, waits))
        })?;
        let list = List {
            caption: visit.text("import-batches"),
            columns: vec![
                Column::new(visit.text("import-started")),
                Column::new(visit.text("import-who")),
                Column::new(visit.text("import-files")).number(),
                Column::new(visit.text("import-state")),
            ],
            rows: batches
                .iter()
                .map(|(batch, counts, waiting)| {
                    let (text, look) = words::batch_state(&visit, batch, counts.total(), *waiting);
                    vec![
                        Cell::link(visit.minute(batch.started_at), visit.path_of(&format!("import/{}", batch.id))),
                        Cell::text(batch.who.as_str()),
                        Cell::text(batch.files.to_string()),
                        Cell::text(text).look(look),
                    ]
                })
                .collect(),
            total: Total::Exactly(total),
            filters: Vec::new(),
            can_search: false,
            empty: visit.text("import-none-yet"),
        };
        let most = format!("{} MB", limits(&office).total_bytes.div_ceil(1 << 20));
        let limit = visit.say("import-limit", &[("limit", most.into())]);
        let sources = sources(&visit, &office);
        let above = Above { visit: &visit, action: visit.path_of("import"), limit, sources, waits };
        let above = above.render().map_err(HttpError::internal)?;
        let page = Page::new(visit.text("import-title"), "import").help(visit.text("import-help"));
        list.respond(&visit, &page, &query, &above)
    })
    .await
}

fn sources(visit: &SiteVisit, office: &Office) -> Vec<Source> {
    let told = |label: &str, note: String| Source {
        label: visit.text(label),
        line: String::new(),
        warning: String::new(),
        note,
    };
    let published =
        |label: &str, note: &str, address: &str| told(label, visit.say(note, &[("address", address.into())]));
    let mut sources = vec![told("import-source-ledger", visit.text("import-source-no-command"))];
    sources.extend(office.installation.packs.commands.iter().map(|command| Source {
        label: command.label.get(visit.lang).to_owned(),
        line: command.line.clone(),
        warning: command.warning.as_ref().map_or_else(String::new, |warning| warning.get(visit.lang).to_owned()),
        note: String::new(),
    }));
    sources.push(published("import-source-exploited", "import-source-exploited-how", EXPLOITED_LIST));
    sources.push(published("import-source-support", "import-source-support-how", SUPPORT_DATES));
    sources
}

fn limits(office: &Office) -> UploadLimits {
    let reading = office.installation.settings.limits;
    let total_bytes = office.settings.upload_bytes.min(reading.total_bytes);
    UploadLimits { files: reading.files.min(MAX_FILES), file_bytes: reading.file_bytes.min(total_bytes), total_bytes }
}

/// Takes an upload: it answers as soon as all of it is there, and a thread of this node receives the files one by one.
pub(super) async fn take(
    visit: SiteVisit,
    State(office): State<Shared>,
    upload: Upload,
) -> Result<Response, HttpError> {
    let received = upload.receive(limits(&office)).await?;
    if received.files.is_empty() {
        return Err(HttpError::new(StatusCode::BAD_REQUEST, "import-no-files", ""));
    }
    blocking(move || -> Result<Response, HttpError> {
        let gathered = Gathered::from_files(received.files, office.reading_limits());
        let (site, who) = (visit.site_id().to_owned(), visit.who());
        let batch = begin(&office, &visit, &gathered)?;
        let work = receiving::Work { batch, site, who, gathered, place: received.place };
        receiving::start(&office, work)?;
        Ok(redirect(&visit.path_of(&format!("import/{batch}"))))
    })
    .await
}

fn begin(office: &Office, visit: &SiteVisit, gathered: &Gathered) -> Result<i64, HttpError> {
    let files = gathered.items().len() + gathered.refusals().len();
    let (now, who) = (office.installation.now(), visit.who());
    office.installation.ledger.write(office.database(), now, |tx| {
        let verdicts = assessed::list_verdicts(tx, visit.site_id(), visit.lang)?;
        let id = tables::add_batch(tx, visit.site_id(), &who, files, &verdicts, now)?;
        let body = json!({ "batch": id, "files": files });
        tx.append(&NewEntry { kind: "import.started", site: visit.site_id(), who: &who, body: &body })?;
        Ok(id)
    })
}
