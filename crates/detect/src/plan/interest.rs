//! Which rules can fire at all on the events of one channel, provider and id.

use std::sync::Arc;

use super::field::FieldId;
use super::kind::Kind;

/// What the plan wants of the events of one (channel, provider, event id). Cheap to clone; keep it per template.
#[derive(Debug, Clone)]
pub struct Interest(pub(crate) Arc<Kind>);

impl Interest {
    pub(crate) fn none() -> Self {
        Self(Arc::new(Kind::default()))
    }

    /// No rule can fire: the event need not be read.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// Whether the value of this field can decide anything.
    #[inline]
    pub fn needs(&self, field: FieldId) -> bool {
        self.0.needs(field)
    }

    /// Whether keywords are looked for: then every value of the event is needed, whatever its name.
    #[inline]
    pub fn needs_text(&self) -> bool {
        self.needs(FieldId::TEXT)
    }

    /// How many rules may fire.
    pub fn count(&self) -> usize {
        self.0.certain.len() + self.0.open.len()
    }
}
