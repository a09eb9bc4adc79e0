//! From TOML to a statement, value by value, each with its place.

use std::collections::BTreeMap;

use base::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::{Answer, Claim, FORMAT, FieldError, FieldProblem, MAX_CLAIMS, ParseStatementError, Statement};
use crate::text::{LineEnds, line_of};

const KEYS: [&str; 13] = [
    "mamori_statement",
    "kind",
    "title",
    "edition",
    "signed_by",
    "role",
    "issued_on",
    "valid_until",
    "sections",
    "text",
    "attachment_sha256",
    "public_key",
    "claim",
];
const CLAIM_KEYS: [&str; 6] = ["item", "answer", "checked_on", "target_on", "by", "note"];

/// Reads everything above the signature line; the second value is the public key.
pub(super) fn read_statement(body: &str) -> Result<(Statement, Option<String>), ParseStatementError> {
    let document = DeTable::parse(body).map_err(|err| toml_error(body, 0, &err))?;
    let ends = LineEnds::of(body);
    let mut reader = Reader { table: document.get_ref(), ends: &ends, at: 0, errors: Vec::new() };
    if let Some((key, _)) = reader.table.get_key_value("signature") {
        return Err(ParseStatementError::SignatureNotLast { line: ends.line_of(key.span().start) });
    }
    if !reader.is_format_known() {
        return Err(ParseStatementError::Format);
    }
    let lines = reader.table.keys().map(|key| (key.get_ref().to_string(), ends.line_of(key.span().start)));
    let lines: BTreeMap<String, u32> = lines.collect();
    reader.note_unknown(&KEYS);
    let public_key = reader.text("public_key");
    let statement = Statement {
        kind: reader.text("kind").ok_or(ParseStatementError::Missing { key: "kind" })?,
        title: reader.text("title").ok_or(ParseStatementError::Missing { key: "title" })?,
        edition: reader.text("edition"),
        signed_by: reader.text("signed_by"),
        role: reader.text("role"),
        issued_on: reader.date("issued_on"),
        valid_until: reader.date("valid_until"),
        sections: reader.texts("sections"),
        text: reader.text("text"),
        attachment_sha256: reader.sha256("attachment_sha256"),
        claims: reader.claims(),
        signature: None,
        lines,
        errors: Vec::new(),
    };
    Ok((Statement { errors: reader.errors, ..statement }, public_key))
}

/// Reads the signature line; `line` is its number.
pub(super) fn read_signature(tail: &str, line: u32) -> Result<String, ParseStatementError> {
    let document = DeTable::parse(tail).map_err(|err| toml_error(tail, line.saturating_sub(1), &err))?;
    let value = document.get_ref().get("signature").and_then(|value| value.get_ref().as_str());
    let value = value.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
    value.ok_or(ParseStatementError::Missing { key: "signature" })
}

fn toml_error(text: &str, lines_before: u32, err: &Error) -> ParseStatementError {
    let line = line_of(text, err.span().map_or(0, |span| span.start)).saturating_add(lines_before);
    ParseStatementError::Toml { line, message: err.message().chars().take(200).collect() }
}

/// Takes values out of one table and notes what does not fit.
struct Reader<'a> {
    table: &'a DeTable<'a>,
    ends: &'a LineEnds,
    /// Offset of the table, for what is missing in it.
    at: usize,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    fn note(&mut self, offset: usize, problem: FieldProblem) {
        self.errors.push(FieldError { line: self.ends.line_of(offset), problem });
    }

    fn note_unknown(&mut self, known: &[&str]) {
        let unknown = self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        for key in unknown.take(MAX_CLAIMS) {
            self.note(key.span().start, FieldProblem::UnknownKey { key: key.get_ref().chars().take(60).collect() });
        }
    }

    fn is_format_known(&self) -> bool {
        let stated = self.table.get("mamori_statement").and_then(|value| value.get_ref().as_integer());
        stated.and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok()) == Some(FORMAT)
    }

    fn find(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    /// Reads one value with `read`; what it refuses is noted as no `expected`.
    fn value<T>(
        &mut self,
        key: &'static str,
        expected: &'static str,
        read: impl Fn(&DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let found = self.find(key)?;
        let value = read(found.get_ref());
        if value.is_none() {
            self.note(found.span().start, FieldProblem::Value { key, expected });
        }
        value
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        let text = self.value(key, "text", |value| value.as_str().map(|text| text.trim().to_owned()));
        text.filter(|text| !text.is_empty())
    }

    fn date(&mut self, key: &'static str) -> Option<Date> {
        self.value(key, "date (2026-04-01)", |value| match value.as_datetime() {
            Some(stated) if stated.time.is_none() => stated.to_string().parse().ok(),
            Some(_) => None,
            None => value.as_str()?.parse().ok(),
        })
    }

    fn sha256(&mut self, key: &'static str) -> Option<String> {
        self.value(key, "SHA-256 of 64 hexadecimal digits", |value| {
            let text = value.as_str()?.trim().to_ascii_lowercase();
            (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(text)
        })
    }

    fn texts(&mut self, key: &'static str) -> Vec<String> {
        let texts = self.value(key, "list of texts", |value| {
            let parts = value.as_array()?.iter().take(MAX_CLAIMS);
            parts.map(|part| part.get_ref().as_str().map(|text| text.trim().to_owned())).collect()
        });
        texts.unwrap_or_default()
    }

    fn claims(&mut self) -> Vec<Claim> {
        let Some(found) = self.find("claim") else { return Vec::new() };
        let Some(list) = found.get_ref().as_array() else {
            self.note(found.span().start, FieldProblem::Value { key: "claim", expected: "list: write [[claim]]" });
            return Vec::new();
        };
        if list.len() > MAX_CLAIMS {
            self.note(found.span().start, FieldProblem::TooManyClaims);
        }
        let mut claims = Vec::new();
        for entry in list.iter().take(MAX_CLAIMS) {
            let at = entry.span().start;
            let Some(table) = entry.get_ref().as_table() else {
                self.note(at, FieldProblem::Value { key: "claim", expected: "table" });
                continue;
            };
            let mut reader = Reader { table, ends: self.ends, at, errors: Vec::new() };
            claims.extend(reader.claim());
            self.errors.append(&mut reader.errors);
        }
        claims
    }

    fn claim(&mut self) -> Option<Claim> {
        self.note_unknown(&CLAIM_KEYS);
        let item = self.text("item");
        let answer = self.value("answer", "answer (yes, no, na)", |value| match value.as_str()?.trim() {
            "yes" => Some(Answer::Yes),
            "no" => Some(Answer::No),
            "na" => Some(Answer::NotApplicable),
            _ => None,
        });
        for (key, missing) in [("item", item.is_none()), ("answer", self.find("answer").is_none())] {
            if missing {
                self.note(self.at, FieldProblem::ClaimWithout { key });
            }
        }
        Some(Claim {
            item: item?,
            answer: answer?,
            checked_on: self.date("checked_on"),
            target_on: self.date("target_on"),
            by: self.text("by"),
            note: self.text("note"),
            line: self.ends.line_of(self.at),
        })
    }
}
