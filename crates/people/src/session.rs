//! Sessions: who is at the browser, and what they may do at a site.

use base::{Date, UtcSeconds};

use crate::account::Account;
use crate::role::{Role, RoleSet};

/// A session ends after this long without a request, in seconds (12 hours: one long shift).
pub const IDLE_S: i64 = 12 * 3_600;
/// And after this long in any case, in seconds.
pub const LONGEST_S: i64 = 24 * 3_600;
/// What is grave is done only so long after the second factor was shown, in seconds: within the shift that began with it.
pub const PROOF_S: i64 = 12 * 3_600;
/// Bytes of randomness in a token.
pub const TOKEN_BYTES: usize = 32;

/// One signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Number.
    pub id: i64,
    /// Secret of this session's forms.
    pub csrf: String,
    /// What the browser calls itself, shortened.
    pub device: String,
    /// Where it came from.
    pub address: String,
    /// Signed in at.
    pub created_at: UtcSeconds,
    /// Last request, to the minute.
    pub seen_at: UtcSeconds,
    /// Last time the second factor was shown.
    pub proved_at: UtcSeconds,
}

impl Session {
    /// Whether it still counts.
    #[must_use]
    pub const fn is_alive(&self, now: UtcSeconds) -> bool {
        now.0 - self.seen_at.0 < IDLE_S && now.0 - self.created_at.0 < LONGEST_S
    }

    /// Whether the second factor was shown lately enough for what is grave.
    #[must_use]
    pub const fn is_proved(&self, now: UtcSeconds) -> bool {
        now.0 - self.proved_at.0 < PROOF_S
    }
}

/// A role somebody holds for somebody else, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deputy {
    /// Number.
    pub id: i64,
    /// Site.
    pub site: String,
    /// The role held.
    pub role: Role,
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
    /// Who appointed.
    pub appointed_by: String,
}

impl Deputy {
    /// Whether it counts today.
    #[must_use]
    pub fn is_active(&self, today: Date) -> bool {
        self.starts_on <= today && today <= self.ends_on
    }
}

/// What an API token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiGrant {
    /// Number of the token.
    pub id: i64,
    /// The only site it counts for.
    pub site: String,
    /// Whether evidence may be handed in with it.
    pub may_write: bool,
}

/// Somebody signed in, with everything they may do.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub account: Account,
    /// Through which session; `None` for a program with an API token.
    pub session: Option<Session>,
    /// Through which token; `None` for a browser.
    pub token: Option<ApiGrant>,
    memberships: Vec<(String, Role)>,
    deputies: Vec<Deputy>,
}

/// What somebody may do at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Roles held in person.
    pub own: RoleSet,
    /// Roles held for somebody else today.
    pub deputy: RoleSet,
}

impl Standing {
    /// Roles held either way.
    #[must_use]
    pub fn roles(self) -> RoleSet {
        self.deputy.iter().fold(self.own, RoleSet::with)
    }
}

impl SignedIn {
    /// Whether a role is held in person at every site of the installation.
    #[must_use]
    pub fn holds_everywhere(&self, role: Role) -> bool {
        self.memberships.iter().any(|(site, held)| site == crate::EVERYWHERE && *held == role)
    }

    /// Puts together what the store knows.
    #[must_use]
    pub const fn new(
        account: Account,
        session: Option<Session>,
        memberships: Vec<(String, Role)>,
        deputies: Vec<Deputy>,
    ) -> Self {
        Self { account, session, token: None, memberships, deputies }
    }

    /// A program that acts for `account` at the one site its token names.
    #[must_use]
    pub fn through_token(account: Account, token: ApiGrant, mut memberships: Vec<(String, Role)>) -> Self {
        memberships.retain(|(site, _)| *site == token.site || site == crate::EVERYWHERE);
        for (site, _) in &mut memberships {
            site.clone_from(&token.site);
        }
        Self { account, session: None, token: Some(token), memberships, deputies: Vec::new() }
    }

    /// What this person may do at `site` today.
    #[must_use]
    pub fn standing(&self, site: &str, today: Date) -> Standing {
        let here = |found: &str| found == site || found == crate::EVERYWHERE;
        let own = self.memberships.iter().filter(|(found, _)| here(found)).map(|(_, role)| *role);
        let deputy = self.deputies.iter().filter(|deputy| here(&deputy.site) && deputy.is_active(today));
        Standing {
            own: own.fold(RoleSet::NONE, RoleSet::with),
            deputy: deputy.map(|deputy| deputy.role).fold(RoleSet::NONE, RoleSet::with),
        }
    }

    /// Sites of which this person is a member, and whether of every one.
    #[must_use]
    pub fn sites(&self) -> (Vec<&str>, bool) {
        let named =
            self.memberships.iter().map(|(site, _)| site).chain(self.deputies.iter().map(|deputy| &deputy.site));
        let mut sites: Vec<&str> = named.map(String::as_str).collect();
        sites.sort_unstable();
        sites.dedup();
        let everywhere = sites.contains(&crate::EVERYWHERE);
        sites.retain(|site| *site != crate::EVERYWHERE);
        (sites, everywhere)
    }
}

#[cfg(test)]
mod tests {
    use base::Lang;

    use super::*;
    use crate::account::{AccountId, Login};

    fn signed_in() -> SignedIn {
        let account = Account {
            id: AccountId(1),
            login: Login::new("sato").unwrap(),
            name: "佐藤".to_owned(),
            department: String::new(),
            vendor: String::new(),
            lang: Lang::Ja,
            enabled: true,
            created_at: UtcSeconds(0),
            first_seen_at: None,
            last_seen_at: None,
        };
        let day = |text: &str| text.parse().unwrap();
        let deputy = Deputy {
            id: 1,
            site: "minato".to_owned(),
            role: Role::Executive,
            starts_on: day("2026-11-20"),
            ends_on: day("2026-11-22"),
            appointed_by: "院長".to_owned(),
        };
        SignedIn::new(account, None, vec![("minato".to_owned(), Role::Administrator)], vec![deputy])
    }

    #[test]
    fn a_deputy_holds_the_role_on_the_days_named_and_on_no_other() {
        for (today, expected) in
            [("2026-11-19", false), ("2026-11-20", true), ("2026-11-22", true), ("2026-11-23", false)]
        {
            let standing = signed_in().standing("minato", today.parse().unwrap());
            assert_eq!(standing.roles().has(Role::Executive), expected, "{today}");
            assert!(!standing.own.has(Role::Executive));
        }
    }

    #[test]
    fn a_member_of_one_site_is_nobody_at_another() {
        assert!(signed_in().standing("sakuragawa", "2026-11-20".parse().unwrap()).roles().is_empty());
    }
}
