//! What a site is, and with it which checklist it answers.

use std::str::FromStr;

use crate::framework::Audience;

/// What a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SiteKind {
    /// 病院
    Hospital,
    /// 診療所
    Clinic,
    /// 薬局
    Pharmacy,
}

/// A text that names no kind of site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is none of hospital, clinic, pharmacy")]
pub struct UnknownSiteKind {
    found: String,
}

impl SiteKind {
    /// Every kind with its name in forms, options and tables.
    pub const ALL: [(&'static str, Self); 3] =
        [("hospital", Self::Hospital), ("clinic", Self::Clinic), ("pharmacy", Self::Pharmacy)];

    /// Name in forms, options and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hospital => "hospital",
            Self::Clinic => "clinic",
            Self::Pharmacy => "pharmacy",
        }
    }

    /// Whose checklist such a site answers. The ministry has one for hospitals and clinics together.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::Hospital | Self::Clinic => Audience::Hospital,
            Self::Pharmacy => Audience::Pharmacy,
        }
    }
}

impl FromStr for SiteKind {
    type Err = UnknownSiteKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, kind)| *kind).ok_or_else(|| UnknownSiteKind { found: text.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_back_from_its_name_and_another_name_is_none() {
        for (name, kind) in SiteKind::ALL {
            assert_eq!((kind.name(), name.parse()), (name, Ok(kind)));
        }
        assert!("Hospital".parse::<SiteKind>().is_err() && "".parse::<SiteKind>().is_err());
    }
}
