//! Values of facts and the types the fact dictionary gives them.

use std::fmt;
use std::str::FromStr;

use crate::time::Date;

/// Type of a fact, as the dictionary names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactType {
    /// Yes or no.
    Bool,
    /// A whole number; the dictionary gives the unit.
    Integer,
    /// A line of text.
    Text,
    /// A calendar day.
    Date,
    /// A set of texts, sorted, without duplicates.
    List,
}

impl FactType {
    /// Every type with its name in the dictionary.
    pub const ALL: [(&'static str, Self); 5] = [
        ("bool", Self::Bool),
        ("integer", Self::Integer),
        ("text", Self::Text),
        ("date", Self::Date),
        ("list", Self::List),
    ];

    /// The name in the dictionary.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

/// Value of a fact. [`fmt::Display`] gives the canonical text that is stored and hashed; [`FactValue::parse`] reads it back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactValue {
    /// Yes or no: `true`, `false`.
    Bool(bool),
    /// A whole number in decimal.
    Integer(i64),
    /// A line of text, as it is.
    Text(String),
    /// A day: `YYYY-MM-DD`.
    Date(Date),
    /// A set: items joined by a line feed. Build it with [`FactValue::list`].
    List(Vec<String>),
}

impl FactValue {
    /// A set of texts: trimmed, sorted, without duplicates or empty items. Line feeds inside items become spaces.
    pub fn list<I, S>(items: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let mut items: Vec<String> = items
            .into_iter()
            .map(|item| item.as_ref().trim().replace('\n', " "))
            .filter(|item| !item.is_empty())
            .collect();
        items.sort();
        items.dedup();
        Self::List(items)
    }

    /// The type of this value.
    #[must_use]
    pub const fn fact_type(&self) -> FactType {
        match self {
            Self::Bool(_) => FactType::Bool,
            Self::Integer(_) => FactType::Integer,
            Self::Text(_) => FactType::Text,
            Self::Date(_) => FactType::Date,
            Self::List(_) => FactType::List,
        }
    }

    /// Reads the canonical text of a value of type `fact_type`.
    ///
    /// # Errors
    /// [`FactValueError`] if the text is no such value.
    pub fn parse(fact_type: FactType, text: &str) -> Result<Self, FactValueError> {
        let fail = || FactValueError { fact_type: fact_type.name(), found: text.chars().take(80).collect() };
        match fact_type {
            FactType::Bool => bool::from_str(text).map(Self::Bool).map_err(|_| fail()),
            FactType::Integer => i64::from_str(text).map(Self::Integer).map_err(|_| fail()),
            FactType::Text => Ok(Self::Text(text.to_owned())),
            FactType::Date => Date::from_str(text).map(Self::Date).map_err(|_| fail()),
            FactType::List => Ok(Self::list(text.split('\n'))),
        }
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
            Self::Date(value) => write!(f, "{value}"),
            Self::List(items) => f.write_str(&items.join("\n")),
        }
    }
}

/// A text is no value of the type asked for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no value of type {fact_type}")]
pub struct FactValueError {
    fact_type: &'static str,
    found: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_survives_printing_and_parsing() {
        let values = [
            FactValue::Bool(true),
            FactValue::Integer(-1),
            FactValue::Text("電子カルテ, 1号".to_owned()),
            FactValue::Date("2026-11-20".parse().unwrap()),
            FactValue::list(["b", "a", "a", ""]),
            FactValue::list::<_, &str>([]),
        ];
        for value in values {
            assert_eq!(FactValue::parse(value.fact_type(), &value.to_string()).unwrap(), value);
        }
    }

    #[test]
    fn a_list_is_a_set() {
        assert_eq!(FactValue::list(["b", "a", "b", " "]).to_string(), "a\nb");
    }

    #[test]
    fn a_number_is_not_read_as_a_yes() {
        assert!(FactValue::parse(FactType::Bool, "1").is_err());
        assert!(FactValue::parse(FactType::Integer, "1.5").is_err());
    }
}
