//! What answers look like. Names are `snake_case`, times RFC 3339 in UTC, days `YYYY-MM-DD`, a missing value `null`.

mod assessed;
mod handed_in;
mod words;

use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

pub(super) use assessed::{
    AskBody, AsksBody, CheckBody, ChecklistBody, FindingBody, FindingsBody, HeadBody, SitesBody,
};
pub(super) use handed_in::{
    EvidenceBody, EvidencePageBody, FactBody, PreviewBody, ReceiptBody, ReceiptsBody, RefusalBody, StruckBody,
    SubjectBody, SubjectLineBody, SubjectsBody,
};
pub(super) use words::{AnswerBody, GradeBody, MarkBody, ReceiptStateBody, SeverityBody, TileStateBody, VerdictBody};

/// Why a request was not answered.
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// Name of the problem, for programs.
    error: String,
    /// What happened and what to do, for people.
    message: String,
}

/// What any request may be refused with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) enum Refusals {
    /// The query makes no sense.
    #[response(status = 400)]
    BadRequest(Problem),
    /// There is no token, or it is over or was taken back.
    #[response(status = 401)]
    NoToken(Problem),
    /// The account behind the token has no role that may do this.
    #[response(status = 403)]
    Forbidden(Problem),
    /// There is no such thing at the site of this token.
    #[response(status = 404)]
    NotFound(Problem),
    /// The database is busy or full; try again later.
    #[response(status = 503)]
    Unavailable(Problem),
}

/// A task.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TaskBody {
    /// Number.
    pub(super) id: i64,
    /// `fix:CHECK`, `ask:CHECK` or `show:ITEM`.
    pub(super) key: String,
    /// How much it matters.
    pub(super) severity: SeverityBody,
    /// What to do.
    pub(super) title: String,
    /// Why.
    pub(super) why: String,
    /// Who; empty if nobody is named.
    pub(super) owner: String,
    /// Until when.
    #[schema(format = Date)]
    pub(super) due_on: Option<String>,
    /// When it was opened.
    #[schema(format = DateTime)]
    pub(super) opened_at: String,
}

/// Tasks, gravest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TasksBody {
    /// The tasks.
    pub(super) tasks: Vec<TaskBody>,
    /// What to give as `after` for the rest; `null` if this is all.
    pub(super) next: Option<i64>,
}

/// Work of the whole installation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JobsBody {
    /// Waiting.
    pub(super) queued: i64,
    /// Being done.
    pub(super) running: i64,
    /// Done.
    pub(super) done: i64,
    /// Given up.
    pub(super) failed: i64,
}

/// An assessment was asked for; it is made in the background.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AssessmentBody {
    /// The site.
    pub(super) site: String,
    /// Always `asked`.
    pub(super) state: String,
}
