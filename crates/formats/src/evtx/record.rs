//! Records: one event each.

use super::damage::Reason;
use super::definition::{Stream, scan_fragment, token};
use super::fields::{Field, Place, Section};
use super::instance::{Instance, Slot};
use super::part::Part;
use super::system::System;
use super::template::{Template, Templates};
use super::time::FileTime;
use super::tree::{Node, entity};
use super::value::{Value, kind};

/// Deepest nesting of binary XML in binary XML; Windows uses one level.
const MAX_NESTING: u8 = 16;
/// Most parts of one record.
const MAX_PARTS: usize = 256;
/// What one record may make of itself, and all records of one chunk. Events of Windows have some thirty fields and a
/// thousand bytes; a chunk has room for two thousand small events.
const RECORD_LIMIT: Size = Size { fields: 4_096, bytes: 4 << 20 };
const CHUNK_LIMIT: Size = Size { fields: 262_144, bytes: 32 << 20 };

/// Reads records. Keeps what it learned about templates, so one reader should be used for many chunks, by one thread.
#[derive(Debug, Default)]
pub struct Reader {
    pub(super) templates: Templates,
    slots: Vec<Slot>,
    parts: Vec<Entry>,
    /// Templates of this record alone.
    own: Vec<Template>,
    image: Vec<u8>,
    /// Texts made of several pieces. Few templates have any.
    texts: Vec<String>,
    record_size: Size,
    chunk_size: Size,
}

/// What visiting every field comes to.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    fields: usize,
    /// Bytes that a template adds to its values: literals, and values it uses more than once.
    bytes: usize,
}

impl Size {
    fn add(&mut self, more: Self, limit: Self) -> Result<(), Reason> {
        self.fields += more.fields;
        self.bytes = self.bytes.saturating_add(more.bytes);
        if limit.fields < self.fields {
            return Err(Reason::limit("the number of fields"));
        }
        if limit.bytes < self.bytes {
            return Err(Reason::limit("the size of all values"));
        }
        Ok(())
    }
}

/// A part, as numbers.
#[derive(Debug, Clone, Copy)]
struct Entry {
    template: Source,
    first_slot: usize,
    end_slot: usize,
    first_text: usize,
    place: Place,
    depth: u8,
}

#[derive(Debug, Clone, Copy)]
enum Source {
    Shared(u32),
    Own(usize),
}

impl Reader {
    /// A reader that knows no template yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets what belonged to the chunk before.
    pub(super) fn begin_chunk(&mut self) {
        self.templates.begin_chunk();
        self.chunk_size = Size::default();
    }

    /// Reads the parts of the record whose binary XML lies at `begin..end`.
    pub(super) fn read_parts(&mut self, chunk: &[u8], begin: usize, end: usize) -> Result<(), Reason> {
        self.slots.clear();
        self.parts.clear();
        self.own.clear();
        self.texts.clear();
        self.record_size = Size::default();
        let stream = Stream { chunk, begin, end };
        self.add_stream(&stream, Place::Open, 0)?;
        let mut next = 0;
        while let Some(entry) = self.parts.get(next).copied() {
            for number in entry.first_slot..entry.end_slot {
                if let Some(Slot { kind: kind::BINARY_XML, length: 1.., .. }) = self.slots.get(number) {
                    self.add_value(chunk, &entry, number)?;
                }
            }
            next += 1;
        }
        self.write_texts(chunk);
        Ok(())
    }

    /// Reads the part that a value is.
    fn add_value(&mut self, chunk: &[u8], entry: &Entry, number: usize) -> Result<(), Reason> {
        let Some(slot) = self.slots.get(number).copied() else { return Ok(()) };
        let slot_number =
            u16::try_from(number - entry.first_slot).map_err(|_| Reason::limit("the number of values"))?;
        let place = self.template(entry.template).map_or(entry.place, |t| t.place_of(slot_number, entry.place));
        let part = u16::try_from(self.parts.len()).map_err(|_| Reason::limit("the number of parts"))?;
        let begin = super::bytes::index(slot.begin);
        let stream = Stream { chunk, begin, end: begin + usize::from(slot.length) };
        self.add_stream(&stream, place, entry.depth + 1)?;
        if let Some(slot) = self.slots.get_mut(number) {
            slot.part = part;
        }
        Ok(())
    }

    /// Adds the part that a stream of tokens is.
    fn add_stream(&mut self, stream: &Stream<'_>, place: Place, depth: u8) -> Result<(), Reason> {
        if MAX_NESTING < depth {
            return Err(Reason::limit("the depth of binary XML"));
        }
        if MAX_PARTS <= self.parts.len() {
            return Err(Reason::limit("the number of parts"));
        }
        let bytes = stream.chunk.get(..stream.end).ok_or(Reason::cut("binary XML"))?;
        let first_slot = self.slots.len();
        let head = bytes.get(stream.begin..).unwrap_or_default();
        let instance_at = match head {
            [token::HEADER, _, _, _, token::INSTANCE, ..] => Some(stream.begin + 4),
            [token::INSTANCE, ..] => Some(stream.begin),
            _ => None,
        };
        if let Some(at) = instance_at {
            let instance = Instance::read(bytes, at, &mut self.slots)?;
            if matches!(bytes.get(instance.end..), Some([] | [token::END_OF_STREAM, ..])) {
                let number = self.templates.find(stream.chunk, instance.definition)?;
                return self.add_part(Source::Shared(number), first_slot, place, depth);
            }
            self.slots.truncate(first_slot);
        }
        self.add_fragment(stream, first_slot, place, depth)
    }

    /// Adds tokens that are no single template instance. Instances among them become values.
    #[cold]
    #[inline(never)]
    fn add_fragment(&mut self, stream: &Stream<'_>, first_slot: usize, place: Place, depth: u8) -> Result<(), Reason> {
        self.templates.charge(stream, 0)?;
        let mut instances = Vec::new();
        self.image.clear();
        let scanned = scan_fragment(stream, &mut self.image, &mut instances);
        self.templates.charge(stream, self.image.len())?;
        scanned?;
        let template = Template::compile(&self.image)?;
        for (begin, end) in instances {
            let length = u16::try_from(end - begin).map_err(|_| Reason::limit("the size of a template instance"))?;
            self.slots.push(Slot { begin: super::bytes::offset(begin), length, kind: kind::BINARY_XML, part: 0 });
        }
        self.own.push(template);
        self.add_part(Source::Own(self.own.len() - 1), first_slot, place, depth)
    }

    fn add_part(&mut self, template: Source, first_slot: usize, place: Place, depth: u8) -> Result<(), Reason> {
        let end_slot = self.slots.len();
        let Some(found) = self.template(template) else { return Ok(()) };
        let (literals, repeats) = (found.literals, found.repeats);
        let mut size = Size { fields: found.fields.len(), bytes: literals };
        if 1 < repeats {
            let slots = self.slots.get(first_slot..end_slot).unwrap_or_default();
            size.bytes += repeats * slots.iter().map(|slot| usize::from(slot.length)).sum::<usize>();
        }
        self.record_size.add(size, RECORD_LIMIT)?;
        self.chunk_size.add(size, CHUNK_LIMIT)?;
        self.parts.push(Entry { template, first_slot, end_slot, first_text: 0, place, depth });
        Ok(())
    }

    /// Writes the texts made of several pieces, once the values are known.
    fn write_texts(&mut self, chunk: &[u8]) {
        for number in 0..self.parts.len() {
            let first_text = self.texts.len();
            let Some(entry) = self.parts.get_mut(number) else { return };
            entry.first_text = first_text;
            let entry = *entry;
            let Some(part) = part(self, chunk, &entry).filter(|part| !part.template.mixed.is_empty()) else { continue };
            let texts: Vec<String> = part.template.mixed.iter().map(|pieces| write_pieces(&part, pieces)).collect();
            self.texts.extend(texts);
        }
    }

    #[inline]
    fn template(&self, source: Source) -> Option<&Template> {
        match source {
            Source::Shared(number) => self.templates.get(number),
            Source::Own(number) => self.own.get(number),
        }
    }
}

/// One event. Lives until the next is read.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    pub(super) reader: &'r Reader,
    pub(super) chunk: &'r [u8],
    /// Id in the header of the record.
    pub record_id: u64,
    /// When the log wrote it.
    pub written_at: FileTime,
    /// Byte offset in the file.
    pub offset: u64,
    /// The record as it lies in the chunk, from its header to the copy of its size. Its names and templates may lie
    /// elsewhere in the chunk.
    pub bytes: &'r [u8],
}

/// A field as [`Record::each_field`] names it.
#[derive(Debug, Clone, Copy)]
pub struct FieldName<'r> {
    /// The field of the template.
    pub field: &'r Field,
    /// Where it stands.
    pub section: Section,
    /// Number of a `Data` without name among its like, from 0; the items of a list count. `None` for others.
    pub position: Option<u32>,
}

impl<'r> FieldName<'r> {
    /// See [`Field::name`].
    #[must_use]
    pub fn name(&self) -> &'r str {
        self.field.name()
    }
}

impl<'r> Record<'r> {
    /// The templates of the event with their values, outer ones first.
    #[inline]
    pub fn parts(&self) -> impl Iterator<Item = Part<'r>> + use<'r> {
        let (reader, chunk) = (self.reader, self.chunk);
        reader.parts.iter().filter_map(move |entry| part(reader, chunk, entry))
    }

    /// The part with this number; 0 is the record itself.
    pub(super) fn part(&self, number: usize) -> Option<Part<'r>> {
        self.reader.parts.get(number).and_then(|entry| part(self.reader, self.chunk, entry))
    }

    /// Who logged it, what, when and where.
    #[must_use]
    pub fn system(&self) -> System<'r> {
        self.parts()
            .find_map(|part| part.template.system.as_ref().map(|plan| plan.read(&part)))
            .unwrap_or(System::EMPTY)
    }

    /// Visits every field with its value, in the order of the event. A field that holds a list is visited once for each
    /// of its values.
    #[inline]
    pub fn each_field(&self, visit: &mut dyn FnMut(FieldName<'r>, Value<'r>)) {
        for part in self.parts() {
            // Lists in front of a `Data` without name move it back.
            let mut moved = 0;
            for field in &part.template.fields {
                let Some(value) = part.field_value(field) else { continue };
                let position = field.position.map(|position| position + moved);
                let mut name = FieldName { field, section: part.section(field), position };
                let Some(array) = value.as_array() else {
                    visit(name, value);
                    continue;
                };
                let mut count = 0;
                for item in &array {
                    visit(name, item);
                    count += 1;
                    name.position = name.position.map(|position| position + 1);
                }
                if count == 0 {
                    visit(name, Value::NULL);
                } else if name.position.is_some() {
                    moved += count - 1;
                }
            }
        }
    }
}

#[inline]
fn part<'r>(reader: &'r Reader, chunk: &'r [u8], entry: &Entry) -> Option<Part<'r>> {
    let slots = reader.slots.get(entry.first_slot..entry.end_slot)?;
    let key = match entry.template {
        Source::Shared(number) => Some(reader.templates.key(number, entry.place)),
        Source::Own(_) => None,
    };
    let template = reader.template(entry.template)?;
    let (texts, first_text) = (reader.texts.as_slice(), entry.first_text);
    Some(Part { chunk, template, slots, place: entry.place, key, texts, first_text })
}

/// One text of several pieces. A piece that is a part of its own is left out; its fields speak for it.
fn write_pieces(part: &Part<'_>, pieces: &[Node]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Node::Text(piece) => text.push_str(piece),
            Node::Entity(name) => text.push_str(entity(name)),
            Node::Slot(number) => {
                if let Some(value) = part.slot_value(*number) {
                    value.write_to(&mut text);
                }
            }
            Node::Element(_) => {}
        }
    }
    text
}
