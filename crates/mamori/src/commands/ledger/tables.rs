//! Holds tables against the ledger: what each should hold is rebuilt from the entries and compared both ways, field by field.

use std::collections::BTreeMap;

use serde_json::Value;
use store::ledger::{Column, Entry, read_rows};
use store::{StoreError, Transaction};

/// What a row should say, by column. A column that no entry tells of is left out, and not compared.
pub(super) type Fields = BTreeMap<&'static str, Value>;

/// A row that the ledger knows of, and the entry that last told of it.
#[derive(Debug)]
pub(super) struct Witnessed {
    pub(super) seq: u64,
    pub(super) fields: Fields,
}

/// The rows a table should hold, by key.
pub(super) type Rows = BTreeMap<String, Witnessed>;

/// How one table is held against the ledger.
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    /// Columns of its key; the key of a row is their values with `/` between.
    pub(super) key: &'static [Column],
    /// Columns that are compared.
    pub(super) columns: &'static [Column],
    /// The rows it should hold, from the entries in order.
    pub(super) rebuild: fn(&[Entry]) -> Rows,
    /// Whether every row must have an entry; not if earlier versions wrote rows without one.
    pub(super) is_complete: bool,
}

/// A row that differs from what the ledger says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) table: &'static str,
    /// Key of the row.
    pub(super) id: String,
    /// Columns that differ; empty if the row is missing or not known.
    pub(super) fields: String,
    /// Message that says what is wrong.
    pub(super) message: &'static str,
    /// The entry that says otherwise; `None` if there is none about this row.
    pub(super) entry: Option<u64>,
}

impl Table {
    /// Compares the table with what `entries` say.
    pub(super) fn compare(&self, tx: &mut Transaction, entries: &[Entry]) -> Result<Vec<Difference>, StoreError> {
        let mut expected = (self.rebuild)(entries);
        let mut found = Vec::new();
        let all: Vec<Column> = self.key.iter().chain(self.columns).copied().collect();
        for row in read_rows(tx, self.name, &all)? {
            let (key, values) = row.split_at(self.key.len().min(row.len()));
            let id = key_of(key);
            match expected.remove(&id) {
                Some(witnessed) => found.extend(self.differ(&id, values, &witnessed)),
                None if self.is_complete => found.push(self.difference(&id, "ledger-row-extra", None)),
                None => {}
            }
        }
        found.extend(expected.iter().map(|(id, gone)| self.difference(id, "ledger-row-missing", Some(gone.seq))));
        Ok(found)
    }

    fn differ(&self, id: &str, values: &[Value], witnessed: &Witnessed) -> Option<Difference> {
        let differs = |(column, value): &(&Column, &Value)| {
            witnessed.fields.get(column.name()).is_some_and(|stated| stated != *value)
        };
        let names: Vec<&str> =
            self.columns.iter().zip(values).filter(differs).map(|(column, _)| column.name()).collect();
        (!names.is_empty()).then(|| Difference {
            fields: names.join(", "),
            ..self.difference(id, "ledger-row-differs", Some(witnessed.seq))
        })
    }

    fn difference(&self, id: &str, message: &'static str, entry: Option<u64>) -> Difference {
        Difference { table: self.name, id: id.to_owned(), fields: String::new(), message, entry }
    }
}

/// The key of a row as [`Rows`] has it.
pub(super) fn key_of(values: &[Value]) -> String {
    let texts: Vec<String> =
        values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)).collect();
    texts.join("/")
}

/// A text of the body of an entry; empty if it has none.
pub(super) fn text(entry: &Entry, member: &str) -> Value {
    entry.body.get(member).filter(|value| value.is_string()).cloned().unwrap_or_else(|| "".into())
}

/// A number of the body of an entry as the key of a row.
pub(super) fn number(entry: &Entry, member: &str) -> Option<String> {
    entry.body.get(member)?.as_i64().map(|number| number.to_string())
}
