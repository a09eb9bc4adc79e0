//! A file as text, with the way back to its own bytes.

use std::borrow::Cow;

use super::{MARK, Span, Struck, Struckout};
use crate::redaction::Cutter;
use crate::text::{Encoding, Units, decode_part, detect_bytewise, detect_wide};
use base::Locator;

/// Control characters and unreadable places a text may have: one in this many bytes. Above that, the file is no text.
const BYTES_PER_ODDITY: usize = 50;

/// The text of a file, as far as it is one.
#[derive(Debug)]
pub(super) struct SourceText<'a> {
    bytes: &'a [u8],
    text: Cow<'a, str>,
    encoding: Encoding,
    /// Replacement characters whose length in the file is not that of their kind: offset in the text, bytes in the file.
    odd: Vec<(usize, usize)>,
}

impl<'a> SourceText<'a> {
    /// `None` if the bytes are no text.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        if BINARY_STARTS.iter().any(|start| bytes.starts_with(start)) {
            return None;
        }
        let wide = detect_wide(bytes);
        if wide.is_none_or(|encoding| encoding.unit_bytes() == 1) && !is_mostly_text(bytes) {
            return None;
        }
        let (encoding, decoded) = wide.map_or_else(|| detect_bytewise(bytes), |encoding| (encoding, None));
        let part = bytes.get(encoding.bom_bytes()..).unwrap_or_default();
        let (text, odd) = match encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => match std::str::from_utf8(part) {
                Ok(text) => (Cow::Borrowed(text), Vec::new()),
                Err(_) => read_broken_utf8(part),
            },
            Encoding::Cp932 => match decoded.unwrap_or_else(|| decode_part(part, encoding)) {
                (text, 0) => (Cow::Owned(text), Vec::new()),
                (_, _) => read_broken_cp932(part),
            },
            Encoding::Utf16Le | Encoding::Utf16LeBom | Encoding::Utf16Be | Encoding::Utf16BeBom => {
                (Cow::Owned(decode_part(part, encoding).0), Vec::new())
            }
        };
        // Only in UTF-16 the bytes of the file say nothing about the characters.
        let is_text = odd.len().saturating_mul(BYTES_PER_ODDITY) <= part.len() + BYTES_PER_ODDITY
            && (encoding.unit_bytes() == 1 || is_mostly_text(text.as_bytes()));
        is_text.then_some(Self { bytes, text, encoding, odd })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The file with a mark in place of every span; `None` if there are no spans.
    pub(super) fn mask(&self, mut spans: Vec<Span>) -> Option<Struckout> {
        spans.retain(|span| span.from < span.to);
        spans.sort_by_key(|span| (span.from, span.to));
        let mut cutter = Cutter::new(self.bytes);
        let mark = Units::new(self.bytes).encode_ascii(MARK);
        let mut walk = Walk::new(self);
        let (mut at, mut line) = (0, 1_u32);
        let mut spans = spans.into_iter().peekable();
        while let Some(span) = spans.next() {
            let mut to = span.to;
            while let Some(next) = spans.next_if(|next| next.from <= to) {
                to = to.max(next.to);
            }
            line = line.saturating_add(count_breaks(&self.text, at, span.from));
            at = span.from;
            let from_byte = walk.source_offset(span.from);
            // What is left of a torn character at the very end goes with the secret.
            let to_byte = if to >= self.text.len() { self.bytes.len() } else { walk.source_offset(to) };
            cutter.mask(from_byte, to_byte, &span.what, line, &mark);
        }
        let redacted = cutter.finish()?;
        let struck = redacted.struck.into_iter().map(|one| Struck { what: one.what, locator: Locator::Line(one.line) });
        Some(Struckout { struck: struck.collect(), bytes: redacted.bytes })
    }
}

/// First bytes of files that are no text, whatever their zeros look like.
const BINARY_STARTS: [&[u8]; 8] =
    [b"PReg", b"PK\x03\x04", b"ElfFile", b"%PDF", b"\x89PNG", b"\xFF\xD8\xFF", b"\xD0\xCF\x11\xE0", b"MZ"];

fn is_mostly_text(bytes: &[u8]) -> bool {
    let is_odd = |byte: &u8| u8::from(matches!(byte, 0..=8 | 14..=26 | 28..=31));
    // Summed up in bytes, many at once.
    let odd: usize = bytes.chunks(255).map(|chunk| usize::from(chunk.iter().map(is_odd).sum::<u8>())).sum();
    odd.saturating_mul(BYTES_PER_ODDITY) <= bytes.len() + BYTES_PER_ODDITY
}

fn read_broken_utf8<'a>(part: &[u8]) -> (Cow<'a, str>, Vec<(usize, usize)>) {
    let (mut text, mut odd) = (String::with_capacity(part.len()), Vec::new());
    for chunk in part.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            odd.push((text.len(), chunk.invalid().len()));
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    (Cow::Owned(text), odd)
}

/// Character by character, so that the length of every unreadable place is known: one byte.
fn read_broken_cp932<'a>(part: &[u8]) -> (Cow<'a, str>, Vec<(usize, usize)>) {
    let (mut text, mut odd) = (String::with_capacity(part.len()), Vec::new());
    let mut at = 0;
    while let Some(first) = part.get(at) {
        let is_lead = matches!(first, 0x81..=0x9F | 0xE0..=0xFC);
        let length = if is_lead { 2 } else { 1 };
        let decoded = part.get(at..at + length).map(|one| decode_part(one, Encoding::Cp932));
        match decoded {
            Some((one, 0)) => {
                text.push_str(&one);
                at += length;
            }
            Some(_) | None => {
                odd.push((text.len(), 1));
                text.push(char::REPLACEMENT_CHARACTER);
                at += 1;
            }
        }
    }
    (Cow::Owned(text), odd)
}

fn count_breaks(text: &str, from: usize, to: usize) -> u32 {
    let between = text.as_bytes().get(from..to).unwrap_or_default();
    u32::try_from(between.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
}

/// Offsets in the text → offsets in the file, asked in rising order.
struct Walk<'s, 'a> {
    source: &'s SourceText<'a>,
    text_at: usize,
    source_at: usize,
    odd_at: usize,
}

impl<'s, 'a> Walk<'s, 'a> {
    fn new(source: &'s SourceText<'a>) -> Self {
        Self { source, text_at: 0, source_at: source.encoding.bom_bytes(), odd_at: 0 }
    }

    fn source_offset(&mut self, text_offset: usize) -> usize {
        let between = self.source.text.get(self.text_at..text_offset).unwrap_or_default();
        if matches!(self.source.text, Cow::Borrowed(_)) {
            self.source_at += between.len();
        } else {
            for c in between.chars() {
                self.source_at += self.length_of(c);
                self.text_at += c.len_utf8();
            }
        }
        self.text_at = text_offset.max(self.text_at);
        self.source_at
    }

    fn length_of(&mut self, c: char) -> usize {
        if let Some((_, length)) = self.source.odd.get(self.odd_at).filter(|(at, _)| *at == self.text_at) {
            self.odd_at += 1;
            return *length;
        }
        match self.source.encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => c.len_utf8(),
            Encoding::Cp932 if c.is_ascii() || matches!(c, '\u{80}' | '\u{ff61}'..='\u{ff9f}') => 1,
            Encoding::Cp932 => 2,
            Encoding::Utf16Le | Encoding::Utf16LeBom | Encoding::Utf16Be | Encoding::Utf16BeBom => c.len_utf16() * 2,
        }
    }
}
