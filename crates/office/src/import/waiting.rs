//! Every ledger that waits for a decision, on one page, to be applied together after they were looked at.

use ::store::StoreError;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use web::list::ListQuery;
use web::{Form, HttpError, Page, SiteVisit, blocking, page, redirect};

use super::decide::{self, Seen, Undecided};
use super::differences::Differences;
use super::groups;
use super::store::{self as tables, Batch, Item};
use crate::Office;
use crate::state::Shared;

/// Ledgers of one page; those after them come when these are decided.
const MAX_LEDGERS: usize = 50;
/// Differences of each sort and ledger; the page of the ledger has more.
const MAX_SHOWN: usize = 30;

/// A ledger that waits, in words.
struct Ledger {
    name: String,
    path: String,
    counts: String,
    /// Markup.
    groups: String,
}

#[derive(Template)]
#[template(path = "import/waiting.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    path: String,
    ledgers: Vec<Ledger>,
    seen: String,
    is_changed: bool,
}

impl Body<'_> {
    fn apply_all(&self) -> String {
        self.visit.say("import-apply-all", &[("count", self.ledgers.len().into())])
    }
}

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let mut ledgers = Vec::new();
        let mut seen = Vec::new();
        for (batch, item, all) in list(&office, &visit)? {
            seen.push(format!("{}/{}/{}", batch.id, item.position, all.mark()));
            ledgers.push(Ledger {
                name: item.name,
                path: visit.path_of(&format!("import/{}/{}", batch.id, item.position)),
                counts: groups::counts(&visit, &all),
                groups: groups::draw(&office, &visit, &all, MAX_SHOWN)?,
            });
        }
        let around = Page::new(visit.text("import-waiting-title"), "import")
            .trail(visit.text("import-title"), visit.path_of("import"));
        let body = Body {
            visit: &visit,
            path: visit.path_of("import/waiting"),
            ledgers,
            seen: seen.join(" "),
            is_changed: query.filter("changed").is_some(),
        };
        page(&visit, &around, &body)
    })
    .await
}

/// What is shown and what the form says was seen come from one reading.
fn list(office: &Office, visit: &SiteVisit) -> Result<Vec<(Batch, Item, Differences)>, StoreError> {
    office.database().read(|tx| {
        let mut found = Vec::new();
        for (batch, position) in tables::list_waiting(tx, visit.site_id(), MAX_LEDGERS)? {
            let batch = tables::find_batch(tx, visit.site_id(), batch)?;
            let Some(batch) = batch else { continue };
            let Some(item) = tables::find_item(tx, batch.id, position)? else { continue };
            let all = tables::find_differences(tx, batch.id, position)?;
            found.push((batch, item, all));
        }
        Ok(found)
    })
}

/// Applies what was seen, one ledger after the other, each as if it had been decided alone. One that would now change something
/// else (by another ledger of the page, perhaps) is shown again.
pub(super) async fn apply(
    visit: SiteVisit,
    State(office): State<Shared>,
    Form(sent): Form<Seen>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let mut is_changed = false;
        for one in sent.seen.split_whitespace().take(MAX_LEDGERS) {
            let mut parts = one.splitn(3, '/');
            let (Some(batch), Some(position), Some(mark)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(HttpError::not_found());
            };
            let (batch, item) = decide::find(&office, &visit, batch, position)?;
            if item.decision.is_some() {
                continue;
            }
            match decide::apply_item(&office, &visit, (&batch, &item), mark) {
                Ok(()) => {}
                Err(Undecided::Changed(now)) => {
                    is_changed = true;
                    decide::show_again(&office, (&batch, &item), &now)?;
                }
                Err(Undecided::Page(err)) => return Err(err),
            }
        }
        let next = if is_changed { "import/waiting?changed=1" } else { "import" };
        Ok(redirect(&visit.path_of(next)))
    })
    .await
}
