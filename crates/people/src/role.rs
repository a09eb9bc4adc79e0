//! Roles, and sets of them.

use std::fmt;
use std::str::FromStr;

/// What somebody is to a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 経営者: decides; the last decision is never a vendor's or the IT desk's (seed 001, S220).
    Executive,
    /// 管理者: the IT desk.
    Administrator,
    /// 職員
    Staff,
    /// 保守ベンダー: sees what is its own and nothing else.
    Vendor,
    /// 監査: reads everything, changes nothing.
    Auditor,
    /// グループ運用者: sees how sites stand, never a machine.
    GroupOperator,
}

impl Role {
    /// Every role with its name in tables and the API.
    pub const ALL: [(&'static str, Self); 6] = [
        ("executive", Self::Executive),
        ("administrator", Self::Administrator),
        ("staff", Self::Staff),
        ("vendor", Self::Vendor),
        ("auditor", Self::Auditor),
        ("group_operator", Self::GroupOperator),
    ];

    /// The name in tables and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Executive => "executive",
            Self::Administrator => "administrator",
            Self::Staff => "staff",
            Self::Vendor => "vendor",
            Self::Auditor => "auditor",
            Self::GroupOperator => "group_operator",
        }
    }

    /// Whether it may be handed to a deputy for a time.
    #[must_use]
    pub const fn can_have_deputy(self) -> bool {
        matches!(self, Self::Executive | Self::Administrator)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no role.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} names no role")]
pub struct RoleError {
    found: String,
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, role)| *role);
        found.ok_or_else(|| RoleError { found: text.chars().take(40).collect() })
    }
}

/// Several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleSet(u8);

impl RoleSet {
    /// No role.
    pub const NONE: Self = Self(0);

    /// These roles.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [first, others @ ..] = rest {
            bits |= 1 << (*first as u8);
            rest = others;
        }
        Self(bits)
    }

    /// Adds a role.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << (role as u8))
    }

    /// Whether a role is among them.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << (role as u8)) != 0
    }

    /// Whether any of `others` is among them.
    #[must_use]
    pub const fn has_any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().map(|(_, role)| role).filter(move |role| self.has(*role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = RoleSet::of(&[Role::Executive, Role::GroupOperator]);
        assert!(set.has(Role::Executive) && set.has(Role::GroupOperator) && !set.has(Role::Vendor));
        assert_eq!(set.iter().collect::<Vec<_>>(), [Role::Executive, Role::GroupOperator]);
        assert!(!set.has_any(RoleSet::of(&[Role::Staff])));
        assert!(RoleSet::NONE.is_empty());
    }

    #[test]
    fn every_role_is_read_back_from_its_name() {
        for (name, role) in Role::ALL {
            assert_eq!((role.name(), name.parse()), (name, Ok(role)));
        }
    }
}
