//! What could not be read: where it lies, why, and what was lost with it.

/// One damaged place. Reading goes on behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("chunk {chunk}, byte {offset}: {reason}; records lost: {lost}")]
pub struct Damage {
    /// Number of the chunk in the file, from 0.
    pub chunk: u32,
    /// Byte offset in the file of the record or chunk.
    pub offset: u64,
    /// Id of the record, where its header could be read.
    pub record_id: Option<u64>,
    /// Records that are lost. 1 for a record; for a stretch without readable headers what the ids around it leave open,
    /// for a chunk the records that can still be recognised in it. 0 if nothing is lost, as with a wrong checksum.
    pub lost: u64,
    /// Why.
    pub reason: Reason,
}

/// Why a place cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Neither a chunk nor unused space.
    #[error("no chunk begins here")]
    NoChunk,
    /// The file ends inside the chunk; records before the end were read.
    #[error("the chunk has {bytes} of {} bytes", super::CHUNK_BYTES)]
    ChunkCut {
        /// Bytes that are there.
        bytes: u32,
    },
    /// The header of the chunk does not fit its checksum. Its records were read up to the last that can be recognised.
    #[error("the header of the chunk does not fit its checksum")]
    ChunkHeader,
    /// What should be a record does not begin like one.
    #[error("no record begins here")]
    NoRecord,
    /// A record states a size that cannot be.
    #[error("the record states a size of {size} bytes")]
    RecordSize {
        /// Size found.
        size: u32,
    },
    /// Something reaches over the end of its place.
    #[error("{what} is cut off")]
    Cut {
        /// What was read.
        what: &'static str,
    },
    /// No such token in binary XML.
    #[error("binary XML has no token 0x{token:02x}")]
    Token {
        /// Byte found.
        token: u8,
    },
    /// A token where it may not stand, or an element that is never closed.
    #[error("{what} stands where it may not")]
    Order {
        /// What was read.
        what: &'static str,
    },
    /// A literal value of a type that no template can hold.
    #[error("a literal has the type 0x{kind:02x}")]
    Literal {
        /// Type found.
        kind: u8,
    },
    /// More than is read of this kind; nothing of Windows comes near it.
    #[error("{what} exceeds the limit")]
    Limit {
        /// What there is too much of.
        what: &'static str,
    },
}

impl Reason {
    pub(super) const fn cut(what: &'static str) -> Self {
        Self::Cut { what }
    }

    pub(super) const fn order(what: &'static str) -> Self {
        Self::Order { what }
    }

    pub(super) const fn limit(what: &'static str) -> Self {
        Self::Limit { what }
    }
}
