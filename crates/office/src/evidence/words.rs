//! Places, reasons, keys and values of facts in the reader's language.

use base::{Grade, Locator, Subject};
use web::SiteVisit;
use web::visit::encode_segment;

use crate::Office;

/// A place in a file: line 12, sheet 台帳 C12, …
pub(crate) fn place(visit: &SiteVisit, locator: &Locator) -> String {
    let text = locator.to_string();
    let cell = || text.rsplit_once('!').map(|(_, cell)| cell.to_owned()).unwrap_or_default();
    match locator {
        Locator::Whole => visit.text("place-whole"),
        Locator::Line(line) => visit.say("place-line", &[("line", (*line).into())]),
        Locator::Cell { sheet, .. } if sheet.is_empty() => visit.say("place-cell", &[("cell", cell().into())]),
        Locator::Cell { sheet, .. } => {
            visit.say("place-sheet-cell", &[("sheet", (&**sheet).into()), ("cell", cell().into())])
        }
        Locator::Byte(offset) => {
            visit.say("place-byte", &[("offset", i64::try_from(*offset).unwrap_or(i64::MAX).into())])
        }
        Locator::Path(path) => path.clone(),
    }
}

/// Why something was refused.
pub(crate) fn reason(visit: &SiteVisit, message: &str, detail: &str) -> String {
    visit.say(message, &[("detail", detail.into())])
}

/// The label of a key; the key itself if the dictionary lost it.
pub(crate) fn label(office: &Office, visit: &SiteVisit, key: &str) -> String {
    let found = office.installation.packs.dictionary.find(key);
    found.map_or_else(|| key.to_owned(), |definition| definition.label.get(visit.lang).to_owned())
}

/// A value as it is kept, in words where it is yes or no; the items of a list are parted by `、` or `, `.
pub(crate) fn value(visit: &SiteVisit, text: &str) -> String {
    match text {
        "true" => visit.text("value-yes"),
        "false" => visit.text("value-no"),
        _ => text.replace('\n', &visit.text("value-separator")),
    }
}

/// The page of a subject.
pub(crate) fn subject_path(visit: &SiteVisit, subject: &Subject) -> String {
    visit.path_of(&format!("subjects/{}/{}", subject.kind().name(), encode_segment(subject.id())))
}

/// How good evidence is.
pub(crate) fn grade(visit: &SiteVisit, grade: Grade) -> String {
    match grade {
        Grade::Machine => visit.text("grade-machine"),
        Grade::Document => visit.text("grade-document"),
        Grade::Stated => visit.text("grade-stated"),
    }
}

/// The way to a place in the bytes.
pub(crate) fn view_path(evidence_path: &str, locator: &Locator) -> String {
    match locator {
        Locator::Whole => format!("{evidence_path}/view"),
        Locator::Line(_) | Locator::Cell { .. } | Locator::Byte(_) | Locator::Path(_) => {
            format!("{evidence_path}/view?at={}#hit", encode_segment(&locator.to_string()))
        }
    }
}
