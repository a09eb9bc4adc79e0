//! End-of-life dates as endoflife.date publishes them: product files (Markdown with YAML front matter) and the lists of
//! its public API (JSON). Start with [`parse`].

mod api;
mod front_matter;

use base::{Date, Locator};

/// Largest product file, in bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// Most releases of one product.
pub const MAX_RELEASES: usize = 5_000;
/// Longest value kept, in characters.
const MAX_TEXT_CHARS: usize = 500;
/// Identifiers and problems kept per product.
const MAX_ITEMS: usize = 500;

/// One product and its releases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Product {
    /// Short name, such as `windows-server`: the permalink, else the file name.
    pub name: String,
    /// Title for people; empty if the file has none.
    pub title: String,
    /// CPE names (2.2 and 2.3) of the product.
    pub cpes: Vec<String>,
    /// Releases in file order, newest first as a rule.
    pub releases: Vec<Release>,
    /// What could not be read.
    pub problems: Vec<ProductProblem>,
}

/// One release (cycle) of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Line of the product file, or path (`/[3]`, from 1) in the API's list.
    pub place: Locator,
    /// Identifier of the cycle, such as `10-22h2`.
    pub cycle: String,
    /// Label for people; the cycle if there is none.
    pub label: String,
    /// Day of release.
    pub released: Option<Date>,
    /// End of security support.
    pub eol: SupportEnd,
    /// End of active support; `None` if the product has no such phase or the file does not say.
    pub eoas: Option<SupportEnd>,
    /// End of extended (paid) support; `None` likewise.
    pub eoes: Option<SupportEnd>,
    /// Latest version of the cycle, if stated.
    pub latest: Option<String>,
    /// Whether it is, or becomes on a day, a long-term support release.
    pub lts: LongTerm,
}

/// When a kind of support ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SupportEnd {
    /// On this day.
    On(Date),
    /// It has ended; the day is not known.
    Ended,
    /// It has not ended; no day is known.
    NotYet,
}

/// Long-term support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LongTerm {
    /// No long-term support release.
    No,
    /// A long-term support release.
    Yes,
    /// Becomes one on this day.
    From(Date),
}

/// A release that could not be read; the others were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductProblem {
    /// Where it stands.
    pub place: Locator,
    /// What is wrong.
    pub reason: ProductProblemReason,
}

/// What is wrong with a part of a product.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProductProblemReason {
    /// A field is missing or makes no sense; the release was left out.
    #[error("field {field} has the value {found:?}")]
    BadField {
        /// Name of the field.
        field: &'static str,
        /// Its value; empty if missing.
        found: String,
    },
    /// The line is no `key: value` mamori can read; the line was left out.
    #[error("line is no key and value")]
    BadLine,
    /// The second `---` line is missing: the file may be cut off, and its last release was left out.
    #[error("front matter has no end")]
    Truncated,
    /// The JSON breaks off or is malformed.
    #[error("json is malformed: {found}")]
    Malformed {
        /// What the reader says.
        found: String,
    },
    /// Too many releases; the rest was left out.
    #[error("more than {limit} releases, the rest was left out")]
    TooManyReleases {
        /// The limit.
        limit: usize,
    },
}

/// A file is no product.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseProductError {
    /// The file is too large.
    #[error("product of {found} bytes is above {limit} bytes")]
    TooLarge {
        /// Size found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The file has neither front matter with `releases:` nor is it a list of cycles.
    #[error("file has neither front matter with releases nor is it a list of cycles")]
    NotProduct,
}

/// True if the bytes begin like a product file, or like a list of the API.
#[must_use]
pub fn looks_like_endoflife(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head = bytes.get(..bytes.len().min(16_384)).unwrap_or_default();
    let has = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    let is_markdown = head.starts_with(b"---") && has(b"\nreleases:");
    let is_list = head.trim_ascii_start().starts_with(b"[") && has(b"\"cycle\"") && has(b"\"eol\"");
    is_markdown || is_list
}

/// Reads one product. `file_name` gives the name where the content does not (`ubuntu.json`); it may hold folders.
///
/// In product files `true` for `eol`, `eoas`, `eoes` means *ended*; in the API's `support` and `extendedSupport` it means
/// *still supported*. Both become [`SupportEnd`].
///
/// # Errors
/// [`ParseProductError`] if the file is too large or no product at all.
pub fn parse(bytes: &[u8], file_name: &str) -> Result<Product, ParseProductError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseProductError::TooLarge { found: bytes.len(), limit: MAX_BYTES });
    }
    let decoded = crate::text::decode(bytes);
    let text = decoded.text.as_str();
    let mut product = if text.trim_start().starts_with('[') { api::parse(text)? } else { front_matter::parse(text)? };
    if product.name.is_empty() {
        product.name = stem(file_name);
    }
    Ok(product)
}

/// File name without folders and extension.
fn stem(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    shorten(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}

fn shorten(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}

impl Product {
    fn report(&mut self, place: Locator, reason: ProductProblemReason) {
        if self.problems.len() < MAX_ITEMS {
            self.problems.push(ProductProblem { place, reason });
        }
    }

    fn add_release(&mut self, release: Release) {
        if self.releases.len() < MAX_RELEASES {
            return self.releases.push(release);
        }
        let reason = ProductProblemReason::TooManyReleases { limit: MAX_RELEASES };
        if self.problems.last().is_none_or(|last| last.reason != reason) {
            self.report(release.place, reason);
        }
    }
}

/// Reads a date or a boolean that is true when the support has ended.
fn parse_end(field: &'static str, found: &str) -> Result<SupportEnd, ProductProblemReason> {
    match found {
        "true" => Ok(SupportEnd::Ended),
        "false" => Ok(SupportEnd::NotYet),
        date => date.parse().map(SupportEnd::On).map_err(|_| bad_field(field, found)),
    }
}

/// Reads a date or a boolean that is true while support lasts: the opposite of [`parse_end`].
fn parse_supported(field: &'static str, found: &str) -> Result<Option<SupportEnd>, ProductProblemReason> {
    match found {
        "" => Ok(None),
        "true" => Ok(Some(SupportEnd::NotYet)),
        "false" => Ok(Some(SupportEnd::Ended)),
        date => parse_end(field, date).map(Some),
    }
}

fn parse_long_term(found: &str) -> Result<LongTerm, ProductProblemReason> {
    match found {
        "true" => Ok(LongTerm::Yes),
        "false" | "" => Ok(LongTerm::No),
        date => date.parse().map(LongTerm::From).map_err(|_| bad_field("lts", found)),
    }
}

fn bad_field(field: &'static str, found: &str) -> ProductProblemReason {
    ProductProblemReason::BadField { field, found: shorten(found) }
}
