//! A checklist, answered: what people said, held against what the evidence shows.

use assess::{Audience, Check, CheckState, ClaimState, DocumentState, Framework, Item, Reason, SiteKind, item_verdict};
use base::{Date, FactValue, SubjectKind, UtcSeconds, Verdict};
use evidence::World;

use crate::assessment::Assessment;
use crate::documents::DocumentKinds;

/// What a person answered to an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// `Some(true)` はい, `Some(false)` いいえ, `None` 対象外.
    pub answer: Option<bool>,
    /// 確認日
    pub checked_on: Option<Date>,
    /// 目標日
    pub target_on: Option<Date>,
    /// Who.
    pub by: String,
}

/// A document in the hands of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Index of its subject in the world.
    pub subject: usize,
    /// Kind.
    pub kind: String,
    /// Last day it counts; by the default of its kind if it names none.
    pub valid_until: Option<Date>,
    /// Elements it contains.
    pub sections: Vec<String>,
}

/// One item with its verdict.
#[derive(Debug, Clone)]
pub struct ItemAnswer<'f> {
    /// The item.
    pub item: &'f Item,
    /// What the evidence says.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What a person said.
    pub claim: Option<Claim>,
    /// Documents of the kinds this item accepts.
    pub documents: Vec<Document>,
}

impl ItemAnswer<'_> {
    /// Whether a person says that it is not done, and no evidence had to: the target day if one was given.
    #[must_use]
    pub fn not_yet(&self) -> Option<Option<Date>> {
        let is_no = self.verdict == Verdict::Attested && self.reasons.contains(&Reason::SaidNo);
        is_no.then(|| self.claim.as_ref().and_then(|claim| claim.target_on))
    }
}

/// Every item of one framework.
#[derive(Debug, Clone)]
pub struct SiteAnswers<'f> {
    /// The framework.
    pub framework: &'f Framework,
    /// Its items, in order.
    pub items: Vec<ItemAnswer<'f>>,
}

/// Answers `framework` from an assessment and the documents and claims in the world.
#[must_use]
pub fn answer<'f>(
    framework: &'f Framework,
    checks: &[Check],
    assessment: &Assessment,
    world: &World,
    kinds: &DocumentKinds,
) -> SiteAnswers<'f> {
    let documents = list_documents(world, kinds);
    let items = framework.items.iter().map(|item| answer_item(item, checks, assessment, world, &documents)).collect();
    SiteAnswers { framework, items }
}

fn answer_item<'f>(
    item: &'f Item,
    checks: &[Check],
    assessment: &Assessment,
    world: &World,
    documents: &[Document],
) -> ItemAnswer<'f> {
    let states: Vec<CheckState> = item
        .checks
        .iter()
        .filter_map(|id| {
            let answer = assessment.find(checks, id)?;
            Some(CheckState { check: id.clone(), verdict: answer.verdict, has_exception: answer.has_exception })
        })
        .collect();
    let documents: Vec<Document> =
        documents.iter().filter(|document| item.documents.contains(&document.kind)).cloned().collect();
    let document_states: Vec<DocumentState> = documents
        .iter()
        .map(|document| DocumentState {
            kind: document.kind.clone(),
            valid_until: document.valid_until,
            sections: document.sections.clone(),
        })
        .collect();
    let claim = find_claim(world, &item.id);
    let claim_state = claim.as_ref().and_then(|claim| {
        let answer = if claim.answer? { assess::Answer::Yes } else { assess::Answer::No };
        // An answer without a day is as old as can be.
        // Nobody has checked anything tomorrow.
        let checked_on = claim.checked_on.filter(|day| *day <= world.now().date_jst());
        Some(ClaimState { answer, checked_on: checked_on.unwrap_or(Date::from_days_since_epoch(0)) })
    });
    let found = item_verdict(item, &states, &document_states, claim_state.as_ref(), world.now());
    ItemAnswer { item, verdict: found.verdict, reasons: found.reasons, claim, documents }
}

/// The current answer to an item, if anybody gave one.
#[must_use]
pub fn find_claim(world: &World, item: &str) -> Option<Claim> {
    let subject = crate::statement::claim_subject(item)?;
    let (index, _) = world.of_kind(SubjectKind::Document).find(|(_, known)| known.subject == subject)?;
    // A newer answer takes the place of an older one as a whole: days and names of the older one must not linger.
    let same = |key: &str| evidence_of(world, index, key) == evidence_of(world, index, "document.answer");
    let day = |key: &str| match world.find(index, key).filter(|_| same(key))?.value {
        FactValue::Date(day) => Some(day),
        FactValue::Bool(_) | FactValue::Integer(_) | FactValue::Text(_) | FactValue::List(_) => None,
    };
    let answer = match world.find_text(index, "document.answer")? {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let by = world
        .find_text(index, "document.signed_by")
        .filter(|_| same("document.signed_by"))
        .unwrap_or_default()
        .to_owned();
    Some(Claim { answer, checked_on: day("document.checked_on"), target_on: day("document.target_on"), by })
}

/// Every document of the site, answers to items aside.
#[must_use]
pub fn list_documents(world: &World, kinds: &DocumentKinds) -> Vec<Document> {
    // What an earlier edition of a document said and the last one does not say no longer counts.
    let find = |index: usize, key: &str| {
        let of_last = |fact: &&assess::Fact| evidence_of(world, index, "document.kind") == origin_of(world, fact);
        world.find(index, key).filter(of_last).map(|fact| &fact.value)
    };
    let day = |index: usize, key: &str| match find(index, key) {
        Some(FactValue::Date(day)) => Some(*day),
        _ => None,
    };
    let mut documents = Vec::new();
    for (index, _) in world.of_kind(SubjectKind::Document) {
        let Some(kind) = world.find_text(index, "document.kind").filter(|kind| *kind != "claim") else { continue };
        let sections = match find(index, "document.sections") {
            Some(FactValue::List(items)) => items.clone(),
            _ => Vec::new(),
        };
        let by_default = || {
            let issued = day(index, "document.issued_on").or_else(|| received_on(world, index))?;
            Some(issued.plus_days(i64::from(kinds.find(kind).map_or(365, |kind| kind.valid_days))))
        };
        let valid_until = day(index, "document.valid_until").or_else(by_default);
        documents.push(Document { subject: index, kind: kind.to_owned(), valid_until, sections });
    }
    documents.sort_by(|a, b| (&a.kind, b.valid_until).cmp(&(&b.kind, a.valid_until)));
    documents
}

fn evidence_of(world: &World, index: usize, key: &str) -> Option<i64> {
    origin_of(world, world.find(index, key)?)
}

fn origin_of(world: &World, fact: &assess::Fact) -> Option<i64> {
    world.origin(fact.id).map(|origin| origin.evidence)
}

fn received_on(world: &World, index: usize) -> Option<Date> {
    world.find(index, "document.kind").map(|fact| fact.observed_at.date_jst())
}

/// The newest edition in force for an audience, if there is any.
#[must_use]
pub fn current_framework(frameworks: &[Framework], audience: Audience, now: UtcSeconds) -> Option<&Framework> {
    let today = now.date_jst();
    let fitting = frameworks.iter().filter(|one| one.audience == audience && one.valid_from <= today);
    fitting.max_by_key(|framework| framework.valid_from)
}

/// Whether the days of an edition are over: every item that names one, and there is at least one, names a day before `today`. That a newer
/// edition is missing is for the caller to know: [`current_framework`] prefers it as soon as it is there.
#[must_use]
pub fn is_edition_over(framework: &Framework, today: Date) -> bool {
    let last = framework.items.iter().filter_map(|item| item.deadline).max();
    last.is_some_and(|day| day < today)
}

/// The frameworks a site of this kind answers itself, the newest edition in force of each: its own, and the executives'.
#[must_use]
pub fn current_frameworks(frameworks: &[Framework], kind: SiteKind, now: UtcSeconds) -> Vec<&Framework> {
    let audiences = [kind.audience(), Audience::Executive];
    audiences.into_iter().filter_map(|audience| current_framework(frameworks, audience, now)).collect()
}
