//! Every known thing on one line, for lists.

use std::collections::HashMap;

use assess::wording::fold;
use base::{FactValue, Subject, SubjectKind};
use evidence::World;
use evidence::world::KnownSubject;
use serde_json::json;

use crate::assessment::Assessment;
use crate::build::Material;
use crate::lines::subject_names;
use crate::store::SubjectLine;

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
    let text = |keys: &[&str]| keys.iter().find_map(|key| value(world, index, key)).unwrap_or_default();
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
        os: text(&["asset.os", "asset.firmware", "account.last_logon_on", "vendor.replied_on"]),
        criticality: text(&["asset.criticality", "account.enabled", "vendor.incident_support"]),
        in_ledger,
        observed_at: known.facts().iter().map(|fact| fact.observed_at).max().unwrap_or_default(),
        fact_count: known.facts().len(),
        worst: checks.iter().map(|check| check.severity.rank()).min().unwrap_or(4),
        findings: checks.len(),
        failing: if ids.is_empty() { ids } else { format!(" {ids}") },
        aliases: aliases.iter().map(|alias| (*alias).clone()).collect(),
        conclusions: conclusions(world, known),
        folded: String::new(),
        name,
    };
    let words = [&line.name, &line.ident, &line.place, &line.owner, &line.address, &line.os].map(String::as_str);
    let hidden = [text(&["asset.hostname"]), text(&["asset.mac"]), text(&["account.name"])];
    let others: Vec<&str> = line.aliases.iter().map(Subject::id).chain(hidden.iter().map(String::as_str)).collect();
    line.folded = fold(&format!("{} {}", words.join(" "), others.join(" ")));
    line
}

fn value(world: &World, index: usize, key: &str) -> Option<String> {
    Some(world.find(index, key)?.value.to_string().replace('\n', "、")).filter(|text| !text.is_empty())
}

/// What was concluded about a subject: key, value, when, from which evidence.
fn conclusions(world: &World, known: &KnownSubject) -> serde_json::Value {
    let concluded = known.facts().iter().filter(|fact| world.is_conclusion(fact));
    concluded
        .map(|fact| {
            json!({
                "key": world.dictionary().key(fact.key),
                "value": fact.value.to_string(),
                "observed_at": fact.observed_at.0,
                "grade": fact.grade,
                "evidence": world.origin(fact.id).map_or(0, |origin| origin.evidence),
            })
        })
        .collect()
}
