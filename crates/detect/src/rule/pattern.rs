//! Texts of rules with their wildcards, and how letters are compared.

/// One piece of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// These characters; never empty.
    Literal(String),
    /// `*`: any characters, or none.
    Any,
    /// `?`: exactly one character (one Unicode scalar value).
    One,
    /// `%name%` of the modifier `expand`, until a list of values takes its place.
    Placeholder(String),
}

/// A text of a rule, its wildcards read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Pattern {
    /// Literals that follow each other are one; so are `*`.
    pub parts: Vec<Part>,
}

impl Pattern {
    /// Reads `*` and `?` as wildcards. `\*`, `\?` and `\\` are the plain characters; any other backslash is itself.
    ///
    /// Source: Sigma rules specification 2.1.0, "Escaping".
    pub fn parse(text: &str) -> Self {
        let mut pattern = Self::default();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '*' => pattern.push(Part::Any),
                '?' => pattern.push(Part::One),
                '\\' => match characters.next_if(|next| matches!(next, '*' | '?' | '\\')) {
                    Some(escaped) => pattern.push_char(escaped),
                    None => pattern.push_char('\\'),
                },
                plain => pattern.push_char(plain),
            }
        }
        pattern
    }

    /// This text, without wildcards.
    pub fn literal(text: &str) -> Self {
        let mut pattern = Self::default();
        pattern.push(Part::Literal(text.to_owned()));
        pattern
    }

    /// The text, if there is no wildcard in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Size of all its literals.
    pub(crate) fn literal_bytes(&self) -> usize {
        let bytes = self.parts.iter().map(|part| match part {
            Part::Literal(text) => text.len(),
            Part::Any | Part::One | Part::Placeholder(_) => 0,
        });
        bytes.sum()
    }

    /// Puts `*` before it.
    pub fn anything_before(&mut self) {
        if self.parts.first() != Some(&Part::Any) {
            self.parts.insert(0, Part::Any);
        }
    }

    /// Puts `*` behind it.
    pub fn anything_behind(&mut self) {
        if self.parts.last() != Some(&Part::Any) {
            self.parts.push(Part::Any);
        }
    }

    /// Adds a piece; literals and `*` beside each other become one.
    pub fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (Some(Part::Any), Part::Any) => {}
            (_, Part::Literal(text)) if text.is_empty() => {}
            (Some(Part::Literal(before)), Part::Literal(text)) => before.push_str(&text),
            (_, part) => self.parts.push(part),
        }
    }

    fn push_char(&mut self, character: char) {
        match self.parts.last_mut() {
            Some(Part::Literal(text)) => text.push(character),
            _ => self.parts.push(Part::Literal(character.to_string())),
        }
    }

    /// The same pattern with every letter folded.
    pub(crate) fn folded(&self) -> Self {
        let parts = self.parts.iter().map(|part| match part {
            Part::Literal(text) => Part::Literal(fold(text)),
            other => other.clone(),
        });
        Self { parts: parts.collect() }
    }

    /// Whether `text` is matched from its beginning to its end. Letters are compared exactly.
    /// A placeholder that was not filled matches nothing.
    pub fn matches(&self, text: &str) -> bool {
        let mut rest = text;
        let mut parts = self.parts.as_slice();
        // Where to go on when a part does not fit: one character behind the last `*`.
        let mut retry: Option<(&str, &[Part])> = None;
        loop {
            let fits = match parts.split_first() {
                None => rest.is_empty(),
                Some((Part::Any, behind)) => {
                    if behind.is_empty() {
                        return true;
                    }
                    retry = Some((rest, behind));
                    parts = behind;
                    continue;
                }
                Some((part, behind)) => match step(part, rest) {
                    Some(left) => {
                        rest = left;
                        parts = behind;
                        continue;
                    }
                    None => false,
                },
            };
            if fits {
                return true;
            }
            let Some((from, behind)) = retry else { return false };
            let mut shorter = from.chars();
            if shorter.next().is_none() {
                return false;
            }
            rest = shorter.as_str();
            retry = Some((rest, behind));
            parts = behind;
        }
    }
}

/// What is left of `rest` behind one part, if that part fits.
fn step<'a>(part: &Part, rest: &'a str) -> Option<&'a str> {
    match part {
        Part::Literal(literal) => rest.strip_prefix(literal.as_str()),
        Part::One => {
            let mut characters = rest.chars();
            characters.next().map(|_| characters.as_str())
        }
        Part::Any | Part::Placeholder(_) => None,
    }
}

/// The letter that stands for all its cases: ASCII by its table, others by Unicode's lower case where that is one
/// character, and the long `ſ` and final `ς` as simple case folding has them.
///
/// One character always becomes one character, so that `?` and substrings keep their meaning.
pub(crate) fn fold_char(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    match character {
        'ſ' => return 's',
        'ς' => return 'σ',
        _ => {}
    }
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

/// Every letter of `text` folded.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().map(fold_char).collect() }
}
