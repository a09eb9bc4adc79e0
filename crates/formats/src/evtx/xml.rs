//! A whole event as XML, as the event viewer of Windows shows it.

use super::part::Part;
use super::record::Record;
use super::tree::{Attribute, Element, Node, entity};
use super::value::Value;

/// Longest XML of one event, in bytes.
pub const MAX_XML: usize = 4 << 20;
/// Most elements, attributes, texts and items of lists written for one event.
const MAX_NODES: usize = 65_536;

/// The XML of an event would be longer than [`MAX_XML`], or has too many elements. Nothing of Windows comes near it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event does not fit into {MAX_XML} bytes of XML")]
pub struct XmlTooLong;

impl Record<'_> {
    /// Appends the event as one line of XML. Everything that comes from the file is escaped; what XML cannot hold is `_`.
    ///
    /// # Errors
    /// [`XmlTooLong`]; `out` then ends somewhere in the middle.
    pub fn write_xml(&self, out: &mut String) -> Result<(), XmlTooLong> {
        let limit = out.len().saturating_add(MAX_XML);
        let mut writer = Writer { record: self, out, limit, nodes: 0, scratch: String::new() };
        self.part(0).map_or(Ok(()), |part| writer.add_part(&part))
    }
}

struct Writer<'w, 'r> {
    record: &'w Record<'r>,
    out: &'w mut String,
    limit: usize,
    nodes: usize,
    scratch: String,
}

/// A list at one of the nodes of an element. Lists repeat the element that holds them, once for each item.
struct List<'r> {
    place: usize,
    items: Vec<Value<'r>>,
    /// Number of the item whose turn it is.
    turn: usize,
}

impl<'r> Writer<'_, 'r> {
    /// Depth is bounded: by the nesting of parts, and of elements in each.
    fn add_part(&mut self, part: &Part<'r>) -> Result<(), XmlTooLong> {
        part.template.roots.iter().try_for_each(|node| self.add_node(part, node, None))
    }

    fn add_node(&mut self, part: &Part<'r>, node: &'r Node, item: Option<Value<'r>>) -> Result<(), XmlTooLong> {
        self.count(1)?;
        match node {
            Node::Element(element) => {
                if element.guard.is_some_and(|guard| part.is_null(guard)) {
                    return Ok(());
                }
                self.add_repeated(part, element)
            }
            Node::Slot(number) => match inner(self.record, part, *number) {
                Some(inner) => self.add_part(&inner),
                None => {
                    self.scratch.clear();
                    write_item(part, *number, item, &mut self.scratch);
                    escape(&self.scratch, Where::Text, self.out);
                    Ok(())
                }
            },
            Node::Text(text) => {
                escape(text, Where::Text, self.out);
                Ok(())
            }
            Node::Entity(name) => {
                escape(entity(name), Where::Text, self.out);
                Ok(())
            }
        }
    }

    /// Parts that use each other many times would otherwise make gigabytes of a few bytes.
    fn count(&mut self, more: usize) -> Result<(), XmlTooLong> {
        self.nodes += more;
        if MAX_NODES < self.nodes || self.limit < self.out.len() { Err(XmlTooLong) } else { Ok(()) }
    }

    /// An element once, or once for each item of the lists in it.
    fn add_repeated(&mut self, part: &Part<'r>, element: &'r Element) -> Result<(), XmlTooLong> {
        let mut lists: Vec<List<'r>> = Vec::new();
        for (place, node) in nodes(element).enumerate() {
            if let Some(items) = list(part, node) {
                self.count(items.len())?;
                lists.push(List { place, items, turn: 0 });
            }
        }
        loop {
            self.count(1)?;
            self.add_element(part, element, &lists)?;
            // The last list turns fastest.
            let turned = lists.iter_mut().rev().find_map(|list| {
                list.turn = (list.turn + 1) % list.items.len().max(1);
                (list.turn != 0).then_some(())
            });
            if turned.is_none() {
                return Ok(());
            }
        }
    }

    fn add_element(&mut self, part: &Part<'r>, element: &'r Element, lists: &[List<'r>]) -> Result<(), XmlTooLong> {
        self.out.push('<');
        self.out.push_str(&element.tag);
        let mut place = element.children.len();
        for attribute in &element.attributes {
            self.count(1)?;
            self.add_attribute(part, attribute, place, lists);
            place += attribute.nodes.len();
        }
        if element.closes_itself {
            self.out.push_str("/>");
            return Ok(());
        }
        self.out.push('>');
        for (place, child) in element.children.iter().enumerate() {
            self.add_node(part, child, pick(lists, place))?;
        }
        self.out.push_str("</");
        self.out.push_str(&element.tag);
        self.out.push('>');
        Ok(())
    }

    /// Empty attributes are left out.
    fn add_attribute(&mut self, part: &Part<'r>, attribute: &Attribute, first: usize, lists: &[List<'r>]) {
        self.scratch.clear();
        for (place, node) in attribute.nodes.iter().enumerate() {
            match node {
                Node::Slot(number) => write_item(part, *number, pick(lists, first + place), &mut self.scratch),
                Node::Text(text) => self.scratch.push_str(text),
                Node::Entity(name) => self.scratch.push_str(entity(name)),
                Node::Element(_) => {}
            }
        }
        if self.scratch.is_empty() {
            return;
        }
        self.out.push(' ');
        self.out.push_str(&attribute.tag);
        self.out.push_str("=\"");
        escape(&self.scratch, Where::Attribute, self.out);
        self.out.push('"');
    }
}

/// Children, then the nodes of the attributes: the order in which lists are looked for.
fn nodes(element: &Element) -> impl Iterator<Item = &Node> {
    element.children.iter().chain(element.attributes.iter().flat_map(|attribute| &attribute.nodes))
}

/// The item whose turn it is at a node.
fn pick<'r>(lists: &[List<'r>], place: usize) -> Option<Value<'r>> {
    lists.iter().find(|list| list.place == place).and_then(|list| list.items.get(list.turn).copied())
}

/// Items of the list a node stands for; `None` if it is none, or has no two.
fn list<'r>(part: &Part<'r>, node: &Node) -> Option<Vec<Value<'r>>> {
    let Node::Slot(number) = node else { return None };
    let array = part.slot_value(*number)?.as_array()?;
    Some(array.iter().collect()).filter(|items: &Vec<_>| 1 < items.len())
}

/// The part that a substitution is.
fn inner<'r>(record: &Record<'r>, part: &Part<'r>, number: u16) -> Option<Part<'r>> {
    let slot = part.slots.get(usize::from(number)).filter(|slot| slot.part != 0)?;
    record.part(usize::from(slot.part))
}

fn write_item(part: &Part<'_>, number: u16, item: Option<Value<'_>>, out: &mut String) {
    if let Some(value) = item.or_else(|| part.slot_value(number)) {
        value.write_to(out);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Text,
    Attribute,
}

fn escape(text: &str, place: Where, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| is_special(byte, place)) {
        let (before, found) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let mut behind = found.chars();
        match behind.next() {
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some('"') => out.push_str("&quot;"),
            Some('\'') => out.push_str("&apos;"),
            Some('\0'..='\x1f' | '\u{fffe}' | '\u{ffff}') => out.push('_'),
            Some(other) => out.push(other),
            None => {}
        }
        rest = behind.as_str();
    }
    out.push_str(rest);
}

/// Whether a character that begins with this byte may have to be written in another way.
const fn is_special(byte: u8, place: Where) -> bool {
    match byte {
        b'&' | b'<' | b'>' => true,
        b'"' | b'\'' => matches!(place, Where::Attribute),
        b'\t' | b'\n' | b'\r' => false,
        // U+FFFE and U+FFFF begin with the last, and so do many that are allowed.
        0..=0x1f | 0xef => true,
        _ => false,
    }
}
