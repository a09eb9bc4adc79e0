//! `exception`, `exception_control` and `exception_ruling`, as the entries about them say.

use serde_json::Value;
use store::ledger::{Column, Entry};

use super::tables::{Fields, Rows, Table, Witnessed, key_of, number, text};

pub(super) const EXCEPTION: Table = Table {
    name: "exception",
    key: &[Column::Number("id")],
    columns: &[
        Column::Text("site"),
        Column::Text("check_id"),
        Column::Text("subject"),
        Column::Text("reason"),
        Column::Text("requested_by"),
        Column::Number("requested_at"),
        Column::Text("expires_on"),
        Column::Text("state"),
        Column::Text("decided_by"),
        Column::Number("decided_at"),
        Column::Text("decided_why"),
    ],
    rebuild: rebuild_exceptions,
    is_complete: true,
};

pub(super) const CONTROL: Table = Table {
    name: "exception_control",
    key: &[Column::Number("exception"), Column::Number("position")],
    columns: &[Column::Text("control"), Column::Number("evidence")],
    rebuild: rebuild_controls,
    is_complete: true,
};

pub(super) const RULING: Table = Table {
    name: "exception_ruling",
    key: &[Column::Number("exception")],
    columns: &[Column::Text("outcome"), Column::Text("remark"), Column::Text("deputy_for")],
    rebuild: rebuild_rulings,
    is_complete: true,
};

fn rebuild_exceptions(entries: &[Entry]) -> Rows {
    let mut rows = Rows::new();
    for entry in entries.iter().filter(|entry| entry.kind.starts_with("exception.")) {
        let Some(id) = number(entry, "id") else { continue };
        let decided = |state: &str| {
            let (by, at) = (entry.who.as_str().into(), entry.at.0.into());
            [("state", state.into()), ("decided_by", by), ("decided_at", at), ("decided_why", text(entry, "reason"))]
        };
        match entry.kind.as_str() {
            "exception.requested" => {
                let fields = requested(entry);
                rows.insert(id, Witnessed { seq: entry.seq, fields });
            }
            kind => {
                let Some(row) = rows.get_mut(&id) else { continue };
                row.seq = entry.seq;
                row.fields.extend(decided(if kind == "exception.approved" { "approved" } else { "revoked" }));
            }
        }
    }
    rows
}

fn requested(entry: &Entry) -> Fields {
    Fields::from([
        ("site", entry.site.as_str().into()),
        ("check_id", text(entry, "check")),
        ("subject", text(entry, "subject")),
        ("reason", text(entry, "reason")),
        ("requested_by", entry.who.as_str().into()),
        ("requested_at", entry.at.0.into()),
        ("expires_on", text(entry, "expires_on")),
        ("state", "requested".into()),
        ("decided_by", "".into()),
        ("decided_at", Value::Null),
        ("decided_why", "".into()),
    ])
}

fn rebuild_controls(entries: &[Entry]) -> Rows {
    let mut rows = Rows::new();
    for entry in entries.iter().filter(|entry| entry.kind == "exception.requested") {
        let controls = entry.body.get("controls").and_then(Value::as_array);
        let Some(id) = entry.body.get("id") else { continue };
        for (position, control) in (1_i64..).zip(controls.into_iter().flatten()) {
            let field = |name: &str| control.get(name).cloned().unwrap_or_default();
            let fields = Fields::from([("control", field("control")), ("evidence", field("evidence"))]);
            rows.insert(key_of(&[id.clone(), position.into()]), Witnessed { seq: entry.seq, fields });
        }
    }
    rows
}

fn rebuild_rulings(entries: &[Entry]) -> Rows {
    let mut rows = Rows::new();
    for entry in entries.iter().filter(|entry| entry.kind == "decision.made") {
        let Some(id) = number(entry, "exception") else { continue };
        let fields = Fields::from([
            ("outcome", text(entry, "outcome")),
            ("remark", text(entry, "reason")),
            ("deputy_for", text(entry, "deputy_for")),
        ]);
        rows.insert(id, Witnessed { seq: entry.seq, fields });
    }
    rows
}
