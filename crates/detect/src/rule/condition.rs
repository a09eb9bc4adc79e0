//! The `condition` of a rule: names of selections joined by `and`, `or`, `not`, `1 of …`.

/// Brackets inside each other.
const MAX_DEPTH: usize = 48;
/// Words of one condition.
const MAX_WORDS: usize = 2_000;

/// A condition, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The selection of this name.
    Name(String),
    /// So many of the selections whose names fit.
    Of(Quantity, Names),
    /// The opposite.
    Not(Box<Condition>),
    /// All of these.
    And(Vec<Condition>),
    /// Any of these.
    Or(Vec<Condition>),
}

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// `all of`
    All,
    /// `1 of` and `any of` are at least one; `3 of` is at least three.
    AtLeast(usize),
}

/// Which selections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Names {
    /// `them`: every selection whose name does not begin with an underscore.
    Them,
    /// Names that fit a pattern with `*`.
    Like(String),
}

impl Names {
    /// Whether a selection of this name is meant.
    pub fn fit(&self, name: &str) -> bool {
        self.prepare()(name)
    }

    /// The same, to be asked for many names.
    pub(crate) fn prepare(&self) -> impl Fn(&str) -> bool + use<> {
        let (hidden, pattern) = match self {
            Self::Them => (false, None),
            Self::Like(pattern) => (pattern.starts_with('_'), Some(super::pattern::Pattern::parse(pattern))),
        };
        move |name| (hidden || !name.starts_with('_')) && pattern.as_ref().is_none_or(|pattern| pattern.matches(name))
    }
}

/// Why a condition was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// Aggregations behind a pipe are gone from Sigma; correlation rules took their place.
    #[error("condition uses `|`, which correlation rules have replaced")]
    Pipe,
    /// A word that cannot stand there.
    #[error("condition: `{found}` where {expected} was expected")]
    Unexpected {
        /// The word; empty at the end.
        found: String,
        /// What could stand there.
        expected: &'static str,
    },
    /// Too long, or too deep.
    #[error("condition has more than {MAX_WORDS} words or {MAX_DEPTH} brackets inside each other")]
    TooLarge,
    /// A name without a selection.
    #[error("condition names `{0}`, and no selection is called so")]
    UnknownName(String),
}

impl Condition {
    /// Reads a condition. `not` binds stronger than `and`, `and` stronger than `or`; their case does not matter.
    ///
    /// # Errors
    /// [`ConditionError`] says at which word it went wrong.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        if text.contains('|') {
            return Err(ConditionError::Pipe);
        }
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        if words.len() > MAX_WORDS {
            return Err(ConditionError::TooLarge);
        }
        let mut reader = Reader { words, at: 0, depth: 0 };
        let condition = reader.any()?;
        match reader.peek() {
            None => Ok(condition),
            Some(_) => Err(reader.unexpected("`and`, `or` or the end")),
        }
    }

    /// Every name and pattern in it, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        match self {
            Self::Name(name) | Self::Of(_, Names::Like(name)) => vec![name],
            Self::Of(_, Names::Them) => Vec::new(),
            Self::Not(inner) => inner.names(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::names).collect(),
        }
    }

    /// Whether what is not there can make it true.
    pub(crate) fn has_not(&self) -> bool {
        match self {
            Self::Name(_) | Self::Of(..) => false,
            Self::Not(_) => true,
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::has_not),
        }
    }

    /// The same condition over selections that got `prefix` before their names.
    pub(crate) fn renamed(&self, prefix: &str) -> Self {
        let all = |parts: &[Self]| parts.iter().map(|part| part.renamed(prefix)).collect();
        match self {
            Self::Name(name) => Self::Name(format!("{prefix}{name}")),
            Self::Of(quantity, Names::Them) => Self::Of(*quantity, Names::Like(format!("{prefix}*"))),
            Self::Of(quantity, Names::Like(pattern)) => Self::Of(*quantity, Names::Like(format!("{prefix}{pattern}"))),
            Self::Not(inner) => Self::Not(Box::new(inner.renamed(prefix))),
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
        }
    }
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self, expected: &'static str) -> ConditionError {
        ConditionError::Unexpected { found: self.peek().unwrap_or_default().to_owned(), expected }
    }

    fn any(&mut self) -> Result<Condition, ConditionError> {
        let mut parts = vec![self.every()?];
        while self.take("or") {
            parts.push(self.every()?);
        }
        Ok(single(parts, Condition::Or))
    }

    fn every(&mut self) -> Result<Condition, ConditionError> {
        let mut parts = vec![self.one()?];
        while self.take("and") {
            parts.push(self.one()?);
        }
        Ok(single(parts, Condition::And))
    }

    fn one(&mut self) -> Result<Condition, ConditionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ConditionError::TooLarge);
        }
        let condition = if self.take("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.take("(") {
            let inner = self.any()?;
            if !self.take(")") {
                return Err(self.unexpected("`)`"));
            }
            inner
        } else if let Some(quantity) = self.quantity() {
            self.at += 2;
            let names = self.word("a name or `them`")?;
            let them = names.eq_ignore_ascii_case("them");
            Condition::Of(quantity, if them { Names::Them } else { Names::Like(names.to_owned()) })
        } else {
            Condition::Name(self.word("a name")?.to_owned())
        };
        self.depth -= 1;
        Ok(condition)
    }

    /// `1 of`, `any of`, `all of`, ahead but not taken.
    fn quantity(&self) -> Option<Quantity> {
        let of = self.words.get(self.at + 1)?;
        if !of.eq_ignore_ascii_case("of") {
            return None;
        }
        match self.peek()?.to_ascii_lowercase().as_str() {
            "all" => Some(Quantity::All),
            "any" => Some(Quantity::AtLeast(1)),
            number => number.parse().ok().filter(|number| *number > 0).map(Quantity::AtLeast),
        }
    }

    fn word(&mut self, expected: &'static str) -> Result<&'a str, ConditionError> {
        let reserved = ["and", "or", "not", "of", "(", ")"];
        let word = self.peek().filter(|word| !reserved.iter().any(|reserved| word.eq_ignore_ascii_case(reserved)));
        let Some(word) = word else { return Err(self.unexpected(expected)) };
        self.at += 1;
        Ok(word)
    }
}

fn single(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}
