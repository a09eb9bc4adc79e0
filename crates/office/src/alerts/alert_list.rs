//! Every alert of a site: what to look into first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use detect::rule::Level;
use eventlog::alerts::store::{self as tables, SearchCounts};
use eventlog::alerts::{Alert, AlertState};
use people::Role;
use web::list::{Cell, Column, Filter, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use super::words;
use crate::Office;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "alerts/above.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    searched: String,
    lost: Option<String>,
    may_publish: bool,
}

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (alerts, searched) = office.database().read(|tx| {
            let site = visit.site_id();
            Ok::<_, store::StoreError>((tables::list_alerts(tx, site)?, tables::count_searches(tx, site)?))
        })?;
        let above = above(&visit, searched).render().map_err(HttpError::internal)?;
        // What waits for somebody comes first; the others are a choice away.
        let wanted = query.filter("state").map_or(Some(AlertState::Open), AlertState::find);
        let level = query.filter("level").and_then(|word| Level::ALL.into_iter().find(|level| level.word() == word));
        let is_shown = |alert: &&Alert| {
            wanted.is_none_or(|state| alert.state == state) && level.is_none_or(|level| alert.level == level)
        };
        let rows: Vec<Vec<Cell>> = alerts.iter().filter(is_shown).map(|alert| cells(&visit, &office, alert)).collect();
        let list = List {
            caption: visit.text("alert-title"),
            columns: columns(&visit),
            total: Total::Exactly(rows.len()),
            rows,
            filters: filters(&visit),
            can_search: true,
            empty: empty(&visit, &office, searched, alerts.is_empty()),
        };
        let around = Page::new(visit.text("alert-title"), "alerts").help(visit.text("alert-help"));
        list.cut(&query).respond(&visit, &around, &query, &above)
    })
    .await
}

fn above(visit: &SiteVisit, searched: SearchCounts) -> Above<'_> {
    let said = [("logs", searched.logs.into()), ("events", searched.events.into())];
    Above {
        visit,
        searched: visit.say("alert-searched", &said),
        lost: (searched.lost > 0).then(|| visit.say("alert-lost", &[("count", searched.lost.into())])),
        may_publish: visit.is(Role::Administrator),
    }
}

/// Nothing found is no praise: it says what was looked at, or what to hand in.
fn empty(visit: &SiteVisit, office: &Office, searched: SearchCounts, none_at_all: bool) -> String {
    match (searched.logs, none_at_all) {
        (0, _) => {
            let run = office.installation.packs.commands.quote("event_log", visit.lang);
            visit.say("alert-empty-no-logs", &[("run", run.into())])
        }
        (_, true) => visit.text("alert-empty-nothing"),
        (_, false) => visit.text("alert-empty-filter"),
    }
}

fn columns(visit: &SiteVisit) -> Vec<Column> {
    vec![
        Column::new(visit.text("alert-level")),
        Column::new(visit.text("alert-what")).sort("what"),
        Column::new(visit.text("alert-computer")).sort("computer"),
        Column::new(visit.text("alert-hits")).sort("hits").number(),
        Column::new(visit.text("alert-last")).sort("last"),
        Column::new(visit.text("alert-state")),
        Column::new(visit.text("alert-owner")).sort("owner"),
        Column::new(visit.text("alert-due")).sort("due"),
    ]
}

fn filters(visit: &SiteVisit) -> Vec<Filter> {
    let states = AlertState::ALL.map(|state| (state.name().to_owned(), words::state(visit, state).text));
    let levels = Level::ALL.into_iter().rev().map(|level| (level.word().to_owned(), words::level(visit, level).text));
    let every = ("all".to_owned(), visit.text("alert-filter-all"));
    vec![
        Filter {
            name: "state",
            label: visit.text("alert-state"),
            options: states.into_iter().chain([every]).collect(),
        },
        Filter {
            name: "level",
            label: visit.text("alert-level"),
            options: std::iter::once((String::new(), visit.text("alert-filter-all"))).chain(levels).collect(),
        },
    ]
}

fn cells(visit: &SiteVisit, office: &Office, alert: &Alert) -> Vec<Cell> {
    let level = words::level(visit, alert.level);
    let state = words::state(visit, alert.state);
    let today = visit.today();
    let is_overdue = alert.state == AlertState::Open && alert.due_on.is_some_and(|due| due < today);
    let due = alert.due_on.map_or_else(String::new, |due| due.to_string());
    vec![
        Cell::text(level.text).look(level.look),
        Cell::link(words::title(office, visit.lang, &alert.rule), visit.path_of(&format!("alerts/{}", alert.id))),
        Cell::text(words::computer(visit, alert)),
        Cell::text(alert.hits.to_string()),
        Cell::text(visit.minute(alert.last_at)),
        Cell::text(state.text).look(state.look),
        Cell::text(alert.owner.as_str()),
        Cell::text(due).look(if is_overdue { Look::Danger } else { Look::Plain }),
    ]
}
