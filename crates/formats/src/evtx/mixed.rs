//! Texts made of literals and values, such as `%1 of %2`. Rare; put together when they are read.

use super::part::Part;
use super::tree::Node;
use super::utf16::Sink;

/// A text made of several pieces.
#[derive(Debug, Clone, Copy)]
pub struct Mixed<'a> {
    pub(super) part: Part<'a>,
    pub(super) nodes: &'a [Node],
}

impl Mixed<'_> {
    pub(super) fn is_empty(&self) -> bool {
        let mut text = Vec::new();
        self.write(&mut text);
        text.is_empty()
    }

    /// Never recurses: a substitution is no text made of several pieces.
    pub(super) fn write(&self, out: &mut impl Sink) {
        for node in self.nodes {
            match node {
                Node::Text(text) => out.utf8(text.as_bytes()),
                Node::Entity(name) => out.utf8(entity(name).as_bytes()),
                Node::Slot(number) => {
                    if let Some(value) = self.part.slot_value(*number) {
                        value.write(out);
                    }
                }
                // Elements are fields of their own.
                Node::Element(_) => {}
            }
        }
    }
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
