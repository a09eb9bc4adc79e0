//! Chunks of 64 KiB and the records in them.

use super::bytes::{Cursor, index};
use super::damage::{Damage, Reason};
use super::record::{Reader, Record};
use super::time::FileTime;

/// Bytes of a chunk.
pub const CHUNK_BYTES: usize = 65_536;
/// Bytes of its header, behind which the first record begins.
pub(super) const CHUNK_HEADER: usize = 512;
pub(super) const CHUNK_MAGIC: &[u8; 8] = b"ElfChnk\0";
/// Bytes of a record's header: magic, size, id, time.
pub(super) const RECORD_HEADER: usize = 24;
pub(super) const RECORD_MAGIC: [u8; 4] = *b"\x2a\x2a\0\0";
/// Bytes of a record without content: its header and the copy of its size.
const MIN_RECORD: usize = RECORD_HEADER + 4;
/// No chunk has room for more records than this.
const MAX_RECORDS: u64 = (CHUNK_BYTES / MIN_RECORD) as u64;
/// In the flags of a chunk: nobody kept its checksums.
const NO_CHECKSUM: u32 = 4;

/// One chunk. Names and templates lie inside it, so every chunk can be read by itself.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    bytes: &'a [u8],
    /// Number in the file, from 0.
    pub number: u32,
    /// Byte offset in the file.
    pub offset: u64,
    last_id: u64,
    free: u32,
    records_checksum: u32,
    flags: u32,
    fits: bool,
}

impl<'a> Chunk<'a> {
    /// The chunk that these bytes are; `number` and `offset` only name its place. The last chunk of a cut file may be short.
    ///
    /// # Errors
    /// [`Damage`] if they are none. A header that does not fit its checksum is no reason; [`Records`] reports it.
    pub fn read(bytes: &'a [u8], number: u32, offset: u64) -> Result<Self, Damage> {
        let bytes = bytes.get(..CHUNK_BYTES).unwrap_or(bytes);
        let damage = |lost, reason| Damage { chunk: number, offset, record_id: None, lost, reason };
        let Some(header) = bytes.first_chunk::<CHUNK_HEADER>() else {
            return Err(damage(0, Reason::ChunkCut { bytes: super::bytes::offset(bytes.len()) }));
        };
        let magic = header.starts_with(CHUNK_MAGIC);
        // Behind a header without its first word there may still be every record.
        if !magic && record_at(bytes, CHUNK_HEADER).is_none_or(|record| !record.has_copy(bytes)) {
            return Err(damage(count_records(bytes), Reason::NoChunk));
        }
        let u32_at = |at| Cursor::new(header, at).u32().unwrap_or_default();
        let flags = u32_at(120);
        let fits = magic && (flags & NO_CHECKSUM != 0 || header_checksum(header) == u32_at(124));
        let last_id = Cursor::new(header, 32).u64().unwrap_or_default();
        Ok(Self { bytes, number, offset, last_id, free: u32_at(48), records_checksum: u32_at(52), flags, fits })
    }

    /// Its records, in the order of the chunk.
    pub fn records<'r>(&'r self, reader: &'r mut Reader) -> Records<'r> {
        reader.begin_chunk();
        Records { chunk: self, reader, at: CHUNK_HEADER, last_id: None, told: self.fits, ended: false, whole: None }
    }

    /// The records from a place on: `offset` in the file is that of a record that was read before ([`Record::offset`]).
    pub fn records_from<'r>(&'r self, reader: &'r mut Reader, offset: u64) -> Records<'r> {
        let mut records = self.records(reader);
        records.told = true;
        let at = offset.checked_sub(self.offset).and_then(|at| usize::try_from(at).ok());
        records.at = at.map_or(usize::MAX, |at| at.max(CHUNK_HEADER));
        records
    }

    /// Whether nothing was ever written here; bytes of a chunk or more.
    #[must_use]
    pub fn is_unused(bytes: &[u8]) -> bool {
        bytes.get(..CHUNK_HEADER).unwrap_or(bytes).iter().all(|byte| *byte == 0)
    }

    /// Whether the records fit the checksum in the header. Costs a pass over the chunk; a log copied while Windows wrote
    /// it may not fit and still be whole.
    #[must_use]
    pub fn has_right_checksum(&self) -> bool {
        self.flags & NO_CHECKSUM != 0
            || self.bytes.get(CHUNK_HEADER..index(self.free)).map(crc32fast::hash) == Some(self.records_checksum)
    }

    /// Where records may stand: up to what the header calls free, if the header can be believed.
    fn end(&self) -> usize {
        if self.fits { index(self.free).min(self.bytes.len()) } else { self.bytes.len() }
    }
}

/// The checksum of a chunk's header, which leaves out its own place.
pub(super) fn header_checksum(header: &[u8; CHUNK_HEADER]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header.get(..120).unwrap_or_default());
    hasher.update(header.get(128..).unwrap_or_default());
    hasher.finalize()
}

/// The header of a record.
#[derive(Debug, Clone, Copy)]
struct Header {
    at: usize,
    size: usize,
    id: u64,
    written_at: FileTime,
}

impl Header {
    const fn end(&self) -> usize {
        self.at + self.size
    }

    /// Whether the record ends with a copy of its size, as it should.
    fn has_copy(&self, bytes: &[u8]) -> bool {
        let copy = Cursor::new(bytes, self.end() - 4).u32();
        copy.map(index) == Some(self.size)
    }
}

/// The header at a place, if a record that lies inside the chunk begins there.
fn record_at(bytes: &[u8], at: usize) -> Option<Header> {
    read_header(bytes, at).ok()
}

#[inline]
fn read_header(bytes: &[u8], at: usize) -> Result<Header, Reason> {
    let mut cursor = Cursor::new(bytes, at);
    if cursor.array() != Some(RECORD_MAGIC) {
        return Err(Reason::NoRecord);
    }
    let cut = Reason::cut("the header of a record");
    let size = cursor.u32().ok_or(cut)?;
    let id = cursor.u64().ok_or(cut)?;
    let written_at = FileTime(cursor.u64().ok_or(cut)?);
    let header = Header { at, size: index(size), id, written_at };
    if header.size < MIN_RECORD || bytes.len() - at < header.size {
        return Err(Reason::RecordSize { size });
    }
    Ok(header)
}

/// The first whole record at or behind a place: its header and the copy of its size both fit.
fn find_record(bytes: &[u8], mut from: usize) -> Option<Header> {
    loop {
        let rest = bytes.get(from..)?;
        let at = from + rest.windows(RECORD_MAGIC.len()).position(|window| window == RECORD_MAGIC)?;
        match record_at(bytes, at).filter(|header| header.has_copy(bytes)) {
            Some(header) => return Some(header),
            None => from = at + 1,
        }
    }
}

/// How many whole records can be recognised.
fn count_records(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut from = CHUNK_HEADER;
    while let Some(header) = find_record(bytes, from) {
        count += 1;
        from = header.end();
    }
    count
}

/// The records of a chunk, one after the other.
#[derive(Debug)]
pub struct Records<'r> {
    chunk: &'r Chunk<'r>,
    reader: &'r mut Reader,
    at: usize,
    /// Id of the record before.
    last_id: Option<u64>,
    /// Whether a wrong header has been reported, or is right.
    told: bool,
    ended: bool,
    /// The last answer of [`Records::find_whole`]: from where, and what.
    whole: Option<(usize, Option<Header>)>,
}

impl Records<'_> {
    /// The next record or damaged place; `None` at the end. Always ends: each answer lies behind the one before.
    pub fn next_record(&mut self) -> Option<Result<Record<'_>, Damage>> {
        if !self.told {
            self.told = true;
            return Some(Err(self.damage(0, 0, Reason::ChunkHeader)));
        }
        let end = self.chunk.end();
        if self.ended || end <= self.at {
            return self.finish().map(Err);
        }
        match read_header(self.chunk.bytes, self.at).and_then(|header| self.check_size(header)) {
            Ok(header) => {
                self.at += header.size;
                self.last_id = Some(header.id);
                self.ended = self.chunk.fits && header.id == self.chunk.last_id;
                Some(self.read(header))
            }
            Err(reason) => self.resume(reason, end).map(Err),
        }
    }

    /// A size without its copy is believed unless a whole record begins before it is over.
    fn check_size(&mut self, header: Header) -> Result<Header, Reason> {
        if header.has_copy(self.chunk.bytes)
            || self.find_whole(header.at + 1).is_none_or(|next| header.end() <= next.at)
        {
            return Ok(header);
        }
        Err(Reason::RecordSize { size: super::bytes::offset(header.size) })
    }

    /// The first whole record at or behind a place. Every byte is looked at once, however often this is asked.
    fn find_whole(&mut self, from: usize) -> Option<Header> {
        if let Some((asked, found)) = self.whole
            && asked <= from
            && found.is_none_or(|found| from <= found.at)
        {
            return found;
        }
        let found = find_record(self.chunk.bytes, from);
        self.whole = Some((from, found));
        found
    }

    fn read(&mut self, header: Header) -> Result<Record<'_>, Damage> {
        let (bytes, end) = (self.chunk.bytes, header.end());
        if let Err(reason) = self.reader.read_parts(bytes, header.at + RECORD_HEADER, end - 4) {
            return Err(Damage { record_id: Some(header.id), ..self.damage(header.at, 1, reason) });
        }
        Ok(Record {
            reader: self.reader,
            chunk: bytes,
            record_id: header.id,
            written_at: header.written_at,
            offset: self.chunk.offset + header.at as u64,
            bytes: bytes.get(header.at..end).unwrap_or_default(),
        })
    }

    /// Goes on at the next whole record behind a place that is none.
    fn resume(&mut self, reason: Reason, end: usize) -> Option<Damage> {
        let at = self.at;
        let next = self.find_whole(at + 1).filter(|header| header.end() <= end);
        let Some(next) = next else {
            // The rest is free space, or what was lost at the end of it.
            self.ended = true;
            let lost = self.missing_at_end();
            let blank =
                reason == Reason::NoRecord && self.chunk.bytes.get(at..at + 4).is_none_or(|magic| magic == [0; 4]);
            if self.is_cut() {
                return self.finish();
            }
            return (!blank || 0 < lost).then(|| self.damage(at, lost.max(u64::from(!blank)), reason));
        };
        self.at = next.at;
        let lost = self.last_id.map_or(1, |last| gap(last, next.id));
        Some(self.damage(at, lost, reason))
    }

    /// What a cut file lost in this chunk, told once.
    fn finish(&mut self) -> Option<Damage> {
        self.ended = true;
        if !self.is_cut() || self.at == usize::MAX {
            return None;
        }
        let bytes = super::bytes::offset(self.chunk.bytes.len());
        let damage = self.damage(0, self.missing_at_end(), Reason::ChunkCut { bytes });
        self.at = usize::MAX;
        Some(damage)
    }

    fn is_cut(&self) -> bool {
        self.chunk.bytes.len() < CHUNK_BYTES
    }

    /// Records that the header counts behind the last one read.
    fn missing_at_end(&self) -> u64 {
        match self.last_id {
            Some(last) if self.chunk.fits => gap(last, self.chunk.last_id.wrapping_add(1)),
            _ => 0,
        }
    }

    fn damage(&self, at: usize, lost: u64, reason: Reason) -> Damage {
        let offset = self.chunk.offset + at as u64;
        Damage { chunk: self.chunk.number, offset, record_id: None, lost, reason }
    }
}

/// How many ids lie between two; 1 where they do not follow each other within one chunk.
fn gap(last: u64, next: u64) -> u64 {
    next.checked_sub(last).and_then(|gap| gap.checked_sub(1)).filter(|gap| *gap <= MAX_RECORDS).unwrap_or(1)
}
