//! What only the site can tell: declared with labels, written by people, expanded into texts with wildcards.
//!
//! Sigma fills a placeholder with texts, so a date, a network or the hours of the night become the patterns of all moments
//! and addresses they stand for. Other tools of Sigma can be given the same lists.

use std::net::Ipv4Addr;

use base::{Date, Text};
use serde::Deserialize;

/// Hours by which Japan is ahead of the times in events. There is no summer time.
const JST_HOURS: u32 = 9;
/// The last year that "from this day on" reaches.
const LAST_YEAR: i16 = 2099;
/// Values of one placeholder as the site writes them.
const MAX_VALUES: usize = 2_000;

/// A value of the site that rules ask for as `%name%`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placeholder {
    /// Without the percent signs.
    pub name: String,
    /// What the site writes.
    pub kind: Kind,
    /// What is asked for.
    pub label: Text,
    /// One or more values as a site would write them.
    pub example: Vec<String>,
    /// What is not noticed while the site has not said it.
    pub unset: Text,
}

/// What the values of a placeholder are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Names or patterns with `*` and `?`, as they stand in the field. A backslash is a backslash.
    Texts,
    /// IPv4 addresses and networks (`192.0.2.0/24`); an address may be IPv6.
    Networks,
    /// One day; the rule looks at events from its first minute in Japan on.
    FromDay,
    /// Hours of the day in Japan, `22-6`: from 22:00 until 6:00.
    Hours,
}

/// Why a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not of this kind.
    #[error("`{value}` is no {expected}")]
    Kind {
        /// As written.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Only one makes sense.
    #[error("{found} values where one was expected")]
    NotOne {
        /// How many there are.
        found: usize,
    },
    /// Too many.
    #[error("more than {MAX_VALUES} values")]
    TooMany,
}

impl Kind {
    /// The texts a rule is filled with.
    ///
    /// # Errors
    /// [`ValueError`] names the value that does not fit.
    pub fn expand(self, values: &[String]) -> Result<Vec<String>, ValueError> {
        if values.len() > MAX_VALUES {
            return Err(ValueError::TooMany);
        }
        let written = values.iter().map(|value| value.trim()).filter(|value| !value.is_empty());
        let mut expanded = Vec::new();
        match self {
            // People write paths as they are; in Sigma a backslash before `*` would take its meaning away.
            Self::Texts => expanded.extend(written.map(|value| value.replace('\\', r"\\"))),
            Self::Networks => written.into_iter().try_for_each(|value| expand_network(value, &mut expanded))?,
            Self::Hours => written.into_iter().try_for_each(|value| expand_hours(value, &mut expanded))?,
            Self::FromDay => {
                let written: Vec<&str> = written.collect();
                match written[..] {
                    [] => {}
                    [value] => expand_day(value, &mut expanded)?,
                    _ => return Err(ValueError::NotOne { found: written.len() }),
                }
            }
        }
        Ok(expanded)
    }
}

/// Every moment from the beginning of the day in Japan on, in UTC: the hours of the evening before, then the days of the
/// month, the months of the year, and the years.
fn expand_day(value: &str, expanded: &mut Vec<String>) -> Result<(), ValueError> {
    let wrong = || ValueError::Kind { value: value.to_owned(), expected: "day (2026-04-01)" };
    let day: Date = value.parse().map_err(|_| wrong())?;
    let before = day.plus_days(-1);
    expanded.extend((24 - JST_HOURS..24).map(|hour| format!("{before}T{hour:02}:*")));
    let (year, month, first) = day.parts();
    expanded.extend((first..=31).map(|day| format!("{year:04}-{month:02}-{day:02}T*")));
    expanded.extend((month + 1..=12).map(|month| format!("{year:04}-{month:02}-*")));
    expanded.extend((year + 1..=LAST_YEAR).map(|year| format!("{year:04}-*")));
    Ok(())
}

/// `22-6` → the hours in UTC.
fn expand_hours(value: &str, expanded: &mut Vec<String>) -> Result<(), ValueError> {
    let wrong = || ValueError::Kind { value: value.to_owned(), expected: "span of hours (22-6)" };
    let (from, until) = value.split_once('-').ok_or_else(wrong)?;
    let hour = |text: &str| text.trim().parse::<u32>().ok().filter(|hour| *hour <= 24).ok_or_else(wrong);
    let (from, until) = (hour(from)?, hour(until)?);
    let count = if from < until { until - from } else { until + 24 - from };
    expanded.extend((from..from + count).map(|hour| format!("*T{:02}:*", (hour + 24 - JST_HOURS) % 24)));
    Ok(())
}

/// A network → patterns of its addresses, also as IPv6 writes IPv4 (`::ffff:192.0.2.1`).
fn expand_network(value: &str, expanded: &mut Vec<String>) -> Result<(), ValueError> {
    let wrong = || ValueError::Kind { value: value.to_owned(), expected: "address or IPv4 network (192.0.2.0/24)" };
    let Some((address, bits)) = value.split_once('/') else {
        let address: std::net::IpAddr = value.parse().map_err(|_| wrong())?;
        expanded.push(address.to_string());
        if address.is_ipv4() {
            expanded.push(format!("::ffff:{address}"));
        }
        return Ok(());
    };
    let address: Ipv4Addr = address.parse().map_err(|_| wrong())?;
    let bits: u32 = bits.parse().ok().filter(|bits| (1..=32).contains(bits)).ok_or_else(wrong)?;
    let octets = address.octets();
    // Whole octets stand as they are; the one the network ends in is listed.
    let whole = usize::try_from((bits - 1) / 8).unwrap_or(3);
    let size = 1_u32 << (8 * (u32::try_from(whole).unwrap_or(3) + 1) - bits);
    let last = octets.get(whole).copied().map_or(0, u32::from);
    let start = last - last % size;
    let head: String = octets.iter().take(whole).map(|octet| format!("{octet}.")).collect();
    let tail = if whole == 3 { "" } else { ".*" };
    for prefix in ["", "::ffff:"] {
        expanded.extend((start..start + size).map(|octet| format!("{prefix}{head}{octet}{tail}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(kind: Kind, value: &str) -> Vec<String> {
        kind.expand(&[value.to_owned()]).unwrap()
    }

    #[test]
    fn a_network_is_every_address_of_it_and_no_other() {
        assert_eq!(expand(Kind::Networks, "192.0.2.7"), ["192.0.2.7", "::ffff:192.0.2.7"]);
        assert_eq!(expand(Kind::Networks, "192.0.2.0/24"), ["192.0.2.*", "::ffff:192.0.2.*"]);
        assert_eq!(expand(Kind::Networks, "10.0.0.0/8"), ["10.*", "::ffff:10.*"]);
        assert_eq!(expand(Kind::Networks, "192.0.2.5/31")[..2], ["192.0.2.4", "192.0.2.5"]);
        assert_eq!(
            expand(Kind::Networks, "172.16.9.0/22")[..4],
            ["172.16.8.*", "172.16.9.*", "172.16.10.*", "172.16.11.*"]
        );
        assert_eq!(expand(Kind::Networks, "172.16.0.0/12").len(), 32);
        assert_eq!(expand(Kind::Networks, "192.0.2.0/32"), ["192.0.2.0", "::ffff:192.0.2.0"]);
        for wrong in ["192.0.2.0/0", "192.0.2.0/33", "2001:db8::/32", "ward", "192.0.2/24"] {
            assert!(Kind::Networks.expand(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_path_is_written_as_it_is() {
        assert_eq!(expand(Kind::Texts, r"D:\Orca\*"), [r"D:\\Orca\\*"]);
    }

    #[test]
    fn hours_are_those_of_japan() {
        assert_eq!(expand(Kind::Hours, "22-24"), ["*T13:*", "*T14:*"]);
        assert_eq!(expand(Kind::Hours, "23-1"), ["*T14:*", "*T15:*"]);
        assert_eq!(expand(Kind::Hours, "8-10"), ["*T23:*", "*T00:*"]);
        assert!(Kind::Hours.expand(&["25-3".to_owned()]).is_err());
    }

    #[test]
    fn from_a_day_on_begins_at_midnight_in_japan() {
        let patterns = expand(Kind::FromDay, "2026-12-30");
        assert_eq!(patterns.first().unwrap(), "2026-12-29T15:*");
        assert!(patterns.contains(&"2026-12-29T23:*".to_owned()));
        assert_eq!(patterns[9..13], ["2026-12-30T*", "2026-12-31T*", "2027-*", "2028-*"]);
        assert!(Kind::FromDay.expand(&["2026-12-30".to_owned(), "2027-01-01".to_owned()]).is_err());
        assert_eq!(Kind::FromDay.expand(&[]).unwrap(), [""; 0]);
    }
}
