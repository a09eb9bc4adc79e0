//! What is unknown, and which export or paper would answer it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use governance::snapshot;
use report::model::{AskLine, MadeOn};
use web::list::{Cell, Column, List, ListQuery, Total};
use web::visit::encode_segment;
use web::{HttpError, Page, SiteVisit, blocking, page};

use crate::state::{Office, Shared};
use crate::words;

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (head, mut asks) = office.database().read(|tx| {
            let head = snapshot::find_head(tx, visit.site_id(), visit.lang)?;
            Ok::<_, store::StoreError>((head, snapshot::list_asks(tx, visit.site_id(), visit.lang)?))
        })?;
        asks.sort_by_key(|ask| (!ask.limit.is_empty(), std::cmp::Reverse(ask.answers.len())));
        let around = Page::new(visit.text("nav-unknown"), "unknown").help(visit.text("checklist-unknown-help"));
        if query.format().is_some() {
            return as_list(&visit, &office, &asks).respond(&visit, &around, &query, "");
        }
        let path = visit.path_of("unknown");
        let body = Body {
            made_at: head.map(|head| visit.minute(head.made_at)),
            questions: asks.iter().map(|ask| question(&visit, &office, ask)).collect(),
            exports: [("Excel", "xlsx"), ("CSV (UTF-8)", "csv"), ("CSV (Shift_JIS)", "csv-cp932")]
                .map(|(label, format)| (label, format!("{path}?format={format}"))),
            ways: ways(&visit, &asks),
            visit: &visit,
        };
        page(&visit, &around, &body)
    })
    .await
}

struct Question {
    what: String,
    how: String,
    /// The form that takes the paper, for those who may hand it in.
    form: Option<String>,
    items: usize,
    answers: String,
    /// Why nothing that can be handed in today answers it; empty if something does.
    limit: String,
    /// Where its steps stand on this page, and how they are called.
    steps: Option<(&'static str, String)>,
}

/// Steps to an export on one sort of machine.
struct Steps {
    id: &'static str,
    title: String,
    steps: Vec<String>,
}

#[derive(Template)]
#[template(path = "checklist/unknown.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    made_at: Option<String>,
    questions: Vec<Question>,
    exports: [(&'static str, String); 3],
    ways: Vec<Steps>,
}

fn question(visit: &SiteVisit, office: &Office, ask: &AskLine) -> Question {
    let may_hand_in = !ask.papers.is_empty() && words::may_answer(visit);
    Question {
        what: ask.what.clone(),
        how: how(visit, office, ask),
        form: may_hand_in.then(|| form_path(visit, &ask.papers)),
        items: ask.answers.len(),
        answers: ask.answers.join(", "),
        limit: ask.limit.clone(),
        steps: ask.made_on.map(|sort| (Way(sort).id(), visit.text(Way(sort).title()))),
    }
}

/// What to do. For a paper there is a form here in place of the command that the report names.
fn how(visit: &SiteVisit, office: &Office, ask: &AskLine) -> String {
    if ask.papers.is_empty() {
        return ask.how.clone();
    }
    let kinds = &office.installation.packs.kinds;
    let labels: Vec<String> = ask.papers.iter().map(|kind| kinds.label(kind).get(visit.lang).to_owned()).collect();
    visit.say("checklist-one-of", &[("documents", labels.join("・").into())])
}

/// The form for the paper that is asked for; without its kind if several would do.
fn form_path(visit: &SiteVisit, papers: &[String]) -> String {
    match papers {
        [kind] => visit.path_of(&format!("documents/new?kind={}", encode_segment(kind))),
        _ => visit.path_of("documents/new"),
    }
}

/// The steps to an export on one sort of machine.
#[derive(Debug, Clone, Copy)]
struct Way(MadeOn);

impl Way {
    const ALL: [Self; 2] = [Self(MadeOn::Domain), Self(MadeOn::Machine)];

    const fn id(self) -> &'static str {
        match self.0 {
            MadeOn::Domain => "steps-domain",
            MadeOn::Machine => "steps-machine",
        }
    }

    const fn title(self) -> &'static str {
        match self.0 {
            MadeOn::Domain => "checklist-steps-domain",
            MadeOn::Machine => "checklist-steps-machine",
        }
    }

    const fn steps(self) -> [&'static str; 4] {
        match self.0 {
            MadeOn::Domain => {
                ["checklist-step-domain", "checklist-step-powershell", "checklist-step-paste", "checklist-step-import"]
            }
            MadeOn::Machine => {
                ["checklist-step-machine", "checklist-step-prompt", "checklist-step-paste", "checklist-step-import"]
            }
        }
    }
}

/// The steps of those ways that somebody is led to.
fn ways(visit: &SiteVisit, asks: &[AskLine]) -> Vec<Steps> {
    let used = Way::ALL.into_iter().filter(|way| asks.iter().any(|ask| ask.made_on == Some(way.0)));
    used.map(|way| Steps {
        id: way.id(),
        title: visit.text(way.title()),
        steps: way.steps().iter().map(|id| visit.text(id)).collect(),
    })
    .collect()
}

fn as_list(visit: &SiteVisit, office: &Office, asks: &[AskLine]) -> List {
    List {
        caption: visit.text("nav-unknown"),
        columns: vec![
            Column::new(visit.text("checklist-what")),
            Column::new(visit.text("checklist-how")),
            Column::new(visit.text("checklist-answers-items")).number(),
            Column::new(visit.text("checklist-items")),
        ],
        rows: asks
            .iter()
            .map(|ask| {
                vec![
                    Cell::text(ask.what.as_str()),
                    Cell::text(how(visit, office, ask)),
                    Cell::text(ask.answers.len().to_string()),
                    Cell::text(ask.answers.join(", ")),
                ]
            })
            .collect(),
        total: Total::Exactly(asks.len()),
        filters: Vec::new(),
        can_search: false,
        empty: String::new(),
    }
}
