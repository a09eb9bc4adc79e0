//! The cells of one sheet of a workbook.

use super::Words;
use super::grid::{Cell, Grid};
use super::part::{Edit, Piece, Pieces, Runs, attribute, escape, unescape};
use super::{MARK, mask_remark};

/// A string that cells of all sheets share.
#[derive(Debug, Default)]
pub(super) struct SharedString {
    pub(super) text: String,
    pub(super) runs: Runs,
    /// Cells that name it, and how many of them are struck.
    pub(super) uses: usize,
    pub(super) struck: usize,
    /// Sheet, row and column of the first cell that names it.
    pub(super) first: Option<(usize, u32, u32)>,
}

/// Reads `xl/sharedStrings.xml`.
pub(super) fn read_shared(part: &str) -> Vec<SharedString> {
    let mut strings = Vec::new();
    let mut current = SharedString::default();
    let (mut element, mut in_reading) = ("", false);
    for (from, to, piece) in Pieces::new(part) {
        match piece {
            Piece::Open { name: "si", is_empty: true, .. } => strings.push(SharedString::default()),
            Piece::Open { name, is_empty: false, .. } => {
                in_reading |= name == "rPh";
                element = name;
            }
            Piece::Close { name: "si" } => {
                current.text = current.runs.text();
                strings.push(std::mem::take(&mut current));
                element = "";
            }
            Piece::Close { name } => {
                in_reading &= name != "rPh";
                element = "";
            }
            // The reading of a word beside it says the same again; it must not become part of the text.
            Piece::Text { raw, is_data } if element == "t" && !in_reading => current.runs.push(from, to, raw, is_data),
            Piece::Open { .. } | Piece::Text { .. } => {}
        }
    }
    strings
}

/// A cell as it stands in the sheet.
#[derive(Debug, Default)]
struct Found {
    from: usize,
    to: usize,
    row: u32,
    column: u32,
    attributes: String,
    text: String,
    formula: String,
    shared: Option<usize>,
}

/// What was struck in a sheet.
#[derive(Debug, Default)]
pub(super) struct SheetStruck {
    pub(super) edits: Vec<Edit>,
    /// Row, column, label or word.
    pub(super) places: Vec<(u32, u32, String)>,
    /// The values, to be found in other parts too.
    pub(super) values: Vec<String>,
}

/// Strikes the secrets of one sheet, except those in shared strings, which it counts.
pub(super) fn strike(part: &str, number: usize, shared: &mut [SharedString], words: &Words<'_>) -> SheetStruck {
    let mut struck = SheetStruck::default();
    let mut grid = Grid::new(words);
    let mut row: Vec<Found> = Vec::new();
    let mut reader = CellReader::default();
    for (from, to, piece) in Pieces::new(part) {
        let Some(cell) = reader.take(from, to, piece, shared) else { continue };
        if row.first().is_some_and(|first| first.row != cell.row) {
            judge_row(&mut grid, &std::mem::take(&mut row), number, shared, &mut struck);
        }
        row.push(cell);
    }
    judge_row(&mut grid, &row, number, shared, &mut struck);
    struck
}

fn judge_row(grid: &mut Grid<'_>, row: &[Found], sheet: usize, shared: &mut [SharedString], struck: &mut SheetStruck) {
    let Some(first) = row.first() else { return };
    let filled: Vec<&Found> = row.iter().filter(|cell| !cell.text.trim().is_empty()).collect();
    let cells: Vec<Cell> = filled.iter().map(|cell| Cell { column: cell.column, text: cell.text.clone() }).collect();
    let verdicts = grid.row(first.row, &cells, false);
    let mut labels = verdicts.into_iter().peekable();
    for (index, cell) in filled.iter().enumerate() {
        let mut label = None;
        while let Some((_, found)) = labels.next_if(|(at, _)| *at <= index) {
            label = Some(found);
        }
        let shared = cell.shared.and_then(|index| shared.get_mut(index));
        if let Some(label) = label {
            struck.edits.push(replaced(cell, MARK));
            struck.places.push((cell.row, cell.column, label));
            struck.values.push(cell.text.clone());
            if let Some(shared) = shared {
                shared.uses += 1;
                shared.struck += 1;
            }
            continue;
        }
        if let Some(shared) = shared {
            shared.uses += 1;
            shared.first.get_or_insert((sheet, cell.row, cell.column));
            continue;
        }
        let masked =
            mask_remark(&cell.text).or_else(|| mask_remark(&cell.formula).map(|(_, what)| (MARK.to_owned(), what)));
        if let Some((masked, what)) = masked {
            struck.edits.push(replaced(cell, &masked));
            struck.places.push((cell.row, cell.column, what));
        }
    }
}

/// The cell with a text instead of its value and formula; its place and look stay.
fn replaced(cell: &Found, text: &str) -> Edit {
    let mut kept = String::new();
    for name in ["r", "s"] {
        if let Some(value) = attribute(&cell.attributes, name) {
            kept.push_str(&format!(" {name}=\"{value}\""));
        }
    }
    let text = escape(text);
    Edit {
        from: cell.from,
        to: cell.to,
        text: format!("<c{kept} t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"),
    }
}

#[derive(Default)]
struct CellReader {
    row: u32,
    column: u32,
    cell: Option<Found>,
    element: String,
    in_reading: bool,
    value: String,
    inline: String,
}

impl CellReader {
    /// Takes the next piece; gives a cell when it ends.
    fn take(&mut self, from: usize, to: usize, piece: Piece<'_>, shared: &[SharedString]) -> Option<Found> {
        match piece {
            Piece::Open { name: "row", attributes, .. } => {
                self.row =
                    attribute(attributes, "r").and_then(|row| row.parse().ok()).unwrap_or(self.row.saturating_add(1));
                self.column = 0;
            }
            Piece::Open { name: "c", attributes, is_empty } => {
                let column = attribute(attributes, "r").and_then(column_of);
                self.column = column.unwrap_or(self.column.saturating_add(1));
                let attributes = attributes.to_owned();
                let cell = Found { from, row: self.row, column: self.column, attributes, ..Found::default() };
                self.cell = (!is_empty).then_some(cell);
                (self.value, self.inline) = (String::new(), String::new());
            }
            Piece::Open { name, is_empty, .. } => {
                self.in_reading |= name == "rPh" && !is_empty;
                self.element = if is_empty { String::new() } else { name.to_owned() };
            }
            Piece::Close { name: "c" } => return self.end(to, shared),
            Piece::Close { name } => {
                self.in_reading &= name != "rPh";
                self.element.clear();
            }
            Piece::Text { raw, is_data } => {
                let text = if is_data { raw.to_owned() } else { unescape(raw) };
                match self.element.as_str() {
                    "v" => self.value.push_str(&text),
                    "t" if !self.in_reading => self.inline.push_str(&text),
                    "f" => {
                        if let Some(cell) = self.cell.as_mut() {
                            cell.formula.push_str(&text);
                        }
                    }
                    _ => {}
                }
            }
        }
        None
    }

    fn end(&mut self, to: usize, shared: &[SharedString]) -> Option<Found> {
        let mut cell = self.cell.take()?;
        cell.to = to;
        let value = std::mem::take(&mut self.value);
        match attribute(&cell.attributes, "t") {
            Some("s") => {
                cell.shared = value.trim().parse().ok().filter(|index: &usize| *index < shared.len());
                cell.text =
                    cell.shared.and_then(|index| shared.get(index)).map(|found| found.text.clone()).unwrap_or_default();
            }
            Some("inlineStr") => cell.text = std::mem::take(&mut self.inline),
            Some("b") => cell.text = if value.trim() == "1" { "true" } else { "false" }.to_owned(),
            Some("e") => {}
            Some(_) | None => cell.text = value,
        }
        Some(cell)
    }
}

/// `AB12` → 28.
pub(super) fn column_of(place: &str) -> Option<u32> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.fold(0_u32, |number, letter| {
        number.saturating_mul(26).saturating_add(u32::from(letter.to_ascii_uppercase().saturating_sub(b'A')) + 1)
    });
    (number > 0).then_some(number)
}

/// `AB12` → 12.
pub(super) fn row_of(place: &str) -> Option<u32> {
    place.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
}
