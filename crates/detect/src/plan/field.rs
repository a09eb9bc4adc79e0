//! Names of fields → small numbers.

use rustc_hash::FxHashMap;

/// A field that some rule looks at. Numbers are those of one plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub(crate) u16);

impl FieldId {
    /// Not a field: every value of the event, for keywords.
    pub(crate) const TEXT: Self = Self(0);
    pub(crate) const CHANNEL: Self = Self(1);
    pub(crate) const PROVIDER: Self = Self(2);
    pub(crate) const EVENT_ID: Self = Self(3);

    /// The fields that are known when an event begins.
    pub(crate) fn is_key(self) -> bool {
        (1..=3).contains(&self.0)
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Every name, with its number.
#[derive(Debug)]
pub(crate) struct FieldNames {
    ids: FxHashMap<String, FieldId>,
}

impl FieldNames {
    pub(crate) fn new() -> Self {
        let keys =
            [("channel", FieldId::CHANNEL), ("provider_name", FieldId::PROVIDER), ("eventid", FieldId::EVENT_ID)];
        Self { ids: keys.into_iter().map(|(name, id)| (name.to_owned(), id)).collect() }
    }

    /// How many numbers are given, the one for keywords included.
    pub(crate) fn len(&self) -> usize {
        self.ids.len() + 1
    }

    /// The number of this name, a new one if need be. `None` once there are too many.
    pub(crate) fn intern(&mut self, name: &str) -> Option<FieldId> {
        let name = normal(name);
        if let Some(id) = self.ids.get(&name) {
            return Some(*id);
        }
        let id = FieldId(u16::try_from(self.len()).ok()?);
        self.ids.insert(name, id);
        Some(id)
    }

    pub(crate) fn find(&self, name: &str) -> Option<FieldId> {
        self.ids.get(&normal(name)).copied()
    }
}

/// Names are compared without case and without spaces: Defender writes `Threat Name` where rules say `ThreatName`.
fn normal(name: &str) -> String {
    name.chars().filter(|character| *character != ' ').flat_map(char::to_lowercase).collect()
}
