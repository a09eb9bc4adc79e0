//! Which fact a column of a ledger holds, guessed from its header.

use std::collections::{BTreeMap, HashMap};

use assess::{Dictionary, KeyId};
use base::SubjectKind;
use formats::table::normalise_label;
use serde::Deserialize;

/// Headers → fact keys, per subject kind. The labels of the dictionary always count; `packs/facts/columns.toml` adds synonyms.
#[derive(Debug)]
pub struct Columns {
    by_label: HashMap<(SubjectKind, String), KeyId>,
}

/// Why `columns.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ColumnsError {
    /// Not the expected TOML.
    #[error("columns.toml can't be read")]
    Toml(#[from] toml::de::Error),
    /// A synonym for a fact that is not in the dictionary.
    #[error("columns.toml names {key:?}, which is not in the dictionary")]
    UnknownKey {
        /// The key.
        key: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnsFile {
    columns: BTreeMap<String, Vec<String>>,
}

impl Columns {
    /// # Errors
    /// [`ColumnsError`] if the text is not as documented or names an unknown fact.
    pub fn parse(dictionary: &Dictionary, text: &str) -> Result<Self, ColumnsError> {
        let file: ColumnsFile = toml::from_str(text)?;
        let mut by_label = HashMap::new();
        for definition in dictionary {
            for label in [&definition.label.ja, &definition.label.en, &definition.key] {
                by_label.insert((definition.subject, normalise_label(label)), definition.id);
            }
        }
        for (key, synonyms) in file.columns {
            let Some(definition) = dictionary.find(&key) else { return Err(ColumnsError::UnknownKey { key }) };
            for synonym in synonyms {
                by_label.entry((definition.subject, normalise_label(&synonym))).or_insert(definition.id);
            }
        }
        Ok(Self { by_label })
    }

    /// The fact a column with this header holds in a sheet about `kind`.
    #[must_use]
    pub fn find(&self, kind: SubjectKind, header: &str) -> Option<KeyId> {
        self.by_label.get(&(kind, normalise_label(header))).copied()
    }
}
