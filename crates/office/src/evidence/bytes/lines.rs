//! Text by line.

use std::io;

use ::store::{BlobError, Blobs};
use base::ContentHash;
use formats::text::{self, Encoding};

use super::{Cell, Drawn, Row, visible};

/// Lines before and after the place.
const AROUND: u64 = 20;
/// Lines of a window.
const LINES: u64 = 2 * AROUND + 1;
/// Characters of one line, and of the line of the place.
const LINE_CHARS: usize = 300;
const HIT_CHARS: usize = 2_000;
/// Bytes kept of one line, whatever its length.
const LINE_BYTES: usize = 64 << 10;

/// The lines around a place: its line, from 1, and the character in it.
pub(super) fn draw(
    blobs: &Blobs,
    hash: ContentHash,
    encoding: Encoding,
    hit: Option<(u64, usize)>,
    from: Option<u64>,
) -> Result<Drawn, BlobError> {
    let around = hit.map_or(1, |(line, _)| line.saturating_sub(AROUND));
    let first = from.unwrap_or(around).max(1);
    let mut window = Window::new(encoding, first);
    blobs.copy_to(hash, &mut window)?;
    let (kept, total) = window.finish();
    let rows = (first..).zip(&kept).map(|(number, bytes)| {
        let is_hit = hit.is_some_and(|(line, _)| line == number);
        let line = decode(bytes, encoding);
        let text = if is_hit { around_place(&line, hit.map_or(0, |(_, at)| at)) } else { visible(&line, LINE_CHARS) };
        Row { label: number.to_string(), is_hit, cells: vec![Cell { text, is_hit: false }] }
    });
    Ok(Drawn {
        rows: rows.collect(),
        before: (first > 1).then(|| first.saturating_sub(LINES).max(1)),
        after: (first + LINES <= total).then_some(first + LINES),
        is_lost: hit.is_some_and(|(line, _)| line > total || line == 0),
        ..Drawn::default()
    })
}

/// The part of a long line in which the place is.
fn around_place(line: &str, at: usize) -> String {
    let skipped = if at > HIT_CHARS / 2 { at - HIT_CHARS / 4 } else { 0 };
    let rest: String = line.chars().skip(skipped).collect();
    let shown = visible(&rest, HIT_CHARS);
    if skipped > 0 { format!("…{shown}") } else { shown }
}

/// The head of a file may be plain where its end is not, so that a line decides for itself which code page it has.
fn decode(line: &[u8], encoding: Encoding) -> String {
    let encoding = match encoding {
        Encoding::Utf8 | Encoding::Cp932 => match text::detect(line) {
            Encoding::Cp932 => Encoding::Cp932,
            Encoding::Utf8
            | Encoding::Utf8Bom
            | Encoding::Utf16Le
            | Encoding::Utf16LeBom
            | Encoding::Utf16Be
            | Encoding::Utf16BeBom => Encoding::Utf8,
        },
        Encoding::Utf8Bom | Encoding::Utf16Le | Encoding::Utf16LeBom | Encoding::Utf16Be | Encoding::Utf16BeBom => {
            encoding
        }
    };
    let text = text::decode_part(line, encoding).0;
    text.trim_end_matches('\r').to_owned()
}

/// Keeps the lines of a window while the file goes by.
struct Window {
    /// The line feed in this encoding.
    feed: &'static [u8],
    skip: usize,
    first: u64,
    line: u64,
    /// Bytes of a unit that is not whole yet.
    pending: Vec<u8>,
    current: Vec<u8>,
    kept: Vec<Vec<u8>>,
    is_open: bool,
}

impl Window {
    fn new(encoding: Encoding, first: u64) -> Self {
        let feed: &'static [u8] = match encoding {
            Encoding::Utf16Le | Encoding::Utf16LeBom => &[b'\n', 0],
            Encoding::Utf16Be | Encoding::Utf16BeBom => &[0, b'\n'],
            Encoding::Utf8 | Encoding::Utf8Bom | Encoding::Cp932 => b"\n",
        };
        Self {
            feed,
            skip: encoding.bom_bytes(),
            first,
            line: 1,
            pending: Vec::new(),
            current: Vec::new(),
            kept: Vec::new(),
            is_open: false,
        }
    }

    fn take(&mut self, unit: &[u8]) {
        if unit == self.feed {
            self.end_line();
            return;
        }
        self.is_open = true;
        let is_wanted = self.line >= self.first && self.line < self.first + LINES;
        if is_wanted && self.current.len() < LINE_BYTES {
            self.current.extend_from_slice(unit);
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.current);
        if self.line >= self.first && self.line < self.first + LINES {
            self.kept.push(line);
        }
        self.line += 1;
        self.is_open = false;
    }

    /// The lines kept, and how many there are in all.
    fn finish(mut self) -> (Vec<Vec<u8>>, u64) {
        if self.is_open {
            self.end_line();
        }
        (self.kept, self.line - 1)
    }
}

impl io::Write for Window {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        let skipped = self.skip.min(part.len());
        self.skip -= skipped;
        let mut bytes = std::mem::take(&mut self.pending);
        bytes.extend_from_slice(part.get(skipped..).unwrap_or_default());
        let units = bytes.chunks_exact(self.feed.len());
        self.pending = units.remainder().to_vec();
        for unit in units {
            self.take(unit);
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn lines(bytes: &[u8], first: u64) -> (Vec<String>, u64) {
        let encoding = text::detect(bytes);
        let mut window = Window::new(encoding, first);
        for part in bytes.chunks(3) {
            window.write_all(part).unwrap();
        }
        let (kept, total) = window.finish();
        (kept.iter().map(|line| decode(line, encoding)).collect(), total)
    }

    #[test]
    fn lines_are_the_same_in_every_encoding() {
        let text = "一行目\r\n二行目\n\n四行目";
        let utf16: Vec<u8> = "\u{feff}"
            .chars()
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let (cp932, _) = text::encode_cp932(text);
        for bytes in [text.as_bytes(), &utf16, &cp932] {
            assert_eq!(lines(bytes, 2), (vec!["二行目".to_owned(), String::new(), "四行目".to_owned()], 4));
        }
        assert_eq!(lines(b"a\n", 1), (vec!["a".to_owned()], 1));
        assert_eq!(lines(b"", 1), (Vec::new(), 0));
    }

    #[test]
    fn a_long_line_is_shown_where_the_place_is() {
        let line = format!("{}HERE{}", "a".repeat(90_000), "b".repeat(9_000));
        let shown = around_place(&line, 90_000);
        assert!(shown.contains("HERE") && shown.chars().count() <= HIT_CHARS + 2);
    }
}
