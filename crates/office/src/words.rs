//! How every page says what it shows: verdicts, severities, grades, ages, places, keys and values, and where each of them leads.

pub(crate) mod bar;

pub(crate) use base::plain::plain_line as plain;
use base::{Date, Grade, Locator, Mark, Severity, Subject, SubjectKind, UtcSeconds, Verdict};
use people::Role;
use report::model::{ItemReport, Standing};
use web::list::{Cell, Look};
use web::visit::encode_segment;
use web::{SiteVisit, Visit};

use crate::Office;

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

    /// The colour alone, for what is no badge itself: `good`.
    pub(crate) fn tone(&self) -> &'static str {
        let class = self.class();
        class.strip_prefix("badge ").unwrap_or(class)
    }

    pub(crate) fn cell(&self) -> Cell {
        Cell::text(self.text.as_str()).look(self.look)
    }
}

/// How grave something is.
pub(crate) fn severity(visit: &Visit, severity: Severity) -> Badge {
    match severity {
        Severity::Critical => Badge::new(visit.text("severity-critical"), Look::Danger),
        Severity::High => Badge::new(visit.text("severity-high"), Look::Danger),
        Severity::Medium => Badge::new(visit.text("severity-medium"), Look::Caution),
        Severity::Low => Badge::new(visit.text("severity-low"), Look::Caution),
    }
}

/// The gravest finding by its rank ([`Severity::rank`]). Without one it only says that nothing was found, which is not praise.
pub(crate) fn worst(visit: &Visit, rank: usize) -> Badge {
    let found = Severity::ALL.get(rank);
    found.map_or_else(|| Badge::new(visit.text("assets-no-finding"), Look::Plain), |one| severity(visit, *one))
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

/// How an item stands, in a word.
pub(crate) fn standing(visit: &Visit, standing: Standing) -> Badge {
    match standing {
        Standing::Is(one) => verdict(visit, one),
        Standing::NotYet => Badge::new(visit.text("verdict-not-yet"), Look::Caution),
    }
}

/// How one item stands, with the day of a "no"; one whose day is over is marked as a danger.
pub(crate) fn item(visit: &SiteVisit, item: &ItemReport) -> Badge {
    let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
    match item.standing() {
        _ if item.is_left_out() => verdict_if_any(visit, None),
        Standing::Is(one) => verdict(visit, one),
        Standing::NotYet if item.target_on.is_none() => {
            Badge::new(visit.text("checklist-not-yet-no-day"), Look::Danger)
        }
        Standing::NotYet if item.is_overdue(visit.today()) => {
            let text = visit.say("checklist-not-yet-over", &[("day", day(item.target_on).into())]);
            Badge::new(text, Look::Danger)
        }
        Standing::NotYet => {
            let text = visit.say("checklist-not-yet-until", &[("day", day(item.target_on).into())]);
            Badge::new(text, Look::Caution)
        }
    }
}

/// A verdict in a word; `None`: applies to nothing here.
pub(crate) fn verdict_if_any(visit: &Visit, found: Option<Verdict>) -> Badge {
    let nothing = || Badge::new(visit.text("checklist-not-applicable"), Look::Unknown);
    found.map_or_else(nothing, |found| verdict(visit, found))
}

/// How good evidence is.
pub(crate) fn grade(visit: &Visit, grade: Grade) -> String {
    visit.text(match grade {
        Grade::Machine => "grade-machine",
        Grade::Document => "grade-document",
        Grade::Stated => "grade-stated",
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

/// A place in a file: line 12, sheet 台帳 C12, …
pub(crate) fn place(visit: &Visit, locator: &Locator) -> String {
    let text = locator.to_string();
    let cell = || text.rsplit_once('!').map(|(_, cell)| cell.to_owned()).unwrap_or_default();
    match locator {
        Locator::Whole => visit.text("place-whole"),
        Locator::Line(line) => visit.say("place-line", &[("line", (*line).into())]),
        Locator::Cell { sheet, .. } if sheet.is_empty() => visit.say("place-cell", &[("cell", cell().into())]),
        Locator::Cell { sheet, .. } => {
            visit.say("place-sheet-cell", &[("sheet", plain(sheet).into()), ("cell", cell().into())])
        }
        // As text: a place in a file is not grouped by thousands.
        Locator::Byte(offset) => visit.say("place-byte", &[("offset", offset.to_string().into())]),
        Locator::Path(path) => plain(path),
    }
}

/// Why something was refused.
pub(crate) fn reason(visit: &Visit, message: &str, detail: &str) -> String {
    visit.say(message, &[("detail", detail.into())])
}

/// The label of a key; the key itself if the dictionary lost it.
pub(crate) fn label(office: &Office, visit: &Visit, key: &str) -> String {
    let found = office.installation.packs.dictionary.find(key);
    found.map_or_else(|| key.to_owned(), |definition| definition.label.get(visit.lang).to_owned())
}

/// A value as it is kept, in words where it is yes or no; the items of a list are parted by `、` or `, `.
pub(crate) fn value(visit: &Visit, text: &str) -> String {
    match text {
        "true" => visit.text("value-yes"),
        "false" => visit.text("value-no"),
        _ => text.replace('\n', &visit.text("value-separator")),
    }
}

/// The name of a format of evidence.
pub(crate) fn format(office: &Office, visit: &Visit, importer: &str) -> String {
    let found = office.installation.registry.iter().find(|one| one.id() == importer);
    found.map_or_else(|| visit.text("evidence-unrecognised"), |one| one.label().get(visit.lang).to_owned())
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
    let path = || view_path(&visit.path_of(&format!("evidence/{evidence}")), locator);
    (evidence > 0 && may_open_evidence(visit)).then(path)
}

/// The way to a place in the bytes of the evidence whose page is `evidence_path`.
pub(crate) fn view_path(evidence_path: &str, locator: &Locator) -> String {
    match locator {
        Locator::Whole => format!("{evidence_path}/view"),
        Locator::Line(_) | Locator::Cell { .. } | Locator::Byte(_) | Locator::Path(_) => {
            format!("{evidence_path}/view?at={}#hit", encode_segment(&locator.to_string()))
        }
    }
}

/// The page of a thing; `None` if there is none, or none for this person.
pub(crate) fn subject_path(visit: &SiteVisit, subject: &Subject) -> Option<String> {
    let path = || visit.path_of(&format!("subjects/{}/{}", subject.kind(), encode_segment(subject.id())));
    (SubjectKind::LISTED.contains(&subject.kind()) && may_open_evidence(visit)).then(path)
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
