//! The kinds of documents a checklist accepts, from `packs/documents/documents.toml`.

use std::collections::BTreeMap;

use base::Text;
use serde::Deserialize;

/// Kinds by name.
#[derive(Debug, Clone, Default)]
pub struct DocumentKinds {
    kinds: BTreeMap<String, DocumentKind>,
}

/// One kind of document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentKind {
    /// Name in files: `bcp`.
    pub kind: String,
    /// 日本語
    pub ja: String,
    /// English
    pub en: String,
    /// How long it counts if it names no last day, in days.
    pub valid_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentsFile {
    document: Vec<DocumentKind>,
}

/// `documents.toml` is not as documented.
#[derive(Debug, thiserror::Error)]
#[error("documents.toml can't be read")]
pub struct DocumentsError(#[from] toml::de::Error);

impl DocumentKinds {
    /// # Errors
    /// [`DocumentsError`] if the text is not as documented.
    pub fn parse(text: &str) -> Result<Self, DocumentsError> {
        let file: DocumentsFile = toml::from_str(text)?;
        Ok(Self { kinds: file.document.into_iter().map(|kind| (kind.kind.clone(), kind)).collect() })
    }

    /// The kind of this name.
    #[must_use]
    pub fn find(&self, kind: &str) -> Option<&DocumentKind> {
        self.kinds.get(kind)
    }

    /// Its label; the name itself if the kind is not known.
    #[must_use]
    pub fn label(&self, kind: &str) -> Text {
        self.find(kind).map_or_else(
            || Text { ja: kind.to_owned(), en: kind.to_owned() },
            |kind| Text { ja: kind.ja.clone(), en: kind.en.clone() },
        )
    }

    /// Every kind, by name.
    pub fn iter(&self) -> impl Iterator<Item = &DocumentKind> {
        self.kinds.values()
    }
}
