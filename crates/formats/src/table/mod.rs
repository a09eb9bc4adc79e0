//! Tables from CSV and Excel files, in one model: rows of texts that know where they stand.
//!
//! Macros, formulas and links are never run: of a formula only the value saved with it is read. Start with [`read_csv`],
//! [`read_xlsx`] and [`find_header`].

mod cells;
mod csv;
mod header;
mod xlsx;

pub use cells::has_too_many_cells;
pub use csv::{ReadCsvError, read_csv, write_csv_cell};
pub use header::{HeaderLabel, HeaderRow, find_header, normalise_label};
pub(crate) use xlsx::archive_limits;
pub use xlsx::{ReadXlsxError, looks_like_xlsx, read_xlsx};

use base::Locator;

/// How large a table may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// Expanded size of an Excel file, in bytes; also the size of all texts that are kept of a file, in UTF-8.
    pub expanded_bytes: u64,
    /// Number of sheets.
    pub sheets: usize,
    /// Number of rows with content in one table.
    pub rows: usize,
    /// Columns per row; cells further right are left out and reported.
    pub columns: usize,
    /// Cells in all tables of a file together, empty cells left of a filled one included.
    pub cells: usize,
    /// Length of one cell, in characters; longer ones are cut and reported.
    pub cell_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            expanded_bytes: 256 << 20,
            sheets: 200,
            rows: 200_000,
            columns: 1_000,
            cells: 5_000_000,
            cell_chars: 32_767,
        }
    }
}

/// One sheet, or one CSV file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Name of the sheet; empty for CSV.
    pub sheet: String,
    /// Rows with at least one filled cell, by number.
    pub rows: Vec<Row>,
    /// What could not be read as it stands, by row.
    pub problems: Vec<TableProblem>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Number from 1, as a spreadsheet program shows it: empty rows count, line breaks inside a cell do not.
    pub number: u32,
    /// Cells from column 1; rows may differ in length, and missing cells are empty.
    pub cells: Vec<String>,
}

impl Row {
    /// The cell of a column, from 1; an empty text if the row is shorter.
    #[must_use]
    pub fn cell(&self, column: u32) -> &str {
        let index = usize::try_from(column).ok().and_then(|column| column.checked_sub(1));
        index.and_then(|index| self.cells.get(index)).map_or("", String::as_str)
    }
}

impl Table {
    /// The place of a cell; row and column from 1.
    #[must_use]
    pub fn locator(&self, row: u32, column: u32) -> Locator {
        Locator::Cell { sheet: self.sheet.as_str().into(), row, column }
    }
}

/// Something in a table that could not be read as it stands; the rest of the table was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableProblem {
    /// Row from 1; 0 if the whole sheet is meant.
    pub row: u32,
    /// Column from 1; 0 if the whole row is meant.
    pub column: u32,
    /// What is wrong.
    pub reason: TableProblemReason,
}

/// What is wrong with a part of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableProblemReason {
    /// The cell was longer than allowed and is cut.
    #[error("cell is longer than {limit} characters and was cut")]
    CellCut {
        /// The limit, in characters.
        limit: usize,
    },
    /// The row has more columns than allowed; the rest is left out.
    #[error("row has more than {limit} columns, the rest was left out")]
    ColumnsCut {
        /// The limit.
        limit: usize,
    },
    /// A quotation mark was opened and never closed.
    #[error("quotation mark is never closed")]
    OpenQuote,
    /// The cell holds an Excel error such as `#REF!`; its text is kept.
    #[error("cell holds the error {found}")]
    ErrorCell {
        /// The error as Excel shows it.
        found: String,
    },
    /// Bytes that mean no character; each became U+FFFD.
    #[error("{places} places hold bytes that mean no character")]
    Unreadable {
        /// How many places.
        places: usize,
    },
    /// The sheet is damaged; the rows before the damage were kept.
    #[error("sheet is damaged after this row: {found}")]
    DamagedSheet {
        /// What the reader says.
        found: String,
    },
}

/// Collects cells within limits, whatever order they come in.
struct Builder<'a> {
    limits: &'a Limits,
    sheet: String,
    rows: std::collections::BTreeMap<u32, Vec<String>>,
    problems: Vec<TableProblem>,
    cells_left: usize,
    /// Bytes of text that may still be kept. A workbook names a long text by a short number as often as it likes.
    text_left: u64,
}

/// A table grew beyond a limit that must not be cut silently.
enum Overflow {
    Rows,
    Cells,
    Text,
}

/// Problems kept per table; a file with more is bad enough.
const MAX_PROBLEMS: usize = 1_000;

impl<'a> Builder<'a> {
    fn new(sheet: String, limits: &'a Limits, cells_left: usize, text_left: u64) -> Self {
        Self { limits, sheet, rows: std::collections::BTreeMap::new(), problems: Vec::new(), cells_left, text_left }
    }

    fn report(&mut self, row: u32, column: u32, reason: TableProblemReason) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(TableProblem { row, column, reason });
        }
    }

    /// Sets one cell; `row` and `column` count from 1. Empty texts take no room.
    fn set(&mut self, row: u32, column: u32, text: &str) -> Result<(), Overflow> {
        if text.is_empty() {
            return Ok(());
        }
        let index = usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1);
        if index >= self.limits.columns {
            let reason = TableProblemReason::ColumnsCut { limit: self.limits.columns };
            if self.problems.last().is_none_or(|last| last.row != row || last.reason != reason) {
                self.report(row, 0, reason);
            }
            return Ok(());
        }
        let kept = self.cut(row, column, text);
        let kept_bytes = u64::try_from(kept.len()).unwrap_or(u64::MAX);
        self.text_left = self.text_left.checked_sub(kept_bytes).ok_or(Overflow::Text)?;
        let is_new = !self.rows.contains_key(&row);
        if is_new && self.rows.len() >= self.limits.rows {
            return Err(Overflow::Rows);
        }
        let cells = self.rows.entry(row).or_default();
        let grown = (index + 1).saturating_sub(cells.len());
        self.cells_left = self.cells_left.checked_sub(grown).ok_or(Overflow::Cells)?;
        if cells.len() <= index {
            cells.resize(index + 1, String::new());
        }
        if let Some(cell) = cells.get_mut(index) {
            *cell = kept;
        }
        Ok(())
    }

    fn cut(&mut self, row: u32, column: u32, text: &str) -> String {
        let limit = self.limits.cell_chars;
        match text.char_indices().nth(limit) {
            None => text.to_owned(),
            Some((end, _)) => {
                self.report(row, column, TableProblemReason::CellCut { limit });
                text.get(..end).unwrap_or_default().to_owned()
            }
        }
    }

    fn finish(self) -> Table {
        let rows = self.rows.into_iter().map(|(number, cells)| Row { number, cells }).collect();
        Table { sheet: self.sheet, rows, problems: self.problems }
    }
}
