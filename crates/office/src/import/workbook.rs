//! Passwords in a workbook. A CSV is kept without them; out of a workbook nothing can be taken without making it another file, so
//! such a one is not kept at all.

use ::evidence::{Registry, Source};
use formats::table::{self, Limits, Row, Table};

/// Rows among which the headings are looked for.
const HEADING_ROWS: usize = 20;

/// The first secret that stands in a workbook; `None` if there is none, or if this is no workbook that can be read.
pub(super) fn find_secret(registry: &Registry, source: &Source<'_>) -> Option<String> {
    if !table::looks_like_xlsx(source.bytes) {
        return None;
    }
    let tables = table::read_xlsx(source.bytes, &Limits::default()).ok()?;
    tables.iter().find_map(|table| find_in_table(registry, table))
}

/// Asks those who take secrets out of CSV: first whether a heading is one of a secret, then whether anything stands below it.
fn find_in_table(registry: &Registry, table: &Table) -> Option<String> {
    let ask = |text: &str| {
        let redaction = registry.iter().find_map(|importer| importer.redact(text.as_bytes()))?;
        redaction.struck.into_iter().next().map(|struck| struck.what)
    };
    table.rows.iter().take(HEADING_ROWS).enumerate().find_map(|(index, heading)| {
        let columns = heading.cells.len();
        let probe = Row { number: 0, cells: vec!["x".to_owned(); columns] };
        ask(&csv(heading, std::iter::once(&probe)))?;
        ask(&csv(heading, table.rows.iter().skip(index + 1)))
    })
}

/// The rows as CSV, each as wide as its heading.
fn csv<'r>(heading: &'r Row, rows: impl Iterator<Item = &'r Row>) -> String {
    let mut text = String::new();
    for row in std::iter::once(heading).chain(rows) {
        let columns = 1..=u32::try_from(heading.cells.len()).unwrap_or(u32::MAX);
        let cells: Vec<String> = columns.map(|column| table::write_csv_cell(row.cell(column))).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}
