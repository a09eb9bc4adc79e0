//! What the evidence says, how good it is, and how much it matters.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the evidence says about a check or a checklist item. Only [`Verdict::Proved`] may be shown as good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 証明: a machine's evidence, in time, shows it.
    Proved,
    /// 矛盾: evidence shows the opposite.
    Contradicted,
    /// 申告のみ: a person or a document says so; no machine has shown it.
    Attested,
    /// 期限切れ: it was shown once, but the evidence is too old to count.
    Stale,
    /// 不明: nobody has shown anything.
    Unknown,
}

impl Verdict {
    /// Every verdict, in the order reports show them.
    pub const ALL: [Self; 5] = [Self::Proved, Self::Contradicted, Self::Attested, Self::Stale, Self::Unknown];

    /// The name in files, tables and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Contradicted => "contradicted",
            Self::Attested => "attested",
            Self::Stale => "stale",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How good a piece of evidence is. Ordered: a later one outweighs an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// 1 申告: somebody said so.
    Stated,
    /// 2 文書: a document, a ledger kept by hand, or a setting as it was *intended*.
    Document,
    /// 3 機械: a machine reported its own state, or a machine observed another.
    Machine,
}

impl Grade {
    /// 1, 2 or 3.
    #[must_use]
    pub const fn level(self) -> u8 {
        match self {
            Self::Stated => 1,
            Self::Document => 2,
            Self::Machine => 3,
        }
    }

    /// The grade of this level, if there is one.
    #[must_use]
    pub const fn from_level(level: u8) -> Option<Self> {
        match level {
            1 => Some(Self::Stated),
            2 => Some(Self::Document),
            3 => Some(Self::Machine),
            _ => None,
        }
    }
}

/// How much a contradicted check matters for patients and for the hospital. Ordered: the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 緊急: the known attacks used exactly this.
    Critical,
    /// 高
    High,
    /// 中
    Medium,
    /// 低
    Low,
}

impl Severity {
    /// Every severity, the gravest first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// Its place in [`Self::ALL`]: 0 for critical … 3 for low.
    #[must_use]
    pub const fn rank(self) -> usize {
        match self {
            Self::Critical => 0,
            Self::High => 1,
            Self::Medium => 2,
            Self::Low => 3,
        }
    }

    /// The name in files and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// How far a statement of a pack was checked against its original. Shown to the user unless `Seen`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The original, or a page carrying it, was read.
    Seen,
    /// News, company or personal pages.
    Press,
    /// Concluded from fragments that were seen.
    Inferred,
    /// General knowledge, to be checked before it is told as fact.
    Unverified,
}
