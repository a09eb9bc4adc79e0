//! How far the use of the program has spread. A new system takes over a year to spread, and spreads from superiors (S126).

use ::people::Role;
use ::people::store::{self as tables, Spread};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base::UtcSeconds;
use store::StoreError;
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::role_message;
use crate::state::Shared;

/// Somebody who signed in within so many days uses the program.
const LATELY_DAYS: i64 = 30;
/// So long it takes, on average, until a new system has spread; in days.
///
/// Source: seed 001, 人とIT (S126): over one year on average.
const EXPECTED_DAYS: i64 = 365;

struct Line {
    name: String,
    accounts: u64,
    ever: u64,
    lately: u64,
    ever_share: u64,
    lately_share: u64,
    label: String,
}

struct Group {
    title: String,
    column: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "people/adoption.html")]
struct AdoptionPage<'a> {
    visit: &'a SiteVisit,
    executives: String,
    year: String,
    groups: Vec<Group>,
}

/// The page.
pub(super) async fn show(visit: SiteVisit, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let since = visit.now.plus_days(-LATELY_DAYS);
        let (departments, roles, set_up) = office.database().read::<_, StoreError>(|tx| {
            Ok((
                tables::list_spread_by_department(tx, visit.site_id(), since)?,
                tables::list_spread_by_role(tx, visit.site_id(), since)?,
                tables::find_set_up_at(tx)?,
            ))
        })?;
        let executives = roles.iter().find(|(role, _)| *role == Role::Executive).map(|(_, spread)| spread);
        let by_role = roles.iter().map(|(role, spread)| line(&visit, visit.text(role_message(*role)), spread));
        let by_department = departments.iter().map(|spread| {
            let name =
                if spread.group.is_empty() { visit.text("adoption-no-department") } else { spread.group.clone() };
            line(&visit, name, spread)
        });
        let body = AdoptionPage {
            visit: &visit,
            executives: about_executives(&visit, executives),
            year: set_up.map_or_else(String::new, |at| about_year(&visit, at)),
            groups: vec![
                Group {
                    title: visit.text("adoption-by-role"),
                    column: visit.text("person-roles"),
                    lines: by_role.collect(),
                },
                Group {
                    title: visit.text("adoption-by-department"),
                    column: visit.text("person-department"),
                    lines: by_department.collect(),
                },
            ],
        };
        let around = Page::new(visit.text("adoption-title"), "adoption").help(visit.text("adoption-help"));
        page(&visit, &around, &body)
    })
    .await
}

/// Whether superiors go first.
fn about_executives(visit: &SiteVisit, spread: Option<&Spread>) -> String {
    let Some(spread) = spread else { return visit.text("adoption-no-executive") };
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let arguments = [("count", number(spread.lately).into()), ("all", number(spread.accounts).into())];
    let id = if spread.lately == spread.accounts { "adoption-executives-use" } else { "adoption-executives-first" };
    visit.say(id, &arguments)
}

fn about_year(visit: &SiteVisit, set_up: UtcSeconds) -> String {
    let days = visit.now.days_since(set_up).max(0) + 1;
    let arguments = [
        ("since", visit.day(set_up.date_jst()).into()),
        ("days", days.into()),
        ("until", visit.day(set_up.plus_days(EXPECTED_DAYS).date_jst()).into()),
    ];
    let id = if days <= EXPECTED_DAYS { "adoption-year" } else { "adoption-year-over" };
    visit.say(id, &arguments)
}

fn line(visit: &SiteVisit, name: String, spread: &Spread) -> Line {
    let share = |count: u64| (count * 100).checked_div(spread.accounts).unwrap_or(0).min(100);
    let (ever_share, lately_share) = (share(spread.ever), share(spread.lately));
    let percent = |share: u64| i64::try_from(share).unwrap_or(0);
    let arguments = [("ever", percent(ever_share).into()), ("lately", percent(lately_share).into())];
    Line {
        name,
        accounts: spread.accounts,
        ever: spread.ever,
        lately: spread.lately,
        ever_share,
        lately_share,
        label: visit.say("adoption-label", &arguments),
    }
}
