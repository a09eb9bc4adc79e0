//! Every piece of evidence of a site.

use ::evidence::store::{self as tables, EvidenceOrder, EvidenceRow, EvidenceSearch};
use ::store::StoreError;
use axum::extract::State;
use axum::response::Response;
use web::list::{Cell, Column, Direction, Filter, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use crate::Office;
use crate::state::Shared;
use crate::words;

/// Beyond this nobody counts.
const MOST_COUNTED: usize = 10_000;
/// Stands for the formats nobody knows.
const UNRECOGNISED: &str = "none";

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (search, window) = (search(&query), query.window());
        let (rows, total) = office.database().read(|tx| {
            let rows = tables::search_evidence(tx, visit.site_id(), &search, window.offset, window.limit)?;
            Ok::<_, StoreError>((rows, tables::count_evidence(tx, visit.site_id(), &search, MOST_COUNTED)?))
        })?;
        let mut options = vec![(String::new(), visit.text("evidence-any-format"))];
        options.extend(
            office
                .installation
                .registry
                .iter()
                .map(|importer| (importer.id().to_owned(), importer.label().get(visit.lang).to_owned())),
        );
        options.push((UNRECOGNISED.to_owned(), visit.text("evidence-unrecognised")));
        let list = List {
            caption: visit.text("evidence-title"),
            columns: vec![
                Column::new(visit.text("evidence-number")).number(),
                Column::new(visit.text("evidence-name")).sort("name"),
                Column::new(visit.text("evidence-format")).sort("format"),
                Column::new(visit.text("evidence-received")).sort("number"),
                Column::new(visit.text("evidence-who")).sort("who"),
                Column::new(visit.text("evidence-facts")).sort("facts").number(),
                Column::new(visit.text("evidence-refused")).sort("refused").number(),
            ],
            rows: rows.iter().map(|row| cells(&office, &visit, row)).collect(),
            total: if total < MOST_COUNTED { Total::Exactly(total) } else { Total::AtLeast(total) },
            filters: vec![Filter { name: "format_of", label: visit.text("evidence-format"), options }],
            can_search: true,
            empty: visit.text("evidence-empty"),
        };
        let page = Page::new(visit.text("evidence-title"), "evidence").help(visit.text("evidence-help"));
        list.respond(&visit, &page, &query, "")
    })
    .await
}

fn search(query: &ListQuery) -> EvidenceSearch {
    let order = match query.sort() {
        "name" => EvidenceOrder::Name,
        "format" => EvidenceOrder::Importer,
        "who" => EvidenceOrder::Who,
        "facts" => EvidenceOrder::Facts,
        "refused" => EvidenceOrder::Refused,
        _ => EvidenceOrder::Number,
    };
    EvidenceSearch {
        words: query.words().iter().map(|word| (*word).to_owned()).collect(),
        importer: query.filter("format_of").map(|id| if id == UNRECOGNISED { "" } else { id }.to_owned()),
        order,
        // Without a word about the order, the newest comes first.
        is_descending: query.sort().is_empty() || query.direction() == Direction::Descending,
    }
}

fn cells(office: &Office, visit: &SiteVisit, row: &EvidenceRow) -> Vec<Cell> {
    let format = if row.importer.is_empty() {
        Cell::text(visit.text("evidence-unrecognised")).look(Look::Unknown)
    } else {
        Cell::text(words::format(office, visit, &row.importer))
    };
    vec![
        Cell::text(row.id.to_string()),
        Cell::link(row.name.as_str(), visit.path_of(&format!("evidence/{}", row.id))),
        format,
        Cell::text(visit.minute(row.received_at)),
        Cell::text(row.who.as_str()),
        Cell::text(row.fact_count.to_string()),
        Cell::text(row.refused.to_string()),
    ]
}
