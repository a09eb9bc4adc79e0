//! Settings of the site, and which versions are at work.

use ::evidence::receive::request_assessment;
use ::evidence::store::{self as evidence_tables, SiteRow};
use ::people::Role;
use ::people::store::{self as tables, SETTINGS_CHANGED_BY};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::ContentHash;
use governance::wording::site_kind_message;
use installation::PROGRAM;
use serde_json::json;
use store::ledger::Recording;
use store::{StoreError, Transaction};
use web::list::ListQuery;
use web::{HttpError, Page, SiteVisit, blocking, page, redirect};

use super::fields::{Fields, Sent};
use crate::Office;
use crate::sign_in::{Refusal, read_site, site_kinds};
use crate::state::Shared;

#[derive(Template)]
#[template(path = "people/settings.html")]
struct SettingsPage<'a> {
    visit: &'a SiteVisit,
    wrong: Vec<String>,
    said: String,
    may_change: bool,
    seen: String,
    name: String,
    kind: String,
    kind_label: String,
    kinds: [(&'static str, &'static str); 3],
    beds: String,
    program: &'static str,
    ledger: String,
    checks: usize,
    frameworks: Vec<String>,
}

/// What is set, with a mark of it: whoever changes says what they saw.
struct Present {
    site: SiteRow,
    changed_by: String,
}

impl Present {
    fn load(tx: &mut Transaction, site: &str) -> Result<Option<Self>, StoreError> {
        let found = evidence_tables::list_sites(tx)?.into_iter().find(|found| found.id == site);
        let Some(row) = found else { return Ok(None) };
        let changed_by = tables::find_setting(tx, site, SETTINGS_CHANGED_BY)?.unwrap_or_default();
        Ok(Some(Self { site: row, changed_by }))
    }

    fn mark(&self) -> String {
        let text = format!("{}\n{}\n{:?}", self.site.name, self.site.kind.name(), self.site.beds);
        ContentHash::of(text.as_bytes()).to_string()
    }
}

/// The page.
pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let said = if query.filter("done").is_some() { visit.text("me-done-account") } else { String::new() };
        draw(&visit, &office, said, None)
    })
    .await
}

/// Draws the page; after a mistake with what was typed.
fn draw(
    visit: &SiteVisit,
    office: &Office,
    said: String,
    mistake: Option<(&Fields, Vec<String>)>,
) -> Result<Response, HttpError> {
    let present = office.database().read(|tx| Present::load(tx, visit.site_id()))?.ok_or_else(HttpError::not_found)?;
    let (typed, wrong) = mistake.map_or((None, Vec::new()), |(fields, wrong)| (Some(fields), wrong));
    let or_typed =
        |name: &str, present: String| typed.map_or(present, |fields| fields.get(name).chars().take(200).collect());
    let beds = present.site.beds.map(|beds| beds.to_string()).unwrap_or_default();
    let packs = &office.installation.packs;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let body = SettingsPage {
        visit,
        wrong,
        said,
        may_change: visit.is(Role::Administrator),
        seen: typed.map_or_else(|| present.mark(), |fields| fields.get("seen").to_owned()),
        name: or_typed("name", present.site.name.clone()),
        kind_label: visit.text(site_kind_message(present.site.kind)),
        kind: or_typed("kind", present.site.kind.name().to_owned()),
        kinds: site_kinds(),
        beds: or_typed("beds", beds),
        program: PROGRAM,
        ledger: office.installation.ledger.public_key().name().to_owned(),
        checks: packs.checks.len(),
        frameworks: packs
            .frameworks
            .iter()
            .map(|framework| format!("{} {}", framework.title.get(visit.lang), framework.edition))
            .collect(),
    };
    let around = Page::new(visit.text("settings-title"), "settings").help(visit.text("settings-help"));
    let mut response = page(visit, &around, &body)?;
    *response.status_mut() = status;
    Ok(response)
}

/// Changes what the site is called and what it is.
pub(super) async fn change(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (visit, fields) = (&sent.visit, &sent.fields);
        let read = read_site(visit, visit.site_id(), fields.get("name"), fields.get("kind"), fields.get("beds"));
        let site = match read {
            Ok(site) => site,
            Err(wrong) => return draw(visit, &sent.office, String::new(), Some((fields, wrong))),
        };
        sent.write(|tx| save(tx, &sent, &site))?;
        Ok(redirect(&visit.path_of("settings?done=saved")))
    })
    .await
}

fn save(tx: &mut Recording<'_>, sent: &Sent, site: &SiteRow) -> Result<(), Refusal> {
    let (visit, actor) = (&sent.visit, sent.actor());
    let present = Present::load(tx, visit.site_id())?.ok_or_else(HttpError::not_found)?;
    if present.mark() != sent.fields.get("seen") {
        return Err(HttpError::conflict("settings-changed", present.changed_by).into());
    }
    if present.site == *site {
        return Ok(());
    }
    evidence_tables::put_site(tx, site, visit.now)?;
    let by = format!("{} {}", actor.who, visit.minute(visit.now));
    tables::put_setting(tx, visit.site_id(), SETTINGS_CHANGED_BY, &by)?;
    actor.record(tx, "site.changed", &json!({ "name": site.name, "kind": site.kind.name(), "beds": site.beds }))?;
    // Another kind of site answers another checklist.
    if present.site.kind != site.kind {
        request_assessment(tx, visit.site_id(), visit.now)?;
    }
    Ok(())
}
