//! How values become text a reader can trust: cleaned, shortened, dated.

use base::{Date, Lang, Locator};

/// Makes characters visible that would hide or turn text: control characters and reading-direction marks.
///
/// Line feeds stay; a tab becomes a space.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for char in text.replace("\r\n", "\n").chars() {
        match char {
            '\n' => cleaned.push('\n'),
            '\t' => cleaned.push(' '),
            char if is_hidden(char) => cleaned.push_str(&format!("[U+{:04X}]", u32::from(char))),
            char => cleaned.push(char),
        }
    }
    cleaned
}

fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// At most `max` characters of the cleaned text on one line; `…` stands for what was cut.
pub(crate) fn clip(text: &str, max: usize) -> String {
    let line = clean(text).replace('\n', " ");
    let line = line.trim();
    if line.chars().count() <= max {
        return line.to_owned();
    }
    let mut kept: String = line.chars().take(max.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

/// Like [`clip`], but keeps lines and says how long the text was: for the annex, where cutting must be announced.
pub(crate) fn bounded(text: &str, lang: Lang) -> String {
    const MAX: usize = 600;
    let text = clean(text);
    let length = text.chars().count();
    if length <= MAX {
        return text;
    }
    let kept: String = text.chars().take(MAX).collect();
    match lang {
        Lang::Ja => format!("{kept}…（全{length}文字の先頭{MAX}文字）"),
        Lang::En => format!("{kept}… (first {MAX} of {length} characters)"),
    }
}

/// 2026-11-20（令和8年11月20日）; English has the western date only.
pub(crate) fn date(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("{date}（{}）", date.wareki()),
        Lang::En => date.to_string(),
    }
}

/// [`date`] on two lines for a narrow column, or a dash.
pub(crate) fn date_lines(day: Option<Date>, lang: Lang) -> String {
    match (day, lang) {
        (Some(day), Lang::Ja) => format!("{day}\n{}", day.wareki()),
        (day, _) => option_date(day, lang),
    }
}

/// [`date`], or a dash if there is none.
pub(crate) fn option_date(day: Option<Date>, lang: Lang) -> String {
    day.map_or_else(|| DASH.to_owned(), |day| date(day, lang))
}

/// Stands for a missing value, so that no cell looks forgotten.
pub(crate) const DASH: &str = "―";

/// The text, or a dash if it is empty.
pub(crate) fn or_dash(text: &str) -> &str {
    if text.trim().is_empty() { DASH } else { text }
}

/// 12行目, シート「台帳」C12, …
pub(crate) fn place(locator: &Locator, lang: Lang) -> String {
    match (locator, lang) {
        (Locator::Whole, Lang::Ja) => "全体".to_owned(),
        (Locator::Whole, Lang::En) => "whole file".to_owned(),
        (Locator::Line(line), Lang::Ja) => format!("{line}行目"),
        (Locator::Line(line), Lang::En) => format!("line {line}"),
        (Locator::Cell { sheet, .. }, Lang::Ja) if !sheet.is_empty() => format!("シート「{sheet}」{}", cell(locator)),
        (Locator::Cell { sheet, .. }, Lang::En) if !sheet.is_empty() => format!("sheet {sheet:?} {}", cell(locator)),
        (Locator::Cell { .. }, Lang::Ja) => format!("セル{}", cell(locator)),
        (Locator::Cell { .. }, Lang::En) => format!("cell {}", cell(locator)),
        (Locator::Byte(offset), Lang::Ja) => format!("{offset}バイト目"),
        (Locator::Byte(offset), Lang::En) => format!("byte {offset}"),
        (Locator::Path(path), _) => path.clone(),
    }
}

/// `C12` of `cell:台帳!C12`.
fn cell(locator: &Locator) -> String {
    let text = locator.to_string();
    text.rsplit_once('!').map_or_else(String::new, |(_, cell)| cell.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_turn_or_hide_text_become_visible() {
        assert_eq!(clean("a\u{202e}fdp\u{200b}\u{7}\tb\r\nc"), "a[U+202E]fdp[U+200B][U+0007] b\nc");
    }

    #[test]
    fn a_text_of_the_limit_stays_and_one_longer_is_cut_visibly() {
        assert_eq!(clip("あいうえお", 5), "あいうえお");
        assert_eq!(clip("あいうえおか", 5), "あいうえ…");
        assert!(bounded(&"あ".repeat(10_000), Lang::Ja).ends_with("…（全10000文字の先頭600文字）"));
        assert_eq!(bounded(&"あ".repeat(600), Lang::Ja).chars().count(), 600);
    }

    #[test]
    fn a_place_is_told_in_words() {
        let told = |text: &str| place(&text.parse().unwrap(), Lang::Ja);
        assert_eq!(told("line:12"), "12行目");
        assert_eq!(told("cell:資産台帳!C12"), "シート「資産台帳」C12");
        assert_eq!(told("cell:!AA3"), "セルAA3");
    }
}
