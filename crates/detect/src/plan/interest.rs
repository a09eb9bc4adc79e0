//! Which rules can fire at all on the events of one channel, provider and id.

use std::sync::Arc;

use super::atom::Atom;
use super::bits::Bits;
use super::field::FieldId;

/// What the plan wants of the events of one (channel, provider, event id). Cheap to clone; keep it per template.
#[derive(Debug, Clone)]
pub struct Interest(pub(crate) Arc<Class>);

#[derive(Debug, Default)]
pub(crate) struct Class {
    /// Rules that fire on every such event.
    pub(crate) certain: Vec<u32>,
    /// Rules that may fire, by what else the event holds.
    pub(crate) open: Bits,
    /// Those of them that may fire although nothing they look for was found.
    pub(crate) always: Vec<u32>,
    /// Fields that decide.
    pub(crate) fields: Bits,
    /// Predicates that are true of every such event.
    pub(crate) known: Vec<Atom>,
    /// Channel, provider and event id, where a lazy test may ask for them.
    pub(crate) keys: Vec<(FieldId, String)>,
}

impl Interest {
    /// No rule can fire: the event need not be read.
    pub fn is_empty(&self) -> bool {
        self.0.certain.is_empty() && self.0.open.is_empty()
    }

    /// Whether the value of this field can decide anything.
    pub fn needs(&self, field: FieldId) -> bool {
        self.0.fields.has(field.index())
    }

    /// Whether keywords are looked for: then every value of the event is needed, whatever its name.
    pub fn needs_text(&self) -> bool {
        self.needs(FieldId::TEXT)
    }

    /// How many rules may fire.
    pub fn count(&self) -> usize {
        self.0.certain.len() + self.0.open.iter().count()
    }
}

impl Interest {
    pub(crate) fn none() -> Self {
        Self(Arc::new(Class::default()))
    }
}
