//! How the sites of a group stand: figures per checklist, never a machine and never a person.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use governance::snapshot::{self, ChecklistHead, Head};
use people::Role;
use report::model::{Standing, VerdictCounts};
use web::list::{Cell, Column, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteName, SiteVisit, blocking};

use crate::state::Shared;
use crate::words;

/// An assessment older than this many days is marked as old.
const OLD_DAYS: i64 = 31;

struct Bar {
    label: String,
    says: String,
    /// Markup of the bar.
    drawing: String,
}

#[derive(Template)]
#[template(path = "staff/group_above.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    bars: Vec<Bar>,
    legend: Vec<(&'static str, String)>,
}

/// A site, and what its last assessment said; `None` before the first.
type SiteStanding = (SiteName, Option<Head>);

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let mut sites = office.frame.sites.list()?;
        let today = visit.today();
        sites.retain(|site| visit.person().standing(&site.id, today).roles().has(Role::GroupOperator));
        let standings: Vec<SiteStanding> = office.database().read(|tx| {
            let with_head = |site: &SiteName| Ok((site.clone(), snapshot::find_head(tx, &site.id, visit.lang)?));
            sites.iter().map(with_head).collect::<Result<_, store::StoreError>>()
        })?;
        let drawn: Vec<Vec<Bar>> =
            standings.iter().map(|standing| bars(&visit, standing)).collect::<Result<_, HttpError>>()?;
        let above =
            Above { visit: &visit, bars: drawn.into_iter().flatten().collect(), legend: words::bar::legend(&visit) };
        let above = above.render().map_err(HttpError::internal)?;
        let rows: Vec<Vec<Cell>> = standings.iter().flat_map(|standing| rows(&visit, standing)).collect();
        let list = List {
            caption: visit.text("group-title"),
            columns: columns(&visit),
            total: Total::Exactly(rows.len()),
            rows,
            filters: Vec::new(),
            can_search: true,
            empty: visit.text("group-empty"),
        };
        let around = Page::new(visit.text("group-title"), "group").help(visit.text("group-help"));
        list.cut(&query).respond(&visit, &around, &query, &above)
    })
    .await
}

fn columns(visit: &SiteVisit) -> Vec<Column> {
    let mut columns = vec![
        Column::new(visit.text("group-site")).sort("site"),
        Column::new(visit.text("group-checklist")).sort("checklist"),
        Column::new(visit.text("group-share")).sort("share").number(),
    ];
    for standing in Standing::ALL {
        columns.push(Column::new(words::standing(visit, standing).text).sort(standing.name()).number());
    }
    columns.push(Column::new(visit.text("group-total")).sort("total").number());
    columns.push(Column::new(visit.text("group-as-of")).sort("as_of"));
    columns.push(Column::new(visit.text("group-age")).sort("age").number());
    columns
}

fn rows(visit: &SiteVisit, (site, head): &SiteStanding) -> Vec<Vec<Cell>> {
    let Some(head) = head else {
        let mut cells = vec![Cell::text(site.name.as_str()), Cell::text(visit.text("group-never")).look(Look::Unknown)];
        cells.resize_with(12, Cell::default);
        return vec![cells];
    };
    head.checklists.iter().map(|checklist| cells(visit, site, head, checklist)).collect()
}

fn cells(visit: &SiteVisit, site: &SiteName, head: &Head, checklist: &ChecklistHead) -> Vec<Cell> {
    let (counts, age) = (&checklist.counts, visit.now.days_since(head.made_at).max(0));
    let mut cells = vec![Cell::text(site.name.as_str()), Cell::text(title(checklist)), Cell::text(share(counts))];
    cells.extend(Standing::ALL.map(|standing| Cell::text(counts.get(standing).to_string())));
    cells.push(Cell::text(counts.total().to_string()));
    cells.push(Cell::text(visit.minute(head.made_at)));
    let look = if age > OLD_DAYS { Look::Unknown } else { Look::Plain };
    cells.push(Cell::text(age.to_string()).look(look));
    cells
}

/// Title with its edition, unless the title names it.
fn title(checklist: &ChecklistHead) -> String {
    if checklist.title.contains(&checklist.edition) {
        checklist.title.clone()
    } else {
        format!("{} {}", checklist.title, checklist.edition)
    }
}

/// The share that is proved, in whole percent rounded down; a dash if nothing was asked. The denominator stands beside it.
fn share(counts: &VerdictCounts) -> String {
    match counts.total() {
        0 => "―".to_owned(),
        total => (counts.proved * 100 / total).to_string(),
    }
}

fn bars(visit: &SiteVisit, (site, head): &SiteStanding) -> Result<Vec<Bar>, HttpError> {
    let checklists = head.as_ref().map(|head| head.checklists.as_slice()).unwrap_or_default();
    let bar = |checklist: &ChecklistHead| {
        let counts = &checklist.counts;
        let says = format!("{} / {}", words::bar::says(visit, counts), counts.total());
        let drawing = words::bar::draw(counts, &says)?;
        Ok(Bar { label: format!("{} {}", site.name, title(checklist)), says, drawing })
    };
    checklists.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_asked_is_no_share() {
        assert_eq!(share(&VerdictCounts::default()), "―");
        assert_eq!(share(&VerdictCounts { proved: 1, unknown: 2, ..VerdictCounts::default() }), "33");
    }
}
