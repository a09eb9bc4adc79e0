//! A list as a file: exactly the rows and columns that are shown.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base::Date;
use rust_xlsxwriter::{Format as CellFormat, Workbook};

use super::{Format, List};
use crate::error::HttpError;
use crate::visit::encode_segment;

pub(super) fn respond(list: &List, format: Format, today: Date) -> Result<Response, HttpError> {
    let (extension, kind, bytes) = match format {
        Format::Csv => {
            ("csv", "text/csv; charset=utf-8", [b"\xef\xbb\xbf".as_slice(), csv_text(list)?.as_bytes()].concat())
        }
        Format::CsvCp932 => ("csv", "text/csv; charset=Shift_JIS", in_cp932(&csv_text(list)?)),
        Format::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook(list)?),
    };
    let name = encode_segment(&format!("{}_{today}.{extension}", list.caption));
    let disposition = format!("attachment; filename=\"list.{extension}\"; filename*=UTF-8''{name}");
    let disposition = HeaderValue::from_str(&disposition).map_err(HttpError::internal)?;
    let mut response = (StatusCode::OK, [(header::CONTENT_TYPE, kind)], bytes).into_response();
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

/// A text that a spreadsheet would take for a formula stays a text.
fn guarded(text: &str) -> String {
    let starts_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if starts_formula && text.parse::<f64>().is_err() { format!("'{text}") } else { text.to_owned() }
}

fn csv_text(list: &List) -> Result<String, HttpError> {
    let mut writer = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(list.columns.iter().map(|column| &column.title)).map_err(HttpError::internal)?;
    for row in &list.rows {
        writer.write_record(row.iter().map(|cell| guarded(&cell.text))).map_err(HttpError::internal)?;
    }
    let bytes = writer.into_inner().map_err(HttpError::internal)?;
    String::from_utf8(bytes).map_err(HttpError::internal)
}

/// Characters that the code page lacks become `〓`, the mark Japanese printing uses for a missing letter.
fn in_cp932(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        let mut buffer = [0_u8; 4];
        let (encoded, _, missing) = encoding_rs::SHIFT_JIS.encode(letter.encode_utf8(&mut buffer));
        if missing {
            bytes.extend_from_slice(&encoding_rs::SHIFT_JIS.encode("〓").0);
        } else {
            bytes.extend_from_slice(&encoded);
        }
    }
    bytes
}

fn workbook(list: &List) -> Result<Vec<u8>, HttpError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let name = sheet_name(&list.caption);
    if !name.is_empty() {
        sheet.set_name(&name).map_err(HttpError::internal)?;
    }
    let bold = CellFormat::new().set_bold();
    for (column, title) in (0_u16..).zip(&list.columns) {
        sheet.write_string_with_format(0, column, &title.title, &bold).map_err(HttpError::internal)?;
    }
    for (row, cells) in (1_u32..).zip(&list.rows) {
        for ((number, cell), column) in (0_u16..).zip(cells).zip(&list.columns) {
            let value = cell.text.parse::<f64>().ok().filter(|_| column.is_number);
            match value {
                Some(value) => sheet.write_number(row, number, value),
                None => sheet.write_string(row, number, &cell.text),
            }
            .map_err(HttpError::internal)?;
        }
    }
    let last_row = u32::try_from(list.rows.len()).unwrap_or(u32::MAX);
    let last_column = u16::try_from(list.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, last_row, last_column).map_err(HttpError::internal)?;
    sheet.set_freeze_panes(1, 0).map_err(HttpError::internal)?;
    sheet.autofit();
    workbook.save_to_buffer().map_err(HttpError::internal)
}

/// What Excel takes as the name of a sheet: at most 31 characters without those that mean something in a formula.
fn sheet_name(caption: &str) -> String {
    let plain = |c: char| if c.is_control() || "[]:*?/\\'".contains(c) { ' ' } else { c };
    caption.chars().map(plain).take(31).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{Cell, Column, Total};

    fn list(texts: &[&str]) -> List {
        List {
            caption: "一覧".to_owned(),
            columns: vec![Column::new("名前")],
            rows: texts.iter().map(|text| vec![Cell::text(*text)]).collect(),
            total: Total::Exactly(texts.len()),
            filters: Vec::new(),
            can_search: false,
            empty: String::new(),
        }
    }

    #[test]
    fn a_formula_in_a_name_stays_a_name() {
        let text = csv_text(&list(&["=cmd|' /C calc'!A0", "@SUM(1)", "-5", "+81-3-1234", "＝1+1", "ふつう"])).unwrap();
        assert_eq!(text, "名前\r\n'=cmd|' /C calc'!A0\r\n'@SUM(1)\r\n-5\r\n'+81-3-1234\r\n'＝1+1\r\nふつう\r\n");
    }

    #[test]
    fn a_letter_the_code_page_lacks_is_marked() {
        let text = encoding_rs::SHIFT_JIS.decode(&in_cp932("髙𠮷㈱")).0.into_owned();
        assert_eq!(text, "髙〓㈱");
    }
}
