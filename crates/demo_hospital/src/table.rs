//! Tables as CSV and as sheets of a workbook.

use base::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::DemoError;

/// A table with the lines an office puts above it.
pub(crate) struct Table {
    /// Name of the sheet.
    pub(crate) sheet: &'static str,
    /// Lines above the header, each a row of cells.
    pub(crate) above: Vec<Vec<String>>,
    /// Header.
    pub(crate) header: Vec<&'static str>,
    /// Rows, each as long as the header.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// CSV with CR LF; a cell is quoted only where it must be, as spreadsheet programs do.
    pub(crate) fn csv(&self) -> String {
        let mut text = String::new();
        for row in &self.above {
            push_row(&mut text, row.iter().map(String::as_str), false);
        }
        push_row(&mut text, self.header.iter().copied(), false);
        for row in &self.rows {
            push_row(&mut text, row.iter().map(String::as_str), false);
        }
        text
    }

    /// CSV with CR LF and every cell quoted, as Windows PowerShell's `Export-Csv` writes it.
    pub(crate) fn export_csv(&self) -> String {
        let mut text = String::new();
        push_row(&mut text, self.header.iter().copied(), true);
        for row in &self.rows {
            push_row(&mut text, row.iter().map(String::as_str), true);
        }
        text
    }
}

fn push_row<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>, always_quote: bool) {
    for (position, cell) in cells.enumerate() {
        if position > 0 {
            text.push(',');
        }
        if always_quote || cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push_str("\r\n");
}

/// The tables as one workbook, marked as made on `made_on`.
///
/// # Errors
/// [`DemoError::Workbook`] if a name or text is longer than the format allows.
pub(crate) fn workbook(path: &str, tables: &[Table], made_on: Date) -> Result<Vec<u8>, DemoError> {
    write_workbook(tables, made_on).map_err(|source| DemoError::Workbook { path: path.to_owned(), source })
}

fn write_workbook(tables: &[Table], made_on: Date) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::parse_from_str(&format!("{made_on}T09:00:00"))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    for table in tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(table.sheet)?;
        let mut row = 0_u32;
        for line in &table.above {
            for (column, cell) in (0_u16..).zip(line) {
                sheet.write_string(row, column, cell)?;
            }
            row += 1;
        }
        for (column, cell) in (0_u16..).zip(&table.header) {
            sheet.write_string_with_format(row, column, *cell, &bold)?;
        }
        for line in &table.rows {
            row += 1;
            for (column, cell) in (0_u16..).zip(line).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, column, cell)?;
            }
        }
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_with_a_comma_or_quote_is_quoted() {
        let table = Table {
            sheet: "x",
            above: vec![vec!["題".to_owned()]],
            header: vec!["a", "b"],
            rows: vec![vec!["1,2".to_owned(), "say \"x\"".to_owned()]],
        };
        assert_eq!(table.csv(), "題\r\na,b\r\n\"1,2\",\"say \"\"x\"\"\"\r\n");
        assert_eq!(table.export_csv(), "\"a\",\"b\"\r\n\"1,2\",\"say \"\"x\"\"\"\r\n");
    }
}
