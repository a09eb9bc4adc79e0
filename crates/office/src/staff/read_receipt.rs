//! 「読みました」: by somebody signed in, or by department without a name.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::ledger::NewEntry;
use web::{Form, HttpError, SiteVisit, Visit, blocking, redirect};

use super::store::{self as tables, Notice, Throttle};
use super::{ANYBODY, departments, find_site, parse_number, staff_page};
use crate::state::Shared;
use ::people::Role;
use axum::http::StatusCode;

/// A terminal of a ward is used by many.
const CONFIRMATIONS: Throttle = Throttle { kind: "read", most: 60 };

/// Too much within an hour from one place.
pub(super) fn too_often() -> HttpError {
    HttpError::new(StatusCode::TOO_MANY_REQUESTS, "staff-too-often", "")
}

#[derive(Deserialize)]
pub(super) struct Marking {
    version: i64,
}

/// Somebody signed in read a notice. Saying so twice changes nothing.
pub(super) async fn mark(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(form): Form<Marking>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = parse_number(&id)?;
        let is_vendor = visit.is(Role::Vendor) && visit.standing().roles().iter().count() == 1;
        let installation = &office.installation;
        installation.ledger.write(office.database(), visit.now, |tx| {
            let notice = tables::find_notice(tx, visit.site_id(), id)?;
            let notice = check(notice, &visit, form.version, is_vendor)?;
            if tables::mark_read(tx, &notice, visit.person().account.id.0, visit.now)? {
                let body = json!({ "notice": notice.id, "version": notice.version });
                let entry = NewEntry { kind: "notice.read", site: visit.site_id(), who: &visit.who(), body: &body };
                tx.append(&entry)?;
            }
            Ok::<_, HttpError>(())
        })?;
        Ok(redirect(&visit.path_of(if is_vendor { "vendor" } else { "staff" })))
    })
    .await
}

/// A notice that this reader may see, in the version they saw.
fn check(notice: Option<Notice>, visit: &Visit, version: i64, is_vendor: bool) -> Result<Notice, HttpError> {
    let shown = notice.filter(|notice| notice.is_shown(visit.today()) && notice.text.audience.is_for(is_vendor));
    let notice = shown.ok_or_else(HttpError::not_found)?;
    if notice.version == version { Ok(notice) } else { Err(HttpError::conflict("staff-notice-changed", "")) }
}

#[derive(Deserialize)]
pub(super) struct Confirmation {
    notice: i64,
    version: i64,
    department: String,
}

/// Somebody of a department read a notice.
pub(super) async fn confirm(
    visit: Visit,
    Path(site): Path<String>,
    State(office): State<Shared>,
    Form(form): Form<Confirmation>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let site = find_site(&office, &site)?;
        office.installation.ledger.write(office.database(), visit.now, |tx| {
            let contact = tables::find_contact(tx, &site.id)?;
            if !departments(&visit, &office, &contact).iter().any(|one| one.value == form.department) {
                return Err(HttpError::bad_request("staff-department-unknown", ""));
            }
            let notice = tables::find_notice(tx, &site.id, form.notice)?;
            let notice = check(notice, &visit, form.version, false)?;
            if !tables::may_send(tx, CONFIRMATIONS, &site.id, (&office.address_key, &visit.address), visit.now)? {
                return Err(too_often());
            }
            tables::confirm_for_department(tx, &notice, &form.department)?;
            let body = json!({ "notice": notice.id, "version": notice.version, "department": form.department });
            tx.append(&NewEntry { kind: "notice.confirmed", site: &site.id, who: ANYBODY, body: &body })?;
            Ok::<_, HttpError>(())
        })?;
        Ok(staff_page::back(&site.id))
    })
    .await
}
