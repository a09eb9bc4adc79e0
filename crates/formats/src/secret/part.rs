//! The XML parts of a workbook, cut into tags and texts with their places.

use std::collections::HashSet;

use super::{MARK, mask_remark};

/// A piece of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// `<name …>`; of `<name/>` the flag is set.
    Open {
        /// Name without its prefix.
        name: &'a str,
        /// What follows the name, without `>`.
        attributes: &'a str,
        /// The tag ends itself.
        is_empty: bool,
    },
    /// `</name>`.
    Close {
        /// Name without its prefix.
        name: &'a str,
    },
    /// Text between tags; of a CDATA section the flag is set.
    Text {
        /// As it stands there, entities unresolved.
        raw: &'a str,
        /// No entities in it.
        is_data: bool,
    },
}

/// Cuts a part into pieces; each comes with its place, the tag signs included.
pub(super) struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = (usize, usize, Piece<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let from = self.at;
            let rest = self.text.get(from..).filter(|rest| !rest.is_empty())?;
            let length = |end: &str| rest.find(end).map_or(rest.len(), |found| found + end.len());
            if !rest.starts_with('<') {
                self.at = from + rest.find('<').unwrap_or(rest.len());
                return Some((from, self.at, Piece::Text { raw: self.text.get(from..self.at)?, is_data: false }));
            }
            if let Some(data) = rest.strip_prefix("<![CDATA[") {
                self.at = from + length("]]>");
                let raw = data.split("]]>").next().unwrap_or_default();
                return Some((from + 9, from + 9 + raw.len(), Piece::Text { raw, is_data: true }));
            }
            if rest.starts_with("<!--") || rest.starts_with("<?") || rest.starts_with("<!") {
                self.at = from + if rest.starts_with("<!--") { length("-->") } else { length(">") };
                continue;
            }
            let inner = tag_length(rest);
            self.at = (from + inner + 1).min(self.text.len());
            let tag = rest.get(1..inner).unwrap_or_default();
            return Some((from, self.at, piece_of(tag)));
        }
    }
}

/// Length of a tag without its `>`; quotes hide `>`.
fn tag_length(rest: &str) -> usize {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (Some(_) | None, _) => {}
        }
    }
    rest.len()
}

fn piece_of(tag: &str) -> Piece<'_> {
    let local = |name: &'_ str| name.rfind(':').map_or(0, |colon| colon + 1);
    if let Some(name) = tag.strip_prefix('/') {
        let name = name.trim();
        return Piece::Close { name: name.get(local(name)..).unwrap_or(name) };
    }
    let end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    let name = tag.get(..end).unwrap_or_default();
    Piece::Open {
        name: name.get(local(name)..).unwrap_or(name),
        attributes: tag.get(end..).unwrap_or_default(),
        is_empty: tag.ends_with('/'),
    }
}

/// The value of an attribute, and where it stands in `attributes`.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    values(attributes).find(|(name, _, _)| *name == wanted).and_then(|(_, from, to)| attributes.get(from..to))
}

/// Names of attributes with the places of their values.
pub(super) fn values(attributes: &str) -> impl Iterator<Item = (&str, usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = attributes.get(at..)?;
        let equals = at + rest.find('=')?;
        let name = attributes.get(at..equals)?.trim();
        let behind = attributes.get(equals + 1..)?;
        let quote_at = equals + 1 + behind.find(['"', '\''])?;
        let quote = attributes.get(quote_at..)?.chars().next()?;
        let from = quote_at + 1;
        let to = from + attributes.get(from..)?.find(quote)?;
        at = to + 1;
        Some((name, from, to))
    })
}

/// Text with its entities resolved; Excel's `_x000D_` stays.
pub(super) fn unescape(raw: &str) -> String {
    if !raw.contains('&') {
        return raw.to_owned();
    }
    let (mut text, mut rest) = (String::with_capacity(raw.len()), raw);
    while let Some((before, behind)) = rest.split_once('&') {
        text.push_str(before);
        let resolved = behind
            .split_once(';')
            .filter(|(name, _)| name.len() <= 12)
            .and_then(|(name, rest)| Some((resolve(name)?, rest)));
        match resolved {
            Some((c, behind)) => {
                text.push(c);
                rest = behind;
            }
            None => {
                text.push('&');
                rest = behind;
            }
        }
    }
    text.push_str(rest);
    text
}

fn resolve(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// Text as it may stand in a part.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A replacement in a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) text: String,
}

/// The part with all edits; one that lies inside an earlier one is part of it.
pub(super) fn apply(part: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.from, std::cmp::Reverse(edit.to)));
    let (mut text, mut at) = (String::with_capacity(part.len()), 0);
    for edit in edits.iter() {
        if edit.from >= at {
            text.push_str(part.get(at..edit.from).unwrap_or_default());
            text.push_str(&edit.text);
            at = edit.to;
        }
    }
    text.push_str(part.get(at..).unwrap_or_default());
    text
}

/// The texts of one string that is cut into pieces of different look.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// Places of the pieces.
    places: Vec<(usize, usize)>,
    /// Their texts.
    texts: Vec<String>,
}

impl Runs {
    pub(super) fn push(&mut self, from: usize, to: usize, raw: &str, is_data: bool) {
        self.places.push((from, to));
        self.texts.push(if is_data { raw.to_owned() } else { unescape(raw) });
    }

    pub(super) fn text(&self) -> String {
        self.texts.concat()
    }

    /// Puts the mark into the first piece and empties the others.
    pub(super) fn strike(&self, edits: &mut Vec<Edit>) {
        self.replace(MARK, edits);
    }

    /// Puts `text` into the first piece and empties the others; a string that is not cut keeps its look.
    pub(super) fn replace(&self, text: &str, edits: &mut Vec<Edit>) {
        for (index, (from, to)) in self.places.iter().enumerate() {
            let text = if index == 0 { escape(text) } else { String::new() };
            edits.push(Edit { from: *from, to: *to, text });
        }
    }
}

/// Elements that end a string of several pieces.
const ENDS: &[&str] = &["si", "is", "text", "p", "comment", "c"];

/// Finds hints, and values struck elsewhere, in a part that is no sheet: comments, drawings, names, caches, links.
/// Returns what gave each away, with the `ref` of the comment it stands in.
pub(super) fn find_in_other(part: &str, secrets: &HashSet<String>, edits: &mut Vec<Edit>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut element, mut place) = ("", String::new());
    let mut runs = Runs::default();
    let flush = |runs: &mut Runs, place: &str, found: &mut Vec<(String, String)>, edits: &mut Vec<Edit>| {
        let text = std::mem::take(runs);
        if let Some((masked, what)) = judge(&text.text(), secrets) {
            text.replace(&masked, edits);
            found.push((what, place.to_owned()));
        }
    };
    for (from, to, piece) in Pieces::new(part) {
        match piece {
            Piece::Open { name, attributes, is_empty } => {
                if let Some(cell) =
                    attribute(attributes, "ref").filter(|_| name.to_ascii_lowercase().contains("comment"))
                {
                    place = cell.to_owned();
                }
                let base = part.get(from..to).and_then(|tag| tag.find(attributes)).map_or(from, |at| from + at);
                for (name, from, to) in values(attributes).filter(|(name, _, _)| !name.starts_with("xmlns")) {
                    let value = unescape(attributes.get(from..to).unwrap_or_default());
                    if let Some((masked, what)) = judge(&value, secrets).filter(|_| name != "password") {
                        edits.push(Edit { from: base + from, to: base + to, text: escape(&masked) });
                        found.push((what, place.clone()));
                    }
                }
                element = if is_empty { element } else { name };
            }
            Piece::Close { name } if ENDS.contains(&name) => flush(&mut runs, &place, &mut found, edits),
            Piece::Close { .. } => {}
            Piece::Text { raw, is_data } if element == "t" => runs.push(from, to, raw, is_data),
            Piece::Text { raw, is_data } => {
                let mut alone = Runs::default();
                alone.push(from, to, raw, is_data);
                flush(&mut alone, &place, &mut found, edits);
            }
        }
    }
    flush(&mut runs, &place, &mut found, edits);
    found
}

fn judge(text: &str, secrets: &HashSet<String>) -> Option<(String, String)> {
    if text.trim().is_empty() {
        return None;
    }
    let plain = text.trim().trim_matches('"');
    if secrets.contains(plain) {
        return Some((MARK.to_owned(), "value struck elsewhere".to_owned()));
    }
    mask_remark(text)
}
