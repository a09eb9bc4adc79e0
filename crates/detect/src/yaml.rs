//! YAML → a small tree with line numbers, inside limits.
//!
//! The parser gives events; the tree is built here, so that depth and size are checked while reading and not after.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Bytes of one rule file.
pub(crate) const MAX_FILE_BYTES: usize = 4 << 20;
/// Nesting of lists and maps.
const MAX_DEPTH: usize = 24;
/// Scalars, lists and maps of one file.
const MAX_NODES: usize = 200_000;
/// Keys of one map; each is compared with those before it.
const MAX_KEYS: usize = 2_000;

/// One node and the line it begins in, counting from 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// A plain number; `text` is how it was written.
    Number {
        number: f64,
        text: String,
    },
    Text(String),
    List(Vec<Node>),
    /// In the order of the file; no key twice.
    Map(Vec<(String, Node)>),
}

/// Why a file could not be read (any further).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    /// Too large to be a rule file.
    #[error("file of {found} bytes is larger than {MAX_FILE_BYTES}")]
    TooLarge {
        /// Its size in bytes.
        found: usize,
    },
    /// Not YAML.
    #[error("line {line}: no valid YAML: {reason}")]
    Syntax {
        /// Counts from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// Lists and maps inside each other.
    #[error("line {line}: nested deeper than {MAX_DEPTH}")]
    TooDeep {
        /// Counts from 1.
        line: usize,
    },
    /// Too much in one file.
    #[error("line {line}: more than {MAX_NODES} values in one file")]
    TooMany {
        /// Counts from 1.
        line: usize,
    },
    /// Too much in one map.
    #[error("line {line}: more than {MAX_KEYS} keys in one map")]
    TooManyKeys {
        /// Counts from 1.
        line: usize,
    },
    /// Anchors and aliases can make a small file a huge tree; no rule uses them.
    #[error("line {line}: aliases are not read")]
    Alias {
        /// Counts from 1.
        line: usize,
    },
    /// A key twice in one map.
    #[error("line {line}: key `{key}` stands twice")]
    KeyTwice {
        /// Counts from 1.
        line: usize,
        /// The key.
        key: String,
    },
    /// A list or a map as key.
    #[error("line {line}: a key that is no text")]
    Key {
        /// Counts from 1.
        line: usize,
    },
}

/// Every document before the first mistake, and the mistake.
pub(crate) fn parse_documents(text: &str) -> (Vec<Node>, Option<YamlError>) {
    if text.len() > MAX_FILE_BYTES {
        return (Vec::new(), Some(YamlError::TooLarge { found: text.len() }));
    }
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text.trim_start_matches('\u{feff}')) {
        let outcome = match event {
            Ok((event, span)) => builder.take(event, span.start.line()),
            Err(err) => Err(YamlError::Syntax { line: err.marker().line(), reason: err.info().to_owned() }),
        };
        if let Err(err) = outcome {
            return (builder.documents, Some(err));
        }
    }
    (builder.documents, None)
}

/// A list or map that is not closed yet.
enum Open {
    List { line: usize, items: Vec<Node> },
    Map { line: usize, entries: Vec<(String, Node)>, key: Option<String> },
}

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    open: Vec<Open>,
    nodes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), YamlError> {
        match event {
            Event::Alias(_) => Err(YamlError::Alias { line }),
            Event::Scalar(text, style, _, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                self.add_scalar(text.into_owned(), plain, line)
            }
            Event::SequenceStart(..) => self.open(Open::List { line, items: Vec::new() }, line),
            Event::MappingStart(..) => self.open(Open::Map { line, entries: Vec::new(), key: None }, line),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List { line, items }) => self.add(Node { line, value: Value::List(items) }),
                Some(Open::Map { line, entries, .. }) => self.add(Node { line, value: Value::Map(entries) }),
                None => Ok(()),
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn open(&mut self, open: Open, line: usize) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(YamlError::TooDeep { line });
        }
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            return Err(YamlError::Key { line });
        }
        self.open.push(open);
        Ok(())
    }

    fn add_scalar(&mut self, text: String, plain: bool, line: usize) -> Result<(), YamlError> {
        if let Some(Open::Map { key: waiting @ None, entries, .. }) = self.open.last_mut() {
            if entries.len() >= MAX_KEYS {
                return Err(YamlError::TooManyKeys { line });
            }
            if entries.iter().any(|(key, _)| *key == text) {
                return Err(YamlError::KeyTwice { line, key: text });
            }
            *waiting = Some(text);
            return Ok(());
        }
        let value = if plain { plain_value(text) } else { Value::Text(text) };
        self.add(Node { line, value })
    }

    fn add(&mut self, node: Node) -> Result<(), YamlError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(YamlError::TooMany { line: node.line });
        }
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => return Err(YamlError::Key { line: node.line }),
            },
        }
        Ok(())
    }
}

/// A scalar without quotes, read as YAML 1.2 does, and `yes`/`no` left as texts.
fn plain_value(text: String) -> Value {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    match parse_number(&text) {
        Some(number) => Value::Number { number, text },
        None => Value::Text(text),
    }
}

/// Decimal integers and fractions, and `0x` integers.
fn parse_number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(digits) = unsigned.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16).ok().map(f64::from);
    }
    let first = unsigned.bytes().next()?;
    let only = unsigned.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+'));
    if !first.is_ascii_digit() || !only {
        return None;
    }
    text.parse().ok()
}

impl Node {
    /// The value behind a key of a map; `None` also if this is no map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// Entries of a map; none if this is no map.
    pub(crate) fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Null | Value::Bool(_) | Value::Number { .. } | Value::Text(_) | Value::List(_) => &[],
        }
    }

    /// The items of a list, or the node itself.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Null | Value::Bool(_) | Value::Number { .. } | Value::Text(_) | Value::Map(_) => {
                std::slice::from_ref(self)
            }
        }
    }

    /// A scalar as it was written; `None` for null, lists and maps.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Number { text, .. } | Value::Text(text) => Some(text),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The texts of a list, or of one scalar; null is none.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.items().iter().filter_map(Node::text).map(ToOwned::to_owned).collect()
    }
}
