//! Values of a rule and their modifiers → tests on one field.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::pattern::{Part, Pattern};
use super::test::{Anchor, Network, Number, Order, RegexTest, Test, TimePart, count_places};
use crate::yaml::{Node, Value};

/// Modifiers of one key.
const MAX_MODIFIERS: usize = 8;
/// Tests that one value may become by `windash` and `base64offset`.
const MAX_VARIANTS: usize = 4_000;
/// Bytes of all their texts.
const MAX_VARIANT_BYTES: usize = 256 << 10;
/// Characters of one regular expression.
const MAX_REGEX: usize = 4_000;
/// Places of one regular expression, see [`count_places`].
const MAX_PLACES: usize = 2_000;
/// `-` and what programs of Windows take for it: slash, en dash, em dash, horizontal bar.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// Why the value of a field cannot be tested.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModifierError {
    /// A word that is no modifier.
    #[error("`{0}` is no modifier")]
    Unknown(String),
    /// This modifier cannot follow those before it.
    #[error("modifier `{0}` cannot stand there")]
    Place(String),
    /// The modifier needs another kind of value.
    #[error("modifier `{modifier}` cannot be applied to `{value}`")]
    Value {
        /// The modifier.
        modifier: String,
        /// The value as written.
        value: String,
    },
    /// No regular expression, or one that is too costly.
    #[error("regular expression `{pattern}`: {reason}")]
    Regex {
        /// As written.
        pattern: String,
        /// What is wrong.
        reason: String,
    },
    /// No network address.
    #[error("`{0}` is no network")]
    Network(String),
    /// Too many.
    #[error("`{value}` becomes more than {MAX_VARIANTS} texts or {MAX_VARIANT_BYTES} bytes")]
    Explodes {
        /// The value as written.
        value: String,
    },
    /// Too many words behind one field.
    #[error("more than {MAX_MODIFIERS} modifiers")]
    TooMany,
}

/// A value on its way through the modifiers.
enum Draft {
    Null,
    Bool(bool),
    Number(Number, String),
    Text {
        pattern: Pattern,
        cased: bool,
    },
    /// UTF-16, which base64 is waiting for.
    Bytes(Vec<u8>),
    Done(Test),
}

impl Draft {
    /// Size of its text.
    fn bytes(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(..) | Self::Done(_) => 0,
            Self::Text { pattern, .. } => pattern.literal_bytes(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}

/// The modifiers of one key, in their order.
pub(super) struct Modifiers<'a> {
    words: Vec<&'a str>,
    /// `all`.
    pub(super) every: bool,
    /// `neq`.
    pub(super) negated: bool,
    regex: bool,
}

impl<'a> Modifiers<'a> {
    pub(super) fn new(words: impl Iterator<Item = &'a str>) -> Result<Self, ModifierError> {
        let mut modifiers = Self { words: Vec::new(), every: false, negated: false, regex: false };
        for (place, word) in words.enumerate() {
            if place >= MAX_MODIFIERS {
                return Err(ModifierError::TooMany);
            }
            match word {
                "all" => modifiers.every = true,
                "neq" => modifiers.negated = true,
                other => modifiers.words.push(other),
            }
        }
        modifiers.regex = modifiers.words.contains(&"re");
        Ok(modifiers)
    }

    /// The tests one value stands for; any one of them is enough.
    pub(super) fn apply(&self, node: &Node) -> Result<Vec<Test>, ModifierError> {
        let mut drafts = vec![self.draft(node)?];
        for (place, word) in self.words.iter().enumerate() {
            let (mut next, mut bytes) = (Vec::new(), 0);
            for draft in drafts {
                let modified = modify(draft, word, place, node)?;
                bytes += modified.iter().map(Draft::bytes).sum::<usize>();
                next.extend(modified);
                if next.len() > MAX_VARIANTS || bytes > MAX_VARIANT_BYTES {
                    return Err(ModifierError::Explodes { value: written(node) });
                }
            }
            drafts = next;
        }
        drafts.into_iter().map(|draft| finish(draft, node)).collect()
    }

    fn draft(&self, node: &Node) -> Result<Draft, ModifierError> {
        Ok(match &node.value {
            Value::Null => Draft::Null,
            Value::Bool(value) if !self.regex => Draft::Bool(*value),
            Value::Number { number, text } if !self.regex => Draft::Number(Number::new(*number), text.clone()),
            Value::Text(text) if !self.regex => Draft::Text { pattern: Pattern::parse(text), cased: false },
            Value::Bool(_) | Value::Number { .. } | Value::Text(_) => {
                Draft::Text { pattern: Pattern::literal(node.text().unwrap_or_default()), cased: false }
            }
            Value::List(_) | Value::Map(_) => {
                return Err(ModifierError::Value { modifier: "a list inside a list".to_owned(), value: written(node) });
            }
        })
    }
}

fn written(node: &Node) -> String {
    node.text().unwrap_or("null").chars().take(80).collect()
}

fn modify(draft: Draft, word: &str, place: usize, node: &Node) -> Result<Vec<Draft>, ModifierError> {
    let refuse = || ModifierError::Value { modifier: word.to_owned(), value: written(node) };
    let first = || if place == 0 { Ok(()) } else { Err(ModifierError::Place(word.to_owned())) };
    // Numbers and booleans are compared as they were written once they are treated as texts.
    let draft = match (word, draft) {
        ("lt" | "lte" | "gt" | "gte" | "exists", draft) => draft,
        (word, draft) if TimePart::parse(word).is_some() => draft,
        (_, Draft::Number(_, text)) => Draft::Text { pattern: Pattern::literal(&text), cased: false },
        (_, Draft::Bool(value)) => Draft::Text { pattern: Pattern::literal(&value.to_string()), cased: false },
        (_, draft) => draft,
    };
    let done = |test| Ok(vec![Draft::Done(test)]);
    match (word, draft) {
        ("contains" | "startswith" | "endswith", draft) => Ok(vec![anchor(draft, word).ok_or_else(refuse)?]),
        ("cased", Draft::Text { pattern, .. }) => Ok(vec![Draft::Text { pattern, cased: true }]),
        ("windash", Draft::Text { pattern, cased }) => {
            let patterns = vary_dashes(&pattern).ok_or(ModifierError::Explodes { value: written(node) })?;
            Ok(patterns.into_iter().map(|pattern| Draft::Text { pattern, cased }).collect())
        }
        ("wide" | "utf16le" | "utf16be" | "utf16", Draft::Text { pattern, .. }) => {
            Ok(vec![Draft::Bytes(utf16(pattern.as_literal().ok_or_else(refuse)?, word))])
        }
        ("base64", draft) => Ok(vec![text(&STANDARD.encode(bytes(draft).ok_or_else(refuse)?))]),
        ("base64offset", draft) => {
            let bytes = bytes(draft).ok_or_else(refuse)?;
            Ok((0..3).map(|offset| text(&base64_at(&bytes, offset))).collect())
        }
        ("re", Draft::Text { pattern, .. }) => {
            first()?;
            done(Test::Regex(RegexTest::new(pattern.as_literal().unwrap_or_default())))
        }
        ("i" | "ignorecase", Draft::Done(Test::Regex(regex))) => done(Test::Regex(RegexTest { folds: true, ..regex })),
        ("m" | "multiline", Draft::Done(Test::Regex(regex))) => done(Test::Regex(RegexTest { lines: true, ..regex })),
        ("s" | "dotall", Draft::Done(Test::Regex(regex))) => done(Test::Regex(RegexTest { dot_all: true, ..regex })),
        ("cidr", Draft::Text { pattern, .. }) => {
            first()?;
            let address = pattern.as_literal().map(ToOwned::to_owned).ok_or_else(refuse)?;
            done(Test::Cidr(Network::parse(&address).ok_or(ModifierError::Network(address))?))
        }
        ("exists", Draft::Bool(exists)) => first().and_then(|()| done(Test::Exists(exists))),
        ("expand", Draft::Text { pattern, cased }) => {
            Ok(vec![Draft::Text { pattern: mark_placeholders(&pattern), cased }])
        }
        ("fieldref", Draft::Text { pattern, .. }) => {
            let name = pattern.as_literal().ok_or_else(refuse)?.to_owned();
            done(Test::Field { name, anchor: Anchor::Whole })
        }
        ("lt" | "lte" | "gt" | "gte", draft) => {
            let number = match draft {
                Draft::Number(number, _) => number,
                Draft::Text { pattern, .. } => pattern.as_literal().and_then(Number::parse).ok_or_else(refuse)?,
                Draft::Done(Test::Time { part, order: Order::Equal, number }) => {
                    let order = Order::parse(word).ok_or_else(refuse)?;
                    return done(Test::Time { part, order, number });
                }
                Draft::Null | Draft::Bool(_) | Draft::Bytes(_) | Draft::Done(_) => return Err(refuse()),
            };
            done(Test::Compare { order: Order::parse(word).ok_or_else(refuse)?, number })
        }
        (word, draft) => match (TimePart::parse(word), draft) {
            (Some(part), Draft::Number(number, _)) => done(Test::Time { part, order: Order::Equal, number }),
            (Some(_), _) => Err(refuse()),
            (None, _) if KNOWN.contains(&word) => Err(refuse()),
            (None, _) => Err(ModifierError::Unknown(word.to_owned())),
        },
    }
}

/// Modifiers that exist but did not fit their value.
const KNOWN: [&str; 20] = [
    "cased",
    "windash",
    "wide",
    "utf16le",
    "utf16be",
    "utf16",
    "re",
    "i",
    "ignorecase",
    "m",
    "multiline",
    "s",
    "dotall",
    "cidr",
    "exists",
    "expand",
    "fieldref",
    "base64",
    "base64offset",
    "contains",
];

/// The test a value stands for once no modifier is left.
fn finish(draft: Draft, node: &Node) -> Result<Test, ModifierError> {
    match draft {
        Draft::Null => Ok(Test::Null),
        Draft::Bool(value) => Ok(Test::Text { pattern: Pattern::literal(&value.to_string()), cased: false }),
        Draft::Number(number, text) => Ok(Test::Number { number, text }),
        Draft::Text { pattern, cased } => Ok(Test::Text { pattern, cased }),
        Draft::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Test::Text { pattern: Pattern::literal(&text), cased: false }),
            Err(_) => Err(ModifierError::Value { modifier: "utf16 without base64".to_owned(), value: written(node) }),
        },
        Draft::Done(Test::Regex(regex)) => {
            if regex.pattern.len() > MAX_REGEX {
                return Err(ModifierError::Explodes { value: written(node) });
            }
            match regex.parse() {
                Ok(hir) if count_places(&hir) > MAX_PLACES => {
                    let reason = format!("its repetitions come to more than {MAX_PLACES} characters");
                    Err(ModifierError::Regex { pattern: regex.pattern, reason })
                }
                Ok(_) => Ok(Test::Regex(regex)),
                Err(reason) => Err(ModifierError::Regex { pattern: regex.pattern, reason }),
            }
        }
        Draft::Done(test) => Ok(test),
    }
}

fn text(literal: &str) -> Draft {
    Draft::Text { pattern: Pattern::literal(literal), cased: false }
}

/// `contains`, `startswith`, `endswith` on a text, a regular expression or another field.
fn anchor(draft: Draft, word: &str) -> Option<Draft> {
    let (before, behind) = (word != "startswith", word != "endswith");
    match draft {
        Draft::Text { mut pattern, cased } => {
            if before {
                pattern.anything_before();
            }
            if behind {
                pattern.anything_behind();
            }
            Some(Draft::Text { pattern, cased })
        }
        Draft::Done(Test::Field { name, anchor: Anchor::Whole }) => {
            let anchor = match (before, behind) {
                (true, true) => Anchor::Inside,
                (false, _) => Anchor::Start,
                (true, false) => Anchor::End,
            };
            Some(Draft::Done(Test::Field { name, anchor }))
        }
        // A regular expression is searched for anywhere already.
        Draft::Done(Test::Regex(regex)) => Some(Draft::Done(Test::Regex(regex))),
        Draft::Bytes(bytes) => {
            let pattern = Pattern::literal(&String::from_utf8(bytes).ok()?);
            anchor(Draft::Text { pattern, cased: false }, word)
        }
        Draft::Null | Draft::Bool(_) | Draft::Number(..) | Draft::Done(_) => None,
    }
}

/// The bytes that base64 encodes; none for a text with wildcards.
fn bytes(draft: Draft) -> Option<Vec<u8>> {
    match draft {
        Draft::Text { pattern, .. } => pattern.as_literal().map(|text| text.as_bytes().to_vec()),
        Draft::Bytes(bytes) => Some(bytes),
        Draft::Null | Draft::Bool(_) | Draft::Number(..) | Draft::Done(_) => None,
    }
}

fn utf16(text: &str, word: &str) -> Vec<u8> {
    let units = text.encode_utf16();
    match word {
        "utf16be" => units.flat_map(u16::to_be_bytes).collect(),
        "utf16" => [0xFF, 0xFE].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect(),
        _ => units.flat_map(u16::to_le_bytes).collect(),
    }
}

/// What base64 makes of `bytes` when `offset` other bytes stand before them, without the characters that depend on neighbours.
fn base64_at(bytes: &[u8], offset: usize) -> String {
    let mut padded = vec![b' '; offset];
    padded.extend_from_slice(bytes);
    let encoded = STANDARD.encode(&padded);
    let start = [0, 2, 3].get(offset).copied().unwrap_or(0);
    let cut = [0, 3, 2].get(padded.len() % 3).copied().unwrap_or(0);
    encoded.get(start..encoded.len().saturating_sub(cut)).unwrap_or_default().to_owned()
}

/// Every way to write the dashes that begin a word: all five characters for each.
fn vary_dashes(pattern: &Pattern) -> Option<Vec<Pattern>> {
    let mut variants = vec![Pattern::default()];
    let most = MAX_VARIANTS.min(MAX_VARIANT_BYTES / pattern.literal_bytes().max(1));
    for part in &pattern.parts {
        let Part::Literal(text) = part else {
            variants.iter_mut().for_each(|variant| variant.push(part.clone()));
            continue;
        };
        let characters: Vec<char> = text.chars().collect();
        for (index, &character) in characters.iter().enumerate() {
            let is_word = |place: Option<&char>| place.is_some_and(|c| c.is_alphanumeric() || *c == '_');
            let before = index.checked_sub(1).and_then(|before| characters.get(before));
            if DASHES.contains(&character) && !is_word(before) && is_word(characters.get(index + 1)) {
                let extended = variants.iter().flat_map(|variant| {
                    DASHES.iter().map(move |dash| {
                        let mut longer = variant.clone();
                        longer.push(Part::Literal(dash.to_string()));
                        longer
                    })
                });
                variants = extended.collect();
                if variants.len() > most {
                    return None;
                }
            } else {
                variants.iter_mut().for_each(|variant| variant.push(Part::Literal(character.to_string())));
            }
        }
    }
    Some(variants)
}

/// `%name%` in literals becomes a placeholder; `\%` is a plain percent sign.
fn mark_placeholders(pattern: &Pattern) -> Pattern {
    let mut marked = Pattern::default();
    for part in &pattern.parts {
        let Part::Literal(text) = part else {
            marked.push(part.clone());
            continue;
        };
        let mut rest = text.as_str();
        while let Some((before, name, behind)) = next_placeholder(rest) {
            marked.push(Part::Literal(before.replace("\\%", "%")));
            marked.push(Part::Placeholder(name.to_owned()));
            rest = behind;
        }
        marked.push(Part::Literal(rest.replace("\\%", "%")));
    }
    marked
}

fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let is_plain = |at: &usize| !text.get(..*at).is_some_and(|before| before.ends_with('\\'));
    let mut signs = text.match_indices('%').map(|(at, _)| at).filter(is_plain);
    let mut open = signs.next()?;
    for close in signs {
        if let Some(name) = text.get(open + 1..close).filter(|name| !name.is_empty()) {
            return Some((text.get(..open)?, name, text.get(close + 1..)?));
        }
        open = close;
    }
    None
}
