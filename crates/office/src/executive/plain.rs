//! Words for those who decide: without abbreviations, never by colour alone.

use base::{Date, Lang};
use governance::snapshot::CheckReport;
use report::model::TileState;
use web::Visit;
use web::list::Look;

use crate::words::Badge;

/// Latin words everybody in a hospital knows.
const KNOWN: [&str; 12] = ["OS", "VPN", "USB", "CT", "MRI", "IT", "PDF", "Excel", "Wi", "Fi", "Windows", "Mac"];

/// Whether a text can be read without technical knowledge: in Japanese it has no Latin words, in English no abbreviations,
/// beyond those everybody knows.
pub(crate) fn is_plain(lang: Lang, text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !KNOWN.contains(word));
    let is_technical = |word: &str| match lang {
        Lang::Ja => word.chars().filter(char::is_ascii_alphabetic).count() >= 2,
        Lang::En => word.chars().filter(char::is_ascii_uppercase).count() >= 2,
    };
    !words.into_iter().any(is_technical)
}

/// The first of these texts that is plain; the last one if none is.
pub(crate) fn first_plain(lang: Lang, texts: &[&str], otherwise: String) -> String {
    let found = texts.iter().find(|text| !text.is_empty() && is_plain(lang, text));
    found.map_or(otherwise, |text| (*text).to_owned())
}

/// What a check is about, for those who decide.
pub(crate) fn subject_of(visit: &Visit, check: Option<&CheckReport>) -> String {
    let otherwise = visit.text("executive-technical");
    check.map_or(otherwise.clone(), |check| first_plain(visit.lang, &[&check.title, &check.why], otherwise))
}

/// The first sentence of a text.
pub(crate) fn first_sentence(lang: Lang, text: &str) -> &str {
    let end = match lang {
        Lang::Ja => "。",
        Lang::En => ". ",
    };
    text.find(end).and_then(|at| text.get(..at + end.len())).map_or(text, str::trim_end)
}

/// The word of a tile.
pub(crate) fn tile_badge(visit: &Visit, state: TileState) -> Badge {
    match state {
        TileState::Good => Badge::new(visit.text("executive-tile-good"), Look::Good),
        TileState::Caution => Badge::new(visit.text("executive-tile-caution"), Look::Caution),
        TileState::Danger => Badge::new(visit.text("executive-tile-danger"), Look::Danger),
        TileState::Unknown => Badge::new(visit.text("executive-tile-unknown"), Look::Unknown),
    }
}

/// A day in few letters: 和暦, or ISO.
pub(crate) fn short_day(lang: Lang, day: Date) -> String {
    match lang {
        Lang::Ja => day.wareki(),
        Lang::En => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_technical_knowledge_is_not_plain() {
        for text in ["LDAPの署名", "krbtgtのパスワード", "SMBを断る", "CVE-2024-1234"] {
            assert!(!is_plain(Lang::Ja, text), "{text}");
        }
        for text in ["外から入る接続に二要素認証がある", "VPN装置の穴", "A棟の端末"] {
            assert!(is_plain(Lang::Ja, text), "{text}");
        }
        assert!(is_plain(Lang::En, "Care stops.") && !is_plain(Lang::En, "SMB signing"));
    }

    #[test]
    fn the_first_sentence_ends_with_its_stop() {
        assert_eq!(first_sentence(Lang::Ja, "止めます。次に直します。"), "止めます。");
        assert_eq!(first_sentence(Lang::En, "Stop it. Then mend it."), "Stop it.");
        assert_eq!(first_sentence(Lang::Ja, "止めます"), "止めます");
    }
}
