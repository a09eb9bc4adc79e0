//! `mamori ledger`: verify, checkpoint, prove, export.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use base::ContentHash;
use evidence::receive::facts_root;
use evidence::store::{self as tables, EvidenceRow};
use serde_json::{Value, json};
use store::ledger::{self, Entry, Verification};
use store::{StoreError, Transaction};

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

/// Entries read at once.
const PAGE: u32 = 1_000;

/// Compares every piece of evidence and its facts with what the ledger says about it, in both directions.
fn verify_facts(installation: &Installation) -> Result<Vec<String>> {
    let differs = |number: i64, name: &str| {
        installation.say("ledger-facts-differ", &[("number", number.into()), ("name", name.into())])
    };
    installation
        .database
        .read(|tx| {
            let mut leaves: HashMap<i64, Vec<ContentHash>> = HashMap::new();
            tables::each_named_fact(tx, |evidence, fact| {
                leaves.entry(evidence).or_default().push(fact.leaf());
                Ok(())
            })?;
            let mut rows: BTreeMap<i64, EvidenceRow> =
                tables::list_roots(tx)?.into_iter().map(|row| (row.ledger_seq, row)).collect();
            let mut problems = Vec::new();
            each_received(tx, |entry| {
                let row = i64::try_from(entry.seq).ok().and_then(|seq| rows.remove(&seq));
                let sound = row.is_some_and(|row| {
                    let root = facts_root(leaves.remove(&row.id).unwrap_or_default());
                    row.facts_root == root && agrees(entry, &row)
                });
                if !sound {
                    let number = entry.body.get("id").and_then(Value::as_i64).unwrap_or_default();
                    let name = entry.body.get("name").and_then(Value::as_str).unwrap_or_default();
                    problems.push(differs(number, name));
                }
            })?;
            problems.extend(rows.values().map(|row| differs(row.id, &row.name)));
            for evidence in leaves.keys().filter(|id| rows.values().all(|row| row.id != **id)) {
                problems.push(installation.say("ledger-facts-orphaned", &[("number", (*evidence).into())]));
            }
            Ok::<_, StoreError>(problems)
        })
        .map_err(Into::into)
}

/// Hands over every entry about evidence that was received, the newest first.
fn each_received(tx: &mut Transaction, mut each: impl FnMut(&Entry)) -> Result<(), StoreError> {
    let mut before = None;
    loop {
        let entries = ledger::list_entries(tx, before, PAGE)?;
        let Some(last) = entries.last() else { return Ok(()) };
        before = Some(last.seq);
        entries.iter().filter(|entry| entry.kind == "evidence.added").for_each(&mut each);
    }
}

/// Whether a row says what its entry says.
fn agrees(entry: &Entry, row: &EvidenceRow) -> bool {
    let stated = json!({
        "id": row.id,
        "blob": row.sha256.to_string(),
        "original": row.original.to_string(),
        "name": row.name,
        "importer": row.importer,
        "size_bytes": row.size_bytes,
        "accepted": row.accepted,
        "refused": row.refused,
        "facts": row.fact_count,
        "facts_root": row.facts_root.to_string(),
        "observed_at": row.observed_at.0,
    });
    let same = |(field, value): (&String, &Value)| entry.body.get(field) == Some(value);
    entry.site == row.site
        && entry.who == row.who
        && entry.at == row.received_at
        && stated.as_object().is_some_and(|stated| stated.iter().all(same))
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
