//! People with an account.

use base::plain::plain_line;
use base::{Lang, UtcSeconds};
use unicode_normalization::UnicodeNormalization as _;

/// Number of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Number.
    pub id: AccountId,
    /// What is typed to sign in.
    pub login: Login,
    /// Name as people know it.
    pub name: String,
    /// Department; empty if none.
    pub department: String,
    /// The company, for accounts of vendors; empty for others.
    pub vendor: String,
    /// Language of the pages.
    pub lang: Lang,
    /// Whether it may sign in.
    pub enabled: bool,
    /// When it was made.
    pub created_at: UtcSeconds,
    /// First sign-in.
    pub first_seen_at: Option<UtcSeconds>,
    /// Last sign-in.
    pub last_seen_at: Option<UtcSeconds>,
}

impl Account {
    /// How the ledger names this person: the login, which never changes, and the name.
    #[must_use]
    pub fn who(&self) -> String {
        format!("{}（{}）", self.login.as_str(), self.name)
    }
}

/// What somebody types to sign in: 2 to 60 characters of `a-z 0-9 . _ - @`, at least one of them a letter or a digit, kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Login(String);

impl Login {
    /// Longest login, in characters.
    pub const MAX_CHARS: usize = 60;

    /// # Errors
    /// [`LoginError`] if it is too short, too long or has other characters.
    pub fn new(text: &str) -> Result<Self, LoginError> {
        // Names are compared without punctuation: one of punctuation only would be nobody's.
        Self::kept(&text.trim().to_lowercase())
            .filter(|login| login.0.contains(|c: char| c.is_ascii_alphanumeric()))
            .ok_or(LoginError)
    }

    /// One that is in the table: those of punctuation only were given before.
    pub(crate) fn kept(login: &str) -> Option<Self> {
        let fits = (2..=Self::MAX_CHARS).contains(&login.chars().count());
        let plain = login.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@".contains(c));
        (fits && plain).then(|| Self(login.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that can't be a login.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a login has 2 to 60 characters of a-z, 0-9 and . _ - @, at least one of them a letter or a digit")]
pub struct LoginError;

/// Longest name of a person, department or company, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// A name as it may be shown: trimmed, without control or direction characters, cut to [`MAX_NAME_CHARS`].
#[must_use]
pub fn clean_name(text: &str) -> String {
    plain_line(text.trim()).chars().take(MAX_NAME_CHARS).collect()
}

/// A code or a number as it was meant: half-width, without blanks and hyphens.
#[must_use]
pub fn without_blanks(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_kept_in_lower_case() {
        assert_eq!(
            Login::new(" Sato@Hospital ").map(|login| login.as_str().to_owned()),
            Ok("sato@hospital".to_owned())
        );
    }

    #[test]
    fn what_looks_alike_but_is_not_is_no_login() {
        for text in ["a", "--", "@.@", "佐藤", "sa to", "sato\u{202e}", &"a".repeat(61)] {
            assert_eq!(Login::new(text), Err(LoginError), "{text}");
        }
    }

    #[test]
    fn a_number_is_read_however_a_japanese_keyboard_wrote_it() {
        for text in ["10714429", "１０７１４４２９", " 1071 4429 ", "１０７１　４４２９", "1071-4429"]
        {
            assert_eq!(without_blanks(text), "10714429", "{text}");
        }
    }

    #[test]
    fn a_name_can_not_turn_the_line_around() {
        assert_eq!(clean_name(" 佐藤\u{202e}\n花子 "), "佐藤花子");
    }
}
