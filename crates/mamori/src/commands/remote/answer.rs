//! Reading the JSON of an answer.

use base::{Date, UtcSeconds};
use serde_json::Value;

/// A text of an answer; empty if there is none.
pub(super) fn text(value: &Value, path: &str) -> String {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A number of an answer; 0 if there is none.
pub(super) fn number(value: &Value, path: &str) -> i64 {
    value.pointer(path).and_then(Value::as_i64).unwrap_or_default()
}

/// A list of an answer; empty if there is none.
pub(super) fn list<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    value.pointer(path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// `2026-11-20T03:00:00Z` as the clock in Japan shows it; anything else as it is.
pub(super) fn minute(text: &str) -> String {
    let parsed = || {
        let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
        let mut parts = time.split(':').map(|part| part.parse::<i64>().ok());
        let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
        let days = day.parse::<Date>().ok()?.days_since_epoch();
        Some(UtcSeconds(days * 86_400 + hours * 3_600 + minutes * 60 + seconds))
    };
    parsed().map_or_else(|| text.to_owned(), UtcSeconds::minute_jst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_in_japan() {
        assert_eq!(minute("2026-11-20T15:00:00Z"), "2026-11-21 00:00");
        assert_eq!(minute("yesterday"), "yesterday");
    }
}
