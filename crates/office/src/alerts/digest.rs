//! A draft of what to tell the staff about the alerts of a week: in plain words, without names of machines or people.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use detect::rule::Level;
use eventlog::alerts::store::{self as tables, SearchCounts};
use eventlog::alerts::{Alert, AlertState};
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::words;
use crate::Office;
use crate::staff::NoticeForm;
use crate::state::Shared;

/// Days of a digest.
const DAYS: i64 = 7;
/// Kinds of things named: more is not read.
const MOST: usize = 5;
/// Days the notice stands.
const STANDS_DAYS: i64 = 7;

#[derive(Template)]
#[template(path = "alerts/digest.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    form: NoticeForm,
}

/// The draft, in the form that publishes it.
pub(super) async fn show(visit: SiteVisit, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (alerts, searched) = office.database().read(|tx| {
            let site = visit.site_id();
            let since = visit.now.plus_days(-DAYS);
            Ok::<_, store::StoreError>((tables::list_alerts(tx, site)?, tables::count_searches_since(tx, site, since)?))
        })?;
        let (today, title) = (visit.today(), visit.text("alert-digest-subject"));
        let form = NoticeForm::draft(
            visit.path_of("notices"),
            (today, today.plus_days(STANDS_DAYS)),
            title,
            draft(&visit, &office, &alerts, searched),
        );
        let around = Page::new(visit.text("alert-digest-title"), "alerts")
            .help(visit.text("alert-digest-help"))
            .trail(visit.text("alert-title"), visit.path_of("alerts"));
        page(&visit, &around, &Body { visit: &visit, form })
    })
    .await
}

/// The text. What was not looked at is said as plainly as what was found.
fn draft(visit: &SiteVisit, office: &Office, alerts: &[Alert], searched: SearchCounts) -> String {
    if searched.logs == 0 {
        return visit.text("alert-digest-no-logs");
    }
    let mut text = visit.say("alert-digest-searched", &[("logs", searched.logs.into())]);
    let since = visit.now.plus_days(-DAYS);
    let mut kinds: BTreeMap<&str, Vec<&Alert>> = BTreeMap::new();
    for alert in alerts.iter().filter(|alert| alert.level >= Level::Medium && is_of_week(alert, since, visit.now)) {
        kinds.entry(&alert.rule).or_default().push(alert);
    }
    if kinds.is_empty() {
        text.push_str(&visit.text("alert-digest-nothing"));
        return text;
    }
    let mut kinds: Vec<(&str, Vec<&Alert>)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, alerts)| std::cmp::Reverse(alerts.iter().map(|alert| alert.level).max()));
    text.push_str(&visit.say("alert-digest-kinds", &[("count", kinds.len().into())]));
    for (rule, alerts) in kinds.iter().take(MOST) {
        text.push_str("\n\n");
        text.push_str(&about(visit, office, rule, alerts));
    }
    text.push_str("\n\n");
    text.push_str(&visit.text("alert-digest-request"));
    text
}

/// Whether an alert is of the week: its last event is, it was found, or a person said something about it. What claims to be of the
/// future is of the day it was found.
fn is_of_week(alert: &Alert, since: base::UtcSeconds, now: base::UtcSeconds) -> bool {
    let last_at = if alert.last_at <= now { alert.last_at } else { alert.changed_at };
    since <= last_at.max(alert.changed_at)
}

/// One kind of thing: what it is, what it means, where it stands.
fn about(visit: &SiteVisit, office: &Office, rule: &str, alerts: &[&Alert]) -> String {
    let meaning = words::explanation(office, rule).map_or("", |known| known.meaning.get(visit.lang));
    let standing = if alerts.iter().any(|alert| alert.state == AlertState::Incident) {
        "alert-digest-incident"
    } else if alerts.iter().any(|alert| alert.state == AlertState::Open) {
        "alert-digest-open"
    } else {
        "alert-digest-harmless"
    };
    let arguments = [
        ("title", words::title(office, visit.lang, rule).into()),
        ("meaning", meaning.into()),
        ("standing", visit.text(standing).into()),
    ];
    visit.say("alert-digest-kind", &arguments)
}
