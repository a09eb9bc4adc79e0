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
        let span = if units.has_ascii_at(at, NAME) { find_value(&units, at + NAME.len()) } else { None };
        let next = span.map_or(at + 1, |(from, to)| {
            if from < to {
                let line = line.saturating_add(count_breaks(&units, at, from));
                let end = if to >= units.len() { bytes.len() } else { units.offset(to) };
                cutter.cut(units.offset(from), end, NAME, line);
            }
            to.max(at + 1)
        });
        line = line.saturating_add(count_breaks(&units, at, next));
        at = next;
    }
    cutter.finish()
}

fn count_breaks(units: &Units<'_>, from: usize, to: usize) -> u32 {
    let breaks = (from..to).filter(|index| units.ascii(*index) == Some(b'\n')).count();
    u32::try_from(breaks).unwrap_or(u32::MAX)
}

/// The units of the value behind an attribute name; without quotes it ends at the next space or `>`.
fn find_value(units: &Units<'_>, behind_name: usize) -> Option<(usize, usize)> {
    let equals = skip_space(units, behind_name);
    if units.ascii(equals) != Some(b'=') {
        return None;
    }
    let opening = skip_space(units, equals + 1);
    let quote = units.ascii(opening).filter(|unit| *unit == b'"' || *unit == b'\'');
    let from = if quote.is_some() { opening + 1 } else { equals + 1 };
    let ends = |index: &usize| match (units.ascii(*index), quote) {
        (Some(unit), Some(quote)) => unit == quote,
        (Some(unit), None) => unit.is_ascii_whitespace() || unit == b'>',
        (None, _) => false,
    };
    Some((from, (from..units.len()).find(ends).unwrap_or(units.len())))
}

fn skip_space(units: &Units<'_>, from: usize) -> usize {
    let is_space = |index: &usize| units.ascii(*index).is_some_and(|unit| unit.is_ascii_whitespace());
    (from..units.len()).find(|index| !is_space(index)).unwrap_or(units.len())
}
