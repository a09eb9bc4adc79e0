//! Finding the header of a ledger: titles, notes and two-line headers stand above the rows in practice.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

use super::{Row, Table};

/// Rows looked at for a header.
const SEARCHED_ROWS: usize = 15;

/// Columns looked at for a header.
const SEARCHED_COLUMNS: u32 = 1_000;

/// Longest label, in characters.
const MAX_LABEL_CHARS: usize = 200;

/// The header of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderRow {
    /// Number of the header's (first) row, from 1.
    pub first_row: u32,
    /// Number of its last row; equal to `first_row` unless the header has two lines.
    pub last_row: u32,
    /// Index in [`Table::rows`] of the first row below the header; may be one past the end.
    pub body: usize,
    /// The columns that have a label, from left to right.
    pub labels: Vec<HeaderLabel>,
    /// How many different labels were known.
    pub known: usize,
}

/// The label of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderLabel {
    /// Column from 1.
    pub column: u32,
    /// The label as written; of a two-line header the upper and the lower part with a blank between, if both count.
    pub text: String,
    /// [`normalise_label`] of the text that was chosen.
    pub normal: String,
    /// Whether the label was known.
    pub known: bool,
}

/// Brings a column label into the form in which labels are compared: NFKC, lower case, without blanks, line breaks,
/// bracketed remarks, `*`, and footnotes beginning with `※`. `サーバ` and `サーバー` stay different.
///
/// A label that consists of a bracketed remark only keeps its words.
#[must_use]
pub fn normalise_label(text: &str) -> String {
    let folded: String = text.chars().take(MAX_LABEL_CHARS).nfkc().flat_map(char::to_lowercase).collect();
    let is_noise = |c: char| c.is_whitespace() || c.is_control() || c == '*';
    let plain: String = folded.chars().filter(|c| !is_noise(*c)).collect();
    let plain = plain.trim_start_matches('※');
    let without_footnote = plain.split('※').next().unwrap_or_default();
    let without_remarks = drop_brackets(without_footnote);
    if without_remarks.is_empty() {
        return without_footnote.chars().filter(|c| !matches!(c, '(' | ')')).collect();
    }
    without_remarks
}

/// Finds the header: among the first 15 rows the one row, or two neighbouring rows, with the most known labels.
/// `known` is asked with normalised labels. `None` if no row has a known label.
///
/// Of a two-line header each column takes the first of these that is known: both parts together, the lower part, the
/// upper part if the lower is empty or repeats it. An upper label reaches to the right over empty cells, as merged cells do.
#[must_use]
pub fn find_header(table: &Table, known: &dyn Fn(&str) -> bool) -> Option<HeaderRow> {
    let mut best: Option<HeaderRow> = None;
    for (index, row) in table.rows.iter().enumerate().take(SEARCHED_ROWS) {
        let single = one_line(row, index, known);
        let two_line = table.rows.get(index + 1).filter(|below| below.number == row.number.saturating_add(1));
        let double = two_line.map(|below| two_lines(row, below, index, known));
        for candidate in [Some(single), double].into_iter().flatten() {
            if candidate.known > best.as_ref().map_or(0, |best| best.known) {
                best = Some(candidate);
            }
        }
    }
    best.map(|found| prefer_single_line(table, found, known))
}

/// A row above a one-line header (a title, a note) must not be taken for its upper half.
fn prefer_single_line(table: &Table, found: HeaderRow, known: &dyn Fn(&str) -> bool) -> HeaderRow {
    if found.first_row == found.last_row {
        return found;
    }
    let lower = found.body.checked_sub(1);
    let single = lower.and_then(|lower| table.rows.get(lower).map(|row| one_line(row, lower, known)));
    single.filter(|single| single.known >= found.known).unwrap_or(found)
}

fn one_line(row: &Row, index: usize, known: &dyn Fn(&str) -> bool) -> HeaderRow {
    let labels = columns(row).filter_map(|(column, text)| label(column, text, known));
    header(row.number, row.number, index + 1, labels.collect())
}

fn two_lines(upper: &Row, lower: &Row, index: usize, known: &dyn Fn(&str) -> bool) -> HeaderRow {
    let width = u32::try_from(upper.cells.len().max(lower.cells.len())).unwrap_or(SEARCHED_COLUMNS);
    let mut labels = Vec::new();
    let mut group = "";
    for column in 1..=width.min(SEARCHED_COLUMNS) {
        let (above, below) = (upper.cell(column).trim(), lower.cell(column).trim());
        group = if above.is_empty() { group } else { above };
        labels.extend(joined_label(column, group, above, below, known));
    }
    header(upper.number, lower.number, index + 2, labels)
}

/// `group` is the upper label that reaches this column, `above` the text that stands in this very cell.
fn joined_label(
    column: u32,
    group: &str,
    above: &str,
    below: &str,
    known: &dyn Fn(&str) -> bool,
) -> Option<HeaderLabel> {
    if below.is_empty() || above == below {
        return label(column, above, known);
    }
    let joined = label(column, &format!("{group} {below}"), known);
    let alone = label(column, below, known);
    [joined, alone.clone()].into_iter().flatten().find(|label| label.known).or(alone)
}

fn label(column: u32, text: &str, known: &dyn Fn(&str) -> bool) -> Option<HeaderLabel> {
    let text: String = text.trim().chars().take(MAX_LABEL_CHARS).collect();
    let normal = normalise_label(&text);
    let known = !normal.is_empty() && known(&normal);
    (!normal.is_empty()).then_some(HeaderLabel { column, text, normal, known })
}

fn header(first_row: u32, last_row: u32, body: usize, labels: Vec<HeaderLabel>) -> HeaderRow {
    let distinct: HashSet<&str> =
        labels.iter().filter(|label| label.known).map(|label| label.normal.as_str()).collect();
    let known = distinct.len();
    HeaderRow { first_row, last_row, body, labels, known }
}

fn columns(row: &Row) -> impl Iterator<Item = (u32, &str)> {
    (1..=SEARCHED_COLUMNS).zip(row.cells.iter().map(String::as_str))
}

/// Removes `(…)` with its content; an unclosed bracket stays.
fn drop_brackets(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        let Some((_, behind)) = after.split_once(')') else { break };
        kept.push_str(before);
        rest = behind;
    }
    kept.push_str(rest);
    kept
}
