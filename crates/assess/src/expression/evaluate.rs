//! Asks the facts. Nothing is allocated here: which keys mattered is kept as bits.

use std::cmp::Ordering;

use base::{Date, FactValue, UtcSeconds};

use super::syntax::Comparison;
use super::tree::{Node, Operand, Slot, SlotIndex};
use super::{Expression, glob};
use crate::facts::{Fact, SubjectFacts};
use crate::version;

/// Kleene's three values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It is so.
    True,
    /// It is not so.
    False,
    /// The facts do not decide it.
    Unknown,
}

impl Truth {
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// A set of the keys of one expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeySet(u64);

impl KeySet {
    fn one(slot: SlotIndex) -> Self {
        Self(1_u64.checked_shl(u32::from(slot)).unwrap_or(0))
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Is the key at `position` in the set?
    #[must_use]
    pub fn has(self, position: usize) -> bool {
        u32::try_from(position).ok().and_then(|bit| self.0.checked_shr(bit)).is_some_and(|bits| bits & 1 == 1)
    }

    /// Is no key in the set?
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What an expression answers, and which keys made it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The answer.
    pub truth: Truth,
    /// Keys whose values decided a true or false answer; for an unknown answer those that were read.
    pub used: KeySet,
    /// Keys that were missing; only for an unknown answer, or where `known` found nothing.
    pub missing: KeySet,
    /// Keys that were too old; with [`Staleness::Counts`] those that were used although too old.
    pub stale: KeySet,
}

impl Finding {
    const fn plain(truth: Truth) -> Self {
        Self { truth, used: KeySet(0), missing: KeySet(0), stale: KeySet(0) }
    }

    /// The same keys and those of `other`.
    fn with(self, other: Self) -> Self {
        Self {
            truth: self.truth,
            used: self.used.and(other.used),
            missing: self.missing.and(other.missing),
            stale: self.stale.and(other.stale),
        }
    }
}

/// May a fact that is too old answer?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staleness {
    /// No: what depends on it is unknown.
    Blocks,
    /// Yes: to find out whether it would have decided.
    Counts,
}

/// Where an evaluation finds its facts.
#[derive(Debug, Clone, Copy)]
pub struct FactSource<'f> {
    /// Facts of the subject asked about.
    pub subject: &'f SubjectFacts,
    /// Facts of its site.
    pub site: &'f SubjectFacts,
    /// The time that decides what is too old, and which day `today` is.
    pub now: UtcSeconds,
}

impl Expression {
    /// Answers the expression from `source`.
    #[must_use]
    pub fn evaluate(&self, source: FactSource<'_>, staleness: Staleness) -> Finding {
        Evaluation { slots: &self.slots, source, staleness }.answer(&self.root)
    }

    /// The facts behind the keys of `set`, in order of the source text.
    pub fn facts_in<'f>(&self, set: KeySet, source: FactSource<'f>) -> impl Iterator<Item = &'f Fact> {
        let slots = self.slots.iter().enumerate().filter(move |(position, _)| set.has(*position));
        slots.filter_map(move |(_, slot)| find(slot, source))
    }
}

fn find<'f>(slot: &Slot, source: FactSource<'f>) -> Option<&'f Fact> {
    let facts = if slot.of_site { source.site } else { source.subject };
    facts.find(slot.key).filter(|fact| fact.value.fact_type() == slot.fact_type)
}

/// A value that was read, without copying it.
#[derive(Clone, Copy)]
enum Value<'v> {
    Bool(bool),
    Integer(i64),
    Text(&'v str),
    Date(Date),
    List(&'v [String]),
}

struct Evaluation<'e> {
    slots: &'e [Slot],
    source: FactSource<'e>,
    staleness: Staleness,
}

impl<'e> Evaluation<'e> {
    fn answer(&self, node: &'e Node) -> Finding {
        match node {
            Node::Constant(value) => Finding::plain((*value).into()),
            Node::Fact(slot) => self.test(&self.read(*slot), |value| matches!(value, Value::Bool(true))),
            Node::And(parts) => self.join(parts, Truth::False),
            Node::Or(parts) => self.join(parts, Truth::True),
            Node::Not(inner) => {
                let answer = self.answer(inner);
                Finding { truth: answer.truth.not(), ..answer }
            }
            Node::Same(left, right) => same(self.answer(left), self.answer(right)),
            Node::Compare(sign, left, right) => self.test2(left, right, |a, b| compare(*sign, a, b)),
            Node::InIntegers(operand, allowed) => {
                self.test(&self.value(operand), |value| matches!(value, Value::Integer(one) if allowed.contains(&one)))
            }
            Node::InTexts(operand, allowed) => self.test(
                &self.value(operand),
                |value| matches!(value, Value::Text(text) if allowed.iter().any(|one| one == text)),
            ),
            Node::Contains(list, item) => self.test2(list, item, |list, item| match (list, item) {
                (Value::List(list), Value::Text(text)) => list.iter().any(|one| one == text),
                _ => false,
            }),
            Node::Within(list, allowed) => self.test(
                &self.value(list),
                |value| matches!(value, Value::List(list) if list.iter().all(|one| allowed.contains(one))),
            ),
            Node::Like(operand, pattern) => self
                .test(&self.value(operand), |value| matches!(value, Value::Text(text) if glob::matches(pattern, text))),
            Node::Known(slot) => self.known(*slot),
            Node::Empty(list) => {
                self.test(&self.value(list), |value| matches!(value, Value::List(list) if list.is_empty()))
            }
            Node::VersionLess(left, right) => self.test2(left, right, |a, b| on_texts(a, b, version::is_less)),
            Node::VersionLessOrEqual(left, right) => {
                self.test2(left, right, |a, b| on_texts(a, b, version::is_less_or_equal))
            }
        }
    }

    /// `and` (decided by the first false) and `or` (decided by the first true).
    fn join(&self, parts: &'e [Node], decisive: Truth) -> Finding {
        let mut all = Finding::plain(decisive.not());
        let mut undecided: Option<Finding> = None;
        for part in parts {
            let answer = self.answer(part);
            if answer.truth == decisive {
                return answer;
            }
            if answer.truth == Truth::Unknown {
                undecided = Some(undecided.map_or(answer, |before| before.with(answer)));
            } else {
                all = all.with(answer);
            }
        }
        undecided.unwrap_or(all)
    }

    /// A key that is there and too old is neither known nor not known, unless old facts count.
    fn known(&self, slot: SlotIndex) -> Finding {
        match self.read(slot) {
            Ok((_, keys)) => Finding { truth: Truth::True, ..keys },
            Err(keys) if keys.stale.is_empty() => Finding { truth: Truth::False, ..keys },
            Err(keys) => keys,
        }
    }

    fn test(&self, read: &Read<'e>, holds: impl FnOnce(Value<'e>) -> bool) -> Finding {
        match read {
            Ok((value, keys)) => Finding { truth: holds(*value).into(), ..*keys },
            Err(keys) => *keys,
        }
    }

    fn test2(
        &self,
        left: &'e Operand,
        right: &'e Operand,
        holds: impl FnOnce(Value<'e>, Value<'e>) -> bool,
    ) -> Finding {
        match (self.value(left), self.value(right)) {
            (Ok((a, keys)), Ok((b, more))) => Finding { truth: holds(a, b).into(), ..keys.with(more) },
            (Err(keys), Ok(_)) | (Ok(_), Err(keys)) => keys,
            (Err(keys), Err(more)) => keys.with(more),
        }
    }

    fn value(&self, operand: &'e Operand) -> Read<'e> {
        let literal = |value| Ok((value, Finding::plain(Truth::Unknown)));
        match operand {
            Operand::Fact(slot) => self.read(*slot),
            Operand::Integer(number) => literal(Value::Integer(*number)),
            Operand::Text(text) => literal(Value::Text(text)),
            Operand::Date(date) => literal(Value::Date(*date)),
            Operand::List(items) => literal(Value::List(items)),
            Operand::Today => literal(Value::Date(self.source.now.date_jst())),
            Operand::AgeDays(slot) => self.read(*slot).map(|(value, keys)| match value {
                Value::Date(date) => (Value::Integer(self.source.now.date_jst().days_since(date)), keys),
                other => (other, keys),
            }),
            Operand::Size(slot) => self.read(*slot).map(|(value, keys)| match value {
                Value::List(items) => (Value::Integer(i64::try_from(items.len()).unwrap_or(i64::MAX)), keys),
                other => (other, keys),
            }),
        }
    }

    fn read(&self, index: SlotIndex) -> Read<'e> {
        let nothing = Finding::plain(Truth::Unknown);
        let key = KeySet::one(index);
        let slot = self.slots.get(usize::from(index));
        let Some((slot, fact)) = slot.and_then(|slot| Some((slot, find(slot, self.source)?))) else {
            return Err(Finding { missing: key, ..nothing });
        };
        let is_stale = fact.is_stale(slot.fresh_days, self.source.now);
        match (is_stale, self.staleness) {
            (true, Staleness::Blocks) => Err(Finding { stale: key, ..nothing }),
            (true, Staleness::Counts) => Ok((view(&fact.value), Finding { used: key, stale: key, ..nothing })),
            (false, _) => Ok((view(&fact.value), Finding { used: key, ..nothing })),
        }
    }
}

/// A value with the keys it took, or the keys that stood in the way. The truth in it has no meaning yet.
type Read<'v> = Result<(Value<'v>, Finding), Finding>;

fn view(value: &FactValue) -> Value<'_> {
    match value {
        FactValue::Bool(value) => Value::Bool(*value),
        FactValue::Integer(value) => Value::Integer(*value),
        FactValue::Text(value) => Value::Text(value),
        FactValue::Date(value) => Value::Date(*value),
        FactValue::List(value) => Value::List(value),
    }
}

fn same(left: Finding, right: Finding) -> Finding {
    match (left.truth, right.truth) {
        (Truth::Unknown, Truth::Unknown) => left.with(right),
        (Truth::Unknown, _) => left,
        (_, Truth::Unknown) => right,
        (a, b) => Finding { truth: (a == b).into(), ..left.with(right) },
    }
}

fn compare(sign: Comparison, left: Value<'_>, right: Value<'_>) -> bool {
    let order = match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(&b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(&b),
        (Value::List(a), Value::List(b)) => a.cmp(b),
        _ => return false,
    };
    match sign {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    }
}

fn on_texts(left: Value<'_>, right: Value<'_>, test: fn(&str, &str) -> bool) -> bool {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => test(a, b),
        _ => false,
    }
}
