//! CSV in the encodings and with the delimiters found in Japanese offices.

use super::{Builder, Limits, Overflow, Table, TableProblemReason};
use crate::text;

/// A CSV file could not be read at all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadCsvError {
    /// The file is too large.
    #[error("file of {found} bytes is above {limit} bytes")]
    TooLarge {
        /// Size found, in bytes.
        found: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The bytes are no text in UTF-8, UTF-16 or CP932.
    #[error("file is no text in UTF-8, UTF-16 or CP932")]
    NotText,
    /// More rows with content than allowed.
    #[error("more than {limit} rows")]
    TooManyRows {
        /// The limit.
        limit: usize,
    },
    /// More cells than allowed.
    #[error("more than {limit} cells")]
    TooManyCells {
        /// The limit.
        limit: usize,
    },
}

/// Reads a CSV file: UTF-8 with or without BOM, UTF-16, CP932; comma, semicolon or tab, whichever its first lines use.
///
/// Line breaks inside quotation marks belong to the cell (as `\n`); rows may differ in length; empty rows are left out.
///
/// # Errors
/// [`ReadCsvError`] if the file is no text or above a limit that may not be cut silently.
pub fn read_csv(bytes: &[u8], limits: &Limits) -> Result<Table, ReadCsvError> {
    let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if found > limits.bytes {
        return Err(ReadCsvError::TooLarge { found, limit: limits.bytes });
    }
    let decoded = decode(bytes).ok_or(ReadCsvError::NotText)?;
    let mut reader = CsvReader::new(&decoded.text, limits);
    if decoded.replaced > 0 {
        reader.builder.report(0, 0, TableProblemReason::Unreadable { places: decoded.replaced });
    }
    reader.read().map_err(|overflow| match overflow {
        Overflow::Rows => ReadCsvError::TooManyRows { limit: limits.rows },
        Overflow::Cells => ReadCsvError::TooManyCells { limit: limits.cells },
        Overflow::Text => ReadCsvError::TooLarge { found, limit: limits.expanded_bytes },
    })?;
    Ok(reader.builder.finish())
}

/// Writes one cell of a CSV file: quoted if needed, and with a leading apostrophe where a spreadsheet program would take
/// the text for a formula (`=`, `+`, `-`, `@`, their full-width forms, tab, line break at the start).
#[must_use]
pub fn write_csv_cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let shown = if is_formula { format!("'{text}") } else { text.to_owned() };
    if shown.contains(['"', ',', ';', '\t', '\r', '\n']) {
        return format!("\"{}\"", shown.replace('"', "\"\""));
    }
    shown
}

/// Text with zero characters, or with more than one unreadable place in ten bytes, is no text.
fn decode(bytes: &[u8]) -> Option<text::Decoded> {
    let decoded = text::decode(bytes);
    let is_text = !decoded.text.contains('\0') && decoded.replaced.saturating_mul(10) <= bytes.len();
    is_text.then_some(decoded)
}

/// Rows and characters looked at to guess the delimiter.
const GUESS_ROWS: usize = 20;
const GUESS_CHARS: usize = 100_000;

/// The delimiter that stands in most of the first rows; on a tie the one that stands there more often, comma first.
fn guess_delimiter(text: &str) -> char {
    let mut best = (',', (0, 0));
    for delimiter in [',', '\t', ';'] {
        let found = count_outside_quotes(text, delimiter);
        if found > best.1 {
            best = (delimiter, found);
        }
    }
    best.0
}

/// In how many of the first rows `delimiter` stands outside quotation marks, and how often in all.
fn count_outside_quotes(text: &str, delimiter: char) -> (usize, usize) {
    let (mut rows, mut total) = (0, 0);
    let (mut quoted, mut in_row, mut seen) = (false, 0, 0);
    for c in text.chars().take(GUESS_CHARS).chain(['\n']) {
        quoted ^= c == '"';
        if !quoted && c == delimiter {
            in_row += 1;
        }
        if !quoted && c == '\n' {
            rows += usize::from(in_row > 0);
            total += in_row;
            in_row = 0;
            seen += 1;
        }
        if seen == GUESS_ROWS {
            break;
        }
    }
    (rows, total)
}

/// Where the reader stands inside a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    /// Just after a quotation mark inside a quoted cell: the end of it, or the first half of `""`.
    QuoteSeen,
}

struct CsvReader<'a> {
    text: &'a str,
    delimiter: char,
    builder: Builder<'a>,
    row: u32,
    column: u32,
    cell: String,
}

impl<'a> CsvReader<'a> {
    fn new(text: &'a str, limits: &'a Limits) -> Self {
        let builder = Builder::new(String::new(), limits, limits.cells, limits.expanded_bytes);
        Self { text, delimiter: guess_delimiter(text), builder, row: 1, column: 1, cell: String::new() }
    }

    fn read(&mut self) -> Result<(), Overflow> {
        let mut state = State::Start;
        let mut opened = (1, 1);
        let mut chars = self.text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '\r' && chars.peek() == Some(&'\n') {
                continue;
            }
            let c = if c == '\r' { '\n' } else { c };
            state = match (state, c) {
                (State::Start, '"') => {
                    opened = (self.row, self.column);
                    State::Quoted
                }
                (State::Quoted, '"') => State::QuoteSeen,
                (State::QuoteSeen, '"') | (State::Quoted, _) => {
                    self.cell.push(c);
                    State::Quoted
                }
                (State::Start | State::Plain | State::QuoteSeen, '\n') => self.end_row()?,
                (State::Start | State::Plain | State::QuoteSeen, c) if c == self.delimiter => self.end_cell()?,
                (State::Start | State::Plain | State::QuoteSeen, c) => {
                    self.cell.push(c);
                    State::Plain
                }
            };
        }
        if state == State::Quoted {
            self.builder.report(opened.0, opened.1, TableProblemReason::OpenQuote);
        }
        self.end_row().map(|_| ())
    }

    fn end_cell(&mut self) -> Result<State, Overflow> {
        let cell = std::mem::take(&mut self.cell);
        self.builder.set(self.row, self.column, &cell)?;
        self.column = self.column.saturating_add(1);
        Ok(State::Start)
    }

    fn end_row(&mut self) -> Result<State, Overflow> {
        self.end_cell()?;
        self.row = self.row.saturating_add(1);
        self.column = 1;
        Ok(State::Start)
    }
}
