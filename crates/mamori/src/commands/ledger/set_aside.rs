//! `evidence_refusal` and `evidence_struck`, as the entries of the evidence count them and, since they carry it, by their hash.

use std::collections::BTreeMap;

use evidence::{FactSink, set_aside};
use serde_json::Value;
use store::ledger::{Column, Entry, read_rows};
use store::{StoreError, Transaction};

use super::tables::Difference;

/// A table of what was set aside of evidence, and the members of an entry that tell of it.
struct SetAside {
    table: &'static str,
    columns: &'static [Column],
    count: &'static str,
    hash: &'static str,
}

const TABLES: [SetAside; 2] = [
    SetAside {
        table: "evidence_refusal",
        columns: &[Column::Text("locator"), Column::Text("message"), Column::Text("detail")],
        count: "refused",
        hash: "refusals_hash",
    },
    SetAside {
        table: "evidence_struck",
        columns: &[Column::Text("what"), Column::Text("locator")],
        count: "struck",
        hash: "struck_hash",
    },
];

/// Compares what was set aside of every piece of evidence with the entry about it.
pub(super) fn compare(tx: &mut Transaction, entries: &[Entry]) -> Result<Vec<Difference>, StoreError> {
    let mut found = Vec::new();
    for one in &TABLES {
        let mut rows: BTreeMap<(i64, i64), Vec<String>> = BTreeMap::new();
        let columns = [&[Column::Number("evidence"), Column::Number("position")], one.columns].concat();
        for row in read_rows(tx, one.table, &columns)? {
            let [evidence, position, texts @ ..] = row.as_slice() else { continue };
            let key = (evidence.as_i64().unwrap_or_default(), position.as_i64().unwrap_or_default());
            let texts = texts.iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect();
            rows.insert(key, texts);
        }
        let mut by_evidence: BTreeMap<i64, Vec<Vec<String>>> = BTreeMap::new();
        for ((evidence, _), texts) in rows {
            by_evidence.entry(evidence).or_default().push(texts);
        }
        for entry in entries.iter().filter(|entry| entry.kind == "evidence.added") {
            let Some(id) = entry.body.get("id").and_then(Value::as_i64) else { continue };
            let kept = by_evidence.remove(&id).unwrap_or_default();
            if !agrees(entry, one, &kept) {
                found.push(difference(one, id, "ledger-row-differs", Some(entry.seq)));
            }
        }
        found.extend(by_evidence.keys().map(|id| difference(one, *id, "ledger-row-extra", None)));
    }
    Ok(found)
}

fn agrees(entry: &Entry, one: &SetAside, kept: &[Vec<String>]) -> bool {
    let stated = entry.body.get(one.count).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
    let is_whole = stated.is_none_or(|count| count.min(FactSink::MAX_REFUSALS) == kept.len() || count == kept.len());
    let hash = entry.body.get(one.hash).and_then(Value::as_str);
    is_whole && hash.is_none_or(|hash| hash == set_aside::hash_rows(kept).to_string())
}

fn difference(one: &SetAside, id: i64, message: &'static str, entry: Option<u64>) -> Difference {
    Difference { table: one.table, id: id.to_string(), fields: one.count.to_owned(), message, entry }
}
