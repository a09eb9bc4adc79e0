//! What an assessment said.

use std::collections::BTreeMap;

use governance::snapshot::{CheckReport, Checklist, ChecklistHead, FindingCounts, Head, SubjectCounts};
use report::model::{AskLine, EvidenceLine, FindingLine, ItemReport, Tile, VerdictCounts};
use serde::Serialize;
use utoipa::ToSchema;
use web::SiteName;

use super::{AnswerBody, GradeBody, MarkBody, SeverityBody, TileStateBody, VerdictBody};

/// A site.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SiteBody {
    /// Identifier.
    pub(in crate::api) id: String,
    /// Name.
    pub(in crate::api) name: String,
}

impl From<SiteName> for SiteBody {
    fn from(site: SiteName) -> Self {
        Self { id: site.id, name: site.name }
    }
}

/// The sites a token is for.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SitesBody {
    /// The sites.
    pub(in crate::api) sites: Vec<SiteBody>,
}

/// Items by verdict.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct CountsBody {
    proved: usize,
    contradicted: usize,
    /// Answered no, until a target day: their verdict is `attested`, but they are not among `attested`.
    not_yet: usize,
    attested: usize,
    stale: usize,
    unknown: usize,
    /// Outside the denominator.
    not_applicable: usize,
    /// The denominator: every item but those that do not apply.
    total: usize,
}

impl From<&VerdictCounts> for CountsBody {
    fn from(counts: &VerdictCounts) -> Self {
        Self {
            proved: counts.proved,
            contradicted: counts.contradicted,
            not_yet: counts.not_yet,
            attested: counts.attested,
            stale: counts.stale,
            unknown: counts.unknown,
            not_applicable: counts.not_applicable,
            total: counts.total(),
        }
    }
}

/// A checklist without its items.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ChecklistHeadBody {
    id: String,
    title: String,
    edition: String,
    /// How far its wording was compared with the original.
    mark: MarkBody,
    counts: CountsBody,
}

impl From<&ChecklistHead> for ChecklistHeadBody {
    fn from(head: &ChecklistHead) -> Self {
        Self {
            id: head.id.clone(),
            title: head.title.clone(),
            edition: head.edition.clone(),
            mark: head.mark.into(),
            counts: (&head.counts).into(),
        }
    }
}

/// One of the subjects a director watches.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct TileBody {
    label: String,
    state: TileStateBody,
    reason: String,
}

impl From<Tile> for TileBody {
    fn from(tile: Tile) -> Self {
        Self { label: tile.label, state: tile.state.into(), reason: tile.reason }
    }
}

/// Findings by severity.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FindingCountsBody {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
}

/// Where a site stands.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct HeadBody {
    site: SiteBody,
    /// When it was assessed; `null` before the first time, and then nothing else is known either.
    #[schema(format = DateTime)]
    made_at: Option<String>,
    /// In at most three sentences.
    summary: Vec<String>,
    tiles: Vec<TileBody>,
    checklists: Vec<ChecklistHeadBody>,
    /// `null` before the first assessment: not known is not none.
    findings: Option<FindingCountsBody>,
    /// How many exports and documents would answer open questions.
    asks: Option<usize>,
    /// Known things by kind.
    subjects: BTreeMap<String, usize>,
}

impl HeadBody {
    /// Where a site stands, as far as that is known.
    pub(in crate::api) fn new(site: SiteName, head: Option<Head>) -> Self {
        let site = site.into();
        let Some(head) = head else {
            return Self {
                site,
                made_at: None,
                summary: Vec::new(),
                tiles: Vec::new(),
                checklists: Vec::new(),
                findings: None,
                asks: None,
                subjects: BTreeMap::new(),
            };
        };
        let FindingCounts { critical, high, medium, low } = head.findings;
        Self {
            site,
            made_at: Some(head.made_at.rfc3339()),
            summary: head.summary,
            tiles: head.tiles.into_iter().map(TileBody::from).collect(),
            checklists: head.checklists.iter().map(ChecklistHeadBody::from).collect(),
            findings: Some(FindingCountsBody { critical, high, medium, low }),
            asks: Some(head.asks),
            subjects: head.subjects,
        }
    }
}

/// A fact that something rests on, and where it was read.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct EvidenceRefBody {
    /// `kind:id`.
    subject: String,
    /// What the subject is called.
    name: String,
    /// What the fact is.
    label: String,
    /// Its value, as a reader wants it.
    value: String,
    /// Number of the evidence; `null` if it is not known.
    evidence: Option<i64>,
    /// Name of the file; empty for a statement without one.
    file: String,
    /// Where in the file.
    place: String,
    /// Hash of the file.
    sha256: Option<String>,
    /// Day it was observed.
    #[schema(format = Date)]
    observed_on: Option<String>,
    /// Days from then to the assessment.
    age_days: Option<i64>,
    /// How good it is.
    grade: GradeBody,
    /// Too old to count.
    stale: bool,
}

impl From<EvidenceLine> for EvidenceRefBody {
    fn from(line: EvidenceLine) -> Self {
        Self {
            subject: line.subject_id,
            name: line.subject,
            label: line.label,
            value: line.value,
            evidence: (line.evidence > 0).then_some(line.evidence),
            file: line.file_name,
            place: line.locator.to_string(),
            sha256: line.sha256.map(|hash| hash.to_string()),
            observed_on: line.observed_on.map(|day| day.to_string()),
            age_days: line.age_days,
            grade: line.grade.into(),
            stale: line.stale,
        }
    }
}

/// One item of a checklist.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ItemBody {
    id: String,
    /// As printed: 2⑤.
    number: String,
    section: String,
    text: String,
    verdict: VerdictBody,
    /// Why.
    reason: String,
    /// What a person answered; `null` if nobody did.
    answer: Option<AnswerBody>,
    answered_by: String,
    #[schema(format = Date)]
    checked_on: Option<String>,
    #[schema(format = Date)]
    target_on: Option<String>,
    /// Ids of the checks behind it.
    checks: Vec<String>,
    evidence: Vec<EvidenceRefBody>,
}

impl From<ItemReport> for ItemBody {
    fn from(item: ItemReport) -> Self {
        Self {
            id: item.id,
            number: item.number,
            section: item.section,
            text: item.text,
            verdict: item.verdict.into(),
            reason: item.reason,
            answer: item.answer.map(AnswerBody::from),
            answered_by: item.answered_by,
            checked_on: item.checked_on.map(|day| day.to_string()),
            target_on: item.target_on.map(|day| day.to_string()),
            checks: item.checks.into_iter().map(|check| check.id).collect(),
            evidence: item.evidence.into_iter().map(EvidenceRefBody::from).collect(),
        }
    }
}

/// A checklist with its items.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ChecklistBody {
    checklist: ChecklistHeadBody,
    /// When it was assessed.
    #[schema(format = DateTime)]
    made_at: Option<String>,
    items: Vec<ItemBody>,
}

impl ChecklistBody {
    /// A checklist whose items carry their evidence.
    pub(in crate::api) fn new(checklist: Checklist, made_at: Option<String>) -> Self {
        Self {
            checklist: (&checklist.head).into(),
            made_at,
            items: checklist.items.into_iter().map(ItemBody::from).collect(),
        }
    }
}

/// What one check answered.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct CheckBody {
    id: String,
    /// The good state, as a sentence.
    title: String,
    severity: SeverityBody,
    /// `null` if it applies to nothing here.
    verdict: Option<VerdictBody>,
    /// Whether somebody answers for what fails.
    has_exception: bool,
    /// Kind of the subjects asked.
    subject: String,
    holds: usize,
    fails: usize,
    unknown: usize,
    stale: usize,
    not_applicable: usize,
    why: String,
    fix: String,
    /// What would answer it.
    ask: String,
    source: String,
    mark: MarkBody,
    /// Facts that were missing somewhere.
    missing: Vec<String>,
    evidence: Vec<EvidenceRefBody>,
}

impl From<CheckReport> for CheckBody {
    fn from(check: CheckReport) -> Self {
        let SubjectCounts { holds, fails, unknown, stale, not_applicable } = check.counts;
        Self {
            id: check.id,
            title: check.title,
            severity: check.severity.into(),
            verdict: check.verdict.map(VerdictBody::from),
            has_exception: check.has_exception,
            subject: check.subject,
            holds,
            fails,
            unknown,
            stale,
            not_applicable,
            why: check.why,
            fix: check.fix,
            ask: check.ask,
            source: check.source,
            mark: check.mark.into(),
            missing: check.missing,
            evidence: check.evidence.into_iter().map(EvidenceRefBody::from).collect(),
        }
    }
}

/// Something evidence contradicts.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FindingBody {
    check: String,
    severity: SeverityBody,
    /// The good state that does not hold.
    title: String,
    why: String,
    fix: String,
    /// Names of the subjects, possibly only the first ones.
    subjects: Vec<String>,
    /// How many there are.
    subjects_total: usize,
    evidence: Vec<EvidenceRefBody>,
}

impl From<FindingLine> for FindingBody {
    fn from(finding: FindingLine) -> Self {
        Self {
            check: finding.check_id,
            severity: finding.severity.into(),
            title: finding.title,
            why: finding.why,
            fix: finding.fix,
            subjects: finding.subjects,
            subjects_total: finding.subjects_total,
            evidence: finding.evidence.into_iter().map(EvidenceRefBody::from).collect(),
        }
    }
}

/// Findings, gravest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FindingsBody {
    pub(in crate::api) findings: Vec<FindingBody>,
    /// What to give as `after` for the rest; `null` if this is all.
    pub(in crate::api) next: Option<i64>,
}

/// Something nobody has shown, and how to get to know it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AskBody {
    what: String,
    how: String,
    /// Numbers of the items it would answer.
    answers: Vec<String>,
}

impl From<AskLine> for AskBody {
    fn from(ask: AskLine) -> Self {
        Self { what: ask.what, how: ask.how, answers: ask.answers }
    }
}

/// What is unknown.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AsksBody {
    pub(in crate::api) asks: Vec<AskBody>,
    /// What to give as `after` for the rest; `null` if this is all.
    pub(in crate::api) next: Option<i64>,
}
