//! Records read again, whole, when somebody wants to see them.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use formats::evtx::{CHUNK_BYTES, Chunk, Damage, FILE_HEADER, FileTime, Reader, Record, Section};

use crate::files::Log;

/// Chunks kept in memory: rows are sorted by time, so neighbours often lie in the same ones.
const CHUNKS: usize = 64;
/// Files kept open.
const FILES: usize = 32;

/// One event as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When it happened; where it does not say, when the log wrote it.
    pub at: FileTime,
    /// Number of the record in its log.
    pub record_id: u64,
    /// Empty if it does not say.
    pub computer: String,
    /// Empty for events traced without a log.
    pub channel: String,
    /// Empty if it does not say.
    pub provider: String,
    /// `None` if it does not say.
    pub event_id: Option<u32>,
    /// Every field in the order of the event. Lists come once for each of their values.
    pub fields: Vec<Field>,
}

/// A field of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// As the event spells it.
    pub name: String,
    /// May hold anything that a program logged.
    pub value: String,
    /// Whether it is one of the event's own, and none of those that every event has.
    pub is_own: bool,
}

impl Event {
    fn of(record: &Record<'_>) -> Self {
        let system = record.system();
        let text = |value: Option<formats::evtx::Value<'_>>| value.map(|value| value.to_string()).unwrap_or_default();
        let mut fields = Vec::new();
        record.each_field(&mut |name, value| {
            if !value.is_null() {
                let is_own = matches!(name.section, Section::EventData | Section::UserData);
                fields.push(Field { name: name.name().to_owned(), value: value.to_string(), is_own });
            }
        });
        Self {
            at: system.time_created.unwrap_or(record.written_at),
            record_id: record.record_id,
            computer: text(system.computer),
            channel: text(system.channel),
            provider: text(system.provider),
            event_id: system.event_id,
            fields,
        }
    }

    /// The first value of a field. Case and spaces in `name` do not matter, as in rules.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let wanted = || name.chars().filter(|c| *c != ' ').flat_map(char::to_lowercase);
        let is_wanted =
            |field: &&Field| field.name.chars().filter(|c| *c != ' ').flat_map(char::to_lowercase).eq(wanted());
        self.fields.iter().find(is_wanted).map(|field| field.value.as_str())
    }
}

/// Why a record is no longer there.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// The system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The log has changed since.
    #[error("the log has changed since: {0}")]
    Damage(#[from] Damage),
    /// The log has changed since.
    #[error("the log has changed since: no record at byte {offset}")]
    Gone {
        /// Where it was.
        offset: u64,
    },
}

/// Reads single records of logs, in any order.
#[derive(Debug)]
pub struct Events<'a> {
    logs: &'a [Log],
    reader: Reader,
    chunks: Vec<Kept>,
    files: Vec<(u32, File)>,
    clock: u64,
}

#[derive(Debug)]
struct Kept {
    log: u32,
    offset: u64,
    bytes: Vec<u8>,
    used: u64,
}

impl<'a> Events<'a> {
    /// With nothing read yet.
    #[must_use]
    pub fn new(logs: &'a [Log]) -> Self {
        Self { logs, reader: Reader::new(), chunks: Vec::new(), files: Vec::new(), clock: 0 }
    }

    /// The record at an offset of a log, where a scan found one.
    ///
    /// # Errors
    /// [`EventError`] if it is not there any more.
    pub fn read(&mut self, log: u32, offset: u64) -> Result<Event, EventError> {
        let gone = EventError::Gone { offset };
        let Some(number) = offset.checked_sub(FILE_HEADER as u64).map(|behind| behind / CHUNK_BYTES as u64) else {
            return Err(gone);
        };
        let begin = FILE_HEADER as u64 + number * CHUNK_BYTES as u64;
        let place = self.load(log, begin)?;
        let Some(kept) = self.chunks.get(place) else { return Err(gone) };
        let chunk = Chunk::read(&kept.bytes, u32::try_from(number).unwrap_or(u32::MAX), begin)?;
        match chunk.records_from(&mut self.reader, offset).next_record() {
            Some(Ok(record)) if record.offset == offset => Ok(Event::of(&record)),
            Some(Err(damage)) => Err(damage.into()),
            Some(Ok(_)) | None => Err(gone),
        }
    }

    /// Where the chunk at an offset is kept.
    fn load(&mut self, log: u32, offset: u64) -> std::io::Result<usize> {
        self.clock += 1;
        if let Some(place) = self.chunks.iter().position(|kept| kept.log == log && kept.offset == offset) {
            if let Some(kept) = self.chunks.get_mut(place) {
                kept.used = self.clock;
            }
            return Ok(place);
        }
        let place = if self.chunks.len() < CHUNKS {
            self.chunks.push(Kept { log, offset, bytes: Vec::new(), used: 0 });
            self.chunks.len() - 1
        } else {
            let oldest = self.chunks.iter().enumerate().min_by_key(|(_, kept)| kept.used);
            oldest.map_or(0, |(place, _)| place)
        };
        let mut bytes = self.chunks.get_mut(place).map(|kept| std::mem::take(&mut kept.bytes)).unwrap_or_default();
        bytes.clear();
        // What is no chunk stays empty, and is no record either.
        let read = self.read_chunk(log, offset, &mut bytes);
        let used = self.clock;
        if let Some(kept) = self.chunks.get_mut(place) {
            *kept = Kept { log, offset, bytes, used };
        }
        read.map(|()| place)
    }

    fn read_chunk(&mut self, log: u32, offset: u64, bytes: &mut Vec<u8>) -> std::io::Result<()> {
        let mut file = self.open(log)?;
        file.seek(SeekFrom::Start(offset))?;
        file.take(CHUNK_BYTES as u64).read_to_end(bytes)?;
        Ok(())
    }

    fn open(&mut self, log: u32) -> std::io::Result<&File> {
        let place = match self.files.iter().position(|(number, _)| *number == log) {
            Some(place) => place,
            None => {
                if FILES <= self.files.len() {
                    self.files.remove(0);
                }
                let path = self.logs.get(log as usize).map(|log| log.path.as_path());
                self.files.push((log, File::open(path.unwrap_or(std::path::Path::new("")))?));
                self.files.len() - 1
            }
        };
        let file = self.files.get(place).map(|(_, file)| file);
        file.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))
    }
}
