//! A word for a password, a sign, and what follows it: `PW: abc123`, `"password": "x"`, 「パスワードはKinen2024です」.

use super::Span;
use super::fold::Folded;
use super::value::{has_password_look, is_harmless, is_reference, is_sentence_about};

/// Where a text comes from; that decides how much of it is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// A remark, a cell, a comment: written by a person, to a person.
    Remark,
    /// Any other text: settings, programs, logs.
    Text,
}

/// Words for a secret, and whether a Latin letter may touch them in front (`dbpassword`).
const WORDS: &[(&str, bool)] = &[
    ("パスワード", true),
    ("パスワ-ド", true),
    ("ﾊﾟｽﾜｰﾄﾞ", true),
    ("パスフレーズ", true),
    ("パスコード", true),
    ("暗証番号", true),
    ("暗証", true),
    ("合言葉", true),
    ("合い言葉", true),
    ("回復キー", true),
    ("事前共有鍵", true),
    ("事前共有キー", true),
    ("秘密鍵", true),
    ("コミュニティ名", true),
    ("コミュニティ", true),
    ("初期", true),
    ("passphrase", true),
    ("passcode", true),
    ("password", true),
    ("passwort", true),
    ("passwd", true),
    ("secret_key", true),
    ("secretkey", true),
    ("client_secret", true),
    ("client-secret", true),
    ("secret_access_key", true),
    ("api_key", true),
    ("api-key", true),
    ("api key", true),
    ("apikey", true),
    ("access_token", true),
    ("access-token", true),
    ("accesstoken", true),
    ("refresh_token", true),
    ("pre-shared-key", true),
    ("sharedsecret", true),
    ("pass", false),
    ("pwd", true),
    ("psk", false),
    ("pin", false),
    ("pw", false),
];

/// Signs after which anything is a value.
const STRONG: &[char] = &[':', '=', '→', '⇒', '「', '『', '"', '\'', '➡'];

/// Longest value, in characters.
const MAX_CHARS: usize = 400;

/// Finds hints and adds what must go.
pub(super) fn find(line: &Folded, scope: Scope, spans: &mut Vec<Span>) {
    for (word, may_touch) in WORDS {
        for (at, _) in line.text.match_indices(word) {
            if stands_alone(line, at, word, *may_touch) {
                spans.extend(value_behind(line, at + word.len(), word, scope));
            }
        }
    }
}

/// 「初期」 in front of another word: that one decides.
fn is_other_word(word: &str, value: &str) -> bool {
    word == "初期" && WORDS.iter().any(|(other, _)| value.starts_with(other))
}

fn stands_alone(line: &Folded, at: usize, word: &str, may_touch: bool) -> bool {
    let before = line.text.get(..at).and_then(|before| before.chars().next_back());
    let after = line.from(at + word.len()).chars().next();
    let touches = word.is_ascii() && !may_touch && before.is_some_and(|c| c.is_ascii_alphanumeric());
    let goes_on = word.is_ascii() && after.is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    // A path: `/etc/passwd:`, `\pw\`; a switch of a program is none.
    let is_path = word == "passwd" && before == Some('/');
    !touches && !goes_on && !is_path
}

fn value_behind(line: &Folded, behind: usize, word: &str, scope: Scope) -> Option<Span> {
    let behind = behind + label_end(line.from(behind));
    let rest = line.from(behind);
    let is_weak = |c: char| {
        c.is_whitespace() || matches!(c, 'は' | 'が' | '-' | '_' | '/' | '(' | '[' | '<' | '>' | ',' | '、' | 'ー')
    };
    let begin = signs_length(rest, is_weak)?;
    let signs = rest.get(..begin)?;
    let is_strong = signs.contains(STRONG);
    // A quote, a comma and another quote are the end of one value and the next one, in code and in JSON alike.
    let is_list = scope == Scope::Text && !signs.contains([':', '=', '→', '⇒', '➡', '「', '『']);
    let from = behind + begin;
    let value = quoted(line, from, signs).or_else(|| plain(line, from, scope));
    let to = value?;
    let text = line.text.get(from..to)?;
    let glued = signs.is_empty() && word.is_ascii();
    let wanted = match scope {
        Scope::Remark if is_strong => !is_harmless(text) && !is_sentence_about(text),
        Scope::Remark if word == "コミュニティ" || is_other_word(word, text) => false,
        Scope::Remark => is_weak_value(line, from, text, glued, signs),
        Scope::Text if !is_strong || is_list => signs.contains('は') && has_ascii_password(text),
        Scope::Text => word != "初期" && word != "pin" && is_text_value(text, signs),
    };
    let is_reference = scope == Scope::Text && is_reference(text);
    wanted.then_some(())?;
    (!is_reference).then(|| Span::new(line.original(from), line.original(to), word))
}

/// Length of the signs; an opening quote is the last one.
fn signs_length(rest: &str, is_weak: impl Fn(char) -> bool) -> Option<usize> {
    for (at, c) in rest.char_indices() {
        if matches!(c, '「' | '『' | '"' | '\'') {
            return Some(at + c.len_utf8());
        }
        if !STRONG.contains(&c) && !is_weak(c) {
            return Some(at);
        }
    }
    None
}

/// Digits, a closing quote, or a short remark in brackets, which still belong to the label: `PW2:`, `"password":`, `PW(初期):`.
fn label_end(rest: &str) -> usize {
    let digits = rest.chars().take(2).take_while(|c| c.is_ascii_digit()).count();
    let behind_digits = rest.get(digits..).unwrap_or_default();
    let is_label = behind_digits.trim_start().starts_with([':', '=', '→', '「']);
    let digits = if is_label { digits } else { 0 };
    let mut end = digits;
    let rest = rest.get(end..).unwrap_or_default();
    end += usize::from(
        rest.starts_with(['"', '\'', ']'])
            && rest.get(1..).is_some_and(|rest| rest.trim_start().starts_with([':', '=', ',', '-'])),
    );
    let rest = rest.get(end - digits..).unwrap_or_default();
    if let Some(length) = rest.strip_prefix('(').and_then(|inner| inner.find(')')).filter(|length| *length <= 60) {
        let behind = rest.get(length + 2..).unwrap_or_default();
        end += if behind.trim_start().starts_with([':', '=', '→', 'は', '「']) { length + 2 } else { 0 };
    }
    end
}

/// The end of the value whose opening quote is the last sign.
fn quoted(line: &Folded, from: usize, signs: &str) -> Option<usize> {
    let closing = match signs.chars().next_back()? {
        '「' => '」',
        '『' => '』',
        '"' => '"',
        '\'' => '\'',
        _ => return None,
    };
    let rest = line.from(from);
    let mut escaped = false;
    let length = rest.char_indices().take(MAX_CHARS).find_map(|(at, c)| {
        let ends = c == closing && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    });
    length.map(|length| from + length)
}

/// The end of a value without quotes: at a blank or a sign that ends a part of a sentence. In a remark, Latin words that
/// follow belong to it: they may be a pass phrase.
fn plain(line: &Folded, from: usize, scope: Scope) -> Option<usize> {
    let rest = line.from(from);
    let ends = |c: char| match scope {
        Scope::Remark => c.is_whitespace() || matches!(c, '、' | '。' | '」' | '』' | ')' | ']' | '；' | '"'),
        Scope::Text => {
            c.is_whitespace()
                || matches!(c, ';' | '<' | '>' | '&' | '"' | '\'' | '、' | '。' | '」' | '』' | '|' | ')' | '}' | ']')
        }
    };
    let end_of = |from: usize| {
        let rest = rest.get(from..).unwrap_or_default();
        from + rest.char_indices().find(|(_, c)| ends(*c)).map_or(rest.len(), |(at, _)| at)
    };
    let mut to = end_of(0);
    let first = rest.get(..to).unwrap_or_default().trim_end_matches(',').len();
    to = if scope == Scope::Text { first } else { to };
    for _ in 0..8 {
        let more = rest.get(to..).filter(|_| scope == Scope::Remark).and_then(|more| more.strip_prefix(' '));
        let Some(word) = more.and_then(|more| more.get(..end_of(to + 1).checked_sub(to + 1)?)) else { break };
        let is_part = !word.is_empty() && word.is_ascii() && !word.contains([':', '=', '/']);
        if !is_part {
            break;
        }
        to += 1 + word.len();
    }
    let polite = rest.get(..to).and_then(|value| value.strip_suffix("です")).filter(|value| !value.is_empty());
    to = polite.map_or(to, str::len);
    (to > 0).then_some(from + to)
}

/// After a weak sign only what looks like a password counts: 「パスワードはKinen2024」, `pass1234`, not `password never expires`.
fn is_weak_value(line: &Folded, from: usize, value: &str, glued: bool, signs: &str) -> bool {
    let token: String = value.chars().take_while(char::is_ascii_graphic).collect();
    // `sign-in`, `settings:` and `file.dll` are words.
    let is_odd = |c: char| c.is_ascii_digit() || "!@#$%^&*+?~".contains(c);
    let plausible = token.len() >= 4 && token.chars().any(is_odd);
    // `self-service-password/advisory/1.html`: a part of an address.
    let is_address =
        !signs.is_empty() && signs.chars().all(|c| matches!(c, '/' | '-' | '_')) && token.contains(['/', '.']);
    if is_address {
        return false;
    }
    if plausible && !is_harmless(value) {
        return !(glued && token.starts_with(|c: char| c.is_ascii_alphabetic()));
    }
    let behind = line.from(from + token.len());
    let ends = behind.is_empty() || behind.starts_with(['。', '、', ' ', '\n', '」']) || behind.starts_with("です");
    signs.contains('は') && token.len() >= 4 && ends && !is_harmless(&token)
}

/// In other texts a value is Latin as a whole, or holds something that looks like a password.
fn is_text_value(value: &str, signs: &str) -> bool {
    if is_harmless(value) || value.starts_with(['$', '%']) && is_reference(value) {
        return false;
    }
    // Registry values have their type in front; they are read elsewhere.
    let is_typed =
        ["hex:", "hex(", "dword:", "1,", "2,", "3,", "4,", "7,"].iter().any(|start| value.starts_with(start));
    let is_quoted = signs.ends_with(['"', '\'', '「', '『']);
    let is_markup = value.starts_with(['<', '{', '\\', '*', '|', '`']);
    value.is_ascii() && !is_markup && !is_typed && (is_quoted || value.len() >= 3)
        || (!value.is_ascii() && has_ascii_password(value))
}

fn has_ascii_password(value: &str) -> bool {
    let token: String = value.chars().take_while(char::is_ascii_graphic).collect();
    has_password_look(&token) && token.chars().any(|c| c.is_ascii_alphabetic()) && !is_harmless(&token)
}
