//! What a value looks like: a password, a word about passwords, or nothing.

use unicode_normalization::UnicodeNormalization as _;

/// Values that say something about a password without being one, width and case folded.
const HARMLESS: &[&str] = &[
    "はい",
    "いいえ",
    "有",
    "無",
    "有り",
    "無し",
    "あり",
    "なし",
    "有無",
    "○",
    "◯",
    "〇",
    "×",
    "✕",
    "✓",
    "✔",
    "レ",
    "済",
    "済み",
    "未",
    "要",
    "不要",
    "可",
    "不可",
    "yes",
    "no",
    "y",
    "n",
    "true",
    "false",
    "on",
    "off",
    "enabled",
    "disabled",
    "null",
    "none",
    "nil",
    "n/a",
    "na",
    "-",
    "--",
    "---",
    "ー",
    "―",
    "?",
    "不明",
    "未定",
    "未記入",
    "未設定",
    "未変更",
    "設定済",
    "設定済み",
    "設定有",
    "設定あり",
    "設定無",
    "設定なし",
    "変更済",
    "変更済み",
    "初期値",
    "初期値のまま",
    "出荷時",
    "初期設定",
    "初期設定のまま",
    "デフォルト",
    "デフォルトのまま",
    "default",
    "共通",
    "個別",
    "同一",
    "同上",
    "〃",
    "々",
    "別紙",
    "別紙参照",
    "別紙のとおり",
    "別途",
    "別途管理",
    "別途通知",
    "別途連絡",
    "台帳参照",
    "金庫",
    "金庫保管",
    "封印",
    "厳秘",
    "非公開",
    "非開示",
    "秘密",
    "省略",
    "病院",
    "院内",
    "ベンダー",
    "業者",
    "保守業者",
    "両方",
    "端末ごと",
    "本人のみ",
    "本人管理",
    "本人のみ把握",
    "管理者のみ",
    "担当者のみ",
    "laps",
    "windows laps",
    "unknown",
    "unset",
    "shared",
    "unique",
    "required",
    "not required",
    "string",
    "redacted",
    "masked",
    "hidden",
    "sensitive",
    "*sensitive*data*deleted*",
    "enc",
    "encrypted",
    "changed",
    "same",
    "共有",
];

/// Parts of a sentence about passwords; a sentence with none of these after 「パスワード：」 is taken for one.
const ABOUT: &[&str] = &[
    "管理",
    "保管",
    "参照",
    "別紙",
    "変更",
    "設定",
    "定期",
    "更新",
    "共有",
    "担当",
    "使用",
    "利用",
    "必要",
    "不要",
    "禁止",
    "確認",
    "以上",
    "文字",
    "桁",
    "使い回し",
    "台帳",
    "金庫",
    "封筒",
    "本人",
    "部署",
    "通知",
    "連絡",
    "問い合わせ",
    "未定",
    "無期限",
    "期限",
    "同じ",
    "異なる",
    "なし",
    "ごと",
    "記載",
];

/// NFKC, small letters, without blanks at the ends.
pub(super) fn fold(text: &str) -> String {
    text.trim().chars().take(2_000).nfkc().flat_map(char::to_lowercase).collect::<String>().trim().to_owned()
}

/// Whether a value in a column of passwords is none: empty, a known word, yes or no, a date, a mark.
pub(super) fn is_harmless(value: &str) -> bool {
    let folded = fold(value);
    let bare = folded.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | '「' | '」' | '。' | ' '));
    bare.is_empty() || HARMLESS.contains(&bare) || is_mask(bare) || is_date(bare)
}

/// `***`, `●●●●`, `xxxxxx`: somebody else struck it already.
fn is_mask(text: &str) -> bool {
    let marks = ['*', '•', '●', '○', '◯', '■', '＊', '_', '.', '-', '#', '・', '…'];
    text.chars().all(|c| marks.contains(&c)) || (text.chars().count() >= 3 && text.chars().all(|c| c == 'x'))
}

/// `2026-04-01`, `2026/4/1 9:30`, `2026年4月`, `R8.4.1`, `令和8年4月1日`, `4月1日`.
fn is_date(text: &str) -> bool {
    let day = text.split([' ', 't']).next().unwrap_or(text);
    let era = day.trim_start_matches("令和").trim_start_matches("平成").trim_start_matches('r').trim_start_matches('h');
    if era.chars().count() > 12 {
        return false;
    }
    let parts: Vec<&str> = era.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    let Some(numbers) = numbers else { return false };
    let is_month = |month: &u32| (1..=12).contains(month);
    let is_day = |day: &u32| (1..=31).contains(day);
    match numbers.as_slice() {
        [year, month, day] if is_month(month) && is_day(day) => *year <= 99 || (1900..=2200).contains(year),
        [month, day, year] if is_month(month) && is_day(day) => (1900..=2200).contains(year),
        [year, month] if is_month(month) && era.contains('年') => (1900..=2200).contains(year) || *year <= 99,
        [month, day] => is_month(month) && is_day(day) && era.contains('月'),
        _ => false,
    }
}

/// A word of at least four ASCII characters of which one is no letter: `Kinen2024`, `p@ss`.
pub(super) fn has_password_look(value: &str) -> bool {
    let folded: String = value.chars().take(2_000).nfkc().collect();
    folded.split(|c: char| !c.is_ascii_graphic()).any(|word| {
        word.len() >= 4
            && word.chars().any(|c| !c.is_ascii_alphabetic())
            && word.chars().any(|c| c.is_ascii_alphanumeric())
    })
}

/// A sentence in Japanese about passwords, without anything that looks like one.
pub(super) fn is_sentence_about(value: &str) -> bool {
    ABOUT.iter().any(|part| value.contains(part)) && !has_password_look(value)
}

/// What programs put where a password comes from elsewhere: `$password`, `%PW%`, `<password>`, `{{ pw }}`, `read()`.
pub(super) fn is_reference(value: &str) -> bool {
    let calls = ["read-host", "get-", "convertto-", "new-object", "getpass", "input(", "os.environ", "process.env"];
    let starts = ["$(", "${", "{{", "<", "(", "[", "@{", "&lt;"];
    let is_variable = value.strip_prefix('$').is_some_and(|name| {
        let name = name.trim_end_matches([')', ',', ';']);
        let of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':');
        name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(of_name)
    });
    let is_environment = value.len() > 2 && value.starts_with('%') && value.ends_with('%');
    let is_call = value.contains('(') && value.ends_with([')', '(', ';']);
    is_variable
        || is_environment
        || is_call
        || calls.iter().any(|call| value.starts_with(call))
        || starts.iter().any(|start| value.starts_with(start))
}
