//! Keys of programs, which stand by themselves: `Authorization: Bearer eyJ…`, `AKIA…`.

use super::Span;
use super::fold::Folded;

/// Schemes in front of a token, as they stand in a request.
const SCHEMES: [&str; 3] = ["bearer ", "authorization: basic ", "authorization: token "];
/// Shortest token behind a scheme, in characters. `Bearer network` is a word.
const MIN_CHARS: usize = 16;
/// Beginnings of the names of access keys, and the length of the whole.
const ACCESS_KEYS: [&str; 2] = ["akia", "asia"];
const ACCESS_KEY_CHARS: usize = 20;

/// Finds tokens and adds what must go.
pub(super) fn find(line: &Folded, spans: &mut Vec<Span>) {
    for scheme in SCHEMES {
        for (at, _) in line.text.match_indices(scheme) {
            let from = at + scheme.len();
            let length = token_length(line.from(from));
            if length >= MIN_CHARS {
                spans.push(Span::new(line.original(from), line.original(from + length), scheme.trim_end()));
            }
        }
    }
    for beginning in ACCESS_KEYS {
        for (at, _) in line.text.match_indices(beginning) {
            let begins =
                line.text.get(..at).is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric()));
            let length = line.from(at).chars().take_while(char::is_ascii_alphanumeric).count();
            let has_digit = line.from(at).chars().take(length).any(|c| c.is_ascii_digit());
            if begins && has_digit && length == ACCESS_KEY_CHARS {
                spans.push(Span::new(line.original(at), line.original(at + length), "access key"));
            }
        }
    }
}

fn token_length(rest: &str) -> usize {
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-._~+/=".contains(*c)).count()
}
