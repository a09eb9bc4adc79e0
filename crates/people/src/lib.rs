//! Who may do what: accounts, roles and deputies, how somebody proves who they are, sessions and API tokens.
//!
//! Nothing here knows HTTP. It must never keep a password or a token in the clear, lock somebody out because somebody else
//! guessed, or give a role at one site to a member of another. Start with [`role`], then [`session`].

pub mod account;
pub mod admin;
pub mod link;
pub mod password;
pub mod recovery;
pub mod role;
pub mod session;
pub mod store;
#[cfg(test)]
mod testing;
pub mod throttle;
pub mod totp;

use ::store::Migration;

pub use account::{Account, AccountId};
pub use role::{Role, RoleSet};
pub use session::{ApiGrant, Session, SignedIn, Standing};

/// Steps of the schema of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "people",
        number: 1,
        name: "accounts, roles, credentials, sessions, tokens",
        sql: include_str!("../migrations/0001_people.sql"),
    },
    Migration {
        capability: "people",
        number: 2,
        name: "sign-ins on their way, changes of accounts, settings of a site",
        sql: include_str!("../migrations/0002_sign_in.sql"),
    },
    Migration {
        capability: "people",
        number: 3,
        name: "who revoked deputyships and tokens",
        sql: include_str!("../migrations/0003_who_ended.sql"),
    },
];

/// Where unguessable numbers come from.
pub trait Randomness: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// Whether two secrets are the same, in a time that tells nothing about where they differ.
#[must_use]
pub fn is_same_secret(a: &str, b: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// A new unguessable text for a cookie, a link or a token: 43 characters of URL-safe base64.
#[must_use]
pub fn new_token(randomness: &dyn Randomness) -> String {
    use base64::Engine as _;
    let mut bytes = [0_u8; session::TOKEN_BYTES];
    randomness.fill(&mut bytes);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// The site of a membership that counts everywhere.
pub const EVERYWHERE: &str = "*";
