//! The cheap question before all others: is there any word here that a secret could stand behind?

/// Words by their first byte, in small letters. Every rule needs one of them.
const LATIN: &[&str] = &[
    "pass",
    "pw",
    "psk",
    "pin",
    "pp auth",
    "private key",
    "pre-shared",
    "secret",
    "communit",
    "key",
    "net",
    "login user",
    "/rp",
    "curl",
    "psexec",
    "paexec",
    "sqlcmd",
    "snmp",
    "securestring",
    "://",
];

const JAPANESE: &[&str] = &[
    "パス",
    "ﾊﾟｽﾜｰﾄﾞ",
    "ぱすわーど",
    "暗証",
    "合言葉",
    "合い言葉",
    "回復キー",
    "復旧キー",
    "復元キー",
    "共有鍵",
    "共有キー",
    "シークレット",
    "秘密鍵",
    "秘密の",
    "暗号化キー",
    "暗号キー",
    "暗号鍵",
    "コミュニティ",
    "キー",
    "解除コード",
    "解錠番号",
    "初期",
    "ローカルadmin",
    "ｐ",
    "Ｐ",
    "ｋｅｙ",
    "Ｓ",
];

/// Whether a word can begin with this byte.
const fn may_begin(byte: u8) -> bool {
    matches!(
        byte,
        b'p' | b'P' | b's' | b'S' | b'c' | b'C' | b'l' | b'L' | b'k' | b'K' | b'n' | b'N' | b'/' | b':' | 0xE3 | 0xE5
            ..=0xE8 | 0xEF
    )
}

/// Offset of the first such word at or behind `from`.
pub(super) fn find(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        at += rest.iter().position(|byte| may_begin(*byte))?;
        if begins_word(bytes.get(at..)?) {
            return Some(at);
        }
        at += 1;
    }
}

fn begins_word(rest: &[u8]) -> bool {
    let begins = |word: &str| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
    match rest.first() {
        Some(first) if !first.is_ascii() => JAPANESE.iter().any(|word| begins(word)),
        Some(b':') => begins("://") && has_account(rest),
        Some(b'n' | b'N') => {
            begins("net") && rest.get(3).is_some_and(|next| matches!(next, b' ' | b'.' | b'1' | b'\t'))
        }
        Some(_) => LATIN.iter().any(|word| begins(word)),
        None => false,
    }
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
