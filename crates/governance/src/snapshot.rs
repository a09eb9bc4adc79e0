//! What an assessment said, kept ready to be shown: a page reads a few rows of it, whatever the size of the hospital.
//!
//! A snapshot is written by the job that assesses a site and replaced as a whole by the next one. It is no source: everything in
//! it was computed from facts, and it says when.

mod counts;

use std::collections::BTreeMap;

use ::store::{StoreError, Transaction};
use assess::{Check, Definition, KeyId};
use base::{Date, Lang, Mark, Severity, UtcSeconds, Verdict};
use evidence::World;
use report::Report;
use report::model::{AskLine, EvidenceLine, FindingLine, FrameworkReport, ItemReport, Site, Tile, VerdictCounts};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::assessment::CheckAnswer;
use crate::build::{Material, build_report};
use crate::lines::{Lookup, subject_names};
use crate::store as tables;
use crate::subject_lines;
use crate::wording::TaskWording;

pub use self::counts::{FindingCounts, SubjectCounts};

pub use crate::store::{SubjectLine, SubjectOrder, SubjectSearch};

/// The first page: where the site stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Head {
    /// The site.
    pub site: Site,
    /// When it was assessed.
    pub made_at: UtcSeconds,
    /// What it has seen: [`World::as_of`]. 0 if an older version wrote it.
    #[serde(default)]
    pub as_of: u64,
    /// At most three sentences.
    pub summary: Vec<String>,
    /// The five subjects a director watches.
    pub tiles: Vec<Tile>,
    /// The checklists, without their items.
    pub checklists: Vec<ChecklistHead>,
    /// Findings by severity.
    pub findings: FindingCounts,
    /// What would answer open questions.
    pub asks: usize,
    /// How many subjects of each kind are known, by the name of the kind.
    pub subjects: BTreeMap<String, usize>,
    /// How many of the listed subjects were last observed on each day of the last month: the day in Japan, counted from 1970-01-01,
    /// and the number, oldest day first.
    pub observed: Vec<(i64, usize)>,
}

impl Head {
    /// How many subjects were last observed between two days, counted back for a month at most.
    #[must_use]
    pub fn count_observed(&self, from: Date, until: Date) -> usize {
        let days = from.days_since_epoch()..=until.days_since_epoch();
        self.observed.iter().filter(|(day, _)| days.contains(day)).map(|(_, count)| count).sum()
    }
}

/// Days of which a head says how many subjects were observed: enough for every month.
const OBSERVED_DAYS: i64 = 31;

/// One checklist without its items.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChecklistHead {
    /// Id of the framework.
    pub id: String,
    /// Title.
    pub title: String,
    /// Edition.
    pub edition: String,
    /// Whether its wording was compared with the original.
    pub mark: Mark,
    /// Items by verdict.
    pub counts: VerdictCounts,
}

/// One checklist with its items, but without what each rests on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Checklist {
    /// The checklist.
    pub head: ChecklistHead,
    /// Its items, in order; their evidence lists are empty here and stand in [`find_item`].
    pub items: Vec<ItemReport>,
}

/// What one check answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckReport {
    /// Id.
    pub id: String,
    /// The good state, as a sentence.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// What came out; `None` if it applies to nothing here.
    pub verdict: Option<Verdict>,
    /// Whether somebody answers for what fails.
    pub has_exception: bool,
    /// Kind of the subjects asked.
    pub subject: String,
    /// What came out for how many subjects.
    pub counts: SubjectCounts,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// What would answer it.
    pub ask: String,
    /// Where the value comes from, with its edition.
    pub source: String,
    /// Whether that was compared with the original.
    pub mark: Mark,
    /// Labels of the facts that were missing somewhere.
    pub missing: Vec<String>,
    /// The first things of which too little is known, and what is missing of each.
    #[serde(default)]
    pub undecided: Vec<Undecided>,
    /// Why no evidence of today can make it hold; empty if it can.
    #[serde(default)]
    pub limit: String,
    /// The facts that decided, failing subjects first.
    pub evidence: Vec<EvidenceLine>,
}

/// A thing of which a check knows too little.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Undecided {
    /// Its identifier, `kind:id`.
    pub subject: String,
    /// Its name.
    pub name: String,
    /// Labels of the facts that are missing; empty if only the limit of the check is in the way.
    pub missing: Vec<String>,
}

/// A task in words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskText {
    /// What to do.
    pub title: String,
    /// Why.
    pub why: String,
}

/// Whether what stands has seen more than this world, or as much and later: two assessments of a site may run at once, and the
/// one that began first may end last. What was overtaken must change neither the snapshot nor the tasks.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn is_overtaken(tx: &mut Transaction, site: &str, world: &World) -> Result<bool, StoreError> {
    let head = find_head(tx, site, Lang::Ja)?;
    Ok(head.is_some_and(|head| (head.as_of, head.made_at) > (world.as_of(), world.now())))
}

/// Writes the snapshot of a site, in both languages, in place of the one before. Ask [`is_overtaken`] in the same transaction.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn publish(tx: &mut Transaction, material: &Material<'_>) -> Result<(), StoreError> {
    tables::clear_snapshot(tx, &material.site.id)?;
    let lines = subject_lines::list(material);
    let observed = observed(&lines, material.world.now());
    for lang in [Lang::Ja, Lang::En] {
        publish_texts(tx, &Material { lang, ..*material }, &observed)?;
    }
    tables::add_subject_lines(tx, &material.site.id, lines)
}

/// How many subjects were last observed on each of the last days.
fn observed(lines: &[SubjectLine], now: UtcSeconds) -> Vec<(i64, usize)> {
    let mut days: BTreeMap<i64, usize> = BTreeMap::new();
    let recent = |line: &&SubjectLine| line.observed_at <= now && now.days_since(line.observed_at) <= OBSERVED_DAYS;
    for line in lines.iter().filter(recent) {
        *days.entry(line.observed_at.date_jst().days_since_epoch()).or_default() += 1;
    }
    days.into_iter().collect()
}

fn publish_texts(tx: &mut Transaction, material: &Material<'_>, observed: &[(i64, usize)]) -> Result<(), StoreError> {
    let mut report = build_report(tx, material)?;
    let mut parts: Vec<(String, String)> = Vec::new();
    parts.push(("head".to_owned(), to_json(&head(&report, material, observed))?));
    parts.push(("asks".to_owned(), to_json(&report.asks)?));
    parts.push(("findings".to_owned(), to_json(&report.findings)?));
    report.findings.iter_mut().for_each(|finding| finding.evidence.clear());
    parts.push(("findings-brief".to_owned(), to_json(&report.findings)?));
    for framework in &mut report.frameworks {
        for item in &mut framework.items {
            parts.push((format!("item/{}/{}", framework.id, item.id), to_json(item)?));
            item.evidence.clear();
        }
        let checklist = Checklist { head: checklist_head(framework), items: std::mem::take(&mut framework.items) };
        parts.push((format!("checklist/{}", framework.id), to_json(&checklist)?));
    }
    let lookup = Lookup::load(tx, &material.site.id, material.world, material.lang, material.kinds)?;
    for check in check_reports(tx, material, &lookup)? {
        parts.push((format!("check/{}", check.id), to_json(&check)?));
    }
    parts.push(("tasks".to_owned(), to_json(&task_texts(tx, material)?)?));
    tables::add_snapshot_parts(tx, &material.site.id, material.lang, parts)
}

fn head(report: &Report, material: &Material<'_>, observed: &[(i64, usize)]) -> Head {
    let mut findings = FindingCounts::default();
    report.findings.iter().for_each(|finding| findings.add(finding.severity));
    let subjects = material.assessment.subjects.iter().map(|(kind, count)| (kind.name().to_owned(), *count));
    Head {
        site: report.site.clone(),
        made_at: report.made_at,
        as_of: material.world.as_of(),
        summary: report.summary.clone(),
        tiles: report.tiles.clone(),
        checklists: report.frameworks.iter().map(checklist_head).collect(),
        findings,
        asks: report.asks.iter().filter(|ask| ask.limit.is_empty()).count(),
        subjects: subjects.collect(),
        observed: observed.to_vec(),
    }
}

fn checklist_head(framework: &FrameworkReport) -> ChecklistHead {
    ChecklistHead {
        id: framework.id.clone(),
        title: framework.title.clone(),
        edition: framework.edition.clone(),
        mark: framework.mark,
        counts: framework.counts,
    }
}

fn check_reports(
    tx: &mut Transaction,
    material: &Material<'_>,
    lookup: &Lookup<'_>,
) -> Result<Vec<CheckReport>, StoreError> {
    let lang = material.lang;
    let label = |key: &KeyId| {
        material.world.dictionary().definition(*key).map(|definition| definition.label.get(lang).to_owned())
    };
    let mut reports = Vec::new();
    for answer in &material.assessment.answers {
        let Some(check) = material.checks.get(answer.check) else { continue };
        let counts = &answer.counts;
        reports.push(CheckReport {
            id: check.id.clone(),
            title: check.title.get(lang).to_owned(),
            severity: check.severity,
            verdict: answer.verdict(),
            has_exception: answer.has_exception,
            subject: check.subject.name().to_owned(),
            counts: SubjectCounts {
                holds: counts.holds,
                fails: counts.fails,
                unknown: counts.unknown,
                stale: counts.stale,
                not_applicable: counts.not_applicable,
            },
            why: check.why.get(lang).to_owned(),
            fix: check.fix.get(lang).to_owned(),
            ask: check.ask.get(lang).to_owned(),
            source: format!("{} {}", check.source, check.edition).trim().to_owned(),
            mark: check.mark,
            missing: answer.missing.iter().filter_map(label).collect(),
            undecided: undecided(material, lookup, check, answer),
            limit: check.limit.as_ref().map_or_else(String::new, |limit| limit.get(lang).to_owned()),
            evidence: lookup.of_check(tx, answer)?,
        });
    }
    Ok(reports)
}

/// What is missing of each thing: where the check has a limit, what has to be known before that is in the way.
fn undecided(material: &Material<'_>, lookup: &Lookup<'_>, check: &Check, answer: &CheckAnswer) -> Vec<Undecided> {
    let dictionary = material.world.dictionary();
    let labels = |keys: &mut dyn Iterator<Item = &Definition>| -> Vec<String> {
        keys.map(|definition| definition.label.get(material.lang).to_owned()).collect()
    };
    let needs: Vec<&Definition> = check.limit_needs.iter().filter_map(|key| dictionary.find(key)).collect();
    let lines = answer.undecided.iter().map(|(subject, missing)| {
        let is_known = || {
            let known = material.world.of_kind(subject.kind()).find(|(_, known)| known.subject == *subject);
            known.is_some_and(|(index, _)| needs.iter().any(|need| material.world.find(index, &need.key).is_some()))
        };
        let missing = match (&check.limit, check.limit.is_some() && is_known()) {
            (Some(_), true) => Vec::new(),
            (Some(_), false) => labels(&mut needs.iter().copied()),
            (None, _) => labels(&mut missing.iter().filter_map(|key| dictionary.definition(*key))),
        };
        Undecided { subject: subject.to_string(), name: lookup.name(subject), missing }
    });
    lines.collect()
}

fn task_texts(tx: &mut Transaction, material: &Material<'_>) -> Result<BTreeMap<String, TaskText>, StoreError> {
    let names = subject_names(material.world);
    let wording = TaskWording::new(material, &names);
    let mut texts = BTreeMap::new();
    for task in tables::list_tasks(tx, &material.site.id, true)? {
        let (title, why) = wording.text(&task.key);
        texts.insert(task.key.to_string(), TaskText { title, why });
    }
    Ok(texts)
}

fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Column { index: 0, expected: "JSON", found: "another value" })
}

fn read<T: DeserializeOwned>(
    tx: &mut Transaction,
    site: &str,
    lang: Lang,
    part: &str,
) -> Result<Option<T>, StoreError> {
    let Some(body) = tables::find_snapshot_part(tx, site, lang, part)? else { return Ok(None) };
    // A snapshot of an older version that no longer fits counts as not there: the next assessment writes it anew.
    Ok(serde_json::from_str(&body).ok())
}

/// Where the site stands; `None` before the first assessment.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_head(tx: &mut Transaction, site: &str, lang: Lang) -> Result<Option<Head>, StoreError> {
    read(tx, site, lang, "head")
}

/// One checklist.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_checklist(tx: &mut Transaction, site: &str, lang: Lang, id: &str) -> Result<Option<Checklist>, StoreError> {
    read(tx, site, lang, &format!("checklist/{id}"))
}

/// One item with everything it rests on.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_item(
    tx: &mut Transaction,
    site: &str,
    lang: Lang,
    checklist: &str,
    item: &str,
) -> Result<Option<ItemReport>, StoreError> {
    read(tx, site, lang, &format!("item/{checklist}/{item}"))
}

/// What one check answered.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_check(tx: &mut Transaction, site: &str, lang: Lang, id: &str) -> Result<Option<CheckReport>, StoreError> {
    read(tx, site, lang, &format!("check/{id}"))
}

/// Every finding, gravest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_findings(tx: &mut Transaction, site: &str, lang: Lang) -> Result<Vec<FindingLine>, StoreError> {
    Ok(read(tx, site, lang, "findings")?.unwrap_or_default())
}

/// Every finding, gravest first, without its evidence: for pages that name many.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_findings_brief(tx: &mut Transaction, site: &str, lang: Lang) -> Result<Vec<FindingLine>, StoreError> {
    Ok(read(tx, site, lang, "findings-brief")?.unwrap_or_default())
}

/// What would answer the open questions.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_asks(tx: &mut Transaction, site: &str, lang: Lang) -> Result<Vec<AskLine>, StoreError> {
    Ok(read(tx, site, lang, "asks")?.unwrap_or_default())
}

/// Every task of the site in words, by its key.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_task_texts(tx: &mut Transaction, site: &str, lang: Lang) -> Result<BTreeMap<String, TaskText>, StoreError> {
    Ok(read(tx, site, lang, "tasks")?.unwrap_or_default())
}
