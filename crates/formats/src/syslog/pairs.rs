//! `key=value key="value with \"spaces\""`, as firewalls write their messages.

use std::borrow::Cow;

/// Pairs that are read.
const MAX_PAIRS: usize = 1_024;

/// The pairs of a text, in order. Words that are no pair are left out; a value ends at a space, or at its quotation mark.
#[must_use]
pub fn pairs(text: &str) -> Vec<(&str, Cow<'_, str>)> {
    let mut pairs = Vec::new();
    let mut rest = text;
    while pairs.len() < MAX_PAIRS {
        rest = rest.trim_start_matches([' ', ',', ';', '\t']);
        let Some(end) = rest.find(['=', ' ']) else { break };
        let (key, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let Some(value) = behind.strip_prefix('=') else {
            rest = behind;
            continue;
        };
        let read = match value.strip_prefix('"') {
            Some(quoted) => unquote(quoted).unwrap_or((Cow::Borrowed(quoted), "")),
            None => {
                let (value, behind) =
                    value.split_at_checked(value.find(' ').unwrap_or(value.len())).unwrap_or((value, ""));
                (Cow::Borrowed(value), behind)
            }
        };
        if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
            pairs.push((key, read.0));
        }
        rest = read.1;
    }
    pairs
}

/// What stands before the closing quotation mark, its escapes (`\"`, `\\`, `\]`) read, and what is behind it; `None` if it is
/// not closed.
pub(super) fn unquote(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let first = text.find(['"', '\\'])?;
    let (plain, rest) = text.split_at_checked(first)?;
    if let Some(behind) = rest.strip_prefix('"') {
        return Some((Cow::Borrowed(plain), behind));
    }
    let mut value = plain.to_owned();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return Some((Cow::Owned(value), characters.as_str())),
            '\\' => {
                let rest = characters.as_str();
                match characters.next()? {
                    escaped @ ('"' | '\\' | ']') => value.push(escaped),
                    // Any other backslash is itself, as in paths of Windows.
                    _ => {
                        value.push('\\');
                        characters = rest.chars();
                    }
                }
            }
            plain => value.push(plain),
        }
    }
}
