//! One checklist: its items with what the evidence says.

use askama::Template;
use assess::{Framework, Item};
use axum::extract::{Path, State};
use axum::response::Response;
use base::{Lang, Mark};
use governance::answers;
use governance::snapshot::{self, Checklist};
use report::model::{Answer, ItemReport, Standing};
use web::list::{Cell, Column, Filter, List, ListQuery, Total};
use web::{HttpError, Page, SiteVisit, Visit, blocking};

use super::bar;
use crate::state::{Office, Shared};
use crate::words::{self, plain};

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let framework = find_framework(&office, &id)?;
        let found = office.database().read(|tx| snapshot::find_checklist(tx, visit.site_id(), visit.lang, &id))?;
        let around = Page::new(full_name(&visit, framework), "checklists")
            .help(visit.text("checklist-items-help"))
            .trail(visit.text("nav-checklists"), visit.path_of("checklists"));
        let is_answered = is_in_force(&visit, &office, framework)?;
        let (list, above) = match &found {
            Some(found) => {
                let above = Above {
                    over: edition_over(&visit, framework).filter(|_| is_answered),
                    bar: bar::draw(&visit, &found.head.title, &found.head.counts)?,
                    marks: marks(&visit, found),
                };
                let above = above.render().map_err(HttpError::internal)?;
                (answered(&visit, framework, found, &query), above)
            }
            None => {
                let id = if is_answered { "checklist-not-assessed" } else { "checklist-not-answered" };
                (bare(&visit, &office, framework), not_answered(&visit, id))
            }
        };
        list.cut(&query).respond(&visit, &around, &query, &above)
    })
    .await
}

/// What to know of an edition whose days are over while no newer one is here; `None` if there is nothing to say.
pub(super) fn edition_over(visit: &SiteVisit, framework: &Framework) -> Option<String> {
    let today = visit.today();
    let year = today.fiscal_year();
    let next = match visit.lang {
        // 令和 began in 2019.
        Lang::Ja => format!("令和{}年度", year - 2018),
        Lang::En => format!("fiscal {year}"),
    };
    let arguments = [("edition", framework.edition.as_str().into()), ("next", next.into())];
    answers::is_edition_over(framework, today).then(|| visit.say("checklist-edition-over", &arguments))
}

/// What stands above the items.
#[derive(Template)]
#[template(path = "checklist/above.html")]
struct Above {
    /// That the days of the edition are over and no newer one is here.
    over: Option<String>,
    /// Markup of the bar.
    bar: String,
    /// Signs of wording that was not compared with the original, and what each means.
    marks: Vec<(String, String)>,
}

/// The signs that stand in the list.
fn marks(visit: &SiteVisit, found: &Checklist) -> Vec<(String, String)> {
    let marks = [Mark::Press, Mark::Inferred, Mark::Unverified];
    let used = marks.into_iter().filter(|mark| found.items.iter().any(|item| item.mark == *mark));
    used.filter_map(|mark| Some((mark_sign(visit, mark), words::mark(visit, mark)?))).collect()
}

/// One word for how far wording was compared with the original; empty if it was.
fn mark_sign(visit: &SiteVisit, mark: Mark) -> String {
    match mark {
        Mark::Seen => String::new(),
        Mark::Press => visit.text("checklist-mark-press"),
        Mark::Inferred => visit.text("checklist-mark-inferred"),
        Mark::Unverified => visit.text("checklist-mark-unverified"),
    }
}

/// Title and edition; most titles name their edition.
fn full_name(visit: &SiteVisit, framework: &Framework) -> String {
    let title = framework.title.get(visit.lang);
    if title.contains(&framework.edition) { title.to_owned() } else { format!("{title} {}", framework.edition) }
}

/// How a checklist is called beside one of its numbers: its edition, if that says which one it is.
pub(super) fn short_name<'f>(visit: &SiteVisit, framework: &'f Framework) -> &'f str {
    let title = framework.title.get(visit.lang);
    if framework.title.ja.contains(&framework.edition) { &framework.edition } else { title }
}

/// The checklist of this id.
pub(super) fn find_framework<'o>(office: &'o Office, id: &str) -> Result<&'o Framework, HttpError> {
    let frameworks = &office.installation.packs.frameworks;
    frameworks.iter().find(|framework| framework.id == id).ok_or_else(HttpError::not_found)
}

/// Whether a checklist is one of those this site answers itself today.
pub(super) fn is_in_force(visit: &SiteVisit, office: &Office, framework: &Framework) -> Result<bool, HttpError> {
    let site = office.installation.find_site(visit.site_id())?.ok_or_else(HttpError::not_found)?;
    let current = answers::current_frameworks(&office.installation.packs.frameworks, site.kind, visit.now);
    Ok(current.iter().any(|one| one.id == framework.id))
}

fn not_answered(visit: &SiteVisit, id: &str) -> String {
    format!("<div class=\"notice empty\" role=\"status\"><p>{}</p></div>", visit.text(id))
}

fn answered(visit: &SiteVisit, framework: &Framework, found: &Checklist, query: &ListQuery) -> List {
    let wanted = query.filter("verdict").unwrap_or_default();
    let is_wanted = |item: &&ItemReport| match wanted {
        "" => true,
        "not_applicable" => item.is_left_out(),
        name => !item.is_left_out() && item.standing().name() == name,
    };
    let items = found.items.iter().filter(is_wanted);
    List {
        caption: full_name(visit, framework),
        columns: vec![
            Column::new(visit.text("checklist-number")).sort("number"),
            Column::new(visit.text("checklist-section")),
            Column::new(visit.text("checklist-text")),
            Column::new(visit.text("checklist-verdict")).sort("verdict"),
            Column::new(visit.text("checklist-reason")),
            Column::new(visit.text("checklist-answer")),
            Column::new(visit.text("checklist-by")).sort("by"),
            Column::new(visit.text("checklist-checked-on")).sort("checked"),
            Column::new(visit.text("checklist-mark")),
        ],
        rows: items.map(|item| cells(visit, framework, item)).collect(),
        total: Total::Exactly(found.items.len()),
        filters: vec![verdict_filter(visit)],
        can_search: true,
        empty: visit.text("assets-empty-filter"),
    }
}

fn verdict_filter(visit: &SiteVisit) -> Filter {
    let mut options = vec![(String::new(), visit.text("assets-filter-all"))];
    options.extend(Standing::ALL.map(|one| (one.name().to_owned(), words::standing(visit, one).text)));
    options.push(("not_applicable".to_owned(), visit.text("checklist-not-applicable")));
    Filter { name: "verdict", label: visit.text("checklist-verdict"), options }
}

fn cells(visit: &SiteVisit, framework: &Framework, item: &ItemReport) -> Vec<Cell> {
    vec![
        Cell::text(item.number.as_str()),
        Cell::text(item.section.as_str()),
        Cell::link(item.text.as_str(), item_path(visit, &framework.id, &item.id)),
        words::item(visit, item).cell(),
        Cell::text(plain(&item.reason)),
        Cell::text(answer(visit, item)),
        Cell::text(plain(&item.answered_by)),
        Cell::text(item.checked_on.map_or_else(String::new, |day| day.to_string())),
        Cell::text(mark_sign(visit, item.mark)),
    ]
}

/// What a person said, with the day of a "no".
fn answer(visit: &Visit, item: &ItemReport) -> String {
    match (item.answer, item.target_on) {
        (Some(Answer::Yes), _) => visit.text("checklist-yes"),
        (Some(Answer::No), Some(day)) => visit.say("checklist-no-until", &[("day", day.to_string().into())]),
        (Some(Answer::No), None) => visit.text("checklist-no"),
        (Some(Answer::NotApplicable), _) => visit.text("checklist-not-applicable"),
        (None, _) => visit.text("checklist-no-answer"),
    }
}

/// The page of an item.
pub(super) fn item_path(visit: &SiteVisit, framework: &str, item: &str) -> String {
    visit.path_of(&format!("checklists/{framework}/{item}"))
}

/// An edition that is not answered: its items, and where each of them went.
fn bare(visit: &SiteVisit, office: &Office, framework: &Framework) -> List {
    List {
        caption: full_name(visit, framework),
        columns: vec![
            Column::new(visit.text("checklist-number")).sort("number"),
            Column::new(visit.text("checklist-section")),
            Column::new(visit.text("checklist-text")),
            Column::new(visit.text("checklist-continued")),
        ],
        rows: framework.items.iter().map(|item| bare_cells(visit, office, framework, item)).collect(),
        total: Total::Exactly(framework.items.len()),
        filters: Vec::new(),
        can_search: true,
        empty: visit.text("assets-empty-filter"),
    }
}

fn bare_cells(visit: &SiteVisit, office: &Office, framework: &Framework, item: &Item) -> Vec<Cell> {
    let continued = match find_successor(office, &item.id) {
        Some((list, next)) => {
            Cell::link(format!("{} {}", short_name(visit, list), next.number), item_path(visit, &list.id, &next.id))
        }
        None => Cell::default(),
    };
    vec![
        Cell::text(item.number.as_str()),
        Cell::text(item.section.get(visit.lang)),
        Cell::link(item.text.get(visit.lang), item_path(visit, &framework.id, &item.id)),
        continued,
    ]
}

/// The item of a later edition that continues this one.
pub(super) fn find_successor<'o>(office: &'o Office, item: &str) -> Option<(&'o Framework, &'o Item)> {
    let mut all =
        office.installation.packs.frameworks.iter().flat_map(|list| list.items.iter().map(move |one| (list, one)));
    all.find(|(_, one)| one.maps_to.iter().any(|former| former == item))
}

/// An item of any edition.
pub(super) fn find_item<'o>(office: &'o Office, item: &str) -> Option<(&'o Framework, &'o Item)> {
    let mut all =
        office.installation.packs.frameworks.iter().flat_map(|list| list.items.iter().map(move |one| (list, one)));
    all.find(|(_, one)| one.id == item)
}
