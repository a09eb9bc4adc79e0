//! Facts and evidence → lines of a report.

use std::collections::HashMap;

use ::store::{StoreError, Transaction};
use assess::{Definition, Fact, FactId};
use base::{FactValue, Lang, Locator, Subject, SubjectKind};
use evidence::World;
use evidence::store::{self as tables, EvidenceRow};
use report::model::EvidenceLine;

use crate::assessment::{CheckAnswer, Shown};
use crate::documents::DocumentKinds;

/// Most lines shown for one check or item; the spreadsheet of facts has the rest.
const MAX_LINES: usize = 60;

/// Looks up what a report shows of a fact.
pub(crate) struct Lookup<'a> {
    pub(crate) world: &'a World,
    pub(crate) lang: Lang,
    kinds: &'a DocumentKinds,
    evidence: HashMap<i64, EvidenceRow>,
    names: HashMap<Subject, String>,
}

impl<'a> Lookup<'a> {
    pub(crate) fn load(
        tx: &mut Transaction,
        site: &str,
        world: &'a World,
        lang: Lang,
        kinds: &'a DocumentKinds,
    ) -> Result<Self, StoreError> {
        let evidence = tables::list_evidence(tx, site)?.into_iter().map(|row| (row.id, row)).collect();
        Ok(Self { world, lang, kinds, evidence, names: subject_names(world) })
    }

    /// How a subject is called: its name with its identifier.
    pub(crate) fn name(&self, subject: &Subject) -> String {
        self.names.get(subject).cloned().unwrap_or_else(|| plain_id(subject.id()).to_owned())
    }

    /// The facts behind a check's answer, the failing subjects first.
    pub(crate) fn of_check(&self, tx: &mut Transaction, answer: &CheckAnswer) -> Result<Vec<EvidenceLine>, StoreError> {
        let mut lines = Vec::new();
        for Shown { subject, used, .. } in &answer.shown {
            for id in used {
                if lines.len() >= MAX_LINES {
                    return Ok(lines);
                }
                lines.extend(self.line(tx, subject, *id)?);
            }
        }
        Ok(lines)
    }

    /// The facts of one subject under these keys.
    pub(crate) fn of_subject(
        &self,
        tx: &mut Transaction,
        index: usize,
        keys: &[&str],
    ) -> Result<Vec<EvidenceLine>, StoreError> {
        let Some(subject) = self.world.subject(index).cloned() else { return Ok(Vec::new()) };
        let mut lines = Vec::new();
        for key in keys {
            if let Some(id) = self.world.find(index, key).map(|fact| fact.id) {
                lines.extend(self.line(tx, &subject, id)?);
            }
        }
        Ok(lines)
    }

    /// The value as a reader wants it; kinds of documents by their name.
    fn value(&self, definition: &Definition, fact: &Fact) -> String {
        if definition.key == "document.kind" {
            return self.kinds.label(&fact.value.to_string()).get(self.lang).to_owned();
        }
        show_value(definition, &fact.value, self.lang)
    }

    fn line(&self, tx: &mut Transaction, subject: &Subject, id: FactId) -> Result<Option<EvidenceLine>, StoreError> {
        let Some(origin) = self.world.origin(id) else { return Ok(None) };
        let Some((index, fact)) = self.world.fact(subject, id) else { return Ok(None) };
        debug_assert_eq!(self.world.subject(index), Some(subject), "a fact is looked up under its own subject");
        let Some(definition) = self.world.dictionary().definition(fact.key) else { return Ok(None) };
        let evidence = self.evidence.get(&origin.evidence);
        let locator = tables::find_locator(tx, origin.subject, origin.key, origin.evidence)?.unwrap_or(Locator::Whole);
        Ok(Some(EvidenceLine {
            subject_id: subject.to_string(),
            evidence: origin.evidence,
            label: definition.label.get(self.lang).to_owned(),
            value: self.value(definition, fact),
            subject: self.name(subject),
            file_name: evidence.map_or_else(String::new, |row| row.name.clone()),
            locator,
            sha256: evidence.map(|row| row.sha256),
            observed_on: Some(fact.observed_at.date_jst()),
            age_days: Some(self.world.now().days_since(fact.observed_at)),
            grade: fact.grade,
            stale: fact.is_stale(definition.fresh_days, self.world.now()),
        }))
    }
}

/// `hostname/ehr01` → `ehr01`: people need not know by which mark a thing was recognised.
pub(crate) fn plain_id(id: &str) -> &str {
    ["hostname/", "ip/", "name/"].iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(id)
}

/// A value as a reader wants it: named values by their label, lists on one line, numbers with their unit.
#[must_use]
pub fn show_value(definition: &Definition, value: &FactValue, lang: Lang) -> String {
    let text = value.to_string();
    match (value, lang) {
        (FactValue::Bool(true), Lang::Ja) => "はい".to_owned(),
        (FactValue::Bool(false), Lang::Ja) => "いいえ".to_owned(),
        (FactValue::Bool(true), Lang::En) => "yes".to_owned(),
        (FactValue::Bool(false), Lang::En) => "no".to_owned(),
        _ => {
            let unit = definition.unit.as_deref().map_or_else(String::new, |unit| unit_label(unit, lang));
            let label = definition.value_label(&text).map(|label| label.get(lang).to_owned());
            label.unwrap_or_else(|| format!("{}{unit}", text.replace('\n', "、")))
        }
    }
}

/// The unit as it stands behind a number.
fn unit_label(unit: &str, lang: Lang) -> String {
    const UNITS: [(&str, &str); 8] = [
        ("characters", "文字"),
        ("days", "日"),
        ("minutes", "分"),
        ("seconds", "秒"),
        ("milliseconds", "ミリ秒"),
        ("attempts", "回"),
        ("passwords", "個"),
        ("beds", "床"),
    ];
    let ja = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, ja)| *ja);
    match (lang, ja) {
        (Lang::Ja, Some(ja)) => ja.to_owned(),
        (Lang::Ja | Lang::En, _) => format!(" {unit}"),
    }
}

/// How people call each subject: its name with its identifier.
#[must_use]
pub fn subject_names(world: &World) -> HashMap<Subject, String> {
    const NAMED: [(SubjectKind, &str); 6] = [
        (SubjectKind::Asset, "asset.name"),
        (SubjectKind::Account, "account.name"),
        (SubjectKind::Connection, "connection.name"),
        (SubjectKind::Vendor, "vendor.name"),
        (SubjectKind::Policy, "policy.name"),
        (SubjectKind::Document, "document.title"),
    ];
    let mut names = HashMap::new();
    for (kind, key) in NAMED {
        for (index, known) in world.of_kind(kind) {
            let id = known.subject.id();
            let name = world.find_text(index, key).filter(|name| *name != id);
            let shown = match name {
                // The identifier of a document repeats its title; that of an account is a number nobody reads.
                Some(name) if matches!(kind, SubjectKind::Document | SubjectKind::Account) => name.to_owned(),
                Some(name) => format!("{name}（{id}）"),
                None => plain_id(id).to_owned(),
            };
            names.insert(known.subject.clone(), shown);
        }
    }
    names
}
