//! `membership`, as the entries about accounts say.

use serde_json::Value;
use store::ledger::{Column, Entry};

use super::tables::{Fields, Rows, Table, Witnessed, key_of, text};

pub(super) const MEMBERSHIP: Table = Table {
    name: "membership",
    key: &[
        Column::Through { column: "account", table: "account", text: "login" },
        Column::Text("site"),
        Column::Text("role"),
    ],
    columns: &[Column::Text("granted_by"), Column::Number("granted_at")],
    rebuild,
    is_complete: true,
};

fn rebuild(entries: &[Entry]) -> Rows {
    let mut rows = Rows::new();
    for entry in entries {
        let list = |member: &str| entry.body.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
        let login = text(entry, "login");
        let granted = || Witnessed {
            seq: entry.seq,
            fields: Fields::from([("granted_by", entry.who.as_str().into()), ("granted_at", entry.at.0.into())]),
        };
        match entry.kind.as_str() {
            "account.added" => {
                let roles = list("roles");
                for (site, role) in roles.iter().filter_map(|role| role.as_str()?.rsplit_once(": ")) {
                    rows.insert(key_of(&[login.clone(), site.into(), role.into()]), granted());
                }
            }
            "account.roles_changed" => {
                let key = |role: Value| key_of(&[login.clone(), text(entry, "at"), role]);
                for role in list("removed") {
                    rows.remove(&key(role));
                }
                rows.extend(list("added").into_iter().map(|role| (key(role), granted())));
            }
            _ => {}
        }
    }
    rows
}
