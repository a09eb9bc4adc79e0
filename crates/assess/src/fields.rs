//! Reads one TOML table field by field and remembers everything that is wrong with it, not only the first thing.

use base::{Date, Text};
use toml::{Table, Value};

use crate::problem::{PackError, Problem};

/// Largest pack file read, in bytes.
const MAX_FILE_BYTES: usize = 4 << 20;

/// Parses the text of a pack file; what comes back otherwise is one problem.
pub(crate) fn parse_file(file: &str, text: &str) -> Result<Table, Vec<PackError>> {
    let at_file = |problem| vec![PackError { file: file.to_owned(), place: "file".to_owned(), problem }];
    if text.len() > MAX_FILE_BYTES {
        return Err(at_file(Problem::TooLarge { bytes: text.len(), limit: MAX_FILE_BYTES }));
    }
    toml::from_str(text).map_err(|err| at_file(Problem::Syntax(err)))
}

/// One table being read. Every field asked for counts as known; [`Fields::finish`] reports the others.
pub(crate) struct Fields<'t> {
    table: &'t Table,
    known: Vec<&'static str>,
    problems: Vec<Problem>,
}

impl<'t> Fields<'t> {
    pub(crate) fn new(table: &'t Table) -> Self {
        Self { table, known: Vec::new(), problems: Vec::new() }
    }

    /// Adds a problem found by the caller.
    pub(crate) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports unknown fields and hands all problems to the table that holds this one as `field`.
    pub(crate) fn hand_over(mut self, field: &str, outer: &mut Fields<'_>) {
        self.report_unknown(&format!("{field}."));
        outer.problems.append(&mut self.problems);
    }

    fn report_unknown(&mut self, prefix: &str) {
        for field in self.table.keys().filter(|field| !self.known.contains(&field.as_str())) {
            self.problems.push(Problem::UnknownField { field: format!("{prefix}{field}") });
        }
    }

    /// Reports unknown fields and moves all problems to `errors`; true if there were none.
    pub(crate) fn finish(mut self, file: &str, place: &str, errors: &mut Vec<PackError>) -> bool {
        self.report_unknown("");
        let clean = self.problems.is_empty();
        errors.extend(self.problems.into_iter().map(|problem| PackError {
            file: file.to_owned(),
            place: place.to_owned(),
            problem,
        }));
        clean
    }

    fn get(&mut self, field: &'static str) -> Option<&'t Value> {
        self.known.push(field);
        self.table.get(field)
    }

    fn need(&mut self, field: &'static str) -> Option<&'t Value> {
        let value = self.get(field);
        if value.is_none() {
            self.problems.push(Problem::Missing { field });
        }
        value
    }

    fn wrong(&mut self, field: impl Into<String>, expected: &'static str, value: &Value) {
        self.problems.push(Problem::WrongType { field: field.into(), expected, found: value.type_str() });
    }

    fn as_text(&mut self, field: impl Into<String>, value: &'t Value) -> Option<String> {
        let field = field.into();
        match value {
            Value::String(text) if text.trim().is_empty() => {
                self.problems.push(Problem::Empty { field });
                None
            }
            Value::String(text) => Some(text.clone()),
            other => {
                self.wrong(field, "string", other);
                None
            }
        }
    }

    /// A text that must be there and say something.
    pub(crate) fn text(&mut self, field: &'static str) -> Option<String> {
        let value = self.need(field)?;
        self.as_text(field, value)
    }

    /// A text that may be left out.
    pub(crate) fn optional_text(&mut self, field: &'static str) -> Option<String> {
        let value = self.get(field)?;
        self.as_text(field, value)
    }

    /// `{ ja = "…", en = "…" }`.
    pub(crate) fn label(&mut self, field: &'static str) -> Option<Text> {
        let value = self.need(field)?;
        self.as_label(field, value)
    }

    /// A label that may be left out.
    pub(crate) fn optional_label(&mut self, field: &'static str) -> Option<Text> {
        let value = self.get(field)?;
        self.as_label(field, value)
    }

    /// One label for each of `values`: `{ server = { ja = "…", en = "…" }, … }`; empty if left out.
    pub(crate) fn value_labels(&mut self, field: &'static str, values: &[String]) -> Vec<Text> {
        let Some(value) = self.get(field) else { return Vec::new() };
        let Value::Table(table) = value else {
            self.wrong(field, "table with a label for each value", value);
            return Vec::new();
        };
        for other in table.keys().filter(|key| !values.contains(key)) {
            self.problems.push(Problem::UnknownField { field: format!("{field}.{other}") });
        }
        let mut labels = Vec::with_capacity(values.len());
        for one in values {
            let name = format!("{field}.{one}");
            match table.get(one) {
                Some(label) => labels.extend(self.as_label(&name, label)),
                None => self.problems.push(Problem::Empty { field: name }),
            }
        }
        labels
    }

    fn as_label(&mut self, field: &str, value: &'t Value) -> Option<Text> {
        let Value::Table(table) = value else {
            self.wrong(field, "table with ja and en", value);
            return None;
        };
        for other in table.keys().filter(|key| !["ja", "en"].contains(&key.as_str())) {
            self.problems.push(Problem::UnknownField { field: format!("{field}.{other}") });
        }
        let mut side = |lang: &str| match table.get(lang) {
            Some(value) => self.as_text(format!("{field}.{lang}"), value),
            None => {
                self.problems.push(Problem::Empty { field: format!("{field}.{lang}") });
                None
            }
        };
        let (ja, en) = (side("ja"), side("en"));
        Some(Text { ja: ja?, en: en? })
    }

    /// A whole number in `least..=most` that may be left out.
    pub(crate) fn optional_integer(&mut self, field: &'static str, least: i64, most: i64) -> Option<i64> {
        let value = self.get(field)?;
        let Value::Integer(found) = *value else {
            self.wrong(field, "integer", value);
            return None;
        };
        if !(least..=most).contains(&found) {
            self.problems.push(Problem::OutOfRange { field, found, least, most });
            return None;
        }
        Some(found)
    }

    /// Yes or no; `None` if left out.
    pub(crate) fn optional_bool(&mut self, field: &'static str) -> Option<bool> {
        let value = self.get(field)?;
        if value.as_bool().is_none() {
            self.wrong(field, "boolean", value);
        }
        value.as_bool()
    }

    /// A day, as a TOML date or as a text; `None` if left out.
    pub(crate) fn optional_date(&mut self, field: &'static str) -> Option<Date> {
        let value = self.get(field)?;
        let date = as_date(value);
        if date.is_none() {
            self.wrong(field, "date", value);
        }
        date
    }

    /// A day that must be there.
    pub(crate) fn date(&mut self, field: &'static str) -> Option<Date> {
        self.need(field)?;
        self.optional_date(field)
    }

    /// A list of non-empty texts; empty if left out.
    pub(crate) fn texts(&mut self, field: &'static str) -> Vec<String> {
        let Some(value) = self.get(field) else { return Vec::new() };
        let Value::Array(items) = value else {
            self.wrong(field, "list of strings", value);
            return Vec::new();
        };
        items.iter().filter_map(|item| self.as_text(field, item)).collect()
    }

    /// One of the named values, or `None` if left out.
    pub(crate) fn optional_choice<T: Copy>(&mut self, field: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let value = self.get(field)?;
        let text = self.as_text(field, value)?;
        self.choose(field, &text, choices)
    }

    /// One of the named values.
    pub(crate) fn choice<T: Copy>(&mut self, field: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        self.need(field)?;
        self.optional_choice(field, choices)
    }

    /// Some of the named values; the field must be there, but may be an empty list.
    pub(crate) fn choices<T: Copy>(&mut self, field: &'static str, choices: &[(&'static str, T)]) -> Vec<T> {
        if self.need(field).is_none() {
            return Vec::new();
        }
        let texts = self.texts(field);
        texts.iter().filter_map(|text| self.choose(field, text, choices)).collect()
    }

    fn choose<T: Copy>(&mut self, field: &str, text: &str, choices: &[(&'static str, T)]) -> Option<T> {
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let allowed = choices.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            self.problems.push(Problem::NotOneOf { field: field.to_owned(), found: text.to_owned(), allowed });
        }
        found
    }

    /// One table that must be there.
    pub(crate) fn table(&mut self, field: &'static str) -> Option<&'t Table> {
        let value = self.need(field)?;
        if value.as_table().is_none() {
            self.wrong(field, "table", value);
        }
        value.as_table()
    }

    /// An array of tables; empty if left out.
    pub(crate) fn tables(&mut self, field: &'static str) -> Vec<&'t Table> {
        let Some(value) = self.get(field) else { return Vec::new() };
        let Value::Array(items) = value else {
            self.wrong(field, "list of tables", value);
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Value::Table(table) => tables.push(table),
                other => self.wrong(field, "table", other),
            }
        }
        tables
    }
}

/// A TOML date without a time, or a text that is a day.
pub(crate) fn as_date(value: &Value) -> Option<Date> {
    match value {
        Value::Datetime(datetime) if datetime.time.is_none() => datetime.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Names an entry for people: its id if it has one, else its position from 1.
pub(crate) fn place_of(table: &Table, id_field: &str, what: &str, position: usize) -> String {
    match table.get(id_field).and_then(Value::as_str) {
        Some(id) if !id.is_empty() => format!("{what} {id}"),
        _ => format!("{what} {}", position + 1),
    }
}

/// Is `name` made of lower-case letters, digits and underscores, beginning with a letter?
pub(crate) fn is_lower_snake(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
