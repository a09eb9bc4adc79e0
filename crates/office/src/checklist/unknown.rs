//! What is unknown, and which export or paper would answer it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use governance::snapshot;
use report::model::AskLine;
use web::list::{Cell, Column, List, ListQuery, Total};
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
        asks.sort_by_key(|ask| std::cmp::Reverse(ask.answers.len()));
        let around = Page::new(visit.text("nav-unknown"), "unknown").help(visit.text("checklist-unknown-help"));
        if query.format().is_some() {
            return as_list(&visit, &asks).respond(&visit, &around, &query, "");
        }
        let path = visit.path_of("unknown");
        let questions = asks.iter().enumerate().map(|(number, ask)| question(&visit, &office, number, ask));
        let body = Body {
            made_at: head.map(|head| visit.minute(head.made_at)),
            questions: questions.collect::<Result<_, HttpError>>()?,
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
    /// Markup of the instruction.
    how: String,
    /// The form that takes the paper, for those who may hand it in.
    form: Option<String>,
    items: usize,
    answers: String,
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

fn question(visit: &SiteVisit, office: &Office, number: usize, ask: &AskLine) -> Result<Question, HttpError> {
    let paper = is_paper(ask).then(|| form_path(visit, office, &ask.how));
    Ok(Question {
        what: ask.what.clone(),
        how: words::instruction(visit, &format!("how-{number}"), &how(ask))?,
        form: paper.filter(|_| words::may_answer(visit)),
        items: ask.answers.len(),
        answers: ask.answers.join(", "),
        steps: Way::of(&ask.how).map(|way| (way.id(), visit.text(way.title()))),
    })
}

/// The command line's way to hand in a paper; here there is a form for it.
const PAPER_COMMAND: &str = "`mamori claim document";

fn is_paper(ask: &AskLine) -> bool {
    ask.how.contains(PAPER_COMMAND)
}

/// What to do, without the command that stands in brackets behind the names of the papers.
fn how(ask: &AskLine) -> String {
    match ask.how.split_once(PAPER_COMMAND) {
        Some((papers, _)) => papers.trim_end_matches(['（', '(', ' ']).to_owned(),
        None => ask.how.clone(),
    }
}

/// The form for the paper that is asked for; without its kind if several would do.
fn form_path(visit: &SiteVisit, office: &Office, how: &str) -> String {
    let kinds = office.installation.packs.kinds.iter();
    let named: Vec<&str> = kinds
        .filter(|kind| how.contains(if visit.lang == base::Lang::Ja { &kind.ja } else { &kind.en }))
        .map(|kind| kind.kind.as_str())
        .collect();
    match named.as_slice() {
        [kind] => visit.path_of(&format!("documents/new?kind={kind}")),
        _ => visit.path_of("documents/new"),
    }
}

/// The sort of machine on which an export is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Domain,
    Machine,
}

impl Way {
    const ALL: [Self; 2] = [Self::Domain, Self::Machine];

    /// By the command that makes it.
    fn of(how: &str) -> Option<Self> {
        let names = |commands: &[&str]| commands.iter().any(|command| how.contains(command));
        if names(&["Get-AD", "Backup-GPO", "Get-GPO"]) {
            return Some(Self::Domain);
        }
        names(&["secedit", "auditpol", "registry.pol"]).then_some(Self::Machine)
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Domain => "steps-domain",
            Self::Machine => "steps-machine",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Domain => "checklist-steps-domain",
            Self::Machine => "checklist-steps-machine",
        }
    }

    const fn steps(self) -> [&'static str; 4] {
        match self {
            Self::Domain => {
                ["checklist-step-domain", "checklist-step-powershell", "checklist-step-paste", "checklist-step-import"]
            }
            Self::Machine => {
                ["checklist-step-machine", "checklist-step-prompt", "checklist-step-paste", "checklist-step-import"]
            }
        }
    }
}

/// The steps of those ways that somebody is led to.
fn ways(visit: &SiteVisit, asks: &[AskLine]) -> Vec<Steps> {
    let used = Way::ALL.into_iter().filter(|way| asks.iter().any(|ask| Way::of(&ask.how) == Some(*way)));
    used.map(|way| Steps {
        id: way.id(),
        title: visit.text(way.title()),
        steps: way.steps().iter().map(|id| visit.text(id)).collect(),
    })
    .collect()
}

fn as_list(visit: &SiteVisit, asks: &[AskLine]) -> List {
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
                    Cell::text(how(ask)),
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
