//! `mamori ledger`: verify, checkpoint, prove, export.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base::ContentHash;
use evidence::facts_root::facts_root;
use evidence::store::{self as tables, EvidenceRow};
use serde_json::{Value, json};
use store::ledger::tree::{self, Peaks};
use store::ledger::{self, Checkpoint, Entry, Finding, Place, Problem, Verification};
use store::{StoreError, Transaction};

use super::Context;
use crate::cli::LedgerCommand;
use crate::output::{self, Outcome};
use installation::Installation;

pub(crate) fn run(context: Context<'_>, command: &LedgerCommand) -> Result<Outcome> {
    if let LedgerCommand::Verify { export: Some(folder), witnessed } = command {
        let mut result = ledger::verify_export(folder, None)?;
        if result.is_sound() {
            compare_with_witnessed(folder, &read_notes(witnessed)?, &mut result)?;
        }
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

fn read_notes(paths: &[PathBuf]) -> Result<Vec<String>> {
    paths.iter().map(|path| std::fs::read_to_string(path).with_context(|| path.display().to_string())).collect()
}

/// Holds the entries of a sound export against checkpoints noted earlier: an export may be sound and yet of an older time.
fn compare_with_witnessed(folder: &Path, notes: &[String], result: &mut Verification) -> Result<()> {
    let key = std::fs::read_to_string(folder.join("public-key.txt"))?.trim_end().parse().context("public-key.txt")?;
    let mut signed: BTreeMap<u64, ContentHash> = BTreeMap::new();
    for note in notes {
        match Checkpoint::open(note, &key) {
            Ok(found) => {
                if signed.insert(found.size, found.root).is_some_and(|root| root != found.root) {
                    result
                        .problems
                        .push(Problem { place: Place::Checkpoint(found.size), finding: Finding::RootDiffers });
                }
            }
            Err(err) => {
                result.problems.push(Problem { place: Place::Checkpoint(0), finding: Finding::Checkpoint(err) })
            }
        }
    }
    let mut peaks = Peaks::default();
    for line in BufReader::new(File::open(folder.join("entries.jsonl"))?).split(b'\n') {
        peaks.push(tree::leaf_hash(&line?));
        if signed.remove(&peaks.size()).is_some_and(|root| root != peaks.root()) {
            result.problems.push(Problem { place: Place::Checkpoint(peaks.size()), finding: Finding::RootDiffers });
        }
    }
    for size in signed.into_keys() {
        let finding = Finding::Size { checkpoint: size, found: peaks.size() };
        result.problems.push(Problem { place: Place::Checkpoint(size), finding });
    }
    Ok(())
}

fn verify(installation: &Installation, context: &Context<'_>, witnessed: &[PathBuf]) -> Result<Outcome> {
    let notes = read_notes(witnessed)?;
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    verify_and_show(installation, context, &notes)
}

/// Verifies ledger, evidence and facts, and says what came out.
pub(crate) fn verify_and_show(
    installation: &Installation,
    context: &Context<'_>,
    witnessed: &[&str],
) -> Result<Outcome> {
    let key = installation.ledger.public_key();
    let result = ledger::verify(&installation.database, &installation.blobs, &key, witnessed)?;
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
            each_entry(tx, |entry| {
                if entry.kind != "evidence.added" {
                    return;
                }
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
            for evidence in tables::list_misfiled(tx)? {
                problems.push(installation.say("ledger-facts-misfiled", &[("number", evidence.into())]));
            }
            problems.extend(unwitnessed_exceptions(installation, tx)?);
            for evidence in leaves.keys().filter(|id| rows.values().all(|row| row.id != **id)) {
                problems.push(installation.say("ledger-facts-orphaned", &[("number", (*evidence).into())]));
            }
            Ok::<_, StoreError>(problems)
        })
        .map_err(Into::into)
}

/// Hands over every entry, the newest first.
fn each_entry(tx: &mut Transaction, mut each: impl FnMut(&Entry)) -> Result<(), StoreError> {
    let mut before = None;
    loop {
        let entries = ledger::list_entries(tx, before, PAGE)?;
        let Some(last) = entries.last() else { return Ok(()) };
        before = Some(last.seq);
        entries.iter().for_each(&mut each);
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

/// Exceptions in the table that the ledger does not have, or has otherwise.
fn unwitnessed_exceptions(installation: &Installation, tx: &mut Transaction) -> Result<Vec<String>, StoreError> {
    let mut requested: HashMap<i64, Entry> = HashMap::new();
    let mut states: HashMap<i64, &'static str> = HashMap::new();
    let mut entries = Vec::new();
    each_entry(tx, |entry| {
        if entry.kind.starts_with("exception.") {
            entries.push(entry.clone());
        }
    })?;
    for entry in entries.into_iter().rev() {
        let Some(id) = entry.body.get("id").and_then(Value::as_i64) else { continue };
        let state = match entry.kind.as_str() {
            "exception.requested" => "requested",
            "exception.approved" => "approved",
            _ => "revoked",
        };
        states.insert(id, state);
        if state == "requested" {
            requested.insert(id, entry);
        }
    }
    let mut problems = Vec::new();
    for site in tables::list_sites(tx)? {
        for exception in governance::store::list_exceptions(tx, &site.id)? {
            let entry = requested.get(&exception.id);
            let text = |field: &str| entry.and_then(|entry| entry.body.get(field)?.as_str()).unwrap_or_default();
            let subject = exception.subject.as_ref().map(ToString::to_string).unwrap_or_default();
            let agrees = states.get(&exception.id) == Some(&exception.state.name())
                && entry.is_some_and(|entry| entry.site == exception.site)
                && text("check") == exception.check
                && text("subject") == subject
                && text("expires_on") == exception.expires_on.to_string();
            if !agrees {
                problems.push(installation.say("ledger-exception-differs", &[("number", exception.id.into())]));
            }
        }
    }
    Ok(problems)
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
