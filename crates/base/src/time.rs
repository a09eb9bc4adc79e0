//! UTC seconds inside, calendar days in Japan for people.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UtcSeconds(pub i64);

/// Japan is nine hours ahead of UTC all year.
const JST_OFFSET_S: i64 = 9 * 3600;
const DAY_S: i64 = 86_400;

impl UtcSeconds {
    /// The calendar day in Japan at this instant.
    #[must_use]
    pub fn date_jst(self) -> Date {
        Date::from_days_since_epoch(self.0.saturating_add(JST_OFFSET_S).div_euclid(DAY_S))
    }

    /// `YYYY-MM-DD HH:MM` in Japan.
    #[must_use]
    pub fn minute_jst(self) -> String {
        let second_of_day = self.0.saturating_add(JST_OFFSET_S).rem_euclid(DAY_S);
        format!("{} {:02}:{:02}", self.date_jst(), second_of_day / 3600, second_of_day / 60 % 60)
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let second_of_day = self.0.rem_euclid(DAY_S);
        let date = Date::from_days_since_epoch(self.0.div_euclid(DAY_S));
        format!("{date}T{:02}:{:02}:{:02}Z", second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60)
    }

    /// Whole days from `earlier` to this instant; negative if `earlier` is later.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(DAY_S)
    }

    /// This instant moved by whole days.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY_S)))
    }
}

/// A calendar day between 1900-01-01 and 2199-12-31.
///
/// Read from `YYYY-MM-DD`, `YYYY/M/D`, `R7.4.1`, `令和7年4月1日` and `YYYY年M月D日`; shown as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// # Errors
    /// [`DateError`] if there is no such day or the year is outside 1900..=2199.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, DateError> {
        let fail = || DateError { found: format!("{year}-{month}-{day}") };
        if !(1900..=2199).contains(&year) {
            return Err(fail());
        }
        jiff::civil::Date::new(year, month, day).map(Self).map_err(|_| fail())
    }

    /// The day `days` after 1970-01-01, kept inside 1900..=2199.
    #[must_use]
    pub fn from_days_since_epoch(days: i64) -> Self {
        let days = days.clamp(-25_567, 84_005);
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        Self(epoch.saturating_add(jiff::Span::new().days(days)))
    }

    /// Days since 1970-01-01; negative before.
    #[must_use]
    pub fn days_since_epoch(self) -> i64 {
        self.days_since(Self(jiff::civil::Date::constant(1970, 1, 1)))
    }

    /// Whole days from `earlier` to this day; negative if `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        let span = self.0.since((jiff::Unit::Day, earlier.0));
        span.map_or(0, |span| i64::from(span.get_days()))
    }

    /// This day moved by whole days, kept inside 1900..=2199.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_days_since_epoch(self.days_since_epoch().saturating_add(days))
    }

    /// Year, month, day.
    #[must_use]
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    /// Midnight of this day in Japan.
    #[must_use]
    pub fn start_jst(self) -> UtcSeconds {
        UtcSeconds(self.days_since_epoch() * DAY_S - JST_OFFSET_S)
    }

    /// `令和8年11月20日`; days before 令和 (2019-05-01) are shown as `2018年4月1日`.
    #[must_use]
    pub fn wareki(self) -> String {
        let (year, month, day) = self.parts();
        if self < Self(REIWA_START) {
            return format!("{year}年{month}月{day}日");
        }
        match year - 2018 {
            1 => format!("令和元年{month}月{day}日"),
            reiwa => format!("令和{reiwa}年{month}月{day}日"),
        }
    }

    /// 年度 (April to March) as the western year it began in.
    #[must_use]
    pub fn fiscal_year(self) -> i16 {
        let (year, month, _) = self.parts();
        if month >= 4 { year } else { year - 1 }
    }
}

const REIWA_START: jiff::civil::Date = jiff::civil::Date::constant(2019, 5, 1);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A text is no day mamori understands.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no date between 1900 and 2199 (2026-11-20, 2026/11/20, R8.11.20, 令和8年11月20日)")]
pub struct DateError {
    found: String,
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_date(text.trim()).ok_or_else(|| DateError { found: text.chars().take(80).collect() })
    }
}

fn parse_date(text: &str) -> Option<Date> {
    if text.chars().count() > 24 {
        return None;
    }
    let (text, year_offset) = era_offset(text);
    let text = text.replace("元年", "1年").replace(['年', '月', '/', '.'], "-").replace('日', "");
    let mut parts = text.split('-').map(|part| part.trim().parse::<i16>());
    let year = parts.next()?.ok()?.checked_add(year_offset)?;
    let month = i8::try_from(parts.next()?.ok()?).ok()?;
    let day = i8::try_from(parts.next()?.ok()?).ok()?;
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// Strips the era, and says what to add to its years.
fn era_offset(text: &str) -> (&str, i16) {
    const ERAS: [(&str, i16); 8] = [
        ("令和", 2018),
        ("平成", 1988),
        ("昭和", 1925),
        ("大正", 1911),
        ("R", 2018),
        ("H", 1988),
        ("S", 1925),
        ("r", 2018),
    ];
    ERAS.iter().find_map(|(era, offset)| text.strip_prefix(era).map(|rest| (rest, *offset))).unwrap_or((text, 0))
}

/// Where the time comes from. The binary has the one that reads the machine's clock.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> UtcSeconds;
}

/// A clock that stands still, for tests and for reports made "as of" a day.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub UtcSeconds);

impl Clock for FixedClock {
    fn now(&self) -> UtcSeconds {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> String {
        text.parse::<Date>().map_or_else(|err| err.to_string(), |date| date.to_string())
    }

    #[test]
    fn dates_are_read_the_way_offices_write_them() {
        for text in ["2026-11-20", "2026/11/20", "R8.11.20", "令和8年11月20日", "2026年11月20日", " 2026-11-20 "]
        {
            assert_eq!(date(text), "2026-11-20", "{text}");
        }
        assert_eq!(date("令和元年5月1日"), "2019-05-01");
        assert_eq!(date("H31.4.30"), "2019-04-30");
    }

    #[test]
    fn a_day_that_does_not_exist_is_no_date() {
        for text in ["2026-02-30", "2026-13-01", "26-1-1", "", "2026-1", "2026-1-1-1", "9999-01-01", "あ"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_day_changes_at_midnight_in_japan() {
        assert_eq!(UtcSeconds(1_795_186_799).minute_jst(), "2026-11-20 23:59");
        assert_eq!(UtcSeconds(1_795_186_800).minute_jst(), "2026-11-21 00:00");
        assert_eq!(UtcSeconds(1_795_186_800).rfc3339(), "2026-11-20T15:00:00Z");
        assert_eq!("2026-11-21".parse::<Date>().unwrap().start_jst(), UtcSeconds(1_795_186_800));
    }

    #[test]
    fn wareki_and_fiscal_year_follow_the_office() {
        assert_eq!("2026-03-31".parse::<Date>().unwrap().wareki(), "令和8年3月31日");
        assert_eq!("2019-05-01".parse::<Date>().unwrap().wareki(), "令和元年5月1日");
        assert_eq!("2026-03-31".parse::<Date>().unwrap().fiscal_year(), 2025);
        assert_eq!("2026-04-01".parse::<Date>().unwrap().fiscal_year(), 2026);
    }
}
