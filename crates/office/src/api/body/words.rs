//! Words that stand for a state.

use base::{Grade, Mark, Severity, Verdict};
use evidence::ReceiptState;
use report::model::{Answer, TileState};
use serde::Serialize;
use utoipa::ToSchema;

/// What the evidence says. Only `proved` is good.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum VerdictBody {
    /// A machine's evidence, in time, shows it.
    Proved,
    /// Evidence shows the opposite.
    Contradicted,
    /// A person or a document says so.
    Attested,
    /// It was shown once, but too long ago.
    Stale,
    /// Nobody has shown anything.
    Unknown,
}

impl From<Verdict> for VerdictBody {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Proved => Self::Proved,
            Verdict::Contradicted => Self::Contradicted,
            Verdict::Attested => Self::Attested,
            Verdict::Stale => Self::Stale,
            Verdict::Unknown => Self::Unknown,
        }
    }
}

/// How much something matters.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum SeverityBody {
    /// The known attacks used exactly this.
    Critical,
    /// Grave.
    High,
    /// In between.
    Medium,
    /// Little.
    Low,
}

impl From<Severity> for SeverityBody {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::Critical,
            Severity::High => Self::High,
            Severity::Medium => Self::Medium,
            Severity::Low => Self::Low,
        }
    }
}

/// How good evidence is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum GradeBody {
    /// Somebody said so.
    Stated,
    /// A document, or a setting as it was intended.
    Document,
    /// A machine reported it.
    Machine,
}

impl From<Grade> for GradeBody {
    fn from(grade: Grade) -> Self {
        match grade {
            Grade::Stated => Self::Stated,
            Grade::Document => Self::Document,
            Grade::Machine => Self::Machine,
        }
    }
}

/// How far a text of a pack was compared with its original.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum MarkBody {
    /// The original was read.
    Seen,
    /// News or company pages.
    Press,
    /// Concluded from fragments.
    Inferred,
    /// General knowledge, not checked.
    Unverified,
}

impl From<Mark> for MarkBody {
    fn from(mark: Mark) -> Self {
        match mark {
            Mark::Seen => Self::Seen,
            Mark::Press => Self::Press,
            Mark::Inferred => Self::Inferred,
            Mark::Unverified => Self::Unverified,
        }
    }
}

/// How one of the director's subjects stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum TileStateBody {
    /// Proved.
    Good,
    /// Only claimed, or old.
    Caution,
    /// Contradicted.
    Danger,
    /// Nobody knows.
    Unknown,
}

impl From<TileState> for TileStateBody {
    fn from(state: TileState) -> Self {
        match state {
            TileState::Good => Self::Good,
            TileState::Caution => Self::Caution,
            TileState::Danger => Self::Danger,
            TileState::Unknown => Self::Unknown,
        }
    }
}

/// What a person answered.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum AnswerBody {
    /// はい
    Yes,
    /// いいえ
    No,
    /// 対象外
    NotApplicable,
}

impl From<Answer> for AnswerBody {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Yes => Self::Yes,
            Answer::No => Self::No,
            Answer::NotApplicable => Self::NotApplicable,
        }
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum ReceiptStateBody {
    /// Its facts are in force.
    Applied,
    /// The same was received before; nothing was changed.
    Known,
    /// Kept, but nobody knows the format.
    Unrecognised,
    /// It could not be read; kept, unless this was only a preview.
    Unreadable,
    /// Not kept: it holds secrets that could not be taken out.
    Withheld,
    /// Nothing was changed: this is what would be.
    Previewed,
    /// Not taken at all.
    Refused,
}

impl From<&ReceiptState> for ReceiptStateBody {
    fn from(state: &ReceiptState) -> Self {
        match state {
            ReceiptState::Applied => Self::Applied,
            ReceiptState::Known => Self::Known,
            ReceiptState::Unrecognised => Self::Unrecognised,
            ReceiptState::Unreadable(_) => Self::Unreadable,
            ReceiptState::Previewed(_) => Self::Previewed,
        }
    }
}
