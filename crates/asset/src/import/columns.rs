//! Which fact a column of a ledger holds, guessed from its header.

use std::collections::{BTreeMap, HashMap};

use assess::{Definition, Dictionary, KeyId};
use base::{FactType, SubjectKind};
use formats::table::normalise_label;
use serde::Deserialize;

/// Headers → fact keys, per subject kind. The labels of the dictionary always count; `packs/facts/columns.toml` adds synonyms.
#[derive(Debug)]
pub struct Columns {
    by_label: HashMap<(SubjectKind, String), KeyId>,
    /// Labels of columns about passwords that take a fixed list of words, and their keys.
    about_passwords: HashMap<String, String>,
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
        let mut about_passwords = HashMap::new();
        for ((_, label), key) in &by_label {
            let takes_words = |one: &&Definition| one.fact_type == FactType::Bool || !one.values.is_empty();
            if let Some(definition) = dictionary.definition(*key).filter(takes_words)
                && ["password", "credential"].iter().any(|word| definition.key.contains(word))
            {
                about_passwords.insert(label.clone(), definition.key.clone());
            }
        }
        Ok(Self { by_label, about_passwords })
    }

    /// The key of a column about passwords that takes a fixed list of words.
    #[must_use]
    pub(crate) fn about_passwords(&self, header: &str) -> Option<&str> {
        self.about_passwords.get(&normalise_label(header)).map(String::as_str)
    }

    /// The fact a column with this header holds in a sheet about `kind`.
    #[must_use]
    pub fn find(&self, kind: SubjectKind, header: &str) -> Option<KeyId> {
        self.by_label.get(&(kind, normalise_label(header))).copied()
    }
}
