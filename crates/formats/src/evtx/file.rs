//! The file: a header and chunks.

use super::chunk::{CHUNK_BYTES, CHUNK_MAGIC, Chunk};
use super::damage::{Damage, Reason};

/// Bytes of the header of a file; the first chunk follows.
pub const FILE_HEADER: usize = 4_096;
pub(super) const FILE_MAGIC: &[u8; 8] = b"ElfFile\0";

/// A whole event log.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    bytes: &'a [u8],
}

/// Why a file is no event log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Neither the header of an event log nor a chunk where the first should be.
    #[error("the file is no event log (EVTX): it begins neither with `ElfFile` nor has it a chunk at byte 4096")]
    NotEventLog,
}

impl<'a> File<'a> {
    /// A file by its bytes. What its header counts is not believed: every chunk is found by looking.
    ///
    /// # Errors
    /// [`OpenError`] if it is no event log.
    pub fn open(bytes: &'a [u8]) -> Result<Self, OpenError> {
        let has_chunk = bytes.get(FILE_HEADER..).is_some_and(|rest| rest.starts_with(CHUNK_MAGIC));
        if !bytes.starts_with(FILE_MAGIC) && !has_chunk {
            return Err(OpenError::NotEventLog);
        }
        Ok(Self { bytes })
    }

    /// Its chunks in order. Unused ones are left out.
    #[must_use]
    pub fn chunks(&self) -> Chunks<'a> {
        Chunks { rest: self.bytes.get(FILE_HEADER..).unwrap_or_default(), number: 0 }
    }
}

/// The chunks of a [`File`], damaged ones as [`Damage`].
#[derive(Debug, Clone)]
pub struct Chunks<'a> {
    rest: &'a [u8],
    number: u32,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (bytes, rest) = self.rest.split_at_checked(CHUNK_BYTES).unwrap_or((self.rest, &[]));
            let number = self.number;
            self.rest = rest;
            self.number = number.saturating_add(1);
            if !Chunk::is_unused(bytes) {
                let offset = FILE_HEADER as u64 + u64::from(number) * CHUNK_BYTES as u64;
                return Some(Chunk::read(bytes, number, offset));
            }
        }
        None
    }
}

impl Reason {
    /// Whether the damage is only that something does not fit its checksum: nothing is lost.
    #[must_use]
    pub fn is_only_checksum(&self) -> bool {
        matches!(self, Self::ChunkHeader)
    }
}
