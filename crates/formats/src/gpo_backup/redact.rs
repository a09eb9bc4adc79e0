//! Takes `cpassword` out of group policy preferences. Its key is public, so it is as good as the password itself.

use crate::redaction::{Cutter, Redacted};
use crate::text::Units;

const NAME: &str = "cpassword";

/// Empties every `cpassword` attribute, in UTF-8, CP932 and UTF-16 alike; `None` if there is nothing to take out.
///
/// The file need not be well-formed: a value that is never closed is taken out to the end of the file. Works in one pass
/// and has no limit of its own, so that no part of a long file escapes it.
#[must_use]
pub fn redact_cpassword(bytes: &[u8]) -> Option<Redacted> {
    let units = Units::new(bytes);
    let mut cutter = Cutter::new(units.bytes());
    let (mut at, mut line) = (0, 1_u32);
    while at < units.len() {
        let mut next = at + 1;
        let spans = if units.has_ascii_at(at, NAME) { find_values(&units, at + NAME.len()) } else { [None, None] };
        for (from, to) in spans.into_iter().flatten() {
            if from < to {
                let line = line.saturating_add(count_breaks(&units, at, from));
                let end = if to >= units.len() { bytes.len() } else { units.offset(to) };
                cutter.cut(units.offset(from), end, NAME, line);
            }
            next = next.max(to);
        }
        line = line.saturating_add(count_breaks(&units, at, next));
        at = next;
    }
    cutter.finish()
}

fn count_breaks(units: &Units<'_>, from: usize, to: usize) -> u32 {
    let breaks = (from..to).filter(|index| units.ascii(*index) == Some(b'\n')).count();
    u32::try_from(breaks).unwrap_or(u32::MAX)
}

/// The units of the values behind an attribute name; without quotes a value ends at the next space or `>`.
///
/// There are two if a quoted text follows a value without quotes: with the first one gone it would stand behind the `=`.
fn find_values(units: &Units<'_>, behind_name: usize) -> [Option<(usize, usize)>; 2] {
    let equals = skip_space(units, behind_name);
    if units.ascii(equals) != Some(b'=') {
        return [None, None];
    }
    let from = equals + 1;
    if let Some(quoted) = find_quoted(units, from) {
        return [Some(quoted), None];
    }
    let to = find_end(units, from, |unit| unit.is_ascii_whitespace() || unit == b'>');
    [Some((from, to)), if from < to { find_quoted(units, to) } else { None }]
}

/// What stands between the quotes that open at `from`, spaces aside; without a closing quote it reaches the end.
fn find_quoted(units: &Units<'_>, from: usize) -> Option<(usize, usize)> {
    let opening = skip_space(units, from);
    let quote = units.ascii(opening).filter(|unit| *unit == b'"' || *unit == b'\'')?;
    Some((opening + 1, find_end(units, opening + 1, |unit| unit == quote)))
}

fn find_end(units: &Units<'_>, from: usize, ends: impl Fn(u8) -> bool) -> usize {
    (from..units.len()).find(|index| units.ascii(*index).is_some_and(&ends)).unwrap_or(units.len())
}

fn skip_space(units: &Units<'_>, from: usize) -> usize {
    let is_space = |index: &usize| units.ascii(*index).is_some_and(|unit| unit.is_ascii_whitespace());
    (from..units.len()).find(|index| !is_space(index)).unwrap_or(units.len())
}
