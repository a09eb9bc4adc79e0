//! How the pages about things and checklists say what they show: grades, ages, places, verdicts.

use askama::Template;
use base::{Grade, Locator, Mark, Subject, SubjectKind, UtcSeconds, Verdict};
use people::Role;
use web::list::{Cell, Look};
use web::visit::encode_segment;
use web::{HttpError, SiteVisit, Visit};

/// A text from outside as it may stand in a line: without control and direction characters, which could turn a line around.
pub(crate) fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !c.is_control() && !turns(*c)).collect()
}

/// A word with the way it is marked.
#[derive(Debug, Clone)]
pub(crate) struct Badge {
    pub(crate) text: String,
    pub(crate) look: Look,
}

impl Badge {
    pub(crate) fn new(text: impl Into<String>, look: Look) -> Self {
        Self { text: text.into(), look }
    }

    pub(crate) fn class(&self) -> &'static str {
        self.look.class()
    }

    pub(crate) fn cell(&self) -> Cell {
        Cell::text(self.text.as_str()).look(self.look)
    }
}

/// The gravest finding, 0 (critical) to 3 (low). Without one it only says that nothing was found, which is not praise.
pub(crate) fn severity(visit: &Visit, worst: usize) -> Badge {
    match worst {
        0 => Badge::new(visit.text("assets-severity-critical"), Look::Danger),
        1 => Badge::new(visit.text("assets-severity-high"), Look::Danger),
        2 => Badge::new(visit.text("assets-severity-medium"), Look::Caution),
        3 => Badge::new(visit.text("assets-severity-low"), Look::Caution),
        _ => Badge::new(visit.text("assets-no-finding"), Look::Plain),
    }
}

/// Place of a severity among the four.
pub(crate) const fn severity_rank(severity: base::Severity) -> usize {
    match severity {
        base::Severity::Critical => 0,
        base::Severity::High => 1,
        base::Severity::Medium => 2,
        base::Severity::Low => 3,
    }
}

/// A verdict in a word.
pub(crate) fn verdict(visit: &Visit, verdict: Verdict) -> Badge {
    match verdict {
        Verdict::Proved => Badge::new(visit.text("verdict-proved"), Look::Good),
        Verdict::Contradicted => Badge::new(visit.text("verdict-contradicted"), Look::Danger),
        Verdict::Attested => Badge::new(visit.text("verdict-attested"), Look::Caution),
        Verdict::Stale => Badge::new(visit.text("verdict-stale"), Look::Unknown),
        Verdict::Unknown => Badge::new(visit.text("verdict-unknown"), Look::Unknown),
    }
}

/// How good a fact is, in a word.
pub(crate) fn grade(visit: &Visit, grade: Grade) -> String {
    visit.text(match grade {
        Grade::Machine => "assets-grade-machine",
        Grade::Document => "assets-grade-document",
        Grade::Stated => "assets-grade-stated",
    })
}

/// The day something was observed, and how long ago that is.
pub(crate) fn age(visit: &Visit, at: UtcSeconds) -> String {
    let (day, days) = (at.date_jst(), visit.today().days_since(at.date_jst()));
    if days <= 0 {
        return visit.say("assets-age-today", &[("day", day.to_string().into())]);
    }
    visit.say("assets-age", &[("day", day.to_string().into()), ("days", days.into())])
}

/// A place in a file, in words.
pub(crate) fn place(visit: &Visit, locator: &Locator) -> String {
    match locator {
        Locator::Whole => visit.text("assets-place-whole"),
        Locator::Line(line) => visit.say("assets-place-line", &[("line", (*line).into())]),
        Locator::Byte(byte) => visit.say("assets-place-byte", &[("byte", byte.to_string().into())]),
        Locator::Cell { .. } => {
            let text = locator.to_string();
            visit.say("assets-place-cell", &[("cell", plain(text.trim_start_matches("cell:")).into())])
        }
        Locator::Path(path) => plain(path),
    }
}

/// What to say about wording that was not compared with the original; `None` if it was.
pub(crate) fn mark(visit: &Visit, mark: Mark) -> Option<String> {
    match mark {
        Mark::Seen => None,
        Mark::Press => Some(visit.text("assets-mark-press")),
        Mark::Inferred => Some(visit.text("assets-mark-inferred")),
        Mark::Unverified => Some(visit.text("assets-mark-unverified")),
    }
}

/// Whether the pages of single things and of evidence are open to this person.
pub(crate) fn may_open_evidence(visit: &SiteVisit) -> bool {
    may_open_lists(visit) || visit.is(Role::Executive)
}

/// Whether the lists of things and of evidence, downloads and the ledger are open to this person as well.
pub(crate) fn may_open_lists(visit: &SiteVisit) -> bool {
    visit.is(Role::Administrator) || visit.is(Role::Auditor)
}

/// Whether this person answers for the site: answers items, hands in documents, asks for exceptions.
pub(crate) fn may_answer(visit: &SiteVisit) -> bool {
    visit.is(Role::Administrator) || visit.is(Role::Executive)
}

/// The form that asks for an exception from a check, for one thing or for all of them.
pub(crate) fn exception_path(visit: &SiteVisit, check: &str, subject: Option<&Subject>) -> String {
    let subject = subject.map_or_else(String::new, |one| format!("&subject={}", encode_segment(&one.to_string())));
    visit.path_of(&format!("exceptions/new?check={}{subject}", encode_segment(check)))
}

/// The page with the bytes of a fact; `None` if there is none, or none for this person.
pub(crate) fn bytes_path(visit: &SiteVisit, evidence: i64, locator: &Locator) -> Option<String> {
    let at = encode_segment(&locator.to_string());
    (evidence > 0 && may_open_evidence(visit)).then(|| visit.path_of(&format!("evidence/{evidence}/view?at={at}")))
}

/// Kinds that have lists and pages.
pub(crate) const LISTED: [SubjectKind; 5] =
    [SubjectKind::Asset, SubjectKind::Account, SubjectKind::Connection, SubjectKind::Policy, SubjectKind::Vendor];

/// The page of a thing; `None` if there is none, or none for this person.
pub(crate) fn subject_path(visit: &SiteVisit, subject: &Subject) -> Option<String> {
    let path = || visit.path_of(&format!("subjects/{}/{}", subject.kind(), encode_segment(subject.id())));
    (LISTED.contains(&subject.kind()) && may_open_evidence(visit)).then(path)
}

/// How a kind of things is called; also the title of its list.
pub(crate) fn kind_title(visit: &Visit, kind: SubjectKind) -> String {
    visit.text(match kind {
        SubjectKind::Asset => "nav-assets",
        SubjectKind::Account => "nav-accounts",
        SubjectKind::Connection => "nav-connections",
        SubjectKind::Policy => "nav-policies",
        SubjectKind::Vendor => "nav-vendors",
        SubjectKind::Document => "nav-documents",
        SubjectKind::Product => "assets-kind-product",
        SubjectKind::Vulnerability => "assets-kind-vulnerability",
        SubjectKind::Site => "assets-kind-site",
    })
}

/// Name of the navigation entry of a kind.
pub(crate) const fn nav_entry(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Asset => "assets",
        SubjectKind::Account => "accounts",
        SubjectKind::Connection => "connections",
        SubjectKind::Policy => "policies",
        SubjectKind::Vendor => "vendors",
        SubjectKind::Document => "documents",
        SubjectKind::Product | SubjectKind::Vulnerability | SubjectKind::Site => "",
    }
}

/// A part of an instruction: words, or a command to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    is_command: bool,
    text: String,
}

/// Takes an instruction apart: what stands between backticks is a command.
fn pieces(text: &str) -> Vec<Piece> {
    let parts = text.split('`').enumerate();
    let pieces = parts.map(|(number, part)| Piece { is_command: number % 2 == 1, text: part.to_owned() });
    pieces.filter(|piece| !piece.text.trim().is_empty()).collect()
}

#[derive(Template)]
#[template(path = "assets/instruction.html")]
struct Instruction<'a> {
    visit: &'a Visit,
    id: &'a str,
    pieces: Vec<Piece>,
}

/// An instruction as markup, each command with a button that copies it; `id` is unique on the page.
///
/// # Errors
/// [`HttpError`] if the template fails: a defect.
pub(crate) fn instruction(visit: &Visit, id: &str, text: &str) -> Result<String, HttpError> {
    Instruction { visit, id, pieces: pieces(text) }.render().map_err(HttpError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_a_command() {
        let found: Vec<(bool, String)> =
            pieces("次の `a -b` を").into_iter().map(|piece| (piece.is_command, piece.text)).collect();
        assert_eq!(found, [(false, "次の ".to_owned()), (true, "a -b".to_owned()), (false, " を".to_owned())]);
    }

    #[test]
    fn a_name_can_not_turn_its_line_around() {
        assert_eq!(plain("PC\u{202e}txt.exe\u{7}"), "PCtxt.exe");
    }
}
