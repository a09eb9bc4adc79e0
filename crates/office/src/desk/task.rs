//! One task: why, what became of it, who does it until when. Nothing here closes a task: new evidence does.

use ::store::StoreError;
use ::store::ledger::{Entry, list_entries_about};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::Date;
use governance::exceptions::Exception;
use governance::snapshot;
use governance::store as tables;
use governance::tasks::{AssignError, Assignment, Due, Ending, Task};
use people::Role;
use people::account::clean_name;
use people::store::list_names;
use serde::Deserialize;
use web::{Form, HttpError, Page, SiteVisit, blocking, redirect};

use super::tasks::state;
use super::words::{self, About, Words};
use crate::state::Shared;
use crate::words::may_open_lists;
use crate::words::{self as shown, Badge};

/// Names offered.
const MOST_NAMES: i64 = 300;

#[derive(Template)]
#[template(path = "desk/task.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    task: &'a Task,
    words: Words,
    badge: Badge,
    state: (&'static str, String),
    due: String,
    due_iso: String,
    history: Vec<String>,
    names: Vec<String>,
    closing: String,
    may_assign: bool,
    may_import: bool,
}

fn number(text: &str) -> Result<i64, HttpError> {
    text.parse().map_err(|_| HttpError::not_found())
}

pub(super) async fn show(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (id, site) = (number(&id)?, visit.site_id());
        let found = office.database().read(|tx| {
            let Some(task) = tables::find_task(tx, site, id)? else { return Ok::<_, StoreError>(None) };
            let texts = snapshot::list_task_texts(tx, site, visit.lang)?;
            let assigned = list_entries_about(tx, site, "task.assigned", ("task", id))?;
            let excuse = match task.ending {
                Ending::Exception(id) if task.closed_at.is_some() => tables::find_exception(tx, site, id)?,
                Ending::Evidence(_) | Ending::Exception(_) | Ending::Withdrawn => None,
            };
            Ok(Some((task, texts, assigned, list_names(tx, site, MOST_NAMES)?, excuse)))
        })?;
        let (task, texts, assigned, names, excuse) = found.ok_or_else(HttpError::not_found)?;
        let packs = &office.installation.packs;
        let words = words::words(&visit, packs, &texts, &task);
        let closing = match words::about(packs, &task.key) {
            About::Fix(check) | About::Ask(check) => check.ask.get(visit.lang).to_owned(),
            About::Keep(..) => visit.text("desk-next-keep"),
            About::Show(..) | About::Gone => visit.text("desk-next-document"),
        };
        let shown = state(&visit, &task);
        let page = Page::new(words.title.as_str(), "tasks");
        let page =
            if may_open_lists(&visit) { page.trail(visit.text("nav-tasks"), visit.path_of("tasks")) } else { page };
        let body = Body {
            visit: &visit,
            badge: shown::severity(&visit, task.severity),
            state: (shown.look.class(), shown.text),
            due: task.due_on.map_or_else(String::new, |due| visit.day(due)),
            due_iso: task.due_on.map_or_else(String::new, |due| due.to_string()),
            history: history(&visit, &task, &assigned, excuse.as_ref()),
            names,
            closing,
            may_assign: visit.is(Role::Administrator) && task.closed_at.is_none(),
            may_import: visit.is(Role::Administrator),
            words,
            task: &task,
        };
        web::page(&visit, &page, &body)
    })
    .await
}

/// What became of a task, oldest first.
fn history(visit: &SiteVisit, task: &Task, assigned: &[Entry], excuse: Option<&Exception>) -> Vec<String> {
    let mut lines = vec![visit.say("tasks-was-opened", &[("time", visit.minute(task.opened_at).into())])];
    for entry in assigned.iter().rev() {
        let text = |name: &str| entry.body.get(name).and_then(serde_json::Value::as_str).unwrap_or("—").to_owned();
        let arguments = [
            ("time", visit.minute(entry.at).into()),
            ("who", entry.who.as_str().into()),
            ("owner", text("owner").into()),
            ("due", text("due_on").into()),
        ];
        lines.push(visit.say("tasks-was-assigned", &arguments));
    }
    if let Some(at) = task.closed_at {
        let time = ("time", visit.minute(at).into());
        lines.push(match task.ending {
            Ending::Evidence(evidence) => visit.say("tasks-was-closed", &[time, ("evidence", evidence.into())]),
            Ending::Exception(id) => {
                let until = excuse.map_or_else(String::new, |one| one.expires_on.to_string());
                visit.say("tasks-was-excused", &[time, ("exception", id.into()), ("until", until.into())])
            }
            Ending::Withdrawn => visit.say("tasks-was-withdrawn", &[time]),
        });
    }
    lines
}

/// The form of who assigns.
#[derive(Debug, Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    owner: String,
    #[serde(default)]
    due_on: String,
    #[serde(default)]
    seen_owner: String,
}

fn write(office: &Shared, visit: &SiteVisit, assignment: &Assignment<'_>) -> Result<(), HttpError> {
    let installation = &office.installation;
    let done =
        governance::tasks::assign(&installation.database, &installation.ledger, visit.site_id(), assignment, visit.now);
    done.map_err(|err| match err {
        AssignError::Unknown { .. } => HttpError::not_found(),
        AssignError::Changed { owner, .. } => HttpError::conflict("tasks-taken", owner),
        AssignError::Store(err) => err.into(),
        err @ AssignError::Ledger(_) => HttpError::internal(err),
    })
}

pub(super) async fn assign(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(form): Form<Fields>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = number(&id)?;
        let (owner, who) = (clean_name(&form.owner), visit.who());
        let due = match form.due_on.trim() {
            "" => Due::Open,
            text => Due::On(day(text, visit.today())?),
        };
        let assignment = Assignment { id, owner: &owner, due, seen_owner: Some(&form.seen_owner), who: &who };
        write(&office, &visit, &assignment)?;
        Ok(redirect(&visit.path_of(&format!("tasks/{id}"))))
    })
    .await
}

/// A day that can be kept: not more than two years away from today.
fn day(text: &str, today: Date) -> Result<Date, HttpError> {
    let wrong = || HttpError::bad_request("tasks-bad-day", text.chars().take(40).collect::<String>());
    let day: Date = text.parse().map_err(|_| wrong())?;
    if day.days_since(today).abs() > 730 { Err(wrong()) } else { Ok(day) }
}

/// A form without fields.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn take(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(_): Form<Nothing>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = number(&id)?;
        let (owner, who) = (visit.person().account.name.clone(), visit.who());
        let task = office.database().read(|tx| tables::find_task(tx, visit.site_id(), id))?;
        // A second click of the same person changes nothing.
        if task.is_none_or(|task| task.owner != owner) {
            let assignment = Assignment { id, owner: &owner, due: Due::Keep, seen_owner: Some(""), who: &who };
            write(&office, &visit, &assignment)?;
        }
        Ok(redirect(&visit.path_of("today")))
    })
    .await
}
