//! Ledgers kept by hand, as XLSX or CSV: assets, outside connections, vendors, approved administrators, leavers.
//!
//! What a sheet is about is decided by its headers; the order of columns and extra columns do not matter.

use std::collections::HashMap;
use std::sync::Arc;

use assess::{KeyId, Wording};
use base::{FactValue, Grade, Locator, Subject, SubjectKind, Text};
use evidence::{FactSink, Importer, ReadError, Source};
use formats::scalar::normalise_hostname;
use formats::table::{self, Row, Table};

use super::cell;
use super::columns::Columns;

/// The kinds of sheets, with the facts that can identify a row (first present wins) and how many known headers make a sheet.
const KINDS: [(SubjectKind, &[&str], usize); 4] = [
    (SubjectKind::Asset, &["asset.id", "asset.hostname", "asset.ip", "asset.name"], 3),
    (SubjectKind::Connection, &["connection.name"], 3),
    (SubjectKind::Vendor, &["vendor.name"], 2),
    (SubjectKind::Account, &["account.name"], 2),
];

/// Reads ledgers.
#[derive(Debug)]
pub(crate) struct LedgerSheet {
    columns: Arc<Columns>,
    wording: Arc<Wording>,
}

/// A sheet whose headers were understood.
struct Layout<'t> {
    table: &'t Table,
    kind: SubjectKind,
    identity: &'static [&'static str],
    body: usize,
    /// Column, from 1 → fact.
    columns: Vec<(u32, KeyId)>,
}

impl LedgerSheet {
    /// An importer with these headers and words.
    #[must_use]
    pub(crate) const fn new(columns: Arc<Columns>, wording: Arc<Wording>) -> Self {
        Self { columns, wording }
    }

    /// The kind whose headers fit best; ties go to the earlier kind.
    fn layout<'t>(&self, table: &'t Table) -> Option<Layout<'t>> {
        let mut best: Option<(usize, Layout<'t>)> = None;
        for (kind, identity, least) in KINDS {
            let known = |label: &str| self.columns.find(kind, label).is_some();
            let Some(header) = table::find_header(table, &known) else { continue };
            let columns: Vec<(u32, KeyId)> = header
                .labels
                .iter()
                .filter_map(|label| self.columns.find(kind, &label.normal).map(|key| (label.column, key)))
                .collect();
            if columns.len() < least || best.as_ref().is_some_and(|(found, _)| *found >= columns.len()) {
                continue;
            }
            let layout = Layout { table, kind, identity, body: header.body, columns };
            best = Some((layout.columns.len(), layout));
        }
        best.map(|(_, layout)| layout)
    }
}

impl Importer for LedgerSheet {
    fn id(&self) -> &'static str {
        "ledger_sheet"
    }

    fn label(&self) -> Text {
        Text { ja: "台帳（Excel・CSV）".to_owned(), en: "ledger (Excel, CSV)".to_owned() }
    }

    fn grade(&self) -> Grade {
        Grade::Document
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        if table::looks_like_xlsx(source.bytes) {
            return true;
        }
        // The first lines are enough to find the headers; the whole file is read later.
        table::read_csv(head(source.bytes), &table::Limits::default()).is_ok_and(|head| self.layout(&head).is_some())
    }

    fn knows_word(&self, label: &str, value: &str) -> Option<bool> {
        let key = self.columns.about_passwords(label)?;
        Some(cell::is_word(key, &self.wording, value))
    }

    fn wants_preview(&self) -> bool {
        true
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let tables = read_tables(source)?;
        let layouts: Vec<Layout<'_>> = tables.iter().filter_map(|table| self.layout(table)).collect();
        if layouts.is_empty() {
            return Err(ReadError { message: "unreadable-no-header", locator: Locator::Whole, detail: String::new() });
        }
        for table in tables.iter().filter(|table| !layouts.iter().any(|layout| layout.table.sheet == table.sheet)) {
            if !table.rows.is_empty() {
                sink.refuse(table.locator(1, 1), "refused-sheet-without-header", &table.sheet);
            }
        }
        for layout in &layouts {
            self.read_sheet(layout, sink);
        }
        Ok(())
    }
}

/// The first 64 KiB, ending with a line.
fn head(bytes: &[u8]) -> &[u8] {
    let head = bytes.get(..64 << 10).unwrap_or(bytes);
    let end = if head.len() == bytes.len() {
        head.len()
    } else {
        head.iter().rposition(|byte| *byte == b'\n').unwrap_or(head.len())
    };
    head.get(..end).unwrap_or(head)
}

fn read_tables(source: &Source<'_>) -> Result<Vec<Table>, ReadError> {
    let limits = table::Limits::default();
    let unreadable = |detail: String| ReadError { message: "unreadable-table", locator: Locator::Whole, detail };
    if table::looks_like_xlsx(source.bytes) {
        return table::read_xlsx(source.bytes, &limits).map_err(|err| unreadable(err.to_string()));
    }
    table::read_csv(source.bytes, &limits).map(|table| vec![table]).map_err(|err| unreadable(err.to_string()))
}

impl LedgerSheet {
    fn read_sheet(&self, layout: &Layout<'_>, sink: &mut FactSink<'_>) {
        for problem in &layout.table.problems {
            sink.refuse(
                layout.table.locator(problem.row, problem.column),
                "refused-bad-cell",
                &problem.reason.to_string(),
            );
        }
        let mut seen: HashMap<Subject, u32> = HashMap::new();
        for row in layout.table.rows.iter().skip(layout.body) {
            let cells = self.read_row(layout, row, sink);
            if cells.values.is_empty() && cells.refused.is_empty() {
                continue;
            }
            let place = |column: u32| layout.table.locator(row.number, column);
            let Some(subject) = identify(layout, &cells.values, sink) else {
                sink.refuse(place(1), "refused-no-identity", "");
                continue;
            };
            if let Some(first) = seen.get(&subject) {
                sink.refuse(place(1), "refused-duplicate-row", &format!("{} ← {first}", subject.id()));
                continue;
            }
            seen.insert(subject.clone(), row.number);
            for (column, message) in cells.refused {
                sink.refuse(place(column), message, row.cell(column));
            }
            for (key, column, value) in cells.values {
                sink.say_key(&subject, key, value, place(column));
            }
            if layout.kind == SubjectKind::Asset {
                sink.say(&subject, "asset.in_ledger", FactValue::Bool(true), place(1));
            }
            sink.accept();
        }
    }

    fn read_row(&self, layout: &Layout<'_>, row: &Row, sink: &FactSink<'_>) -> Cells {
        let mut cells = Cells::default();
        for (column, key) in &layout.columns {
            let Some(definition) = sink.dictionary().definition(*key) else { continue };
            match read_cell(definition, &self.wording, row.cell(*column)) {
                Ok(Some(value)) => cells.values.push((*key, *column, value)),
                Ok(None) => {}
                Err(message) => cells.refused.push((*column, message)),
            }
        }
        cells
    }
}

/// One row, read.
#[derive(Default)]
struct Cells {
    values: Vec<(KeyId, u32, FactValue)>,
    refused: Vec<(u32, &'static str)>,
}

/// As [`cell::read`]; a date or a name in the column "approved" means yes.
fn read_cell(
    definition: &assess::Definition,
    wording: &Wording,
    text: &str,
) -> Result<Option<FactValue>, cell::CellRefusal> {
    let read = cell::read(definition, wording, text);
    if definition.key == "account.approved_privileged" && read.is_err() {
        let refused = REFUSALS_OF_APPROVAL.iter().any(|word| text.contains(word));
        return if refused { read } else { Ok(Some(FactValue::Bool(true))) };
    }
    read
}

/// What people write where approval was not given, or not yet: such a cell is neither a date nor a name.
const REFUSALS_OF_APPROVAL: [&str; 8] = ["未", "不", "却下", "否", "申請中", "審査中", "確認中", "?"];

fn identify(layout: &Layout<'_>, cells: &[(KeyId, u32, FactValue)], sink: &FactSink<'_>) -> Option<Subject> {
    let value_of = |key: &str| {
        let key = sink.dictionary().find(key)?.id;
        cells.iter().find(|(found, _, _)| *found == key).map(|(_, _, value)| value)
    };
    layout.identity.iter().find_map(|key| {
        let id = match (*key, value_of(key)?) {
            ("asset.hostname", FactValue::Text(name)) => format!("hostname/{}", normalise_hostname(name)?),
            ("asset.ip", FactValue::List(addresses)) => format!("ip/{}", addresses.first()?),
            ("asset.name", FactValue::Text(name)) => format!("name/{name}"),
            ("account.name", FactValue::Text(name)) => format!("name/{}", name.to_lowercase()),
            (_, FactValue::Text(id)) => id.clone(),
            _ => return None,
        };
        Subject::new(layout.kind, id).ok()
    })
}
