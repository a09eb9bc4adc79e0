//! What an item comes to, and how many come to what.

use base::Verdict;
use serde::{Deserialize, Serialize, Serializer};

use super::ItemReport;

/// What an item comes to for its reader: a verdict, with an honest "no" in a place of its own (docs/decisions/0010).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// What the evidence says.
    Is(Verdict),
    /// 未対応: a person says that it is not done, until when it will be, and no evidence was needed to say so. Its verdict is
    /// [`Verdict::Attested`].
    NotYet,
}

impl Standing {
    /// Every standing, in the order reports show them.
    pub const ALL: [Self; 6] = [
        Self::Is(Verdict::Proved),
        Self::Is(Verdict::Contradicted),
        Self::NotYet,
        Self::Is(Verdict::Attested),
        Self::Is(Verdict::Stale),
        Self::Is(Verdict::Unknown),
    ];

    /// The name in addresses and files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Is(verdict) => verdict.name(),
            Self::NotYet => "not_yet",
        }
    }
}

impl Serialize for Standing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// How many items stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VerdictCounts {
    /// 証明
    pub proved: usize,
    /// 矛盾
    pub contradicted: usize,
    /// 未対応: answered no. Their verdict is [`Verdict::Attested`], but they are not among `attested`.
    #[serde(default)]
    pub not_yet: usize,
    /// 申告のみ
    pub attested: usize,
    /// 期限切れ
    pub stale: usize,
    /// 不明
    pub unknown: usize,
    /// 対象外: outside the denominator.
    pub not_applicable: usize,
}

impl VerdictCounts {
    /// Counts `items`. An item answered 対象外 is not in the denominator, unless evidence contradicts that answer.
    #[must_use]
    pub fn of(items: &[ItemReport]) -> Self {
        let mut counts = Self::default();
        for item in items {
            *counts.slot(item) += 1;
        }
        counts
    }

    fn slot(&mut self, item: &ItemReport) -> &mut usize {
        if item.is_left_out() {
            return &mut self.not_applicable;
        }
        match item.standing() {
            Standing::NotYet => &mut self.not_yet,
            Standing::Is(Verdict::Proved) => &mut self.proved,
            Standing::Is(Verdict::Contradicted) => &mut self.contradicted,
            Standing::Is(Verdict::Attested) => &mut self.attested,
            Standing::Is(Verdict::Stale) => &mut self.stale,
            Standing::Is(Verdict::Unknown) => &mut self.unknown,
        }
    }

    /// The number of items that stand like this.
    #[must_use]
    pub const fn get(&self, standing: Standing) -> usize {
        match standing {
            Standing::NotYet => self.not_yet,
            Standing::Is(Verdict::Proved) => self.proved,
            Standing::Is(Verdict::Contradicted) => self.contradicted,
            Standing::Is(Verdict::Attested) => self.attested,
            Standing::Is(Verdict::Stale) => self.stale,
            Standing::Is(Verdict::Unknown) => self.unknown,
        }
    }

    /// The denominator: every item but those that do not apply.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.proved + self.contradicted + self.not_yet + self.attested + self.stale + self.unknown
    }
}
