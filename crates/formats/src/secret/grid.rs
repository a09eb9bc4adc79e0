//! Columns of secrets in a sheet, told row by row: by the label above them and by their values.

use std::collections::{HashMap, HashSet};

use super::Words;
use super::header::{Label, judge};
use super::value::{has_password_look, is_harmless};

/// A filled cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// Column from 1.
    pub(super) column: u32,
    /// Its text.
    pub(super) text: String,
}

/// A column below its label.
#[derive(Debug)]
struct Column {
    label: String,
    kind: Label,
}

/// What is known of a sheet so far.
pub(super) struct Grid<'a> {
    words: &'a Words<'a>,
    columns: HashMap<u32, Column>,
    /// Columns that hold something above, since the last empty row. A label stands on top.
    above: HashSet<u32>,
    /// A label alone in its row: a title, or the label of a sheet of one column.
    alone: Option<(u32, String)>,
    /// Most cells of a row since then: a row with more is no row of the table above.
    widest: usize,
    is_fresh: bool,
    last_row: u32,
    /// The row of the header that was taken last, and its labels.
    header: Option<(u32, Vec<Cell>)>,
}

/// Labels that follow 「パスワード」 in a header, and are no password.
const PLAIN_LABELS: &[&str] = &[
    "id",
    "no",
    "no.",
    "note",
    "notes",
    "memo",
    "url",
    "user",
    "account",
    "username",
    "user name",
    "name",
    "remarks",
    "host",
    "hostname",
    "ip",
];

impl<'a> Grid<'a> {
    pub(super) fn new(words: &'a Words<'a>) -> Self {
        Self {
            words,
            columns: HashMap::new(),
            above: HashSet::new(),
            alone: None,
            widest: 0,
            is_fresh: true,
            last_row: 0,
            header: None,
        }
    }

    /// Whether a column of secrets is open.
    pub(super) fn has_secrets(&self) -> bool {
        self.columns.values().any(|column| column.kind == Label::Secret)
    }

    /// Judges the next row: for each cell that must go, its index in `cells` and the label that says so.
    ///
    /// `is_shifted`: the row has more cells than its header, so that a secret may stand further right than its column.
    pub(super) fn row(&mut self, number: u32, cells: &[Cell], is_shifted: bool) -> Vec<(usize, String)> {
        if cells.is_empty() {
            return Vec::new();
        }
        if number > self.last_row.saturating_add(1) {
            self.above.clear();
            self.widest = 0;
            self.is_fresh = true;
        }
        self.last_row = number;
        self.settle_alone(cells);
        let below = self.header.take().filter(|(row, _)| row.saturating_add(1) == number);
        let struck = if self.take_lower_header(below.as_ref().map(|(_, labels)| labels.as_slice()), cells) {
            Vec::new()
        } else if self.take_header(cells) {
            self.header = Some((number, cells.to_vec()));
            Vec::new()
        } else {
            self.judge_cells(cells, is_shifted)
        };
        if cells.len() > 1 {
            self.above.extend(cells.iter().map(|cell| cell.column));
        }
        self.widest = self.widest.max(cells.len());
        self.is_fresh = false;
        struck
    }

    /// A label alone in its row counts if the next row fills the same column only.
    fn settle_alone(&mut self, cells: &[Cell]) {
        if let (Some((column, label)), [cell]) = (self.alone.take(), cells)
            && cell.column == column
        {
            self.columns.insert(column, Column { label, kind: Label::Secret });
        }
    }

    /// The lower line of a header: nothing stands in it below the first label. A label reaches over the columns to its right.
    fn take_lower_header(&mut self, upper: Option<&[Cell]>, cells: &[Cell]) -> bool {
        let Some(upper) = upper else { return false };
        let reaches_left = |first: &Cell| cells.iter().any(|cell| cell.column <= first.column);
        if upper.first().is_none_or(reaches_left) || cells.iter().any(|cell| has_password_look(&cell.text)) {
            return false;
        }
        for cell in cells {
            let Some(group) = upper.iter().rev().find(|label| label.column <= cell.column) else { continue };
            let label = format!("{}({})", group.text, cell.text);
            let alone = judge(&cell.text);
            let kind = if alone == Label::Other { judge(&label) } else { alone };
            self.columns.insert(cell.column, Column { label, kind });
        }
        true
    }

    fn take_header(&mut self, cells: &[Cell]) -> bool {
        if let [cell] = cells {
            if self.is_fresh && judge(&cell.text) == Label::Secret && !has_password_look(&cell.text) {
                self.alone = Some((cell.column, cell.text.clone()));
                return true;
            }
            return false;
        }
        let is_wider = cells.len() > self.widest;
        let is_open =
            |cell: &&Cell| (is_wider || !self.above.contains(&cell.column)) && self.speaks_of_secrets(&cell.text);
        if !cells.iter().any(|cell| is_open(&cell)) || !is_header(cells) {
            return false;
        }
        for cell in cells {
            if !is_wider && self.above.contains(&cell.column) && !self.columns.contains_key(&cell.column) {
                continue;
            }
            self.columns.insert(cell.column, Column { label: cell.text.clone(), kind: judge(&cell.text) });
        }
        true
    }

    fn speaks_of_secrets(&self, label: &str) -> bool {
        judge(label) != Label::Other || (self.words)(label, "").is_some()
    }

    fn judge_cells(&self, cells: &[Cell], is_shifted: bool) -> Vec<(usize, String)> {
        let secrets = self.columns.iter().filter(|(_, column)| column.kind == Label::Secret);
        let first_secret = secrets.min_by_key(|(number, _)| **number).filter(|_| is_shifted);
        let mut struck = Vec::new();
        for (index, cell) in cells.iter().enumerate() {
            let column = self.columns.get(&cell.column);
            if let Some(column) = column.filter(|column| self.is_secret(column, &cell.text)) {
                struck.push((index, column.label.clone()));
            } else if let Some((_, column)) = first_secret.filter(|(first, _)| cell.column > **first)
                && !is_harmless(&cell.text)
                && has_password_look(&cell.text)
            {
                struck.push((index, column.label.clone()));
            }
        }
        for (index, pair) in (1..).zip(cells.windows(2)) {
            if let [label, value] = pair
                && label.text.trim_end().ends_with([':', '：', '=', '＝'])
                && judge(&label.text) == Label::Secret
                && !is_harmless(&value.text)
            {
                struck.push((index, label.text.clone()));
            }
        }
        if let ([label, value], true) = (cells, struck.is_empty())
            && is_pair(label, value)
        {
            struck.push((1, label.text.clone()));
        }
        struck
    }

    fn is_secret(&self, column: &Column, value: &str) -> bool {
        let known = (self.words)(&column.label, value);
        if known == Some(true) || is_harmless(value) {
            return false;
        }
        match column.kind {
            Label::Secret => true,
            // Only where the words of a column are known can another one be told from them.
            Label::About | Label::Other => known == Some(false) && is_one_password(value),
        }
    }
}

fn is_one_password(value: &str) -> bool {
    let value = value.trim();
    value.chars().all(|c| c.is_ascii_graphic()) && has_password_look(value)
}

/// Whether the cells may be labels: no password stands beside the label of one, no cell is a number.
fn is_header(cells: &[Cell]) -> bool {
    let is_number =
        |cell: &Cell| cell.text.trim().chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '/' | ':'));
    if let [label, value] = cells
        && is_pair(label, value)
    {
        return false;
    }
    let numbers = cells.iter().filter(|cell| is_number(cell)).count();
    let beside = cells.windows(2).any(|pair| match pair {
        [label, value] => judge(&label.text) == Label::Secret && is_mixed(&value.text),
        _ => false,
    });
    numbers * 3 <= cells.len() && !beside
}

/// Letters and digits in one Latin word of at least six: `Kinen2024`.
fn is_mixed(value: &str) -> bool {
    let value = value.trim();
    value.len() >= 6
        && value.chars().all(|c| c.is_ascii_graphic())
        && value.chars().any(|c| c.is_ascii_alphabetic())
        && value.chars().any(|c| c.is_ascii_digit())
}

/// A row of two cells: 「パスワード」 and what it is.
fn is_pair(label: &Cell, value: &Cell) -> bool {
    let text = value.text.trim();
    judge(&label.text) == Label::Secret
        && !has_password_look(&label.text)
        && !text.is_empty()
        && text.is_ascii()
        && (has_password_look(text) || !label.text.is_ascii())
        && judge(text) == Label::Other
        && !is_harmless(text)
        && !PLAIN_LABELS.contains(&text.to_ascii_lowercase().as_str())
}
