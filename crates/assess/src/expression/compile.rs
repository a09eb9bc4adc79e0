//! Syntax tree → compiled tree, with every type checked against the dictionary.

use base::{FactType, FactValue, SubjectKind};

use super::syntax::{Comparison, Function, Syntax, SyntaxKind};
use super::tree::{Node, Operand, Slot, SlotIndex};
use super::{ExpressionError, MAX_KEYS};
use crate::dictionary::{Definition, Dictionary};

/// Compiles a whole expression, which must be a boolean.
pub(super) fn compile(
    dictionary: &Dictionary,
    subject: SubjectKind,
    syntax: &Syntax,
) -> Result<(Node, Box<[Slot]>), ExpressionError> {
    let mut compiler = Compiler { dictionary, subject, slots: Vec::new() };
    let root = compiler.boolean(syntax)?;
    Ok((root, compiler.slots.into_boxed_slice()))
}

struct Compiler<'d> {
    dictionary: &'d Dictionary,
    subject: SubjectKind,
    slots: Vec<Slot>,
}

type Compiled<T> = Result<T, ExpressionError>;

impl<'d> Compiler<'d> {
    fn boolean(&mut self, syntax: &Syntax) -> Compiled<Node> {
        Ok(match &syntax.kind {
            SyntaxKind::Bool(value) => Node::Constant(*value),
            SyntaxKind::And(parts) => Node::And(self.booleans(parts)?),
            SyntaxKind::Or(parts) => Node::Or(self.booleans(parts)?),
            SyntaxKind::Not(inner) => Node::Not(Box::new(self.boolean(inner)?)),
            SyntaxKind::Compare(sign, left, right) => self.comparison(*sign, left, right)?,
            SyntaxKind::In(left, list) => self.within_literals(left, list)?,
            SyntaxKind::Within(left, list) => {
                let operand = self.operand_of(left, FactType::List)?;
                Node::Within(operand, self.texts(list)?.into_boxed_slice())
            }
            SyntaxKind::Contains(left, right) => {
                Node::Contains(self.operand_of(left, FactType::List)?, self.operand_of(right, FactType::Text)?)
            }
            SyntaxKind::Like(left, pattern) => {
                Node::Like(self.operand_of(left, FactType::Text)?, pattern.to_lowercase())
            }
            SyntaxKind::Call(Function::Known, arguments) => Node::Known(self.key(first(arguments, syntax)?, None)?),
            SyntaxKind::Call(Function::Empty, arguments) => {
                Node::Empty(self.operand_of(first(arguments, syntax)?, FactType::List)?)
            }
            SyntaxKind::Call(Function::VersionLess, arguments) => {
                let (left, right) = self.versions(arguments, syntax)?;
                Node::VersionLess(left, right)
            }
            SyntaxKind::Call(Function::VersionLessOrEqual, arguments) => {
                let (left, right) = self.versions(arguments, syntax)?;
                Node::VersionLessOrEqual(left, right)
            }
            SyntaxKind::Key(_) => Node::Fact(self.key(syntax, Some(FactType::Bool))?),
            SyntaxKind::Integer(_)
            | SyntaxKind::Text(_)
            | SyntaxKind::Date(_)
            | SyntaxKind::Today
            | SyntaxKind::List(_)
            | SyntaxKind::Call(Function::AgeDays | Function::Size, _) => {
                return Err(wrong(syntax, FactType::Bool, self.type_of(syntax)?));
            }
        })
    }

    fn booleans(&mut self, parts: &[Syntax]) -> Compiled<Box<[Node]>> {
        parts.iter().map(|part| self.boolean(part)).collect()
    }

    /// The type of `syntax`, without checking what is inside it.
    fn type_of(&self, syntax: &Syntax) -> Compiled<FactType> {
        Ok(match &syntax.kind {
            SyntaxKind::Integer(_) | SyntaxKind::Call(Function::AgeDays | Function::Size, _) => FactType::Integer,
            SyntaxKind::Text(_) => FactType::Text,
            SyntaxKind::Date(_) | SyntaxKind::Today => FactType::Date,
            SyntaxKind::List(_) => FactType::List,
            SyntaxKind::Key(key) => self.find(key, syntax.column)?.fact_type,
            SyntaxKind::Bool(_)
            | SyntaxKind::And(_)
            | SyntaxKind::Or(_)
            | SyntaxKind::Not(_)
            | SyntaxKind::Compare(..)
            | SyntaxKind::In(..)
            | SyntaxKind::Within(..)
            | SyntaxKind::Contains(..)
            | SyntaxKind::Like(..)
            | SyntaxKind::Call(
                Function::Known | Function::Empty | Function::VersionLess | Function::VersionLessOrEqual,
                _,
            ) => FactType::Bool,
        })
    }

    fn comparison(&mut self, sign: Comparison, left: &Syntax, right: &Syntax) -> Compiled<Node> {
        let fact_type = self.type_of(left)?;
        let found = self.type_of(right)?;
        if fact_type != found {
            return Err(wrong(right, fact_type, found));
        }
        let by_equality = matches!(sign, Comparison::Equal | Comparison::NotEqual);
        if !by_equality && !matches!(fact_type, FactType::Integer | FactType::Date) {
            let expected = "a number or a date (for versions: version_lt)";
            return Err(ExpressionError::Type { column: left.column, expected, found: fact_type.name() });
        }
        if fact_type == FactType::Bool {
            let same = Node::Same(Box::new(self.boolean(left)?), Box::new(self.boolean(right)?));
            return Ok(if sign == Comparison::Equal { same } else { Node::Not(Box::new(same)) });
        }
        self.check_allowed(left, right)?;
        self.check_allowed(right, left)?;
        Ok(Node::Compare(sign, self.operand_of(left, fact_type)?, self.operand_of(right, fact_type)?))
    }

    /// `x in [1, 2]` or `x in ['a', 'b']`.
    fn within_literals(&mut self, left: &Syntax, list: &Syntax) -> Compiled<Node> {
        match self.type_of(left)? {
            FactType::Integer => {
                Ok(Node::InIntegers(self.operand_of(left, FactType::Integer)?, self.integers(list)?.into_boxed_slice()))
            }
            FactType::Text => {
                for item in items(list) {
                    self.check_allowed(left, item)?;
                }
                Ok(Node::InTexts(self.operand_of(left, FactType::Text)?, self.texts(list)?.into_boxed_slice()))
            }
            found @ (FactType::Bool | FactType::Date | FactType::List) => {
                let expected = "a number or a text before `in`";
                Err(ExpressionError::Type { column: left.column, expected, found: found.name() })
            }
        }
    }

    /// If `side` is a key with a closed set of texts and `other` a literal, the literal must be one of them.
    fn check_allowed(&self, side: &Syntax, other: &Syntax) -> Compiled<()> {
        let (SyntaxKind::Key(key), SyntaxKind::Text(value)) = (&side.kind, &other.kind) else { return Ok(()) };
        let definition = self.find(key, side.column)?;
        if definition.values.is_empty() || definition.values.contains(value) {
            return Ok(());
        }
        let allowed = definition.values.join(", ");
        Err(ExpressionError::NeverEqual { column: other.column, key: key.clone(), value: value.clone(), allowed })
    }

    /// Compiles `syntax` as a value of type `wanted`, which is not boolean.
    fn operand_of(&mut self, syntax: &Syntax, wanted: FactType) -> Compiled<Operand> {
        let found = self.type_of(syntax)?;
        if found != wanted {
            return Err(wrong(syntax, wanted, found));
        }
        Ok(match &syntax.kind {
            SyntaxKind::Integer(number) => Operand::Integer(*number),
            SyntaxKind::Text(text) => Operand::Text(text.clone()),
            SyntaxKind::Date(date) => Operand::Date(*date),
            SyntaxKind::Today => Operand::Today,
            SyntaxKind::List(_) => Operand::List(self.texts(syntax)?),
            SyntaxKind::Call(Function::AgeDays, arguments) => {
                Operand::AgeDays(self.key(first(arguments, syntax)?, Some(FactType::Date))?)
            }
            SyntaxKind::Call(Function::Size, arguments) => {
                Operand::Size(self.key(first(arguments, syntax)?, Some(FactType::List))?)
            }
            _ => Operand::Fact(self.key(syntax, Some(wanted))?),
        })
    }

    fn versions(&mut self, arguments: &[Syntax], call: &Syntax) -> Compiled<(Operand, Operand)> {
        let left = self.operand_of(first(arguments, call)?, FactType::Text)?;
        let right = self.operand_of(arguments.get(1).unwrap_or(call), FactType::Text)?;
        Ok((left, right))
    }

    fn integers(&self, list: &Syntax) -> Compiled<Vec<i64>> {
        let number = |item: &Syntax| {
            let SyntaxKind::Integer(number) = item.kind else {
                return Err(wrong(item, FactType::Integer, self.type_of(item)?));
            };
            Ok(number)
        };
        items(list).iter().map(number).collect()
    }

    /// The texts of a literal list as a set.
    fn texts(&self, list: &Syntax) -> Compiled<Vec<String>> {
        let text = |item: &Syntax| {
            let SyntaxKind::Text(text) = &item.kind else {
                return Err(wrong(item, FactType::Text, self.type_of(item)?));
            };
            Ok(text.clone())
        };
        let texts = items(list).iter().map(text).collect::<Compiled<Vec<String>>>()?;
        match FactValue::list(texts) {
            FactValue::List(texts) => Ok(texts),
            FactValue::Bool(_) | FactValue::Integer(_) | FactValue::Text(_) | FactValue::Date(_) => Ok(Vec::new()),
        }
    }

    fn find(&self, key: &str, column: usize) -> Compiled<&'d Definition> {
        let unknown = || ExpressionError::UnknownKey { column, key: key.to_owned() };
        let definition = self.dictionary.find(key).ok_or_else(unknown)?;
        if definition.subject != self.subject && definition.subject != SubjectKind::Site {
            return Err(ExpressionError::ForeignKey { column, key: key.to_owned(), subject: self.subject });
        }
        Ok(definition)
    }

    /// The slot of a key; `wanted` is the type it must have, if that matters.
    fn key(&mut self, syntax: &Syntax, wanted: Option<FactType>) -> Compiled<SlotIndex> {
        let SyntaxKind::Key(key) = &syntax.kind else {
            let found = self.type_of(syntax)?.name();
            return Err(ExpressionError::Type { column: syntax.column, expected: "the key of a fact", found });
        };
        let definition = self.find(key, syntax.column)?;
        if let Some(wanted) = wanted.filter(|wanted| *wanted != definition.fact_type) {
            return Err(wrong(syntax, wanted, definition.fact_type));
        }
        let position = self.slots.iter().position(|slot| slot.key == definition.id).unwrap_or(self.slots.len());
        let too_many = ExpressionError::TooManyKeys { column: syntax.column };
        let index = SlotIndex::try_from(position).ok().filter(|_| position < MAX_KEYS).ok_or(too_many)?;
        if position == self.slots.len() {
            self.slots.push(Slot {
                key: definition.id,
                of_site: definition.subject != self.subject,
                fact_type: definition.fact_type,
                fresh_days: definition.fresh_days,
            });
        }
        Ok(index)
    }
}

fn first<'s>(arguments: &'s [Syntax], call: &Syntax) -> Compiled<&'s Syntax> {
    let missing = || ExpressionError::Type { column: call.column, expected: "an argument", found: "nothing" };
    arguments.first().ok_or_else(missing)
}

fn items(list: &Syntax) -> &[Syntax] {
    let SyntaxKind::List(items) = &list.kind else { return std::slice::from_ref(list) };
    items
}

fn wrong(syntax: &Syntax, expected: FactType, found: FactType) -> ExpressionError {
    ExpressionError::Type { column: syntax.column, expected: expected.name(), found: found.name() }
}
