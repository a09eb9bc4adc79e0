//! What an import changed: verdicts, findings and tasks before, against those of the first assessment that has seen it.

use std::collections::BTreeMap;

use ::store::ledger::{Entry, EntrySearch, find_first_entry};
use ::store::{StoreError, Transaction};
use base::{Lang, UtcSeconds, Verdict};
use governance::snapshot;
use serde_json::{Value, json};

/// An item whose verdict was another one after the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Changed {
    pub(super) checklist: String,
    pub(super) checklist_id: String,
    pub(super) id: String,
    pub(super) number: String,
    pub(super) text: String,
    /// `None` if the site had not been assessed yet.
    pub(super) before: Option<Verdict>,
    pub(super) after: Verdict,
}

/// A check of which another number of things failed after the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangedFinding {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) before: usize,
    pub(super) after: usize,
}

/// What the first assessment with a batch said otherwise than the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) at: UtcSeconds,
    pub(super) items: Vec<Changed>,
    pub(super) findings: Vec<ChangedFinding>,
    /// Tasks that were opened and that ended.
    pub(super) tasks: (usize, usize),
}

impl Changes {
    pub(super) const fn is_nothing(&self) -> bool {
        self.items.is_empty() && self.findings.is_empty() && self.tasks.0 == 0 && self.tasks.1 == 0
    }
}

/// Before the id of a check among the verdicts that are kept: how many things fail it. No item has such an id.
const FAILS: &str = "fails/";

/// The verdict of every item now, and how many things fail each check, as JSON to be kept.
pub(super) fn list_verdicts(tx: &mut Transaction, site: &str, lang: Lang) -> Result<String, StoreError> {
    let mut verdicts = BTreeMap::new();
    for checklist in list_checklists(tx, site, lang)? {
        for item in checklist.items {
            verdicts.insert(item.id, item.verdict.name().to_owned());
        }
    }
    for finding in snapshot::list_findings_brief(tx, site, lang)? {
        verdicts.insert(format!("{FAILS}{}", finding.check_id), finding.subjects_total.to_string());
    }
    Ok(json!(verdicts).to_string())
}

fn list_checklists(tx: &mut Transaction, site: &str, lang: Lang) -> Result<Vec<snapshot::Checklist>, StoreError> {
    let Some(head) = snapshot::find_head(tx, site, lang)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for checklist in head.checklists {
        found.extend(snapshot::find_checklist(tx, site, lang, &checklist.id)?);
    }
    Ok(found)
}

/// The first assessment that has seen the evidence of a batch, the newest of which is entry `newest` of the ledger. What came later
/// is not the doing of this batch, so what that assessment said is read from the ledger and not from what stands today.
fn find_first_assessment(
    tx: &mut Transaction,
    site: &str,
    newest: u64,
    since: UtcSeconds,
) -> Result<Option<Entry>, StoreError> {
    let made = EntrySearch { site, kind: Some("assessment.made"), who: None, whole: None };
    find_first_entry(tx, &made, newest, |entry| {
        // Versions before this one did not say how far they had read.
        entry.body.get("as_of").and_then(Value::as_u64).map_or(entry.at >= since, |as_of| as_of > newest)
    })
}

/// When the site was first assessed with the evidence of a batch, and what was different from `before` then; `None` if it was not
/// yet. Items are worded as the checklists in force do; one that is no longer asked is left out.
pub(super) fn find_changes(
    tx: &mut Transaction,
    site: &str,
    lang: Lang,
    before: &str,
    (newest, since): (u64, UtcSeconds),
) -> Result<Option<Changes>, StoreError> {
    let Some(made) = find_first_assessment(tx, site, newest, since)? else { return Ok(None) };
    let before: BTreeMap<String, String> = serde_json::from_str(before).unwrap_or_default();
    let parse = |name: &str| Verdict::ALL.into_iter().find(|verdict| verdict.name() == name);
    let mut changed = Vec::new();
    for checklist in list_checklists(tx, site, lang)? {
        for item in checklist.items {
            let said = made.body.get("items").and_then(|items| items.get(&item.id)).and_then(Value::as_str);
            let Some(after) = said.and_then(parse) else { continue };
            let was = before.get(&item.id).and_then(|name| parse(name));
            if was == Some(after) || (was.is_none() && after == Verdict::Unknown) {
                continue;
            }
            changed.push(Changed {
                checklist: checklist.head.title.clone(),
                checklist_id: checklist.head.id.clone(),
                id: item.id,
                number: item.number,
                text: item.text,
                before: was,
                after,
            });
        }
    }
    let findings = changed_findings(tx, site, lang, &before, &made)?;
    Ok(Some(Changes { at: made.at, items: changed, findings, tasks: settled_tasks(tx, site, &made)? }))
}

/// Of how many things each check failed before, against the assessment. Nothing if the version that wrote either did not say.
fn changed_findings(
    tx: &mut Transaction,
    site: &str,
    lang: Lang,
    before: &BTreeMap<String, String>,
    made: &Entry,
) -> Result<Vec<ChangedFinding>, StoreError> {
    let Some(fails) = made.body.get("fails").and_then(Value::as_object) else { return Ok(Vec::new()) };
    let after = fails.iter().filter_map(|(id, count)| Some((id.clone(), usize::try_from(count.as_u64()?).ok()?)));
    let after: BTreeMap<String, usize> = after.collect();
    let was = before.iter().filter_map(|(key, count)| Some((key.strip_prefix(FAILS)?.to_owned(), count.parse().ok()?)));
    let was: BTreeMap<String, usize> = was.collect();
    let mut changed = Vec::new();
    for id in was.keys().chain(after.keys().filter(|id| !was.contains_key(*id))) {
        let count = |counts: &BTreeMap<String, usize>| counts.get(id).copied().unwrap_or_default();
        let (before, after) = (count(&was), count(&after));
        if before != after {
            let title = snapshot::find_check(tx, site, lang, id)?.map_or_else(|| id.clone(), |check| check.title);
            changed.push(ChangedFinding { id: id.clone(), title, before, after });
        }
    }
    Ok(changed)
}

/// How many tasks the assessment opened and closed. What it settled is written right before it, in the same transaction.
fn settled_tasks(tx: &mut Transaction, site: &str, made: &Entry) -> Result<(usize, usize), StoreError> {
    let settled = EntrySearch { site, kind: Some("tasks.settled"), who: None, whole: None };
    let from = made.seq.saturating_sub(1);
    let found = find_first_entry(tx, &settled, from, |entry| entry.seq <= made.seq)?;
    let count = |name: &str| {
        found.as_ref().and_then(|entry| entry.body.get(name)).and_then(Value::as_array).map_or(0, Vec::len)
    };
    Ok((count("opened"), count("closed")))
}
