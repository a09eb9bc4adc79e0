//! Which fields a template has: its elements and attributes, flat.

use super::tree::{Element, Node};

/// Where in the event a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// `System`: who logged what, when and where.
    System,
    /// `EventData`: what the event itself says.
    EventData,
    /// `UserData`: the same, in the provider's own elements.
    UserData,
    /// Anything else, such as `RenderingInfo` of forwarded events.
    Other,
}

/// Where a part stands in the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// The record itself, or directly under `Event`: what it is, its own elements say.
    Open,
    /// Inside a section.
    Inside(Section),
}

impl Place {
    /// Number of places, and the number of this one.
    pub(super) const COUNT: u32 = 5;

    pub(super) const fn number(self) -> u32 {
        match self {
            Self::Open => 0,
            Self::Inside(Section::System) => 1,
            Self::Inside(Section::EventData) => 2,
            Self::Inside(Section::UserData) => 3,
            Self::Inside(Section::Other) => 4,
        }
    }
}

/// A field of a template: an element with text, or an attribute.
#[derive(Debug)]
pub struct Field {
    pub(super) name: Box<str>,
    pub(super) section: Section,
    pub(super) is_attribute: bool,
    pub(super) position: Option<u32>,
    pub(super) guards: Box<[u16]>,
    pub(super) content: Content,
}

impl Field {
    /// Name: `Name` of a `<Data Name="…">`, `Data` for one without, else the element's name; attributes are
    /// `Element_Attribute`, such as `Provider_Name`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is an attribute.
    #[must_use]
    pub fn is_attribute(&self) -> bool {
        self.is_attribute
    }

    /// Number of a `Data` without name among its like, from 0, if each before it holds one value; `None` for others.
    #[must_use]
    pub fn position(&self) -> Option<u32> {
        self.position
    }
}

/// Where the value of a field comes from.
#[derive(Debug)]
pub(super) enum Content {
    Empty,
    Slot(u16),
    Text(Box<str>),
    /// Several pieces, such as `%1 of %2`; the text with this number of [`super::template::Template::mixed`].
    Mixed(usize),
}

/// The fields of a template, and where each substitution that stands as an element's content leads.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) list: Vec<Field>,
    pub(super) places: Vec<(u16, Place)>,
    /// Pieces of every text that is made of several.
    pub(super) mixed: Vec<Vec<Node>>,
    unnamed: u32,
    guards: Vec<u16>,
}

/// Lists the fields below the roots of a template.
pub(super) fn gather(roots: &[Node]) -> Fields {
    let mut fields = Fields::default();
    for root in roots {
        match root {
            Node::Element(event) if &*event.name == "Event" => fields.add_event(event),
            Node::Element(element) => fields.add_section(element),
            Node::Slot(number) => fields.places.push((*number, Place::Open)),
            Node::Text(_) | Node::Entity(_) => {}
        }
    }
    fields
}

impl Fields {
    fn add_event(&mut self, event: &Element) {
        self.add_attributes(event, Section::Other);
        for child in &event.children {
            match child {
                Node::Element(element) => self.add_section(element),
                Node::Slot(number) => self.places.push((*number, Place::Open)),
                Node::Text(_) | Node::Entity(_) => {}
            }
        }
    }

    fn add_section(&mut self, element: &Element) {
        match &*element.name {
            "System" => self.add_root(element, Section::System),
            "EventData" => self.add_root(element, Section::EventData),
            "UserData" => self.add_root(element, Section::UserData),
            _ => self.add_element(element, Section::Other),
        }
    }

    /// The element of a section itself is no field when it is empty.
    fn add_root(&mut self, element: &Element, section: Section) {
        if element.children.is_empty() {
            self.add_attributes(element, section);
        } else {
            self.add_element(element, section);
        }
    }

    fn add_element(&mut self, element: &Element, section: Section) {
        let guarded = self.guards.len();
        self.guards.extend(element.guard);
        let attributes = self.add_attributes(element, section);
        let has_elements = element.children.iter().any(|child| matches!(child, Node::Element(_)));
        for child in &element.children {
            match child {
                Node::Element(inner) => self.add_element(inner, section),
                Node::Slot(number) => self.places.push((*number, Place::Inside(section))),
                Node::Text(_) | Node::Entity(_) => {}
            }
        }
        let content = self.content(&element.children);
        let blank = match &content {
            // Neither `<Correlation ActivityID="…"/>` nor `<EventData><Data/></EventData>` has a text of its own.
            Content::Empty => has_elements || 0 < attributes,
            Content::Text(text) => has_elements && text.trim().is_empty(),
            Content::Slot(_) | Content::Mixed(_) => false,
        };
        if !blank {
            self.add_text(element, section, content);
        }
        self.guards.truncate(guarded);
    }

    fn add_text(&mut self, element: &Element, section: Section, content: Content) {
        let name = data_name(element, section);
        let position = (name.is_none() && &*element.name == "Data").then_some(self.unnamed);
        self.unnamed += u32::from(position.is_some());
        let name = name.unwrap_or(&element.name).into();
        self.list.push(Field { name, section, is_attribute: false, position, guards: self.guards(), content });
    }

    /// How many attributes are fields.
    fn add_attributes(&mut self, element: &Element, section: Section) -> usize {
        let mut count = 0;
        for attribute in &element.attributes {
            let is_namespace = &*attribute.name == "xmlns" || attribute.name.starts_with("xmlns:");
            let is_name = &*attribute.name == "Name" && data_name(element, section).is_some();
            if is_namespace || is_name {
                continue;
            }
            let name = format!("{}_{}", element.name, attribute.name).into();
            let content = self.content(&attribute.nodes);
            let guards = self.guards();
            self.list.push(Field { name, section, is_attribute: true, position: None, guards, content });
            count += 1;
        }
        count
    }

    fn content(&mut self, nodes: &[Node]) -> Content {
        let pieces = nodes.iter().filter_map(|node| match node {
            Node::Element(_) => None,
            Node::Text(text) => Some(Node::Text(text.clone())),
            Node::Entity(name) => Some(Node::Entity(name.clone())),
            Node::Slot(number) => Some(Node::Slot(*number)),
        });
        let mut pieces: Vec<Node> = pieces.collect();
        match (pieces.pop(), pieces.is_empty()) {
            (None, _) => Content::Empty,
            (Some(Node::Slot(number)), true) => Content::Slot(number),
            (Some(Node::Text(text)), true) => Content::Text(text),
            (Some(last), _) => {
                pieces.push(last);
                self.mixed.push(pieces);
                Content::Mixed(self.mixed.len() - 1)
            }
        }
    }

    fn guards(&self) -> Box<[u16]> {
        self.guards.as_slice().into()
    }
}

/// The literal `Name` of a `Data` element.
fn data_name(element: &Element, section: Section) -> Option<&str> {
    if section == Section::System || !matches!(&*element.name, "Data" | "ComplexData") {
        return None;
    }
    let attribute = element.attributes.iter().find(|attribute| &*attribute.name == "Name")?;
    match attribute.nodes.as_slice() {
        [Node::Text(name)] if !name.is_empty() => Some(name),
        _ => None,
    }
}
