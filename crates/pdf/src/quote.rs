//! Text of users as Typst string literals.

use std::fmt::Write as _;

use base::plain::is_hidden;

/// A Typst string literal, quotation marks included, whose value is exactly `text`.
///
/// In markup write `#` before it: `#"…"`. Whatever `text` holds, it stays text.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => literal.extend(['\\', char]),
            char if is_plain(char) => literal.push(char),
            // Writing to a String cannot fail.
            char => _ = write!(literal, "\\u{{{:x}}}", u32::from(char)),
        }
    }
    literal.push('"');
    literal
}

/// Neither a control character nor one that ends a line or turns the reading direction of the source.
fn is_plain(char: char) -> bool {
    !is_hidden(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_mark_or_backslash_does_not_end_the_literal() {
        assert_eq!(quote(r#"a"b\"#), r#""a\"b\\""#);
        assert_eq!(quote("#panic()"), "\"#panic()\"");
        assert_eq!(quote("a\nb\u{202e}"), "\"a\\u{a}b\\u{202e}\"");
    }
}
