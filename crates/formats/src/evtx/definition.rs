//! The first pass over a template definition: its tokens with every name in place.
//!
//! In the file a name is an offset into the chunk, so the same template looks different in every chunk. The image made here
//! is the same for the same template wherever it lies; [`super::template`] knows templates by it.

use super::array::width;
use super::bytes::{Cursor, index};
use super::damage::Reason;
use super::instance::Instance;
use super::value::kind;

/// Longest image, in bytes. The largest templates of Windows need some ten thousand.
pub(super) const MAX_IMAGE: usize = 256 * 1024;

/// Tokens of an image; the numbers are those of binary XML without the flag 0x40.
pub(super) mod token {
    pub(crate) const END_OF_STREAM: u8 = 0x00;
    pub(crate) const OPEN: u8 = 0x01;
    pub(crate) const CLOSE_START: u8 = 0x02;
    pub(crate) const CLOSE_EMPTY: u8 = 0x03;
    pub(crate) const CLOSE: u8 = 0x04;
    pub(crate) const VALUE: u8 = 0x05;
    pub(crate) const ATTRIBUTE: u8 = 0x06;
    pub(crate) const CDATA: u8 = 0x07;
    pub(crate) const CHARACTER: u8 = 0x08;
    pub(crate) const ENTITY: u8 = 0x09;
    pub(crate) const INSTRUCTION_TARGET: u8 = 0x0a;
    pub(crate) const INSTRUCTION: u8 = 0x0b;
    pub(crate) const INSTANCE: u8 = 0x0c;
    pub(crate) const SLOT: u8 = 0x0d;
    pub(crate) const OPTIONAL_SLOT: u8 = 0x0e;
    pub(crate) const HEADER: u8 = 0x0f;
    /// Set where attributes or more text follow; says nothing that the next token does not.
    pub(crate) const MORE: u8 = 0x40;
}

/// No element depends on this substitution.
pub(super) const NO_GUARD: u16 = 0xffff;

/// A stream of tokens inside a chunk.
pub(super) struct Stream<'a> {
    pub(super) chunk: &'a [u8],
    pub(super) begin: usize,
    pub(super) end: usize,
}

/// Appends the image of a template definition.
pub(super) fn scan_definition(stream: &Stream<'_>, image: &mut Vec<u8>) -> Result<(), Reason> {
    scan(stream, image, None)
}

/// Appends the image of a stream that is no template. A template instance in it becomes a slot; `instances` gets the
/// range of each in the chunk.
pub(super) fn scan_fragment(
    stream: &Stream<'_>,
    image: &mut Vec<u8>,
    instances: &mut Vec<(usize, usize)>,
) -> Result<(), Reason> {
    scan(stream, image, Some(instances))
}

fn scan(
    stream: &Stream<'_>,
    image: &mut Vec<u8>,
    mut instances: Option<&mut Vec<(usize, usize)>>,
) -> Result<(), Reason> {
    let bytes = stream.chunk.get(..stream.end).ok_or(Reason::cut("a template"))?;
    let mut cursor = Cursor::new(bytes, stream.begin);
    let limit = image.len() + MAX_IMAGE;
    while let Some(found) = cursor.u8() {
        if limit < image.len() {
            return Err(Reason::limit("the size of a template"));
        }
        let plain = if let 0x41 | 0x45..=0x49 = found { found & !token::MORE } else { found };
        match plain {
            token::END_OF_STREAM => break,
            token::OPEN => {
                // Only elements of a template can depend on a substitution.
                let guard = if instances.is_some() { Some(NO_GUARD) } else { cursor.u16() };
                copy_open(guard, &mut cursor, stream.chunk, image)?;
                let attributes = if found == plain { Some(()) } else { cursor.skip(4) };
                attributes.ok_or(Reason::cut("an element"))?;
            }
            token::HEADER => cursor.skip(3).ok_or(Reason::cut("a header of binary XML"))?,
            token::INSTANCE => {
                let Some(instances) = instances.as_deref_mut() else { return Err(Reason::order("a template")) };
                let begin = cursor.at() - 1;
                let end = Instance::find_end(bytes, begin)?;
                let slot = u16::try_from(instances.len()).map_err(|_| Reason::limit("the number of templates"))?;
                instances.push((begin, end));
                image.push(token::SLOT);
                image.extend(slot.to_le_bytes());
                cursor = Cursor::new(bytes, end);
            }
            token::SLOT | token::OPTIONAL_SLOT => {
                let [low, high, _] = cursor.array().ok_or(Reason::cut("a substitution"))?;
                if instances.is_some() {
                    return Err(Reason::order("a substitution"));
                }
                image.extend([plain, low, high]);
            }
            _ => copy_token(plain, &mut cursor, stream.chunk, image)?,
        }
    }
    Ok(())
}

/// The beginning of an element, up to its name.
fn copy_open(guard: Option<u16>, cursor: &mut Cursor<'_>, chunk: &[u8], image: &mut Vec<u8>) -> Result<(), Reason> {
    let guard = guard.ok_or(Reason::cut("an element"))?;
    cursor.skip(4).ok_or(Reason::cut("an element"))?;
    image.push(token::OPEN);
    image.extend(guard.to_le_bytes());
    copy_name(cursor, chunk, image)
}

/// One token that means the same in templates and outside.
fn copy_token(found: u8, cursor: &mut Cursor<'_>, chunk: &[u8], image: &mut Vec<u8>) -> Result<(), Reason> {
    match found {
        token::CLOSE_START | token::CLOSE_EMPTY | token::CLOSE => {
            image.push(found);
            Ok(())
        }
        token::ATTRIBUTE | token::ENTITY | token::INSTRUCTION_TARGET => {
            image.push(found);
            copy_name(cursor, chunk, image)
        }
        token::VALUE => copy_literal(cursor, image),
        token::CDATA | token::INSTRUCTION => {
            image.push(found);
            copy_text(cursor, image)
        }
        token::CHARACTER => {
            image.push(found);
            image.extend(cursor.array::<2>().ok_or(Reason::cut("a character"))?);
            Ok(())
        }
        _ => Err(Reason::Token { token: found }),
    }
}

/// Type, length and bytes of a value that stands in the template itself.
fn copy_literal(cursor: &mut Cursor<'_>, image: &mut Vec<u8>) -> Result<(), Reason> {
    let found = cursor.u8().ok_or(Reason::cut("a literal"))?;
    image.extend([token::VALUE, found]);
    if found == kind::UTF16 {
        return copy_text(cursor, image);
    }
    let bytes = match (found, width(found)) {
        (kind::NULL, _) => Some(&[][..]),
        (_, Some(width)) => cursor.take(width),
        _ => return Err(Reason::Literal { kind: found }),
    };
    append(bytes.ok_or(Reason::cut("a literal"))?, image);
    Ok(())
}

/// A text with the number of its characters before it.
fn copy_text(cursor: &mut Cursor<'_>, image: &mut Vec<u8>) -> Result<(), Reason> {
    let length = cursor.u16().ok_or(Reason::cut("a text"))?;
    let bytes = cursor.take(usize::from(length) * 2).ok_or(Reason::cut("a text"))?;
    append(bytes, image);
    Ok(())
}

/// The name whose offset comes next. Where a chunk uses a name first, the name itself follows.
fn copy_name(cursor: &mut Cursor<'_>, chunk: &[u8], image: &mut Vec<u8>) -> Result<(), Reason> {
    let at = index(cursor.u32().ok_or(Reason::cut("a name"))?);
    // Offset of the next name and a hash stand before it, a NUL behind it.
    let mut name = Cursor::new(chunk, at);
    name.skip(6).ok_or(Reason::cut("a name"))?;
    let length = usize::from(name.u16().ok_or(Reason::cut("a name"))?) * 2;
    append(name.take(length).ok_or(Reason::cut("a name"))?, image);
    if at == cursor.at() {
        cursor.skip(8 + length + 2).ok_or(Reason::cut("a name"))?;
    }
    Ok(())
}

/// Appends bytes behind their length; nothing in a chunk is longer than 32 bits can say.
fn append(bytes: &[u8], image: &mut Vec<u8>) {
    image.extend(super::bytes::offset(bytes.len()).to_le_bytes());
    image.extend_from_slice(bytes);
}
