//! Dates and times as exporters of events write them.

use crate::evtx::{ClockTime, FileTime};

const TICKS_PER_SECOND: u64 = 10_000_000;
/// From 1601-01-01 to 1970-01-01, in units of 100 ns.
const UNIX_EPOCH_TICKS: i64 = 116_444_736_000_000_000;

/// A time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// In UTC, or by the writer's clock.
    pub time: FileTime,
    /// Whether no time zone was stated.
    pub is_local: bool,
}

/// Reads `2026-04-01T09:30:00.1234567Z`, with `+09:00` or `+0900` instead of `Z`, without a zone, with a space or a
/// slash as separator (`2026/04/01 09:30:00`), and `/Date(1775035800000)/` of PowerShell. Digits behind the seventh of a second
/// are dropped.
#[must_use]
pub fn parse_moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    if let Some(millis) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        let ticks = millis.parse::<i64>().ok()?.checked_mul(10_000)?.checked_add(UNIX_EPOCH_TICKS)?;
        return Some(Moment { time: FileTime(u64::try_from(ticks).ok()?), is_local: false });
    }
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(rest.strip_prefix(['-', '/'])?, 2)?;
    let (day, rest) = number(rest.strip_prefix(['-', '/'])?, 2)?;
    let (hour, rest) = number(rest.strip_prefix(['T', 't', ' '])?, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (ticks, rest) = fraction(rest);
    // A leap second is the last second of its minute: no clock of Windows shows it.
    let second = second.min(59);
    let whole = ClockTime([year, month, 0, day, hour, minute, second, 0]).to_file_time()?;
    let written = i64::try_from(whole.0.checked_add(ticks)?).ok()?;
    let zone = zone_seconds(rest.trim_start())?;
    let ticks = written.checked_sub(zone.unwrap_or(0) * i64::try_from(TICKS_PER_SECOND).ok()?)?;
    Some(Moment { time: FileTime(u64::try_from(ticks).ok()?), is_local: zone.is_none() })
}

/// A number of exactly so many digits, and what is behind it.
fn number(text: &str, digits: usize) -> Option<(u16, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    let plain = number.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| number.parse().ok()).flatten().map(|number| (number, rest))
}

/// Units of 100 ns of `.123…` or `,123…`, and what is behind it.
fn fraction(text: &str) -> (u64, &str) {
    let Some(digits) = text.strip_prefix(['.', ',']) else { return (0, text) };
    let end = digits.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(end).unwrap_or((digits, ""));
    let ticks = digits.bytes().chain(std::iter::repeat(b'0')).take(7);
    (ticks.fold(0, |ticks, digit| ticks * 10 + u64::from(digit - b'0')), rest)
}

/// Seconds east of UTC; the inner `None` if nothing is stated, the outer one if it is no zone.
fn zone_seconds(text: &str) -> Option<Option<i64>> {
    let (sign, rest) = match text.split_at_checked(1) {
        None => return Some(None),
        Some(("Z" | "z", "")) => return Some(Some(0)),
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        Some(_) => return None,
    };
    let (hours, rest) = number(rest, 2)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() { (0, rest) } else { number(rest, 2)? };
    (rest.is_empty() && hours < 24 && minutes < 60)
        .then(|| Some(sign * (i64::from(hours) * 3_600 + i64::from(minutes) * 60)))
}

#[cfg(test)]
mod tests {
    use super::parse_moment;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown =
            parse_moment(text).map(|moment| format!("{}{}", moment.time, if moment.is_local { " local" } else { "" }));
        assert_eq!(shown.as_deref().unwrap_or("none"), expected, "{text}");
    }

    #[test]
    fn every_way_to_write_a_time_means_the_same() {
        let nine = "2026-04-01T00:30:00.1234567Z";
        check("2026-04-01T00:30:00.1234567Z", nine);
        check("2026-04-01T00:30:00.123456789Z", nine);
        check("2026-04-01T09:30:00.1234567+09:00", nine);
        check("2026-04-01T09:30:00.1234567 +0900", nine);
        check("2026-03-31 21:30:00,1234567-03", nine);
        check("/Date(1775003400123)/", "2026-04-01T00:30:00.1230000Z");
        check("2026/04/01 09:30:00", "2026-04-01T09:30:00.0000000Z local");
    }

    #[test]
    fn what_no_clock_shows_is_no_time() {
        for text in [
            "",
            "2026-04-01",
            "2026-02-30T00:00:00Z",
            "2026-04-01T24:00:00Z",
            "2026-04-01T09:30:00Q",
            "٢٠٢٦-04-01T09:30:00Z",
        ] {
            check(text, "none");
        }
        check("1601-01-01T00:00:00+09:00", "none");
    }
}
