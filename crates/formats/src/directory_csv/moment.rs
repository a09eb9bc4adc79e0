//! Times as directory exports write them.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// A time in a directory export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// 0 or the largest number: never set, or never expires.
    Never,
    /// Seconds since 1970-01-01T00:00:00Z.
    At(i64),
}

/// Seconds from 1601-01-01, where FILETIME begins, to 1970-01-01.
const FILETIME_EPOCH_S: i64 = 11_644_473_600;
const FILETIME_TICKS_PER_S: i64 = 10_000_000;
const JST_OFFSET_S: i64 = 9 * 3600;

impl Moment {
    /// Reads a FILETIME number, ISO 8601, `yyyy/MM/dd H:mm:ss` or `yyyyMMddHHmmss.0Z`.
    ///
    /// A time without an offset is taken as Japanese time, in which these files are written.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.len() > 40 {
            return None;
        }
        if let Ok(ticks) = text.parse::<i64>() {
            return Some(Self::from_filetime(ticks));
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(Self::At(at.as_second()));
        }
        if let Some(generalized) = text.strip_suffix(".0Z") {
            return read_generalized(generalized).map(Self::At);
        }
        read_local(text).map(|second| Self::At(second - JST_OFFSET_S))
    }

    fn from_filetime(ticks: i64) -> Self {
        if ticks <= 0 || ticks == i64::MAX {
            Self::Never
        } else {
            Self::At(ticks / FILETIME_TICKS_PER_S - FILETIME_EPOCH_S)
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z, or `None` for never.
    #[must_use]
    pub const fn seconds(self) -> Option<i64> {
        match self {
            Self::Never => None,
            Self::At(seconds) => Some(seconds),
        }
    }
}

/// `20240315081500`, in UTC, as `csvde` writes it.
fn read_generalized(digits: &str) -> Option<i64> {
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    seconds_of([part(0, 4)?, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?])
}

/// `2024/3/5 8:15:00`, `2024-03-05T08:15`, or a date alone.
fn read_local(text: &str) -> Option<i64> {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "0:00"));
    let separator = if date.contains('/') { '/' } else { '-' };
    let mut date = date.split(separator).map(|part| part.parse::<i16>().ok());
    let time = time.trim().split_once('.').map_or(time.trim(), |(whole, _)| whole);
    let mut clock = time.split(':').map(|part| part.parse::<i16>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (hour, minute) = (clock.next()??, clock.next()??);
    let second = clock.next().unwrap_or(Some(0))?;
    if date.next().is_some() || clock.next().is_some() || year < 1601 {
        return None;
    }
    seconds_of([year, month, day, hour, minute, second])
}

fn seconds_of([year, month, day, hour, minute, second]: [i16; 6]) -> Option<i64> {
    let small = |number: i16| i8::try_from(number).ok();
    let at = DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    at.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Moment>) {
        assert_eq!(Moment::read(text), expected, "{text}");
    }

    #[test]
    fn every_way_of_writing_one_instant_gives_it() {
        for text in [
            "133549317000000000",
            "2024/3/15 8:15:00",
            "2024/03/15 8:15",
            "2024-03-15T08:15:00",
            "2024-03-15T08:15:00.0000000+09:00",
            "2024-03-14T23:15:00Z",
            "20240314231500.0Z",
        ] {
            check(text, Some(Moment::At(1_710_458_100)));
        }
        check("2024/03/15", Some(Moment::At(1_710_428_400)));
    }

    #[test]
    fn zero_and_the_largest_number_mean_never() {
        check("0", Some(Moment::Never));
        check("9223372036854775807", Some(Moment::Never));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in
            ["", "3/15/2024 8:15:00 AM", "2024/13/1", "2024/1/32 0:00", "2024/1/1 25:00:00", "昨日", "2024/1/1/1"]
        {
            check(text, None);
        }
    }
}
