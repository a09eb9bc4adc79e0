//! What one value of a rule asks of a field.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use regex_syntax::hir::{Hir, HirKind};

use super::pattern::Pattern;

/// One question about one field. A field that the event does not have answers no to all but [`Test::Null`] and
/// `Exists(false)`; of a field with several values, any one may answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The event does not have the field.
    Null,
    /// The event has the field (or not).
    Exists(bool),
    /// The whole value. Letters are folded unless `cased`.
    Text {
        /// With wildcards.
        pattern: Pattern,
        /// Exact letters.
        cased: bool,
    },
    /// A number, equal to the value read as a decimal integer, or written the same way.
    Number {
        /// Its value.
        number: Number,
        /// As the rule writes it.
        text: String,
    },
    /// Found anywhere in the value.
    Regex(RegexTest),
    /// The value is an address of this network.
    Cidr(Network),
    /// The value is a number on this side of another.
    Compare {
        /// Which side.
        order: Order,
        /// The other.
        number: Number,
    },
    /// The value is a date and time, a part of which is this number.
    Time {
        /// Which part.
        part: TimePart,
        /// `Equal`, or what a modifier behind the part says.
        order: Order,
        /// The other.
        number: Number,
    },
    /// The value is that of another field. Letters are folded.
    Field {
        /// Name of the other field.
        name: String,
        /// Where the other's value stands in this one's.
        anchor: Anchor,
    },
}

/// Where a text stands in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Anchor {
    /// It is the other.
    Whole,
    /// At its beginning.
    Start,
    /// At its end.
    End,
    /// Anywhere in it.
    Inside,
}

/// How two numbers stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Order {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Order {
    /// `eq`, `neq`, `lt`, `lte`, `gt`, `gte`.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Equal,
            "neq" => Self::NotEqual,
            "lt" => Self::Less,
            "lte" => Self::LessOrEqual,
            "gt" => Self::Greater,
            "gte" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// Whether `left` stands so to `right`.
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// A finite number of a rule or an event.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Number(f64);

impl Number {
    /// Not a number counts as zero; YAML has no other way to write one.
    pub(crate) fn new(number: f64) -> Self {
        Self(if number.is_finite() { number } else { 0.0 })
    }

    /// A decimal integer or fraction, or an integer in hexadecimal with `0x`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            // 53 bits are kept: enough for every handle, mask and identifier that rules compare.
            let number = u64::from_str_radix(digits, 16).ok()?;
            let (high, low) = (u32::try_from(number >> 32).ok()?, u32::try_from(number & 0xFFFF_FFFF).ok()?);
            return Some(Self(f64::from(high).mul_add(4_294_967_296.0, f64::from(low))));
        }
        let first = text.bytes().next()?;
        if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) {
            return None;
        }
        text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self)
    }

    /// Its value.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Its shortest decimal form, without a fraction if it has none.
    pub fn to_decimal(self) -> String {
        self.0.to_string()
    }
}

/// A regular expression and its flags.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegexTest {
    /// As the rule writes it.
    pub pattern: String,
    /// `i`: letters are folded.
    pub folds: bool,
    /// `m`: `^` and `$` match at lines.
    pub lines: bool,
    /// `s`: `.` matches a line end too.
    pub dot_all: bool,
}

impl RegexTest {
    /// Without flags.
    pub fn new(pattern: &str) -> Self {
        Self { pattern: pattern.to_owned(), folds: false, lines: false, dot_all: false }
    }

    /// Its syntax tree, or why there is none.
    pub(crate) fn parse(&self) -> Result<Hir, String> {
        let parsed = regex_syntax::ParserBuilder::new()
            .case_insensitive(self.folds)
            .multi_line(self.lines)
            .dot_matches_new_line(self.dot_all)
            .nest_limit(64)
            .build()
            .parse(&self.pattern);
        parsed.map_err(|err| match err {
            regex_syntax::Error::Parse(err) => err.kind().to_string(),
            regex_syntax::Error::Translate(err) => err.kind().to_string(),
            _ => "not understood".to_owned(),
        })
    }
}

/// How many characters a regular expression can be waiting for, its repetitions written out. For every character of a
/// value at most so many steps are taken.
pub(crate) fn count_places(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(_) => 1,
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or_else(|| repetition.min.saturating_add(1));
            count_places(&repetition.sub).saturating_mul(usize::try_from(most).unwrap_or(usize::MAX))
        }
        HirKind::Capture(capture) => count_places(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(count_places).fold(0, usize::saturating_add)
        }
    }
}

/// An IPv4 or IPv6 network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// `10.0.0.0/8`, `fe80::/10`, or one address. Bits behind the prefix are ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (bits <= most).then_some(Self { address, bits })
    }

    /// Whether `text` is an address of it. An IPv4 address written as IPv6 (`::ffff:10.1.2.3`) counts as IPv4.
    pub fn contains(&self, text: &str) -> bool {
        let Ok(address) = text.trim().parse::<IpAddr>() else { return false };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => self.same_v4(network, address),
            (IpAddr::V6(network), IpAddr::V6(address)) => self.same_v6(network, address),
            (IpAddr::V6(network), IpAddr::V4(address)) => self.same_v6(network, address.to_ipv6_mapped()),
            (IpAddr::V4(_), IpAddr::V6(_)) => false,
        }
    }

    fn same_v4(&self, network: Ipv4Addr, address: Ipv4Addr) -> bool {
        let shift = 32 - u32::from(self.bits);
        (network.to_bits() ^ address.to_bits()).checked_shr(shift).unwrap_or(0) == 0
    }

    fn same_v6(&self, network: Ipv6Addr, address: Ipv6Addr) -> bool {
        let shift = 128 - u32::from(self.bits);
        (network.to_bits() ^ address.to_bits()).checked_shr(shift).unwrap_or(0) == 0
    }
}

/// A part of a date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimePart {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// 1 to 31.
    Day,
    /// Week of ISO 8601, 1 to 53.
    Week,
    /// 1 to 12.
    Month,
    /// Four digits.
    Year,
}

impl TimePart {
    /// The word of the modifier.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "minute" => Self::Minute,
            "hour" => Self::Hour,
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "year" => Self::Year,
            _ => return None,
        })
    }

    /// This part of `2026-11-20T18:53:56…` or `2026-11-20 18:53:56…`, as written: no time zone is converted.
    pub fn of(self, text: &str) -> Option<Number> {
        let text = text.trim();
        let number = |from: usize, to: usize| -> Option<u16> {
            let digits = text.get(from..to)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let separated = |at: usize, marks: &[u8]| text.as_bytes().get(at).is_some_and(|byte| marks.contains(byte));
        if !separated(4, b"-/") || !separated(7, b"-/") {
            return None;
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let clock = || separated(10, b"T ").then_some(()).filter(|()| separated(13, b":"));
        let part = match self {
            Self::Year => year,
            Self::Month => month,
            Self::Day => day,
            Self::Week => iso_week(year, month, day),
            Self::Hour => clock().and_then(|()| number(11, 13)).filter(|hour| *hour < 24)?,
            Self::Minute => clock().and_then(|()| number(14, 16)).filter(|minute| *minute < 60)?,
        };
        Some(Number(f64::from(part)))
    }
}

/// Week of ISO 8601: the first week of a year is the one with its first Thursday.
fn iso_week(year: u16, month: u16, day: u16) -> u16 {
    let leap = |year: u16| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334].get(usize::from(month) - 1).copied();
    let ordinal = before.unwrap_or(0) + day + u16::from(month > 2 && leap(year));
    // Day of the week of 1 January, Monday 1 to Sunday 7, by Gauss.
    let weekday_of_first = |year: u16| {
        let past = u32::from(year.saturating_sub(1));
        match (1 + 5 * (past % 4) + 4 * (past % 100) + 6 * (past % 400)) % 7 {
            0 => 7,
            day => u16::try_from(day).unwrap_or(7),
        }
    };
    let weekday = (weekday_of_first(year) + ordinal - 2) % 7 + 1;
    let weeks_of = |year: u16| {
        let first = weekday_of_first(year);
        if first == 4 || (first == 3 && leap(year)) { 53 } else { 52 }
    };
    match (ordinal + 10).saturating_sub(weekday) / 7 {
        0 => year.checked_sub(1).map_or(52, weeks_of),
        week if week > weeks_of(year) => 1,
        week => week,
    }
}
