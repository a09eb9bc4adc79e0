//! One known thing: what is known about it, what was found, and what would tell more. Read live from its facts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use askama::Template;
use assess::{Fact, State as Answer, SubjectFacts, evaluate};
use axum::extract::{Path, State};
use axum::response::Response;
use base::{Locator, Subject, SubjectKind};
use evidence::World;
use evidence::store as evidence_tables;
use evidence::world::Origin;
use governance::exceptions::ActiveExceptions;
use governance::lines::show_value;
use governance::snapshot::{self, SubjectLine};
use governance::store as tables;
use store::{StoreError, Transaction};
use web::list::ListQuery;
use web::{HttpError, Page, SiteVisit, blocking, page, redirect};

use super::history;
use super::subject_list::{class_key, fact_label, more_about, value_label};
use crate::state::{Office, Shared};
use crate::words::{self, Badge, plain};

/// Related things named.
const MAX_RELATED: usize = 10;
/// Questions shown that facts of this thing leave open.
const MAX_OPEN: usize = 12;

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    Path((_, kind, ident)): Path<(String, String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    let kind = kind
        .parse::<SubjectKind>()
        .ok()
        .filter(|kind| SubjectKind::LISTED.contains(kind))
        .ok_or_else(HttpError::not_found)?;
    let subject = Subject::new(kind, ident).map_err(|_| HttpError::not_found())?;
    blocking(move || -> Result<Response, HttpError> {
        let main = office.database().read(|tx| find_main(tx, &visit, &subject))?;
        if let Some(path) = main.and_then(|main| words::subject_path(&visit, &main)) {
            return Ok(redirect(&path));
        }
        let found = office.database().read(|tx| find(tx, &office, &visit, &subject))?;
        let found = found.ok_or_else(HttpError::not_found)?;
        let history = history::list(&visit, &office, &found.history, &found.names, &query);
        if query.format().is_some() {
            return history.respond(&visit, &Page::default(), &query, "");
        }
        let title = found.line.as_ref().map_or_else(|| plain(subject.id()), |line| plain(&line.name));
        let around = Page::new(title, words::nav_entry(kind)).help(visit.text("assets-subject-help"));
        let around = if words::may_open_lists(&visit) {
            around.trail(words::kind_title(&visit, kind), visit.path_of(&format!("subjects/{kind}")))
        } else {
            around
        };
        let body = Body {
            summary: summary(&visit, &office, &subject, found.line.as_ref()),
            is_assessed: found.line.is_some(),
            facts: found.facts,
            findings: found.findings,
            open: found.open,
            aliases: found.aliases.iter().map(|alias| plain(&alias.to_string())).collect(),
            related: found.related,
            more: more_about(&visit, &office, kind),
            history: history.draw(&visit, &query)?,
            visit: &visit,
        };
        page(&visit, &around, &body)
    })
    .await
}

#[derive(Template)]
#[template(path = "assets/subject_page.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    summary: Vec<(String, String)>,
    is_assessed: bool,
    facts: Vec<FactRow>,
    findings: Vec<FindingRow>,
    /// What is not known: the export that would tell, and the checks that wait for it.
    open: Vec<(String, Vec<String>)>,
    aliases: Vec<String>,
    related: Vec<(String, String, Option<String>)>,
    more: String,
    /// Markup of the list of observations.
    history: String,
}

/// A fact that counts.
struct FactRow {
    label: String,
    value: String,
    grade: String,
    age: String,
    is_stale: bool,
    is_conclusion: bool,
    file: String,
    place: String,
    href: Option<String>,
}

/// A check this thing fails.
struct FindingRow {
    check: String,
    /// Where to ask for an exception, if there is none and this person may.
    ask: Option<String>,
    title: String,
    path: String,
    badge: Badge,
    why: String,
    fix: String,
    exception: Option<(String, String)>,
}

struct Found {
    line: Option<SubjectLine>,
    facts: Vec<FactRow>,
    findings: Vec<FindingRow>,
    open: Vec<(String, Vec<String>)>,
    aliases: Vec<Subject>,
    related: Vec<(String, String, Option<String>)>,
    history: Vec<history::Observation>,
    names: HashMap<i64, String>,
}

/// The thing of which this is only another name.
fn find_main(tx: &mut Transaction, visit: &SiteVisit, subject: &Subject) -> Result<Option<Subject>, StoreError> {
    if tables::find_subject_line(tx, visit.site_id(), subject)?.is_some() {
        return Ok(None);
    }
    tables::find_by_alias(tx, visit.site_id(), subject)
}

fn find(
    tx: &mut Transaction,
    office: &Office,
    visit: &SiteVisit,
    subject: &Subject,
) -> Result<Option<Found>, StoreError> {
    let site = visit.site_id();
    let dictionary = &office.installation.packs.dictionary;
    let line = tables::find_subject_line(tx, site, subject)?;
    let aliases = line.as_ref().map(|line| line.aliases.clone()).unwrap_or_default();
    let all: Vec<Subject> = std::iter::once(subject.clone()).chain(aliases.iter().cloned()).collect();
    let history = history::load(tx, site, &all)?;
    if line.is_none() && history.is_empty() {
        return Ok(None);
    }
    let mut world = World::load_one(tx, site, dictionary, visit.now, &all)?;
    let concluded = line.as_ref().map(|line| conclude(&mut world, line)).unwrap_or_default();
    let facts: Vec<Fact> =
        world.of_kind(subject.kind()).next().map(|(_, known)| known.facts().to_vec()).unwrap_or_default();
    let evidence: BTreeSet<i64> = history
        .iter()
        .map(|one| one.fact.evidence)
        .chain(facts.iter().filter_map(|fact| world.origin(fact.id)).map(|origin| origin.evidence))
        .collect();
    let names = tables::list_evidence_names(tx, site, &evidence)?;
    Ok(Some(Found {
        facts: fact_rows(tx, visit, &world, &facts, &concluded, &names)?,
        findings: match &line {
            Some(line) => findings(tx, visit, subject, line)?,
            None => Vec::new(),
        },
        open: open_questions(office, visit, subject.kind(), &facts),
        related: match &line {
            Some(line) => related(tx, visit, line)?,
            None => Vec::new(),
        },
        line,
        aliases,
        history,
        names,
    }))
}

/// Puts what the last assessment concluded beside the facts; returns under which keys.
fn conclude(world: &mut World, line: &SubjectLine) -> BTreeSet<String> {
    let mut concluded = BTreeSet::new();
    for one in &line.conclusions {
        let read = one.read(world.dictionary()).map(|(definition, value)| (definition.id, value));
        let Some((id, value)) = read else { continue };
        world.offer(0, id, value, one.observed_at, one.grade, Origin { subject: 0, key: 0, evidence: one.evidence });
        concluded.insert(one.key.clone());
    }
    concluded
}

fn fact_rows(
    tx: &mut Transaction,
    visit: &SiteVisit,
    world: &World,
    facts: &[Fact],
    concluded: &BTreeSet<String>,
    names: &HashMap<i64, String>,
) -> Result<Vec<FactRow>, StoreError> {
    let mut rows = Vec::with_capacity(facts.len());
    let mut facts: Vec<&Fact> = facts.iter().collect();
    facts.sort_by_key(|fact| fact.key);
    for fact in facts {
        let Some(definition) = world.dictionary().definition(fact.key) else { continue };
        let Some(origin) = world.origin(fact.id) else { continue };
        // A conclusion stands in no file: it is led to the evidence of what it was concluded from.
        let is_conclusion = origin.subject == 0 && concluded.contains(&definition.key);
        let locator = evidence_tables::find_locator(tx, origin.subject, origin.key, origin.evidence)?;
        let locator = locator.unwrap_or(Locator::Whole);
        rows.push(FactRow {
            label: definition.label.get(visit.lang).to_owned(),
            value: plain(&show_value(definition, &fact.value, visit.lang)),
            grade: words::grade(visit, fact.grade),
            age: words::age(visit, fact.observed_at),
            is_stale: !world.is_fresh(fact),
            is_conclusion,
            file: names.get(&origin.evidence).map_or_else(String::new, |name| plain(name)),
            place: if is_conclusion { String::new() } else { words::place(visit, &locator) },
            href: words::bytes_path(visit, origin.evidence, &locator),
        });
    }
    Ok(rows)
}

fn findings(
    tx: &mut Transaction,
    visit: &SiteVisit,
    subject: &Subject,
    line: &SubjectLine,
) -> Result<Vec<FindingRow>, StoreError> {
    let exceptions = ActiveExceptions::load(tx, visit.site_id(), visit.now)?;
    let mut rows = Vec::new();
    for id in line.failing.split_whitespace() {
        let Some(check) = snapshot::find_check(tx, visit.site_id(), visit.lang, id)? else { continue };
        let exception = exceptions.find(id, subject).map(|exception| {
            let until = visit.day(exception.expires_on);
            let text = visit.say("assets-under-exception", &[("id", exception.id.into()), ("until", until.into())]);
            (text, visit.path_of(&format!("exceptions/{}", exception.id)))
        });
        let may_ask = exception.is_none() && words::may_answer(visit);
        rows.push((
            check.severity,
            FindingRow {
                ask: may_ask.then(|| words::exception_path(visit, &check.id, Some(subject))),
                path: visit.path_of(&format!("checks/{}", check.id)),
                badge: words::severity(visit, check.severity),
                check: check.id,
                title: check.title,
                why: check.why,
                fix: check.fix,
                exception,
            },
        ));
    }
    rows.sort_by_key(|(severity, _)| *severity);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// What the checks of this kind can't tell from these facts, by the export that would tell.
fn open_questions(office: &Office, visit: &SiteVisit, kind: SubjectKind, facts: &[Fact]) -> Vec<(String, Vec<String>)> {
    let settled = SubjectFacts::new(facts.to_vec());
    let nothing = SubjectFacts::default();
    let packs = &office.installation.packs;
    let mut by_ask: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for check in packs.checks.iter().filter(|check| check.subject == kind) {
        let outcome = evaluate(check, &settled, &nothing, visit.now);
        let about_this = |key| packs.dictionary.definition(key).is_some_and(|definition| definition.subject == kind);
        let is_open = matches!(outcome.state, Answer::Unknown | Answer::Stale)
            && outcome.missing.iter().chain(&outcome.stale).any(|key| about_this(*key));
        if is_open {
            by_ask.entry(check.ask.get(visit.lang)).or_default().push(check.title.get(visit.lang).to_owned());
        }
    }
    let mut open: Vec<(String, Vec<String>)> =
        by_ask.into_iter().map(|(ask, titles)| (ask.to_owned(), titles)).collect();
    open.sort_by_key(|(_, titles)| std::cmp::Reverse(titles.len()));
    open.truncate(MAX_OPEN);
    open
}

/// Assets, connections and vendors that name this thing by one of its marks, or that it names by one of theirs.
fn related(
    tx: &mut Transaction,
    visit: &SiteVisit,
    line: &SubjectLine,
) -> Result<Vec<(String, String, Option<String>)>, StoreError> {
    let wanted: &[SubjectKind] = match line.kind {
        SubjectKind::Asset => &[SubjectKind::Connection, SubjectKind::Vendor, SubjectKind::Policy],
        SubjectKind::Policy => &[SubjectKind::Asset],
        SubjectKind::Connection => &[SubjectKind::Asset, SubjectKind::Vendor],
        SubjectKind::Vendor => &[SubjectKind::Connection],
        SubjectKind::Account
        | SubjectKind::Document
        | SubjectKind::Product
        | SubjectKind::Vulnerability
        | SubjectKind::Site => &[],
    };
    let mut related = Vec::new();
    for kind in wanted {
        for other in tables::list_related_lines(tx, visit.site_id(), *kind, line, MAX_RELATED)? {
            let href = Subject::new(other.kind, other.ident.as_str()).ok();
            let href = href.and_then(|other| words::subject_path(visit, &other));
            related.push((words::kind_title(visit, *kind), plain(&other.name), href));
        }
    }
    Ok(related)
}

fn summary(visit: &SiteVisit, office: &Office, subject: &Subject, line: Option<&SubjectLine>) -> Vec<(String, String)> {
    let mut rows = vec![(visit.text("assets-ident"), plain(subject.id()))];
    if let Some(line) = line {
        if let Some(key) = class_key(line.kind).filter(|_| !line.class.is_empty()) {
            rows.push((fact_label(visit, office, key), value_label(visit, office, key, &line.class)));
        }
        rows.push((visit.text("assets-fact-count"), line.fact_count.to_string()));
        rows.push((visit.text("assets-observed"), words::age(visit, line.observed_at)));
    }
    rows
}
