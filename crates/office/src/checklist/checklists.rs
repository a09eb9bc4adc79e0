//! Every edition of every checklist: those the site answers, and the others.

use askama::Template;
use assess::Framework;
use axum::extract::State;
use axum::response::Response;
use governance::snapshot::{self, Head};
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::bar;
use crate::state::Shared;
use crate::words;

pub(super) async fn show(visit: SiteVisit, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let head = office.database().read(|tx| snapshot::find_head(tx, visit.site_id(), visit.lang))?;
        let answered = answered(&visit, head.as_ref())?;
        let is_answered =
            |one: &&Framework| head.iter().flat_map(|head| &head.checklists).any(|list| list.id == one.id);
        let mut others: Vec<&Framework> = office.installation.packs.frameworks.iter().collect();
        others.retain(|framework| !is_answered(framework));
        others.sort_by(|a, b| (b.valid_from, &a.id).cmp(&(a.valid_from, &b.id)));
        let body = Body {
            made_at: head.as_ref().map(|head| visit.minute(head.made_at)),
            answered,
            others: others.into_iter().map(|one| other(&visit, one)).collect(),
            overlaid: office.installation.packs.overlaid.join(", "),
            visit: &visit,
        };
        let around = Page::new(visit.text("nav-checklists"), "checklists").help(visit.text("checklist-help"));
        page(&visit, &around, &body)
    })
    .await
}

struct Answered {
    title: String,
    edition: String,
    path: String,
    mark: Option<String>,
    /// Markup of the bar and its table.
    bar: String,
}

struct Other {
    title: String,
    edition: String,
    path: String,
    valid_from: String,
    items: usize,
}

#[derive(Template)]
#[template(path = "checklist/checklists.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    made_at: Option<String>,
    answered: Vec<Answered>,
    others: Vec<Other>,
    /// Files of the installation among the packs.
    overlaid: String,
}

fn answered(visit: &SiteVisit, head: Option<&Head>) -> Result<Vec<Answered>, HttpError> {
    let lists = head.map(|head| head.checklists.as_slice()).unwrap_or_default();
    let answered = lists.iter().map(|list| {
        Ok(Answered {
            title: list.title.clone(),
            edition: list.edition.clone(),
            path: visit.path_of(&format!("checklists/{}", list.id)),
            mark: words::mark(visit, list.mark),
            bar: bar::draw(visit, &list.title, &list.counts)?,
        })
    });
    answered.collect()
}

fn other(visit: &SiteVisit, framework: &Framework) -> Other {
    Other {
        title: framework.title.get(visit.lang).to_owned(),
        edition: framework.edition.clone(),
        path: visit.path_of(&format!("checklists/{}", framework.id)),
        valid_from: visit.day(framework.valid_from),
        items: framework.items.len(),
    }
}
