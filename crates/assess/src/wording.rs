//! The words people write in ledgers for the values the dictionary allows.

use std::collections::HashMap;

use base::{FactType, FactValue};
use toml::{Table, Value};

use crate::dictionary::Dictionary;
use crate::fields::{Fields, parse_file};
use crate::problem::{PackError, Problem};

/// Words for booleans, and per key for its allowed texts.
#[derive(Debug, Clone, Default)]
pub struct Wording {
    booleans: HashMap<String, bool>,
    values: HashMap<String, HashMap<String, String>>,
    types: HashMap<String, FactType>,
}

/// Trims, makes full-width ASCII and the ideographic space narrow, and lower-cases: `ＰＣ ` → `pc`.
#[must_use]
pub fn fold(text: &str) -> String {
    let narrow = text.chars().map(|c| match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        other => other,
    });
    let lower: String = narrow.flat_map(char::to_lowercase).collect();
    lower.trim().to_owned()
}

impl Wording {
    /// Reads `wording.toml`.
    ///
    /// # Errors
    /// Everything that is wrong: unknown keys, values the dictionary does not allow, one word for two values.
    pub fn parse(dictionary: &Dictionary, file: &str, text: &str) -> Result<Self, Vec<PackError>> {
        let table = parse_file(file, text)?;
        let mut errors = Vec::new();
        let mut top = Fields::new(&table);
        let booleans = top.table("booleans");
        let values = top.table("values");
        top.finish(file, "file", &mut errors);
        let mut wording = Self::of_dictionary(dictionary);
        if let Some(booleans) = booleans {
            wording.read_booleans(booleans, file, &mut errors);
        }
        for (key, words) in values.into_iter().flatten() {
            wording.read_values(dictionary, key, words, file, &mut errors);
        }
        if errors.is_empty() { Ok(wording) } else { Err(errors) }
    }

    /// What is understood without any file: every allowed text means itself.
    fn of_dictionary(dictionary: &Dictionary) -> Self {
        let mut wording = Self::default();
        for one in dictionary {
            wording.types.insert(one.key.clone(), one.fact_type);
            if !one.values.is_empty() {
                let itself = one.values.iter().map(|value| (fold(value), value.clone())).collect();
                wording.values.insert(one.key.clone(), itself);
            }
        }
        wording
    }

    fn read_booleans(&mut self, table: &Table, file: &str, errors: &mut Vec<PackError>) {
        let mut fields = Fields::new(table);
        for (name, value) in [("true", true), ("false", false)] {
            for word in fields.texts(name) {
                if self.booleans.insert(fold(&word), value).is_some_and(|other| other != value) {
                    fields.report(Problem::Duplicate { what: "word", name: word, first: (!value).to_string() });
                }
            }
        }
        fields.finish(file, "booleans", errors);
    }

    fn read_values(
        &mut self,
        dictionary: &Dictionary,
        key: &str,
        words: &Value,
        file: &str,
        errors: &mut Vec<PackError>,
    ) {
        let mut report =
            |problem| errors.push(PackError { file: file.to_owned(), place: format!("values {key}"), problem });
        let Some(definition) = dictionary.find(key).filter(|one| !one.values.is_empty()) else {
            return report(Problem::UnknownKey { key: key.to_owned() });
        };
        let map = self.values.entry(key.to_owned()).or_default();
        let Value::Table(words) = words else {
            return report(Problem::WrongType { field: key.to_owned(), expected: "table", found: words.type_str() });
        };
        for (value, words) in words {
            if !definition.values.contains(value) {
                let allowed = definition.values.join(", ");
                report(Problem::NotOneOf { field: key.to_owned(), found: value.clone(), allowed });
            }
            for word in words.as_array().into_iter().flatten().filter_map(Value::as_str) {
                let other = map.insert(fold(word), value.clone()).filter(|other| other != value);
                if let Some(first) = other {
                    report(Problem::Duplicate { what: "word", name: word.to_owned(), first });
                }
            }
        }
    }

    /// The value `text` means for `key`: a boolean, or one of the allowed texts. `None` if the word is not known, or if
    /// the key takes neither. An allowed text always means itself.
    #[must_use]
    pub fn value_of(&self, key: &str, text: &str) -> Option<FactValue> {
        match self.types.get(key)? {
            FactType::Bool => self.booleans.get(&fold(text)).copied().map(FactValue::Bool),
            FactType::Text => self.values.get(key)?.get(&fold(text)).cloned().map(FactValue::Text),
            FactType::Integer | FactType::Date | FactType::List => None,
        }
    }
}
