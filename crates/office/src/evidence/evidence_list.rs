//! Every piece of evidence of a site.

use ::evidence::store::{self as tables, EvidenceRow};
use axum::extract::State;
use axum::response::Response;
use web::list::{Cell, Column, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use crate::state::Shared;

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let rows = office.database().read(|tx| tables::list_evidence(tx, visit.site_id()))?;
        let list = List {
            caption: visit.text("evidence-title"),
            columns: vec![
                Column::new(visit.text("evidence-number")).sort("number").number(),
                Column::new(visit.text("evidence-name")).sort("name"),
                Column::new(visit.text("evidence-format")).sort("format"),
                Column::new(visit.text("evidence-received")).sort("received"),
                Column::new(visit.text("evidence-who")).sort("who"),
                Column::new(visit.text("evidence-facts")).sort("facts").number(),
                Column::new(visit.text("evidence-refused")).sort("refused").number(),
            ],
            rows: rows.iter().rev().map(|row| cells(&visit, row)).collect(),
            total: Total::Exactly(rows.len()),
            filters: Vec::new(),
            can_search: true,
            empty: visit.text("evidence-empty"),
        };
        let page = Page::new(visit.text("evidence-title"), "evidence").help(visit.text("evidence-help"));
        list.cut(&query).respond(&visit, &page, &query, "")
    })
    .await
}

fn cells(visit: &SiteVisit, row: &EvidenceRow) -> Vec<Cell> {
    let format = if row.importer.is_empty() {
        Cell::text(visit.text("evidence-unrecognised")).look(Look::Unknown)
    } else {
        Cell::text(row.importer.as_str())
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
