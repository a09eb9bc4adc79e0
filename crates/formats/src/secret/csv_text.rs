//! Tables of delimited text.

use std::collections::HashMap;

use super::grid::{Cell, Grid};
use super::value::is_harmless;
use super::{Span, Words, find_in_piece};
use crate::delimited::{Record, Records};
use crate::secret::hint::Scope;
use crate::text::Units;

/// Records looked at to tell a table from other text.
const SAMPLE: usize = 12;

/// Adds the secrets of a table; `false` if the text is none.
pub(super) fn find(text: &str, words: &Words<'_>, spans: &mut Vec<Span>) -> bool {
    let units = Units::of_utf8(text.as_bytes());
    let Some(delimiter) = find_delimiter(text, units) else { return false };
    let mut grid = Grid::new(words);
    let mut width = usize::MAX;
    for record in Records::new(units, delimiter) {
        let cells: Vec<Cell> = cells(&record, &units);
        let had_secrets = grid.has_secrets();
        let struck = grid.row(record.line, &cells, record.fields.len() > width);
        if !had_secrets && grid.has_secrets() {
            width = record.fields.len();
        }
        let column_of = |index: usize| cells.get(index).map(|cell| cell.column);
        let labels: HashMap<u32, String> =
            struck.into_iter().filter_map(|(index, label)| Some((column_of(index)?, label))).collect();
        let spilled = record.unterminated && had_secrets;
        for (number, field) in (1_u32..).zip(&record.fields) {
            let label = labels.get(&number).map(String::as_str);
            // A quote that never closes hides all that follows in one field.
            let last = spilled
                && !is_harmless(text.get(field.from..field.to).unwrap_or_default())
                && usize::try_from(number).is_ok_and(|number| number == record.fields.len());
            match label.or_else(|| last.then_some("quotation mark that is never closed")) {
                Some(label) => spans.push(Span::new(field.from, field.to, label)),
                None => find_in_piece(text, field.from, field.to, Scope::Remark, spans),
            }
        }
    }
    true
}

fn cells(record: &Record, units: &Units<'_>) -> Vec<Cell> {
    let filled = (1_u32..).zip(&record.fields).map(|(column, field)| Cell { column, text: field.text(units) });
    filled.filter(|cell| !cell.text.trim().is_empty()).collect()
}

/// The delimiter with which most of the first records have one number of fields; `None` if the text is no table.
fn find_delimiter(text: &str, units: Units<'_>) -> Option<u8> {
    if text.trim_start().starts_with(['<', '{', '[']) {
        return None;
    }
    let fit = |delimiter: u8| {
        let counts: Vec<usize> =
            Records::new(units, delimiter).take(SAMPLE).map(|record| record.fields.len()).collect();
        let usual = counts.iter().copied().max_by_key(|count| counts.iter().filter(|other| *other == count).count())?;
        let fitting = counts.iter().filter(|count| **count == usual).count();
        // Titles above a table are few.
        (usual >= 2 && counts.len() >= 2 && fitting * 2 > counts.len()).then_some((fitting, usual))
    };
    let fits = [b',', b'\t', b';'].into_iter().filter_map(|delimiter| fit(delimiter).map(|fit| (fit, delimiter)));
    fits.max_by_key(|((fitting, usual), delimiter)| (*usual, *fitting, *delimiter == b','))
        .map(|(_, delimiter)| delimiter)
}
