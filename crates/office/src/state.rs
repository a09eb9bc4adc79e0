//! What every handler of the office works with.

use std::sync::Arc;

use ::evidence::Limits;
use ::evidence::store as evidence_tables;
use ::people::Randomness;
use base::{Clock, UtcSeconds};
use installation::Installation;
use store::{Database, MigrateError, StoreError, migrate};
use web::{Frame, Proxies, SiteName, Sites};

use crate::navigation::NAVIGATION;
use crate::rooms;
use crate::staff::Watches;

/// Most bytes of one upload, archives unpacked.
const UNPACKED_BYTES: u64 = 1 << 30;

/// As handlers hold it.
pub(crate) type Shared = Arc<Office>;

/// How the office behaves, besides what the installation says.
#[derive(Debug, Clone)]
pub struct OfficeSettings {
    /// Whether cookies may only travel over HTTPS.
    pub secure: bool,
    /// The code that whoever sets this installation up must know; printed where `serve` was started.
    pub setup_code: Option<String>,
    /// Most bytes of one upload.
    pub upload_bytes: u64,
    /// Whether this is the demonstration, where links sign in.
    pub demo: bool,
    /// Address of the office as people type it, without a path (`https://mamori.example:8443`), if it is configured.
    pub public_address: Option<String>,
    /// The proxies that say where a request comes from.
    pub proxies: Proxies,
}

/// The office over one installation.
pub struct Office {
    /// The installation.
    pub installation: Arc<Installation>,
    /// What all pages share.
    pub frame: Arc<Frame>,
    /// Settings.
    pub settings: OfficeSettings,
    /// What was counted for the pages of staff.
    pub(crate) watches: Watches,
    /// Made at start and written nowhere: addresses are counted under hashes that nobody else can make.
    pub(crate) address_key: [u8; 32],
}

impl Office {
    /// An office over `installation`; makes the tables of its rooms if they are not there yet.
    ///
    /// # Errors
    /// [`MigrateError`] if the tables can't be made.
    pub fn open(
        installation: Arc<Installation>,
        randomness: Arc<dyn Randomness>,
        settings: OfficeSettings,
    ) -> Result<Arc<Self>, MigrateError> {
        migrate(&installation.database, &rooms::migrations(), installation.now())?;
        let mut address_key = [0; 32];
        randomness.fill(&mut address_key);
        let frame = Frame {
            database: installation.database.clone(),
            sites: Arc::new(KnownSites(installation.database.clone())),
            clock: Arc::new(OfficeClock(Arc::clone(&installation))),
            randomness,
            navigation: NAVIGATION,
            metrics: web::metrics::Metrics::default(),
            font: report::pdf::screen_font(),
            uploads: web::Uploads::default(),
            secure: settings.secure,
            public_address: settings.public_address.clone(),
            proxies: settings.proxies.clone(),
        };
        Ok(Arc::new(Self { installation, frame: Arc::new(frame), settings, watches: Watches::default(), address_key }))
    }

    /// How much is read of one upload, archives unpacked: it stays in memory meanwhile.
    #[must_use]
    pub fn reading_limits(&self) -> Limits {
        let limits = self.installation.settings.limits;
        Limits { total_bytes: limits.total_bytes.min(UNPACKED_BYTES), ..limits }
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.installation.database
    }
}

/// The clock of the installation.
struct OfficeClock(Arc<Installation>);

impl Clock for OfficeClock {
    fn now(&self) -> UtcSeconds {
        self.0.now()
    }
}

/// The sites of the installation.
struct KnownSites(Database);

impl Sites for KnownSites {
    fn find(&self, id: &str) -> Result<Option<SiteName>, StoreError> {
        Ok(self.list()?.into_iter().find(|site| site.id == id))
    }

    fn list(&self) -> Result<Vec<SiteName>, StoreError> {
        let sites = self.0.read(evidence_tables::list_sites)?;
        Ok(sites.into_iter().map(|site| SiteName { id: site.id, name: site.name }).collect())
    }
}
