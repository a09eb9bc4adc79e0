//! Statements: what a person declares about a document or a checklist, as a small TOML file.
//!
//! ```toml
//! mamori_statement = 1
//! kind = "account_review"
//! title = "アカウント棚卸し記録"
//! signed_by = "佐藤 花子"
//! issued_on = 2026-04-01
//! public_key = "…"
//!
//! [[claim]]
//! item = "R7-2-5"
//! answer = "yes"
//!
//! signature = "…"
//! ```
//!
//! A `signature` is always the last line, and everything above it is what was signed. That line is taken off before the rest
//! is read as TOML, so it may follow a `[[claim]]`, and nothing in a signed file is left unsigned.

mod read;

use std::collections::BTreeMap;

use base::Date;

use crate::text::{decode, line_of};

/// Longest file that is read.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Most claims that are read.
pub const MAX_CLAIMS: usize = 2000;
/// The only edition of this file format.
pub const FORMAT: i64 = 1;

/// A statement as far as it could be read. An optional text that is missing or empty is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Kind of document, as frameworks name it: `account_review`.
    pub kind: String,
    /// Title of the document.
    pub title: String,
    /// Its edition.
    pub edition: Option<String>,
    /// Who stands behind it.
    pub signed_by: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// Day it was issued.
    pub issued_on: Option<Date>,
    /// Last day it is valid.
    pub valid_until: Option<Date>,
    /// Identifiers of the sections the document contains.
    pub sections: Vec<String>,
    /// Free text.
    pub text: Option<String>,
    /// SHA-256 of the document itself: 64 hexadecimal digits, small letters.
    pub attachment_sha256: Option<String>,
    /// Answers to checklist items.
    pub claims: Vec<Claim>,
    /// Signature, if there is one. It was not verified here.
    pub signature: Option<Signature>,
    /// Line, from 1, of every top-level key of the file.
    pub lines: BTreeMap<String, u32>,
    /// What could not be used.
    pub errors: Vec<FieldError>,
}

/// An Ed25519 signature as the file carries it; not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Public key in base64, as written.
    pub public_key: String,
    /// Signature in base64, as written.
    pub signature: String,
    /// What was signed: the text above the signature line, its line ends as in the file, in UTF-8 without a byte order mark.
    pub signed_bytes: Vec<u8>,
    /// Line of the signature, from 1.
    pub line: u32,
}

/// One answer to one checklist item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Identifier of the item: `R7-2-5`.
    pub item: String,
    /// The answer.
    pub answer: Answer,
    /// Day it was looked at.
    pub checked_on: Option<Date>,
    /// Day by which it is to be done.
    pub target_on: Option<Date>,
    /// Who looked.
    pub by: Option<String>,
    /// Remark.
    pub note: Option<String>,
    /// Line of the `[[claim]]`, from 1.
    pub line: u32,
}

/// はい, いいえ, 対象外.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// `yes`
    Yes,
    /// `no`
    No,
    /// `na`
    NotApplicable,
}

/// Why the whole file is not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseStatementError {
    /// Longer than [`MAX_BYTES`].
    #[error("statement has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLong {
        /// Length found.
        bytes: usize,
    },
    /// Not TOML.
    #[error("line {line}: not readable as TOML: {message}")]
    Toml {
        /// Line, from 1.
        line: u32,
        /// What the TOML reader says, cut to 200 characters.
        message: String,
    },
    /// `mamori_statement` is missing or not [`FORMAT`].
    #[error("mamori_statement is not {FORMAT}")]
    Format,
    /// A text that must be there is missing or empty.
    #[error("{key} is missing or empty")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// A signature that something follows: that part would be unsigned.
    #[error("line {line}: the signature is not the last line")]
    SignatureNotLast {
        /// Line of the signature, from 1.
        line: u32,
    },
}

/// One value that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct FieldError {
    /// Line, from 1.
    pub line: u32,
    /// What is wrong.
    pub problem: FieldProblem,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// A key this format does not know.
    #[error("unknown key {key:?}")]
    UnknownKey {
        /// The key, cut to 60 characters.
        key: String,
    },
    /// A value of another type or form; it was not used.
    #[error("{key} is no {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// What should stand there.
        expected: &'static str,
    },
    /// A claim without an item or an answer; it was not used.
    #[error("the claim has no {key}")]
    ClaimWithout {
        /// The key.
        key: &'static str,
    },
    /// `signature` without `public_key`; it was not used.
    #[error("there is a signature but no public_key")]
    NoPublicKey,
    /// More than [`MAX_CLAIMS`]; the rest was not read.
    #[error("more than {MAX_CLAIMS} claims; the rest was not read")]
    TooManyClaims,
}

/// Whether a line of the first 64 KiB begins with `mamori_statement`.
#[must_use]
pub fn looks_like(bytes: &[u8]) -> bool {
    let head = decode(bytes.get(..bytes.len().min(64 * 1024)).unwrap_or_default());
    head.text.lines().any(|line| line.trim_start().starts_with("mamori_statement"))
}

/// Reads a statement.
///
/// # Errors
/// [`ParseStatementError`] if the file is too long, no TOML, lacks what every statement has, or holds something behind its
/// signature.
pub fn parse(bytes: &[u8]) -> Result<Statement, ParseStatementError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseStatementError::TooLong { bytes: bytes.len() });
    }
    let decoded = decode(bytes);
    let (body, tail) = split_signature(&decoded.text);
    let (mut statement, public_key) = read::read_statement(body)?;
    let Some(tail) = tail else { return Ok(statement) };
    let line = line_of(body, body.len());
    let signature = read::read_signature(tail, line)?;
    match public_key {
        Some(public_key) => {
            let signed_bytes = body.as_bytes().to_vec();
            statement.signature = Some(Signature { public_key, signature, signed_bytes, line });
        }
        None => statement.errors.push(FieldError { line, problem: FieldProblem::NoPublicKey }),
    }
    Ok(statement)
}

/// Splits off a last line `signature = …`; blank lines may follow it.
fn split_signature(text: &str) -> (&str, Option<&str>) {
    let trimmed = text.trim_end();
    let start = trimmed.rfind('\n').map_or(0, |at| at + 1);
    let (body, last) = text.split_at_checked(start).unwrap_or((text, ""));
    let is_signature = last.strip_prefix("signature").is_some_and(|rest| rest.trim_start().starts_with('='));
    // Inside a multi-line text the line is no signature: then the file without it is damaged, but with it is not.
    if is_signature && (toml::from_str::<toml::Table>(body).is_ok() || toml::from_str::<toml::Table>(text).is_err()) {
        (body, Some(last))
    } else {
        (text, None)
    }
}

#[cfg(test)]
mod tests;
