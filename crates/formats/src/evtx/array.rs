//! Values that hold several of one type.

use super::utf16::is_blank;
use super::value::{Value, kind, take_sid};

/// Several values of one type, in the order of the file.
#[derive(Debug, Clone, Copy)]
pub struct Array<'a> {
    kind: u8,
    bytes: &'a [u8],
}

impl<'a> Array<'a> {
    /// `None` for types that do not come in arrays, and for bytes that are no whole number of them.
    pub(super) fn new(kind: u8, bytes: &'a [u8]) -> Option<Self> {
        let whole = match width(kind) {
            Some(width) => bytes.len().is_multiple_of(width),
            None => matches!(kind, kind::UTF16 | kind::ANSI | kind::SID),
        };
        whole.then_some(Self { kind, bytes })
    }

    /// Whether there is no value in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The values.
    #[must_use]
    pub fn iter(&self) -> Items<'a> {
        Items { kind: self.kind, rest: self.bytes }
    }
}

impl<'a> IntoIterator for &Array<'a> {
    type Item = Value<'a>;
    type IntoIter = Items<'a>;

    fn into_iter(self) -> Items<'a> {
        self.iter()
    }
}

/// The values of an [`Array`], one after the other.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    kind: u8,
    rest: &'a [u8],
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let (item, next) = match self.kind {
            // Texts end with a NUL; the last may do without.
            kind::UTF16 => {
                let units = self.rest.as_chunks::<2>().0;
                let length = units.iter().position(|unit| *unit == [0, 0]).unwrap_or(units.len()) * 2;
                (length, length + 2)
            }
            kind::ANSI => {
                let length = self.rest.iter().position(|byte| *byte == 0).unwrap_or(self.rest.len());
                (length, length + 1)
            }
            kind::SID => {
                // What is no SID comes as one malformed value and ends the array.
                let length = take_sid(self.rest).map_or(self.rest.len(), <[u8]>::len);
                (length, length)
            }
            fixed => {
                let length = width(fixed).unwrap_or(self.rest.len());
                (length, length)
            }
        };
        let bytes = self.rest.get(..item).unwrap_or(self.rest);
        self.rest = self.rest.get(next..).unwrap_or_default();
        Some(if self.kind == kind::UTF16 && is_blank(bytes) { Value::NULL } else { Value::of(self.kind, bytes) })
    }
}

/// Bytes of one value of a type of fixed size.
pub(super) const fn width(kind: u8) -> Option<usize> {
    Some(match kind {
        kind::INT8 | kind::UINT8 => 1,
        kind::INT16 | kind::UINT16 => 2,
        kind::INT32 | kind::UINT32 | kind::REAL32 | kind::BOOL | kind::HEX32 => 4,
        kind::INT64 | kind::UINT64 | kind::REAL64 | kind::FILE_TIME | kind::HEX64 => 8,
        kind::GUID | kind::SYSTEM_TIME => 16,
        _ => return None,
    })
}
