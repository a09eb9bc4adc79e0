//! One event of a log, field by field.

use ::store::{BlobError, Blobs};
use base::ContentHash;
use formats::evtx::{CHUNK_BYTES, Chunk, FILE_HEADER, Reader};

use super::{Cell, Drawn, Row, read_part, visible};

/// Most fields shown: no event of a real program has so many.
const MAX_FIELDS: usize = 500;
/// Most characters of one value.
const MAX_VALUE_CHARS: usize = 4_000;

/// Whether a file that begins so is an event log.
pub(super) fn is_log(head: &[u8]) -> bool {
    formats::evtx::File::open(head).is_ok()
}

/// The event whose record begins at byte `at`; `None` if none does.
pub(super) fn draw(blobs: &Blobs, hash: ContentHash, at: u64) -> Result<Option<Drawn>, BlobError> {
    let Some(behind) = at.checked_sub(FILE_HEADER as u64) else { return Ok(None) };
    let number = behind / CHUNK_BYTES as u64;
    let begin = FILE_HEADER as u64 + number * CHUNK_BYTES as u64;
    let bytes = read_part(blobs, hash, begin, CHUNK_BYTES as u64)?;
    let Ok(chunk) = Chunk::read(&bytes, u32::try_from(number).unwrap_or(u32::MAX), begin) else { return Ok(None) };
    let mut reader = Reader::new();
    let mut records = chunk.records_from(&mut reader, at);
    let Some(Ok(record)) = records.next_record() else { return Ok(None) };
    if record.offset != at {
        return Ok(None);
    }
    let mut rows = vec![row("Record", &record.record_id.to_string())];
    record.each_field(&mut |name, value| {
        if !value.is_null() && rows.len() < MAX_FIELDS {
            rows.push(row(name.name(), &value.to_string()));
        }
    });
    Ok(Some(Drawn { rows, ..Drawn::default() }))
}

fn row(name: &str, value: &str) -> Row {
    let cell = Cell { text: visible(value, MAX_VALUE_CHARS), is_hit: false };
    Row { label: visible(name, MAX_VALUE_CHARS), is_hit: false, cells: vec![cell] }
}
