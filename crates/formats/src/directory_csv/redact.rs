//! Takes passwords out of directory exports.

use super::MAX_COLUMNS;
use super::sheet::open;
use crate::delimited::Record;
use crate::redaction::{Cutter, Redacted};
use crate::text::Units;

use unicode_normalization::UnicodeNormalization as _;

/// Attributes whose value is a secret, in small letters.
const SECRET_COLUMNS: [&str; 24] = [
    "ms-mcs-admpwd",
    "mslaps-password",
    "mslaps-encryptedpassword",
    "mslaps-encryptedpasswordhistory",
    "mslaps-encrypteddsrmpassword",
    "mslaps-encrypteddsrmpasswordhistory",
    "msfve-recoverypassword",
    "msfve-keypackage",
    "msds-managedpassword",
    "userpassword",
    "unixuserpassword",
    "unixpassword",
    "unicodepwd",
    "unicodepassword",
    "sfupassword",
    "mssfu30password",
    "dbcspwd",
    "ntpwdhistory",
    "lmpwdhistory",
    "supplementalcredentials",
    "admpwd",
    "password",
    "accountpassword",
    "パスワード",
];

/// What stands in a description after its password was taken out.
pub(super) const STRUCK_DESCRIPTION: &str = "***";

/// Empties every cell of a column that holds secrets, and puts `***` for every description that looks like it
/// holds a password.
///
/// `None` if there is nothing to take out. In a file with such a column, a row that does not fit the header loses all its
/// cells, because nobody can tell where its secret stands; so does every row if the header is wider than is read. Works in one pass and has no limit of its own, so that no part
/// of a long file escapes it.
#[must_use]
pub fn redact(bytes: &[u8]) -> Option<Redacted> {
    let units = Units::new(bytes);
    let (header, records) = open(units)?;
    let too_wide = header.fields.len() > MAX_COLUMNS;
    let fields = header.fields.iter().take(MAX_COLUMNS);
    let names: Vec<String> = fields.map(|field| field.text(&units).trim().to_owned()).collect();
    let kinds: Vec<Column> = names.iter().map(|name| Column::of(name)).collect();
    let has_secrets = too_wide || kinds.contains(&Column::Secret);
    let mut cutter = Cutter::new(units.bytes());
    for record in records {
        let fits = !too_wide && record.fields.len() == names.len() && !record.unterminated;
        if has_secrets && !fits {
            cut_all(&record, &units, &mut cutter);
            continue;
        }
        for ((field, name), kind) in record.fields.iter().zip(&names).zip(&kinds) {
            let (from, to) = (units.offset(field.from), units.offset(field.to));
            match kind {
                Column::Secret if !units.text(field.from, field.to).trim().is_empty() => {
                    cutter.cut(from, to, name, field.line)
                }
                Column::Description if holds_password_hint(&field.text(&units)) => {
                    cutter.mask(from, to, name, field.line, &units.encode_ascii(STRUCK_DESCRIPTION));
                }
                Column::Secret | Column::Description | Column::Other => {}
            }
        }
    }
    cutter.finish()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Secret,
    Description,
    Other,
}

impl Column {
    fn of(name: &str) -> Self {
        let name: String = name.nfkc().collect::<String>().to_lowercase();
        match name.as_str() {
            "description" | "info" | "comment" | "notes" | "説明" | "備考" => Self::Description,
            name if SECRET_COLUMNS.contains(&name) => Self::Secret,
            _ => Self::Other,
        }
    }
}

fn cut_all(record: &Record, units: &Units<'_>, cutter: &mut Cutter<'_>) {
    for field in record.fields.iter().filter(|field| field.from < field.to) {
        // A quote that never closes reaches the end of the file, with what is left of a torn character.
        let last = record.unterminated && field.to >= units.len();
        let to = if last { units.bytes().len() } else { units.offset(field.to) };
        cutter.cut(units.offset(field.from), to, "row that does not fit the header", field.line);
    }
}

const WORDS: [&str; 10] =
    ["パスワード", "暗証番号", "初期", "password", "passwd", "passwort", "passcode", "pass", "pwd", "pw"];

/// Whether a description looks like it holds a password: `パスワード：…`, `PW=…`, `初期 Kinen2024`, `pass1234`.
///
/// After a sign such as `:` or `=` anything counts; otherwise only a word with a digit or a special character, so that
/// 「パスワード変更担当」 and "password never expires" do not.
#[must_use]
pub fn holds_password_hint(description: &str) -> bool {
    let text: String = description.chars().take(2000).collect::<String>().nfkc().collect::<String>().to_lowercase();
    WORDS.iter().any(|word| text.match_indices(word).any(|(at, _)| follows_password(&text, at, word)))
}

fn follows_password(text: &str, at: usize, word: &str) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    if word.is_ascii() && before.is_some_and(|c| c.is_ascii_alphanumeric()) {
        return false;
    }
    let rest = text.get(at + word.len()..).unwrap_or_default();
    let is_strong = |c: char| matches!(c, ':' | '=' | '→' | '「' | '『' | '"' | '\'');
    let is_weak = |c: char| {
        c.is_whitespace() || matches!(c, 'は' | 'が' | '-' | '_' | '/' | '(' | '[' | '<' | '>' | ',' | '、' | 'ー')
    };
    let token_at = rest.find(|c: char| !is_strong(c) && !is_weak(c));
    let Some((signs, token)) = token_at.and_then(|at| rest.split_at_checked(at)) else { return false };
    if signs.contains(is_strong) {
        return true;
    }
    let token: String = token.chars().take_while(char::is_ascii_graphic).collect();
    // Glued to a Latin word only digits and signs make a password: `pass1234`, not `passport-office2`.
    let glued = signs.is_empty() && word.is_ascii();
    let plausible = token.len() >= 4 && token.chars().any(|c| !c.is_ascii_alphabetic());
    plausible && !(glued && token.starts_with(|c: char| c.is_ascii_alphabetic()))
}
