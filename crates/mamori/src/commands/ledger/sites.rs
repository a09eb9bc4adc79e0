//! `site`, as the entries about sites say.

use store::ledger::{Column, Entry};

use super::tables::{Fields, Rows, Table, Witnessed};

pub(super) const SITE: Table = Table {
    name: "site",
    key: &[Column::Text("id")],
    columns: &[Column::Text("name"), Column::Text("kind"), Column::Number("beds")],
    rebuild,
    // Earlier versions added sites from the command line without an entry.
    is_complete: false,
};

fn rebuild(entries: &[Entry]) -> Rows {
    let mut rows = Rows::new();
    for entry in entries.iter().filter(|entry| matches!(entry.kind.as_str(), "installation.set_up" | "site.changed")) {
        let field = |name: &'static str| (name, entry.body.get(name).cloned().unwrap_or_default());
        let fields = Fields::from([field("name"), field("kind"), field("beds")]);
        rows.insert(entry.site.clone(), Witnessed { seq: entry.seq, fields });
    }
    rows
}
