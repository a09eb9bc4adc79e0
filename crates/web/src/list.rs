//! The one table of every list: filter, sort, pages, and export of exactly what is shown.

mod export;
mod query;

use askama::Template;
use axum::response::Response;

use crate::error::HttpError;
use crate::layout::{Page, page};
use crate::visit::Visit;

pub use query::{Direction, Format, ListQuery, Window};

/// Rows of one page.
pub const PAGE_ROWS: usize = 50;
/// Most rows of an export; the file of a list that is longer says so in its last row, and so does the page above its table.
pub const EXPORT_ROWS: usize = 200_000;

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name in the address, for sorting; empty: can't be sorted by.
    pub sort: &'static str,
    /// Heading.
    pub title: String,
    /// Whether its values stand to the right.
    pub is_number: bool,
}

impl Column {
    /// A column that can't be sorted by.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { sort: "", title: title.into(), is_number: false }
    }

    /// Can be sorted by, under this name.
    #[must_use]
    pub const fn sort(mut self, name: &'static str) -> Self {
        self.sort = name;
        self
    }

    /// Holds numbers.
    #[must_use]
    pub const fn number(mut self) -> Self {
        self.is_number = true;
        self
    }
}

/// How a cell is marked, besides its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// Text.
    #[default]
    Plain,
    /// A badge: proved, done.
    Good,
    /// A badge: only claimed, soon over.
    Caution,
    /// A badge: contradicted, overdue.
    Danger,
    /// A badge: unknown, stale.
    Unknown,
    /// A name of a file, a hash, a command.
    Code,
}

impl Look {
    /// The class of the style sheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "badge good",
            Self::Caution => "badge caution",
            Self::Danger => "badge danger",
            Self::Unknown => "badge unknown",
            Self::Code => "code",
        }
    }
}

/// A cell: what is exported is its text.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// Text.
    pub text: String,
    /// Where it leads.
    pub href: Option<String>,
    /// How it is marked.
    pub look: Look,
}

impl Cell {
    /// Text alone.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Text that leads somewhere.
    #[must_use]
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: Some(href.into()), look: Look::Plain }
    }

    /// With a mark.
    #[must_use]
    pub const fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }
}

/// The class of a table cell with this text: days, addresses and versions are not broken, long texts get room. Empty for all else.
#[must_use]
pub fn shape(text: &str) -> &'static str {
    /// Characters from which on a text is long.
    const LONG_CHARS: usize = 40;
    /// Characters from which on a text needs some room.
    const SOME_CHARS: usize = 12;
    /// Characters up to which an address or a version stays on one line.
    const TOKEN_CHARS: usize = 18;
    let day = text.get(..10).filter(|day| day.parse::<base::Date>().is_ok());
    let chars = text.chars().count();
    if chars > LONG_CHARS {
        "long"
    } else if day.is_some() {
        if text.is_ascii() { "day" } else { "aged" }
    } else if !text.is_empty() && chars <= TOKEN_CHARS && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        "token"
    } else if chars > SOME_CHARS {
        "some"
    } else {
        ""
    }
}

/// A choice above the table.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Name in the address.
    pub name: &'static str,
    /// Label.
    pub label: String,
    /// Value and label of every choice; the first should be the empty one.
    pub options: Vec<(String, String)>,
}

/// How many rows there are in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exactly(usize),
    /// At least so many; nobody counted further.
    AtLeast(usize),
}

/// A list, ready to be drawn or exported.
#[derive(Debug, Clone)]
pub struct List {
    /// What the table shows, for those who can't see it and as the name of exports.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows of this page, or all of them for an export.
    pub rows: Vec<Vec<Cell>>,
    /// Rows in all.
    pub total: Total,
    /// Choices above the table.
    pub filters: Vec<Filter>,
    /// Whether words can be searched for.
    pub can_search: bool,
    /// What to do first, if there is nothing to show; a command stands between backticks.
    pub empty: String,
}

impl List {
    /// Takes from all rows those the query asks for: for short lists that stand in memory.
    #[must_use]
    pub fn cut(mut self, query: &ListQuery) -> Self {
        let needle = query.words().join(" ").to_lowercase();
        if !needle.is_empty() {
            self.rows.retain(|row| row.iter().any(|cell| cell.text.to_lowercase().contains(&needle)));
        }
        if let Some(column) =
            self.columns.iter().position(|column| !column.sort.is_empty() && column.sort == query.sort())
        {
            let number = |row: &Vec<Cell>| row.get(column).and_then(|cell| cell.text.parse::<i64>().ok());
            let text = |row: &Vec<Cell>| row.get(column).map(|cell| cell.text.clone()).unwrap_or_default();
            self.rows.sort_by_cached_key(|row| (number(row), text(row)));
            if query.direction() == Direction::Descending {
                self.rows.reverse();
            }
        }
        self.total = Total::Exactly(self.rows.len());
        let window = query.window();
        self.rows = self.rows.into_iter().skip(window.offset).take(window.limit).collect();
        self
    }

    /// The page with this list, or the file that was asked for.
    ///
    /// # Errors
    /// [`HttpError`] if a template or a workbook fails: a defect.
    pub fn respond(self, visit: &Visit, around: &Page, query: &ListQuery, above: &str) -> Result<Response, HttpError> {
        match query.format() {
            Some(format) => {
                let list = self.with_last_row(EXPORT_ROWS, || visit.say("list-cut", &[("most", EXPORT_ROWS.into())]));
                export::respond(&list, format, visit.today())
            }
            None => page(visit, around, &self.body(visit, query, above)),
        }
    }

    /// For an export of at most `most` rows: if there are, or may be, more rows than it holds, a last row that says so.
    fn with_last_row(mut self, most: usize, says: impl FnOnce() -> String) -> Self {
        let is_cut = match self.total {
            Total::Exactly(count) => count > self.rows.len(),
            Total::AtLeast(_) => true,
        };
        if is_cut && self.rows.len() >= most {
            self.rows.push(vec![Cell::text(says())]);
        }
        self
    }

    /// The list alone, to be put into a page among other things.
    ///
    /// # Errors
    /// [`HttpError`] if the template fails: a defect.
    pub fn draw(&self, visit: &Visit, query: &ListQuery) -> Result<String, HttpError> {
        self.clone().body(visit, query, "").render().map_err(HttpError::internal)
    }

    fn body<'a>(self, visit: &'a Visit, query: &'a ListQuery, above: &'a str) -> Body<'a> {
        let (shown, at_least) = match self.total {
            Total::Exactly(count) => (count, false),
            Total::AtLeast(count) => (count, true),
        };
        let pages = shown.div_ceil(PAGE_ROWS).max(1);
        Body { list: self, visit, query, above, shown, at_least, pages }
    }
}

#[derive(Template)]
#[template(path = "list.html")]
struct Body<'a> {
    list: List,
    visit: &'a Visit,
    query: &'a ListQuery,
    /// Markup of ours above the table.
    above: &'a str,
    shown: usize,
    at_least: bool,
    pages: usize,
}

impl Body<'_> {
    fn text(&self, id: &str) -> String {
        self.visit.text(id)
    }

    fn count_text(&self) -> String {
        let id = if self.at_least { "list-count-at-least" } else { "list-count" };
        self.visit.say(id, &[("count", self.shown.into())])
    }

    /// Whether an export would not hold every row.
    fn is_too_long(&self) -> bool {
        self.at_least || self.shown > EXPORT_ROWS
    }

    fn limit_text(&self) -> String {
        self.visit.say("list-export-limit", &[("most", EXPORT_ROWS.into())])
    }

    fn is_full_page(&self) -> bool {
        self.list.rows.len() == PAGE_ROWS
    }

    fn page_text(&self) -> String {
        self.visit.say("list-page", &[("page", self.query.page().into()), ("pages", self.pages.into())])
    }

    fn previous(&self) -> String {
        self.query.at_page(self.query.page() - 1)
    }

    fn next(&self) -> String {
        self.query.at_page(self.query.page() + 1)
    }

    fn sort_state(&self, column: &Column) -> &'static str {
        match (column.sort == self.query.sort(), self.query.direction()) {
            (false, _) => "none",
            (true, Direction::Ascending) => "ascending",
            (true, Direction::Descending) => "descending",
        }
    }

    fn chosen(&self, filter: &Filter, value: &str) -> bool {
        self.query.filter(filter.name).unwrap_or_default() == value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_said(total: Total, rows: usize) -> Vec<String> {
        let list = List {
            caption: "一覧".to_owned(),
            columns: vec![Column::new("名前"), Column::new("数").number()],
            rows: (0..rows).map(|number| vec![Cell::text(number.to_string()), Cell::text("1")]).collect(),
            total,
            filters: Vec::new(),
            can_search: false,
            empty: String::new(),
        };
        let list = list.with_last_row(2, || "cut".to_owned());
        list.rows.iter().map(|row| row.first().map(|cell| cell.text.clone()).unwrap_or_default()).collect()
    }

    #[test]
    fn an_export_that_is_not_all_says_so_in_its_last_row() {
        assert_eq!(rows_said(Total::Exactly(3), 2), ["0", "1", "cut"]);
        assert_eq!(rows_said(Total::AtLeast(2), 2), ["0", "1", "cut"]);
    }

    #[test]
    fn an_export_of_everything_has_no_row_more() {
        assert_eq!(rows_said(Total::Exactly(2), 2), ["0", "1"]);
        assert_eq!(rows_said(Total::AtLeast(1), 1), ["0"]);
    }
}
