//! What to do today: at most seven things, the gravest for patients first, and what is about to end.

use std::collections::BTreeMap;

use ::store::{StoreError, Transaction, jobs};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base::UtcSeconds;
use eventlog::alerts::store::OpenAlerts;
use evidence::store::EvidenceRow;
use governance::exceptions::{Exception, ExceptionState};
use governance::lists::Exports;
use governance::snapshot::{self, TaskText};
use governance::store as tables;
use governance::tasks::{Task, in_order};
use governance::watch::{Watch, find_watch, month_start};
use installation::Packs;
use people::Role;
use web::{HttpError, Page, SiteVisit, blocking};

use super::words::{self, Words};
use crate::state::Shared;
use crate::words::{self as shown, Badge};

/// Things named at once: more is no plan for a day.
const MOST: usize = 7;
/// Exceptions that end within so many days are named.
const EXCEPTION_DAYS: i64 = 30;
/// Evidence that grows old within so many days is named.
const AGING_DAYS: i64 = 14;
/// Failed work of so many days is named.
const FAILED_DAYS: i64 = 7;

struct Known {
    tasks: Vec<Task>,
    texts: BTreeMap<String, TaskText>,
    ending: Vec<Exception>,
    newest: Vec<(String, UtcSeconds)>,
    failed: Vec<(String, UtcSeconds)>,
    last: Option<EvidenceRow>,
    watch: Watch,
    /// Things of which something was observed this month.
    observed: usize,
    assessed: bool,
    alerts: OpenAlerts,
}

fn load(tx: &mut Transaction, visit: &SiteVisit) -> Result<Known, StoreError> {
    let (site, today) = (visit.site_id(), visit.today());
    let mut ending = tables::list_exceptions(tx, site)?;
    ending.retain(|exception| {
        let left = exception.expires_on.days_since(today);
        exception.state == ExceptionState::Approved && (0..=EXCEPTION_DAYS).contains(&left)
    });
    let head = snapshot::find_head(tx, site, visit.lang)?;
    Ok(Known {
        tasks: in_order(tables::list_tasks(tx, site, false)?),
        texts: snapshot::list_task_texts(tx, site, visit.lang)?,
        ending,
        newest: evidence::store::list_newest_observed(tx, site)?,
        failed: failed_jobs(tx, site, visit.now.plus_days(-FAILED_DAYS))?,
        last: find_last_evidence(tx, site)?,
        watch: find_watch(tx, site, visit.now)?,
        observed: head.as_ref().map_or(0, |head| head.count_observed(month_start(today), today)),
        assessed: head.is_some(),
        alerts: eventlog::alerts::store::count_open(tx, site)?,
    })
}

fn find_last_evidence(tx: &mut Transaction, site: &str) -> Result<Option<EvidenceRow>, StoreError> {
    let newest = tables::newest_evidence(tx, site)?;
    evidence::store::find_evidence(tx, site, newest)
}

/// Jobs of a site that were given up since a moment: kind and when, newest first.
fn failed_jobs(tx: &mut Transaction, site: &str, since: UtcSeconds) -> Result<Vec<(String, UtcSeconds)>, StoreError> {
    let of_site = |payload: &str| {
        let payload: serde_json::Value = serde_json::from_str(payload).unwrap_or_default();
        payload.get("site").and_then(serde_json::Value::as_str) == Some(site)
    };
    let failed = jobs::list_failed(tx, since)?.into_iter().filter(|job| of_site(&job.payload));
    Ok(failed.map(|job| (job.kind, job.finished_at)).collect())
}

pub(super) async fn show(visit: SiteVisit, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let known = office.database().read(|tx| load(tx, &visit))?;
        let page = Page::new(visit.text("nav-today"), "today").help(visit.say("desk-help", &[("most", MOST.into())]));
        if known.last.is_none() || !known.assessed {
            let has_evidence = known.last.is_some();
            let page = page.refresh(if has_evidence { 5 } else { 0 });
            return web::page(&visit, &page, &SetUp { visit: &visit, has_evidence });
        }
        web::page(&visit, &page, &body(&visit, &office.installation.packs, &known))
    })
    .await
}

#[derive(Template)]
#[template(path = "desk/set_up.html")]
struct SetUp<'a> {
    visit: &'a SiteVisit,
    has_evidence: bool,
}

struct Thing {
    id: i64,
    words: Words,
    badge: Badge,
    owner: String,
    due: String,
    overdue: bool,
    path: String,
}

#[derive(Template)]
#[template(path = "desk/today.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    may_take: bool,
    things: Vec<Thing>,
    others: String,
    ending: Vec<(String, String)>,
    aging: Vec<String>,
    failed: Vec<String>,
    last: Option<(String, String)>,
    numbers: Vec<(String, String)>,
    /// Alerts nobody has looked into; empty: none.
    alerts: String,
    /// Whether a grave one is among them.
    are_grave: bool,
}

fn body<'a>(visit: &'a SiteVisit, packs: &Packs, known: &Known) -> Body<'a> {
    let open = known.tasks.len();
    let others = match open.saturating_sub(MOST) {
        0 => visit.text("desk-all-tasks"),
        more => visit.say("desk-more-tasks", &[("count", more.into())]),
    };
    let ending = known.ending.iter().map(|exception| {
        let check = packs.checks.iter().find(|check| check.id == exception.check);
        let title = check.map_or(exception.check.as_str(), |check| check.title.get(visit.lang));
        let arguments = [("check", title.into()), ("day", visit.day(exception.expires_on).into())];
        let path = visit.path_of(&format!("decisions/exceptions/{}", exception.id));
        (visit.say("desk-exception-ends", &arguments), path)
    });
    Body {
        visit,
        may_take: visit.is(Role::Administrator),
        things: first_things(packs, &known.tasks).map(|task| thing(visit, packs, known, task)).collect(),
        others,
        ending: ending.collect(),
        aging: known.newest.iter().filter_map(|(importer, at)| aging(visit, &packs.exports, importer, *at)).collect(),
        failed: known.failed.iter().map(|(kind, at)| failed(visit, kind, *at)).collect(),
        last: known.last.as_ref().map(|last| {
            let arguments = [
                ("name", last.name.as_str().into()),
                ("who", last.who.as_str().into()),
                ("time", visit.minute(last.received_at).into()),
            ];
            (visit.say("desk-last", &arguments), visit.path_of(&format!("evidence/{}", last.id)))
        }),
        numbers: numbers(visit, &known.watch, known.observed),
        alerts: alerts(visit, known.alerts),
        are_grave: known.alerts.grave > 0,
    }
}

/// How many alerts wait; empty: none.
fn alerts(visit: &SiteVisit, open: OpenAlerts) -> String {
    match open {
        OpenAlerts { all: 0, .. } => String::new(),
        OpenAlerts { all, grave } => visit.say("desk-alerts", &[("all", all.into()), ("grave", grave.into())]),
    }
}

/// The first things to do: gravest first; of equal weight mending before asking, and doors to the outside before the rest.
fn first_things<'t>(packs: &Packs, tasks: &'t [Task]) -> impl Iterator<Item = &'t Task> {
    let mut tasks: Vec<&Task> = tasks.iter().collect();
    tasks.sort_by_cached_key(|task| (task.severity, task.key.rank(), !words::is_door(packs, task)));
    tasks.into_iter().take(MOST)
}

fn thing(visit: &SiteVisit, packs: &Packs, known: &Known, task: &Task) -> Thing {
    Thing {
        id: task.id,
        words: words::words(visit, packs, &known.texts, task),
        badge: shown::severity(visit, task.severity),
        owner: task.owner.clone(),
        due: task.due_on.map_or_else(String::new, |due| visit.day(due)),
        overdue: words::is_overdue(task, visit.today()),
        path: visit.path_of(&format!("tasks/{}", task.id)),
    }
}

/// A sentence if the newest export of a kind grows old soon, or has.
fn aging(visit: &SiteVisit, exports: &Exports, importer: &str, at: UtcSeconds) -> Option<String> {
    let export = exports.find(importer).filter(|export| export.fresh_days > 0)?;
    let left = i64::from(export.fresh_days) - visit.now.days_since(at);
    let kind = export.label.get(visit.lang);
    match left {
        ..0 => Some(visit.say("desk-aged", &[("kind", kind.into())])),
        0..=AGING_DAYS => Some(visit.say("desk-aging", &[("kind", kind.into()), ("days", left.into())])),
        _ => None,
    }
}

fn failed(visit: &SiteVisit, kind: &str, at: UtcSeconds) -> String {
    let id = match kind {
        installation::work::ASSESS => "desk-failed-assessment",
        "office.report" => "desk-failed-report",
        _ => "desk-failed-other",
    };
    visit.say(id, &[("time", visit.minute(at).into())])
}

fn numbers(visit: &SiteVisit, watch: &Watch, observed: usize) -> Vec<(String, String)> {
    let day = |at: Option<UtcSeconds>| at.map_or_else(String::new, |at| visit.day(at.date_jst()));
    let minute = |at: Option<UtcSeconds>| at.map_or_else(String::new, |at| visit.minute(at));
    let times = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let count = |count: i64| visit.say("desk-reviewed-count", &[("count", count.into())]);
    vec![
        (visit.text("desk-monitored-since"), day(watch.since)),
        (visit.text("desk-last-collection"), minute(watch.last)),
        (visit.text("desk-assessed"), count(times(watch.assessments))),
        (visit.text("desk-followed"), count(times(watch.followed))),
        (visit.text("desk-reviewed"), count(i64::try_from(observed).unwrap_or(i64::MAX))),
    ]
}
