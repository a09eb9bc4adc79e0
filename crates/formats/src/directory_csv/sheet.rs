//! Header and rows of a directory export.

use std::collections::HashMap;

use super::{CellError, CellProblem, MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Moment, ParseDirectoryError};
use crate::delimited::{Record, Records};
use crate::text::Units;

/// Skips the `#TYPE` line older PowerShell writes, finds the delimiter, and returns the header and the rows behind it.
pub(super) fn open<'a>(units: Units<'a>) -> Option<(Record, Records<'a>)> {
    let mut records = Records::new(units, b',');
    if units.has_ascii_at(0, "#TYPE") || units.has_ascii_at(0, "\"#TYPE") {
        records.next();
    }
    records.choose_delimiter();
    let header = records.next()?;
    Some((header, records))
}

pub(super) fn read_header(bytes: &[u8]) -> Option<Vec<String>> {
    let units = Units::new(bytes);
    let (header, _) = open(units)?;
    Some(header.fields.iter().take(MAX_COLUMNS).map(|field| field.text(&units).trim().to_owned()).collect())
}

/// Reads every row through `use_row` and returns what could not be used.
pub(super) fn read_sheet(
    bytes: &[u8],
    mut use_row: impl FnMut(&mut Cells<'_>),
) -> Result<Vec<CellError>, ParseDirectoryError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseDirectoryError::TooLong { bytes: bytes.len() });
    }
    let units = Units::new(bytes);
    let (header, records) = open(units).ok_or(ParseDirectoryError::NoAccountColumn)?;
    let columns = read_columns(&header, &units)?;
    let expected = header.fields.len();
    let mut errors = Vec::new();
    for (index, record) in records.enumerate() {
        let line = record.line;
        if index >= MAX_ROWS {
            errors.push(CellError { line, problem: CellProblem::TooManyRows });
            break;
        }
        let found = record.fields.len();
        if found != expected || record.unterminated {
            errors.push(CellError { line, problem: CellProblem::ColumnCount { expected, found } });
            continue;
        }
        let mut cells = Cells { columns: &columns, units, record, errors: &mut errors };
        if cells.text("SamAccountName").is_none() && cells.text("DistinguishedName").is_none() {
            errors.push(CellError { line, problem: CellProblem::NoAccount });
            continue;
        }
        use_row(&mut cells);
    }
    Ok(errors)
}

/// Position of each column by its name in small letters; the first of two with one name counts.
fn read_columns(header: &Record, units: &Units<'_>) -> Result<HashMap<String, usize>, ParseDirectoryError> {
    let found = header.fields.len();
    if found > MAX_COLUMNS {
        return Err(ParseDirectoryError::TooManyColumns { found });
    }
    let mut columns = HashMap::with_capacity(found);
    for (index, field) in header.fields.iter().enumerate() {
        columns.entry(field.text(units).trim().to_ascii_lowercase()).or_insert(index);
    }
    let has_account = columns.contains_key("samaccountname") || columns.contains_key("distinguishedname");
    if has_account { Ok(columns) } else { Err(ParseDirectoryError::NoAccountColumn) }
}

/// One row, by column names.
pub(super) struct Cells<'a> {
    columns: &'a HashMap<String, usize>,
    units: Units<'a>,
    record: Record,
    errors: &'a mut Vec<CellError>,
}

impl Cells<'_> {
    pub(super) fn line(&self) -> u32 {
        self.record.line
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(&column.to_ascii_lowercase())
    }

    /// The trimmed cell, or `None` if the column is missing or the cell empty.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        let index = self.columns.get(&column.to_ascii_lowercase())?;
        let text = self.record.fields.get(*index)?.text(&self.units);
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(super) fn truth(&mut self, column: &'static str) -> Option<bool> {
        self.read(column, "truth value", |text| match text.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
    }

    pub(super) fn number(&mut self, column: &'static str) -> Option<u32> {
        self.read(column, "number", |text| text.parse().ok())
    }

    pub(super) fn moment(&mut self, column: &'static str) -> Option<Moment> {
        self.read(column, "time", Moment::read)
    }

    /// Parts of a joined list. A cell that holds the name of a .NET type holds no list; an empty cell is an empty list.
    pub(super) fn list(&self, column: &str, separators: &[char]) -> Option<Vec<String>> {
        if !self.has(column) {
            return None;
        }
        let text = self.text(column).unwrap_or_default();
        if text.starts_with("Microsoft.ActiveDirectory.") || text.starts_with("System.") {
            return None;
        }
        let parts = text.split(separators).map(str::trim).filter(|part| !part.is_empty());
        Some(parts.map(str::to_owned).collect())
    }

    fn read<T>(&mut self, column: &'static str, expected: &'static str, parse: fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(column)?;
        let value = parse(&text);
        if value.is_none() {
            let found = text.chars().take(40).collect();
            let problem = CellProblem::Value { column, expected, found };
            self.errors.push(CellError { line: self.record.line, problem });
        }
        value
    }
}
