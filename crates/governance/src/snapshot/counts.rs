//! Numbers of the pages, by name.

use base::Severity;
use serde::{Deserialize, Serialize};

/// Findings by severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FindingCounts {
    /// 緊急
    pub critical: usize,
    /// 高
    pub high: usize,
    /// 中
    pub medium: usize,
    /// 低
    pub low: usize,
}

impl FindingCounts {
    pub(super) fn add(&mut self, severity: Severity) {
        *match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
        } += 1;
    }
}

/// What a check answered for how many subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SubjectCounts {
    /// It holds.
    pub holds: usize,
    /// It fails.
    pub fails: usize,
    /// Not known.
    pub unknown: usize,
    /// Known once, too old now.
    pub stale: usize,
    /// Not asked about.
    pub not_applicable: usize,
}

impl SubjectCounts {
    /// The denominator: all that are asked about, the unknown and stale ones too.
    #[must_use]
    pub const fn asked(&self) -> usize {
        self.holds + self.fails + self.unknown + self.stale
    }
}
