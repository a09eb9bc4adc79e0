//! The check language: three-valued, total, typed against the fact dictionary when a pack is loaded.
//!
//! The language itself is described in `docs/architecture.md`, "Check language". A source goes through the lexer, the
//! parser and the type checker into an [`Expression`]; [`Expression::evaluate`] then asks the facts.

mod compile;
mod evaluate;
mod glob;
mod lexer;
mod syntax;
mod tree;

use base::SubjectKind;

use crate::dictionary::{Dictionary, KeyId};

pub use evaluate::{FactSource, Finding, KeySet, Staleness, Truth};

use tree::{Node, Slot};

/// Longest source, in characters.
pub const MAX_SOURCE_CHARS: usize = 2_000;
/// Deepest nesting of parentheses and `not`.
pub const MAX_DEPTH: usize = 64;
/// Most different keys in one expression.
pub const MAX_KEYS: usize = 64;

/// A compiled, type-checked expression that answers true, false or unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    source: String,
    root: Node,
    slots: Box<[Slot]>,
}

impl Expression {
    /// Compiles `source` for checks about `subject`.
    ///
    /// # Errors
    /// [`ExpressionError`] names the column (from 1, in characters) and what was expected there.
    pub fn compile(dictionary: &Dictionary, subject: SubjectKind, source: &str) -> Result<Self, ExpressionError> {
        let chars = source.chars().count();
        if chars > MAX_SOURCE_CHARS {
            return Err(ExpressionError::TooLong { chars });
        }
        let syntax = syntax::parse(&lexer::tokens(source)?)?;
        let (root, slots) = compile::compile(dictionary, subject, &syntax)?;
        Ok(Self { source: source.to_owned(), root, slots })
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Every key it reads, in order of first appearance.
    pub fn keys(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.slots.iter().map(|slot| slot.key)
    }

    /// The keys of `set`, in order of first appearance in the source.
    pub fn keys_in(&self, set: KeySet) -> impl Iterator<Item = KeyId> + '_ {
        self.slots.iter().enumerate().filter(move |(position, _)| set.has(*position)).map(|(_, slot)| slot.key)
    }
}

/// Why a source is no expression. Columns count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// The source is too long.
    #[error("{chars} characters, at most 2000 are allowed")]
    TooLong {
        /// Length found.
        chars: usize,
    },
    /// Parentheses and `not` are nested too deeply.
    #[error("column {column}: nested more than 64 deep")]
    TooDeep {
        /// Where.
        column: usize,
    },
    /// More different keys than one expression may read.
    #[error("column {column}: more than 64 different keys")]
    TooManyKeys {
        /// Where the first key too many stands.
        column: usize,
    },
    /// Something else should stand here.
    #[error("column {column}: expected {expected}, found {found}")]
    Unexpected {
        /// Where.
        column: usize,
        /// What may stand here.
        expected: &'static str,
        /// What stands here.
        found: String,
    },
    /// A key that is not in the dictionary.
    #[error("column {column}: no fact {key:?} in the dictionary")]
    UnknownKey {
        /// Where.
        column: usize,
        /// The key.
        key: String,
    },
    /// A key of another kind of subject.
    #[error("column {column}: {key} is a fact neither of the {subject} asked about nor of the site")]
    ForeignKey {
        /// Where.
        column: usize,
        /// The key.
        key: String,
        /// What the check is about.
        subject: SubjectKind,
    },
    /// A value of another type is needed.
    #[error("column {column}: expected {expected}, found {found}")]
    Type {
        /// Where.
        column: usize,
        /// Type needed.
        expected: &'static str,
        /// Type found.
        found: &'static str,
    },
    /// The dictionary does not allow this text for the key it is compared with: the answer would always be the same.
    #[error("column {column}: {key} is never {value:?}; allowed: {allowed}")]
    NeverEqual {
        /// Where.
        column: usize,
        /// The key.
        key: String,
        /// The text.
        value: String,
        /// The allowed texts, joined by commas.
        allowed: String,
    },
}

#[cfg(test)]
mod tests;
