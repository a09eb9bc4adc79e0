//! `mamori fact`: what is known about a subject, with its history and its evidence.

use anyhow::Result;
use base::{Subject, SubjectKind};
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
    let history = installation.database.read(|tx| tables::list_history(tx, &site.id, &subject))?;
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
            }));
        } else {
            let value = fact.value.replace('\n', "、");
            output::line(&format!(
                "{}  {key} = {value}   #{} {file} {}",
                fact.observed_at.minute_jst(),
                fact.evidence,
                fact.locator
            ));
        }
    }
    Ok(Outcome::Done)
}
