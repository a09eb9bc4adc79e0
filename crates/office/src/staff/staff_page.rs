//! What staff see, with and without an account: today's notices, whom to call, and that the place is watched.

use std::net::IpAddr;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use base::UtcSeconds;
use governance::watch::Watch;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use web::list::ListQuery;
use web::visit::encode_segment;
use web::{HttpError, Page, SiteName, SiteVisit, Visit, blocking, page, redirect};

use super::store as tables;
use super::{Department, departments, find_site, lines};
use crate::Office;
use crate::state::Shared;

/// Evidence older than this many days is said to be old.
const OLD_DAYS: i64 = 31;

/// A notice as it is shown.
pub(super) struct ShownNotice {
    pub(super) id: i64,
    pub(super) version: i64,
    pub(super) title: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) until: String,
    /// Whether the one who looks has said that they read it; `None` for those without an account.
    pub(super) is_read: Option<bool>,
}

#[derive(Template)]
#[template(path = "staff/staff_page.html")]
struct Body<'a> {
    visit: &'a Visit,
    base: String,
    notices: Vec<ShownNotice>,
    contacts: Vec<String>,
    departments: Vec<Department>,
    watch: Vec<String>,
    /// Whether records came lately and were reviewed this month.
    is_watched: bool,
    /// Drawn by us from the address of the page.
    code: String,
    address: String,
    /// Path of the forms of somebody signed in; empty for others.
    own: String,
    /// Whether a department just confirmed something.
    is_confirmed: bool,
}

#[derive(Template)]
#[template(path = "staff/choose.html")]
struct Choice<'a> {
    visit: &'a Visit,
    sites: Vec<(String, String)>,
}

/// The page of the only site, or a choice among several.
pub(super) async fn choose(
    visit: Visit,
    headers: HeaderMap,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let sites = office.frame.sites.list()?;
        if let [site] = sites.as_slice() {
            return draw(&office, &visit, site, &Asked { headers, query }, None);
        }
        let sites = sites.into_iter().map(|site| (format!("/staff/{}", encode_segment(&site.id)), site.name)).collect();
        page(&visit, &Page::new(visit.text("staff-choose"), ""), &Choice { visit: &visit, sites })
    })
    .await
}

/// The page of a site, for anybody in the house.
pub(super) async fn show_public(
    visit: Visit,
    Path(id): Path<String>,
    headers: HeaderMap,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || {
        let site = find_site(&office, &id)?;
        draw(&office, &visit, &site, &Asked { headers, query }, None)
    })
    .await
}

/// The same for somebody signed in, who can say that they read something.
pub(super) async fn show(
    visit: SiteVisit,
    headers: HeaderMap,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || {
        let site = SiteName { id: visit.site_id().to_owned(), name: visit.site_name().to_owned() };
        draw(&office, &visit, &site, &Asked { headers, query }, Some(&visit))
    })
    .await
}

/// What the browser said besides the path.
struct Asked {
    headers: HeaderMap,
    query: ListQuery,
}

fn draw(
    office: &Office,
    visit: &Visit,
    site: &SiteName,
    asked: &Asked,
    own: Option<&SiteVisit>,
) -> Result<Response, HttpError> {
    let account = own.map(|visit| visit.person().account.id.0);
    // Before anything else is read: whoever waits for a count holds no connection meanwhile.
    let watch = office.watches.find(office.database(), &site.id, visit.now)?;
    let (contact, notices) = office.database().read(|tx| {
        let contact = tables::find_contact(tx, &site.id)?;
        Ok::<_, store::StoreError>((contact, list_shown(tx, visit, &site.id, false, account)?))
    })?;
    let items = count_items(office, visit, &site.id)?;
    let base = format!("/staff/{}", encode_segment(&site.id));
    let (address, code) = draw_code(office, &asked.headers, &base);
    let body = Body {
        visit,
        contacts: lines(&contact.contact),
        departments: departments(visit, office, &contact),
        watch: sentences(visit, &watch, items),
        is_watched: watch.assessments > 0 && watch.last.is_some_and(|last| visit.now.days_since(last) <= OLD_DAYS),
        own: own.map(|visit| visit.path_of("notices")).unwrap_or_default(),
        is_confirmed: asked.query.filter("confirmed").is_some(),
        base,
        notices,
        code,
        address,
    };
    let title = visit.say("staff-title", &[("site", site.name.as_str().into())]);
    page(visit, &Page::new(title, "staff"), &body)
}

/// The notices in force today for staff or vendors, newest first.
pub(super) fn list_shown(
    tx: &mut store::Transaction,
    visit: &Visit,
    site: &str,
    is_vendor: bool,
    account: Option<i64>,
) -> Result<Vec<ShownNotice>, store::StoreError> {
    let mut shown = Vec::new();
    for notice in tables::list_notices(tx, site)? {
        if !notice.is_shown(visit.today()) || !notice.text.audience.is_for(is_vendor) {
            continue;
        }
        let is_read = match account {
            Some(account) => Some(tables::has_read(tx, &notice, account)?),
            None => None,
        };
        shown.push(ShownNotice {
            id: notice.id,
            version: notice.version,
            paragraphs: lines(&notice.text.body),
            until: visit.say("staff-notice-until", &[("day", visit.day(notice.text.ends_on).into())]),
            title: notice.text.title,
            is_read,
        });
    }
    Ok(shown)
}

/// How many items one review goes through; 0 before the first.
fn count_items(office: &Office, visit: &Visit, site: &str) -> Result<usize, HttpError> {
    let head = office.database().read(|tx| governance::snapshot::find_head(tx, site, visit.lang))?;
    Ok(head.map_or(0, |head| {
        head.checklists.iter().map(|checklist| checklist.counts.total() + checklist.counts.not_applicable).sum()
    }))
}

/// That the place is watched, or that it is not, in plain words.
fn sentences(visit: &Visit, watch: &Watch, items: usize) -> Vec<String> {
    let (Some(since), Some(last)) = (watch.since, watch.last) else {
        return vec![visit.text("staff-watch-nothing")];
    };
    let age = visit.now.days_since(last).max(0);
    let last_text = if age > OLD_DAYS { "staff-watch-last-old" } else { "staff-watch-last" };
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let reviewed = if watch.assessments == 0 {
        visit.text("staff-watch-no-review")
    } else {
        let arguments = [("count", count(watch.assessments).into()), ("items", items.into())];
        visit.say("staff-watch-reviews", &arguments)
    };
    vec![
        visit.say("staff-watch-since", &[("day", day_of(visit, since).into())]),
        visit.say(last_text, &[("time", visit.minute(last).into()), ("days", age.into())]),
        reviewed,
        visit.say("staff-watch-followed", &[("count", count(watch.followed).into())]),
    ]
}

fn day_of(visit: &Visit, at: UtcSeconds) -> String {
    visit.day(at.date_jst())
}

/// The address of the page and a code that leads there: the configured one, else as the reader typed it. Empty if neither is known.
/// An address of this machine alone has no code: on a poster it would lead every telephone to itself.
fn draw_code(office: &Office, headers: &HeaderMap, path: &str) -> (String, String) {
    let Some(origin) = office.settings.public_address.clone().or_else(|| typed_origin(office, headers)) else {
        return (String::new(), String::new());
    };
    let address = format!("{}{path}", origin.trim_end_matches('/'));
    if is_this_machine(&origin) {
        return (address, String::new());
    }
    let Ok(code) = QrCode::with_error_correction_level(&address, EcLevel::M) else {
        return (address, String::new());
    };
    let drawing = code.render::<svg::Color<'_>>().min_dimensions(200, 200).quiet_zone(true).build();
    // The XML declaration may stand only at the head of a file.
    let start = drawing.find("<svg").unwrap_or_default();
    let drawing = drawing.get(start..).unwrap_or_default().to_owned();
    (address, drawing)
}

fn typed_origin(office: &Office, headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let is_host = !host.is_empty() && host.len() <= 255 && host.chars().all(is_plain);
    let scheme = if office.settings.secure { "https" } else { "http" };
    is_host.then(|| format!("{scheme}://{host}"))
}

/// Whether an address leads nobody but this machine itself anywhere.
fn is_this_machine(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host).to_lowercase();
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified());
    is_loopback || host == "localhost" || host.ends_with(".localhost")
}

/// Back to the page after a department confirmed something.
pub(super) fn back(site: &str) -> Response {
    redirect(&format!("/staff/{}?confirmed=1", encode_segment(site)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_machine_alone_is_for_no_poster() {
        for own in
            ["https://127.0.0.1:8443", "http://localhost", "https://[::1]:8443", "https://127.9.9.9", "http://0.0.0.0"]
        {
            assert!(is_this_machine(own), "{own}");
        }
        for public in
            ["https://mamori.example:8443", "http://192.168.10.5", "https://localhost.example", "https://[fd00::5]"]
        {
            assert!(!is_this_machine(public), "{public}");
        }
    }
}
