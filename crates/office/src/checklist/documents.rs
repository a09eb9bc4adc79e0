//! Documents: which are there, until when, and which are missing.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use base::{Date, FactValue, Locator};
use evidence::World;
use evidence::store as evidence_tables;
use governance::answers;
use governance::store as tables;
use store::{StoreError, Transaction};
use web::list::{Cell, Column, Filter, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use super::checklist_page::short_name;
use crate::state::{Office, Shared};
use crate::words::{self, plain};

/// Documents read at most.
const MAX_DOCUMENTS: i64 = 2_000;
/// A document whose last day is nearer than this is about to end, in days.
const SOON_DAYS: i64 = 30;

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let papers = office.database().read(|tx| load(tx, &visit, &office))?;
        let wanted = wanted(&visit, &office)?;
        let mut rows: Vec<(Standing, Vec<Cell>)> =
            papers.iter().map(|paper| held(&visit, &office, paper, &wanted)).collect();
        let is_held = |kind: &str| papers.iter().any(|paper| paper.kind == kind);
        rows.extend(
            wanted.iter().filter(|(kind, _)| !is_held(kind)).map(|(kind, items)| missing(&visit, &office, kind, items)),
        );
        let asked = query.filter("state").unwrap_or_default();
        rows.retain(|(state, _)| asked.is_empty() || state.name() == asked);
        let list = List {
            caption: visit.text("nav-documents"),
            columns: columns(&visit),
            total: Total::Exactly(rows.len()),
            rows: rows.into_iter().map(|(_, cells)| cells).collect(),
            filters: vec![state_filter(&visit)],
            can_search: true,
            empty: visit.text("assets-empty-filter"),
        };
        let page = Page::new(visit.text("nav-documents"), "documents").help(visit.text("checklist-documents-help"));
        list.cut(&query).respond(&visit, &page, &query, &above(&visit, &query))
    })
    .await
}

fn above(visit: &SiteVisit, query: &ListQuery) -> String {
    let recorded = match query.filter("recorded") {
        Some(_) => {
            format!("<div class=\"notice\" role=\"status\"><p>{}</p></div>", visit.text("checklist-document-recorded"))
        }
        None => String::new(),
    };
    if !words::may_answer(visit) {
        return recorded;
    }
    let path = visit.path_of("documents/new");
    format!(
        "{recorded}<p class=\"actions\"><a class=\"button\" href=\"{path}\">{}</a></p>",
        visit.text("checklist-hand-in-document")
    )
}

/// How a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Valid,
    Soon,
    Expired,
    Missing,
}

impl Standing {
    const ALL: [Self; 4] = [Self::Valid, Self::Soon, Self::Expired, Self::Missing];

    const fn of(valid_until: Option<Date>, days_left: i64) -> Self {
        match valid_until {
            None => Self::Valid,
            Some(_) if days_left < 0 => Self::Expired,
            Some(_) if days_left <= SOON_DAYS => Self::Soon,
            Some(_) => Self::Valid,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Soon => "soon",
            Self::Expired => "expired",
            Self::Missing => "missing",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Valid => "checklist-document-valid",
            Self::Soon => "checklist-document-soon",
            Self::Expired => "checklist-document-expired",
            Self::Missing => "checklist-document-missing",
        }
    }

    /// A paper in hand is somebody's word, never a proof, so none of these is shown as good.
    const fn look(self) -> Look {
        match self {
            Self::Valid => Look::Plain,
            Self::Soon => Look::Caution,
            Self::Expired => Look::Danger,
            Self::Missing => Look::Unknown,
        }
    }
}

fn state_filter(visit: &SiteVisit) -> Filter {
    let mut options = vec![(String::new(), visit.text("assets-filter-all"))];
    options.extend(Standing::ALL.map(|state| (state.name().to_owned(), visit.text(state.message()))));
    Filter { name: "state", label: visit.text("checklist-state"), options }
}

fn columns(visit: &SiteVisit) -> Vec<Column> {
    vec![
        Column::new(visit.text("checklist-document-kind")).sort("kind"),
        Column::new(visit.text("checklist-state")).sort("state"),
        Column::new(visit.text("checklist-title")).sort("title"),
        Column::new(visit.text("checklist-edition")),
        Column::new(visit.text("checklist-signed-by")).sort("by"),
        Column::new(visit.text("checklist-valid-until")).sort("until"),
        Column::new(visit.text("checklist-items")),
        Column::new(visit.text("checklist-file")),
        Column::new(visit.text("assets-source")),
    ]
}

/// One document in hand.
struct Paper {
    kind: String,
    title: String,
    edition: String,
    signed_by: String,
    /// Who handed in the file that says who signed.
    handed_in_by: String,
    valid_until: Option<Date>,
    evidence: i64,
    locator: Locator,
    /// Number and name of the evidence that is the document itself.
    file: Option<(i64, String)>,
}

fn load(tx: &mut Transaction, visit: &SiteVisit, office: &Office) -> Result<Vec<Paper>, StoreError> {
    let (site, packs) = (visit.site_id(), &office.installation.packs);
    let mut papers = Vec::new();
    for subject in tables::list_document_subjects(tx, site, MAX_DOCUMENTS)? {
        let world = World::load_one(tx, site, &packs.dictionary, visit.now, &[subject])?;
        for document in answers::list_documents(&world, &packs.kinds) {
            let origin = world.find(document.subject, "document.kind").and_then(|fact| world.origin(fact.id));
            let evidence = origin.map_or(0, |origin| origin.evidence);
            // What an earlier edition said and the last one does not say no longer counts.
            let text = |key: &str| {
                let fact = world.find(document.subject, key)?;
                let is_of_last = world.origin(fact.id).is_some_and(|found| found.evidence == evidence);
                match &fact.value {
                    FactValue::Text(text) if is_of_last => Some(plain(text)),
                    _ => None,
                }
            };
            let locator = match origin {
                Some(origin) => evidence_tables::find_locator(tx, origin.subject, origin.key, origin.evidence)?,
                None => None,
            };
            let file = match text("document.attachment").and_then(|hash| hash.parse().ok()) {
                Some(hash) => evidence_tables::find_by_hash(tx, site, hash)?.map(|row| (row.id, plain(&row.name))),
                None => None,
            };
            let who = evidence_tables::find_evidence(tx, site, evidence)?.map_or_else(String::new, |row| row.who);
            papers.push(Paper {
                file,
                handed_in_by: plain(&who),
                title: text("document.title").unwrap_or_default(),
                edition: text("document.edition").unwrap_or_default(),
                signed_by: text("document.signed_by").unwrap_or_default(),
                valid_until: document.valid_until,
                kind: document.kind,
                evidence,
                locator: locator.unwrap_or(Locator::Whole),
            });
        }
    }
    Ok(papers)
}

/// The kinds of documents that items of the checklists in force accept, with the numbers of these items.
fn wanted(visit: &SiteVisit, office: &Office) -> Result<BTreeMap<String, Vec<String>>, HttpError> {
    let site = office.installation.find_site(visit.site_id())?.ok_or_else(HttpError::not_found)?;
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for framework in answers::current_frameworks(&office.installation.packs.frameworks, site.kind, visit.now) {
        for item in &framework.items {
            for kind in &item.documents {
                wanted.entry(kind.clone()).or_default().push(format!(
                    "{} {}",
                    short_name(visit, framework),
                    item.number
                ));
            }
        }
    }
    Ok(wanted)
}

fn label(visit: &SiteVisit, office: &Office, kind: &str) -> String {
    plain(office.installation.packs.kinds.label(kind).get(visit.lang))
}

/// Who stands behind a paper; what only a file says is said with who handed it in.
fn signer(visit: &SiteVisit, paper: &Paper) -> String {
    let (by, who) = (paper.signed_by.as_str(), paper.handed_in_by.as_str());
    if by.is_empty() || by == who {
        return by.to_owned();
    }
    visit.say("checklist-by-file", &[("by", by.into()), ("who", who.into())])
}

fn held(
    visit: &SiteVisit,
    office: &Office,
    paper: &Paper,
    wanted: &BTreeMap<String, Vec<String>>,
) -> (Standing, Vec<Cell>) {
    let days_left = paper.valid_until.map_or(0, |day| day.days_since(visit.today()));
    let state = Standing::of(paper.valid_until, days_left);
    let items = wanted.get(&paper.kind).map(|items| items.join(", ")).unwrap_or_default();
    let source = format!("#{} {}", paper.evidence, words::place(visit, &paper.locator));
    let source = match words::bytes_path(visit, paper.evidence, &paper.locator) {
        Some(href) => Cell::link(source, href),
        None => Cell::text(source),
    };
    let file = match &paper.file {
        Some((id, name)) if words::may_open_evidence(visit) => {
            Cell::link(name.as_str(), visit.path_of(&format!("evidence/{id}")))
        }
        Some((_, name)) => Cell::text(name.as_str()),
        None => Cell::default(),
    };
    let cells = vec![
        Cell::text(label(visit, office, &paper.kind)),
        Cell::text(visit.text(state.message())).look(state.look()),
        Cell::text(paper.title.as_str()),
        Cell::text(paper.edition.as_str()),
        Cell::text(signer(visit, paper)),
        Cell::text(paper.valid_until.map_or_else(String::new, |day| day.to_string())),
        Cell::text(items),
        file,
        source,
    ];
    (state, cells)
}

fn missing(visit: &SiteVisit, office: &Office, kind: &str, items: &[String]) -> (Standing, Vec<Cell>) {
    let name = label(visit, office, kind);
    let name = match words::may_answer(visit) {
        true => Cell::link(name, visit.path_of(&format!("documents/new?kind={kind}"))),
        false => Cell::text(name),
    };
    let state = Cell::text(visit.text(Standing::Missing.message())).look(Standing::Missing.look());
    let mut cells = vec![name, state];
    cells.resize(6, Cell::default());
    cells.extend([Cell::text(items.join(", ")), Cell::default(), Cell::default()]);
    (Standing::Missing, cells)
}
