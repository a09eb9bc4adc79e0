//! The catalogue of known exploited vulnerabilities that CISA publishes, in its JSON form.

use std::fmt;

use base::{Date, UtcSeconds};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Largest catalogue, in bytes; the real one has about 2 MB.
pub const MAX_BYTES: usize = 64 << 20;
/// Most entries.
pub const MAX_ENTRIES: usize = 200_000;
/// Longest text kept, in characters.
const MAX_TEXT_CHARS: usize = 1_000;
/// Problems kept.
const MAX_PROBLEMS: usize = 1_000;

/// One edition of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// `catalogVersion`, such as `2025.08.25`; empty if missing.
    pub version: String,
    /// When this edition was published.
    pub released_at: Option<UtcSeconds>,
    /// Entries in file order.
    pub entries: Vec<Entry>,
    /// What could not be read.
    pub problems: Vec<CatalogueProblem>,
}

/// One vulnerability that is being exploited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `/vulnerabilities[12]`, counted from 1.
    pub path: String,
    /// `CVE-2018-13379`
    pub cve: String,
    /// Vendor as the catalogue writes it.
    pub vendor: String,
    /// Product as the catalogue writes it; there is no version.
    pub product: String,
    /// Name of the vulnerability.
    pub name: String,
    /// Day the entry was added.
    pub date_added: Date,
    /// Day until which US agencies must act.
    pub due: Option<Date>,
    /// Whether ransomware is known to use it.
    pub ransomware: Ransomware,
}

/// Use by ransomware, as far as CISA knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ransomware {
    /// Known to be used.
    Known,
    /// Not known; that is no "no".
    Unknown,
}

/// Something in a catalogue that could not be read; the rest was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueProblem {
    /// `/vulnerabilities[12]` or `/`.
    pub path: String,
    /// What is wrong.
    pub reason: CatalogueProblemReason,
}

/// What is wrong with a part of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueProblemReason {
    /// A field is missing or makes no sense; the entry was left out.
    #[error("field {field} has the value {found:?}")]
    BadField {
        /// Name of the field.
        field: &'static str,
        /// Its value; empty if missing.
        found: String,
    },
    /// The catalogue says another number of entries than it has.
    #[error("the catalogue says {stated} entries and has {found}")]
    Count {
        /// Number stated.
        stated: u64,
        /// Number found, bad ones included.
        found: u64,
    },
    /// The JSON breaks off or is malformed; entries before were kept.
    #[error("json is malformed from here on: {found}")]
    Malformed {
        /// What the reader says, with line and column.
        found: String,
    },
    /// Too many entries; the rest was left out.
    #[error("more than {limit} entries, the rest was left out")]
    TooManyEntries {
        /// The limit.
        limit: usize,
    },
}

/// A file is no catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseCatalogueError {
    /// The file is too large.
    #[error("catalogue of {found} bytes is above {limit} bytes")]
    TooLarge {
        /// Size found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The file is not a JSON object with a list `vulnerabilities`.
    #[error("file is no json object with a list of vulnerabilities")]
    NotCatalogue,
}

/// True if the bytes begin like a catalogue.
#[must_use]
pub fn looks_like_kev(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(4_096)).unwrap_or_default();
    let has = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    has(b"\"catalogVersion\"") && (has(b"\"vulnerabilities\"") || has(b"\"dateReleased\""))
}

/// Reads a catalogue entry by entry. A bad entry costs that entry; broken JSON costs what follows.
///
/// # Errors
/// [`ParseCatalogueError`] if the file is too large or no catalogue at all.
pub fn parse(bytes: &[u8]) -> Result<Catalogue, ParseCatalogueError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseCatalogueError::TooLarge { found: bytes.len(), limit: MAX_BYTES });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reading = Reading::default();
    let mut source = serde_json::Deserializer::from_slice(bytes);
    if let Err(err) = Root(&mut reading).deserialize(&mut source) {
        let path = format!("/vulnerabilities[{}]", reading.found + 1);
        reading.report(path, CatalogueProblemReason::Malformed { found: shorten(&err.to_string()) });
    }
    if !reading.has_list {
        return Err(ParseCatalogueError::NotCatalogue);
    }
    if let Some(stated) = reading.stated.filter(|stated| *stated != reading.found) {
        reading.report("/".to_owned(), CatalogueProblemReason::Count { stated, found: reading.found });
    }
    Ok(reading.catalogue)
}

#[derive(Default)]
struct Reading {
    catalogue: Catalogue,
    has_list: bool,
    stated: Option<u64>,
    found: u64,
}

impl Reading {
    fn report(&mut self, path: String, reason: CatalogueProblemReason) {
        if self.catalogue.problems.len() < MAX_PROBLEMS {
            self.catalogue.problems.push(CatalogueProblem { path, reason });
        }
    }

    fn add(&mut self, value: &Value) {
        self.found += 1;
        let path = format!("/vulnerabilities[{}]", self.found);
        match parse_entry(&path, value) {
            Ok(entry) if self.catalogue.entries.len() < MAX_ENTRIES => self.catalogue.entries.push(entry),
            Ok(_) => {
                let reason = CatalogueProblemReason::TooManyEntries { limit: MAX_ENTRIES };
                if self.catalogue.problems.iter().all(|problem| problem.reason != reason) {
                    self.report(path, reason);
                }
            }
            Err(reason) => self.report(path, reason),
        }
    }
}

/// Reads the outer object into a [`Reading`], so that what was read survives an error further on.
struct Root<'a>(&'a mut Reading);

impl<'de> DeserializeSeed<'de> for Root<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a catalogue object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "catalogVersion" => self.0.catalogue.version = text_of(&map.next_value::<Value>()?),
                "dateReleased" => self.0.catalogue.released_at = parse_time(&text_of(&map.next_value::<Value>()?)),
                "count" => self.0.stated = map.next_value::<Value>()?.as_u64(),
                "vulnerabilities" if self.0.has_list => return Err(A::Error::custom("second list of vulnerabilities")),
                "vulnerabilities" => map.next_value_seed(List(self.0))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct List<'a>(&'a mut Reading);

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of vulnerabilities")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.has_list = true;
        while let Some(value) = list.next_element::<Value>()? {
            self.0.add(&value);
        }
        Ok(())
    }
}

fn parse_entry(path: &str, value: &Value) -> Result<Entry, CatalogueProblemReason> {
    let text = |field: &'static str| text_of(value.get(field).unwrap_or(&Value::Null));
    let bad = |field: &'static str| CatalogueProblemReason::BadField { field, found: text(field) };
    let required = |field: &'static str| Some(text(field)).filter(|text| !text.is_empty()).ok_or_else(|| bad(field));
    let cve = text("cveID").to_ascii_uppercase();
    if !is_cve(&cve) {
        return Err(bad("cveID"));
    }
    let due = text("dueDate");
    Ok(Entry {
        path: path.to_owned(),
        cve,
        vendor: required("vendorProject")?,
        product: required("product")?,
        name: text("vulnerabilityName"),
        date_added: text("dateAdded").parse().map_err(|_| bad("dateAdded"))?,
        due: if due.is_empty() { None } else { Some(due.parse().map_err(|_| bad("dueDate"))?) },
        ransomware: match text("knownRansomwareCampaignUse").to_ascii_lowercase().as_str() {
            "known" => Ransomware::Known,
            "unknown" | "" => Ransomware::Unknown,
            _ => return Err(bad("knownRansomwareCampaignUse")),
        },
    })
}

/// `CVE-`, four digits, `-`, four to nineteen digits.
fn is_cve(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let Some((year, number)) = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-')) else { return false };
    year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number)
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => shorten(text.trim()),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => shorten(&value.to_string()),
    }
}

fn parse_time(text: &str) -> Option<UtcSeconds> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(UtcSeconds(time.as_second()));
    }
    let day: Date = text.get(..10)?.parse().ok()?;
    Some(UtcSeconds(day.days_since_epoch().saturating_mul(86_400)))
}

fn shorten(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}
