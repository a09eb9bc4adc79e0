//! Writing event logs: for tests, and for sites that exist only on paper.
//!
//! What is written is plain: one template instance for each event, names and templates once in each chunk, values as the
//! caller gives them. The tables of names and templates in the header of a chunk, which readers do not need, stay empty.

use std::collections::HashMap;

use super::bytes::offset;
use super::chunk::{CHUNK_BYTES, CHUNK_HEADER, CHUNK_MAGIC, RECORD_MAGIC, header_checksum};
use super::definition::{NO_GUARD, token};
use super::file::{FILE_HEADER, FILE_MAGIC};
use super::time::FileTime;
use super::value::kind;

mod event;

pub use event::{Child, Content, Element, WrittenValue};

/// Why an event cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// It does not fit into a chunk of 64 KiB, or a part of it not into its length field.
    #[error("the event does not fit into a chunk of {CHUNK_BYTES} bytes")]
    TooLong,
}

/// An event log being written, in memory.
#[derive(Debug)]
pub struct Writer {
    file: Vec<u8>,
    chunk: OpenChunk,
    next_id: u64,
}

/// The chunk that still takes events.
#[derive(Debug)]
struct OpenChunk {
    bytes: Vec<u8>,
    first_id: u64,
    last_record: usize,
    names: HashMap<String, u32>,
    templates: HashMap<Element, u32>,
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// An empty log; record ids count from 1.
    #[must_use]
    pub fn new() -> Self {
        Self { file: vec![0; FILE_HEADER], chunk: OpenChunk::new(1), next_id: 1 }
    }

    /// Appends an event, in a new chunk if the last one is full.
    ///
    /// # Errors
    /// [`WriteError`]; the log is then as before.
    pub fn add(&mut self, written_at: FileTime, template: &Element, values: &[WrittenValue]) -> Result<(), WriteError> {
        if self.chunk.add(self.next_id, written_at, template, values).is_err() {
            let mut fresh = OpenChunk::new(self.next_id);
            fresh.add(self.next_id, written_at, template, values)?;
            let full = std::mem::replace(&mut self.chunk, fresh);
            self.file.extend(full.finish(self.next_id));
        }
        self.next_id += 1;
        Ok(())
    }

    /// The whole file.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        if self.chunk.first_id < self.next_id {
            self.file.extend(self.chunk.finish(self.next_id));
        }
        let chunks = self.file.len().saturating_sub(FILE_HEADER) / CHUNK_BYTES;
        let mut header = FILE_MAGIC.to_vec();
        header.extend(0_u64.to_le_bytes());
        header.extend((chunks as u64).saturating_sub(1).to_le_bytes());
        header.extend(self.next_id.to_le_bytes());
        header.extend(128_u32.to_le_bytes());
        for number in [1, 3, 4_096, u16::try_from(chunks).unwrap_or(u16::MAX)] {
            header.extend(number.to_le_bytes());
        }
        header.resize(120, 0);
        let checksum = crc32fast::hash(&header);
        header.extend(0_u32.to_le_bytes());
        header.extend(checksum.to_le_bytes());
        put(&mut self.file, 0, &header);
        self.file
    }
}

impl OpenChunk {
    fn new(first_id: u64) -> Self {
        let bytes = vec![0; CHUNK_HEADER];
        Self { bytes, first_id, last_record: CHUNK_HEADER, names: HashMap::new(), templates: HashMap::new() }
    }

    /// Appends a record, or leaves everything as it was.
    fn add(
        &mut self,
        id: u64,
        written_at: FileTime,
        template: &Element,
        values: &[WrittenValue],
    ) -> Result<(), WriteError> {
        let begin = self.bytes.len();
        let written = self.add_record(id, written_at, template, values);
        match written {
            Ok(()) => self.last_record = begin,
            Err(_) => {
                self.bytes.truncate(begin);
                self.names.retain(|_, at| *at < offset(begin));
                self.templates.retain(|_, at| *at < offset(begin));
            }
        }
        written
    }

    fn add_record(
        &mut self,
        id: u64,
        written_at: FileTime,
        template: &Element,
        values: &[WrittenValue],
    ) -> Result<(), WriteError> {
        let begin = self.bytes.len();
        self.bytes.extend(RECORD_MAGIC);
        self.bytes.extend(0_u32.to_le_bytes());
        self.bytes.extend(id.to_le_bytes());
        self.bytes.extend(written_at.0.to_le_bytes());
        self.add_instance(template, values)?;
        let size = offset(self.bytes.len() + 4 - begin).to_le_bytes();
        put(&mut self.bytes, begin + 4, &size);
        self.bytes.extend(size);
        if CHUNK_BYTES < self.bytes.len() { Err(WriteError::TooLong) } else { Ok(()) }
    }

    /// A template with its values; the definition follows where the chunk has it not yet.
    fn add_instance(&mut self, template: &Element, values: &[WrittenValue]) -> Result<(), WriteError> {
        self.bytes.extend([token::HEADER, 1, 1, 0, token::INSTANCE, 1]);
        // The definition, if it follows, begins behind its id and its offset.
        let here = offset(self.bytes.len() + 8);
        let known = self.templates.get(template).copied();
        let definition = known.unwrap_or(here);
        self.bytes.extend(definition.to_le_bytes());
        self.bytes.extend(definition.to_le_bytes());
        if known.is_none() {
            self.templates.insert(template.clone(), here);
            self.add_definition(template);
        }
        let count = u32::try_from(values.len()).map_err(|_| WriteError::TooLong)?;
        self.bytes.extend(count.to_le_bytes());
        let descriptors = self.bytes.len();
        for value in values {
            self.bytes.extend([0, 0, value.kind, 0]);
        }
        for (number, value) in values.iter().enumerate() {
            let begin = self.bytes.len();
            match &value.nested {
                Some((template, values)) => self.add_instance(template, values)?,
                None => self.bytes.extend(&value.bytes),
            }
            let length = u16::try_from(self.bytes.len() - begin).map_err(|_| WriteError::TooLong)?;
            put(&mut self.bytes, descriptors + number * 4, &length.to_le_bytes());
        }
        self.bytes.push(token::END_OF_STREAM);
        if CHUNK_BYTES < self.bytes.len() { Err(WriteError::TooLong) } else { Ok(()) }
    }

    fn add_definition(&mut self, template: &Element) {
        // Next definition, then a GUID that only needs to differ from others in the chunk.
        let guid = offset(self.bytes.len()).to_le_bytes();
        self.bytes.extend([0; 4]);
        self.bytes.extend(guid.repeat(4));
        let size_at = self.bytes.len();
        self.bytes.extend([0; 4]);
        self.bytes.extend([token::HEADER, 1, 1, 0]);
        self.add_element(template);
        self.bytes.push(token::END_OF_STREAM);
        put_size(&mut self.bytes, size_at);
    }

    fn add_element(&mut self, element: &Element) {
        let more = if element.attributes.is_empty() { 0 } else { token::MORE };
        self.bytes.push(token::OPEN | more);
        self.bytes.extend(NO_GUARD.to_le_bytes());
        let size_at = self.bytes.len();
        self.bytes.extend([0; 4]);
        self.add_name(&element.name);
        if !element.attributes.is_empty() {
            let attributes_at = self.bytes.len();
            self.bytes.extend([0; 4]);
            for (number, (name, content)) in element.attributes.iter().enumerate() {
                let more = if number + 1 < element.attributes.len() { token::MORE } else { 0 };
                self.bytes.push(token::ATTRIBUTE | more);
                self.add_name(name);
                self.add_content(content);
            }
            put_size(&mut self.bytes, attributes_at);
        }
        if element.children.is_empty() {
            self.bytes.push(token::CLOSE_EMPTY);
        } else {
            self.bytes.push(token::CLOSE_START);
            for child in &element.children {
                match child {
                    Child::Element(inner) => self.add_element(inner),
                    Child::Content(content) => self.add_content(content),
                }
            }
            self.bytes.push(token::CLOSE);
        }
        put_size(&mut self.bytes, size_at);
    }

    fn add_content(&mut self, content: &Content) {
        match content {
            Content::Text(text) => {
                self.bytes.extend([token::VALUE, kind::UTF16]);
                let units = utf16(text);
                self.bytes.extend(u16::try_from(units.len() / 2).unwrap_or(u16::MAX).to_le_bytes());
                self.bytes.extend(units);
            }
            Content::Value(number) => {
                self.bytes.push(token::OPTIONAL_SLOT);
                self.bytes.extend(number.to_le_bytes());
                self.bytes.push(kind::UTF16);
            }
        }
    }

    fn add_name(&mut self, name: &str) {
        if let Some(known) = self.names.get(name) {
            self.bytes.extend(known.to_le_bytes());
            return;
        }
        let here = offset(self.bytes.len() + 4);
        self.names.insert(name.to_owned(), here);
        let units: Vec<u16> = name.encode_utf16().collect();
        let hash = units.iter().fold(0_u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add((*unit).into()));
        let [low, high, ..] = hash.to_le_bytes();
        self.bytes.extend(here.to_le_bytes());
        self.bytes.extend([0, 0, 0, 0, low, high]);
        self.bytes.extend(u16::try_from(units.len()).unwrap_or(u16::MAX).to_le_bytes());
        self.bytes.extend(utf16(name));
        self.bytes.extend([0, 0]);
    }

    /// The whole chunk; `next_id` is the id behind its last record.
    fn finish(mut self, next_id: u64) -> Vec<u8> {
        let free = self.bytes.len();
        let records = crc32fast::hash(self.bytes.get(CHUNK_HEADER..).unwrap_or_default());
        let mut header = CHUNK_MAGIC.to_vec();
        for id in [self.first_id, next_id - 1, self.first_id, next_id - 1] {
            header.extend(id.to_le_bytes());
        }
        for number in [128, offset(self.last_record), offset(free), records] {
            header.extend(number.to_le_bytes());
        }
        put(&mut self.bytes, 0, &header);
        if let Some(header) = self.bytes.first_chunk() {
            let checksum = header_checksum(header).to_le_bytes();
            put(&mut self.bytes, 124, &checksum);
        }
        self.bytes.resize(CHUNK_BYTES, 0);
        self.bytes
    }
}

/// The number of bytes behind a size field, into the field.
fn put_size(bytes: &mut [u8], at: usize) {
    let size = offset(bytes.len().saturating_sub(at + 4));
    put(bytes, at, &size.to_le_bytes());
}

fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + new.len()) {
        place.copy_from_slice(new);
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
