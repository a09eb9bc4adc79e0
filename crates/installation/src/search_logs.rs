//! Event logs that came in are searched by the rules of the site. Killed in the middle it has written nothing, and begins anew.

use std::io::Write as _;

use anyhow::Result;
use eventlog::EventLogFile;
use eventlog::alerts::{self, SearchError, Searched, store as tables};
use eventlog::rules::Ruleset;
use serde_json::{Value, json};
use store::ledger::{LedgerError, NewEntry};
use store::{StoreError, Transaction};

use crate::opened::Installation;
use crate::work::Worker;

/// Search the event logs of a site that were not searched yet.
pub(crate) const SEARCH: &str = "eventlog.search";
/// Who the ledger says searched.
const WHO: &str = "mamori";
/// Logs looked up at once.
const BATCH: usize = 100;

/// Searches event logs.
pub(crate) struct SearchLogs;

impl Worker for SearchLogs {
    fn kind(&self) -> &'static str {
        SEARCH
    }

    fn run(&self, installation: &Installation, payload: &str) -> Result<()> {
        let site = site_of(payload);
        let site = site.as_str();
        let list =
            |after| installation.database.read(|tx| tables::list_unsearched(tx, site, EventLogFile::ID, after, BATCH));
        let mut waiting = list(0)?;
        if waiting.is_empty() {
            return Ok(());
        }
        let pack = &installation.packs.rules;
        let rules = Ruleset::compile(pack.rules(), &pack.pipelines(), None)?;
        let mut failed = None;
        while let Some(last) = waiting.last().copied() {
            for evidence in waiting {
                // One log that can't be searched must not keep those behind it from being searched.
                let done = search(installation, site, evidence, &rules)
                    .and_then(|searched| Ok(keep(installation, site, evidence, &searched)?));
                if let Err(err) = done {
                    tracing::warn!(site, evidence, error = %err, "an event log could not be searched");
                    failed = failed.or(Some(err));
                }
            }
            waiting = list(last)?;
        }
        match failed {
            Some(err) => Err(err),
            None => Ok(()),
        }
    }
}

/// Whether a site has event logs that were not searched yet; `payload` is that of a job.
///
/// # Errors
/// [`StoreError`] of the database.
pub(crate) fn is_due(tx: &mut Transaction, payload: &str) -> Result<bool, StoreError> {
    Ok(!tables::list_unsearched(tx, &site_of(payload), EventLogFile::ID, 0, 1)?.is_empty())
}

fn site_of(payload: &str) -> String {
    let payload: Value = serde_json::from_str(payload).unwrap_or_default();
    payload.get("site").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Searches one log. What turns out to be none yields nothing, and is not asked again.
fn search(installation: &Installation, site: &str, evidence: i64, rules: &Ruleset) -> Result<Searched> {
    let row = installation.database.read(|tx| evidence::store::find_evidence(tx, site, evidence))?;
    let Some(row) = row else { return Ok(Searched::default()) };
    let mut file = tempfile::NamedTempFile::new_in(&installation.settings.data)?;
    installation.blobs.copy_to(row.sha256, &mut file)?;
    file.flush()?;
    match alerts::search(rules, file.path(), evidence) {
        Ok(searched) => Ok(searched),
        Err(SearchError::NotEventLog(reason)) => {
            tracing::warn!(site, evidence, reason, "evidence taken for an event log is none");
            Ok(Searched::default())
        }
    }
}

fn keep(installation: &Installation, site: &str, evidence: i64, searched: &Searched) -> Result<(), LedgerError> {
    let now = installation.now();
    let hits: u64 = searched.found.iter().map(|found| found.hits).sum();
    let body = json!({
        "evidence": evidence,
        "rules": searched.rules,
        "packs": installation.packs.digest.to_string(),
        "events": searched.events,
        "lost": searched.lost,
        "alerts": searched.found.len(),
        "hits": hits,
    });
    let kept = installation.ledger.write::<_, LedgerError>(&installation.database, now, |tx| {
        if !tables::add_search(tx, site, evidence, searched, now)? {
            return Ok(false);
        }
        tx.append(&NewEntry { kind: "logs.searched", site, who: WHO, body: &body })?;
        Ok(true)
    })?;
    if kept {
        tracing::info!(site, evidence, events = searched.events, alerts = searched.found.len(), "event log searched");
    }
    Ok(())
}
