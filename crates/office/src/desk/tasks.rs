//! Every task.

use ::store::StoreError;
use axum::extract::State;
use axum::response::Response;
use base::Severity;
use governance::snapshot;
use governance::store as tables;
use governance::tasks::{Ending, Task, in_order};
use web::list::{Cell, Column, Filter, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use super::words;
use crate::state::Shared;
use crate::words as shown;

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let state = query.filter("state").unwrap_or_default();
        let with_closed = matches!(state, "closed" | "all");
        let (tasks, texts) = office.database().read(|tx| {
            let tasks = tables::list_tasks(tx, visit.site_id(), with_closed)?;
            Ok::<_, StoreError>((tasks, snapshot::list_task_texts(tx, visit.site_id(), visit.lang)?))
        })?;
        let wanted = |task: &Task| {
            let severity = query.filter("severity").is_none_or(|severity| severity == task.severity.name());
            severity && (state != "closed" || task.closed_at.is_some())
        };
        let packs = &office.installation.packs;
        let tasks = in_order(tasks.into_iter().filter(wanted).collect());
        let rows: Vec<Vec<Cell>> =
            tasks.iter().map(|task| row(&visit, task, words::words(&visit, packs, &texts, task).title)).collect();
        let list = List {
            caption: visit.text("nav-tasks"),
            columns: vec![
                Column::new(visit.text("tasks-number")).sort("number").number(),
                Column::new(visit.text("tasks-what")).sort("what"),
                Column::new(visit.text("tasks-severity")),
                Column::new(visit.text("tasks-owner")).sort("owner"),
                Column::new(visit.text("tasks-due")).sort("due"),
                Column::new(visit.text("tasks-state")),
                Column::new(visit.text("tasks-opened")).sort("opened"),
            ],
            total: Total::Exactly(rows.len()),
            rows,
            filters: filters(&visit),
            can_search: true,
            empty: visit.text("tasks-empty"),
        };
        let page = Page::new(visit.text("nav-tasks"), "tasks").help(visit.text("tasks-help"));
        list.cut(&query).respond(&visit, &page, &query, "")
    })
    .await
}

fn filters(visit: &SiteVisit) -> Vec<Filter> {
    let states = [("", "tasks-open"), ("closed", "tasks-closed"), ("all", "tasks-all")];
    let states = states.into_iter().map(|(value, id)| (value.to_owned(), visit.text(id))).collect();
    let mut severities = vec![(String::new(), visit.text("tasks-all"))];
    severities.extend(Severity::ALL.into_iter().map(|one| (one.name().to_owned(), shown::severity(visit, one).text)));
    vec![
        Filter { name: "state", label: visit.text("tasks-state"), options: states },
        Filter { name: "severity", label: visit.text("tasks-severity"), options: severities },
    ]
}

/// The state of a task, as a marked cell.
pub(super) fn state(visit: &SiteVisit, task: &Task) -> Cell {
    let (id, look) = match task.closed_at {
        Some(_) if matches!(task.ending, Ending::Exception(_)) => ("tasks-excused", Look::Caution),
        Some(_) if task.ending == Ending::Withdrawn => ("tasks-withdrawn", Look::Unknown),
        Some(_) => ("tasks-closed", Look::Good),
        None if words::is_overdue(task, visit.today()) => ("tasks-overdue", Look::Danger),
        None => ("tasks-open", Look::Caution),
    };
    Cell::text(visit.text(id)).look(look)
}

fn row(visit: &SiteVisit, task: &Task, title: String) -> Vec<Cell> {
    vec![
        Cell::text(task.id.to_string()),
        Cell::link(title, visit.path_of(&format!("tasks/{}", task.id))),
        shown::severity(visit, task.severity).cell(),
        Cell::text(task.owner.as_str()),
        Cell::text(task.due_on.map_or_else(String::new, |due| due.to_string())),
        state(visit, task),
        Cell::text(visit.minute(task.opened_at)),
    ]
}
