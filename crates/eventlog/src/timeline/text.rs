//! A timeline for the eye.

use std::io::Write;

use base::Lang;

use super::wording::{clipped, level_mark, level_word, moment_jst, shown};
use super::{Cause, Row, RowWriter};

/// Longest value shown.
const MAX_VALUE: usize = 300;

/// Writes rows as blocks of lines.
pub struct TextWriter<W: Write> {
    out: W,
    lang: Lang,
}

impl<W: Write> TextWriter<W> {
    /// With nothing written yet.
    pub fn new(out: W, lang: Lang) -> Self {
        Self { out, lang }
    }
}

impl<W: Write> RowWriter for TextWriter<W> {
    fn write(&mut self, row: &Row<'_>) -> std::io::Result<()> {
        let level = format!("{}{}", level_mark(row.level), level_word(row.level, self.lang));
        writeln!(self.out, "{}  {level}  {}", moment_jst(row.at), shown(&row.about.title))?;
        if let Some(event) = row.event() {
            let id = event.event_id.map(|id| id.to_string()).unwrap_or_default();
            let (computer, channel) = (shown(&event.computer), shown(&event.channel));
            writeln!(self.out, "    {computer}  {channel} {id}  #{}", event.record_id)?;
        }
        for log in row.logs() {
            writeln!(self.out, "    {}", shown(&log.to_string_lossy()))?;
        }
        for detail in details(row, MAX_VALUE, self.lang) {
            writeln!(self.out, "    {detail}")?;
        }
        writeln!(self.out, "    {}", attribution(row))
    }

    fn finish(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// Names and values, and what else there is to say, each in one line.
pub(super) fn details(row: &Row<'_>, limit: usize, lang: Lang) -> Vec<String> {
    let about = match &row.cause {
        Cause::Event { .. } => None,
        Cause::Unread { reason, .. } => {
            Some(i18n::message(lang, "eventlog-unread", &[("reason", shown(reason).into())]))
        }
        Cause::Several { number, places, .. } => {
            let arguments = [("number", number.to_string().into()), ("count", places.len().into())];
            Some(i18n::message(lang, "eventlog-several", &arguments))
        }
    };
    let named = row.details().into_iter().map(|(name, value)| format!("{}: {}", shown(name), clipped(value, limit)));
    about.into_iter().chain(named).collect()
}

/// Who wrote the rule, under which licence, and what it is about: it is to be named with every hit.
pub(super) fn attribution(row: &Row<'_>) -> String {
    let parts = [row.about.author.as_deref(), row.about.id.as_deref(), row.licence];
    let named: Vec<String> = parts.into_iter().flatten().map(shown).chain([shown(&row.about.tags.join(" "))]).collect();
    named.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}
