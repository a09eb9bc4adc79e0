//! Texts from outside as they may stand on a page: without what is not seen and without what turns around what is seen.

/// Whether a character hides itself or turns the reading direction: control characters (line feed and tab among them), zero-width
/// and direction marks, embeddings, overrides and isolates, line and paragraph separators, the byte order mark, and tags.
///
/// Source: Unicode Technical Report 36, "bidirectional text spoofing", and Technical Standard 39, section 5.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text as it may stand in one line; what [`is_hidden`] is left out.
#[must_use]
pub fn plain_line(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// A text of several lines: each as [`plain_line`], without blanks at its end; the whole without empty lines around it.
#[must_use]
pub fn plain_lines(text: &str) -> String {
    let lines: Vec<String> = text.trim().lines().map(|line| plain_line(line).trim_end().to_owned()).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_not_turn_its_line_around() {
        assert_eq!(plain_line("PC\u{202e}txt.exe\u{7}"), "PCtxt.exe");
    }

    #[test]
    fn nothing_of_a_name_is_invisible() {
        for c in [
            '\u{0}',
            '\t',
            '\n',
            '\u{7f}',
            '\u{85}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{200f}',
            '\u{2028}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{206f}',
            '\u{feff}',
            '\u{fffa}',
            '\u{e0041}',
        ] {
            assert_eq!(plain_line(&format!("a{c}b")), "ab", "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn japanese_names_stay_as_they_are() {
        // The last one carries a variation selector, which chooses the shape of a family name.
        for name in ["佐藤 花子", "髙橋　一郎", "ｻﾄｳ", "葛\u{e0100}城", "が\u{3099}", "😀"] {
            assert_eq!(plain_line(name), name);
        }
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(plain_lines("\r\n 一行目 \r\n\r\n二行目\u{202e}\t\r\n"), "一行目\n\n二行目");
    }
}
