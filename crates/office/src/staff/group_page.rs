//! How the sites of a group stand: figures per checklist, never a machine and never a person.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base::Verdict;
use governance::snapshot::{self, ChecklistHead, Head};
use people::Role;
use report::model::VerdictCounts;
use web::list::{Cell, Column, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteName, SiteVisit, blocking};

use crate::state::Shared;

/// Width of the drawing of one checklist, in its own units.
const WIDTH: usize = 600;
/// An assessment older than this many days is marked as old.
const OLD_DAYS: i64 = 31;

/// A stretch of a bar: class of the style sheet, start and width.
struct Stretch {
    class: &'static str,
    x: usize,
    width: usize,
}

struct Bar {
    label: String,
    says: String,
    stretches: Vec<Stretch>,
}

#[derive(Template)]
#[template(path = "staff/group_above.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    bars: Vec<Bar>,
    legend: Vec<(&'static str, String)>,
}

/// A site, and what its last assessment said; `None` before the first.
type Standing = (SiteName, Option<Head>);

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let mut sites = office.frame.sites.list()?;
        let today = visit.today();
        sites.retain(|site| visit.person().standing(&site.id, today).roles().has(Role::GroupOperator));
        let standings: Vec<Standing> = office.database().read(|tx| {
            let with_head = |site: &SiteName| Ok((site.clone(), snapshot::find_head(tx, &site.id, visit.lang)?));
            sites.iter().map(with_head).collect::<Result<_, store::StoreError>>()
        })?;
        let above = Above {
            visit: &visit,
            bars: standings.iter().flat_map(|standing| bars(&visit, standing)).collect(),
            legend: Verdict::ALL.map(|verdict| (class(verdict), label(&visit, verdict))).to_vec(),
        };
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
    let names = ["proved", "contradicted", "attested", "stale", "unknown"];
    for (verdict, name) in Verdict::ALL.into_iter().zip(names) {
        columns.push(Column::new(label(visit, verdict)).sort(name).number());
    }
    columns.push(Column::new(visit.text("group-total")).sort("total").number());
    columns.push(Column::new(visit.text("group-as-of")).sort("as_of"));
    columns.push(Column::new(visit.text("group-age")).sort("age").number());
    columns
}

fn rows(visit: &SiteVisit, (site, head): &Standing) -> Vec<Vec<Cell>> {
    let Some(head) = head else {
        let mut cells = vec![Cell::text(site.name.as_str()), Cell::text(visit.text("group-never")).look(Look::Unknown)];
        cells.resize_with(11, Cell::default);
        return vec![cells];
    };
    head.checklists.iter().map(|checklist| cells(visit, site, head, checklist)).collect()
}

fn cells(visit: &SiteVisit, site: &SiteName, head: &Head, checklist: &ChecklistHead) -> Vec<Cell> {
    let (counts, age) = (&checklist.counts, visit.now.days_since(head.made_at).max(0));
    let mut cells = vec![Cell::text(site.name.as_str()), Cell::text(title(checklist)), Cell::text(share(counts))];
    cells.extend(Verdict::ALL.map(|verdict| Cell::text(counts.get(verdict).to_string())));
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

const fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "seg-good",
        Verdict::Contradicted => "seg-danger",
        Verdict::Attested => "seg-caution",
        Verdict::Stale => "seg-stale",
        Verdict::Unknown => "seg-unknown",
    }
}

fn label(visit: &SiteVisit, verdict: Verdict) -> String {
    match verdict {
        Verdict::Proved => visit.text("verdict-proved"),
        Verdict::Contradicted => visit.text("verdict-contradicted"),
        Verdict::Attested => visit.text("verdict-attested"),
        Verdict::Stale => visit.text("verdict-stale"),
        Verdict::Unknown => visit.text("verdict-unknown"),
    }
}

fn bars(visit: &SiteVisit, (site, head): &Standing) -> Vec<Bar> {
    let checklists = head.as_ref().map(|head| head.checklists.as_slice()).unwrap_or_default();
    let bar = |checklist: &ChecklistHead| {
        let counts = &checklist.counts;
        let parts = Verdict::ALL.map(|verdict| format!("{} {}", label(visit, verdict), counts.get(verdict)));
        Bar {
            label: format!("{} {}", site.name, title(checklist)),
            says: format!("{} / {}", parts.join("、"), counts.total()),
            stretches: stretches(counts),
        }
    };
    checklists.iter().map(bar).collect()
}

fn stretches(counts: &VerdictCounts) -> Vec<Stretch> {
    let total = counts.total().max(1);
    let (mut seen, mut x) = (0, 0);
    let mut stretches = Vec::new();
    for verdict in Verdict::ALL {
        seen += counts.get(verdict);
        let end = seen * WIDTH / total;
        if end > x {
            stretches.push(Stretch { class: class(verdict), x, width: end - x });
        }
        x = end;
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_asked_is_no_share() {
        assert_eq!(share(&VerdictCounts::default()), "―");
        assert_eq!(share(&VerdictCounts { proved: 1, unknown: 2, ..VerdictCounts::default() }), "33");
    }

    #[test]
    fn a_bar_is_as_long_as_all_its_parts() {
        let counts = VerdictCounts { proved: 1, contradicted: 1, unknown: 1, ..VerdictCounts::default() };
        assert_eq!(stretches(&counts).iter().map(|part| part.width).sum::<usize>(), WIDTH);
        assert!(stretches(&VerdictCounts::default()).is_empty());
    }
}
