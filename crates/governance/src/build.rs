//! The accountability report (説明責任レポート) of a site, filled from its answers.

use ::store::{StoreError, Transaction, ledger};
use assess::{Check, Reason};
use base::Lang;
use evidence::World;
use evidence::store::{self as evidence_tables, SiteRow};
use i18n::message;
use report::model::{
    Answer, AskLine, CheckLine, Checkpoint, EvidenceLine, ExceptionLine, FindingLine, FrameworkReport, ItemReport,
    RefusedLine, Report, Site, VerdictCounts,
};

use crate::answers::{ItemAnswer, SiteAnswers};
use crate::asks::asks;
use crate::assessment::Assessment;
use crate::documents::DocumentKinds;
use crate::exceptions::ExceptionState;
use crate::lines::{Lookup, subject_names};
use crate::sentences::Speaker;
use crate::store as tables;
use crate::tasks;
use crate::tiles::tiles;
use crate::wording::{TaskWording, site_kind_message, task_line, todo};

/// Most refused rows listed in a report.
const MAX_REFUSED: i64 = 500;

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The site.
    pub site: &'a SiteRow,
    /// Language of all texts.
    pub lang: Lang,
    /// What is known.
    pub world: &'a World,
    /// The checks.
    pub checks: &'a [Check],
    /// What they answered.
    pub assessment: &'a Assessment,
    /// The checklists, answered.
    pub answers: &'a [SiteAnswers<'a>],
    /// Kinds of documents.
    pub kinds: &'a DocumentKinds,
    /// Files that never became evidence: name and reason.
    pub not_received: &'a [(String, String)],
    /// Who had the report made.
    pub prepared_by: &'a str,
    /// A notice for the head of every part; empty for none.
    pub notice: &'a str,
    /// Name and version of the program.
    pub program: &'a str,
}

/// Builds the report.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn build_report(tx: &mut Transaction, material: &Material<'_>) -> Result<Report, StoreError> {
    let lookup = Lookup::load(tx, &material.site.id, material.world, material.lang, material.kinds)?;
    let tasks = tasks::in_order(tables::list_tasks(tx, &material.site.id, true)?);
    let exceptions = list_exceptions(tx, material, &lookup)?;
    let mut frameworks = Vec::new();
    for answers in material.answers {
        frameworks.push(framework(tx, material, &lookup, answers, &exceptions)?);
    }
    let findings = findings(tx, material, &lookup)?;
    let asks = asks(material);
    let names = subject_names(material.world);
    let wording = TaskWording::new(material, &names);
    let today = material.world.now().date_jst();
    Ok(Report {
        site: site(material),
        made_at: material.world.now(),
        document_number: String::new(),
        prepared_by: material.prepared_by.to_owned(),
        program_version: material.program.to_owned(),
        notice: material.notice.to_owned(),
        checkpoint: ledger::find_checkpoint(tx)?.and_then(checkpoint),
        summary: summary(material, &frameworks, &findings, &asks),
        tiles: tiles(material),
        todo: tasks.iter().filter(|task| task.closed_at.is_none()).map(|task| todo(task, &wording)).collect(),
        tasks: tasks.iter().map(|task| task_line(task, &wording, today)).collect(),
        frameworks,
        findings,
        asks,
        exceptions,
        refused: refused(tx, material)?,
    })
}

fn site(material: &Material<'_>) -> Site {
    let kind = site_kind_message(material.site.kind);
    Site { name: material.site.name.clone(), kind: message(material.lang, kind, &[]), beds: material.site.beds }
}

/// Origin, size and root are the first three lines of the note.
fn checkpoint(note: String) -> Option<Checkpoint> {
    let mut lines = note.lines();
    let (origin, size, root) = (lines.next()?.to_owned(), lines.next()?.parse().ok()?, lines.next()?.to_owned());
    Some(Checkpoint { origin, size, root, note })
}

fn framework(
    tx: &mut Transaction,
    material: &Material<'_>,
    lookup: &Lookup<'_>,
    answers: &SiteAnswers<'_>,
    exceptions: &[ExceptionLine],
) -> Result<FrameworkReport, StoreError> {
    let mut items = Vec::new();
    for answer in &answers.items {
        items.push(item(tx, material, lookup, answer, exceptions)?);
    }
    let framework = answers.framework;
    Ok(FrameworkReport {
        id: framework.id.clone(),
        title: framework.title.get(material.lang).to_owned(),
        edition: framework.edition.clone(),
        mark: framework.mark,
        counts: VerdictCounts::of(&items),
        items,
    })
}

fn item(
    tx: &mut Transaction,
    material: &Material<'_>,
    lookup: &Lookup<'_>,
    answer: &ItemAnswer<'_>,
    exceptions: &[ExceptionLine],
) -> Result<ItemReport, StoreError> {
    let speaker = Speaker {
        lang: material.lang,
        checks: material.checks,
        assessment: material.assessment,
        kinds: material.kinds,
        today: material.world.now().date_jst(),
    };
    let item = answer.item;
    let claim = answer.claim.as_ref();
    let excepted = answer.reasons.iter().find_map(|reason| match reason {
        Reason::UnderException { check } => {
            exceptions.iter().find(|line| !line.expired && line.covers.split(' ').next() == Some(check.as_str()))
        }
        _ => None,
    });
    Ok(ItemReport {
        id: item.id.clone(),
        number: item.number.clone(),
        section: item.section.get(material.lang).to_owned(),
        text: item.text.get(material.lang).to_owned(),
        category: item.category.map_or("", category).to_owned(),
        verdict: answer.verdict,
        answer: claim.map(|claim| match claim.answer {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None => Answer::NotApplicable,
        }),
        answered_by: claim.map_or_else(String::new, |claim| claim.by.clone()),
        checked_on: claim.and_then(|claim| claim.checked_on),
        target_on: claim.and_then(|claim| claim.target_on),
        reason: speaker.reasons(answer),
        mark: item.mark,
        evidence: item_evidence(tx, material, lookup, answer)?,
        checks: item.checks.iter().filter_map(|id| check_line(material, id)).collect(),
        exception: excepted.cloned(),
    })
}

const fn category(category: assess::Category) -> &'static str {
    match category {
        assess::Category::Prevention => "予防",
        assess::Category::Correction => "是正",
    }
}

fn item_evidence(
    tx: &mut Transaction,
    material: &Material<'_>,
    lookup: &Lookup<'_>,
    answer: &ItemAnswer<'_>,
) -> Result<Vec<EvidenceLine>, StoreError> {
    let mut lines = Vec::new();
    for id in &answer.item.checks {
        if let Some(found) = material.assessment.find(material.checks, id) {
            lines.extend(lookup.of_check(tx, found)?);
        }
    }
    for document in &answer.documents {
        lines.extend(lookup.of_subject(
            tx,
            document.subject,
            &["document.kind", "document.signed_by", "document.valid_until"],
        )?);
    }
    Ok(lines)
}

fn check_line(material: &Material<'_>, id: &str) -> Option<CheckLine> {
    let check = material.checks.iter().find(|check| check.id == id)?;
    let answer = material.assessment.find(material.checks, id)?;
    let counts = &answer.counts;
    Some(CheckLine {
        id: check.id.clone(),
        title: check.title.get(material.lang).to_owned(),
        verdict: answer.verdict()?,
        holds: counts.holds,
        fails: counts.fails,
        unknown: counts.unknown,
        stale: counts.stale,
        not_applicable: counts.not_applicable,
    })
}

/// Subjects named one by one in a finding.
const NAMED_SUBJECTS: usize = 20;

fn findings(
    tx: &mut Transaction,
    material: &Material<'_>,
    lookup: &Lookup<'_>,
) -> Result<Vec<FindingLine>, StoreError> {
    let mut lines = Vec::new();
    for (check, answer) in material.assessment.findings(material.checks) {
        lines.push(FindingLine {
            check_id: check.id.clone(),
            severity: check.severity,
            title: check.title.get(material.lang).to_owned(),
            why: check.why.get(material.lang).to_owned(),
            fix: check.fix.get(material.lang).to_owned(),
            subjects: answer.failing.iter().take(NAMED_SUBJECTS).map(|subject| lookup.name(subject)).collect(),
            subjects_total: answer.failing.len(),
            evidence: lookup.of_check(tx, answer)?,
        });
    }
    Ok(lines)
}

fn summary(
    material: &Material<'_>,
    frameworks: &[FrameworkReport],
    findings: &[FindingLine],
    asks: &[AskLine],
) -> Vec<String> {
    let lang = material.lang;
    let mut sentences = Vec::new();
    if let Some(framework) = frameworks.first() {
        let counts = framework.counts;
        let arguments = [
            ("title", framework.edition.as_str().into()),
            ("all", counts.total().into()),
            ("proved", counts.proved.into()),
            ("contradicted", counts.contradicted.into()),
            ("not_yet", counts.not_yet.into()),
            ("attested", counts.attested.into()),
            ("stale", counts.stale.into()),
            ("unknown", counts.unknown.into()),
        ];
        sentences.push(message(lang, "summary-counts", &arguments));
    }
    let grave = findings.iter().filter(|finding| finding.severity <= base::Severity::High).count();
    match findings.first() {
        Some(_) if grave == 0 => {
            sentences.push(message(lang, "summary-only-minor", &[("count", findings.len().into())]))
        }
        Some(first) => {
            let subject = first.subjects.first().cloned().unwrap_or_default();
            let arguments =
                [("grave", grave.into()), ("title", first.title.as_str().into()), ("subject", subject.into())];
            sentences.push(message(lang, "summary-worst", &arguments));
        }
        None => sentences.push(message(lang, "summary-no-finding", &[])),
    }
    let open = frameworks.iter().any(|framework| framework.counts.unknown + framework.counts.stale > 0);
    let answerable = asks.iter().filter(|ask| ask.limit.is_empty()).count();
    if asks.is_empty() && !open {
        sentences.push(message(lang, "summary-all-asked", &[]));
    } else if answerable > 0 {
        sentences.push(message(lang, "summary-asks", &[("count", answerable.into())]));
    }
    sentences
}

fn list_exceptions(
    tx: &mut Transaction,
    material: &Material<'_>,
    lookup: &Lookup<'_>,
) -> Result<Vec<ExceptionLine>, StoreError> {
    let today = material.world.now().date_jst();
    let lines = tables::list_exceptions(tx, &material.site.id)?
        .into_iter()
        .filter(|exception| exception.state == ExceptionState::Approved);
    Ok(lines
        .map(|exception| {
            let subject =
                exception.subject.as_ref().map_or_else(String::new, |subject| format!(" {}", lookup.name(subject)));
            let controls: Vec<String> = exception
                .controls
                .iter()
                .map(|control| format!("{} [#{}]", control.control, control.evidence))
                .collect();
            ExceptionLine {
                id: exception.id.to_string(),
                covers: format!("{}{subject}", exception.check),
                reason: exception.reason,
                compensation: controls.join("、"),
                approved_by: exception.decided_by,
                approved_on: exception.decided_at.map(|at| at.date_jst()),
                expires_on: Some(exception.expires_on),
                expired: exception.expires_on < today,
            }
        })
        .collect())
}

fn refused(tx: &mut Transaction, material: &Material<'_>) -> Result<Vec<RefusedLine>, StoreError> {
    let mut lines: Vec<RefusedLine> = material
        .not_received
        .iter()
        .map(|(name, reason)| RefusedLine {
            file_name: name.clone(),
            locator: base::Locator::Whole,
            sha256: None,
            reason: reason.clone(),
        })
        .collect();
    for (evidence, locator, id, detail) in evidence_tables::list_refusals(tx, &material.site.id, MAX_REFUSED)? {
        let text = message(material.lang, &id, &[("detail", detail.into())]);
        lines.push(RefusedLine { file_name: evidence.name, locator, sha256: Some(evidence.sha256), reason: text });
    }
    for evidence in
        evidence_tables::list_evidence(tx, &material.site.id)?.into_iter().filter(|row| row.importer.is_empty())
    {
        let reason = message(material.lang, "refused-unrecognised", &[]);
        lines.push(RefusedLine {
            file_name: evidence.name,
            locator: base::Locator::Whole,
            sha256: Some(evidence.sha256),
            reason,
        });
    }
    Ok(lines)
}
