//! Who has read a notice and who has not: people with an account one by one, others counted per department.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use web::list::{Cell, Column, Filter, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use ::people::store::{Member, list_members};

use super::store::{self as tables, Notice, Reader};
use super::{Department, department_label, departments, parse_number};
use crate::Office;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "staff/readers_above.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    share: String,
    counts: Vec<(String, String)>,
}

/// What is known about the readers of a notice.
struct Known {
    notice: Notice,
    members: Vec<Member>,
    readers: Vec<Reader>,
    counts: Vec<(String, i64)>,
    departments: Vec<Department>,
}

pub(super) async fn show(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = parse_number(&id)?;
        let known = office.database().read(|tx| find(tx, &office, &visit, id))?.ok_or_else(HttpError::not_found)?;
        let above = above(&visit, &office, &known)?;
        let wanted = query.filter("state").unwrap_or_default().to_owned();
        let is_wanted = |member: &&Member| wanted.is_empty() || read_state(&known, member).0 == wanted;
        let rows: Vec<Vec<Cell>> =
            known.members.iter().filter(is_wanted).map(|member| cells(&visit, &known, member)).collect();
        let title = visit.text("readers-title");
        let list = List {
            caption: title.clone(),
            columns: vec![
                Column::new(visit.text("readers-name")).sort("name"),
                Column::new(visit.text("readers-department")).sort("department"),
                Column::new(visit.text("readers-kind")).sort("kind"),
                Column::new(visit.text("readers-state")).sort("state"),
                Column::new(visit.text("readers-time")).sort("time"),
            ],
            total: Total::Exactly(rows.len()),
            rows,
            filters: vec![Filter {
                name: "state",
                label: visit.text("readers-state"),
                options: [
                    ("", "readers-all"),
                    ("unread", "readers-unread"),
                    ("old", "readers-old"),
                    ("read", "readers-read"),
                ]
                .map(|(value, id)| (value.to_owned(), visit.text(id)))
                .to_vec(),
            }],
            can_search: true,
            empty: visit.text("readers-empty"),
        };
        let around = Page::new(title, "notices")
            .help(visit.text("readers-help"))
            .trail(visit.text("notice-title"), visit.path_of("notices"))
            .trail(known.notice.text.title.as_str(), visit.path_of(&format!("notices/{id}")));
        list.cut(&query).respond(&visit, &around, &query, &above)
    })
    .await
}

fn find(
    tx: &mut store::Transaction,
    office: &Office,
    visit: &SiteVisit,
    id: i64,
) -> Result<Option<Known>, store::StoreError> {
    let Some(notice) = tables::find_notice(tx, visit.site_id(), id)? else { return Ok(None) };
    let mut members = list_members(tx, visit.site_id())?;
    members.retain(|member| notice.text.audience.is_for(member.is_vendor));
    let contact = tables::find_contact(tx, visit.site_id())?;
    Ok(Some(Known {
        readers: tables::list_readers(tx, id)?,
        counts: tables::list_department_counts(tx, &notice)?,
        departments: departments(visit, office, &contact),
        members,
        notice,
    }))
}

/// `read`, `old` (only an earlier version) or `unread`, and when.
fn read_state(known: &Known, member: &Member) -> (&'static str, Option<base::UtcSeconds>) {
    let newest = known.readers.iter().find(|(account, _, _)| *account == member.account);
    match newest {
        Some((_, version, at)) if *version == known.notice.version => ("read", Some(*at)),
        Some((_, _, at)) => ("old", Some(*at)),
        None => ("unread", None),
    }
}

fn cells(visit: &SiteVisit, known: &Known, member: &Member) -> Vec<Cell> {
    let (state, at) = read_state(known, member);
    let (label, look) = match state {
        "read" => ("readers-read", Look::Good),
        "old" => ("readers-old", Look::Caution),
        _ => ("readers-unread", Look::Unknown),
    };
    vec![
        Cell::text(format!("{}（{}）", member.name, member.login)),
        Cell::text(member.department.as_str()),
        Cell::text(visit.text(if member.is_vendor { "readers-vendor" } else { "readers-inside" })),
        Cell::text(visit.text(label)).look(look),
        Cell::text(at.map_or_else(String::new, |at| visit.minute(at))),
    ]
}

fn above(visit: &SiteVisit, office: &Office, known: &Known) -> Result<String, HttpError> {
    let read = known.members.iter().filter(|member| read_state(known, member).0 == "read").count();
    let arguments = [("read", read.into()), ("all", known.members.len().into())];
    // Rows of before the ids have the label of a usual department: they are counted with it.
    let mut people: Vec<(String, i64)> = known.departments.iter().map(|one| (one.label.clone(), 0)).collect();
    for (stored, count) in &known.counts {
        let offered = known.departments.iter().find(|one| one.value == *stored).map(|one| one.label.clone());
        let label = offered.unwrap_or_else(|| department_label(visit, office, stored));
        match people.iter_mut().find(|(present, _)| *present == label) {
            Some((_, sum)) => *sum += count,
            None => people.push((label, *count)),
        }
    }
    let count = |(label, count): (String, i64)| (label, visit.say("readers-people", &[("count", count.into())]));
    let counts = people.into_iter().map(count).collect();
    let above = Above { visit, share: visit.say("readers-share", &arguments), counts };
    above.render().map_err(HttpError::internal)
}
