//! Every notice of a site, and whom staff are told to call.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base::plain::plain_lines;
use serde::Deserialize;
use serde_json::json;
use store::ledger::NewEntry;
use web::list::{Cell, Column, List, ListQuery, Look, Total};
use web::{Form, HttpError, Page, SiteVisit, blocking, redirect};

use super::notice_edit::{NoticeForm, audience_label};
use super::store::{self as tables, Contact, Notice};
use super::{MAX_TEXT_CHARS, departments};
use crate::Office;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "staff/notices_above.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    form: NoticeForm,
    contact: Contact,
    departments: String,
}

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (notices, contact) = office.database().read(|tx| {
            Ok::<_, store::StoreError>((
                tables::list_notices(tx, visit.site_id())?,
                tables::find_contact(tx, visit.site_id())?,
            ))
        })?;
        let today = visit.today();
        let form = NoticeForm::new(visit.path_of("notices"), today, today.plus_days(30));
        let departments =
            departments(&visit, &office, &contact).iter().map(|one| one.label.clone()).collect::<Vec<_>>().join("\n");
        let above = Above { visit: &visit, form, contact, departments }.render().map_err(HttpError::internal)?;
        let list = List {
            caption: visit.text("notice-title"),
            columns: vec![
                Column::new(visit.text("notice-number")).sort("number").number(),
                Column::new(visit.text("notice-subject")).sort("title"),
                Column::new(visit.text("notice-state")).sort("state"),
                Column::new(visit.text("notice-audience")).sort("audience"),
                Column::new(visit.text("notice-from")).sort("from"),
                Column::new(visit.text("notice-until")).sort("until"),
                Column::new(visit.text("notice-version")).number(),
                Column::new(visit.text("notice-readers")),
            ],
            rows: notices.iter().map(|notice| cells(&visit, notice)).collect(),
            total: Total::Exactly(notices.len()),
            filters: Vec::new(),
            can_search: true,
            empty: visit.text("notice-empty"),
        };
        let page = Page::new(visit.text("notice-title"), "notices").help(visit.text("notice-help"));
        list.cut(&query).respond(&visit, &page, &query, &above)
    })
    .await
}

fn cells(visit: &SiteVisit, notice: &Notice) -> Vec<Cell> {
    let today = visit.today();
    let path = visit.path_of(&format!("notices/{}", notice.id));
    let state = if notice.withdrawn_at.is_some() {
        Cell::text(visit.text("notice-state-withdrawn")).look(Look::Unknown)
    } else if notice.is_shown(today) {
        Cell::text(visit.text("notice-state-shown")).look(Look::Good)
    } else if today < notice.text.starts_on {
        Cell::text(visit.text("notice-state-waiting")).look(Look::Caution)
    } else {
        Cell::text(visit.text("notice-state-over")).look(Look::Unknown)
    };
    vec![
        Cell::text(notice.id.to_string()),
        Cell::link(notice.text.title.as_str(), path.as_str()),
        state,
        Cell::text(audience_label(visit, notice.text.audience)),
        Cell::text(notice.text.starts_on.to_string()),
        Cell::text(notice.text.ends_on.to_string()),
        Cell::text(notice.version.to_string()),
        Cell::link(visit.text("notice-readers-go"), format!("{path}/readers")),
    ]
}

/// A text that is no longer than is kept.
fn check_length(text: String) -> Result<String, HttpError> {
    match text.chars().count() {
        ..=MAX_TEXT_CHARS => Ok(text),
        found => Err(HttpError::bad_request("staff-text-too-long", found.to_string())),
    }
}

/// The departments that a site names itself, one per line; none if these are the usual ones.
fn named_departments(visit: &SiteVisit, office: &Office, typed: String) -> String {
    let usual = office.installation.packs.departments.iter().map(|one| one.label.get(visit.lang));
    if usual.eq(typed.lines()) { String::new() } else { typed }
}

#[derive(Deserialize)]
pub(super) struct ContactForm {
    /// The version that was seen.
    version: i64,
    contact: String,
    departments: String,
}

/// Says whom to call, and which departments staff choose from.
pub(super) async fn change_contact(
    visit: SiteVisit,
    State(office): State<Shared>,
    Form(form): Form<ContactForm>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let contact = check_length(plain_lines(&form.contact))?;
        let departments = named_departments(&visit, &office, check_length(plain_lines(&form.departments))?);
        office.installation.ledger.write(office.database(), visit.now, |tx| {
            let present = tables::find_contact(tx, visit.site_id())?;
            // A second click of the same person changes nothing.
            if present.contact == contact && present.departments == departments {
                return Ok(());
            }
            if present.version != form.version {
                return Err(HttpError::conflict("notice-contact-changed-by", present.changed_by));
            }
            let who = visit.who();
            let changed = Contact {
                contact: contact.clone(),
                departments: departments.clone(),
                version: present.version + 1,
                changed_by: who.clone(),
            };
            tables::put_contact(tx, visit.site_id(), &changed, visit.now)?;
            let body = json!({ "contact": contact, "departments": departments });
            tx.append(&NewEntry { kind: "staff.contact", site: visit.site_id(), who: &who, body: &body })?;
            Ok::<_, HttpError>(())
        })?;
        Ok(redirect(&visit.path_of("notices")))
    })
    .await
}
