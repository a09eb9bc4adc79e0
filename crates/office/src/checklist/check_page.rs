//! One check: what it asks, what came out, for which things, and what to do.

use askama::Template;
use assess::Check;
use axum::extract::{Path, State};
use axum::response::Response;
use base::SubjectKind;
use governance::snapshot::{self, CheckReport, SubjectLine, SubjectSearch, Undecided};
use governance::store as tables;
use store::{StoreError, Transaction};
use web::visit::encode_segment;
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::checklist_page::{item_path, short_name};
use super::item_page::{EvidenceRow, check_verdict, evidence_row};
use crate::state::{Office, Shared};
use crate::words::{self, Badge, plain};

/// Failing things named on the page; the list has all.
const NAMED: usize = 20;
/// Failing things counted at most.
const COUNTED: usize = 10_000;

pub(super) async fn show(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let check = office.installation.packs.checks.iter().find(|check| check.id == id);
        let check = check.ok_or_else(HttpError::not_found)?;
        let (report, failing, count) = office.database().read(|tx| find(tx, &visit, check))?;
        let around = Page::new(check.title.get(visit.lang), "checklists")
            .help(visit.text("checklist-check-help"))
            .trail(visit.text("nav-checklists"), visit.path_of("checklists"));
        page(&visit, &around, &body(&visit, &office, check, report.as_ref(), &failing, count)?)
    })
    .await
}

type Found = (Option<CheckReport>, Vec<SubjectLine>, usize);

fn find(tx: &mut Transaction, visit: &SiteVisit, check: &Check) -> Result<Found, StoreError> {
    let site = visit.site_id();
    let report = snapshot::find_check(tx, site, visit.lang, &check.id)?;
    if !SubjectKind::LISTED.contains(&check.subject) {
        return Ok((report, Vec::new(), 0));
    }
    let search = SubjectSearch { failing: Some(&check.id), ..SubjectSearch::default() };
    let failing = tables::list_subject_lines(tx, site, check.subject, &search, 0, NAMED)?;
    let count = tables::count_subject_lines(tx, site, check.subject, &search, COUNTED)?;
    Ok((report, failing, count))
}

#[derive(Template)]
#[template(path = "checklist/check_page.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    id: String,
    verdict: Badge,
    severity: Badge,
    is_assessed: bool,
    counts: Vec<(String, usize)>,
    asked: usize,
    why: String,
    fix: String,
    ask: String,
    missing: Vec<String>,
    /// Why no evidence of today can make it hold; empty if it can.
    limit: String,
    undecided: Vec<UndecidedRow>,
    failing: Vec<(String, Option<String>, Option<String>)>,
    all_failing: Option<(String, String)>,
    ask_exception: Option<String>,
    evidence: Vec<EvidenceRow>,
    items: Vec<(String, String)>,
    source: String,
    mark: Option<String>,
}

fn body<'a>(
    visit: &'a SiteVisit,
    office: &Office,
    check: &Check,
    report: Option<&CheckReport>,
    failing: &[SubjectLine],
    count: usize,
) -> Result<Body<'a>, HttpError> {
    let numbers = report.map(|report| report.counts).unwrap_or_default();
    let labelled = [
        ("checklist-holds", numbers.holds),
        ("checklist-fails", numbers.fails),
        ("verdict-unknown", numbers.unknown),
        ("verdict-stale", numbers.stale),
        ("checklist-not-applicable", numbers.not_applicable),
    ];
    let all = visit.path_of(&format!("subjects/{}?failing={}", check.subject, encode_segment(&check.id)));
    let all_text = visit.say("checklist-all-failing", &[("count", count.into())]);
    let is_open = report.is_some_and(super::item_page::is_finding);
    Ok(Body {
        id: check.id.clone(),
        verdict: check_verdict(visit, report),
        severity: words::severity(visit, check.severity),
        is_assessed: report.is_some(),
        counts: labelled.map(|(id, count)| (visit.text(id), count)).into(),
        asked: numbers.asked(),
        why: check.why.get(visit.lang).to_owned(),
        fix: check.fix.get(visit.lang).to_owned(),
        ask: check.ask.get(visit.lang).to_owned(),
        missing: report.map(|report| report.missing.clone()).unwrap_or_default(),
        limit: report.map_or_else(String::new, |report| report.limit.clone()),
        undecided: report.iter().flat_map(|report| &report.undecided).map(|one| undecided_row(visit, one)).collect(),
        failing: failing.iter().map(|line| failing_row(visit, check, line)).collect(),
        all_failing: (count > 0 && words::may_open_lists(visit)).then_some((all_text, all)),
        ask_exception: (is_open && words::may_answer(visit)).then(|| words::exception_path(visit, &check.id, None)),
        evidence: report.iter().flat_map(|report| &report.evidence).map(|line| evidence_row(visit, line)).collect(),
        items: items(visit, office, check),
        source: format!("{} {}", check.source, check.edition).trim().to_owned(),
        mark: words::mark(visit, check.mark),
        visit,
    })
}

/// A thing of which too little is known.
struct UndecidedRow {
    name: String,
    path: Option<String>,
    /// What is missing, in words.
    missing: String,
}

fn undecided_row(visit: &SiteVisit, one: &Undecided) -> UndecidedRow {
    let path = one.subject.parse().ok().and_then(|subject| words::subject_path(visit, &subject));
    let missing = match one.missing.as_slice() {
        [] => visit.text("checklist-product-not-judged"),
        labels => labels.join(&visit.text("value-separator")),
    };
    UndecidedRow { name: plain(&one.name), path, missing }
}

/// Name, page, and where to ask for an exception for it.
fn failing_row(visit: &SiteVisit, check: &Check, line: &SubjectLine) -> (String, Option<String>, Option<String>) {
    let subject = base::Subject::new(line.kind, line.ident.as_str()).ok();
    let path = subject.as_ref().and_then(|subject| words::subject_path(visit, subject));
    let ask = subject.filter(|_| words::may_answer(visit));
    let ask = ask.map(|subject| words::exception_path(visit, &check.id, Some(&subject)));
    (plain(&line.name), path, ask)
}

/// Items that rest on a check.
fn items(visit: &SiteVisit, office: &Office, check: &Check) -> Vec<(String, String)> {
    let frameworks = office.installation.packs.frameworks.iter();
    let all = frameworks.flat_map(|list| list.items.iter().map(move |item| (list, item)));
    all.filter(|(_, item)| item.checks.contains(&check.id))
        .map(|(list, item)| {
            let label = format!("{} {} {}", short_name(visit, list), item.number, item.text.get(visit.lang));
            (label, item_path(visit, &list.id, &item.id))
        })
        .collect()
}
