//! A timeline for a spreadsheet.

use std::io::Write;

use base::Lang;

use super::wording::{clipped, level_word, moment_jst};
use super::{Row, RowWriter};

/// Excel takes 32,767 characters in a cell.
const MAX_CELL: usize = 32_000;
/// Longest value of one field in the cell of all fields.
const MAX_VALUE: usize = 8_000;

/// Writes rows as CSV: UTF-8 with a mark, so that Excel sees which, lines end as on Windows.
pub struct CsvWriter<W: Write> {
    writer: csv::Writer<W>,
    lang: Lang,
}

impl<W: Write> CsvWriter<W> {
    /// Begins with the names of the columns.
    ///
    /// # Errors
    /// The system's.
    pub fn new(mut out: W, lang: Lang) -> std::io::Result<Self> {
        out.write_all(b"\xef\xbb\xbf")?;
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        let columns = [
            "eventlog-time-jst",
            "eventlog-time-utc",
            "eventlog-level",
            "eventlog-rule",
            "eventlog-computer",
            "eventlog-channel",
            "eventlog-event-id",
            "eventlog-record-id",
            "eventlog-fields",
            "eventlog-author",
            "eventlog-rule-id",
            "eventlog-licence",
            "eventlog-tags",
            "eventlog-log",
        ];
        writer.write_record(columns.map(|id| i18n::message(lang, id, &[])))?;
        Ok(Self { writer, lang })
    }
}

impl<W: Write> RowWriter for CsvWriter<W> {
    fn write(&mut self, row: &Row<'_>) -> std::io::Result<()> {
        let event = row.event();
        let record = event.map(|event| event.record_id.to_string()).unwrap_or_default();
        let cells = [
            moment_jst(row.at),
            row.at.to_string(),
            level_word(row.level, self.lang),
            row.about.title.clone(),
            event.map(|event| event.computer.clone()).unwrap_or_default(),
            event.map(|event| event.channel.clone()).unwrap_or_default(),
            event.and_then(|event| event.event_id).map(|id| id.to_string()).unwrap_or_default(),
            record,
            super::text::details(row, MAX_VALUE, self.lang).join(" ¦ "),
            row.about.author.clone().unwrap_or_default(),
            row.about.id.clone().unwrap_or_default(),
            row.licence.unwrap_or_default().to_owned(),
            row.about.tags.join(" "),
            row.logs().iter().map(|log| log.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ¦ "),
        ];
        self.writer.write_record(cells.map(|cell| guarded(&cell)))?;
        Ok(())
    }

    fn finish(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}

/// A text that a spreadsheet would take for a formula stays a text.
fn guarded(text: &str) -> String {
    let text = clipped(text, MAX_CELL);
    let starts_formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if starts_formula && text.parse::<f64>().is_err() { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_never_becomes_a_formula() {
        assert_eq!(guarded("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(guarded("＝1+1"), "'＝1+1");
        assert_eq!(guarded("-5"), "-5");
        assert_eq!(guarded("\t=1"), " =1");
        assert_eq!(guarded("ふつう"), "ふつう");
    }
}
