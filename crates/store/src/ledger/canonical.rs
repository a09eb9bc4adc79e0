//! The one way to write an entry: JSON on one line, keys sorted by their bytes, no white space, whole numbers only, UTF-8.

use base::UtcSeconds;
use serde_json::Value as Json;

/// Longest entry in bytes. Evidence itself belongs into the blobs, its hash into the entry.
pub const MAX_ENTRY_BYTES: usize = 256 * 1024;
/// Deepest nesting of an entry's body.
const MAX_DEPTH: u32 = 32;
/// Longest kind, site or actor, in characters.
const MAX_NAME_CHARS: usize = 200;

/// Why something can't be an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A number with a fraction or beyond 64 bits.
    #[error("the entry holds {found}, which is no whole number of 64 bits")]
    Fraction {
        /// The number.
        found: String,
    },
    /// Nested too deeply.
    #[error("the entry is nested deeper than {MAX_DEPTH} levels")]
    Deep,
    /// Too long.
    #[error("the entry has {found} bytes; {MAX_ENTRY_BYTES} are allowed")]
    Long {
        /// Its length.
        found: usize,
    },
    /// The body is no object.
    #[error("the body of the entry is no object")]
    NoObject,
    /// A kind, site or actor is empty, too long or holds control characters or, for a kind, something other than `a-z0-9_.`.
    #[error("{field} of the entry can't be {found:?}")]
    Name {
        /// Which one.
        field: &'static str,
        /// What was found, cut to 80 characters.
        found: String,
    },
    /// Not JSON, or other members than `at`, `body`, `kind`, `seq`, `site`, `who`.
    #[error("the line is no entry of a ledger")]
    NoEntry,
    /// An entry, but written in another way.
    #[error("the entry is not written in the canonical form")]
    NotCanonical,
}

/// An entry as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Index in the ledger, from 0.
    pub seq: u64,
    /// When.
    pub at: UtcSeconds,
    /// What happened, for example `evidence.added`.
    pub kind: String,
    /// At which site.
    pub site: String,
    /// Who did it.
    pub who: String,
    /// What exactly.
    pub body: Json,
}

impl Entry {
    /// The canonical line, without a line feed.
    ///
    /// # Errors
    /// [`CanonicalError`] if the entry breaks a rule.
    pub fn canonical(&self) -> Result<String, CanonicalError> {
        check_name("site", &self.site)?;
        check_name("who", &self.who)?;
        check_kind(&self.kind)?;
        if !self.body.is_object() {
            return Err(CanonicalError::NoObject);
        }
        let mut line = format!("{{\"at\":{},\"body\":", self.at.0);
        write_json(&mut line, &self.body, 0)?;
        line.push_str(",\"kind\":");
        write_text(&mut line, &self.kind);
        line.push_str(&format!(",\"seq\":{},\"site\":", self.seq));
        write_text(&mut line, &self.site);
        line.push_str(",\"who\":");
        write_text(&mut line, &self.who);
        line.push('}');
        if line.len() > MAX_ENTRY_BYTES { Err(CanonicalError::Long { found: line.len() }) } else { Ok(line) }
    }

    /// Reads a line, which must be exactly what [`Entry::canonical`] writes.
    ///
    /// # Errors
    /// [`CanonicalError`] says what is wrong with it.
    pub fn parse(line: &str) -> Result<Self, CanonicalError> {
        if line.len() > MAX_ENTRY_BYTES {
            return Err(CanonicalError::Long { found: line.len() });
        }
        let json: Json = serde_json::from_str(line).map_err(|_| CanonicalError::NoEntry)?;
        let entry = read_members(&json).ok_or(CanonicalError::NoEntry)?;
        if entry.canonical()? == line { Ok(entry) } else { Err(CanonicalError::NotCanonical) }
    }
}

fn read_members(json: &Json) -> Option<Entry> {
    Some(Entry {
        seq: json.get("seq")?.as_u64()?,
        at: UtcSeconds(json.get("at")?.as_i64()?),
        kind: json.get("kind")?.as_str()?.to_owned(),
        site: json.get("site")?.as_str()?.to_owned(),
        who: json.get("who")?.as_str()?.to_owned(),
        body: json.get("body")?.clone(),
    })
}

fn check_name(field: &'static str, name: &str) -> Result<(), CanonicalError> {
    let chars = name.chars().count();
    if chars == 0 || chars > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(CanonicalError::Name { field, found: name.chars().take(80).collect() });
    }
    Ok(())
}

fn check_kind(kind: &str) -> Result<(), CanonicalError> {
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '_' | '.');
    if kind.is_empty() || kind.len() > 64 || !kind.chars().all(allowed) {
        return Err(CanonicalError::Name { field: "kind", found: kind.chars().take(80).collect() });
    }
    Ok(())
}

fn write_json(line: &mut String, json: &Json, depth: u32) -> Result<(), CanonicalError> {
    if depth > MAX_DEPTH {
        return Err(CanonicalError::Deep);
    }
    match json {
        Json::Null => line.push_str("null"),
        Json::Bool(value) => line.push_str(if *value { "true" } else { "false" }),
        Json::Number(number) => write_number(line, number)?,
        Json::String(text) => write_text(line, text),
        Json::Array(items) => {
            line.push('[');
            for (index, item) in items.iter().enumerate() {
                line.push_str(if index > 0 { "," } else { "" });
                write_json(line, item, depth + 1)?;
            }
            line.push(']');
        }
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|left, right| left.0.as_bytes().cmp(right.0.as_bytes()));
            line.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                line.push_str(if index > 0 { "," } else { "" });
                write_text(line, name);
                line.push(':');
                write_json(line, value, depth + 1)?;
            }
            line.push('}');
        }
    }
    Ok(())
}

fn write_number(line: &mut String, number: &serde_json::Number) -> Result<(), CanonicalError> {
    let whole =
        number.as_i64().map(|value| value.to_string()).or_else(|| number.as_u64().map(|value| value.to_string()));
    line.push_str(&whole.ok_or_else(|| CanonicalError::Fraction { found: number.to_string() })?);
    Ok(())
}

fn write_text(line: &mut String, text: &str) {
    line.push('"');
    for letter in text.chars() {
        match letter {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\u{8}' => line.push_str("\\b"),
            '\u{c}' => line.push_str("\\f"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            letter if u32::from(letter) < 0x20 => line.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => line.push(letter),
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(body: Json) -> Entry {
        let (kind, site, who) = ("evidence.added".to_owned(), "main".to_owned(), "佐藤".to_owned());
        Entry { seq: 3, at: UtcSeconds(1_795_186_800), kind, site, who, body }
    }

    #[test]
    fn keys_are_sorted_and_texts_are_written_one_way() {
        let entry = entry(
            json!({"b": [1, -2, null, true], "a": "あ\"\\\n\u{1}\u{7f}/", "い": {"z": 0, "Z": 18_446_744_073_709_551_615_u64}}),
        );
        let line = entry.canonical().unwrap();
        assert_eq!(
            line,
            "{\"at\":1795186800,\"body\":{\"a\":\"あ\\\"\\\\\\n\\u0001\u{7f}/\",\"b\":[1,-2,null,true],\
             \"い\":{\"Z\":18446744073709551615,\"z\":0}},\"kind\":\"evidence.added\",\"seq\":3,\"site\":\"main\",\"who\":\"佐藤\"}"
        );
        assert_eq!(Entry::parse(&line).unwrap(), entry);
    }

    #[test]
    fn a_fraction_is_refused() {
        assert!(matches!(entry(json!({"a": 1.0})).canonical(), Err(CanonicalError::Fraction { .. })));
    }

    #[test]
    fn the_same_entry_written_in_another_way_is_refused() {
        let line = entry(json!({"a": "b"})).canonical().unwrap();
        for other in [
            line.replace("\"kind\"", " \"kind\""),
            line.replace("\"a\"", "\"\\u0061\""),
            line.replace("\"seq\":3", "\"seq\":3,\"seq\":3"),
            line.replace("\"seq\":3", "\"seq\":3,\"shadow\":3"),
            format!("{line} "),
        ] {
            assert!(Entry::parse(&other).is_err(), "{other}");
        }
    }
}
