//! Values of an event, borrowed from the chunk.

use super::array::Array;
use super::time::{ClockTime, FileTime};
use super::utf16::is_blank;

/// One value, as the file holds it. `Display`, [`Value::write_to`] and [`Value::write_utf8`] show it as Windows does;
/// [`Value::typed`] says what it is.
///
/// Kept as bytes until somebody asks: most values of most events are only carried past.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    /// Type number of the file, or [`kind::LITERAL`].
    pub(super) kind: u16,
    pub(super) bytes: &'a [u8],
}

/// Type numbers of substitutions.
pub(super) mod kind {
    pub(crate) const NULL: u8 = 0x00;
    pub(crate) const UTF16: u8 = 0x01;
    pub(crate) const ANSI: u8 = 0x02;
    pub(crate) const INT8: u8 = 0x03;
    pub(crate) const UINT8: u8 = 0x04;
    pub(crate) const INT16: u8 = 0x05;
    pub(crate) const UINT16: u8 = 0x06;
    pub(crate) const INT32: u8 = 0x07;
    pub(crate) const UINT32: u8 = 0x08;
    pub(crate) const INT64: u8 = 0x09;
    pub(crate) const UINT64: u8 = 0x0a;
    pub(crate) const REAL32: u8 = 0x0b;
    pub(crate) const REAL64: u8 = 0x0c;
    pub(crate) const BOOL: u8 = 0x0d;
    pub(crate) const BINARY: u8 = 0x0e;
    pub(crate) const GUID: u8 = 0x0f;
    pub(crate) const SIZE: u8 = 0x10;
    pub(crate) const FILE_TIME: u8 = 0x11;
    pub(crate) const SYSTEM_TIME: u8 = 0x12;
    pub(crate) const SID: u8 = 0x13;
    pub(crate) const HEX32: u8 = 0x14;
    pub(crate) const HEX64: u8 = 0x15;
    pub(crate) const BINARY_XML: u8 = 0x21;
    pub(crate) const ARRAY: u8 = 0x80;
    /// Text of a template, in UTF-8. No number of the file, which has eight bits.
    pub(crate) const LITERAL: u16 = 0x100;
}

/// A value as what it is.
#[derive(Debug, Clone, Copy)]
pub enum Typed<'a> {
    /// Nothing; shown as an empty text.
    Null,
    /// Text of the template itself, or made of several values.
    Text(&'a str),
    /// UTF-16LE up to the first NUL or the end.
    Utf16(&'a [u8]),
    /// Text in the code page of the machine, which the file does not name; NULs do not count. Shown as CP932 if it is
    /// that, else as Windows-1252.
    Ansi(&'a [u8]),
    /// A number with a sign, of 8 to 64 bits.
    Signed(i64),
    /// A number without a sign, of 8 to 64 bits.
    Unsigned(u64),
    /// 32-bit floating point.
    Float32(f32),
    /// 64-bit floating point.
    Float64(f64),
    /// `true` or `false`.
    Bool(bool),
    /// Bytes; shown as hexadecimal digits in capitals.
    Binary(&'a [u8]),
    /// Shown as `{5770385f-c22a-43e0-bf4c-06f5698ffbd9}`, as Windows does today; older tools wrote capitals.
    Guid(&'a [u8; 16]),
    /// A moment; shown as `2026-04-01T09:30:00.0000000Z`.
    FileTime(FileTime),
    /// A moment in fields; shown in the same way.
    ClockTime(ClockTime),
    /// Who; shown as `S-1-5-18`.
    Sid(&'a [u8]),
    /// A number of up to 64 bits, shown as `0x3e7`.
    Hex(u64),
    /// Several values of one type; shown with commas between them.
    Array(Array<'a>),
    /// Bytes that do not fit their type, or a type nobody knows; shown like [`Typed::Binary`].
    Malformed {
        /// Type the file states.
        kind: u8,
        /// What is there.
        bytes: &'a [u8],
    },
}

impl<'a> Value<'a> {
    /// Nothing.
    pub const NULL: Self = Self { kind: kind::NULL as u16, bytes: &[] };

    #[inline]
    pub(super) fn of(kind: u8, bytes: &'a [u8]) -> Self {
        Self { kind: kind.into(), bytes }
    }

    #[inline]
    pub(super) const fn literal(text: &'a str) -> Self {
        Self { kind: kind::LITERAL, bytes: text.as_bytes() }
    }

    /// What it is. Longer bytes than a number needs are tolerated, as Windows does.
    #[must_use]
    pub fn typed(&self) -> Typed<'a> {
        let bytes = self.bytes;
        let Ok(kind) = u8::try_from(self.kind) else {
            return Typed::Text(std::str::from_utf8(bytes).unwrap_or_default());
        };
        match kind {
            kind::UTF16 => Typed::Utf16(bytes),
            kind::NULL => Typed::Null,
            _ if bytes.is_empty() => Typed::Null,
            kind::ANSI => Typed::Ansi(bytes),
            kind::BINARY => Typed::Binary(bytes),
            _ => match self.as_array() {
                Some(array) => Typed::Array(array),
                None => Typed::scalar(kind, bytes).unwrap_or(Typed::Malformed { kind, bytes }),
            },
        }
    }

    /// The list it is.
    #[inline]
    #[must_use]
    pub fn as_array(&self) -> Option<Array<'a>> {
        let kind = u8::try_from(self.kind).ok().filter(|kind| kind & kind::ARRAY != 0)?;
        Array::new(kind & !kind::ARRAY, self.bytes)
    }

    /// Type number and bytes as they lie in the file, to compare values without turning them into text. Texts of templates
    /// have a number of their own.
    #[inline]
    #[must_use]
    pub const fn raw(&self) -> (u16, &'a [u8]) {
        (self.kind, self.bytes)
    }

    /// Whether nothing is there, not even an empty text.
    #[inline]
    #[must_use]
    pub fn is_null(&self) -> bool {
        const NULL: u16 = kind::NULL as u16;
        const UTF16: u16 = kind::UTF16 as u16;
        match self.kind {
            NULL => true,
            UTF16 | kind::LITERAL => false,
            _ => self.bytes.is_empty(),
        }
    }

    /// Whether it is shown as an empty text.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        const NULL: u16 = kind::NULL as u16;
        const UTF16: u16 = kind::UTF16 as u16;
        const ANSI: u16 = kind::ANSI as u16;
        match self.kind {
            NULL => true,
            UTF16 => is_blank(self.bytes),
            ANSI => self.bytes.iter().all(|byte| *byte == 0),
            _ => self.bytes.is_empty(),
        }
    }

    /// The number it is or says, in decimal digits or as `0x…`; `None` if it is none or negative.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        self.unsigned().or_else(|| self.read_u64())
    }

    /// The number of the types that nearly every number of an event has; what [`Value::typed`] says, but quicker.
    #[inline]
    pub(super) fn unsigned(&self) -> Option<u64> {
        let bytes = self.bytes;
        Some(match u8::try_from(self.kind).ok()? {
            kind::UINT8 => u8::from_le_bytes(first(bytes)?).into(),
            kind::UINT16 => u16::from_le_bytes(first(bytes)?).into(),
            kind::UINT32 | kind::HEX32 => u32::from_le_bytes(first(bytes)?).into(),
            kind::UINT64 | kind::HEX64 => u64::from_le_bytes(first(bytes)?),
            _ => return None,
        })
    }

    fn read_u64(&self) -> Option<u64> {
        match self.typed() {
            Typed::Unsigned(number) | Typed::Hex(number) => Some(number),
            Typed::Signed(number) => u64::try_from(number).ok(),
            Typed::Text(_) | Typed::Utf16(_) | Typed::Ansi(_) => {
                let text = self.to_string();
                let text = text.trim();
                match text.strip_prefix("0x") {
                    Some(digits) => u64::from_str_radix(digits, 16).ok(),
                    None => text.parse().ok(),
                }
            }
            _ => None,
        }
    }

    /// The moment it is; texts are not read as moments.
    #[must_use]
    pub fn as_file_time(&self) -> Option<FileTime> {
        match self.typed() {
            Typed::FileTime(time) => Some(time),
            Typed::ClockTime(time) => time.to_file_time(),
            _ => None,
        }
    }
}

impl<'a> Typed<'a> {
    /// A value of fixed size, or a SID.
    fn scalar(kind: u8, bytes: &'a [u8]) -> Option<Self> {
        Some(match kind {
            kind::INT8 => Self::Signed(i8::from_le_bytes(first(bytes)?).into()),
            kind::UINT8 => Self::Unsigned(u8::from_le_bytes(first(bytes)?).into()),
            kind::INT16 => Self::Signed(i16::from_le_bytes(first(bytes)?).into()),
            kind::UINT16 => Self::Unsigned(u16::from_le_bytes(first(bytes)?).into()),
            kind::INT32 => Self::Signed(i32::from_le_bytes(first(bytes)?).into()),
            kind::UINT32 => Self::Unsigned(u32::from_le_bytes(first(bytes)?).into()),
            kind::INT64 => Self::Signed(i64::from_le_bytes(first(bytes)?)),
            kind::UINT64 => Self::Unsigned(u64::from_le_bytes(first(bytes)?)),
            kind::REAL32 => Self::Float32(f32::from_le_bytes(first(bytes)?)),
            kind::REAL64 => Self::Float64(f64::from_le_bytes(first(bytes)?)),
            // Windows keeps other numbers in some of these; they stay what they are.
            kind::BOOL => match i32::from_le_bytes(first(bytes)?) {
                0 => Self::Bool(false),
                1 => Self::Bool(true),
                other => Self::Signed(other.into()),
            },
            kind::GUID => Self::Guid(bytes.first_chunk()?),
            kind::SIZE if bytes.len() == 4 => Self::Hex(u32::from_le_bytes(first(bytes)?).into()),
            kind::SIZE if bytes.len() == 8 => Self::Hex(u64::from_le_bytes(first(bytes)?)),
            kind::FILE_TIME => Self::FileTime(FileTime(u64::from_le_bytes(first(bytes)?))),
            kind::SYSTEM_TIME => Self::ClockTime(ClockTime::from_bytes(first(bytes)?)),
            kind::SID => Self::Sid(take_sid(bytes)?),
            kind::HEX32 => Self::Hex(u32::from_le_bytes(first(bytes)?).into()),
            kind::HEX64 => Self::Hex(u64::from_le_bytes(first(bytes)?)),
            _ => return None,
        })
    }
}

/// The first `N` bytes.
#[inline]
pub(super) fn first<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.first_chunk().copied()
}

/// The SID that begins here: eight bytes, the second of which counts the four-byte parts that follow.
pub(super) fn take_sid(bytes: &[u8]) -> Option<&[u8]> {
    let [_, parts, ..] = bytes.first_chunk::<8>()?;
    bytes.get(..8 + usize::from(*parts) * 4)
}
