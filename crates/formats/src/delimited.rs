//! Comma-separated records with the place of every field in the file's own bytes.
//!
//! The `csv` crate reads values; redaction has to cut single fields out of the original bytes, in UTF-16 and CP932 too,
//! and needs to know where each begins and ends.

use crate::text::Units;

const QUOTE: u8 = b'"';

/// Most fields of a record that are told apart; the field behind them holds all the rest, delimiters included.
pub(crate) const MAX_FIELDS: usize = 10_000;

/// One record; blank lines are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Line on which the record begins, from 1.
    pub(crate) line: u32,
    /// Its fields, in order; never empty.
    pub(crate) fields: Vec<Field>,
    /// The file ended inside a quoted field.
    pub(crate) unterminated: bool,
}

/// Where a field's value lies, in code units, without the quotes around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// First unit.
    pub(crate) from: usize,
    /// One behind the last unit.
    pub(crate) to: usize,
    /// Line on which it begins, from 1.
    pub(crate) line: u32,
    quoted: bool,
}

impl Field {
    /// The value, with doubled quotes made single again.
    pub(crate) fn text(&self, units: &Units<'_>) -> String {
        let raw = units.text(self.from, self.to);
        if self.quoted { raw.replace("\"\"", "\"") } else { raw.trim().to_owned() }
    }
}

/// Reads record after record.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    units: Units<'a>,
    delimiter: u8,
    at: usize,
    line: u32,
}

impl<'a> Records<'a> {
    pub(crate) fn new(units: Units<'a>, delimiter: u8) -> Self {
        Self { units, delimiter, at: 0, line: 1 }
    }

    /// Takes the delimiter that separates most fields in the record that comes next.
    pub(crate) fn choose_delimiter(&mut self) {
        let (start, line) = (self.at, self.line);
        let mut best = (0, b',');
        for delimiter in *b",;\t" {
            self.delimiter = delimiter;
            let count = self.next().map_or(0, |record| record.fields.len());
            if count > best.0 {
                best = (count, delimiter);
            }
            (self.at, self.line) = (start, line);
        }
        self.delimiter = best.1;
    }

    fn step(&mut self) {
        if self.units.ascii(self.at) == Some(b'\n') {
            self.line = self.line.saturating_add(1);
        }
        self.at += 1;
    }

    fn ended(&self) -> bool {
        self.at >= self.units.len()
    }

    /// Reads one field and stands behind it; the flag says that its quote was never closed.
    fn read_field(&mut self) -> (Field, bool) {
        if self.units.ascii(self.at) == Some(QUOTE) { self.read_quoted() } else { (self.read_plain(), false) }
    }

    fn read_plain(&mut self) -> Field {
        let (from, line) = (self.at, self.line);
        while !self.ended() && !self.at_field_end() {
            self.step();
        }
        Field { from, to: self.at, line, quoted: false }
    }

    fn read_quoted(&mut self) -> (Field, bool) {
        self.step();
        let (from, line) = (self.at, self.line);
        while !self.ended() {
            if self.units.ascii(self.at) != Some(QUOTE) {
                self.step();
            } else if self.units.ascii(self.at + 1) == Some(QUOTE) {
                self.at += 2;
            } else {
                let to = self.at;
                self.step();
                return (self.read_behind_quote(from, to, line), false);
            }
        }
        (Field { from, to: self.at, line, quoted: true }, true)
    }

    /// Anything between the closing quote and the delimiter is malformed; it stays part of the field.
    fn read_behind_quote(&mut self, from: usize, to: usize, line: u32) -> Field {
        if self.ended() || self.at_field_end() {
            return Field { from, to, line, quoted: true };
        }
        let rest = self.read_plain();
        Field { from, to: rest.to, line, quoted: true }
    }

    fn at_field_end(&self) -> bool {
        self.units.ascii(self.at).is_some_and(|unit| unit == self.delimiter || unit == b'\n' || unit == b'\r')
    }

    fn skip_blank_lines(&mut self) {
        while matches!(self.units.ascii(self.at), Some(b'\r' | b'\n')) {
            self.step();
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        self.skip_blank_lines();
        if self.ended() {
            return None;
        }
        let line = self.line;
        let mut fields: Vec<Field> = Vec::new();
        loop {
            let (field, unterminated) = self.read_field();
            match fields.get_mut(MAX_FIELDS) {
                Some(rest) => rest.to = field.to,
                None => fields.push(field),
            }
            if unterminated || self.units.ascii(self.at) != Some(self.delimiter) {
                return Some(Record { line, fields, unterminated });
            }
            self.step();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&[&str]]) {
        let units = Units::new(text.as_bytes());
        let found: Vec<Vec<String>> = Records::new(units, b',')
            .map(|record| record.fields.iter().map(|field| field.text(&units)).collect())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn quotes_hold_delimiters_line_breaks_and_quotes() {
        check("a,\"b,1\"\r\n\"x\ny\",\"say \"\"hi\"\"\"\n", &[&["a", "b,1"], &["x\ny", "say \"hi\""]]);
    }

    #[test]
    fn empty_fields_count_and_blank_lines_do_not() {
        check("\n,a,\r\n\r\n,\n", &[&["", "a", ""], &["", ""]]);
    }

    #[test]
    fn fields_beyond_the_limit_share_one() {
        let text = format!("{}b,c\nd", "a,".repeat(MAX_FIELDS));
        let units = Units::new(text.as_bytes());
        let records: Vec<Record> = Records::new(units, b',').collect();
        assert_eq!(records[0].fields.len(), MAX_FIELDS + 1);
        assert_eq!(records[0].fields[MAX_FIELDS].text(&units), "b,c");
        assert_eq!(records[1].fields[0].text(&units), "d");
    }

    #[test]
    fn a_record_knows_the_line_it_begins_on() {
        let units = Units::new(b"a,\"x\ny\"\nb,c\n");
        let lines: Vec<u32> = Records::new(units, b',').map(|record| record.line).collect();
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn a_quote_that_never_closes_takes_the_rest() {
        let units = Units::new(b"a,\"b\nc,d");
        let records: Vec<Record> = Records::new(units, b',').collect();
        assert_eq!(records.len(), 1);
        assert!(records[0].unterminated);
    }
}
