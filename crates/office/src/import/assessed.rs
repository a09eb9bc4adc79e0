//! What an import changed in the checklists: the verdicts before, against those of the next assessment.

use std::collections::BTreeMap;

use ::store::{StoreError, Transaction};
use base::{Lang, UtcSeconds, Verdict};
use governance::snapshot;
use serde_json::json;

/// An item whose verdict is another one now.
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

/// When the site was assessed after `since`, and what is different from `before`; `None` if it was not.
pub(super) fn find_changes(
    tx: &mut Transaction,
    site: &str,
    lang: Lang,
    before: &str,
    since: UtcSeconds,
) -> Result<Option<(UtcSeconds, Vec<Changed>)>, StoreError> {
    let Some(head) = snapshot::find_head(tx, site, lang)?.filter(|head| head.made_at >= since) else {
        return Ok(None);
    };
    let before: BTreeMap<String, String> = serde_json::from_str(before).unwrap_or_default();
    let parse = |name: &String| Verdict::ALL.into_iter().find(|verdict| verdict.name() == name);
    let mut changed = Vec::new();
    for checklist in list_checklists(tx, site, lang)? {
        for item in checklist.items {
            let was = before.get(&item.id).and_then(parse);
            if was == Some(item.verdict) || (was.is_none() && item.verdict == Verdict::Unknown) {
                continue;
            }
            changed.push(Changed {
                checklist: checklist.head.title.clone(),
                checklist_id: checklist.head.id.clone(),
                id: item.id,
                number: item.number,
                text: item.text,
                before: was,
                after: item.verdict,
            });
        }
    }
    Ok(Some((head.made_at, changed)))
}
