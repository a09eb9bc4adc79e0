//! `mamori fact`: what is known about a subject, with its history and its evidence.

use std::collections::BTreeSet;

use anyhow::Result;
use base::{Subject, SubjectKind};
use evidence::World;
use evidence::store as tables;
use serde_json::json;

use super::{Context, settle_site};
use crate::output::{self, Outcome};

pub(crate) fn run(context: Context<'_>, subject: Option<&str>) -> Result<Outcome> {
    let installation = context.open()?;
    let site = settle_site(&installation, &context.who(), &context.global.site, None)?;
    let Some(subject) = subject else {
        let world = installation.load_world(&site.id)?;
        for (_, kind) in SubjectKind::ALL {
            for (_, known) in world.of_kind(kind) {
                output::line(&known.subject.to_string());
            }
        }
        return Ok(Outcome::Done);
    };
    let subject: Subject = subject.parse()?;
    let evidence: std::collections::HashMap<i64, tables::EvidenceRow> = installation
        .database
        .read(|tx| tables::list_evidence(tx, &site.id))?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let (history, counting) = installation.database.read(|tx| {
        let history = tables::list_history(tx, &site.id, &subject)?;
        let (dictionary, now) = (&installation.packs.dictionary, installation.now());
        let one = World::load_one(tx, &site.id, dictionary, now, std::slice::from_ref(&subject))?;
        Ok::<_, store::StoreError>((history, counting(&one)))
    })?;
    if history.is_empty() {
        output::note(&installation.say("fact-unknown-subject", &[("subject", subject.to_string().into())]));
        return Ok(Outcome::Refused);
    }
    for (key, fact) in history {
        let file = evidence.get(&fact.evidence).map_or("", |row| row.name.as_str());
        if context.global.json {
            output::json(&json!({
                "key": key,
                "value": fact.value,
                "observed_at": fact.observed_at.rfc3339(),
                "grade": fact.grade,
                "evidence": fact.evidence,
                "file": file,
                "place": fact.locator,
                "counts": counting.contains(&(key.clone(), fact.evidence)),
            }));
        } else {
            let value = fact.value.replace('\n', "、");
            let counts = counting.contains(&(key.clone(), fact.evidence));
            let counts = if counts { installation.say("fact-counts", &[]) } else { String::new() };
            // The sheet of a CSV has no name.
            let place = fact.locator.replace("cell:!", "cell:");
            output::line(&format!(
                "{}  {key} = {value}   #{} {file} {place}{counts}",
                fact.observed_at.minute_jst(),
                fact.evidence,
            ));
        }
    }
    Ok(Outcome::Done)
}

/// Key and evidence of the observations that count now, of all that were ever made of one subject.
fn counting(one: &World) -> BTreeSet<(String, i64)> {
    let facts = SubjectKind::ALL.iter().flat_map(|(_, kind)| one.of_kind(*kind)).flat_map(|(_, known)| known.facts());
    let named =
        facts.filter_map(|fact| Some((one.dictionary().key(fact.key).to_owned(), one.origin(fact.id)?.evidence)));
    named.collect()
}
