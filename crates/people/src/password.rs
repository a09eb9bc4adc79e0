//! Passwords: what may be one, and how one is kept.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use base::Secret;
use subtle::ConstantTimeEq as _;
use unicode_normalization::UnicodeNormalization as _;

use crate::Randomness;

mod common;
mod memory;

pub use memory::AT_ONCE;

/// Fewest characters. There is no rule about kinds of characters: length is what counts.
pub const MIN_CHARS: usize = 12;
/// Most characters.
pub const MAX_CHARS: usize = 200;
/// What must remain of a password once login and name are taken out of it, in characters.
const MIN_OWN_CHARS: usize = 6;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = Params::DEFAULT_OUTPUT_LEN;

/// Verified when there is nothing to verify, so that this takes as long. Nobody knows its password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bWFtb3JpLW5vYm9keS0xNg$u3LkLVmKIh8k6BsRKYUcj5AWkYOHAKzYbTZQC2gzNbE";

/// A password as somebody typed it, normalised: full-width and half-width forms are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password(Secret<String>);

/// Why a text can't be a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`MIN_CHARS`] characters.
    #[error("a password has at least {MIN_CHARS} characters")]
    TooShort,
    /// More than [`MAX_CHARS`] characters.
    #[error("a password has at most {MAX_CHARS} characters")]
    TooLong,
    /// The login or the name, with hardly anything added.
    #[error("a password must not be the login or the name")]
    IsName,
    /// Among the first that anybody guesses.
    #[error("this password is among the most common ones")]
    TooCommon,
}

/// The hash could not be made: a defect.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashError;

impl Password {
    /// A password to be compared. What is too long to be one becomes one that fits nothing.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let normal: String = text.nfkc().take(MAX_CHARS + 1).collect();
        let fits = normal.chars().count() <= MAX_CHARS;
        Self(Secret::new(if fits { normal } else { String::new() }))
    }

    /// A new password for somebody with these names (login, name).
    ///
    /// # Errors
    /// [`PasswordError`] says which rule it breaks.
    ///
    /// Source: NIST SP 800-63B-4 §3.1.1 (length, no composition rules, list of common values, normalisation).
    pub fn choose(text: &str, names: &[&str]) -> Result<Self, PasswordError> {
        let password = Self(Secret::new(text.nfkc().take(MAX_CHARS + 1).collect()));
        let normal = password.0.expose();
        match normal.chars().count() {
            ..MIN_CHARS => return Err(PasswordError::TooShort),
            MIN_CHARS..=MAX_CHARS => {}
            _ => return Err(PasswordError::TooLong),
        }
        let lower = normal.to_lowercase();
        if own_chars(&lower, names) < MIN_OWN_CHARS {
            return Err(PasswordError::IsName);
        }
        if common::is_common(&lower) {
            return Err(PasswordError::TooCommon);
        }
        Ok(password)
    }
}

/// Characters left of `lower` once the names and their parts are taken out; all of them if it holds none.
fn own_chars(lower: &str, names: &[&str]) -> usize {
    let mut parts: Vec<String> = Vec::new();
    for name in names {
        let name: String = name.nfkc().collect::<String>().to_lowercase();
        parts.extend(name.split(|c: char| c.is_whitespace() || "@._-".contains(c)).map(ToOwned::to_owned));
        parts.push(name);
    }
    parts.retain(|part| part.chars().count() >= 2);
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let rest = parts.iter().fold(lower.to_owned(), |rest, part| rest.replace(part.as_str(), ""));
    if rest == lower { MAX_CHARS } else { rest.chars().filter(|c| c.is_alphanumeric()).count() }
}

const ALGORITHM: Algorithm = Algorithm::Argon2id;
const VERSION: Version = Version::V0x13;

/// Argon2id with the parameters OWASP names first: 19 MiB, two rounds, one lane. Every hash that is kept was made with them.
///
/// Source: OWASP Password Storage Cheat Sheet.
fn digest(password: &Password, salt: &[u8]) -> Result<[u8; HASH_BYTES], HashError> {
    let argon2 = Argon2::new(ALGORITHM, VERSION, Params::DEFAULT);
    let mut out = [0_u8; HASH_BYTES];
    let password = password.0.expose().as_bytes();
    memory::with_place(|blocks| argon2.hash_password_into_with_memory(password, salt, &mut out, blocks))
        .map_err(|_| HashError)?;
    Ok(out)
}

/// The hash to be kept, as a PHC string. Slow on purpose.
///
/// # Errors
/// [`HashError`]: a defect.
pub fn hash(password: &Password, randomness: &dyn Randomness) -> Result<String, HashError> {
    let mut salt = [0_u8; SALT_BYTES];
    randomness.fill(&mut salt);
    let output = digest(password, &salt)?;
    let hash = PasswordHash {
        algorithm: ALGORITHM.ident(),
        version: Some(VERSION.into()),
        params: ParamsString::try_from(&Params::DEFAULT).map_err(|_| HashError)?,
        salt: Some(Salt::new(&salt).map_err(|_| HashError)?),
        hash: Some(Output::new(&output).map_err(|_| HashError)?),
    };
    Ok(hash.to_string())
}

/// Whether this is the password kept as `stored`. Without a password to compare with the same work is done, and the answer is no.
#[must_use]
pub fn is_match(password: &Password, stored: Option<&str>) -> bool {
    let stored = stored.filter(|stored| !stored.is_empty());
    let Ok(hash) = PasswordHash::new(stored.unwrap_or(NOBODY)) else { return false };
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else { return false };
    let Ok(found) = digest(password, &salt) else { return false };
    let fits: bool = found.as_slice().ct_eq(expected.as_bytes()).into();
    fits && stored.is_some() && !password.0.expose().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Counting;

    fn choose(text: &str) -> Result<(), PasswordError> {
        Password::choose(text, &["sato.hanako", "佐藤 花子"]).map(|_| ())
    }

    #[test]
    fn twelve_characters_are_enough_and_eleven_are_not() {
        assert_eq!(choose("あおいそらとしろい"), Err(PasswordError::TooShort));
        assert_eq!(choose("kaede no mi"), Err(PasswordError::TooShort));
        assert_eq!(choose("kaede no mic"), Ok(()));
        assert_eq!(choose("あおいそらとしろいくもだ"), Ok(()));
    }

    #[test]
    fn two_hundred_characters_are_the_most() {
        let long: String = "いろはにほへとちりぬる".chars().cycle().take(200).collect();
        assert_eq!(choose(&long), Ok(()));
        assert_eq!(choose(&(long + "x")), Err(PasswordError::TooLong));
    }

    #[test]
    fn the_login_or_the_name_is_no_password() {
        for text in [
            "sato.hanako1",
            "SatoHanako2026",
            "佐藤花子佐藤花子佐藤花子",
            "hanako-hanako-1",
            "ｓａｔｏ．ｈａｎａｋｏ１",
        ] {
            assert_eq!(choose(text), Err(PasswordError::IsName), "{text}");
        }
        assert_eq!(choose("sato likes plum blossoms"), Ok(()));
    }

    #[test]
    fn the_most_common_ones_are_no_passwords_in_any_dress() {
        for text in [
            "password1234",
            "P@ssw0rd2026!",
            "Password-Password",
            "123456789012",
            "aaaaaaaaaaaa",
            "abcdefghijkl",
            "1q2w3e4r5t6y",
            "1qaz2wsx3edc",
            "administrator",
            "sakura-123456",
            "ｓａｋｕｒａ１２３４５６",
            "パスワードパスワード12",
            "byouin2026!!",
            "kangoshi1234",
            "令和令和令和令和20261",
            "20262026202620",
        ] {
            assert_eq!(choose(text), Err(PasswordError::TooCommon), "{text}");
        }
        for text in ["sakura ga saku oka", "4081 7733 1920", "correct horse battery"] {
            assert_eq!(choose(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_password_is_known_again_in_full_width() {
        let randomness = Counting::default();
        let kept = hash(&Password::choose("umeboshi to 7 tanuki", &[]).unwrap(), &randomness).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(is_match(&Password::typed("umeboshi to 7 tanuki"), Some(&kept)));
        assert!(is_match(&Password::typed("umeboshi to ７ tanuki"), Some(&kept)));
        assert!(!is_match(&Password::typed("Umeboshi to 7 tanuki"), Some(&kept)));
    }

    #[test]
    fn nobody_signs_in_where_no_password_is_kept() {
        for text in ["", "x", &"x".repeat(10_000)] {
            assert!(!is_match(&Password::typed(text), None));
            assert!(!is_match(&Password::typed(text), Some("")));
            assert!(!is_match(&Password::typed(text), Some("nonsense")));
        }
    }

    #[test]
    fn the_work_for_nobody_is_the_work_for_somebody() {
        let randomness = Counting::default();
        let kept = hash(&Password::typed("umeboshi to 7 tanuki"), &randomness).unwrap();
        let shape = |text: &str| text.split('$').take(4).map(ToOwned::to_owned).collect::<Vec<_>>();
        assert_eq!(shape(NOBODY), shape(&kept));
        assert!(PasswordHash::new(NOBODY).is_ok());
    }

    #[test]
    fn a_password_is_never_printed() {
        assert!(!format!("{:?}", Password::typed("umeboshi to 7 tanuki")).contains("ume"));
    }
}
