//! What an assessment concluded about a thing from other facts, as the snapshot keeps it.

use assess::{Definition, Dictionary};
use base::{FactValue, Grade, UtcSeconds};
use serde::{Deserialize, Serialize};

/// One conclusion of the last assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// Key of the dictionary.
    pub key: String,
    /// The value, as facts are written.
    pub value: String,
    /// When what it rests on was observed.
    pub observed_at: UtcSeconds,
    /// How good what it rests on is.
    pub grade: Grade,
    /// The evidence of what it rests on; 0 if there is none.
    pub evidence: i64,
}

impl Conclusion {
    /// What it means by the dictionary of today; `None` if its key is gone or its value is no longer of the type of the key:
    /// that counts as not known, as with facts.
    #[must_use]
    pub fn read<'d>(&self, dictionary: &'d Dictionary) -> Option<(&'d Definition, FactValue)> {
        let definition = dictionary.find(&self.key)?;
        Some((definition, FactValue::parse(definition.fact_type, &self.value).ok()?))
    }
}
