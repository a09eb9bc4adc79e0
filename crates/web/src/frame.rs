//! What all pages share.

use std::sync::Arc;

use base::{Clock, UtcSeconds};
use people::{Randomness, RoleSet};
use store::{Database, StoreError};

use crate::metrics::Metrics;
use crate::proxies::Proxies;
use crate::upload::Uploads;

/// A site as pages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteName {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Which sites there are.
pub trait Sites: Send + Sync {
    /// The site of this identifier.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    fn find(&self, id: &str) -> Result<Option<SiteName>, StoreError>;

    /// Every site, by identifier.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    fn list(&self) -> Result<Vec<SiteName>, StoreError>;
}

/// One entry of the navigation of a site.
#[derive(Debug, Clone, Copy)]
pub struct NavEntry {
    /// Name of the page; also its message, `nav-…`.
    pub id: &'static str,
    /// Message with its label.
    pub label: &'static str,
    /// Path below `/s/{site}/`.
    pub path: &'static str,
    /// Who sees it.
    pub roles: RoleSet,
}

/// Entries that belong together.
#[derive(Debug, Clone, Copy)]
pub struct NavGroup {
    /// Message with its label.
    pub label: &'static str,
    /// Its entries.
    pub entries: &'static [NavEntry],
}

/// What all pages share.
pub struct Frame {
    /// The database.
    pub database: Database,
    /// The sites.
    pub sites: Arc<dyn Sites>,
    /// The clock.
    pub clock: Arc<dyn Clock + Send + Sync>,
    /// Where tokens come from.
    pub randomness: Arc<dyn Randomness>,
    /// The navigation.
    pub navigation: &'static [NavGroup],
    /// Counters.
    pub metrics: Metrics,
    /// The Japanese font for screens that lack one, as a TrueType file.
    pub font: Option<&'static [u8]>,
    /// Places for uploads.
    pub uploads: Uploads,
    /// Whether cookies may only travel over HTTPS. Off only for tests.
    pub secure: bool,
    /// Address of the office as people type it, without a path, if it is configured.
    pub public_address: Option<String>,
    /// The proxies that say where a request comes from.
    pub proxies: Proxies,
}

impl Frame {
    /// Now.
    #[must_use]
    pub fn now(&self) -> UtcSeconds {
        self.clock.now()
    }

    /// Name of the session's cookie.
    #[must_use]
    pub const fn session_cookie(&self) -> &'static str {
        if self.secure { "__Host-mamori" } else { "mamori" }
    }
}
