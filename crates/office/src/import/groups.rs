//! What a ledger would change, in words.

use askama::Template;
use assess::Definition;
use base::{FactValue, Subject};
use governance::lines::show_value;
use web::{HttpError, SiteVisit};

use super::differences::{ChangeLine, Differences};
use crate::Office;
use crate::words as places;

/// One difference in words.
pub(super) struct Row {
    pub(super) path: String,
    pub(super) subject: String,
    pub(super) key: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// Differences of one sort.
pub(super) struct Group {
    pub(super) title: String,
    count: usize,
    has_before: bool,
    has_after: bool,
    pub(super) rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "import/groups.html")]
struct Groups<'a> {
    visit: &'a SiteVisit,
    groups: Vec<Group>,
}

impl Groups<'_> {
    fn first_of(&self, shown: usize, count: &usize) -> String {
        self.visit.say("import-first-of", &[("shown", shown.into()), ("count", (*count).into())])
    }
}

/// How many differences there are of each sort.
pub(super) fn counts(visit: &SiteVisit, shown: &Differences) -> String {
    let [added, changed, missing] = shown.counts;
    let numbers = [
        ("added", added.into()),
        ("changed", changed.into()),
        ("missing", missing.into()),
        ("same", shown.same.into()),
    ];
    visit.say("import-differences-count", &numbers)
}

/// Markup of at most `most` differences of each sort.
pub(super) fn draw(office: &Office, visit: &SiteVisit, shown: &Differences, most: usize) -> Result<String, HttpError> {
    let groups = list(office, visit, &shown.cut(most));
    Groups { visit, groups }.render().map_err(HttpError::internal)
}

/// The differences by their sort.
pub(super) fn list(office: &Office, visit: &SiteVisit, shown: &Differences) -> Vec<Group> {
    let [added, changed, missing] = shown.counts;
    let all = vec![
        Group {
            title: visit.text("import-changed"),
            count: changed,
            has_before: true,
            has_after: true,
            rows: shown.changed.iter().map(|change| changed_row(office, visit, change)).collect(),
        },
        Group {
            title: visit.text("import-added"),
            count: added,
            has_before: false,
            has_after: true,
            rows: added_rows(office, visit, shown),
        },
        Group {
            title: visit.text("import-missing"),
            count: missing,
            has_before: false,
            has_after: false,
            rows: shown.missing.iter().map(|subject| named_row(visit, subject)).collect(),
        },
    ];
    all.into_iter().filter(|group| group.count > 0).collect()
}

/// What is new, with what the ledger says of it on one line. `told` is in the order of `added`, several lines each.
fn added_rows(office: &Office, visit: &SiteVisit, shown: &Differences) -> Vec<Row> {
    let mut rows: Vec<Row> = shown.added.iter().map(|subject| named_row(visit, subject)).collect();
    let numbers: std::collections::HashMap<&String, usize> = shown.added.iter().zip(0..).collect();
    let between = visit.text("import-told-between");
    for line in &shown.told {
        let Some(row) = numbers.get(&line.subject).and_then(|number| rows.get_mut(*number)) else { continue };
        if !row.after.is_empty() {
            row.after.push_str(&between);
        }
        row.after.push_str(&value(office, visit, &line.key, &line.after));
    }
    rows
}

fn named_row(visit: &SiteVisit, subject: &str) -> Row {
    let parsed = subject.parse::<Subject>().ok();
    Row {
        path: parsed.as_ref().and_then(|subject| places::subject_path(visit, subject)).unwrap_or_default(),
        subject: parsed.map_or_else(|| subject.to_owned(), |subject| subject.id().to_owned()),
        key: String::new(),
        before: String::new(),
        after: String::new(),
    }
}

fn changed_row(office: &Office, visit: &SiteVisit, change: &ChangeLine) -> Row {
    let before = change.before.as_deref().map(|before| value(office, visit, &change.key, before));
    Row {
        key: places::label(office, visit, &change.key),
        before: before.unwrap_or_else(|| visit.text("import-no-value")),
        after: value(office, visit, &change.key, &change.after),
        ..named_row(visit, &change.subject)
    }
}

/// A value as people call it: `server` is サーバー.
fn value(office: &Office, visit: &SiteVisit, key: &str, text: &str) -> String {
    let shown = |definition: &Definition| {
        let value = FactValue::parse(definition.fact_type, text).ok()?;
        Some(show_value(definition, &value, visit.lang))
    };
    let known = office.installation.packs.dictionary.find(key).and_then(shown);
    known.unwrap_or_else(|| places::value(visit, text))
}
