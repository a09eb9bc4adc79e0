//! What an import changed in the checklists: the verdicts before, against those of the first assessment that has seen it.

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

/// The verdict of every item now, as JSON to be kept.
pub(super) fn list_verdicts(tx: &mut Transaction, site: &str, lang: Lang) -> Result<String, StoreError> {
    let mut verdicts = BTreeMap::new();
    for checklist in list_checklists(tx, site, lang)? {
        for item in checklist.items {
            verdicts.insert(item.id, item.verdict.name());
        }
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
) -> Result<Option<(UtcSeconds, Vec<Changed>)>, StoreError> {
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
    Ok(Some((made.at, changed)))
}
