//! `report_made` and `report_file`, as the entries about reports say.

use serde_json::Value;
use store::ledger::{Column, Entry};

use super::tables::{Fields, Rows, Table, Witnessed, key_of, number};

pub(super) const MADE: Table = Table {
    name: "report_made",
    key: &[Column::Number("id")],
    columns: &[Column::Number("made_at"), Column::Text("remarks")],
    rebuild: rebuild_made,
    is_complete: true,
};

pub(super) const FILE: Table = Table {
    name: "report_file",
    key: &[Column::Number("report"), Column::Text("name")],
    columns: &[Column::Text("sha256"), Column::Number("size_bytes")],
    rebuild: rebuild_files,
    is_complete: true,
};

fn rebuild_made(entries: &[Entry]) -> Rows {
    let made = entries.iter().filter(|entry| entry.kind == "report.made").filter_map(|entry| {
        let remarks = entry.body.get("remarks").map(ToString::to_string).unwrap_or_default();
        let fields = Fields::from([("made_at", entry.at.0.into()), ("remarks", remarks.into())]);
        Some((number(entry, "report")?, Witnessed { seq: entry.seq, fields }))
    });
    made.collect()
}

fn rebuild_files(entries: &[Entry]) -> Rows {
    let mut rows = Rows::new();
    for entry in entries.iter().filter(|entry| entry.kind == "report.made") {
        let Some(report) = entry.body.get("report") else { continue };
        for file in entry.body.get("files").and_then(Value::as_array).into_iter().flatten() {
            let field = |name: &str| file.get(name).cloned().unwrap_or_default();
            let fields = Fields::from([("sha256", field("blob")), ("size_bytes", field("size_bytes"))]);
            rows.insert(key_of(&[report.clone(), field("name")]), Witnessed { seq: entry.seq, fields });
        }
    }
    rows
}
