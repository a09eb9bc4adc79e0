//! The selections below `detection`.

use super::modifier::{ModifierError, Modifiers};
use super::pattern::Pattern;
use super::test::Test;
use crate::yaml::{Node, Value};

/// What an event must look like: one named block below `detection`.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// Keys of one map: all of them.
    All(Vec<Selection>),
    /// Maps of a list: any of them.
    Any(Vec<Selection>),
    /// One key with its values.
    Item(Item),
}

/// One key of a selection, with its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The field; `None` for keywords, which are looked for in every value of the event.
    pub field: Option<String>,
    /// Per value of the rule the tests it stands for, any of which is enough.
    pub values: Vec<Vec<Test>>,
    /// `all`: every value must be found; else any one.
    pub every: bool,
    /// `neq`: the opposite of all that.
    pub negated: bool,
}

/// Why a selection cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A value with its modifiers.
    #[error("line {line}: {source}")]
    Modifier {
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        source: ModifierError,
    },
    /// Nothing to look for.
    #[error("line {line}: an empty selection")]
    Empty {
        /// Counts from 1.
        line: usize,
    },
    /// More tests than are left to the rule.
    #[error("too many tests")]
    TooMany,
    /// Null without a field.
    #[error("line {line}: `{found}` needs a field")]
    NoField {
        /// Counts from 1.
        line: usize,
        /// What was found.
        found: &'static str,
    },
}

impl Selection {
    /// `left` counts down the tests it may still become.
    pub(super) fn read(node: &Node, left: &mut usize) -> Result<Self, SelectionError> {
        match &node.value {
            Value::Map(entries) if !entries.is_empty() => {
                let items = entries.iter().map(|(key, value)| Item::read(key, value, left).map(Self::Item));
                Ok(Self::All(items.collect::<Result<_, _>>()?))
            }
            Value::List(items) if items.iter().any(|item| matches!(item.value, Value::Map(_) | Value::List(_))) => {
                Ok(Self::Any(items.iter().map(|item| Self::read(item, left)).collect::<Result<_, _>>()?))
            }
            Value::Map(_) | Value::Null => Err(SelectionError::Empty { line: node.line }),
            Value::List(items) if items.is_empty() => Err(SelectionError::Empty { line: node.line }),
            Value::List(_) | Value::Bool(_) | Value::Number { .. } | Value::Text(_) => {
                Item::read("", node, left).map(Self::Item)
            }
        }
    }

    /// The items in it.
    pub fn items(&self) -> Vec<&Item> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::items).collect(),
            Self::Item(item) => vec![item],
        }
    }
}

impl Item {
    fn read(key: &str, node: &Node, left: &mut usize) -> Result<Self, SelectionError> {
        let mut words = key.split('|');
        let field = words.next().filter(|name| !name.is_empty()).map(ToOwned::to_owned);
        let modifiers = Modifiers::new(words);
        let modifiers = modifiers.map_err(|source| SelectionError::Modifier { line: node.line, source })?;
        let mut values = Vec::new();
        for value in node.items() {
            if *left == 0 {
                return Err(SelectionError::TooMany);
            }
            let tests = modifiers.apply(value);
            let tests = tests.map_err(|source| SelectionError::Modifier { line: value.line, source })?;
            let enough = tests.len() <= *left;
            *left = left.saturating_sub(tests.len());
            if !enough {
                return Err(SelectionError::TooMany);
            }
            values.push(if field.is_none() { as_keywords(tests, value.line)? } else { tests });
        }
        if values.is_empty() {
            // A key without values asks for a field without a value.
            values.push(vec![Test::Null]);
        }
        Ok(Self { field, values, every: modifiers.every, negated: modifiers.negated })
    }
}

/// Tests without a field look for their text anywhere in any value.
fn as_keywords(tests: Vec<Test>, line: usize) -> Result<Vec<Test>, SelectionError> {
    let keyword = |test| match test {
        Test::Text { mut pattern, cased } => {
            pattern.anything_before();
            pattern.anything_behind();
            Ok(Test::Text { pattern, cased })
        }
        Test::Number { text, .. } => {
            let mut pattern = Pattern::literal(&text);
            pattern.anything_before();
            pattern.anything_behind();
            Ok(Test::Text { pattern, cased: false })
        }
        Test::Regex(regex) => Ok(Test::Regex(regex)),
        Test::Null => Err(SelectionError::NoField { line, found: "null" }),
        Test::Exists(_) => Err(SelectionError::NoField { line, found: "exists" }),
        Test::Cidr(_) => Err(SelectionError::NoField { line, found: "cidr" }),
        Test::Compare { .. } | Test::Time { .. } => Err(SelectionError::NoField { line, found: "a comparison" }),
        Test::Field { .. } => Err(SelectionError::NoField { line, found: "fieldref" }),
    };
    tests.into_iter().map(keyword).collect()
}
