//! Codes on paper, for the day the telephone is lost. Each counts once.

use base::{ContentHash, Secret};
use unicode_normalization::UnicodeNormalization as _;

use crate::Randomness;
use crate::account::AccountId;

/// How many are made at a time.
pub const COUNT: usize = 10;
/// Letters and digits that nobody confuses on paper.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// 24 letters of 5 bits: 120 bits.
const CODE_CHARS: usize = 24;

/// New codes, `abcd-efgh-ijkm-npqr-stuv-wxyz`. They are shown once and kept only as hashes.
#[must_use]
pub fn new_codes(randomness: &dyn Randomness) -> Vec<Secret<String>> {
    (0..COUNT).map(|_| new_code(randomness)).collect()
}

fn new_code(randomness: &dyn Randomness) -> Secret<String> {
    let mut bytes = [0_u8; CODE_CHARS];
    randomness.fill(&mut bytes);
    let mut code = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            code.push('-');
        }
        code.push(LETTERS.get(usize::from(byte % 32)).map_or('a', |letter| char::from(*letter)));
    }
    Secret::new(code)
}

/// How a code of an account is kept; however it was typed.
#[must_use]
pub fn hash(account: AccountId, code: &str) -> ContentHash {
    let plain: String = code.nfkc().take(100).filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_lowercase();
    ContentHash::of(format!("recovery {} {plain}", account.0).as_bytes())
}

/// Whether a text looks like such a code and not like one of an authenticator.
#[must_use]
pub fn is_shaped_like_one(text: &str) -> bool {
    text.nfkc().take(100).filter(char::is_ascii_alphanumeric).count() == CODE_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Counting;

    #[test]
    fn ten_different_codes_are_made() {
        let codes = new_codes(&Counting::default());
        let mut texts: Vec<&str> = codes.iter().map(|code| code.expose().as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), COUNT);
        assert!(texts.iter().all(|text| text.len() == 29 && is_shaped_like_one(text)), "{texts:?}");
        assert!(!is_shaped_like_one("123 456"));
    }

    #[test]
    fn a_code_is_known_however_it_is_typed_and_only_for_its_account() {
        let kept = hash(AccountId(1), "abcd-efgh-ijkm-npqr");
        for text in ["ABCD EFGH IJKM NPQR", "abcdefghijkmnpqr", "ａｂｃｄ－ｅｆｇｈ－ｉｊｋｍ－ｎｐｑｒ"]
        {
            assert_eq!(hash(AccountId(1), text), kept, "{text}");
        }
        assert_ne!(hash(AccountId(2), "abcd-efgh-ijkm-npqr"), kept);
    }
}
