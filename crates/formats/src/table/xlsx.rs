//! Excel workbooks (xlsx, xlsm). The zip inside is measured before the workbook is opened.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader as _, SheetType, Xlsx, XlsxError};
use quick_xml::events::{BytesStart, Event};

use super::{Builder, Limits, Overflow, Table, TableProblemReason};
use crate::archive::{self, ArchiveError};

/// An Excel workbook could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadXlsxError {
    /// The file is the old binary format (.xls), or protected by a password, which looks the same from outside.
    #[error("file is an old binary workbook (.xls) or protected by a password")]
    OldOrProtected,
    /// The zip is damaged or would grow beyond its limits.
    #[error("workbook cannot be unpacked")]
    Archive(#[source] ArchiveError),
    /// The zip holds no workbook.
    #[error("archive holds no workbook")]
    NoWorkbook,
    /// The workbook's own parts cannot be read.
    #[error("workbook is damaged")]
    Damaged(#[source] XlsxError),
    /// The reader gave up on parts that contradict each other.
    #[error("workbook contradicts itself")]
    Contradiction,
    /// Too many sheets.
    #[error("{found} sheets are more than {limit}")]
    TooManySheets {
        /// Sheets found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// More rows with content than allowed.
    #[error("sheet {sheet:?} has more than {limit} rows")]
    TooManyRows {
        /// Name of the sheet.
        sheet: String,
        /// The limit.
        limit: usize,
    },
    /// More text than allowed.
    #[error("more than {limit} bytes of text, reached in sheet {sheet:?}")]
    TooMuchText {
        /// Name of the sheet in which the limit was reached.
        sheet: String,
        /// The limit.
        limit: u64,
    },
    /// More cells than allowed.
    #[error("more than {limit} cells, reached in sheet {sheet:?}")]
    TooManyCells {
        /// Name of the sheet in which the limit was reached.
        sheet: String,
        /// The limit.
        limit: usize,
    },
}

/// Strings a workbook may state without having them: some programs count wrongly, and this many take no great room.
const FREE_STRINGS: usize = 1 << 20;

/// Bytes of the shortest shared string, `<si/>`.
const STRING_BYTES: usize = 5;

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// First bytes of an OLE container: old workbooks, and new ones with a password.
const OLE_MAGIC: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Expanded size per packed size a workbook may have; repetitive sheets reach about 60.
const WORKBOOK_RATIO: u64 = 300;

/// True if the bytes are a zip that names the parts of a workbook, without unpacking it.
#[must_use]
pub fn looks_like_xlsx(bytes: &[u8]) -> bool {
    let names = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    archive::looks_like_zip(bytes) && names(b"xl/workbook.xml")
}

/// Reads every sheet of a workbook, hidden ones included, in workbook order.
///
/// Dates become `2026-04-01` (with time: `2026-04-01T09:30:00`), times `09:30:00`, whole numbers have no `.0`, error cells
/// keep their text and are reported. The value of vertically merged cells is repeated in each of their rows.
///
/// # Errors
/// [`ReadXlsxError`] if the workbook cannot be opened or is above a limit that may not be cut silently. A damaged sheet
/// costs that sheet from the damage on.
pub fn read_xlsx(bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, ReadXlsxError> {
    if bytes.starts_with(OLE_MAGIC) {
        return Err(ReadXlsxError::OldOrProtected);
    }
    let (mut has_workbook, mut lies) = (false, false);
    let mut look = |name: &str, content: Option<&[u8]>| {
        let name = name.to_ascii_lowercase();
        has_workbook |= content.is_some() && name == "xl/workbook.xml";
        lies |= name.ends_with("sharedstrings.xml") && content.is_none_or(states_too_many_strings);
    };
    archive::check(bytes, &archive_limits(limits), &mut look).map_err(ReadXlsxError::Archive)?;
    if !has_workbook {
        return Err(ReadXlsxError::NoWorkbook);
    }
    if lies {
        return Err(ReadXlsxError::Contradiction);
    }
    // The reader library is written for files that Excel made; whatever it stumbles over must not end the program.
    catch_unwind(AssertUnwindSafe(|| read_sheets(bytes, limits))).unwrap_or(Err(ReadXlsxError::Contradiction))
}

pub(crate) fn archive_limits(limits: &Limits) -> archive::Limits {
    archive::Limits {
        archive_bytes: limits.bytes,
        entries: 5_000,
        entry_bytes: limits.expanded_bytes,
        total_bytes: limits.expanded_bytes,
        ratio: WORKBOOK_RATIO,
        depth: 1,
    }
}

/// The reader library makes room for as many shared strings as the workbook states. More than the part can hold would end
/// the program for want of memory, which cannot be caught. Reads the part exactly as the library does.
fn states_too_many_strings(part: &[u8]) -> bool {
    let mut reader = quick_xml::Reader::from_reader(part);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start)) if start.local_name().as_ref() == "sst" => {
                return states_too_many(&start, part.len());
            }
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

/// The library takes attributes without quotes too, so any digits behind the name count.
fn states_too_many(start: &BytesStart<'_>, part_bytes: usize) -> bool {
    let most = (part_bytes / STRING_BYTES).max(FREE_STRINGS);
    let raw = start.attributes_raw();
    raw.split("uniqueCount").skip(1).any(|behind| {
        let value = behind.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\'' | '+'));
        let digits = value.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        !digits.is_empty() && digits.parse::<usize>().map_or(true, |count| count > most)
    })
}

fn read_sheets(bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, ReadXlsxError> {
    let mut workbook: Workbook<'_> = Xlsx::new(Cursor::new(bytes)).map_err(ReadXlsxError::Damaged)?;
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    if names.len() > limits.sheets {
        return Err(ReadXlsxError::TooManySheets { found: names.len(), limit: limits.sheets });
    }
    let (mut cells_left, mut text_left) = (limits.cells, limits.expanded_bytes);
    let mut tables = Vec::new();
    for name in names {
        let mut builder = Builder::new(name.clone(), limits, cells_left, text_left);
        read_sheet(&mut workbook, &name, &mut builder).map_err(|overflow| match overflow {
            Overflow::Rows => ReadXlsxError::TooManyRows { sheet: name, limit: limits.rows },
            Overflow::Cells => ReadXlsxError::TooManyCells { sheet: name, limit: limits.cells },
            Overflow::Text => ReadXlsxError::TooMuchText { sheet: name, limit: limits.expanded_bytes },
        })?;
        (cells_left, text_left) = (builder.cells_left, builder.text_left);
        tables.push(builder.finish());
    }
    Ok(tables)
}

fn read_sheet(workbook: &mut Workbook<'_>, name: &str, builder: &mut Builder<'_>) -> Result<(), Overflow> {
    match workbook.merge_cells_by_sheet_name(name) {
        Ok(merged) => {
            read_cells(workbook, name, builder)?;
            merged.iter().try_for_each(|region| fill_down(builder, region))
        }
        Err(_) => read_cells(workbook, name, builder),
    }
}

fn read_cells(workbook: &mut Workbook<'_>, name: &str, builder: &mut Builder<'_>) -> Result<(), Overflow> {
    let mut row = 0;
    let mut cells = match workbook.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        Err(err) => return damaged(builder, row, &err),
    };
    loop {
        match cells.next_cell() {
            Ok(Some(cell)) => {
                let (zero_row, zero_column) = cell.get_position();
                row = zero_row.saturating_add(1);
                set_cell(builder, row, zero_column.saturating_add(1), cell.get_value())?;
            }
            Ok(None) => return Ok(()),
            Err(err) => return damaged(builder, row, &err),
        }
    }
}

fn damaged(builder: &mut Builder<'_>, row: u32, err: &XlsxError) -> Result<(), Overflow> {
    let found = err.to_string().chars().take(200).collect();
    builder.report(row, 0, TableProblemReason::DamagedSheet { found });
    Ok(())
}

fn set_cell(builder: &mut Builder<'_>, row: u32, column: u32, value: &DataRef<'_>) -> Result<(), Overflow> {
    if let DataRef::Error(error) = value {
        builder.report(row, column, TableProblemReason::ErrorCell { found: error.to_string() });
    }
    builder.set(row, column, &cell_text(value))
}

/// Repeats the value of a merged region in the first column of each of its rows that hold anything.
fn fill_down(builder: &mut Builder<'_>, region: &Dimensions) -> Result<(), Overflow> {
    let (first, column) = (region.start.0.saturating_add(1), region.start.1.saturating_add(1));
    let last = region.end.0.saturating_add(1).min(first.saturating_add(10_000));
    let below = first.saturating_add(1);
    if below > last {
        return Ok(());
    }
    let index = usize::try_from(region.start.1).unwrap_or(usize::MAX);
    let text = builder.rows.get(&first).and_then(|cells| cells.get(index)).filter(|text| !text.is_empty());
    let Some(text) = text.filter(|_| builder.rows.range(below..=last).next().is_some()) else { return Ok(()) };
    let text = text.clone();
    let rows: Vec<u32> = builder.rows.range(below..=last).map(|(row, _)| *row).collect();
    for row in rows {
        // Each filling costs one cell and its text, so that overlapping regions cannot be made to cost more than the limits.
        builder.cells_left = builder.cells_left.checked_sub(1).ok_or(Overflow::Cells)?;
        builder.set(row, column, &text)?;
    }
    Ok(())
}

fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => break_lines(text),
        DataRef::SharedString(text) => break_lines(text),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) => date_text(*time),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn break_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A number as Excel shows it: at most 15 significant digits, no `.0`.
fn number_text(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

fn date_text(time: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let serial = time.as_f64();
    if time.is_duration() {
        return duration_text(serial);
    }
    if (0.0..1.0).contains(&serial) {
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }
}

/// Days as `hours:minutes:seconds`, hours beyond 24 included.
fn duration_text(days: f64) -> String {
    let seconds = format!("{:.0}", days * 86_400.0).parse::<i64>().unwrap_or(0);
    let (sign, seconds) = if seconds < 0 { ("-", seconds.saturating_neg()) } else { ("", seconds) };
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
