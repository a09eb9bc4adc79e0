//! Which importer reads a file, decided by its content.

use crate::importer::{Importer, Source};

/// The importers of this installation, most particular first.
#[derive(Default)]
pub struct Registry {
    importers: Vec<Box<dyn Importer>>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.importers.iter().map(|importer| importer.id())).finish()
    }
}

impl Registry {
    /// A registry that asks the importers in this order.
    #[must_use]
    pub fn new(importers: Vec<Box<dyn Importer>>) -> Self {
        Self { importers }
    }

    /// The first importer that recognises the content.
    #[must_use]
    pub fn find(&self, source: &Source<'_>) -> Option<&dyn Importer> {
        self.importers.iter().find(|importer| importer.recognises(source)).map(AsRef::as_ref)
    }

    /// Every importer.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Importer> {
        self.importers.iter().map(AsRef::as_ref)
    }
}
