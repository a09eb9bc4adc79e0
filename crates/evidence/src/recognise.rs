//! Which importer reads a file, decided by its content.

use formats::{secret, text};

use crate::importer::{Importer, ReadError, Redaction, Source, Struck};
use base::Locator;

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
        if is_unknown_binary(source.bytes) {
            return None;
        }
        self.importers.iter().find(|importer| importer.recognises(source)).map(AsRef::as_ref)
    }

    /// Takes every secret out, whatever the file is: first what its importer knows of (of a file nobody recognises: what any
    /// importer knows of), then what [`secret::strike`] finds. `None` if there is none.
    ///
    /// # Errors
    /// [`ReadError`] if the file holds secrets that cannot be taken out. It must not be stored then.
    pub fn strike(&self, importer: Option<&dyn Importer>, bytes: &[u8]) -> Result<Option<Redaction>, ReadError> {
        let mut redaction = None;
        match importer {
            Some(importer) => take(&mut redaction, bytes, |bytes| importer.redact(bytes)),
            None if is_unknown_binary(bytes) => {}
            None => self.iter().for_each(|importer| take(&mut redaction, bytes, |bytes| importer.redact(bytes))),
        }
        let words = |label: &str, value: &str| self.iter().find_map(|importer| importer.knows_word(label, value));
        let present = redaction.as_ref().map_or(bytes, |redaction: &Redaction| redaction.bytes.as_slice());
        let found = secret::strike(present, &words).map_err(|err| ReadError {
            message: "unreadable-secrets-inside",
            locator: Locator::Whole,
            detail: err.to_string(),
        })?;
        take(&mut redaction, bytes, |_| {
            let struck = found.as_ref()?.struck.iter();
            let struck = struck.map(|one| Struck { what: one.what.clone(), locator: one.locator.clone() }).collect();
            Some(Redaction { bytes: found.as_ref()?.bytes.clone(), struck })
        });
        Ok(redaction)
    }

    /// Every importer.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Importer> {
        self.importers.iter().map(AsRef::as_ref)
    }
}

/// What binary formats that are read here begin with: policies, archives and workbooks, old workbooks, event logs.
const KNOWN_BEGINNINGS: [&[u8]; 4] = [b"PReg", b"PK", &[0xd0, 0xcf, 0x11, 0xe0], b"ElfFile\0"];

/// Whether the beginning tells that no importer reads this. Asking each of them takes minutes where there are hundreds of megabytes.
fn is_unknown_binary(bytes: &[u8]) -> bool {
    text::is_binary(bytes) && !KNOWN_BEGINNINGS.iter().any(|known| bytes.starts_with(known))
}

/// Redacts what is left after the redactions before.
fn take(redaction: &mut Option<Redaction>, original: &[u8], redact: impl FnOnce(&[u8]) -> Option<Redaction>) {
    let present = redaction.as_ref().map_or(original, |redaction| redaction.bytes.as_slice());
    if let Some(more) = redact(present) {
        let struck = redaction.take().map(|before| before.struck).unwrap_or_default();
        *redaction = Some(Redaction { bytes: more.bytes, struck: struck.into_iter().chain(more.struck).collect() });
    }
}
