//! `decision`, as the entries about decisions say.

use serde_json::Value;
use store::ledger::{Column, Entry};

use super::tables::{Fields, Rows, Table, Witnessed, number, text};

pub(super) const DECISION: Table = Table {
    name: "decision",
    key: &[Column::Number("id")],
    columns: &[
        Column::Text("site"),
        Column::Text("class"),
        Column::Text("question"),
        Column::Text("reason"),
        Column::Text("options"),
        Column::Text("due_on"),
        Column::Text("asked_by"),
        Column::Number("asked_at"),
        Column::Text("state"),
        Column::Text("choice"),
        Column::Text("remark"),
        Column::Text("decided_by"),
        Column::Text("deputy_for"),
        Column::Number("decided_at"),
    ],
    rebuild,
    is_complete: true,
};

fn rebuild(entries: &[Entry]) -> Rows {
    let mut rows = Rows::new();
    for entry in entries {
        let Some(id) = number(entry, "decision") else { continue };
        match entry.kind.as_str() {
            "decision.asked" => {
                rows.insert(id, Witnessed { seq: entry.seq, fields: asked(entry) });
            }
            "decision.made" => {
                let Some(row) = rows.get_mut(&id) else { continue };
                row.seq = entry.seq;
                row.fields.extend([
                    ("state", text(entry, "outcome")),
                    ("choice", text(entry, "choice")),
                    ("remark", text(entry, "reason")),
                    ("decided_by", entry.who.as_str().into()),
                    ("deputy_for", text(entry, "deputy_for")),
                    ("decided_at", entry.at.0.into()),
                ]);
            }
            _ => {}
        }
    }
    rows
}

fn asked(entry: &Entry) -> Fields {
    let options = entry.body.get("options").map(ToString::to_string).unwrap_or_default();
    Fields::from([
        ("site", entry.site.as_str().into()),
        ("class", text(entry, "class")),
        ("question", text(entry, "question")),
        ("reason", text(entry, "reason")),
        ("options", options.into()),
        ("due_on", text(entry, "due_on")),
        ("asked_by", entry.who.as_str().into()),
        ("asked_at", entry.at.0.into()),
        ("state", "waiting".into()),
        ("choice", "".into()),
        ("remark", "".into()),
        ("decided_by", "".into()),
        ("deputy_for", "".into()),
        ("decided_at", Value::Null),
    ])
}
