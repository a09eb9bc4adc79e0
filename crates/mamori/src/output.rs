//! What the program prints. Results go to standard output, progress and problems to standard error.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the one module that speaks to the terminal")]

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

/// How a run ended, as the exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done.
    Done,
    /// Evidence contradicts, or the ledger is damaged.
    Contradicted,
    /// Something handed in was refused, or waits until somebody has looked at it.
    Refused,
    /// Storage, database or configuration trouble.
    Trouble,
    /// Wrong usage.
    Mistaken,
}

impl Outcome {
    /// The exit code.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Contradicted => 1,
            Self::Refused => 3,
            Self::Trouble => 4,
            Self::Mistaken => 2,
        }
    }
}

/// The user asked for something that cannot be; the text says what to do instead.
#[derive(Debug)]
pub(crate) struct Mistake(pub(crate) String);

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mistake {}

/// Prints a line of the result.
pub(crate) fn line(text: &str) {
    // A closed pipe (`mamori … | head`) is no reason to panic.
    let _ = writeln!(std::io::stdout(), "{}", shown(text));
}

/// What may reach a terminal: names of files and answers of other machines could hold commands for it.
fn shown(text: &str) -> Cow<'_, str> {
    let is_command = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.contains(is_command) { Cow::Owned(text.replace(is_command, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// Prints one JSON value and makes sure it is on its way.
pub(crate) fn json(value: &Value) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{value}");
    let _ = out.flush();
}

/// Prints a remark or a problem.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", shown(text));
}

/// Where a long result goes, piece by piece: to a file, or to standard output. What is written must be fit to be shown.
pub(crate) fn stream(file: Option<&std::path::Path>) -> std::io::Result<Box<dyn std::io::Write>> {
    Ok(match file {
        Some(path) => Box::new(std::io::BufWriter::new(std::fs::File::create(path)?)),
        None => Box::new(std::io::BufWriter::new(std::io::stdout())),
    })
}

/// A bar on the terminal; invisible where nobody watches.
pub(crate) fn progress(count: usize, label: &str) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(u64::try_from(count).ok(), target);
    if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar.set_prefix(label.to_owned());
    bar
}

/// Asks a yes-or-no question; no, where nobody can answer.
pub(crate) fn confirm(question: &str) -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    let _ = write!(std::io::stderr(), "{question} [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes" | "はい")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_for_the_terminal_are_not_printed() {
        assert_eq!(shown("\u{1b}]0;名前\u{7}\u{9b}2J"), "\u{fffd}]0;名前\u{fffd}\u{fffd}2J");
        assert_eq!(shown("一行目\n\t二行目"), "一行目\n\t二行目");
    }
}
