//! A text that tells what to run: each command stands apart, with a button that copies it.

use std::fmt::Display;

use askama::Template;

use crate::visit::Visit;

/// A part of an instruction: words, or a command to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    is_command: bool,
    text: String,
}

/// Takes an instruction apart: what stands between backticks is a command.
fn pieces(text: &str) -> Vec<Piece> {
    let parts = text.split('`').enumerate();
    let pieces = parts.map(|(number, part)| Piece { is_command: number % 2 == 1, text: part.to_owned() });
    pieces.filter(|piece| !piece.text.trim().is_empty()).collect()
}

#[derive(Template)]
#[template(path = "instruction.html")]
struct Instruction<'a> {
    visit: &'a Visit,
    place: &'a str,
    number: String,
    pieces: Vec<Piece>,
}

impl Visit {
    /// An instruction as markup, for a template: each command with a button that copies it; `place` and
    /// `number` together are unique on the page.
    ///
    /// # Errors
    /// If the template fails: a defect.
    pub fn instruction(&self, place: &str, number: impl Display, text: &str) -> askama::Result<String> {
        Instruction { visit: self, place, number: number.to_string(), pieces: pieces(text) }.render()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_a_command() {
        let found: Vec<(bool, String)> =
            pieces("次の `a -b` を").into_iter().map(|piece| (piece.is_command, piece.text)).collect();
        assert_eq!(found, [(false, "次の ".to_owned()), (true, "a -b".to_owned()), (false, " を".to_owned())]);
    }
}
