//! The very place in the bytes that a fact came from.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::Locator;
use web::list::ListQuery;
use web::visit::encode_segment;
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::bytes::{self, Drawn, Wanted};
use super::evidence_page;
use crate::state::Shared;
use crate::words;

/// No file is longer; what asks for more asks for this.
const LAST_WINDOW: u64 = 1 << 50;

#[derive(Template)]
#[template(path = "evidence/bytes.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    place: String,
    drawn: &'a Drawn,
    before: Option<String>,
    after: Option<String>,
    sheets: Vec<(String, String)>,
}

pub(super) async fn show(
    visit: SiteVisit,
    Path((_, number)): Path<(String, String)>,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let row = evidence_page::find(&office, &visit, &number)?;
        let at = match query.filter("at") {
            Some(text) => text.parse::<Locator>().map_err(|_| HttpError::not_found())?,
            None => Locator::Whole,
        };
        let from = query.filter("from").and_then(|from| from.parse::<u64>().ok()).map(|from| from.min(LAST_WINDOW));
        let wanted = Wanted { at: &at, from };
        let drawn = bytes::draw(&office.installation.blobs, row.sha256, row.size_bytes, wanted)?;
        let path = visit.path_of(&format!("evidence/{}", row.id));
        let around = evidence_page::with_trail(&visit, Page::new(visit.text("view-title"), "evidence"))
            .trail(row.name.as_str(), path.as_str());
        let window = |from: Option<u64>| from.map(|from| query.with(&[("from", &from.to_string())]));
        let sheet = |name: &String| {
            let first = Locator::Cell { sheet: name.as_str().into(), row: 1, column: 1 };
            (name.clone(), format!("{path}/view?at={}", encode_segment(&first.to_string())))
        };
        let body = Body {
            visit: &visit,
            place: words::place(&visit, &at),
            before: window(drawn.before),
            after: window(drawn.after),
            sheets: drawn.sheets.iter().take(50).map(sheet).collect(),
            drawn: &drawn,
        };
        page(&visit, &around, &body)
    })
    .await
}
