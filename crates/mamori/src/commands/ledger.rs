//! `mamori ledger`: verify, checkpoint, prove, export.

mod decisions;
mod exceptions;
mod memberships;
mod reports;
mod set_aside;
mod sites;
mod tables;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base::ContentHash;
use evidence::facts_root::facts_root;
use evidence::store::{self as evidence_tables, EvidenceRow};
use serde_json::{Value, json};
use store::ledger::tree::{self, Peaks};
use store::ledger::{self, Checkpoint, Entry, Finding, Place, Problem, StepBack, Verification};
use store::{StoreError, Transaction};

use self::tables::{Difference, Table};
use super::Context;
use crate::cli::LedgerCommand;
use crate::output::{self, Outcome};
use installation::Installation;

/// Tables that are held against the ledger, row by row.
const TABLES: [Table; 8] = [
    exceptions::EXCEPTION,
    exceptions::CONTROL,
    exceptions::RULING,
    decisions::DECISION,
    memberships::MEMBERSHIP,
    sites::SITE,
    reports::MADE,
    reports::FILE,
];

/// Beginnings of the kinds of entries that tell what stands in them.
const WITNESSES: [&str; 7] =
    ["exception.", "decision.", "account.", "site.", "installation.set_up", "report.made", "evidence.added"];

pub(crate) fn run(context: Context<'_>, command: &LedgerCommand) -> Result<Outcome> {
    if let LedgerCommand::Verify { export: Some(folder), witnessed } = command {
        let mut result = ledger::verify_export(folder, None)?;
        if result.is_sound() {
            compare_with_witnessed(folder, &read_notes(witnessed)?, &mut result)?;
        }
        return Ok(show(&context, &result, &[], &[]));
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
    let remarks = installation.database.read(|tx| ledger::list_steps_back(tx, 0))?;
    let remarks: Vec<String> = remarks.iter().map(|step| say_step_back(installation, step)).collect();
    Ok(show(context, &result, &facts, &remarks))
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
            evidence_tables::each_named_fact(tx, |evidence, fact| {
                leaves.entry(evidence).or_default().push(fact.leaf());
                Ok(())
            })?;
            let mut rows: BTreeMap<i64, EvidenceRow> =
                evidence_tables::list_roots(tx)?.into_iter().map(|row| (row.ledger_seq, row)).collect();
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
            for evidence in evidence_tables::list_misfiled(tx)? {
                problems.push(installation.say("ledger-facts-misfiled", &[("number", evidence.into())]));
            }
            problems.extend(compare_tables(installation, tx)?);
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

/// Tables that differ from what the entries about their rows say, each difference in a sentence.
fn compare_tables(installation: &Installation, tx: &mut Transaction) -> Result<Vec<String>, StoreError> {
    let mut entries = Vec::new();
    each_entry(tx, |entry| {
        if WITNESSES.iter().any(|kind| entry.kind.starts_with(kind)) {
            entries.push(entry.clone());
        }
    })?;
    entries.reverse();
    let mut found = set_aside::compare(tx, &entries)?;
    for table in &TABLES {
        found.extend(table.compare(tx, &entries)?);
    }
    Ok(found.iter().map(|one| say(installation, one)).collect())
}

/// That time ran backwards at an entry, in a sentence.
pub(crate) fn say_step_back(installation: &Installation, step: &StepBack) -> String {
    let arguments = [("entry", step.seq.to_string().into()), ("minutes", (step.by_s / 60).into())];
    installation.say("ledger-clock-back", &arguments)
}

fn say(installation: &Installation, one: &Difference) -> String {
    let arguments = [
        ("table", one.table.into()),
        ("id", one.id.as_str().into()),
        ("fields", one.fields.as_str().into()),
        ("entry", one.entry.map_or_else(String::new, |seq| seq.to_string()).into()),
    ];
    installation.say(one.message, &arguments)
}

fn show(context: &Context<'_>, result: &Verification, facts: &[String], remarks: &[String]) -> Outcome {
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
            "remarks": remarks,
        }));
    } else {
        let id = if sound { "ledger-sound" } else { "ledger-damaged" };
        let arguments = [
            ("entries", result.entries.to_string().into()),
            ("blobs", result.blobs.to_string().into()),
            ("problems", problems.len().into()),
        ];
        output::line(&i18n::message(lang, id, &arguments));
        problems.iter().chain(remarks).for_each(|problem| output::line(&format!("  {problem}")));
    }
    if sound { Outcome::Done } else { Outcome::Contradicted }
}
