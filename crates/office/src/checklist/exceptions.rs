//! Exceptions: who took responsibility for what, and until when.

use axum::extract::State;
use axum::response::Response;
use governance::exceptions::{Exception, ExceptionState};
use governance::store as tables;
use web::list::{Cell, Column, Filter, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, Visit, blocking};

use crate::state::{Office, Shared};
use crate::words::{self, Badge, plain};

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let mut exceptions = office.database().read(|tx| tables::list_exceptions(tx, visit.site_id()))?;
        let asked = query.filter("state").unwrap_or_default();
        exceptions.retain(|one| asked.is_empty() || Standing::of(&visit, one).name() == asked);
        exceptions.sort_by_key(|one| (Standing::of(&visit, one), one.expires_on, one.id));
        let list = List {
            caption: visit.text("nav-exceptions"),
            columns: vec![
                Column::new(visit.text("checklist-number")).sort("number").number(),
                Column::new(visit.text("assets-check")).sort("check"),
                Column::new(visit.text("checklist-about")).sort("subject"),
                Column::new(visit.text("checklist-state")),
                Column::new(visit.text("checklist-last-day")).sort("until"),
                Column::new(visit.text("checklist-days-left")).sort("left").number(),
                Column::new(visit.text("checklist-requested-by")).sort("by"),
                Column::new(visit.text("checklist-why")),
            ],
            total: Total::Exactly(exceptions.len()),
            rows: exceptions.iter().map(|one| cells(&visit, &office, one)).collect(),
            filters: vec![filter(&visit)],
            can_search: true,
            empty: visit.text("checklist-exceptions-empty"),
        };
        let page = Page::new(visit.text("nav-exceptions"), "exceptions").help(visit.text("checklist-exceptions-help"));
        list.cut(&query).respond(&visit, &page, &query, &above(&visit))
    })
    .await
}

fn above(visit: &SiteVisit) -> String {
    let link = |path: &str, class: &str, id: &str| {
        format!("<a class=\"{class}\" href=\"{}\">{}</a>", visit.path_of(path), visit.text(id))
    };
    let mut links = Vec::new();
    if words::may_answer(visit) {
        links.push(link("exceptions/new", "button", "assets-ask-exception"));
    }
    links.push(link("decisions", "button second", "checklist-to-decisions"));
    format!("<p class=\"actions\">{}</p>", links.join(" "))
}

/// How an exception stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Waiting,
    Active,
    Over,
    Revoked,
}

impl Standing {
    const ALL: [Self; 4] = [Self::Waiting, Self::Active, Self::Over, Self::Revoked];

    pub(super) fn of(visit: &Visit, exception: &Exception) -> Self {
        match exception.state {
            ExceptionState::Requested => Self::Waiting,
            ExceptionState::Approved if exception.expires_on < visit.today() => Self::Over,
            ExceptionState::Approved => Self::Active,
            ExceptionState::Revoked => Self::Revoked,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Over => "over",
            Self::Revoked => "revoked",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Waiting => "checklist-exception-waiting",
            Self::Active => "checklist-exception-active",
            Self::Over => "checklist-exception-over",
            Self::Revoked => "checklist-exception-revoked",
        }
    }

    /// A deviation under somebody's responsibility is a deviation all the same: none of these is shown as good.
    pub(super) fn badge(self, visit: &Visit) -> Badge {
        let look = match self {
            Self::Waiting | Self::Active => Look::Caution,
            Self::Over => Look::Danger,
            Self::Revoked => Look::Plain,
        };
        Badge::new(visit.text(self.message()), look)
    }
}

fn filter(visit: &SiteVisit) -> Filter {
    let mut options = vec![(String::new(), visit.text("assets-filter-all"))];
    options.extend(Standing::ALL.map(|state| (state.name().to_owned(), visit.text(state.message()))));
    Filter { name: "state", label: visit.text("checklist-state"), options }
}

/// The title of a check.
pub(super) fn check_title(visit: &SiteVisit, office: &Office, id: &str) -> String {
    let check = office.installation.packs.checks.iter().find(|check| check.id == id);
    check.map_or_else(|| plain(id), |check| check.title.get(visit.lang).to_owned())
}

fn cells(visit: &SiteVisit, office: &Office, one: &Exception) -> Vec<Cell> {
    let standing = Standing::of(visit, one);
    let left = match standing {
        Standing::Active => one.expires_on.days_since(visit.today()).to_string(),
        Standing::Waiting | Standing::Over | Standing::Revoked => String::new(),
    };
    let subject = one.subject.as_ref().map_or_else(|| visit.text("checklist-every-subject"), |one| plain(one.id()));
    vec![
        Cell::text(one.id.to_string()),
        Cell::link(check_title(visit, office, &one.check), visit.path_of(&format!("exceptions/{}", one.id))),
        Cell::text(subject),
        standing.badge(visit).cell(),
        Cell::text(one.expires_on.to_string()),
        Cell::text(left),
        Cell::text(plain(&one.requested_by)),
        Cell::text(plain(&one.reason)),
    ]
}
