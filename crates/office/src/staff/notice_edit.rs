//! Writing a notice, changing it by a new version, taking it back.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::{ContentHash, Date};
use serde::Deserialize;
use serde_json::json;
use store::ledger::NewEntry;
use web::{Form, HttpError, Page, SiteVisit, blocking, page, redirect};

use super::store::{self as tables, Audience, Notice, NoticeText};
use super::{check_text, parse_number};
use crate::state::Shared;

/// Longest time a notice may stand, in days.
const MAX_DAYS: i64 = 366;

/// The fields of a notice as they stand in a form.
pub(crate) struct NoticeForm {
    path: String,
    version: i64,
    title: String,
    body: String,
    audience: &'static str,
    starts_on: String,
    ends_on: String,
}

impl NoticeForm {
    /// An empty form.
    pub(super) fn new(path: String, starts_on: Date, ends_on: Date) -> Self {
        Self {
            path,
            version: 0,
            title: String::new(),
            body: String::new(),
            audience: Audience::Staff.name(),
            starts_on: starts_on.to_string(),
            ends_on: ends_on.to_string(),
        }
    }

    /// A form with words somebody has to look over.
    pub(crate) fn draft(path: String, (starts_on, ends_on): (Date, Date), title: String, body: String) -> Self {
        Self { title, body, ..Self::new(path, starts_on, ends_on) }
    }

    fn of(notice: &Notice, path: String) -> Self {
        Self {
            path,
            version: notice.version,
            title: notice.text.title.clone(),
            body: notice.text.body.clone(),
            audience: notice.text.audience.name(),
            starts_on: notice.text.starts_on.to_string(),
            ends_on: notice.text.ends_on.to_string(),
        }
    }

    /// The form as markup of ours; empty if the template fails.
    pub(crate) fn draw(&self, visit: &SiteVisit) -> String {
        FormBody { visit, form: self }.render().unwrap_or_default()
    }

    fn is_chosen(&self, audience: &str) -> bool {
        self.audience == audience
    }

    fn audiences(visit: &SiteVisit) -> Vec<(&'static str, String)> {
        Audience::ALL.into_iter().map(|(name, audience)| (name, audience_label(visit, audience))).collect()
    }
}

#[derive(Template)]
#[template(path = "staff/notice_form.html")]
struct FormBody<'a> {
    visit: &'a SiteVisit,
    form: &'a NoticeForm,
}

#[derive(Template)]
#[template(path = "staff/notice.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    form: NoticeForm,
    path: String,
    written: String,
    withdrawn: String,
}

/// For whom, as people call it.
pub(super) fn audience_label(visit: &SiteVisit, audience: Audience) -> String {
    match audience {
        Audience::All => visit.text("notice-audience-all"),
        Audience::Staff => visit.text("notice-audience-staff"),
        Audience::Vendors => visit.text("notice-audience-vendors"),
    }
}

#[derive(Deserialize)]
pub(super) struct Sent {
    version: i64,
    title: String,
    body: String,
    audience: String,
    starts_on: String,
    ends_on: String,
}

impl Sent {
    fn check(&self) -> Result<NoticeText, HttpError> {
        let title = ::people::account::clean_name(&self.title);
        if title.is_empty() {
            return Err(HttpError::bad_request("notice-title-missing", ""));
        }
        let audience = Audience::find(&self.audience).ok_or_else(|| HttpError::bad_request("http-bad-form", ""))?;
        let day = |text: &str| {
            let short = text.chars().take(40).collect::<String>();
            text.parse::<Date>().map_err(|_| HttpError::bad_request("notice-bad-day", short))
        };
        let (starts_on, ends_on) = (day(&self.starts_on)?, day(&self.ends_on)?);
        if !(0..=MAX_DAYS).contains(&ends_on.days_since(starts_on)) {
            return Err(HttpError::bad_request("notice-bad-period", ""));
        }
        Ok(NoticeText { title, body: check_text(&self.body)?, audience, starts_on, ends_on })
    }
}

fn entry_body(id: i64, version: i64, text: &NoticeText) -> serde_json::Value {
    json!({
        "id": id,
        "version": version,
        "title": text.title,
        "text": ContentHash::of(text.body.as_bytes()).to_string(),
        "audience": text.audience.name(),
        "starts_on": text.starts_on.to_string(),
        "ends_on": text.ends_on.to_string(),
    })
}

/// Writes a notice. The same words for the same days, sent again, are the same notice.
pub(super) async fn add(
    visit: SiteVisit,
    State(office): State<Shared>,
    Form(sent): Form<Sent>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let text = sent.check()?;
        let (who, site) = (visit.who(), visit.site_id());
        let id = office.installation.ledger.write(office.database(), visit.now, |tx| {
            let present = tables::list_notices(tx, site)?;
            let same = present.iter().find(|notice| notice.text == text && notice.withdrawn_at.is_none());
            if let Some(same) = same {
                return Ok(same.id);
            }
            let id = tables::add_notice(tx, site, &text, &who, visit.now)?;
            tx.append(&NewEntry { kind: "notice.written", site, who: &who, body: &entry_body(id, 1, &text) })?;
            Ok::<_, HttpError>(id)
        })?;
        Ok(redirect(&visit.path_of(&format!("notices/{id}"))))
    })
    .await
}

/// One notice, to be changed.
pub(super) async fn show(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = parse_number(&id)?;
        let notice = office.database().read(|tx| tables::find_notice(tx, visit.site_id(), id))?;
        let notice = notice.ok_or_else(HttpError::not_found)?;
        let path = visit.path_of(&format!("notices/{id}"));
        let written = [
            ("version", notice.version.into()),
            ("who", notice.written_by.as_str().into()),
            ("time", visit.minute(notice.written_at).into()),
        ];
        let body = Body {
            visit: &visit,
            form: NoticeForm::of(&notice, path.clone()),
            path,
            written: visit.say("notice-written", &written),
            withdrawn: notice
                .withdrawn_at
                .map_or_else(String::new, |at| visit.say("notice-withdrawn", &[("time", visit.minute(at).into())])),
        };
        let title = visit.text("notice-title");
        let around = Page::new(notice.text.title.as_str(), "notices").trail(title, visit.path_of("notices"));
        page(&visit, &around, &body)
    })
    .await
}

/// Changes a notice by a new version; whoever read the old one has not read this one.
pub(super) async fn change(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(sent): Form<Sent>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (id, text) = (parse_number(&id)?, sent.check()?);
        let (who, site) = (visit.who(), visit.site_id());
        office.installation.ledger.write(office.database(), visit.now, |tx| {
            let notice = tables::find_notice(tx, site, id)?.ok_or_else(HttpError::not_found)?;
            if notice.text == text && notice.withdrawn_at.is_none() {
                return Ok(());
            }
            if notice.version != sent.version || notice.withdrawn_at.is_some() {
                return Err(HttpError::conflict("notice-changed-by", notice.written_by));
            }
            tables::add_version(tx, id, notice.version + 1, &text, &who, visit.now)?;
            let body = entry_body(id, notice.version + 1, &text);
            tx.append(&NewEntry { kind: "notice.changed", site, who: &who, body: &body })?;
            Ok::<_, HttpError>(())
        })?;
        Ok(redirect(&visit.path_of(&format!("notices/{id}"))))
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Withdrawal {
    version: i64,
}

/// Takes a notice back: nobody is shown it any more, its versions and receipts stay.
pub(super) async fn withdraw(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(sent): Form<Withdrawal>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = parse_number(&id)?;
        let (who, site) = (visit.who(), visit.site_id());
        office.installation.ledger.write(office.database(), visit.now, |tx| {
            let notice = tables::find_notice(tx, site, id)?.ok_or_else(HttpError::not_found)?;
            if notice.version != sent.version {
                return Err(HttpError::conflict("notice-changed-by", notice.written_by));
            }
            if tables::withdraw(tx, id, &who, visit.now)? {
                let body = json!({ "id": id, "version": notice.version });
                tx.append(&NewEntry { kind: "notice.withdrawn", site, who: &who, body: &body })?;
            }
            Ok::<_, HttpError>(())
        })?;
        Ok(redirect(&visit.path_of("notices")))
    })
    .await
}
