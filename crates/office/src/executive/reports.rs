//! Reports: have one made, see how far it is, take its files home.

use ::store::StoreError;
use ::store::jobs::{self, NewJob};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base::UtcSeconds;
use people::Role;
use serde::Deserialize;
use web::visit::encode_segment;
use web::{Form, HttpError, Page, SiteVisit, blocking, redirect};

use super::store::{self as tables, AskedReport, Progress, ReportFile};
use super::worker::{MAKE_REPORT, Wanted};
use crate::state::Shared;

/// Reports listed.
const LISTED: i64 = 50;
/// Seconds between two looks at a report that is being made.
const LOOK_EVERY_S: u32 = 3;

#[derive(Template)]
#[template(path = "executive/reports.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    reports: Vec<AskedReport>,
    waits: bool,
    may_make: bool,
}

impl Body<'_> {
    fn state(&self, report: &AskedReport) -> (&'static str, String) {
        match report.progress {
            Progress::Waiting => ("badge caution", self.visit.text("reports-waiting")),
            Progress::Made(_) => ("badge good", self.visit.text("reports-made")),
            Progress::Failed => ("badge danger", self.visit.text("reports-failed")),
        }
    }

    fn asked(&self, report: &AskedReport) -> String {
        self.visit.minute(report.asked_at)
    }

    fn made(&self, report: &AskedReport) -> String {
        match report.progress {
            Progress::Made(at) => self.visit.minute(at),
            Progress::Waiting | Progress::Failed => String::new(),
        }
    }

    fn label(&self, file: &ReportFile) -> String {
        let id = match file.name.as_str() {
            "report.pdf" => "reports-file-report-pdf",
            "report.html" => "reports-file-report-html",
            "report.xlsx" => "reports-file-report-xlsx",
            "report.json" => "reports-file-report-json",
            "checklist.pdf" => "reports-file-checklist-pdf",
            "checklist.html" => "reports-file-checklist-html",
            _ => return file.name.clone(),
        };
        self.visit.text(id)
    }

    fn size(&self, file: &ReportFile) -> u64 {
        file.size_bytes.div_ceil(1024)
    }

    fn path(&self, report: &AskedReport, file: &ReportFile) -> String {
        self.visit.path_of(&format!("reports/{}/{}", report.id, encode_segment(&file.name)))
    }
}

pub(super) async fn show(visit: SiteVisit, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let reports = office.database().read(|tx| tables::list_reports(tx, visit.site_id(), LISTED))?;
        let waits = reports.iter().any(|report| report.progress == Progress::Waiting);
        let may_make = visit.is(Role::Executive) || visit.is(Role::Administrator);
        let page = Page::new(visit.text("nav-reports"), "reports").help(visit.text("reports-help"));
        let page = page.refresh(if waits { LOOK_EVERY_S } else { 0 });
        web::page(&visit, &page, &Body { visit: &visit, reports, waits, may_make })
    })
    .await
}

/// A form without fields.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn make(
    visit: SiteVisit,
    State(office): State<Shared>,
    Form(_): Form<Nothing>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let now = visit.now;
        office.database().transaction::<_, StoreError>(|tx| {
            let id = tables::next_report(tx)?;
            let wanted = Wanted { site: visit.site_id().to_owned(), report: id };
            let payload = serde_json::json!(wanted).to_string();
            // While one is being made, a second click asks for nothing more.
            let key = Some(visit.site_id());
            let job = NewJob { kind: MAKE_REPORT, payload: &payload, run_at: now, dedupe_key: key };
            match jobs::enqueue(tx, &job, now)? {
                Some(job) => tables::add_asked(tx, visit.site_id(), id, job, &visit.who(), now),
                None => Ok(()),
            }
        })?;
        Ok(redirect(&visit.path_of("reports")))
    })
    .await
}

pub(super) async fn download(
    visit: SiteVisit,
    Path((_, id, name)): Path<(String, String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id: i64 = id.parse().map_err(|_| HttpError::not_found())?;
        let (file, made_at) = office.database().read(|tx| {
            let file = tables::find_file(tx, visit.site_id(), id, &name)?;
            Ok::<_, StoreError>((file, tables::find_made_at(tx, id)?))
        })?;
        let file = file.ok_or_else(HttpError::not_found)?;
        let bytes = office.installation.blobs.read(file.sha256).map_err(HttpError::internal)?;
        let kind = match file.name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("pdf") => "application/pdf",
            Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Some("json") => "application/json",
            _ => "application/octet-stream",
        };
        // Older programs take the plain name, which is one of ours; all others one that says whose report it is, and of which day.
        let name = encode_segment(&name_for_people(&visit, &file.name, made_at.unwrap_or(visit.now)));
        let disposition = format!("attachment; filename=\"{id}_{}\"; filename*=UTF-8''{name}", file.name);
        let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
        Ok((StatusCode::OK, headers, bytes).into_response())
    })
    .await
}

/// `さくら川病院_説明責任レポート_2026-11-20.pdf`.
fn name_for_people(visit: &SiteVisit, file: &str, made_at: UtcSeconds) -> String {
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let kind = match stem {
        "report" => visit.text("executive-report-file"),
        "checklist" => visit.text("executive-report-checklist-file"),
        _ => stem.to_owned(),
    };
    format!("{}_{kind}_{}.{ending}", visit.site_name(), made_at.date_jst())
}
