//! One item: what the evidence says and why, what was answered, and everything it rests on.

use askama::Template;
use assess::{Framework, Item};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Date, SubjectKind, Verdict};
use evidence::World;
use governance::answers::{self, Claim};
use governance::snapshot::{self, CheckReport, SubjectCounts};
use governance::statement::claim_subject;
use installation::claims;
use report::model::{EvidenceLine, ItemReport};
use store::{StoreError, Transaction};
use web::list::ListQuery;
use web::{HttpError, Page, SiteVisit, blocking, page};

use super::checklist_page::{
    edition_over, find_framework, find_item, find_successor, is_in_force, item_path, short_name,
};
use crate::state::{Office, Shared};
use crate::words::{self, Badge, plain};

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    Path((_, checklist, item)): Path<(String, String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let around = Around { is_recorded: query.filter("recorded").is_some(), ..Around::default() };
        draw(&visit, &office, &checklist, &item, around)
    })
    .await
}

/// What stands around an item after something was sent.
#[derive(Default)]
pub(super) struct Around {
    /// An answer was recorded a moment ago.
    pub(super) is_recorded: bool,
    /// Why what was sent was not recorded, with its status and the checks that speak against it.
    pub(super) problem: Option<(StatusCode, String)>,
    /// The answer as it was typed.
    pub(super) typed: Typed,
}

/// An answer as it was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) answer: String,
    pub(super) target: String,
    pub(super) note: String,
}

/// The page of an item.
pub(super) fn draw(
    visit: &SiteVisit,
    office: &Office,
    checklist: &str,
    id: &str,
    around: Around,
) -> Result<Response, HttpError> {
    let framework = find_framework(office, checklist)?;
    let item = framework.items.iter().find(|item| item.id == id).ok_or_else(HttpError::not_found)?;
    let found = office.database().read(|tx| find(tx, visit, office, framework, item))?;
    let status = around.problem.as_ref().map(|(status, _)| *status);
    let is_in_force = is_in_force(visit, office, framework)?;
    let body = body(visit, office, (framework, item, is_in_force), found, around);
    let shown = Page::new(format!("{} {}", short_name(visit, framework), item.number), "checklists")
        .help(visit.text("checklist-item-help"))
        .trail(visit.text("nav-checklists"), visit.path_of("checklists"))
        .trail(short_name(visit, framework), visit.path_of(&format!("checklists/{}", framework.id)));
    let mut response = page(visit, &shown, &body)?;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    Ok(response)
}

struct Found {
    report: Option<ItemReport>,
    checks: Vec<(String, Option<CheckReport>)>,
    claim: Option<Claim>,
    note: String,
    /// Evidence of the current answer; 0 for none.
    seen: i64,
    handed_in_by: String,
}

fn find(
    tx: &mut Transaction,
    visit: &SiteVisit,
    office: &Office,
    framework: &Framework,
    item: &Item,
) -> Result<Found, StoreError> {
    let site = visit.site_id();
    let report = snapshot::find_item(tx, site, visit.lang, &framework.id, &item.id)?;
    let mut checks = Vec::new();
    for id in &item.checks {
        checks.push((id.clone(), snapshot::find_check(tx, site, visit.lang, id)?));
    }
    let (mut claim, mut note) = (None, String::new());
    if let Some(subject) = claim_subject(&item.id) {
        let world = World::load_one(tx, site, &office.installation.packs.dictionary, visit.now, &[subject])?;
        claim = answers::find_claim(&world, &item.id);
        note = current_note(&world);
    }
    let newest = claims::find_answer(tx, site, &item.id)?;
    let (seen, handed_in_by) = newest.unwrap_or_default();
    Ok(Found { report, checks, claim, note, seen, handed_in_by })
}

/// The remark of the current answer; one of an earlier answer does not linger.
fn current_note(world: &World) -> String {
    let Some((index, _)) = world.of_kind(SubjectKind::Document).next() else { return String::new() };
    let evidence =
        |key: &str| world.find(index, key).and_then(|fact| world.origin(fact.id)).map(|origin| origin.evidence);
    let is_current = evidence("document.note") == evidence("document.answer");
    world.find_text(index, "document.note").filter(|_| is_current).map_or_else(String::new, plain)
}

#[derive(Template)]
#[template(path = "checklist/item_page.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    text: String,
    section: String,
    verdict: Option<Badge>,
    reason: String,
    mark: Option<String>,
    /// That the days of the edition are over and no newer one is here.
    edition_over: Option<String>,
    not_assessed: String,
    is_recorded: bool,
    problem: Option<String>,
    against: Vec<Against>,
    claim: Option<ClaimText>,
    form: Option<AnswerForm>,
    checks: Vec<CheckRow>,
    evidence: Vec<EvidenceRow>,
    documents: Vec<(String, Option<String>)>,
    elements: Vec<String>,
    exception: Option<(String, String)>,
    about: Vec<(String, String)>,
    links: Vec<(String, String, String)>,
}

/// A check that speaks against a "yes".
struct Against {
    title: String,
    path: String,
    ask: Option<String>,
}

struct ClaimText {
    answer: String,
    by: String,
    checked_on: String,
    note: String,
    is_awaiting: bool,
}

struct AnswerForm {
    path: String,
    seen: i64,
    typed: Typed,
    needs_paper: bool,
    today: String,
}

struct CheckRow {
    id: String,
    title: String,
    path: String,
    verdict: Badge,
    counts: SubjectCounts,
}

/// One fact and the place it was read.
pub(super) struct EvidenceRow {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) subject: String,
    pub(super) subject_path: Option<String>,
    pub(super) source: String,
    pub(super) href: Option<String>,
    pub(super) grade: String,
    pub(super) age: String,
    pub(super) is_stale: bool,
}

fn body<'a>(
    visit: &'a SiteVisit,
    office: &Office,
    (framework, item, is_in_force): (&Framework, &Item, bool),
    found: Found,
    around: Around,
) -> Body<'a> {
    let kinds = &office.installation.packs.kinds;
    let may = words::may_answer(visit);
    let document = |kind: &String| {
        let path = visit.path_of(&format!("documents/new?kind={kind}"));
        (kinds.label(kind).get(visit.lang).to_owned(), may.then_some(path))
    };
    let exception = found.report.as_ref().and_then(|report| report.exception.as_ref()).map(|exception| {
        let text = format!("#{} {}", exception.id, plain(&exception.reason));
        (text, visit.path_of(&format!("exceptions/{}", exception.id)))
    });
    let form = (may && is_in_force).then(|| AnswerForm {
        path: format!("{}/answer", item_path(visit, &framework.id, &item.id)),
        seen: found.seen,
        typed: around.typed,
        needs_paper: !item.statement,
        today: visit.today().to_string(),
    });
    Body {
        text: item.text.get(visit.lang).to_owned(),
        section: item.section.get(visit.lang).to_owned(),
        verdict: found.report.as_ref().map(|report| words::item(visit, report)),
        reason: found.report.as_ref().map_or_else(String::new, |report| plain(&report.reason)),
        mark: words::mark(visit, item.mark),
        edition_over: edition_over(visit, framework).filter(|_| is_in_force),
        not_assessed: visit.text(match is_in_force {
            true => "checklist-item-not-assessed",
            false => "checklist-not-answered",
        }),
        is_recorded: around.is_recorded,
        problem: around.problem.map(|(_, text)| text),
        against: against(visit, &found),
        claim: claim_text(visit, &found),
        form,
        checks: found.checks.iter().map(|(id, report)| check_row(visit, office, id, report.as_ref())).collect(),
        evidence: found
            .report
            .iter()
            .flat_map(|report| &report.evidence)
            .map(|line| evidence_row(visit, line))
            .collect(),
        documents: item.documents.iter().map(document).collect(),
        elements: item.elements.iter().map(|element| element.label.get(visit.lang).to_owned()).collect(),
        exception,
        about: about(visit, framework, item),
        links: links(visit, office, item),
        visit,
    }
}

fn against(visit: &SiteVisit, found: &Found) -> Vec<Against> {
    let reports = found.checks.iter().filter_map(|(_, report)| report.as_ref());
    reports
        .filter(|report| is_finding(report))
        .map(|report| Against {
            title: report.title.clone(),
            path: visit.path_of(&format!("checks/{}", report.id)),
            ask: words::may_answer(visit).then(|| words::exception_path(visit, &report.id, None)),
        })
        .collect()
}

/// Whether evidence contradicts a check and nobody took responsibility for that.
pub(super) fn is_finding(report: &CheckReport) -> bool {
    report.verdict == Some(Verdict::Contradicted) && !report.has_exception
}

fn claim_text(visit: &SiteVisit, found: &Found) -> Option<ClaimText> {
    let claim = found.claim.as_ref()?;
    let answer = match (claim.answer, claim.target_on) {
        (Some(true), _) => visit.text("checklist-yes"),
        (Some(false), Some(day)) => visit.say("checklist-no-until", &[("day", visit.day(day).into())]),
        (Some(false), None) => visit.text("checklist-no"),
        (None, _) => visit.text("checklist-not-applicable"),
    };
    let is_shown = found.report.as_ref().is_some_and(|report| {
        (report.checked_on, report.target_on, &report.answered_by) == (claim.checked_on, claim.target_on, &claim.by)
    });
    let by = match (claim.by.as_str(), found.handed_in_by.as_str()) {
        ("", who) => plain(who),
        (by, who) if by == who => plain(by),
        (by, who) => visit.say("checklist-by-file", &[("by", plain(by).into()), ("who", plain(who).into())]),
    };
    Some(ClaimText {
        answer,
        by,
        checked_on: claim.checked_on.map_or_else(String::new, |day: Date| visit.day(day)),
        note: found.note.clone(),
        is_awaiting: !is_shown,
    })
}

fn check_row(visit: &SiteVisit, office: &Office, id: &str, report: Option<&CheckReport>) -> CheckRow {
    let title = || {
        let check = office.installation.packs.checks.iter().find(|check| check.id == id);
        check.map_or_else(|| id.to_owned(), |check| check.title.get(visit.lang).to_owned())
    };
    CheckRow {
        id: id.to_owned(),
        title: report.map_or_else(title, |report| report.title.clone()),
        path: visit.path_of(&format!("checks/{id}")),
        verdict: check_verdict(visit, report),
        counts: report.map(|report| report.counts).unwrap_or_default(),
    }
}

/// The verdict of a check in a word; one that was not asked yet is unknown.
pub(super) fn check_verdict(visit: &SiteVisit, report: Option<&CheckReport>) -> Badge {
    match report.map(|report| (report.verdict, report.has_exception)) {
        None => words::verdict(visit, Verdict::Unknown),
        Some((None, _)) => Badge::new(visit.text("checklist-check-not-applicable"), web::list::Look::Unknown),
        Some((Some(Verdict::Contradicted), true)) => {
            Badge::new(visit.text("checklist-excepted"), web::list::Look::Caution)
        }
        Some((Some(verdict), _)) => words::verdict(visit, verdict),
    }
}

/// A fact as a page shows it.
pub(super) fn evidence_row(visit: &SiteVisit, line: &EvidenceLine) -> EvidenceRow {
    let subject_path = line.subject_id.parse().ok().and_then(|subject| words::subject_path(visit, &subject));
    EvidenceRow {
        label: line.label.clone(),
        value: plain(&line.value),
        subject: plain(&line.subject),
        subject_path,
        source: format!("#{} {} {}", line.evidence, plain(&line.file_name), words::place(visit, &line.locator)),
        href: words::bytes_path(visit, line.evidence, &line.locator),
        grade: words::grade(visit, line.grade),
        age: line.observed_on.map_or_else(String::new, |day| words::age(visit, day.start_jst())),
        is_stale: line.stale,
    }
}

fn about(visit: &SiteVisit, framework: &Framework, item: &Item) -> Vec<(String, String)> {
    let mut rows = vec![(visit.text("checklist-source"), framework.source.clone())];
    if let Some(basis) = &item.basis {
        rows.push((visit.text("checklist-basis"), basis.clone()));
    }
    if let Some(day) = item.deadline {
        rows.push((visit.text("checklist-deadline"), visit.day(day)));
    }
    if let Some(days) = item.cycle_days {
        rows.push((visit.text("checklist-cycle"), visit.say("checklist-days", &[("days", days.into())])));
    }
    rows
}

/// Items of other editions and lists: what, label, path.
fn links(visit: &SiteVisit, office: &Office, item: &Item) -> Vec<(String, String, String)> {
    let mut links = Vec::new();
    let mut add = |what: String, found: Option<(&Framework, &Item)>| {
        if let Some((list, one)) = found {
            let label = format!("{} {} {}", short_name(visit, list), one.number, one.text.get(visit.lang));
            links.push((what, label, item_path(visit, &list.id, &one.id)));
        }
    };
    for former in &item.maps_to {
        add(visit.text("checklist-former"), find_item(office, former));
    }
    add(visit.text("checklist-continued"), find_successor(office, &item.id));
    for related in &item.related {
        add(visit.text("checklist-related"), find_item(office, related));
    }
    links
}
