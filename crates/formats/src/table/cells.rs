//! Counts the cells of a table roughly, before anything costly is done with it.

use std::io::{Cursor, Read};

use super::{Limits, looks_like_xlsx};

/// Bytes looked at in one go.
const CHUNK_BYTES: usize = 64 << 10;

/// Whether a file has more cells than [`Limits::cells`]: cells of an Excel file, fields of a text. Reads no further than
/// that many. Documents that are no tables (XML, JSON) have none.
#[must_use]
pub fn has_too_many_cells(bytes: &[u8], limits: &Limits) -> bool {
    if looks_like_xlsx(bytes) {
        return sheets_have_more(bytes, limits);
    }
    let start = bytes.trim_ascii_start().first();
    if start.is_none_or(|first| matches!(first, b'<' | b'{' | b'[')) || bytes.len() <= limits.cells {
        return false;
    }
    // Of a text in UTF-16 every second byte is counted as well and is none of these.
    let ends = bytes.iter().filter(|byte| matches!(byte, b',' | b'\t' | b';' | b'\n'));
    ends.take(limits.cells.saturating_add(1)).count() > limits.cells
}

fn sheets_have_more(bytes: &[u8], limits: &Limits) -> bool {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return false };
    let mut left = limits.cells;
    for index in 0..archive.len() {
        let Ok(part) = archive.by_index(index) else { continue };
        if !part.name().is_ok_and(|name| name.to_ascii_lowercase().contains("worksheets/")) {
            continue;
        }
        match take_cells(part.take(limits.expanded_bytes), left) {
            Some(rest) => left = rest,
            None => return true,
        }
    }
    false
}

/// What is left of `left` after the cells of a sheet; `None` if they are more. A sheet that breaks off is judged when it is read.
fn take_cells(mut sheet: impl Read, mut left: usize) -> Option<usize> {
    let mut buffer = vec![0; CHUNK_BYTES];
    // The last two bytes of the chunk before: the beginning of a cell may lie across.
    let mut kept = 0;
    while let Ok(read) = sheet.read(buffer.get_mut(kept..).unwrap_or_default()) {
        if read == 0 {
            break;
        }
        let filled = buffer.get(..kept + read).unwrap_or_default();
        let cells = filled.windows(3).filter(|window| matches!(window, [b'<', b'c', b' ' | b'>' | b'/'])).count();
        left = left.checked_sub(cells)?;
        let tail = filled.len().min(2);
        let from = filled.len() - tail;
        buffer.copy_within(from..from + tail, 0);
        kept = tail;
    }
    Some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workbook(cells: usize) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut put = |name: &str, text: &str| {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
        };
        put("[Content_Types].xml", "<Types/>");
        put("xl/workbook.xml", "<workbook/>");
        let row = "<c r=\"A1\"><v>1</v></c>".repeat(cells);
        put(
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet><cols/><sheetData><row>{row}</row></sheetData></worksheet>"),
        );
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn as_many_cells_as_allowed_are_read_and_one_more_is_not() {
        let limits = Limits { cells: 9_000, ..Limits::default() };
        let is_too_much = |bytes: &[u8]| has_too_many_cells(bytes, &limits);
        assert!(looks_like_xlsx(&workbook(1)));
        assert_eq!((is_too_much(&workbook(9_000)), is_too_much(&workbook(9_001))), (false, true));
        assert_eq!((is_too_much(&b"a,".repeat(9_000)), is_too_much(&b"a,".repeat(9_001))), (false, true));
        assert!(!is_too_much(&[b"<a>".to_vec(), b",,".repeat(9_001)].concat()));
    }
}
