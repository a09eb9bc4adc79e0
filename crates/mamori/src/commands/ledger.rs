//! `mamori ledger`: verify, checkpoint, prove, export.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use base::ContentHash;
use evidence::receive::facts_root;
use evidence::store as tables;
use serde_json::json;
use store::StoreError;
use store::ledger::{self, Verification};

use super::Context;
use crate::cli::LedgerCommand;
use crate::installation::Installation;
use crate::output::{self, Outcome};

pub(crate) fn run(context: Context<'_>, command: &LedgerCommand) -> Result<Outcome> {
    if let LedgerCommand::Verify { export: Some(folder), .. } = command {
        let result = ledger::verify_export(folder, None)?;
        return Ok(show(&context, &result, &[]));
    }
    let installation = context.open_for_verification()?;
    match command {
        LedgerCommand::Verify { witnessed, .. } => verify(&installation, &context, witnessed),
        LedgerCommand::Checkpoint => {
            let note = installation.database.read(ledger::find_checkpoint)?;
            match note {
                Some(note) => output::line(note.trim_end()),
                None => output::note(&installation.say("ledger-empty", &[])),
            }
            Ok(Outcome::Done)
        }
        LedgerCommand::Prove { seq } => {
            let document = installation.database.read(|tx| ledger::inclusion_document(tx, *seq))?;
            output::json(&document);
            Ok(Outcome::Done)
        }
        LedgerCommand::Export { dir, without_blobs } => {
            let blobs = (!without_blobs).then_some(&installation.blobs);
            let exported = ledger::export(&installation.database, blobs, &installation.ledger.public_key(), dir)?;
            if context.global.json {
                output::json(&json!({ "entries": exported.entries, "blobs": exported.blobs, "folder": dir }));
            } else {
                let arguments =
                    [("entries", exported.entries.to_string().into()), ("folder", dir.display().to_string().into())];
                output::line(&installation.say("ledger-exported", &arguments));
            }
            Ok(Outcome::Done)
        }
    }
}

fn verify(installation: &Installation, context: &Context<'_>, witnessed: &[PathBuf]) -> Result<Outcome> {
    let notes: Vec<String> = witnessed
        .iter()
        .map(|path| std::fs::read_to_string(path).with_context(|| path.display().to_string()))
        .collect::<Result<_>>()?;
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    let result =
        ledger::verify(&installation.database, &installation.blobs, &installation.ledger.public_key(), &notes)?;
    let facts = verify_facts(installation)?;
    Ok(show(context, &result, &facts))
}

/// Compares every fact in the database with the hash that the ledger holds for its evidence.
fn verify_facts(installation: &Installation) -> Result<Vec<String>> {
    installation
        .database
        .read(|tx| {
            let mut leaves: HashMap<i64, Vec<ContentHash>> = HashMap::new();
            tables::each_named_fact(tx, |evidence, fact| {
                leaves.entry(evidence).or_default().push(fact.leaf());
                Ok(())
            })?;
            let mut problems = Vec::new();
            for row in tables::list_roots(tx)? {
                let found = facts_root(leaves.remove(&row.id).unwrap_or_default());
                let seq = u64::try_from(row.ledger_seq).unwrap_or(u64::MAX);
                let entry = ledger::find_entry(tx, seq)?.unwrap_or_default();
                let stated: serde_json::Value = serde_json::from_str(&entry).unwrap_or_default();
                let field = |name: &str| {
                    stated
                        .pointer(&format!("/body/{name}"))
                        .and_then(|value| value.as_str())
                        .unwrap_or_default()
                        .to_owned()
                };
                let agrees = found.to_string() == field("facts_root")
                    && row.sha256.to_string() == field("blob")
                    && row.original.to_string() == field("original")
                    && row.name == field("name");
                if !agrees {
                    problems.push(
                        installation
                            .say("ledger-facts-differ", &[("number", row.id.into()), ("name", row.name.into())]),
                    );
                }
            }
            for evidence in leaves.keys() {
                problems.push(installation.say("ledger-facts-orphaned", &[("number", (*evidence).into())]));
            }
            Ok::<_, StoreError>(problems)
        })
        .map_err(Into::into)
}

fn show(context: &Context<'_>, result: &Verification, facts: &[String]) -> Outcome {
    let lang = context.settings.lang;
    let sound = result.is_sound() && facts.is_empty();
    let problems: Vec<String> = result
        .problems
        .iter()
        .map(|problem| format!("{}: {}", problem.place, problem.finding.text().get(lang)))
        .chain(facts.iter().cloned())
        .collect();
    if context.global.json {
        output::json(&json!({
            "sound": sound,
            "entries": result.entries,
            "blobs": result.blobs,
            "blobs_unchecked": result.blobs_unchecked,
            "root": result.root.to_string(),
            "problems": problems,
        }));
    } else {
        let id = if sound { "ledger-sound" } else { "ledger-damaged" };
        let arguments = [
            ("entries", result.entries.to_string().into()),
            ("blobs", result.blobs.to_string().into()),
            ("problems", problems.len().into()),
        ];
        output::line(&i18n::message(lang, id, &arguments));
        problems.iter().for_each(|problem| output::line(&format!("  {problem}")));
    }
    if sound { Outcome::Done } else { Outcome::Contradicted }
}
