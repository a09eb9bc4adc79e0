//! Tokens → syntax tree. Knows grammar, not types.
//!
//! ```text
//! or      = and ("or" and)*
//! and     = not ("and" not)*
//! not     = "not" not | relation
//! relation = primary (("=" | "!=" | "<" | "<=" | ">" | ">=") primary | ("in" | "within") list | "contains" primary | "like" text)?
//! primary = "(" or ")" | literal | list | key | name "(" or ("," or)* ")"
//! ```

use base::Date;

use super::lexer::{Token, TokenKind, unexpected};
use super::{ExpressionError, MAX_DEPTH};

/// A piece of syntax and the column it begins at.
#[derive(Debug)]
pub(super) struct Syntax {
    pub(super) column: usize,
    pub(super) kind: SyntaxKind,
}

#[derive(Debug)]
pub(super) enum SyntaxKind {
    Bool(bool),
    Integer(i64),
    Text(String),
    Date(Date),
    Today,
    Key(String),
    List(Vec<Syntax>),
    And(Vec<Syntax>),
    Or(Vec<Syntax>),
    Not(Box<Syntax>),
    Compare(Comparison, Box<Syntax>, Box<Syntax>),
    In(Box<Syntax>, Box<Syntax>),
    Within(Box<Syntax>, Box<Syntax>),
    Contains(Box<Syntax>, Box<Syntax>),
    Like(Box<Syntax>, String),
    Call(Function, Vec<Syntax>),
}

/// The comparison signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

const COMPARISONS: [(&str, Comparison); 6] = [
    ("=", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<", Comparison::Less),
    ("<=", Comparison::LessOrEqual),
    (">", Comparison::Greater),
    (">=", Comparison::GreaterOrEqual),
];

/// The functions. `date('…')` and `today` are literals, not functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Known,
    AgeDays,
    Size,
    Empty,
    VersionLess,
    VersionLessOrEqual,
}

/// Name, function, number of arguments.
const FUNCTIONS: [(&str, Function, usize); 6] = [
    ("known", Function::Known, 1),
    ("age_days", Function::AgeDays, 1),
    ("size", Function::Size, 1),
    ("empty", Function::Empty, 1),
    ("version_lt", Function::VersionLess, 2),
    ("version_le", Function::VersionLessOrEqual, 2),
];

const KEYWORDS: [&str; 7] = ["and", "or", "not", "in", "within", "contains", "like"];

/// Parses a whole expression.
pub(super) fn parse(tokens: &[Token]) -> Result<Syntax, ExpressionError> {
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let syntax = parser.or()?;
    match parser.kind() {
        TokenKind::End => Ok(syntax),
        _ => Err(parser.fail("`and`, `or` or the end")),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn kind(&self) -> &'t TokenKind {
        self.tokens.get(self.at).map_or(&TokenKind::End, |token| &token.kind)
    }

    fn column(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |token| token.column)
    }

    fn fail(&self, expected: &'static str) -> ExpressionError {
        unexpected(self.column(), expected, self.kind().show())
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.kind(), TokenKind::Sign(one) if *one == sign);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.kind(), TokenKind::Word(one) if one == word);
        self.at += usize::from(found);
        found
    }

    fn need_sign(&mut self, sign: &str, expected: &'static str) -> Result<(), ExpressionError> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.fail(expected)) }
    }

    /// Runs `inner` one level deeper.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, ExpressionError>) -> Result<T, ExpressionError> {
        if self.depth >= MAX_DEPTH {
            return Err(ExpressionError::TooDeep { column: self.column() });
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Result<Syntax, ExpressionError> {
        self.chain("or", Self::and, SyntaxKind::Or)
    }

    fn and(&mut self) -> Result<Syntax, ExpressionError> {
        self.chain("and", Self::not, SyntaxKind::And)
    }

    /// `operand (word operand)*`; a single operand stays itself.
    fn chain(
        &mut self,
        word: &str,
        operand: fn(&mut Self) -> Result<Syntax, ExpressionError>,
        join: fn(Vec<Syntax>) -> SyntaxKind,
    ) -> Result<Syntax, ExpressionError> {
        let first = operand(self)?;
        let column = first.column;
        let mut parts = Vec::new();
        while self.take_word(word) {
            parts.push(operand(self)?);
        }
        if parts.is_empty() {
            return Ok(first);
        }
        parts.insert(0, first);
        Ok(Syntax { column, kind: join(parts) })
    }

    fn not(&mut self) -> Result<Syntax, ExpressionError> {
        let column = self.column();
        if !self.take_word("not") {
            return self.relation();
        }
        let inner = self.deeper(Self::not)?;
        Ok(Syntax { column, kind: SyntaxKind::Not(Box::new(inner)) })
    }

    fn relation(&mut self) -> Result<Syntax, ExpressionError> {
        let left = self.primary()?;
        let column = left.column;
        let comparison = COMPARISONS.iter().find(|(sign, _)| self.take_sign(sign));
        let kind = if let Some((_, comparison)) = comparison {
            SyntaxKind::Compare(*comparison, Box::new(left), Box::new(self.primary()?))
        } else if self.take_word("in") {
            SyntaxKind::In(Box::new(left), Box::new(self.list()?))
        } else if self.take_word("within") {
            SyntaxKind::Within(Box::new(left), Box::new(self.list()?))
        } else if self.take_word("contains") {
            SyntaxKind::Contains(Box::new(left), Box::new(self.primary()?))
        } else if self.take_word("like") {
            SyntaxKind::Like(Box::new(left), self.text("a pattern such as 'win*7'")?)
        } else {
            return Ok(left);
        };
        Ok(Syntax { column, kind })
    }

    fn primary(&mut self) -> Result<Syntax, ExpressionError> {
        const EXPECTED: &str = "a key, a value or `(`";
        let column = self.column();
        let kind = match self.kind() {
            TokenKind::Integer(number) => SyntaxKind::Integer(*number),
            TokenKind::Text(text) => SyntaxKind::Text(text.clone()),
            TokenKind::Word(word) => return self.word(word, column),
            TokenKind::Sign("[") => return self.list(),
            TokenKind::Sign("(") => {
                self.at += 1;
                let inner = self.deeper(Self::or)?;
                self.need_sign(")", "`)`")?;
                return Ok(inner);
            }
            TokenKind::Sign(_) | TokenKind::End => return Err(self.fail(EXPECTED)),
        };
        self.at += 1;
        Ok(Syntax { column, kind })
    }

    fn word(&mut self, word: &str, column: usize) -> Result<Syntax, ExpressionError> {
        if KEYWORDS.contains(&word) {
            return Err(self.fail("a key, a value or `(`"));
        }
        let function = FUNCTIONS.iter().find(|(name, ..)| *name == word);
        if function.is_none() && !["true", "false", "today", "date"].contains(&word) && !word.contains('.') {
            return Err(self.fail("a key such as kind.name, a function or a value"));
        }
        self.at += 1;
        let kind = match (word, function) {
            ("true", _) => SyntaxKind::Bool(true),
            ("false", _) => SyntaxKind::Bool(false),
            ("today", _) => SyntaxKind::Today,
            ("date", _) => SyntaxKind::Date(self.date()?),
            (_, Some((_, function, count))) => SyntaxKind::Call(*function, self.arguments(*count)?),
            (_, None) => SyntaxKind::Key(word.to_owned()),
        };
        Ok(Syntax { column, kind })
    }

    /// `('2026-04-01')`, after the word `date`.
    fn date(&mut self) -> Result<Date, ExpressionError> {
        const EXPECTED: &str = "a day such as '2026-04-01'";
        self.need_sign("(", "`(`")?;
        let (column, kind) = (self.column(), self.kind());
        let text = self.text(EXPECTED)?;
        let day = text.parse().map_err(|_| unexpected(column, EXPECTED, kind.show()))?;
        self.need_sign(")", "`)`")?;
        Ok(day)
    }

    fn text(&mut self, expected: &'static str) -> Result<String, ExpressionError> {
        let TokenKind::Text(text) = self.kind() else { return Err(self.fail(expected)) };
        self.at += 1;
        Ok(text.clone())
    }

    fn arguments(&mut self, count: usize) -> Result<Vec<Syntax>, ExpressionError> {
        self.need_sign("(", "`(`")?;
        let mut arguments = vec![self.deeper(Self::or)?];
        while arguments.len() < count {
            self.need_sign(",", "`,` and one more argument")?;
            arguments.push(self.deeper(Self::or)?);
        }
        self.need_sign(")", "`)`")?;
        Ok(arguments)
    }

    /// `[a, b, …]`: numbers or texts, at least one.
    fn list(&mut self) -> Result<Syntax, ExpressionError> {
        let start = self.column();
        self.need_sign("[", "a list such as ['a', 'b']")?;
        let mut items = Vec::new();
        loop {
            let column = self.column();
            let kind = match self.kind() {
                TokenKind::Integer(number) => SyntaxKind::Integer(*number),
                TokenKind::Text(text) => SyntaxKind::Text(text.clone()),
                TokenKind::Word(_) | TokenKind::Sign(_) | TokenKind::End => {
                    return Err(self.fail("a number or a text"));
                }
            };
            self.at += 1;
            items.push(Syntax { column, kind });
            if self.take_sign("]") {
                return Ok(Syntax { column: start, kind: SyntaxKind::List(items) });
            }
            self.need_sign(",", "`,` or `]`")?;
        }
    }
}
