//! Short lists of names that are data: the usual departments (`packs/staff/`), the kinds of exports (`packs/exports/`).

use base::Text;
use serde::Deserialize;

/// A pack of names is not as documented.
#[derive(Debug, thiserror::Error)]
#[error("the pack of names can't be read")]
pub struct ListError(#[from] toml::de::Error);

/// A department that most houses have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// What is stored: `nursing`.
    pub id: String,
    /// What people read.
    pub label: Text,
}

/// The usual departments, in the order in which they are offered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Departments {
    department: Vec<Department>,
}

impl Departments {
    /// # Errors
    /// [`ListError`] if the text is not as documented.
    pub fn parse(text: &str) -> Result<Self, ListError> {
        Ok(toml::from_str(text)?)
    }

    /// Every department.
    pub fn iter(&self) -> impl Iterator<Item = &Department> {
        self.department.iter()
    }

    /// The department that a stored text means: its id, or its label in any language, as rows of before the ids have it. `None` for a
    /// department that a site named itself.
    #[must_use]
    pub fn find(&self, stored: &str) -> Option<&Department> {
        self.iter().find(|one| one.id == stored || one.label.ja == stored || one.label.en == stored)
    }
}

/// A kind of export.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// Name of the importer that reads it.
    pub importer: String,
    /// What people call it.
    pub label: Text,
    /// For how many days the newest one counts; 0: each says so itself.
    pub fresh_days: u16,
}

/// Every kind of export.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exports {
    export: Vec<Export>,
}

impl Exports {
    /// # Errors
    /// [`ListError`] if the text is not as documented.
    pub fn parse(text: &str) -> Result<Self, ListError> {
        Ok(toml::from_str(text)?)
    }

    /// What this importer reads.
    #[must_use]
    pub fn find(&self, importer: &str) -> Option<&Export> {
        self.export.iter().find(|one| one.importer == importer)
    }
}
