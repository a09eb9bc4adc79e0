//! The two ways Windows writes a time.

use super::utf16::Sink;

const TICKS_PER_SECOND: u64 = 10_000_000;
const TICKS_PER_DAY: u64 = 86_400 * TICKS_PER_SECOND;
/// From 1601-01-01 to 1970-01-01, in units of 100 ns.
const UNIX_EPOCH_TICKS: i128 = 116_444_736_000_000_000;

/// A moment: units of 100 ns since 1601-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileTime(pub u64);

impl FileTime {
    /// Nanoseconds since 1970-01-01 00:00 UTC; `None` before 1677 and after 2262, where 64 bits do not reach.
    #[must_use]
    pub fn to_unix_nanos(self) -> Option<i64> {
        i64::try_from((i128::from(self.0) - UNIX_EPOCH_TICKS) * 100).ok()
    }

    /// Year of the Gregorian calendar, in UTC.
    pub(crate) fn year(self) -> u16 {
        u16::try_from(civil(self.0 / TICKS_PER_DAY).0).unwrap_or(u16::MAX)
    }

    /// The day and time of day as Windows writes it: years past 9999 keep four digits, what no clock shows is all zeros.
    pub(super) fn write(self, out: &mut impl Sink) {
        if i64::try_from(self.0).is_err() {
            return write_moment([0; 6], 0, out);
        }
        let (year, month, day) = civil(self.0 / TICKS_PER_DAY);
        let ticks = self.0 % TICKS_PER_DAY;
        let seconds = ticks / TICKS_PER_SECOND;
        let fields = [year % 10_000, month, day, seconds / 3_600, seconds / 60 % 60, seconds % 60];
        write_moment(fields, ticks % TICKS_PER_SECOND, out);
    }
}

impl std::fmt::Display for FileTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        f.write_str(&text)
    }
}

/// Year, month and day of the Gregorian calendar, `days` after 1601-01-01.
///
/// Counted in years that begin in March, so that the leap day is the last (Howard Hinnant's `civil_from_days`).
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 584_694;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let next_year = if month <= 2 { 1 } else { 0 };
    (era * 400 + year_of_era + next_year, month, day)
}

/// A SYSTEMTIME: year, month, day of the week, day, hour, minute, second, millisecond, as the file holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockTime(pub [u16; 8]);

impl ClockTime {
    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        let mut fields = [0; 8];
        for (field, pair) in fields.iter_mut().zip(bytes.as_chunks::<2>().0) {
            *field = u16::from_le_bytes(*pair);
        }
        Self(fields)
    }

    /// The same moment as [`FileTime`]; `None` if no clock shows these numbers.
    #[must_use]
    pub fn to_file_time(self) -> Option<FileTime> {
        let Self([year, month, _, day, hour, minute, second, milli]) = self;
        let clock = hour < 24 && minute < 60 && second < 60 && milli < 1_000;
        if !clock || !(1601..=30_827).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        let (year, month) = (u64::from(year), u64::from(month));
        // The same count as in `civil`, the other way round.
        let march_year = if month <= 2 { year - 1 } else { year };
        let march_month = (month + 9) % 12;
        let day_of_year = (153 * march_month + 2) / 5 + u64::from(day).checked_sub(1)?;
        let days = march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 + day_of_year - 584_694;
        if civil(days) != (year, month, u64::from(day)) {
            return None;
        }
        let seconds = u64::from(hour) * 3_600 + u64::from(minute) * 60 + u64::from(second);
        Some(FileTime(days * TICKS_PER_DAY + seconds * TICKS_PER_SECOND + u64::from(milli) * 10_000))
    }

    /// As Windows writes it; numbers that no clock shows are 1601-01-01.
    pub(super) fn write(self, out: &mut impl Sink) {
        self.to_file_time().unwrap_or(FileTime(0)).write(out);
    }
}

/// `2026-04-01T09:30:00.0000000Z`.
fn write_moment([year, month, day, hour, minute, second]: [u64; 6], ticks: u64, out: &mut impl Sink) {
    let mut text = *b"0000-00-00T00:00:00.0000000Z";
    let places = [(0..4, year), (5..7, month), (8..10, day), (11..13, hour), (14..16, minute), (17..19, second)];
    for (place, number) in places.into_iter().chain([(20..27, ticks)]) {
        let mut number = number;
        for digit in text.get_mut(place).unwrap_or_default().iter_mut().rev() {
            *digit = b'0' + low_digit(number);
            number /= 10;
        }
    }
    out.utf8(&text);
}

/// The last decimal digit.
pub(super) const fn low_digit(number: u64) -> u8 {
    (number % 10) as u8
}
