//! Who has an account at this site.

use ::people::Role;
use ::people::store::{self as tables, PeopleOrder, PeopleQuery, PersonLine};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use web::list::{Cell, Column, Direction, Filter, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use super::fields::{administers_in_person, names};
use super::role_message;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "people/people_above.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    may_change: bool,
}

fn asked(query: &ListQuery) -> PeopleQuery {
    let window = query.window();
    PeopleQuery {
        words: query.typed().to_owned(),
        role: query.filter("role").and_then(|role| role.parse().ok()),
        enabled: match query.filter("state") {
            Some("enabled") => Some(true),
            Some("disabled") => Some(false),
            Some(_) | None => None,
        },
        order: match query.sort() {
            "name" => PeopleOrder::Name,
            "department" => PeopleOrder::Department,
            "seen" => PeopleOrder::LastSeen,
            _ => PeopleOrder::Login,
        },
        descending: query.direction() == Direction::Descending,
        offset: window.offset,
        limit: window.limit,
    }
}

/// The list.
pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let asked = asked(&query);
        let (lines, count) = office.database().read(|tx| tables::list_people(tx, visit.site_id(), &asked))?;
        let list = List {
            caption: visit.text("people-title"),
            columns: vec![
                Column::new(visit.text("person-login")).sort("login"),
                Column::new(visit.text("person-name")).sort("name"),
                Column::new(visit.text("person-department")).sort("department"),
                Column::new(visit.text("person-roles")),
                Column::new(visit.text("person-vendor")),
                Column::new(visit.text("person-last-seen")).sort("seen"),
                Column::new(visit.text("person-second")),
                Column::new(visit.text("person-state")),
            ],
            rows: lines.iter().map(|line| cells(&visit, line)).collect(),
            total: Total::Exactly(count),
            filters: filters(&visit),
            can_search: true,
            empty: visit.text("people-empty"),
        };
        let page = Page::new(visit.text("people-title"), "people").help(visit.text("people-help"));
        let above = Above { visit: &visit, may_change: administers_in_person(&visit, visit.site_id()) };
        let above = above.render().map_err(HttpError::internal)?;
        list.respond(&visit, &page, &query, &above)
    })
    .await
}

fn filters(visit: &SiteVisit) -> Vec<Filter> {
    let any = || (String::new(), visit.text("people-any"));
    let roles = Role::ALL.iter().map(|(name, role)| ((*name).to_owned(), visit.text(role_message(*role))));
    let states = [("enabled", "person-enabled"), ("disabled", "person-disabled")];
    let states = states.iter().map(|(value, label)| ((*value).to_owned(), visit.text(label)));
    vec![
        Filter {
            name: "role",
            label: visit.text("person-roles"),
            options: std::iter::once(any()).chain(roles).collect(),
        },
        Filter {
            name: "state",
            label: visit.text("person-state"),
            options: std::iter::once(any()).chain(states).collect(),
        },
    ]
}

fn cells(visit: &SiteVisit, line: &PersonLine) -> Vec<Cell> {
    let account = &line.account;
    let seen = match account.last_seen_at {
        Some(at) => Cell::text(visit.minute(at)),
        None => Cell::text(visit.text("person-never")).look(Look::Unknown),
    };
    let second = if line.has_second_factor {
        Cell::text(visit.text("person-second-yes")).look(Look::Good)
    } else {
        Cell::text(visit.text("person-second-no")).look(Look::Caution)
    };
    let state = if account.enabled {
        Cell::text(visit.text("person-enabled"))
    } else {
        Cell::text(visit.text("person-disabled")).look(Look::Unknown)
    };
    vec![
        Cell::link(account.login.as_str(), visit.path_of(&format!("people/{}", account.id.0))),
        Cell::text(account.name.as_str()),
        Cell::text(account.department.as_str()),
        Cell::text(names(visit, line.roles)),
        Cell::text(account.vendor.as_str()),
        seen,
        second,
        state,
    ]
}
