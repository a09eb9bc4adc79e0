//! Parts of an event: one template each, filled with values.

use super::bytes::index;
use super::fields::{Content, Field, Place, Section};
use super::instance::Slot;
use super::template::{Template, TemplateKey};
use super::value::{Value, kind};

/// One template of an event with its values.
///
/// An event usually has two: `Event` with its `System`, and `EventData` or `UserData`, which stands in the first.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    pub(super) chunk: &'a [u8],
    pub(super) template: &'a Template,
    pub(super) slots: &'a [Slot],
    pub(super) place: Place,
    pub(super) key: Option<TemplateKey>,
    /// Texts of the record that are made of several pieces, and the first of this part.
    pub(super) texts: &'a [String],
    pub(super) first_text: usize,
}

impl<'a> Part<'a> {
    /// What to keep knowledge about the fields under; `None` for XML that stands in the record itself, without a template,
    /// and differs every time.
    #[must_use]
    pub fn key(&self) -> Option<TemplateKey> {
        self.key
    }

    /// Fields in the order of the event. The same for every part with the same key.
    #[must_use]
    pub fn fields(&self) -> &'a [Field] {
        &self.template.fields
    }

    /// Where a field stands. The same for every part with the same key.
    #[must_use]
    pub fn section(&self, field: &Field) -> Section {
        match self.place {
            Place::Open => field.section,
            Place::Inside(section) => section,
        }
    }

    /// Value of the field with this number in [`Part::fields`]. [`Value::NULL`] if it is there and empty; `None` if it
    /// is left out, if an attribute is empty, and for binary XML, whose fields are a part of their own.
    #[must_use]
    #[inline]
    pub fn value(&self, field: usize) -> Option<Value<'a>> {
        self.field_value(self.template.fields.get(field)?)
    }

    #[inline]
    pub(super) fn field_value(&self, field: &'a Field) -> Option<Value<'a>> {
        if !field.guards.is_empty() && self.is_left_out(&field.guards) {
            return None;
        }
        let value = match &field.content {
            Content::Slot(number) => self.slot_value(*number)?,
            Content::Text(text) => Value::literal(text),
            Content::Empty => Value::NULL,
            Content::Mixed(number) => Value::literal(self.texts.get(self.first_text + number)?),
        };
        (!field.is_attribute || !value.is_empty()).then_some(value)
    }

    /// The value of a substitution; null if the event has fewer, `None` if it is a part.
    #[inline]
    pub(super) fn slot_value(&self, number: u16) -> Option<Value<'a>> {
        let Some(slot) = self.slots.get(usize::from(number)) else { return Some(Value::NULL) };
        if slot.part != 0 {
            return None;
        }
        let begin = index(slot.begin);
        Some(Value::of(slot.kind, self.chunk.get(begin..begin + usize::from(slot.length))?))
    }

    fn is_left_out(&self, guards: &[u16]) -> bool {
        guards.iter().any(|guard| self.is_null(*guard))
    }

    pub(super) fn is_null(&self, guard: u16) -> bool {
        self.slots
            .get(usize::from(guard))
            .is_some_and(|slot| slot.kind == kind::NULL || (slot.kind == kind::BINARY_XML && slot.length == 0))
    }
}
