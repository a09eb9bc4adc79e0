//! Secrets in XML: elements, attributes, and pairs of a name and a value. The file need not be well-formed.

use super::Span;
use super::header::is_secret_name;
use super::value::is_harmless;

/// Attributes that hold the name of a setting, and those that hold its value.
const NAME_ATTRIBUTES: &[&str] = &["name", "key", "id", "property", "valuename"];
const VALUE_ATTRIBUTES: &[&str] = &["value", "data", "default", "defaultvalue"];
/// Elements that hold the name of a setting, and the ends of those that hold its value.
const NAME_ELEMENTS: &[&str] = &["name", "keyname", "valuename", "key", "property"];
const VALUE_ELEMENTS: &[&str] = &["string", "value", "data", "text"];

/// Elements after a name that are still looked at for its value.
const REACH: u32 = 10;

/// Longest tag that is looked into, in bytes.
const MAX_TAG_BYTES: usize = 1 << 20;

#[derive(Default)]
struct Walk {
    /// Name of the element that holds a secret and has not ended yet.
    secret: Option<String>,
    /// Name of the innermost element.
    element: String,
    /// Elements for which the value of a secret setting is still expected.
    armed: u32,
}

/// Adds every secret in a text with tags.
pub(super) fn find(text: &str, spans: &mut Vec<Span>) {
    let mut walk = Walk::default();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        walk.text(text, at, open, spans);
        let rest = text.get(open..).unwrap_or_default();
        at = open
            + if let Some(data) = rest.strip_prefix("<![CDATA[") {
                let length = data.find("]]>").unwrap_or(data.len());
                walk.text(text, open + 9, open + 9 + length, spans);
                (9 + length + 3).min(rest.len())
            } else if rest.starts_with("<!--") {
                rest.find("-->").map_or(rest.len(), |found| found + 3)
            } else {
                let length = tag_length(rest);
                walk.tag(rest.get(1..length).unwrap_or_default(), open + 1, spans);
                length + usize::from(rest.get(length..).is_some_and(|rest| rest.starts_with('>')))
            };
    }
    walk.text(text, at, text.len(), spans);
}

/// Length of the tag at the start, without its `>`; quotes hide `>`.
fn tag_length(rest: &str) -> usize {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().take(MAX_TAG_BYTES) {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'<') if at > 0 => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (Some(_) | None, _) => {}
        }
    }
    // A tag that never ends is only a sign.
    1
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase()
}

impl Walk {
    fn tag(&mut self, tag: &str, base: usize, spans: &mut Vec<Span>) {
        let name_end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
        if let Some(closing) = tag.strip_prefix('/') {
            let name = local(closing.trim());
            if self.secret.as_ref() == Some(&name) {
                self.secret = None;
            }
            self.element.clear();
            return;
        }
        let name = local(tag.get(..name_end).unwrap_or_default());
        self.attributes(tag.get(name_end..).unwrap_or_default(), base + name_end, spans);
        self.armed = self.armed.saturating_sub(1);
        if self.secret.is_none() && is_secret_name(&name) && !tag.ends_with('/') {
            self.secret = Some(name.clone());
        }
        self.element = if tag.ends_with('/') { String::new() } else { name };
    }

    fn attributes(&mut self, text: &str, base: usize, spans: &mut Vec<Span>) {
        let attributes = attributes(text);
        let named = attributes.iter().find(|(name, from, to)| {
            NAME_ATTRIBUTES.contains(&local(name).as_str()) && is_secret_name(text.get(*from..*to).unwrap_or_default())
        });
        for (name, from, to) in &attributes {
            let value = text.get(*from..*to).unwrap_or_default();
            let plain = local(name);
            let is_value = named.is_some() && VALUE_ATTRIBUTES.contains(&plain.as_str());
            if (is_secret_name(&plain) || is_value) && !is_switch(value) {
                let what = named.filter(|_| is_value).and_then(|(_, from, to)| text.get(*from..*to)).unwrap_or(name);
                spans.push(Span::new(base + from, base + to, what));
            }
        }
        if named.is_some() && !attributes.iter().any(|(name, _, _)| VALUE_ATTRIBUTES.contains(&local(name).as_str())) {
            self.armed = REACH;
        }
    }

    fn text(&mut self, text: &str, from: usize, to: usize, spans: &mut Vec<Span>) {
        let raw = text.get(from..to).unwrap_or_default();
        let value = raw.trim();
        if value.is_empty() {
            return;
        }
        let from = from + (raw.len() - raw.trim_start().len());
        let span = |what: &str| Span::new(from, from + value.len(), what);
        if let Some(secret) = self.secret.as_ref().filter(|_| self.element != "plaintext" && !is_switch(value)) {
            spans.push(span(secret));
        } else if NAME_ELEMENTS.contains(&self.element.as_str()) {
            self.armed = if is_secret_name(value) { REACH } else { self.armed };
        } else if self.armed > 0 && VALUE_ELEMENTS.iter().any(|end| self.element.ends_with(end)) && !is_switch(value) {
            spans.push(span("password"));
            self.armed = 0;
        }
    }
}

/// Nothing, a switch, a mark: no secret.
fn is_switch(value: &str) -> bool {
    is_harmless(value) || matches!(value.trim(), "0" | "1")
}

/// Names of attributes with the places of their values. One that is never closed reaches to the end.
fn attributes(text: &str) -> Vec<(&str, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(equals) = text.get(at..).and_then(|rest| rest.find('=')).map(|length| at + length) {
        let before = text.get(at..equals).unwrap_or_default().trim_end();
        let name = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).next().unwrap_or_default();
        let rest = text.get(equals + 1..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start().len();
        let value = rest.trim_start();
        let (skip, length) = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            Some(quote) => (1, value.get(1..).map_or(0, |inner| inner.find(quote).unwrap_or(inner.len()))),
            None => (0, value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        let from = equals + 1 + blank + skip;
        found.push((name, from, from + length));
        at = (from + length + skip).min(text.len());
        if !text.is_char_boundary(at) {
            break;
        }
    }
    found
}
