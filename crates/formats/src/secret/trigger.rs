//! The cheap question before all others: is there any word here that a secret could stand behind?

use std::sync::LazyLock;

/// Latin words in small letters: the first two letters, and what follows them. Every rule needs one of these words or of
/// [`JAPANESE`]; `net` and `://` have rules of their own in [`begins_word`].
const LATIN: &[(&str, &[&str])] = &[
    ("pa", &["ss", "exec"]),
    ("pw", &[""]),
    ("ps", &["k", "exec"]),
    ("pi", &["n"]),
    ("pp", &[" auth"]),
    ("pr", &["ivate key", "e-shared"]),
    ("se", &["cret", "curestring"]),
    ("sq", &["lcmd"]),
    ("sn", &["mp"]),
    ("co", &["mmunit"]),
    ("cu", &["rl"]),
    ("ke", &["y"]),
    ("lo", &["gin user"]),
    ("/r", &["p"]),
    ("ap", &["i_key", "i-key", "i key", "ikey"]),
    ("ac", &["cess_token", "cess-token", "cesstoken"]),
    ("re", &["fresh_token"]),
    ("be", &["arer "]),
    ("au", &["thorization: "]),
    ("ak", &["ia"]),
    ("as", &["ia"]),
];

/// Japanese words: the first character, and what follows it.
const JAPANESE: &[(&str, &[&str])] = &[
    ("パ", &["ス"]),
    ("ﾊ", &["ﾟｽﾜｰﾄﾞ"]),
    ("ぱ", &["すわーど"]),
    ("暗", &["証", "号化キー", "号キー", "号鍵"]),
    ("合", &["言葉", "い言葉"]),
    ("回", &["復キー"]),
    ("復", &["旧キー", "元キー"]),
    ("共", &["有鍵", "有キー"]),
    ("シ", &["ークレット"]),
    ("秘", &["密鍵", "密の"]),
    ("コ", &["ミュニティ"]),
    ("キ", &["ー"]),
    ("解", &["除コード", "錠番号"]),
    ("初", &["期"]),
    ("ロ", &["ーカルadmin"]),
    ("ｐ", &[""]),
    ("Ｐ", &[""]),
    ("ｋ", &["ｅｙ"]),
    ("Ｓ", &[""]),
];

/// Pairs of bytes with which a word may begin, one bit each: the first two of a Latin word, in large and small letters, and the
/// last two of the first character of a Japanese one, since its first byte stands in every word of the language.
static PAIRS: LazyLock<[u64; 1 << 10]> = LazyLock::new(|| {
    let mut pairs = [0; 1 << 10];
    let mut add = |first: u8, second: u8| {
        let (index, bit) = place(first, second);
        if let Some(bits) = pairs.get_mut(index) {
            *bits |= bit;
        }
    };
    for head in LATIN.iter().map(|(head, _)| *head).chain(["ne", ":/"]) {
        if let [first, second] = head.as_bytes() {
            for first in [*first, first.to_ascii_uppercase()] {
                add(first, *second);
                add(first, second.to_ascii_uppercase());
            }
        }
    }
    for (head, _) in JAPANESE {
        if let [_, second, third] = head.as_bytes() {
            add(*second, *third);
        }
    }
    pairs
});

/// Where the bit of a pair stands.
fn place(first: u8, second: u8) -> (usize, u64) {
    let pair = u16::from_be_bytes([first, second]);
    (usize::from(pair >> 6), 1 << (pair & 63))
}

/// Offset of the first such word at or behind `from`.
pub(super) fn find(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let pairs: &[u64; 1 << 10] = &PAIRS;
    let begins = |at: usize, pair: &[u8]| {
        let [first, second] = pair else { return None };
        let (index, bit) = place(*first, *second);
        if pairs.get(index).is_none_or(|bits| bits & bit == 0) {
            return None;
        }
        let start = if first.is_ascii() { from + at } else { (from + at).checked_sub(1)? };
        (start >= from && begins_word(bytes.get(start..)?)).then_some(start)
    };
    bytes.get(from..)?.windows(2).enumerate().find_map(|(at, pair)| begins(at, pair))
}

fn begins_word(rest: &[u8]) -> bool {
    match rest {
        [b':', ..] => rest.starts_with(b"://") && has_account(rest),
        [b'n' | b'N', _, third, next, ..] => {
            third.eq_ignore_ascii_case(&b't') && matches!(next, b' ' | b'.' | b'1' | b'\t')
        }
        [first, second, behind @ ..] if first.is_ascii() => {
            let head = [first.to_ascii_lowercase(), second.to_ascii_lowercase()];
            goes_on(LATIN, &head, behind)
        }
        [first, second, third, behind @ ..] => goes_on(JAPANESE, &[*first, *second, *third], behind),
        _ => false,
    }
}

/// Whether one of the words that begin with `head` goes on with `behind`.
fn goes_on(words: &[(&str, &[&str])], head: &[u8], behind: &[u8]) -> bool {
    let ends = words.iter().find(|(first, _)| first.as_bytes() == head).map_or(&[][..], |(_, ends)| *ends);
    ends.iter().any(|end| behind.get(..end.len()).is_some_and(|behind| behind.eq_ignore_ascii_case(end.as_bytes())))
}

/// Whether an `@` stands in the host of the address that begins here.
fn has_account(rest: &[u8]) -> bool {
    let host = rest
        .iter()
        .skip(3)
        .take(200)
        .take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'"' | b'<'));
    host.copied().any(|byte| byte == b'@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_wherever_it_stands() {
        let words = |list: &'static [(&str, &[&str])]| {
            list.iter().flat_map(|(head, ends)| ends.iter().map(move |end| format!("{head}{end}")))
        };
        let latin = words(LATIN).flat_map(|word| [word.to_ascii_uppercase(), word]);
        let others = ["net use", "Net.exe", "NET1 ", "net\tx", "://a:b@c"].map(ToOwned::to_owned);
        for word in words(JAPANESE).chain(latin).chain(others) {
            for (before, behind) in [("", ""), ("あ", ""), ("", "か"), ("x,", " y"), ("\n", "1")] {
                let text = format!("{before}{word}{behind}");
                assert_eq!(find(&text, 0), Some(before.len()), "{text:?}");
                assert_eq!(find(&text, before.len()), Some(before.len()), "{text:?}");
            }
        }
    }

    #[test]
    fn ordinary_text_has_none() {
        for text in ["", "p", "パ", "病院の端末は二階にあります。", "name,ip\nhost01,192.0.2.1", "https://example.jp/"]
        {
            assert_eq!(find(text, 0), None, "{text:?}");
        }
    }
}
