//! What an event to be written consists of.

use super::utf16;
use crate::evtx::time::FileTime;
use crate::evtx::value::kind;

/// An element of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Element {
    /// Name.
    pub name: String,
    /// Attributes with their content.
    pub attributes: Vec<(String, Content)>,
    /// What stands inside.
    pub children: Vec<Child>,
}

/// What stands inside an element.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Child {
    /// Another element.
    Element(Element),
    /// Text or a value.
    Content(Content),
}

/// Text of the template, or a value of the event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Content {
    /// The same in every event.
    Text(String),
    /// The value with this number, from 0.
    Value(u16),
}

impl Element {
    /// An element without attributes and content.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), attributes: Vec::new(), children: Vec::new() }
    }

    /// The same with an attribute.
    #[must_use]
    pub fn with_attribute(mut self, name: &str, content: Content) -> Self {
        self.attributes.push((name.to_owned(), content));
        self
    }

    /// The same with something inside.
    #[must_use]
    pub fn with(mut self, child: Child) -> Self {
        self.children.push(child);
        self
    }

    /// The same with an element inside.
    #[must_use]
    pub fn with_element(self, element: Self) -> Self {
        self.with(Child::Element(element))
    }

    /// The same with a value inside.
    #[must_use]
    pub fn with_value(self, number: u16) -> Self {
        self.with(Child::Content(Content::Value(number)))
    }
}

/// A value of an event: its type number and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenValue {
    pub(super) kind: u8,
    pub(super) bytes: Vec<u8>,
    /// The template of binary XML; `bytes` is then empty.
    pub(super) nested: Option<(Element, Vec<Self>)>,
}

impl WrittenValue {
    /// A value of a type by its number, with these bytes; both may be nonsense.
    #[must_use]
    pub fn raw(kind: u8, bytes: Vec<u8>) -> Self {
        Self { kind, bytes, nested: None }
    }

    /// Nothing.
    #[must_use]
    pub fn null() -> Self {
        Self::raw(kind::NULL, Vec::new())
    }

    /// Text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::raw(kind::UTF16, utf16(text))
    }

    /// A list of texts.
    #[must_use]
    pub fn texts(texts: &[&str]) -> Self {
        let bytes = texts.iter().flat_map(|text| [utf16(text), vec![0, 0]].concat()).collect();
        Self::raw(kind::UTF16 | kind::ARRAY, bytes)
    }

    /// A number of 8 bits.
    #[must_use]
    pub fn u8(number: u8) -> Self {
        Self::raw(kind::UINT8, vec![number])
    }

    /// A number of 16 bits.
    #[must_use]
    pub fn u16(number: u16) -> Self {
        Self::raw(kind::UINT16, number.to_le_bytes().to_vec())
    }

    /// A number of 32 bits.
    #[must_use]
    pub fn u32(number: u32) -> Self {
        Self::raw(kind::UINT32, number.to_le_bytes().to_vec())
    }

    /// A number of 64 bits.
    #[must_use]
    pub fn u64(number: u64) -> Self {
        Self::raw(kind::UINT64, number.to_le_bytes().to_vec())
    }

    /// A number of 64 bits shown in hexadecimal digits.
    #[must_use]
    pub fn hex(number: u64) -> Self {
        Self::raw(kind::HEX64, number.to_le_bytes().to_vec())
    }

    /// A moment.
    #[must_use]
    pub fn time(time: FileTime) -> Self {
        Self::raw(kind::FILE_TIME, time.0.to_le_bytes().to_vec())
    }

    /// A GUID, in the order of its bytes in the file.
    #[must_use]
    pub fn guid(bytes: [u8; 16]) -> Self {
        Self::raw(kind::GUID, bytes.to_vec())
    }

    /// The SID `S-1-authority-parts`; parts behind the 255th are left out.
    #[must_use]
    pub fn sid(authority: u8, parts: &[u32]) -> Self {
        let parts = parts.get(..255).unwrap_or(parts);
        let mut bytes = vec![1, u8::try_from(parts.len()).unwrap_or(u8::MAX), 0, 0, 0, 0, 0, authority];
        bytes.extend(parts.iter().flat_map(|part| part.to_le_bytes()));
        Self::raw(kind::SID, bytes)
    }

    /// Binary XML: a template with its values, such as `EventData`.
    #[must_use]
    pub fn nested(template: Element, values: Vec<Self>) -> Self {
        Self { kind: kind::BINARY_XML, bytes: Vec::new(), nested: Some((template, values)) }
    }
}
