//! Addresses that open once: an invitation, a new start after everything was lost, the way into the demo.

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody new sets a password and a second factor.
    Invite,
    /// Somebody who lost one of them sets both anew.
    Reset,
    /// Signs in at once. Only the demo makes such links.
    Demo,
}

impl Purpose {
    /// The name in the table and the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
            Self::Demo => "demo",
        }
    }

    /// How long it opens, in hours.
    #[must_use]
    pub const fn lasts_hours(self) -> i64 {
        match self {
            Self::Invite => 7 * 24,
            Self::Reset => 24,
            Self::Demo => 12,
        }
    }

    /// The purpose of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Invite, Self::Reset, Self::Demo].into_iter().find(|purpose| purpose.name() == name)
    }
}
