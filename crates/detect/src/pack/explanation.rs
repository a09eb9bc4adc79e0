//! The block `mamori` of a rule: what a hit means to people, and what the rule needs.

use base::{Mark, Text};

use crate::yaml::Node;

/// What stands beside a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Id of the rule.
    pub rule: String,
    /// Its title in both languages; the English one is that of the rule.
    pub title: Text,
    /// Whether this is a sign of an attack, for people who run no computers.
    pub meaning: Text,
    /// What to do first, today.
    pub first_action: Text,
    /// Conditions on facts of a machine's settings, in the check language; while one of them is false the rule is blind.
    pub depends_on: Vec<String>,
    /// What has to be set up besides, that no fact tells.
    pub also_needs: Option<Text>,
    /// Requirement rows.
    pub rows: Vec<String>,
    /// Where it comes from, short.
    pub source: String,
    /// Edition of the source.
    pub edition: String,
    /// How far that was checked.
    pub mark: Mark,
}

/// Why a block `mamori` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplanationError {
    /// Something every explanation has.
    #[error("line {line}: no `{key}`")]
    Missing {
        /// Counts from 1.
        line: usize,
        /// What.
        key: &'static str,
    },
    /// A key nobody reads: most often a slip of the pen.
    #[error("line {line}: `{key}` is no key of an explanation")]
    UnknownKey {
        /// Counts from 1.
        line: usize,
        /// As written.
        key: String,
    },
    /// A mark that is none.
    #[error("line {line}: `{found}` is none of seen, press, inferred, unverified")]
    Mark {
        /// Counts from 1.
        line: usize,
        /// As written.
        found: String,
    },
}

const KEYS: [&str; 9] =
    ["title_ja", "meaning", "first_action", "depends_on", "also_needs", "rows", "source", "edition", "mark"];

impl Explanation {
    pub(super) fn read(document: &Node, block: &Node) -> Result<Self, ExplanationError> {
        if let Some((key, value)) = block.entries().iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
            return Err(ExplanationError::UnknownKey { line: value.line, key: key.clone() });
        }
        let word = get(block, "mark")?;
        let mark = match word.as_str() {
            "seen" => Mark::Seen,
            "press" => Mark::Press,
            "inferred" => Mark::Inferred,
            "unverified" => Mark::Unverified,
            _ => return Err(ExplanationError::Mark { line: block.line, found: word }),
        };
        let depends_on =
            block.get("depends_on").ok_or(ExplanationError::Missing { line: block.line, key: "depends_on" })?;
        Ok(Self {
            rule: get(document, "id")?,
            title: Text { ja: get(block, "title_ja")?, en: get(document, "title")? },
            meaning: get_label(block, "meaning")?,
            first_action: get_label(block, "first_action")?,
            depends_on: depends_on.texts(),
            also_needs: block.get("also_needs").is_some().then(|| get_label(block, "also_needs")).transpose()?,
            rows: block.get("rows").map_or(Vec::new(), Node::texts),
            source: get(block, "source")?,
            edition: get(block, "edition")?,
            mark,
        })
    }
}

fn get(node: &Node, key: &'static str) -> Result<String, ExplanationError> {
    let text = node.get(key).and_then(Node::text).map(str::trim).filter(|text| !text.is_empty());
    text.map(ToOwned::to_owned).ok_or(ExplanationError::Missing { line: node.line, key })
}

fn get_label(node: &Node, key: &'static str) -> Result<Text, ExplanationError> {
    let label = node.get(key).ok_or(ExplanationError::Missing { line: node.line, key })?;
    Ok(Text { ja: get(label, "ja")?, en: get(label, "en")? })
}
