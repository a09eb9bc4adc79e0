//! What an assessment said, kept ready to be shown: a page reads a few rows of it, whatever the size of the hospital.
//!
//! A snapshot is written by the job that assesses a site and replaced as a whole by the next one. It is no source: everything in
//! it was computed from facts, and it says when.

use std::collections::BTreeMap;

use ::store::{StoreError, Transaction};
use assess::KeyId;
use base::{Date, Lang, Mark, Severity, UtcSeconds, Verdict};
use report::Report;
use report::model::{AskLine, EvidenceLine, FindingLine, FrameworkReport, ItemReport, Site, Tile, VerdictCounts};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::build::{Material, build_report};
use crate::lines::{Lookup, subject_names};
use crate::store as tables;
use crate::subject_lines;
use crate::wording::TaskWording;

pub use crate::store::{SubjectLine, SubjectOrder, SubjectSearch};

/// The first page: where the site stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Head {
    /// The site.
    pub site: Site,
    /// When it was assessed.
    pub made_at: UtcSeconds,
    /// At most three sentences.
    pub summary: Vec<String>,
    /// The five subjects a director watches.
    pub tiles: Vec<Tile>,
    /// The checklists, without their items.
    pub checklists: Vec<ChecklistHead>,
    /// Findings by severity, gravest first: critical, high, medium, low.
    pub findings: [usize; 4],
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
    /// Subjects for which it holds, fails, is unknown, is stale, does not apply.
    pub counts: [usize; 5],
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
    /// The facts that decided, failing subjects first.
    pub evidence: Vec<EvidenceLine>,
}

/// A task in words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskText {
    /// What to do.
    pub title: String,
    /// Why.
    pub why: String,
}

/// Writes the snapshot of a site, in both languages, in place of the one before.
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
    let mut findings = [0_usize; 4];
    for finding in &report.findings {
        if let Some(slot) = findings.get_mut(finding.severity.rank()) {
            *slot += 1;
        }
    }
    let subjects = material.assessment.subjects.iter().map(|(kind, count)| (kind.name().to_owned(), *count));
    Head {
        site: report.site.clone(),
        made_at: report.made_at,
        summary: report.summary.clone(),
        tiles: report.tiles.clone(),
        checklists: report.frameworks.iter().map(checklist_head).collect(),
        findings,
        asks: report.asks.len(),
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
            counts: [counts.holds, counts.fails, counts.unknown, counts.stale, counts.not_applicable],
            why: check.why.get(lang).to_owned(),
            fix: check.fix.get(lang).to_owned(),
            ask: check.ask.get(lang).to_owned(),
            source: format!("{} {}", check.source, check.edition).trim().to_owned(),
            mark: check.mark,
            missing: answer.missing.iter().filter_map(label).collect(),
            evidence: lookup.of_check(tx, answer)?,
        });
    }
    Ok(reports)
}

fn task_texts(tx: &mut Transaction, material: &Material<'_>) -> Result<BTreeMap<String, TaskText>, StoreError> {
    let names = subject_names(material.world);
    let wording = TaskWording::new(material, &names);
    let mut texts = BTreeMap::new();
    for task in tables::list_tasks(tx, &material.site.id, true)? {
        let (title, why) = wording.text(&task.key);
        texts.insert(task.key, TaskText { title, why });
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
