//! Source text → tokens with their columns.

use super::ExpressionError;

/// One token and the column it begins at, from 1, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) column: usize,
    pub(super) kind: TokenKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A key, a keyword or the name of a function.
    Word(String),
    Integer(i64),
    Text(String),
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `(`, `)`, `[`, `]`, `,`
    Sign(&'static str),
    End,
}

impl TokenKind {
    /// How an error message shows the token.
    pub(super) fn show(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Integer(number) => format!("`{number}`"),
            Self::Text(text) => format!("'{text}'"),
            Self::Sign(sign) => format!("`{sign}`"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: [&str; 11] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ","];

/// All tokens of `source`, the last one [`TokenKind::End`].
pub(super) fn tokens(source: &str) -> Result<Vec<Token>, ExpressionError> {
    let mut found = Vec::new();
    let mut rest = source;
    let mut column = 1;
    loop {
        let trimmed = rest.trim_start();
        column += chars_between(rest, trimmed);
        if trimmed.is_empty() {
            found.push(Token { column, kind: TokenKind::End });
            return Ok(found);
        }
        let (kind, after) = next_token(trimmed, column)?;
        found.push(Token { column, kind });
        column += chars_between(trimmed, after);
        rest = after;
    }
}

/// Characters of `from` before its suffix `to`.
fn chars_between(from: &str, to: &str) -> usize {
    from.chars().count().saturating_sub(to.chars().count())
}

fn next_token(text: &str, column: usize) -> Result<(TokenKind, &str), ExpressionError> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let unclosed = || unexpected(column, "a closing '", "an open text".to_owned());
        let (inside, after) = quoted.split_once('\'').ok_or_else(unclosed)?;
        return Ok((TokenKind::Text(inside.to_owned()), after));
    }
    if let Some((sign, after)) = SIGNS.iter().find_map(|sign| Some((*sign, text.strip_prefix(sign)?))) {
        return Ok((TokenKind::Sign(sign), after));
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        let (digits, after) = split_run(text, |c| c.is_ascii_digit());
        let number = digits.parse().map_err(|_| unexpected(column, "a whole number", format!("`{digits}`")))?;
        return Ok((TokenKind::Integer(number), after));
    }
    if text.starts_with(|c: char| c.is_ascii_lowercase()) {
        let (word, after) = split_run(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.');
        return Ok((TokenKind::Word(word.to_owned()), after));
    }
    let first: String = text.chars().take(1).collect();
    Err(unexpected(column, "a key, a value or an operator", format!("`{first}`")))
}

/// The first character and all that follow as long as `fits` holds.
fn split_run(text: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.char_indices().skip(1).find(|(_, c)| !fits(*c)).map_or(text.len(), |(at, _)| at);
    text.split_at_checked(end).unwrap_or((text, ""))
}

pub(super) fn unexpected(column: usize, expected: &'static str, found: String) -> ExpressionError {
    ExpressionError::Unexpected { column, expected, found }
}
