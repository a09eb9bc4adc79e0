//! Values as text, the way Windows shows them.

use std::fmt;

use super::time::{FileTime, low_digit};
use super::utf16::{Sink, write_utf16};
use super::value::{Typed, Value, first, kind, take_sid};

impl Value<'_> {
    /// Appends the value as text.
    pub fn write_to(&self, out: &mut String) {
        self.write(out);
    }

    /// Appends the value as UTF-8. Quicker than [`Value::write_to`], because nothing needs to be checked.
    #[inline]
    pub fn write_utf8(&self, out: &mut Vec<u8>) {
        self.write(out);
    }

    #[inline]
    pub(super) fn write(&self, out: &mut impl Sink) {
        const UTF16: u16 = kind::UTF16 as u16;
        match self.kind {
            UTF16 => write_utf16(self.bytes, out),
            kind::LITERAL => out.utf8(self.bytes),
            _ => {
                if self.write_frequent(out).is_none() {
                    self.typed().write(out);
                }
            }
        }
    }

    /// Writes what most values are, without a detour through [`Typed`].
    #[inline]
    fn write_frequent(&self, out: &mut impl Sink) -> Option<()> {
        let bytes = self.bytes;
        match u8::try_from(self.kind).ok()? {
            kind::UINT8..=kind::UINT64 => write_decimal(self.unsigned()?, out),
            kind::HEX32 | kind::HEX64 => write_hex(self.unsigned()?, out),
            kind::GUID => write_guid(bytes.first_chunk()?, out),
            kind::FILE_TIME => FileTime(u64::from_le_bytes(first(bytes)?)).write(out),
            kind::SID => write_sid(take_sid(bytes)?, out),
            _ => return None,
        }
        Some(())
    }
}

impl Typed<'_> {
    fn write(&self, out: &mut impl Sink) {
        match self {
            Self::Null => {}
            Self::Text(text) => out.utf8(text.as_bytes()),
            Self::Utf16(bytes) => write_utf16(bytes, out),
            Self::Ansi(bytes) => write_ansi(bytes, out),
            Self::Signed(number) => {
                if *number < 0 {
                    out.utf8(b"-");
                }
                write_decimal(number.unsigned_abs(), out);
            }
            Self::Unsigned(number) => write_decimal(*number, out),
            Self::Float32(number) => out.utf8(format!("{number:?}").as_bytes()),
            Self::Float64(number) => out.utf8(format!("{number:?}").as_bytes()),
            Self::Bool(truth) => out.utf8(if *truth { b"true" } else { b"false" }),
            Self::Binary(bytes) | Self::Malformed { bytes, .. } => write_bytes(bytes, out),
            Self::Guid(bytes) => write_guid(bytes, out),
            Self::FileTime(time) => time.write(out),
            Self::ClockTime(time) => time.write(out),
            Self::Sid(bytes) => write_sid(bytes, out),
            Self::Hex(number) => write_hex(*number, out),
            Self::Array(array) => {
                for (number, item) in array.iter().enumerate() {
                    if 0 < number {
                        out.utf8(b",");
                    }
                    item.write(out);
                }
            }
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write_to(&mut text);
        f.write_str(&text)
    }
}

/// The bytes of a text in the code page of the machine.
fn write_ansi(bytes: &[u8], out: &mut impl Sink) {
    for piece in bytes.split(|byte| *byte == 0) {
        if piece.is_ascii() {
            out.utf8(piece);
            continue;
        }
        let japanese = encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(piece);
        let text = japanese.unwrap_or_else(|| encoding_rs::WINDOWS_1252.decode_without_bom_handling(piece).0);
        out.utf8(text.as_bytes());
    }
}

#[inline]
fn write_decimal(mut number: u64, out: &mut impl Sink) {
    // Filled from the end; the largest number has twenty digits.
    let mut digits = [0; 20];
    let mut begin = digits.len();
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + low_digit(number);
        number /= 10;
        begin = place;
        if number == 0 {
            break;
        }
    }
    out.utf8(digits.get(begin..).unwrap_or_default());
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

fn digit(digits: &[u8; 16], number: u8) -> u8 {
    digits.get(usize::from(number & 15)).copied().unwrap_or_default()
}

fn write_hex(number: u64, out: &mut impl Sink) {
    let mut text = [0; 18];
    let mut length = 0;
    let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
    let shifted = (0..digits).rev().map(|place| {
        let [low, ..] = (number >> (place * 4)).to_le_bytes();
        digit(LOWER, low)
    });
    for (place, byte) in text.iter_mut().zip([b'0', b'x'].into_iter().chain(shifted)) {
        *place = byte;
        length += 1;
    }
    out.utf8(text.get(..length).unwrap_or_default());
}

fn write_bytes(bytes: &[u8], out: &mut impl Sink) {
    for block in bytes.chunks(64) {
        let mut text = [0; 128];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(block) {
            *pair = [digit(UPPER, byte >> 4), digit(UPPER, *byte)];
        }
        out.utf8(text.get(..block.len() * 2).unwrap_or_default());
    }
}

fn write_guid(guid: &[u8; 16], out: &mut impl Sink) {
    let [a, b, c, d, e, f, g, h, rest @ ..] = *guid;
    let [i, j, k, l, m, n, o, p] = rest;
    let mut text = *b"{00000000-0000-0000-0000-000000000000}";
    // The first three groups are little endian.
    let places = [1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35];
    for (place, byte) in places.into_iter().zip([d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]) {
        if let Some(pair) = text.get_mut(place..).and_then(<[u8]>::first_chunk_mut::<2>) {
            *pair = [digit(LOWER, byte >> 4), digit(LOWER, byte)];
        }
    }
    out.utf8(&text);
}

fn write_sid(sid: &[u8], out: &mut impl Sink) {
    let [revision, _, high @ .., b2, b3, b4, b5] = sid.first_chunk::<8>().copied().unwrap_or_default();
    let [b0, b1] = high;
    out.utf8(b"S-");
    write_decimal(revision.into(), out);
    out.utf8(b"-");
    write_decimal(u64::from_be_bytes([0, 0, b0, b1, b2, b3, b4, b5]), out);
    for part in sid.get(8..).unwrap_or_default().as_chunks::<4>().0 {
        out.utf8(b"-");
        write_decimal(u32::from_le_bytes(*part).into(), out);
    }
}
