//! What to do today: at most seven things, the gravest for patients first, and what is about to end.

use std::collections::BTreeMap;

use ::store::{StoreError, Transaction};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base::{Severity, UtcSeconds};
use governance::exceptions::{Exception, ExceptionState};
use governance::snapshot::{self, TaskText};
use governance::store as tables;
use governance::tasks::{Task, in_order};
use installation::Packs;
use people::Role;
use web::{HttpError, Page, SiteVisit, blocking};

use super::store::{self as desk_tables, LastEvidence};
use super::watch::{Watch, watch};
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
    last: Option<LastEvidence>,
    watch: Watch,
    assessed: bool,
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
        newest: desk_tables::list_newest_observed(tx, site)?,
        failed: desk_tables::list_failed_jobs(tx, site, visit.now.plus_days(-FAILED_DAYS))?,
        last: desk_tables::find_last_evidence(tx, site)?,
        watch: watch(tx, site, head.as_ref(), visit.now)?,
        assessed: head.is_some(),
    })
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
        aging: known.newest.iter().filter_map(|(importer, at)| aging(visit, importer, *at)).collect(),
        failed: known.failed.iter().map(|(kind, at)| failed(visit, kind, *at)).collect(),
        last: known.last.as_ref().map(|last| {
            let arguments = [
                ("name", last.name.as_str().into()),
                ("who", last.who.as_str().into()),
                ("time", visit.minute(last.received_at).into()),
            ];
            (visit.say("desk-last", &arguments), visit.path_of(&format!("evidence/{}", last.id)))
        }),
        numbers: numbers(visit, &known.watch),
    }
}

/// The first things to do: among the grave ones doors to the outside come first, then the order of the tasks.
fn first_things<'t>(packs: &Packs, tasks: &'t [Task]) -> impl Iterator<Item = &'t Task> {
    let mut tasks: Vec<&Task> = tasks.iter().collect();
    tasks.sort_by_cached_key(|task| {
        let grave = task.severity <= Severity::High;
        (!grave, !(grave && words::is_door(packs, task)))
    });
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

/// For how many days an export of this kind counts: the shortest `fresh_days` of what it mainly says (`packs/facts/`), and for the
/// list of exploited weaknesses what `VUL` asks. `None`: each document says so itself.
fn fresh_days(importer: &str) -> Option<i64> {
    match importer {
        "statement" | "support_dates" => None,
        "kev_json" => Some(14),
        "directory_csv" => Some(45),
        _ => Some(100),
    }
}

/// A sentence if the newest export of a kind grows old soon, or has.
fn aging(visit: &SiteVisit, importer: &str, at: UtcSeconds) -> Option<String> {
    let left = fresh_days(importer)? - visit.now.days_since(at);
    let kind = visit.text(match importer {
        "ledger_sheet" => "desk-export-ledger",
        "nmap_xml" => "desk-export-scan",
        "directory_csv" => "desk-export-directory",
        "kev_json" => "desk-export-exploited",
        "gpo_backup" | "registry_policy" | "audit_policy" | "security_inf" => "desk-export-settings",
        _ => "desk-export-other",
    });
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

fn numbers(visit: &SiteVisit, watch: &Watch) -> Vec<(String, String)> {
    let day = |at: Option<UtcSeconds>| at.map_or_else(String::new, |at| visit.day(at.date_jst()));
    let minute = |at: Option<UtcSeconds>| at.map_or_else(String::new, |at| visit.minute(at));
    let reviewed = i64::try_from(watch.reviewed_this_month).unwrap_or(i64::MAX);
    vec![
        (visit.text("desk-monitored-since"), day(watch.monitored_since)),
        (visit.text("desk-last-collection"), minute(watch.last_collection)),
        (visit.text("desk-reviewed"), visit.say("desk-reviewed-count", &[("count", reviewed.into())])),
    ]
}
