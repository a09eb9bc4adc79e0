//! Order of version texts as vendors write them: `6.0.4`, `v6.4.9`, `10.0.19045.3803`, `7.2.4b`, `2016_sp2`, `1.0rc1`.

use std::cmp::Ordering;

/// Words that mark a version as not yet released.
const PRE_RELEASE: [&str; 5] = ["rc", "beta", "alpha", "pre", "dev"];

/// A run of digits or of letters. Everything else only separates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    /// Digits without leading zeros; empty for zero. Kept as text, so that no number is too long.
    Number(&'t str),
    Letters(&'t str),
}

/// Compares two version texts. Total: every text has its place, and the order is transitive.
///
/// Spaces around and a leading `v` are ignored. Digits compare as numbers, letters without case. `rc`, `beta`, `alpha`,
/// `pre` and `dev` sort below nothing, any other letters above nothing and below a further number. Zeros at the end, or
/// before letters, make no difference: `1.0` = `1.0.0`.
///
/// Source: the vendors' own numbering; vectors in the tests below.
#[must_use]
pub fn compare(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (Tokens::new(left), Tokens::new(right));
    loop {
        let (a, b) = (left.next(), right.next());
        if a.is_none() && b.is_none() {
            return Ordering::Equal;
        }
        let order = compare_tokens(a, b);
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Is `left` an earlier version than `right`?
#[must_use]
pub fn is_less(left: &str, right: &str) -> bool {
    compare(left, right) == Ordering::Less
}

/// Is `left` an earlier version than `right`, or the same?
#[must_use]
pub fn is_less_or_equal(left: &str, right: &str) -> bool {
    compare(left, right) != Ordering::Greater
}

fn compare_tokens(left: Option<Token<'_>>, right: Option<Token<'_>>) -> Ordering {
    match (left, right) {
        (Some(Token::Number(a)), Some(Token::Number(b))) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (Some(Token::Letters(a)), Some(Token::Letters(b))) => {
            rank(left).cmp(&rank(right)).then_with(|| lower(a).cmp(lower(b)))
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

fn rank(token: Option<Token<'_>>) -> u8 {
    match token {
        Some(Token::Letters(word)) if PRE_RELEASE.iter().any(|pre| word.eq_ignore_ascii_case(pre)) => 0,
        None => 1,
        Some(Token::Letters(_)) => 2,
        Some(Token::Number(_)) => 3,
    }
}

fn lower(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

/// The tokens of a version, without the zeros that make no difference.
#[derive(Clone, Copy)]
struct Tokens<'t> {
    rest: &'t str,
}

impl<'t> Tokens<'t> {
    fn new(text: &'t str) -> Self {
        let text = text.trim();
        let bare = text.strip_prefix(['v', 'V']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        Self { rest: bare.unwrap_or(text) }
    }

    fn next(&mut self) -> Option<Token<'t>> {
        let token = self.next_raw();
        if token != Some(Token::Number("")) {
            return token;
        }
        let mut ahead = *self;
        let mut following = ahead.next_raw();
        while following == Some(Token::Number("")) {
            following = ahead.next_raw();
        }
        if let Some(Token::Number(_)) = following {
            return token;
        }
        *self = ahead;
        following
    }

    fn next_raw(&mut self) -> Option<Token<'t>> {
        let text = self.rest.trim_start_matches(|c: char| !c.is_alphabetic() && !c.is_ascii_digit());
        let is_number = text.starts_with(|c: char| c.is_ascii_digit());
        let end = match is_number {
            true => text.find(|c: char| !c.is_ascii_digit()),
            false => text.find(|c: char| !c.is_alphabetic()),
        };
        let (run, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
        self.rest = rest;
        match (run.is_empty(), is_number) {
            (true, _) => None,
            (false, true) => Some(Token::Number(run.trim_start_matches('0'))),
            (false, false) => Some(Token::Letters(run)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(left: &str, expected: Ordering, right: &str) {
        assert_eq!(compare(left, right), expected, "{left} against {right}");
        assert_eq!(compare(right, left), expected.reverse(), "{right} against {left}");
    }

    #[test]
    fn the_golden_vectors_hold() {
        check("6.0.4", Ordering::Less, "6.0.5");
        check("6.0.10", Ordering::Greater, "6.0.9");
        check("1.0rc1", Ordering::Less, "1.0");
        check("10.0.19045.3803", Ordering::Greater, "10.0.19045.10");
        check("7.2.4b", Ordering::Greater, "7.2.4");
        check("2016_sp2", Ordering::Greater, "2016");
        check("v6.4.9", Ordering::Less, "6.4.10");
        check("1.0", Ordering::Equal, "1.0.0");
        check("9.0.0a", Ordering::Greater, "9.0.0");
    }

    #[test]
    fn a_fixed_build_is_not_below_itself() {
        assert!(is_less("10.0.17763.6188", "10.0.17763.6189"));
        assert!(!is_less("10.0.17763.6189", "10.0.17763.6189"));
        assert!(is_less_or_equal("10.0.17763.6189", "10.0.17763.6189"));
        assert!(is_less("6.2.9200.25030", "6.2.9200.25031"));
    }

    #[test]
    fn zeros_before_letters_make_no_difference() {
        check("9.0a", Ordering::Equal, "9.0.0A");
        check("1.0b", Ordering::Greater, "1.0.0");
        check("1.0b", Ordering::Less, "1.0.1");
        check("1.0rc1", Ordering::Less, "1.0rc2");
        check("1.0.0.1", Ordering::Greater, "1");
    }

    #[test]
    fn numbers_longer_than_any_machine_word_are_compared() {
        check("99999999999999999999998", Ordering::Less, "99999999999999999999999");
        check("007", Ordering::Equal, "7");
        check("", Ordering::Equal, "0.0");
    }

    proptest! {
        #[test]
        fn the_order_is_transitive(a in "[v01a.r]{0,6}(rc)?[01]?", b in "[v01a.r]{0,6}(rc)?[01]?", c in "[v01a.r]{0,6}(rc)?[01]?") {
            if is_less_or_equal(&a, &b) && is_less_or_equal(&b, &c) {
                prop_assert!(is_less_or_equal(&a, &c));
            }
        }
    }
}
