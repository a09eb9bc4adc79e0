//! One hash over all facts of a piece of evidence: what the ledger holds against edits of the tables.

use base::{ContentHash, Grade, UtcSeconds};

/// A fact with everything that its hash covers.
#[derive(Debug, Clone, Copy)]
pub struct NamedFact<'a> {
    /// Kind of the subject.
    pub subject_kind: &'a str,
    /// Identifier of the subject.
    pub subject_id: &'a str,
    /// Key.
    pub key: &'a str,
    /// Canonical value.
    pub value: &'a str,
    /// Place.
    pub locator: &'a str,
    /// Grade.
    pub grade: Grade,
    /// When it was observed.
    pub observed_at: UtcSeconds,
}

impl NamedFact<'_> {
    /// SHA-256 over the parts, each preceded by its length in bytes as eight little-endian bytes.
    #[must_use]
    pub fn leaf(&self) -> ContentHash {
        let grade = [self.grade.level()];
        let at = self.observed_at.0.to_le_bytes();
        let parts: [&[u8]; 7] = [
            self.subject_kind.as_bytes(),
            self.subject_id.as_bytes(),
            self.key.as_bytes(),
            self.value.as_bytes(),
            self.locator.as_bytes(),
            &grade,
            &at,
        ];
        let lengths: Vec<[u8; 8]> =
            parts.iter().map(|part| u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes()).collect();
        let framed: Vec<&[u8]> =
            lengths.iter().zip(parts).flat_map(|(length, part)| [length.as_slice(), part]).collect();
        ContentHash::of_parts(&framed)
    }
}

/// One hash over a set of facts: SHA-256 over their sorted leaves. It does not depend on the order of rows.
#[must_use]
pub fn facts_root(mut leaves: Vec<ContentHash>) -> ContentHash {
    leaves.sort_unstable();
    let parts: Vec<&[u8]> = leaves.iter().map(|leaf| leaf.as_bytes().as_slice()).collect();
    ContentHash::of_parts(&parts)
}
