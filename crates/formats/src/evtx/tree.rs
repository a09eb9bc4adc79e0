//! The second pass: from the image of a template to its elements.

use super::bytes::{Cursor, index};
use super::damage::Reason;
use super::definition::{NO_GUARD, token};
use super::utf16::write_utf16;
use super::value::Value;

/// Deepest nesting of elements in one template.
const MAX_DEPTH: usize = 64;

/// An element of a template.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: Box<str>,
    /// The name as XML allows it.
    pub(super) tag: Box<str>,
    /// The element is left out if this substitution is null.
    pub(super) guard: Option<u16>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Node>,
    /// Written as `<a/>` and not as `<a></a>`.
    pub(super) closes_itself: bool,
}

/// An attribute of a template's element.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: Box<str>,
    /// The name as XML allows it.
    pub(super) tag: Box<str>,
    pub(super) nodes: Vec<Node>,
}

/// What stands in an element or attribute.
#[derive(Debug)]
pub(super) enum Node {
    Element(Element),
    /// Text, CDATA and characters by number.
    Text(Box<str>),
    /// Name of an entity, such as `amp`.
    Entity(Box<str>),
    /// A substitution. Optional ones need no mark: a value that is empty is written as nothing either way.
    Slot(u16),
}

/// A name with `_` for what XML does not allow in names, and for a name that is empty.
fn as_tag(name: &str) -> Box<str> {
    let begins = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    let follows = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let mut characters = name.chars();
    let first = characters.next().filter(|c| begins(*c)).unwrap_or('_');
    std::iter::once(first).chain(characters.map(|c| if follows(c) { c } else { '_' })).collect()
}

/// What an entity stands for; unknown ones stand for nothing.
pub(super) fn entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

/// Builds the elements of an image, or of a fragment's.
pub(super) fn build(image: &[u8]) -> Result<Vec<Node>, Reason> {
    let mut builder = Builder { cursor: Cursor::new(image, 0), open: Vec::new(), start: None, roots: Vec::new() };
    while !builder.cursor.is_at_end() {
        builder.step()?;
    }
    if !builder.open.is_empty() || builder.start.is_some() {
        return Err(Reason::order("the end of a template"));
    }
    Ok(builder.roots)
}

struct Builder<'a> {
    cursor: Cursor<'a>,
    /// Elements whose end was not seen yet.
    open: Vec<Element>,
    /// The element whose attributes are being read.
    start: Option<Element>,
    roots: Vec<Node>,
}

impl Builder<'_> {
    fn step(&mut self) -> Result<(), Reason> {
        // The image was made by us: what is cut off here is an error of ours and costs this template.
        let cut = Reason::cut("a template");
        match self.cursor.u8().ok_or(cut)? {
            token::OPEN => {
                let guard = self.cursor.u16().ok_or(cut)?;
                let name = self.text()?;
                let element = Element {
                    tag: as_tag(&name),
                    name,
                    guard: (guard != NO_GUARD).then_some(guard),
                    attributes: Vec::new(),
                    children: Vec::new(),
                    closes_itself: false,
                };
                match self.start.replace(element) {
                    None => Ok(()),
                    Some(_) => Err(Reason::order("an element")),
                }
            }
            token::ATTRIBUTE => {
                let name = self.text()?;
                let start = self.start.as_mut().ok_or(Reason::order("an attribute"))?;
                start.attributes.push(Attribute { tag: as_tag(&name), name, nodes: Vec::new() });
                Ok(())
            }
            token::CLOSE_START => {
                if MAX_DEPTH <= self.open.len() {
                    return Err(Reason::limit("the depth of elements"));
                }
                let element = self.start.take().ok_or(Reason::order("the end of a tag"))?;
                self.open.push(element);
                Ok(())
            }
            token::CLOSE_EMPTY => {
                let mut element = self.start.take().ok_or(Reason::order("the end of a tag"))?;
                element.closes_itself = true;
                self.add(Node::Element(element))
            }
            token::CLOSE => {
                let element = self.open.pop().ok_or(Reason::order("the end of an element"))?;
                self.add(Node::Element(element))
            }
            found => {
                let node = self.content(found)?;
                node.map_or(Ok(()), |node| self.add(node))
            }
        }
    }

    /// What is no element. Processing instructions say nothing about an event and are left out.
    fn content(&mut self, found: u8) -> Result<Option<Node>, Reason> {
        let cut = Reason::cut("a template");
        Ok(match found {
            token::VALUE => {
                let kind = self.cursor.u8().ok_or(cut)?;
                let bytes = self.bytes()?;
                Some(Node::Text(Value::of(kind, bytes).to_string().into()))
            }
            token::CDATA => Some(Node::Text(self.text()?)),
            token::CHARACTER => {
                let unit = self.cursor.array::<2>().ok_or(cut)?;
                let mut text = String::new();
                write_utf16(&unit, &mut text);
                Some(Node::Text(text.into()))
            }
            token::ENTITY => Some(Node::Entity(self.text()?)),
            token::SLOT | token::OPTIONAL_SLOT => Some(Node::Slot(self.cursor.u16().ok_or(cut)?)),
            token::INSTRUCTION_TARGET | token::INSTRUCTION => self.bytes().map(|_| None)?,
            other => return Err(Reason::Token { token: other }),
        })
    }

    fn add(&mut self, mut node: Node) -> Result<(), Reason> {
        if let Some(start) = &mut self.start {
            if let Node::Element(_) = node {
                return Err(Reason::order("an element"));
            }
            // Text before the first attribute belongs to none.
            if let Some(attribute) = start.attributes.last_mut() {
                attribute.nodes.push(node);
            }
            return Ok(());
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => {
                // Only a parent can leave an element out.
                if let Node::Element(root) = &mut node {
                    root.guard = None;
                }
                self.roots.push(node);
            }
        }
        Ok(())
    }

    fn bytes(&mut self) -> Result<&[u8], Reason> {
        let length = self.cursor.u32().ok_or(Reason::cut("a template"))?;
        self.cursor.take(index(length)).ok_or(Reason::cut("a template"))
    }

    fn text(&mut self) -> Result<Box<str>, Reason> {
        let mut text = String::new();
        write_utf16(self.bytes()?, &mut text);
        Ok(text.into())
    }
}
