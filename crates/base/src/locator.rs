//! Where inside a piece of evidence a fact was read.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A place inside a file, precise enough to put a finger on it.
///
/// The text form is stored and exported: `line:12`, `cell:資産台帳!C12`, `byte:264`, `path:/nmaprun/host[3]`, `whole`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Locator {
    /// The file as a whole.
    Whole,
    /// Line of a text file, from 1.
    Line(u32),
    /// Cell of a sheet: sheet name, row from 1, column from 1.
    Cell {
        /// Name of the sheet as the file has it; empty for CSV. Shared by all facts of the sheet.
        sheet: Arc<str>,
        /// Row, from 1, the header row included.
        row: u32,
        /// Column, from 1.
        column: u32,
    },
    /// Offset in bytes from the start of the file.
    Byte(u64),
    /// Path inside a structured file (XML, JSON), written the way that format writes paths.
    Path(String),
}

/// Letters of a spreadsheet column: 1 → `A`, 27 → `AA`.
fn column_letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        let digit = u8::try_from((column - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        column = (column - 1) / 26;
    }
    letters.iter().rev().collect()
}

fn column_number(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 4 {
        return None;
    }
    letters
        .bytes()
        .try_fold(0_u32, |sum, byte| byte.is_ascii_uppercase().then(|| sum * 26 + u32::from(byte - b'A') + 1))
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => write!(f, "whole"),
            Self::Line(line) => write!(f, "line:{line}"),
            Self::Cell { sheet, row, column } => write!(f, "cell:{sheet}!{}{row}", column_letters(*column)),
            Self::Byte(offset) => write!(f, "byte:{offset}"),
            Self::Path(path) => write!(f, "path:{path}"),
        }
    }
}

/// A text is no locator.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no locator (line:N, cell:SHEET!A1, byte:N, path:…, whole)")]
pub struct LocatorError {
    found: String,
}

impl FromStr for Locator {
    type Err = LocatorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| LocatorError { found: text.chars().take(80).collect() })
    }
}

fn parse(text: &str) -> Option<Locator> {
    if text == "whole" {
        return Some(Locator::Whole);
    }
    let (kind, rest) = text.split_once(':')?;
    match kind {
        "line" => rest.parse().ok().map(Locator::Line),
        "byte" => rest.parse().ok().map(Locator::Byte),
        "path" => Some(Locator::Path(rest.to_owned())),
        "cell" => {
            let (sheet, cell) = rest.rsplit_once('!')?;
            let digits = cell.find(|c: char| c.is_ascii_digit())?;
            let (letters, row) = cell.split_at_checked(digits)?;
            Some(Locator::Cell { sheet: sheet.into(), row: row.parse().ok()?, column: column_number(letters)? })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_locator_survives_printing_and_parsing() {
        for text in
            ["whole", "line:12", "cell:資産台帳!C12", "cell:!AA3", "cell:a!b!Z9", "byte:264", "path:/nmaprun/host[3]"]
        {
            assert_eq!(text.parse::<Locator>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_text_that_is_no_place_is_refused() {
        for text in ["", "line:", "line:x", "cell:C12", "cell:s!12", "cell:s!c1", "page:3"] {
            assert!(text.parse::<Locator>().is_err(), "{text}");
        }
    }
}
