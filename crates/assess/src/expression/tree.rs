//! The compiled form: small, typed, without names.

use base::{Date, FactType};

use super::syntax::Comparison;
use crate::dictionary::KeyId;

/// One key an expression reads. Nodes name it by its position among the slots of their expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) key: KeyId,
    /// Read from the facts of the site, not of the subject.
    pub(super) of_site: bool,
    pub(super) fact_type: FactType,
    pub(super) fresh_days: u32,
}

/// Position of a slot; below [`super::MAX_KEYS`].
pub(super) type SlotIndex = u8;

/// Something true, false or unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Constant(bool),
    /// The boolean fact itself.
    Fact(SlotIndex),
    And(Box<[Node]>),
    Or(Box<[Node]>),
    Not(Box<Node>),
    /// Both true or both false.
    Same(Box<Node>, Box<Node>),
    Compare(Comparison, Operand, Operand),
    InIntegers(Operand, Box<[i64]>),
    InTexts(Operand, Box<[String]>),
    Contains(Operand, Operand),
    Within(Operand, Box<[String]>),
    /// The pattern is lower-cased.
    Like(Operand, String),
    Known(SlotIndex),
    Empty(Operand),
    VersionLess(Operand, Operand),
    VersionLessOrEqual(Operand, Operand),
}

/// Something with a value; its type was settled when it was compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    Fact(SlotIndex),
    Integer(i64),
    Text(String),
    Date(Date),
    List(Vec<String>),
    Today,
    AgeDays(SlotIndex),
    Size(SlotIndex),
}
