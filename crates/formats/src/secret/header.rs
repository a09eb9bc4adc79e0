//! What the label of a column, or the name of a setting, says about the values below it.

use unicode_normalization::UnicodeNormalization as _;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// Secrets.
    Secret,
    /// Something about secrets: a day, a rule, a person.
    About,
    /// Anything else.
    Other,
}

/// Words that may stand anywhere in a label.
const WORDS: &[&str] = &[
    "パスワード",
    "パスワ-ド",
    "ぱすわーど",
    "パスフレーズ",
    "パスコード",
    "暗証番号",
    "暗証",
    "合言葉",
    "合い言葉",
    "秘密の答え",
    "秘密の質問の答え",
    "回復キー",
    "復旧キー",
    "復元キー",
    "回復パス",
    "事前共有鍵",
    "事前共有キー",
    "共有鍵",
    "共有キー",
    "共有シークレット",
    "シークレットキー",
    "秘密鍵",
    "暗号化キー",
    "暗号キー",
    "暗号鍵",
    "ネットワークキー",
    "wi-fiキー",
    "wifiキー",
    "無線キー",
    "無線lanキー",
    "snmpコミュニティ",
    "コミュニティ名",
    "コミュニティ文字列",
    "apiキー",
    "アクセスキー",
    "認証キー",
    "解除コード",
    "解錠番号",
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "passcode",
    "admpwd",
    "pre-sharedkey",
    "presharedkey",
    "privatekey",
    "secretkey",
    "recoverykey",
    "snmpcommunity",
    "communitystring",
    "apikey",
    "sharedsecret",
];

/// Words that count only where no Latin letter touches them.
const SHORT_WORDS: &[&str] = &["pw", "pwd", "pass", "pin", "pincode", "psk", "secret", "wpakey", "wepkey"];

/// What follows such a word in the label of a column that only speaks about secrets.
const ABOUT: &[&str] = &[
    "変更",
    "更新",
    "期限",
    "有効",
    "日",
    "使い回し",
    "使いまわし",
    "再利用",
    "ルール",
    "規則",
    "規程",
    "方針",
    "ポリシ",
    "桁",
    "文字数",
    "長さ",
    "長",
    "強度",
    "有無",
    "方式",
    "方法",
    "形式",
    "種別",
    "種類",
    "管理",
    "保管",
    "担当",
    "責任",
    "場所",
    "設定有",
    "設定日",
    "設定状況",
    "設定者",
    "設定の",
    "状況",
    "状態",
    "要否",
    "必要",
    "共有者",
    "共有の",
    "共用",
    "通知",
    "配布",
    "発行",
    "ロック",
    "試行",
    "回数",
    "履歴",
    "世代",
    "複雑",
    "認証",
    "定期",
    "周期",
    "頻度",
    "間隔",
    "台帳",
    "一覧",
    "リスト",
    "記載",
    "マネージャ",
    "付き",
    "保護",
    "不要",
    "無期限",
    "数",
    "id",
    "ヒント",
    "なし",
    "あり",
    "の有",
    "対策",
    "expir",
    "change",
    "policy",
    "lastset",
    "age",
    "length",
    "count",
    "attempt",
    "required",
    "notrequired",
    "never",
    "encryption",
    "manager",
];

/// As [`ABOUT`], in front of the word.
const ABOUT_BEFORE: &[&str] = &[
    "cannotchange",
    "change",
    "require",
    "prompt",
    "save",
    "show",
    "allow",
    "cleartext",
    "reset",
    "blank",
    "expired",
    "remember",
];

/// Longest text taken for a label, in characters.
const MAX_CHARS: usize = 60;

/// Judges a label as people write it.
pub(super) fn judge(label: &str) -> Label {
    if label.chars().nth(MAX_CHARS).is_some() {
        return Label::Other;
    }
    let spaced: String = label.nfkc().flat_map(char::to_lowercase).collect();
    let folded: String = spaced.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '*' | '・')).collect();
    let mut places: Vec<(usize, usize)> = Vec::new();
    for word in WORDS {
        places.extend(folded.match_indices(word).map(|(at, _)| (at, at + word.len())));
    }
    places.extend(short_words(&folded, &spaced));
    places.sort_unstable();
    if places.is_empty() {
        return Label::Other;
    }
    let is_secret = |(index, (from, to)): (usize, &(usize, usize))| {
        let next = places.get(index + 1..).and_then(|rest| rest.iter().find(|(next, _)| next >= to));
        let tail = folded.get(*to..next.map_or(folded.len(), |(next, _)| *next)).unwrap_or_default();
        let head = folded.get(..*from).unwrap_or_default();
        // A longer word decides about the shorter one inside it.
        let inside = places.iter().any(|(a, b)| a <= from && to <= b && (a, b) != (from, to));
        !inside && !speaks_about(tail) && !ABOUT_BEFORE.iter().any(|word| head.ends_with(word))
    };
    if places.iter().enumerate().any(is_secret) { Label::Secret } else { Label::About }
}

fn speaks_about(tail: &str) -> bool {
    let tail = ["変更後", "変更前", "更新後", "更新前", "設定値"]
        .iter()
        .fold(tail.to_owned(), |tail, part| tail.replace(part, ""));
    // In brackets it says whose password it is.
    let tail = if tail.starts_with('(') {
        ["管理者", "管理用", "担当者", "共用", "共有"].iter().fold(tail, |tail, part| tail.replace(part, ""))
    } else {
        tail
    };
    let direct = tail.trim_start_matches(['の', '(', ')', 'は', 'を', 'が', '・']);
    // Behind a slash something else is named.
    let tail = tail.split(['/', ',', '、', '&', '+']).next().unwrap_or_default();
    ABOUT
        .iter()
        .any(|word| direct.starts_with(word) || (word.chars().count() > 1 && !word.is_ascii() && tail.contains(word)))
}

/// Short words with nothing Latin around them; blanks between words count as borders, so `Bit Pin` is one but `pinset` is not.
fn short_words(folded: &str, spaced: &str) -> Vec<(usize, usize)> {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let mut found = Vec::new();
    for word in SHORT_WORDS {
        let stands_alone = |text: &str, at: usize| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
            // 「PINヘッダー」 is a part, 「PINコード」 a secret.
            let rest = text.get(at + word.len()..).unwrap_or_default();
            let is_part = *word == "pin"
                && after.is_some_and(char::is_alphabetic)
                && !["コード", "番号", "の"].iter().any(|end| rest.starts_with(end));
            !is_letter(before) && !is_letter(after) && !is_part
        };
        if spaced.match_indices(word).any(|(at, _)| stands_alone(spaced, at)) {
            found.extend(folded.match_indices(word).map(|(at, _)| (at, at + word.len())).take(1));
        }
    }
    found
}

/// Ends of names of settings that hold secrets.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "psk",
    "psksecret",
    "sharedsecret",
    "presharedkey",
    "keymaterial",
    "privatekey",
    "secretkey",
    "clientsecret",
    "apikey",
    "accesskey",
    "communitystring",
    "recoverykey",
];

/// Names that hold secrets only as a whole.
const WHOLE_NAMES: &[&str] = &["pass", "pw", "secret"];

/// Parts of names that end like that but hold a switch.
const SWITCHES: &[&str] = &[
    "cleartext",
    "change",
    "require",
    "prompt",
    "save",
    "show",
    "allow",
    "never",
    "reset",
    "forgot",
    "blank",
    "hide",
    "remember",
    "disable",
    "need",
    "expire",
    "mustuse",
    "without",
    "askfor",
    "hasp",
];

/// Whether a setting, attribute or element of this name holds a secret: `DefaultPassword`, `db_pwd`, `cpassword`.
pub(super) fn is_secret_name(name: &str) -> bool {
    let last = name.trim().rsplit(['\\', '/', ':', '.', '!']).next().unwrap_or(name);
    let plain: String =
        last.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).take(200).collect::<String>().to_ascii_lowercase();
    (NAMES.iter().any(|end| plain.ends_with(end)) || WHOLE_NAMES.contains(&plain.as_str()))
        && !SWITCHES.iter().any(|part| plain.contains(part))
}
