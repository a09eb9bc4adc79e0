//! What a fact is about.

use std::fmt;
use std::str::FromStr;

/// The kinds of things mamori knows facts about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// 情報資産: anything connected or holding data.
    Asset,
    /// A user, service or computer account.
    Account,
    /// 外部接続: VPN, vendor line, cellular router, internet, regional network.
    Connection,
    /// A set of security settings: one GPO, or what one machine reports.
    Policy,
    /// A vendor or maintenance company.
    Vendor,
    /// A document or statement a person stands behind.
    Document,
    /// A release of a product, as the vendor supports it.
    Product,
    /// A published vulnerability.
    Vulnerability,
    /// The hospital or clinic itself.
    Site,
}

impl SubjectKind {
    /// Every kind with the name it has in files and tables.
    pub const ALL: [(&'static str, Self); 9] = [
        ("asset", Self::Asset),
        ("account", Self::Account),
        ("connection", Self::Connection),
        ("policy", Self::Policy),
        ("vendor", Self::Vendor),
        ("document", Self::Document),
        ("product", Self::Product),
        ("vulnerability", Self::Vulnerability),
        ("site", Self::Site),
    ];

    /// Kinds of which the things of a site are listed, each on a page of its own.
    pub const LISTED: [Self; 5] = [Self::Asset, Self::Account, Self::Connection, Self::Policy, Self::Vendor];

    /// The name in files and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SubjectKind {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, kind)| *kind).ok_or_else(|| SubjectError::UnknownKind { found: shorten(text) })
    }
}

/// One thing: its kind and an identifier that is unique among that kind within one site.
///
/// The text form is `kind:id`, for example `asset:hostname/ehr-db01`. An id is 1..=200 characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    kind: SubjectKind,
    id: String,
}

impl Subject {
    /// Longest identifier, in characters.
    pub const MAX_ID_CHARS: usize = 200;

    /// # Errors
    /// [`SubjectError::BadId`] if the id is empty, too long, or holds control characters.
    pub fn new(kind: SubjectKind, id: impl Into<String>) -> Result<Self, SubjectError> {
        let id = id.into();
        let chars = id.chars().count();
        if chars == 0 || chars > Self::MAX_ID_CHARS || id.chars().any(char::is_control) {
            return Err(SubjectError::BadId { kind, chars });
        }
        Ok(Self { kind, id })
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        self.kind
    }

    /// The identifier.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once(':').ok_or_else(|| SubjectError::UnknownKind { found: shorten(text) })?;
        Self::new(kind.parse()?, id)
    }
}

/// Why something is no subject.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// The kind is none of [`SubjectKind::ALL`].
    #[error("{found:?} names no kind of subject")]
    UnknownKind {
        /// What was found, cut to 80 characters.
        found: String,
    },
    /// The id is empty, too long or holds control characters.
    #[error("id of a {kind} has {chars} characters or holds control characters; 1..=200 are allowed")]
    BadId {
        /// Kind of the subject.
        kind: SubjectKind,
        /// Length found.
        chars: usize,
    },
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_survives_printing_and_parsing() {
        let subject = Subject::new(SubjectKind::Asset, "hostname/電子カルテ01").unwrap();
        assert_eq!(subject.to_string().parse::<Subject>().unwrap(), subject);
    }

    #[test]
    fn every_kind_has_its_own_name() {
        for (name, kind) in SubjectKind::ALL {
            assert_eq!(name.parse::<SubjectKind>().unwrap(), kind);
            assert_eq!(kind.name(), name);
        }
    }

    #[test]
    fn the_longest_id_is_taken_and_one_more_character_is_not() {
        assert!(Subject::new(SubjectKind::Asset, "あ".repeat(200)).is_ok());
        assert!(Subject::new(SubjectKind::Asset, "あ".repeat(201)).is_err());
        assert!(Subject::new(SubjectKind::Asset, "").is_err());
        assert!(Subject::new(SubjectKind::Asset, "a\nb").is_err());
    }
}
