//! What a report says, as plain data. Whoever fills it chooses the language of the texts; the renderers add only labels.
//!
//! Its JSON form ([`crate::json`]) is public: field names are stable `snake_case`, dates are `YYYY-MM-DD`, times are UTC
//! seconds, hashes are 64 hexadecimal digits, and a missing value is `null`.

mod standing;

use base::{ContentHash, Date, Grade, Locator, Mark, Severity, UtcSeconds, Verdict};
use serde::{Deserialize, Serialize};

use crate::as_text::{as_text, option_text, read_option, read_text};

pub use self::standing::{Standing, VerdictCounts};

pub use crate::tile::{Tile, TileSource, TileState};

/// Everything one report says about one site at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The hospital or clinic.
    pub site: Site,
    /// When the report was made; the ages in it count from here.
    pub made_at: UtcSeconds,
    /// Number of the document in the site's files; empty if it has none.
    pub document_number: String,
    /// Who had it made: a name or post; empty if nobody is named.
    pub prepared_by: String,
    /// Name and version of the program.
    pub program_version: String,
    /// A notice for the head of every part, such as that the site is imaginary; empty for none.
    pub notice: String,
    /// The state of the ledger the report was made from; `None` if the ledger has no checkpoint yet.
    pub checkpoint: Option<Checkpoint>,
    /// The state in plain sentences, the most important first. Page one shows at most three.
    pub summary: Vec<String>,
    /// The subjects a director watches, in reading order. Page one shows at most five.
    pub tiles: Vec<Tile>,
    /// One entry for each checklist edition that applies to the site.
    pub frameworks: Vec<FrameworkReport>,
    /// What evidence contradicts, gravest first.
    pub findings: Vec<FindingLine>,
    /// What to do next, most important for patients first. Page one shows at most seven.
    pub todo: Vec<TodoLine>,
    /// What nobody has shown yet, and how to get to know it.
    pub asks: Vec<AskLine>,
    /// Exceptions in force or expired.
    pub exceptions: Vec<ExceptionLine>,
    /// Tasks, open ones first.
    pub tasks: Vec<TaskLine>,
    /// Files and rows that could not be read. They count for nothing, and the reader must know.
    pub refused: Vec<RefusedLine>,
}

/// The hospital or clinic a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Name.
    pub name: String,
    /// Kind, as a label: 病院, 診療所, 薬局.
    pub kind: String,
    /// Beds; `None` if it has none or they are not known.
    pub beds: Option<u32>,
}

/// A signed state of the append-only ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Name of the ledger, the first line of the note.
    pub origin: String,
    /// Entries the ledger had.
    pub size: u64,
    /// Root hash in base64, as the note has it.
    pub root: String,
    /// The whole signed note.
    pub note: String,
}

/// One checklist edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrameworkReport {
    /// Identifier of the pack.
    pub id: String,
    /// Title.
    pub title: String,
    /// Edition, such as 令和7年度.
    pub edition: String,
    /// How far the pack was checked against the original.
    pub mark: Mark,
    /// Verdicts of the items: [`VerdictCounts::of`].
    pub counts: VerdictCounts,
    /// The items in the order of the original.
    pub items: Vec<ItemReport>,
}

/// The answer on the paper form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// はい
    Yes,
    /// いいえ
    No,
    /// 対象外
    NotApplicable,
}

/// One item of a checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemReport {
    /// Identifier, unique over all frameworks.
    pub id: String,
    /// Number as printed: 2⑤.
    pub number: String,
    /// Section heading.
    pub section: String,
    /// The question, in our own words.
    pub text: String,
    /// 予防 or 是正 in the executives' list; empty elsewhere.
    pub category: String,
    /// What the evidence says.
    pub verdict: Verdict,
    /// What a person answered; `None` if nobody did.
    pub answer: Option<Answer>,
    /// Who answered; empty if nobody is named.
    pub answered_by: String,
    /// 確認日
    #[serde(serialize_with = "option_text", deserialize_with = "read_option")]
    pub checked_on: Option<Date>,
    /// 目標日, for an answer いいえ.
    #[serde(serialize_with = "option_text", deserialize_with = "read_option")]
    pub target_on: Option<Date>,
    /// Why the verdict is what it is, in one or two sentences.
    pub reason: String,
    /// How far wording and number were checked against the original; shown unless [`Mark::Seen`].
    pub mark: Mark,
    /// What the verdict rests on.
    pub evidence: Vec<EvidenceLine>,
    /// The checks behind the item.
    pub checks: Vec<CheckLine>,
    /// The exception that covers the item.
    pub exception: Option<ExceptionLine>,
}

impl ItemReport {
    /// Whether the item is outside the denominator: answered 対象外, and no evidence contradicts that.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        self.answer == Some(Answer::NotApplicable) && self.verdict != Verdict::Contradicted
    }

    /// What the item comes to for its reader.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match (self.verdict, self.answer) {
            (Verdict::Attested, Some(Answer::No)) => Standing::NotYet,
            (verdict, _) => Standing::Is(verdict),
        }
    }

    /// Whether it was to be done by a day that is over.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.standing() == Standing::NotYet && self.target_on.is_none_or(|day| day < today)
    }
}

/// One fact and where it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLine {
    /// The subject's identifier, `kind:id`.
    pub subject_id: String,
    /// Number of the evidence; 0 if it is not known.
    pub evidence: i64,
    /// What the fact is, as a label.
    pub label: String,
    /// Its value with unit, as a reader wants it.
    pub value: String,
    /// What it is about.
    pub subject: String,
    /// Name of the file; empty for a statement without one.
    pub file_name: String,
    /// Where in the file.
    #[serde(serialize_with = "as_text", deserialize_with = "read_text")]
    pub locator: Locator,
    /// SHA-256 of the file; `None` for a statement without one.
    #[serde(serialize_with = "option_text", deserialize_with = "read_option")]
    pub sha256: Option<ContentHash>,
    /// The day it was observed; `None` if the file does not say.
    #[serde(serialize_with = "option_text", deserialize_with = "read_option")]
    pub observed_on: Option<Date>,
    /// Days from then to the report; `None` if the day is not known.
    pub age_days: Option<i64>,
    /// How good it is.
    pub grade: Grade,
    /// Too old to count.
    pub stale: bool,
}

/// One check and how its subjects stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    /// Identifier.
    pub id: String,
    /// The good state, as a short sentence.
    pub title: String,
    /// Verdict over all subjects.
    pub verdict: Verdict,
    /// Subjects for which it holds.
    pub holds: usize,
    /// Subjects for which it fails.
    pub fails: usize,
    /// Subjects of which too little is known.
    pub unknown: usize,
    /// Subjects of which only old facts are known.
    pub stale: usize,
    /// Subjects the check is not about.
    pub not_applicable: usize,
}

/// Something evidence contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingLine {
    /// The check.
    pub check_id: String,
    /// How much it matters.
    pub severity: Severity,
    /// The good state that does not hold.
    pub title: String,
    /// What it means for patients and care.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// Names of the subjects, possibly only the first ones.
    pub subjects: Vec<String>,
    /// How many subjects there are in all.
    pub subjects_total: usize,
    /// What shows it.
    pub evidence: Vec<EvidenceLine>,
}

/// One thing to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoLine {
    /// What to do, as a short sentence.
    pub title: String,
    /// Why, as a short sentence; may be empty.
    pub why: String,
    /// Who; empty if nobody is named.
    pub owner: String,
    /// Until when.
    #[serde(serialize_with = "option_text", deserialize_with = "read_option")]
    pub due_on: Option<Date>,
}

/// One thing nobody has shown, and how to get to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskLine {
    /// What is needed: which export or document.
    pub what: String,
    /// How to get it, with the command; may have several lines.
    pub how: String,
    /// Numbers of the items it would answer.
    pub answers: Vec<String>,
    /// The document that would answer it: names of the kinds, any one of which will do. Empty if it is an export.
    #[serde(default)]
    pub papers: Vec<String>,
    /// The sort of machine on which that export is made; `None` if not on one.
    #[serde(default)]
    pub made_on: Option<MadeOn>,
    /// Why no evidence of today answers it: then this is information, and nothing to do. Empty if some does.
    #[serde(default)]
    pub limit: String,
}

/// The sort of machine on which an export is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MadeOn {
    /// A domain controller.
    Domain,
    /// Each machine by itself.
    Machine,
}

/// A deviation somebody took responsibility for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionLine {
    /// Identifier or number of the exception.
    pub id: String,
    /// What it covers: item or check, and subjects.
    pub covers: String,
    /// Why.
    pub reason: String,
    /// What is done instead.
    pub compensation: String,
    /// Who approved it.
    pub approved_by: String,
    /// When it was approved.
    #[serde(serialize_with = "option_text", deserialize_with = "read_option")]
    pub approved_on: Option<Date>,
    /// The last day it counts.
    #[serde(serialize_with = "option_text", deserialize_with = "read_option")]
    pub expires_on: Option<Date>,
    /// Its last day is over, so it no longer counts.
    pub expired: bool,
}

/// State of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Still to be done.
    Open,
    /// Still to be done, and its day is over.
    Overdue,
    /// Done.
    Done,
}

/// One task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLine {
    /// What to do.
    pub title: String,
    /// Who; empty if nobody is named.
    pub owner: String,
    /// Until when.
    #[serde(serialize_with = "option_text", deserialize_with = "read_option")]
    pub due_on: Option<Date>,
    /// State.
    pub state: TaskState,
}

/// A file or a row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedLine {
    /// Name of the file.
    pub file_name: String,
    /// Where in it; [`Locator::Whole`] if the whole file was refused.
    #[serde(serialize_with = "as_text", deserialize_with = "read_text")]
    pub locator: Locator,
    /// SHA-256 of the file, if it was kept.
    #[serde(serialize_with = "option_text", deserialize_with = "read_option")]
    pub sha256: Option<ContentHash>,
    /// Why, and what to do.
    pub reason: String,
}
