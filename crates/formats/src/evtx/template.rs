//! Templates: compiled once, known again in every chunk.

use std::collections::HashMap;

use super::bytes::{Cursor, index};
use super::damage::Reason;
use super::definition::{Stream, scan_definition};
use super::fields::{Content, Field, Place, gather};
use super::instance::DEFINITION_HEADER;
use super::system::Plan;
use super::tree::{Node, build};

/// Templates are forgotten once they weigh this much, in bytes (estimated).
const MAX_STORED: usize = 64 << 20;
/// What the templates of one chunk may weigh; a chunk of Windows needs less than a tenth.
const MAX_CHUNK: usize = 8 << 20;
/// Estimated bytes of a node or field besides its texts.
const NODE_WEIGHT: usize = 128;

/// A template, ready to be filled with values.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) roots: Vec<Node>,
    pub(super) fields: Vec<Field>,
    /// Where substitutions lead that stand as content.
    places: Vec<(u16, Place)>,
    /// Fields of `System`, if the template has it.
    pub(super) system: Option<Box<Plan>>,
    /// Pieces of every text that is made of several.
    pub(super) mixed: Vec<Vec<Node>>,
    /// How often the substitution is used that is used most often.
    pub(super) repeats: usize,
    /// Bytes of all literal values.
    pub(super) literals: usize,
}

impl Template {
    /// # Errors
    /// [`Reason`] if the image is no well-formed piece of XML.
    pub(super) fn compile(image: &[u8]) -> Result<Self, Reason> {
        let roots = build(image)?;
        let fields = gather(&roots);
        let system = Plan::of(&fields.list).map(Box::new);
        let repeats = count_repeats(&fields.list, &fields.mixed);
        let literals = count_literals(&fields.list, &fields.mixed);
        let (fields, places, mixed) = (fields.list, fields.places, fields.mixed);
        Ok(Self { roots, fields, places, system, mixed, repeats, literals })
    }

    /// Where the binary XML of a substitution stands, in a part that stands at `place`.
    pub(super) fn place_of(&self, slot: u16, place: Place) -> Place {
        match place {
            Place::Inside(_) => place,
            Place::Open => {
                self.places.iter().find(|(number, _)| *number == slot).map_or(Place::Open, |(_, place)| *place)
            }
        }
    }

    /// Estimated bytes.
    fn weight(&self, image: usize) -> usize {
        // Names and texts are in the image, and again in nodes and fields. Every node has at least one token there.
        image * 3 + NODE_WEIGHT * (self.fields.len() + self.places.len() + image / 8)
    }
}

fn count_repeats(fields: &[Field], mixed: &[Vec<Node>]) -> usize {
    let mut used: HashMap<u16, usize> = HashMap::new();
    let alone = fields.iter().filter_map(|field| match &field.content {
        Content::Slot(slot) => Some(*slot),
        Content::Mixed(_) | Content::Empty | Content::Text(_) => None,
    });
    let pieces = mixed.iter().flatten().filter_map(|node| match node {
        Node::Slot(slot) => Some(*slot),
        Node::Element(_) | Node::Text(_) | Node::Entity(_) => None,
    });
    for slot in alone.chain(pieces) {
        *used.entry(slot).or_default() += 1;
    }
    used.into_values().max().unwrap_or_default()
}

fn count_literals(fields: &[Field], mixed: &[Vec<Node>]) -> usize {
    let alone = fields.iter().map(|field| match &field.content {
        Content::Text(text) => text.len(),
        Content::Slot(_) | Content::Mixed(_) | Content::Empty => 0,
    });
    let pieces = mixed.iter().flatten().map(|node| match node {
        Node::Text(text) => text.len(),
        Node::Element(_) | Node::Slot(_) | Node::Entity(_) => 0,
    });
    alone.chain(pieces).sum()
}

/// Names a template at a place in the event, so that a reader of events can keep what it worked out about its fields.
///
/// Keys of one generation are small numbers without large gaps. After many templates a [`super::Reader`] begins a new
/// generation and uses the numbers again: what was kept for an older one must then be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TemplateKey {
    /// Counts up; a change means that every older key is void.
    pub generation: u32,
    /// Number of the template and its place.
    pub number: u32,
}

/// Every template seen, and those of the present chunk by their place.
#[derive(Debug, Default)]
pub(super) struct Templates {
    by_image: HashMap<Box<[u8]>, u32>,
    list: Vec<Template>,
    weight: usize,
    generation: u32,
    /// Offset of a definition in the present chunk, and what it is.
    chunk: Vec<(u32, Result<u32, Reason>)>,
    chunk_weight: usize,
    image: Vec<u8>,
}

impl Templates {
    /// Forgets the places of the chunk before, and everything if that has become too much.
    pub(super) fn begin_chunk(&mut self) {
        self.chunk.clear();
        self.chunk_weight = 0;
        if MAX_STORED < self.weight {
            self.by_image.clear();
            self.list.clear();
            self.weight = 0;
            self.generation = self.generation.wrapping_add(1);
        }
    }

    pub(super) fn get(&self, number: u32) -> Option<&Template> {
        self.list.get(index(number))
    }

    pub(super) fn key(&self, number: u32, place: Place) -> TemplateKey {
        TemplateKey { generation: self.generation, number: number * Place::COUNT + place.number() }
    }

    /// Number of the template whose definition lies at an offset in the chunk.
    #[inline]
    pub(super) fn find(&mut self, chunk: &[u8], definition: u32) -> Result<u32, Reason> {
        match self.chunk.iter().find(|(offset, _)| *offset == definition) {
            Some((_, found)) => *found,
            None => self.add(chunk, definition),
        }
    }

    fn add(&mut self, chunk: &[u8], definition: u32) -> Result<u32, Reason> {
        let found = self.read(chunk, definition);
        self.chunk.push((definition, found));
        found
    }

    /// Counts what reading a stream cost.
    ///
    /// # Errors
    /// [`Reason::Limit`] if it is too much for one chunk: many streams could lie over each other.
    pub(super) fn charge(&mut self, stream: &Stream<'_>, image: usize) -> Result<(), Reason> {
        self.chunk_weight += image + (stream.end - stream.begin) / 8;
        if MAX_CHUNK < self.chunk_weight { Err(Reason::limit("the size of all templates")) } else { Ok(()) }
    }

    fn read(&mut self, chunk: &[u8], definition: u32) -> Result<u32, Reason> {
        // Once it is too much, nothing more is even looked at.
        if MAX_CHUNK < self.chunk_weight {
            return Err(Reason::limit("the size of all templates"));
        }
        let stream = open(chunk, definition).ok_or(Reason::cut("a template"))?;
        self.image.clear();
        let scanned = scan_definition(&stream, &mut self.image);
        self.charge(&stream, self.image.len())?;
        scanned?;
        if let Some(number) = self.by_image.get(self.image.as_slice()) {
            return Ok(*number);
        }
        let template = Template::compile(&self.image)?;
        let number = u32::try_from(self.list.len()).map_err(|_| Reason::limit("the number of templates"))?;
        let weight = template.weight(self.image.len());
        self.weight += weight;
        self.chunk_weight += weight;
        self.list.push(template);
        self.by_image.insert(self.image.as_slice().into(), number);
        Ok(number)
    }
}

/// The tokens of the definition at an offset.
fn open(chunk: &[u8], definition: u32) -> Option<Stream<'_>> {
    let mut cursor = Cursor::new(chunk, index(definition));
    cursor.skip(DEFINITION_HEADER - 4)?;
    let size = index(cursor.u32()?);
    let begin = cursor.at();
    cursor.skip(size)?;
    Some(Stream { chunk, begin, end: begin + size })
}
