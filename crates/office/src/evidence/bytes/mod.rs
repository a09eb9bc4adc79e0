//! A small window into the bytes of a piece of evidence, around the place a fact came from.
//!
//! Text stands by line, tables as a grid, an event of a log by its fields, everything else in hexadecimal. Whatever the size of the file, only a window of it is
//! kept and drawn; what it shows is text to be escaped, never markup.

mod event;
mod grid;
mod hex;
mod lines;
mod path;

use std::io;

use ::store::{BlobError, Blobs};
use base::plain::is_hidden;
use base::{ContentHash, Locator};
use formats::text::{self, Encoding};

/// Files up to this size are read as a whole where a format needs it: tables, and places inside XML and JSON.
const WHOLE_BYTES: u64 = 64 << 20;
/// Bytes that tell what a file is.
const HEAD_BYTES: usize = 64 << 10;

/// What is to be shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The place.
    pub(super) at: &'a Locator,
    /// First line, row or byte of the window; `None`: around the place.
    pub(super) from: Option<u64>,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) is_hit: bool,
}

/// A line, a row, or sixteen bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) label: String,
    pub(super) is_hit: bool,
    pub(super) cells: Vec<Cell>,
}

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Drawn {
    /// Headings, each row one for every column; empty for text.
    pub(super) headings: Vec<Row>,
    pub(super) rows: Vec<Row>,
    /// Where the windows before and after begin.
    pub(super) before: Option<u64>,
    pub(super) after: Option<u64>,
    /// Sheets of a workbook.
    pub(super) sheets: Vec<String>,
    /// Whether the place was asked for but is not there.
    pub(super) is_lost: bool,
}

/// Draws the window.
pub(super) fn draw(blobs: &Blobs, hash: ContentHash, size: u64, wanted: Wanted<'_>) -> Result<Drawn, BlobError> {
    let head = read_head(blobs, hash)?;
    let is_small = size <= WHOLE_BYTES;
    if let Locator::Byte(at) = wanted.at {
        if event::is_log(&head)
            && let Some(drawn) = event::draw(blobs, hash, *at)?
        {
            return Ok(drawn);
        }
        return hex::draw(blobs, hash, size, Some(*at), wanted.from);
    }
    let is_workbook = formats::table::looks_like_xlsx(&head)
        || (head.starts_with(b"PK") && matches!(wanted.at, Locator::Cell { .. }));
    if is_small && (is_workbook || matches!(wanted.at, Locator::Cell { .. })) {
        let bytes = blobs.read(hash)?;
        if let Some(drawn) = grid::draw(&bytes, wanted) {
            return Ok(drawn);
        }
    }
    let Some(encoding) = text_encoding(&head) else { return hex::draw(blobs, hash, size, None, wanted.from) };
    match wanted.at {
        Locator::Line(line) => lines::draw(blobs, hash, encoding, Some((u64::from(*line), 0)), wanted.from),
        Locator::Path(path) if is_small => {
            let place = path::find(&text::decode(&blobs.read(hash)?).text, path);
            let drawn = lines::draw(blobs, hash, encoding, place, wanted.from)?;
            Ok(Drawn { is_lost: place.is_none(), ..drawn })
        }
        Locator::Path(_) | Locator::Cell { .. } => {
            Ok(Drawn { is_lost: true, ..lines::draw(blobs, hash, encoding, None, wanted.from)? })
        }
        Locator::Whole | Locator::Byte(_) => lines::draw(blobs, hash, encoding, None, wanted.from),
    }
}

/// The beginning of the file.
fn read_head(blobs: &Blobs, hash: ContentHash) -> Result<Vec<u8>, BlobError> {
    read_part(blobs, hash, 0, HEAD_BYTES as u64)
}

/// At most `length` bytes from `first` on.
fn read_part(blobs: &Blobs, hash: ContentHash, first: u64, length: u64) -> Result<Vec<u8>, BlobError> {
    let mut part = Part { first, length, at: 0, kept: Vec::new() };
    blobs.copy_to(hash, &mut part)?;
    Ok(part.kept)
}

/// Keeps some bytes while the file goes by.
struct Part {
    first: u64,
    length: u64,
    at: u64,
    kept: Vec<u8>,
}

impl io::Write for Part {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        let (begin, end) = (self.at, self.at.saturating_add(length));
        let from = self.first.clamp(begin, end) - begin;
        let to = self.first.saturating_add(self.length).clamp(begin, end) - begin;
        let place = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        self.kept.extend_from_slice(part.get(place(from)..place(to)).unwrap_or_default());
        self.at = end;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The encoding of a text; `None` for anything that is no text.
fn text_encoding(head: &[u8]) -> Option<Encoding> {
    if head.starts_with(b"PReg") || head.starts_with(b"PK") {
        return None;
    }
    let encoding = text::detect(head);
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 14..=25 | 28..=31);
    (encoding.unit_bytes() == 2 || !head.iter().any(is_binary)).then_some(encoding)
}

/// A text with everything visible that hides or turns text, cut to `most` characters.
fn visible(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == most {
            shown.push('…');
            break;
        }
        if is_hidden(c) && c != '\t' {
            shown.push_str(&format!("[U+{:04X}]", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    shown
}
