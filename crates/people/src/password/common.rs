//! The passwords anybody guesses first.

/// Words that make no password, alone, repeated, put together, or with digits and marks around them.
const WORDS: &[&str] = &[
    "password",
    "passw",
    "pass",
    "passwd",
    "passcode",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "testing",
    "login",
    "welcome",
    "letmein",
    "iloveyou",
    "monkey",
    "dragon",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "master",
    "shadow",
    "superman",
    "batman",
    "trustno",
    "secret",
    "changeme",
    "default",
    "server",
    "windows",
    "microsoft",
    "google",
    "apple",
    "computer",
    "internet",
    "summer",
    "winter",
    "spring",
    "autumn",
    "qwerty",
    "qwertyuiop",
    "qwertz",
    "asdf",
    "asdfgh",
    "asdfghjkl",
    "zxcv",
    "zxcvbn",
    "zxcvbnm",
    "qaz",
    "qazwsx",
    "qazwsxedc",
    "qazwsxedcrfv",
    "zaq",
    "xsw",
    "qwe",
    "asd",
    "zxc",
    "abc",
    "abcd",
    "abcde",
    "abcdef",
    "aaa",
    "hospital",
    "clinic",
    "doctor",
    "nurse",
    "patient",
    "medical",
    "health",
    "security",
    "mamori",
    "japan",
    "tokyo",
    "osaka",
    "kyoto",
    "nagoya",
    "sapporo",
    "fukuoka",
    "nihon",
    "nippon",
    "sakura",
    "hanako",
    "taro",
    "tarou",
    "takahashi",
    "suzuki",
    "tanaka",
    "yamada",
    "sato",
    "satou",
    "watanabe",
    "ito",
    "doraemon",
    "pokemon",
    "pikachu",
    "anpanman",
    "totoro",
    "naruto",
    "arigatou",
    "arigato",
    "aishiteru",
    "daisuki",
    "konnichiwa",
    "ohayou",
    "ohayo",
    "ohayougozaimasu",
    "yoroshiku",
    "ganbare",
    "ganbaru",
    "himitsu",
    "neko",
    "inu",
    "sushi",
    "ramen",
    "fuji",
    "fujisan",
    "reiwa",
    "heisei",
    "showa",
    "byouin",
    "byoin",
    "kango",
    "kangoshi",
    "kangofu",
    "ishi",
    "isha",
    "iryou",
    "iryo",
    "kanja",
    "jimu",
    "jouhou",
    "johou",
    "johoshitsu",
    "densan",
    "karute",
    "yakkyoku",
    "kanri",
    "kanrisha",
    "パスワード",
    "ぱすわーど",
    "ひみつ",
    "秘密",
    "あいうえお",
    "かきくけこ",
    "さくら",
    "桜",
    "ありがとう",
    "こんにちは",
    "おはよう",
    "びょういん",
    "病院",
    "医院",
    "看護師",
    "看護部",
    "医師",
    "医事課",
    "管理者",
    "令和",
    "平成",
    "昭和",
    "日本",
    "東京",
    "大阪",
];

/// Whether `lower` is made of common words, a run (`abcdefghijkl`, `123456789012`) or a short block said again and again.
pub(super) fn is_common(lower: &str) -> bool {
    let plain: Vec<char> = lower.chars().filter(|c| c.is_alphanumeric() || *c == 'ー').collect();
    if is_run(&plain) || is_block_repeated(&plain) {
        return true;
    }
    // Digits and marks before and behind are ornament; those inside stand for letters.
    let undressed: String = lower.trim_matches(|c: char| !c.is_alphabetic()).chars().map(undress).collect();
    [lower, undressed.as_str()].iter().any(|text| is_of_words(text))
}

/// Marks people put for letters.
const fn undress(c: char) -> char {
    match c {
        '@' => 'a',
        '0' => 'o',
        '$' => 's',
        '!' => 'i',
        '3' => 'e',
        other => other,
    }
}

/// Every step from one character to the next is the same and small.
fn is_run(plain: &[char]) -> bool {
    let steps: Vec<i64> = plain
        .iter()
        .zip(plain.iter().skip(1))
        .map(|(a, b)| i64::from(u32::from(*b)) - i64::from(u32::from(*a)))
        .collect();
    // 9 → 0 and 0 → 9 go on.
    let is_step = |step: i64, wanted: i64| step == wanted || step == -9 * wanted;
    [-1, 1].iter().any(|wanted| steps.iter().all(|step| is_step(*step, *wanted))) || steps.iter().all(|step| *step == 0)
}

/// One block of up to four characters fills it, the last time perhaps in part.
fn is_block_repeated(plain: &[char]) -> bool {
    (1..=4).any(|length| plain.iter().zip(plain.iter().skip(length)).all(|(a, b)| a == b))
}

/// Nothing but common words is left once digits and marks are gone.
fn is_of_words(text: &str) -> bool {
    let letters: String = text.chars().filter(|c| c.is_alphabetic() || *c == 'ー').collect();
    !letters.is_empty() && is_made_of(&letters, 4)
}

fn is_made_of(letters: &str, words: usize) -> bool {
    letters.is_empty()
        || words > 0
            && WORDS.iter().any(|word| letters.strip_prefix(word).is_some_and(|rest| is_made_of(rest, words - 1)))
}
