//! Tables as a grid.

use base::Locator;
use formats::table::{self, Limits, Table};

use super::{Cell, Drawn, Row, Wanted, visible};

/// Rows before and after the place.
const AROUND: u32 = 15;
/// Rows of a window.
const ROWS: u32 = 2 * AROUND + 1;
/// Columns of a window.
const COLUMNS: u32 = 16;
/// Columns at the beginning of a row that stay in sight: number and name of what it is about.
const NAMING_COLUMNS: u32 = 3;
/// Characters of a cell, and of the cell of the place.
const CELL_CHARS: usize = 40;
const HIT_CHARS: usize = 500;
/// Rows among which the headings are looked for.
const HEADING_ROWS: usize = 30;

/// The rows around the cell; `None` if this is no table that can be read.
pub(super) fn draw(bytes: &[u8], wanted: Wanted<'_>) -> Option<Drawn> {
    let tables = if bytes.starts_with(b"PK") {
        table::read_xlsx(bytes, &Limits::default()).ok()?
    } else {
        vec![table::read_csv(bytes, &Limits::default()).ok()?]
    };
    let (sheet, hit) = match wanted.at {
        Locator::Cell { sheet, row, column } => (Some(&**sheet), Some((*row, *column))),
        Locator::Whole | Locator::Line(_) | Locator::Byte(_) | Locator::Path(_) => (None, None),
    };
    let named = sheet.and_then(|name| tables.iter().find(|table| table.sheet == name));
    let shown = named.or_else(|| tables.first())?;
    let last = shown.rows.last().map_or(0, |row| row.number);
    let around = hit.map_or(1, |(row, _)| row.saturating_sub(AROUND));
    let first = wanted.from.map_or(around, |from| u32::try_from(from).unwrap_or(u32::MAX)).max(1);
    let after = first.saturating_add(ROWS);
    let columns = columns(shown, hit.map_or(1, |(_, column)| column));
    let heading = find_heading(shown);
    Some(Drawn {
        headings: headings(shown, heading.filter(|row| *row < first), &columns),
        rows: rows(shown, first, hit, &columns),
        before: (first > 1).then(|| u64::from(first.saturating_sub(ROWS).max(1))),
        after: (after <= last).then_some(u64::from(after)),
        sheets: tables.iter().map(|table| table.sheet.clone()).filter(|name| !name.is_empty()).collect(),
        is_lost: hit.is_some_and(|(row, _)| row > last) || (sheet.is_some() && named.is_none()),
    })
}

/// The columns of the window: those around the place, behind the first ones, which say what the row is about.
fn columns(table: &Table, hit: u32) -> Vec<u32> {
    let widest = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let widest = u32::try_from(widest).unwrap_or(u32::MAX);
    if hit <= COLUMNS {
        return (1..=widest.min(COLUMNS)).collect();
    }
    let around = COLUMNS - NAMING_COLUMNS;
    let first = hit - around / 2;
    (1..=NAMING_COLUMNS).chain(first..=widest.min(first.saturating_add(around - 1))).collect()
}

/// The row that is most likely the headings: the first that is about as full as the fullest near the top.
fn find_heading(table: &Table) -> Option<u32> {
    let filled = |row: &table::Row| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let top = || table.rows.iter().take(HEADING_ROWS);
    let most = top().map(filled).max()?;
    top().find(|row| filled(row) * 3 >= most * 2).map(|row| row.number)
}

fn headings(table: &Table, heading: Option<u32>, columns: &[u32]) -> Vec<Row> {
    let letters = columns.iter().map(|column| Cell { text: letters(table, *column), is_hit: false });
    let mut rows = vec![Row { label: String::new(), is_hit: false, cells: letters.collect() }];
    rows.extend(heading.map(|number| row_of(table, number, None, columns)));
    rows
}

/// `C` of column 3, as locators write it.
fn letters(table: &Table, column: u32) -> String {
    let text = table.locator(1, column).to_string();
    text.rsplit_once('!')
        .map(|(_, cell)| cell.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned())
        .unwrap_or_default()
}

/// Rows of the window; rows without content are shown, too, where the place is one.
fn rows(table: &Table, first: u32, hit: Option<(u32, u32)>, columns: &[u32]) -> Vec<Row> {
    let numbers =
        table.rows.iter().map(|row| row.number).filter(|number| (first..first.saturating_add(ROWS)).contains(number));
    numbers.map(|number| row_of(table, number, hit, columns)).collect()
}

fn row_of(table: &Table, number: u32, hit: Option<(u32, u32)>, columns: &[u32]) -> Row {
    let index = table.rows.binary_search_by_key(&number, |row| row.number).ok();
    let row = index.and_then(|index| table.rows.get(index));
    let is_hit = hit.is_some_and(|(row, _)| row == number);
    let cells = columns.iter().map(|column| {
        let is_hit = is_hit && hit.is_some_and(|(_, wanted)| wanted == *column);
        let text = row.map_or("", |row| row.cell(*column));
        Cell { text: visible(text, if is_hit { HIT_CHARS } else { CELL_CHARS }), is_hit }
    });
    Row { label: number.to_string(), is_hit, cells: cells.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_row_it_is_stays_in_sight_however_far_right_the_place_lies() {
        let line: Vec<String> = (1..=40).map(|column| format!("c{column}")).collect();
        let table = table::read_csv(format!("{0}\r\n{0}\r\n", line.join(",")).as_bytes(), &Limits::default()).unwrap();
        let shown = |hit| columns(&table, hit);
        assert_eq!(shown(16), (1..=16).collect::<Vec<_>>());
        assert_eq!(shown(32), [1, 2, 3].into_iter().chain(26..=38).collect::<Vec<_>>());
        assert_eq!(shown(17).get(..5).unwrap(), [1, 2, 3, 11, 12]);
    }
}
