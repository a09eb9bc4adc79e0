//! Every known thing on one line, for lists.

use std::collections::{BTreeSet, HashMap};

use assess::wording::fold;
use base::{FactValue, Subject, SubjectKind};
use evidence::World;
use evidence::world::KnownSubject;

use crate::assessment::Assessment;
use crate::build::Material;
use crate::conclusion::Conclusion;
use crate::lines::{plain_id, subject_names};
use crate::store::{SubjectLine, facts_of};

/// The lines of a site, by kind and identifier.
pub(crate) fn list(material: &Material<'_>) -> Vec<SubjectLine> {
    let names = subject_names(material.world);
    let failing = failing(material.assessment);
    let aliases = material.world.aliases();
    let mut lines = Vec::new();
    for kind in SubjectKind::LISTED {
        for (index, known) in material.world.of_kind(kind) {
            let failing = failing.get(&known.subject).map(Vec::as_slice).unwrap_or_default();
            let aliases = aliases.get(&index).map(Vec::as_slice).unwrap_or_default();
            lines.push(line(material, index, known, &names, failing, aliases));
        }
    }
    lines
}

/// Indexes of the checks that fail, by subject.
fn failing(assessment: &Assessment) -> HashMap<&Subject, Vec<usize>> {
    let mut failing: HashMap<&Subject, Vec<usize>> = HashMap::new();
    for answer in &assessment.answers {
        for subject in &answer.failing {
            failing.entry(subject).or_default().push(answer.check);
        }
    }
    failing
}

fn line(
    material: &Material<'_>,
    index: usize,
    known: &KnownSubject,
    names: &HashMap<Subject, String>,
    failing: &[usize],
    aliases: &[&Subject],
) -> SubjectLine {
    let world = material.world;
    let subject = &known.subject;
    let text_of = |key: &str| value(world, index, key);
    let text = |keys: &[&str]| keys.iter().find_map(|key| text_of(key)).unwrap_or_default();
    let checks: Vec<_> = failing.iter().filter_map(|check| material.checks.get(*check)).collect();
    let ids: String = checks.iter().map(|check| format!("{} ", check.id)).collect();
    let name = names.get(subject).cloned().unwrap_or_else(|| subject.id().to_owned());
    let in_ledger = match world.find(index, "asset.in_ledger").map(|fact| &fact.value) {
        Some(FactValue::Bool(true)) => Some(true),
        Some(_) => Some(false),
        None => None,
    };
    let mut line = SubjectLine {
        kind: subject.kind(),
        ident: subject.id().to_owned(),
        class: text(&["asset.class", "connection.kind", "policy.layer", "account.privileged"]),
        place: text(&["asset.department", "asset.location"]),
        owner: text(&["asset.owner", "asset.vendor", "connection.vendor"]),
        address: text(&["asset.ip", "connection.device"]),
        os: text(&["asset.os", "asset.firmware"]),
        criticality: text(&["asset.criticality"]),
        in_ledger,
        observed_at: known.facts().iter().map(|fact| fact.observed_at).max().unwrap_or_default(),
        fact_count: known.facts().len(),
        worst: checks.iter().map(|check| check.severity.rank()).min().unwrap_or(4),
        findings: checks.len(),
        failing: if ids.is_empty() { ids } else { format!(" {ids}") },
        aliases: aliases.iter().map(|alias| (*alias).clone()).collect(),
        conclusions: conclusions(world, known),
        folded: String::new(),
        facts: facts_of(subject.kind()).iter().filter_map(|key| Some(((*key).to_owned(), text_of(key)?))).collect(),
        marks: marks(subject, aliases, &[text(&["asset.hostname"]), text(&["vendor.name"])]),
        names: folded_all([text(&["connection.device", "policy.asset"]), text(&["asset.vendor", "connection.vendor"])]),
        name,
    };
    let words = [&line.name, &line.ident, &line.place, &line.owner, &line.address, &line.os].map(String::as_str);
    let hidden = [text(&["asset.hostname"]), text(&["asset.mac"]), text(&["account.name"])];
    let others: Vec<&str> = line.aliases.iter().map(Subject::id).chain(hidden.iter().map(String::as_str)).collect();
    line.folded = fold(&format!("{} {}", words.join(" "), others.join(" ")));
    line
}

/// What tells a subject from others: its identifiers, with and without what they are, and the names that identify it.
fn marks(subject: &Subject, aliases: &[&Subject], names: &[String]) -> BTreeSet<String> {
    let idents = std::iter::once(subject).chain(aliases.iter().copied()).map(Subject::id);
    let idents = idents.flat_map(|id| [id, plain_id(id)]).map(ToOwned::to_owned);
    folded_all(idents.chain(names.iter().cloned()))
}

fn folded_all(texts: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let folded = texts.into_iter().map(|text| fold(&text).trim().to_owned());
    folded.filter(|text| !text.is_empty() && !text.contains('\n')).collect()
}

fn value(world: &World, index: usize, key: &str) -> Option<String> {
    Some(world.find(index, key)?.value.to_string().replace('\n', "、")).filter(|text| !text.is_empty())
}

/// What was concluded about a subject.
fn conclusions(world: &World, known: &KnownSubject) -> Vec<Conclusion> {
    let concluded = known.facts().iter().filter(|fact| world.is_conclusion(fact));
    concluded
        .map(|fact| Conclusion {
            key: world.dictionary().key(fact.key).to_owned(),
            value: fact.value.to_string(),
            observed_at: fact.observed_at,
            grade: fact.grade,
            evidence: world.origin(fact.id).map_or(0, |origin| origin.evidence),
        })
        .collect()
}
