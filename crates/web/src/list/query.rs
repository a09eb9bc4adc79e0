//! What a reader asks of a list, read from the address.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::{EXPORT_ROWS, PAGE_ROWS};
use crate::error::HttpError;
use crate::visit::encode_segment;

/// Longest word list, in characters.
const MAX_WORDS_CHARS: usize = 200;
/// Most parameters of an address.
const MAX_PARAMETERS: usize = 20;
/// Last page that can be asked for.
const MAX_PAGE: usize = 100_000;

/// Form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CSV in UTF-8 with a mark that Excel understands.
    Csv,
    /// CSV in the code page of Japanese Windows.
    CsvCp932,
    /// A workbook.
    Xlsx,
}

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Rows passed over.
    pub offset: usize,
    /// Rows at most.
    pub limit: usize,
}

/// What a reader asks of a list. Anything that makes no sense counts as not said.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    path: String,
    pairs: Vec<(String, String)>,
}

impl ListQuery {
    /// Reads the query of an address.
    #[must_use]
    pub fn parse(path: &str, query: &str) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let short = |text: String| text.chars().filter(|c| !c.is_control()).take(MAX_WORDS_CHARS).collect();
        let pairs = pairs.into_iter().take(MAX_PARAMETERS).map(|(name, value)| (name, short(value)));
        Self { path: path.to_owned(), pairs: pairs.filter(|(_, value): &(String, String)| !value.is_empty()).collect() }
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The words searched for, as typed.
    #[must_use]
    pub fn typed(&self) -> &str {
        self.find("q").unwrap_or_default()
    }

    /// The words searched for.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        self.typed().split_whitespace().collect()
    }

    /// The column sorted by; empty: the list's own order.
    #[must_use]
    pub fn sort(&self) -> &str {
        self.find("sort").unwrap_or_default()
    }

    /// Which way.
    #[must_use]
    pub fn direction(&self) -> Direction {
        if self.find("dir") == Some("desc") { Direction::Descending } else { Direction::Ascending }
    }

    /// The page, from 1.
    #[must_use]
    pub fn page(&self) -> usize {
        self.find("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, MAX_PAGE)
    }

    /// The export asked for; `None` for a page.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        match self.find("format")? {
            "csv" => Some(Format::Csv),
            "csv-cp932" => Some(Format::CsvCp932),
            "xlsx" => Some(Format::Xlsx),
            _ => None,
        }
    }

    /// The value of a choice above the table.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.find(name)
    }

    /// Which rows are wanted: one page, or all of them for an export.
    #[must_use]
    pub fn window(&self) -> Window {
        match self.format() {
            Some(_) => Window { offset: 0, limit: EXPORT_ROWS },
            None => Window { offset: (self.page() - 1) * PAGE_ROWS, limit: PAGE_ROWS },
        }
    }

    /// The address of the same list, with some parameters changed; an empty value takes one out.
    #[must_use]
    pub fn with(&self, changes: &[(&str, &str)]) -> String {
        let kept = self.pairs.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let all = kept.chain(changes.iter().copied().filter(|(_, value)| !value.is_empty()));
        let text: Vec<String> =
            all.map(|(name, value)| format!("{}={}", encode_segment(name), encode_segment(value))).collect();
        if text.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, text.join("&")) }
    }

    /// The address that sorts by a column, or turns its order around.
    #[must_use]
    pub fn sorted_by(&self, column: &str) -> String {
        let again = self.sort() == column && self.direction() == Direction::Ascending;
        self.with(&[("sort", column), ("dir", if again { "desc" } else { "" }), ("page", "")])
    }

    /// The address of another page.
    #[must_use]
    pub fn at_page(&self, page: usize) -> String {
        self.with(&[("page", &page.to_string())])
    }

    /// The address of an export.
    #[must_use]
    pub fn as_format(&self, format: &str) -> String {
        self.with(&[("format", format), ("page", "")])
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::parse(parts.uri.path(), parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_what_was_chosen_before() {
        let query = ListQuery::parse("/s/a/assets", "q=%E9%9B%BB%E5%AD%90&class=server&page=3");
        assert_eq!(query.typed(), "電子");
        assert_eq!(query.sorted_by("name"), "/s/a/assets?q=%E9%9B%BB%E5%AD%90&class=server&sort=name");
        assert_eq!(query.window(), Window { offset: 100, limit: 50 });
    }

    #[test]
    fn nonsense_counts_as_not_said() {
        for text in ["page=-1", "page=abc", "page=0", "sort=", "%%%", "format=exe"] {
            let query = ListQuery::parse("/", text);
            assert_eq!((query.page(), query.format(), query.sort()), (1, None, ""), "{text}");
        }
        assert_eq!(ListQuery::parse("/", "page=99999999999").page(), MAX_PAGE);
    }

    #[test]
    fn the_second_click_turns_the_order_around() {
        let query = ListQuery::parse("/l", "sort=name");
        assert_eq!(query.sorted_by("name"), "/l?sort=name&dir=desc");
    }
}
