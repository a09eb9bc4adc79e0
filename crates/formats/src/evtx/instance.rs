//! A template instance: which template, and the values for it.

use super::bytes::{Cursor, index, offset};
use super::damage::Reason;
use super::definition::token;

/// Bytes of a template definition before its tokens: next definition, GUID, size.
pub(super) const DEFINITION_HEADER: usize = 24;

/// One value of an instance: where its bytes lie in the chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) begin: u32,
    pub(super) length: u16,
    pub(super) kind: u8,
    /// Number of the part that the value is, if it is binary XML; 0 if it is none.
    pub(super) part: u16,
}

/// What an instance says about itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instance {
    /// Offset of its template definition in the chunk.
    pub(super) definition: u32,
    /// Where its last value ends.
    pub(super) end: usize,
}

impl Instance {
    /// Reads the instance whose token lies at `at`; its values are appended to `slots`.
    #[inline]
    pub(super) fn read(bytes: &[u8], at: usize, slots: &mut Vec<Slot>) -> Result<Self, Reason> {
        let (definition, descriptors, begin) = open(bytes, at).ok_or(Reason::cut("a template instance"))?;
        let mut end = begin;
        slots.extend(descriptors.as_chunks::<4>().0.iter().map(|[low, high, kind, _]| {
            let length = u16::from_le_bytes([*low, *high]);
            let slot = Slot { begin: offset(end), length, kind: *kind, part: 0 };
            end += usize::from(length);
            slot
        }));
        if bytes.len() < end {
            return Err(Reason::cut("a value"));
        }
        Ok(Self { definition, end })
    }

    /// Where the instance whose token lies at `at` ends.
    pub(super) fn find_end(bytes: &[u8], at: usize) -> Result<usize, Reason> {
        let (_, descriptors, begin) = open(bytes, at).ok_or(Reason::cut("a template instance"))?;
        let lengths = descriptors.as_chunks::<4>().0.iter().map(|[low, high, ..]| u16::from_le_bytes([*low, *high]));
        let end = begin + lengths.map(usize::from).sum::<usize>();
        if bytes.len() < end { Err(Reason::cut("a value")) } else { Ok(end) }
    }
}

/// Offset of the definition, the descriptors of the values, and where the values begin.
#[inline]
fn open(bytes: &[u8], at: usize) -> Option<(u32, &[u8], usize)> {
    let mut cursor = Cursor::new(bytes, at);
    let [found, _, _, _, _, _, d0, d1, d2, d3] = cursor.array()?;
    if found != token::INSTANCE {
        return None;
    }
    let definition = u32::from_le_bytes([d0, d1, d2, d3]);
    // Where a chunk uses a template first, the definition itself follows.
    if cursor.at() == index(definition) {
        cursor.skip(DEFINITION_HEADER - 4)?;
        let size = cursor.u32()?;
        cursor.skip(index(size))?;
    }
    let count = cursor.u32()?;
    let descriptors = cursor.take(index(count).checked_mul(4)?)?;
    Some((definition, descriptors, cursor.at()))
}
