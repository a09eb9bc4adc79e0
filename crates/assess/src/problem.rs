//! What can be wrong with a pack, told so that its author finds the place.

use base::Date;

use crate::expression::ExpressionError;

/// One thing wrong in one file of a pack.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{file}: {place}: {problem}")]
pub struct PackError {
    /// Name of the file as it was given; for problems between files, the file or pack that has to change.
    pub file: String,
    /// Which entry: its id or key, or its position from 1 (`check 3`).
    pub place: String,
    /// What is wrong.
    #[source]
    pub problem: Problem,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    /// The file is no TOML.
    #[error(transparent)]
    Syntax(#[from] toml::de::Error),
    /// The file is longer than a pack may be.
    #[error("the file has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// Size found.
        bytes: usize,
        /// Largest size read.
        limit: usize,
    },
    /// There are more entries than can be numbered.
    #[error("there are more than {limit} entries")]
    TooMany {
        /// Most entries taken.
        limit: usize,
    },
    /// A required field is not there.
    #[error("field `{field}` is missing")]
    Missing {
        /// Name of the field.
        field: &'static str,
    },
    /// A field nobody reads: most often a slip of the pen.
    #[error("field `{field}` is unknown")]
    UnknownField {
        /// Name of the field.
        field: String,
    },
    /// A field holds a value of another type.
    #[error("field `{field}` is {found}, {expected} was expected")]
    WrongType {
        /// Name of the field.
        field: String,
        /// What may stand there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A field that must say something is empty.
    #[error("field `{field}` is empty")]
    Empty {
        /// Name of the field.
        field: String,
    },
    /// A number is outside its range.
    #[error("field `{field}` is {found}, outside {least}..={most}")]
    OutOfRange {
        /// Name of the field.
        field: &'static str,
        /// What stands there.
        found: i64,
        /// Smallest value taken.
        least: i64,
        /// Largest value taken.
        most: i64,
    },
    /// A text is none of those allowed.
    #[error("field `{field}` is {found:?}, none of {allowed}")]
    NotOneOf {
        /// Name of the field.
        field: String,
        /// What stands there.
        found: String,
        /// The allowed texts, joined by commas.
        allowed: String,
    },
    /// The same name stands twice.
    #[error("{what} {name:?} is already taken by {first}")]
    Duplicate {
        /// What kind of name.
        what: &'static str,
        /// The name.
        name: String,
        /// Where it stands first.
        first: String,
    },
    /// A name does not have the form of its kind.
    #[error("{name:?} is no name in lower_snake form")]
    NotLowerSnake {
        /// What stands there.
        name: String,
    },
    /// The part of a key before the dot is no kind of subject.
    #[error("{key:?} does not begin with a kind of subject and a dot")]
    BadPrefix {
        /// The key.
        key: String,
    },
    /// `field` fits only facts of another type.
    #[error("field `{field}` fits only facts of type {fits}, this one is {found}")]
    NotForType {
        /// Name of the field.
        field: &'static str,
        /// Types it fits.
        fits: &'static str,
        /// Type of the fact.
        found: &'static str,
    },
    /// A place in the registry is not `KEY!value`.
    #[error("{found:?} is no registry place of the form KEY!value")]
    BadRegistry {
        /// What stands there.
        found: String,
    },
    /// An expression of the check language is wrong.
    #[error("field `{field}`: {error}")]
    Expression {
        /// Name of the field.
        field: &'static str,
        /// What is wrong in it.
        #[source]
        error: ExpressionError,
    },
    /// A key is not in the dictionary, or not one this entry may name.
    #[error("no fact {key:?} can stand here")]
    UnknownKey {
        /// The key.
        key: String,
    },
    /// A value the dictionary does not allow for its key.
    #[error("{found} is no {expected} for {key}")]
    BadValue {
        /// The key.
        key: String,
        /// Type, or the allowed texts.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// Two fields that exclude each other.
    #[error("field `{field}` does not go with {with}")]
    Conflict {
        /// Name of the field.
        field: &'static str,
        /// What it conflicts with.
        with: &'static str,
    },
    /// A reference points to nothing.
    #[error("{what} {name:?} does not exist")]
    Dangling {
        /// What kind of thing is named.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Two days are in the wrong order.
    #[error("{late} ({late_on}) is before {early} ({early_on})")]
    DatesOutOfOrder {
        /// What should be the earlier day.
        early: &'static str,
        /// That day.
        early_on: Date,
        /// What should be the later day.
        late: &'static str,
        /// That day.
        late_on: Date,
    },
    /// `maps_to` names an item of the same framework.
    #[error("`maps_to` names {name:?} of the same framework, not of a former edition")]
    MapsToItself {
        /// The item named.
        name: String,
    },
    /// No check, no document and no claim could ever answer the item.
    #[error("nothing could ever answer this: no checks, no documents, and `statement` is false")]
    Unanswerable,
}
