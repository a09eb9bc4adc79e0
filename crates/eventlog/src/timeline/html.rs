//! A timeline as one page for a browser or paper: no script, nothing loaded from elsewhere.

use std::io::Write;

use base::Lang;

use super::text::{attribution, details};
use super::wording::{level_mark, level_word, moment_jst, shown};
use super::{Row, RowWriter};

/// Longest value shown.
const MAX_VALUE: usize = 600;

const STYLE: &str = include_str!("timeline.css");

/// What the page says before the rows; each is one paragraph.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Sentences.
    pub lines: Vec<String>,
}

/// Writes rows as a table of one HTML page.
pub struct HtmlWriter<W: Write> {
    out: W,
    lang: Lang,
}

impl<W: Write> HtmlWriter<W> {
    /// Begins the page.
    ///
    /// # Errors
    /// The system's.
    pub fn new(mut out: W, lang: Lang, summary: &Summary) -> std::io::Result<Self> {
        let say = |id: &str| escape(&i18n::message(lang, id, &[]));
        let tag = match lang {
            Lang::Ja => "ja",
            Lang::En => "en",
        };
        write!(
            out,
            "<!DOCTYPE html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <meta name=\"referrer\" content=\"no-referrer\"><title>{0}</title><style>\n{STYLE}</style></head>\
             <body><main><h1>{0}</h1>",
            say("eventlog-title")
        )?;
        for line in &summary.lines {
            write!(out, "<p>{}</p>", escape(line))?;
        }
        write!(out, "<table><thead><tr>")?;
        for id in ["eventlog-time-jst", "eventlog-level", "eventlog-rule", "eventlog-where", "eventlog-fields"] {
            write!(out, "<th scope=\"col\">{}</th>", say(id))?;
        }
        writeln!(out, "</tr></thead><tbody>")?;
        Ok(Self { out, lang })
    }
}

impl<W: Write> RowWriter for HtmlWriter<W> {
    fn write(&mut self, row: &Row<'_>) -> std::io::Result<()> {
        let level = format!("{} {}", level_mark(row.level), level_word(row.level, self.lang));
        let mut places = Vec::new();
        if let Some(event) = row.event() {
            let id = event.event_id.map(|id| id.to_string()).unwrap_or_default();
            places.push(event.computer.clone());
            places.push(format!("{} {id}", event.channel));
            places.push(format!("#{}", event.record_id));
        }
        places.extend(row.logs().iter().map(|log| log.to_string_lossy().into_owned()));
        let lines = |lines: &[String]| lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("<br>");
        writeln!(
            self.out,
            "<tr><td>{}</td><td class=\"{}\">{}</td><td>{}<br><small>{}</small></td><td>{}</td><td>{}</td></tr>",
            escape(&moment_jst(row.at)),
            row.level.word(),
            escape(&level),
            escape(&row.about.title),
            escape(&attribution(row)),
            lines(&places),
            lines(&details(row, MAX_VALUE, self.lang)),
        )
    }

    fn finish(&mut self) -> std::io::Result<()> {
        writeln!(self.out, "</tbody></table></main></body></html>")?;
        self.out.flush()
    }
}

/// A text of somebody else in a page of ours.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in shown(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_markup() {
        assert_eq!(escape("<script>\"&'\u{202e}"), "&lt;script&gt;&quot;&amp;&#39;[U+202E]");
    }
}
