//! Values of events as text that can hurt nobody: what hides or turns text is made visible, not left out, because it may
//! be what the attacker did.

use std::fmt::Write as _;

use base::Lang;
use base::plain::is_hidden;
use detect::rule::Level;
use formats::evtx::FileTime;

/// Japan is nine hours ahead of UTC all year; in units of 100 ns.
const JST_TICKS: u64 = 9 * 3_600 * 10_000_000;

/// A text in one line. Ends of lines become `⏎`, tabs blanks, other characters nobody sees their number.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\n' if before == '\r' => {}
            '\n' | '\r' => line.push('⏎'),
            '\t' => line.push(' '),
            c if is_hidden(c) => drop(write!(line, "[U+{:04X}]", u32::from(c))),
            c => line.push(c),
        }
        before = c;
    }
    line
}

/// As [`shown`], at most so many characters; how many there were follows what was cut.
pub(super) fn clipped(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => shown(text),
        Some((end, _)) => {
            format!("{}…({})", shown(text.get(..end).unwrap_or_default()), text.chars().count())
        }
    }
}

/// `2026-04-01 18:30:00.123` in Japan.
#[must_use]
pub fn moment_jst(time: FileTime) -> String {
    let text = FileTime(time.0.saturating_add(JST_TICKS)).to_string();
    let (day, clock) = (text.get(..10).unwrap_or_default(), text.get(11..23).unwrap_or_default());
    format!("{day} {clock}")
}

/// A level in words.
#[must_use]
pub fn level_word(level: Level, lang: Lang) -> String {
    let id = match level {
        Level::Critical => "severity-critical",
        Level::High => "severity-high",
        Level::Medium => "severity-medium",
        Level::Low => "severity-low",
        Level::Informational => "eventlog-informational",
    };
    i18n::message(lang, id, &[])
}

/// A mark for a level, so that colour is never the only sign.
pub(super) fn level_mark(level: Level) -> &'static str {
    match level {
        Level::Critical => "‼",
        Level::High => "▲",
        Level::Medium => "●",
        Level::Low => "○",
        Level::Informational => "・",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_shown_and_lines_stay_one() {
        assert_eq!(shown("a\u{202e}fdp\u{7}\tb\r\nc\nd"), "a[U+202E]fdp[U+0007] b⏎c⏎d");
        assert_eq!(shown("\u{1b}[2J"), "[U+001B][2J");
    }

    #[test]
    fn a_long_value_is_cut_with_its_length() {
        assert_eq!(clipped("あいうえお", 5), "あいうえお");
        assert_eq!(clipped("あいうえおか", 5), "あいうえお…(6)");
    }

    #[test]
    fn people_read_the_time_of_japan() {
        assert_eq!(moment_jst(FileTime(134_194_752_000_000_000 + 1_234_567)), "2026-04-01 09:00:00.123");
    }
}
