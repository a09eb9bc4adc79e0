//! The second factor: codes of an authenticator (RFC 6238: SHA-1, 30 seconds, six digits).

use base::{Secret, UtcSeconds};
use totp_rs::{Algorithm, Builder, Totp};
use unicode_normalization::UnicodeNormalization as _;

use crate::account::Login;
use crate::{Randomness, is_same_secret};

/// Seconds of one step.
const STEP_S: i64 = 30;
/// Steps before and after the present one whose codes count as well, for clocks that differ.
const SKEW_STEPS: i64 = 1;
const SECRET_BYTES: usize = 20;
/// How authenticators name us.
const ISSUER: &str = "mamori";

/// A new secret for an authenticator, in base32.
#[must_use]
pub fn new_secret(randomness: &dyn Randomness) -> Secret<String> {
    let mut bytes = [0_u8; SECRET_BYTES];
    randomness.fill(&mut bytes);
    Secret::new(totp_rs::Secret::new_stack(bytes).to_base32())
}

/// The address an authenticator reads from the square code.
#[must_use]
pub fn address(secret: &Secret<String>, login: &Login) -> Secret<String> {
    let login = login.as_str().replace('@', "%40");
    Secret::new(format!(
        "otpauth://totp/{ISSUER}:{login}?secret={}&issuer={ISSUER}&algorithm=SHA1&digits=6&period={STEP_S}",
        secret.expose()
    ))
}

/// The step whose code this is, if it counts: no further than one step away and later than `last`, the last step accepted.
/// A code counts once.
#[must_use]
pub fn find_step(secret: &Secret<String>, code: &str, now: UtcSeconds, last: i64) -> Option<i64> {
    let totp = generator(secret)?;
    let code: String = code.nfkc().filter(char::is_ascii_digit).take(7).collect();
    let present = now.0.div_euclid(STEP_S);
    let mut found = None;
    for step in present - SKEW_STEPS..=present + SKEW_STEPS {
        let Ok(at) = u64::try_from(step * STEP_S) else { continue };
        let is_this = is_same_secret(&totp.generate(at).to_string(), &code);
        if is_this && step > last && found.is_none() {
            found = Some(step);
        }
    }
    found
}

/// Whether a code is right and refused only because every code of now is older than `last`, the last one accepted: the clock
/// was set back.
#[must_use]
pub fn is_clock_behind(secret: &Secret<String>, code: &str, now: UtcSeconds, last: i64) -> bool {
    now.0.div_euclid(STEP_S) + SKEW_STEPS < last && find_step(secret, code, now, 0).is_some()
}

/// The code of this moment, as an authenticator shows it.
#[must_use]
pub fn code_at(secret: &Secret<String>, now: UtcSeconds) -> Option<String> {
    Some(generator(secret)?.generate(u64::try_from(now.0).ok()?).to_string())
}

fn generator(secret: &Secret<String>) -> Option<Totp> {
    let secret = totp_rs::Secret::try_from_base32(secret.expose()).ok()?;
    let builder =
        Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(STEP_S.unsigned_abs());
    builder.with_secret(secret).with_account_name("account").build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `12345678901234567890`, the secret of the RFC's own examples.
    fn rfc_secret() -> Secret<String> {
        Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned())
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(code_at(&rfc_secret(), UtcSeconds(at)).as_deref(), Some(code));
            assert_eq!(find_step(&rfc_secret(), code, UtcSeconds(at), 0), Some(at / 30));
        }
    }

    #[test]
    fn a_code_counts_one_step_early_or_late_and_no_further() {
        let at = UtcSeconds(1_111_111_109);
        let code = code_at(&rfc_secret(), at).unwrap();
        for (off, counts) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            assert_eq!(find_step(&rfc_secret(), &code, UtcSeconds(at.0 + off), 0).is_some(), counts, "{off}");
        }
    }

    #[test]
    fn a_code_counts_once() {
        let at = UtcSeconds(1_111_111_109);
        let step = find_step(&rfc_secret(), "081804", at, 0).unwrap();
        assert_eq!(find_step(&rfc_secret(), "081804", at, step), None);
    }

    #[test]
    fn a_code_may_be_typed_with_a_gap_or_in_full_width() {
        let at = UtcSeconds(1_111_111_109);
        for text in ["081 804", "０８１８０４", " 081804 "] {
            assert!(find_step(&rfc_secret(), text, at, 0).is_some(), "{text}");
        }
        for text in ["", "81804", "0818040", "+81804", "081805"] {
            assert!(find_step(&rfc_secret(), text, at, 0).is_none(), "{text}");
        }
    }

    #[test]
    fn without_a_secret_no_code_counts() {
        assert_eq!(find_step(&Secret::new(String::new()), "000000", UtcSeconds(59), 0), None);
    }
}
