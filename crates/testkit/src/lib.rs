//! What tests of several crates need: a database that is thrown away, on each backend.
//!
//! For tests only. Start with [`on_each_database`].

mod cluster;

use std::path::Path;

use anyhow::Context as _;
use base::UtcSeconds;
use store::ledger::LedgerKey;
use store::{Blobs, Database, Ledger, Migration};
use tempfile::TempDir;

/// The time at which every test starts: 2026-11-20 00:00 in Japan.
pub const NOW: UtcSeconds = UtcSeconds(1_795_100_400);

/// A database and a blob folder of a test's own, gone when dropped.
#[derive(Debug)]
pub struct TestStore {
    /// The database, with every step applied.
    pub database: Database,
    /// Evidence bytes in a folder.
    pub blobs: Blobs,
    /// `sqlite` or `postgres`, for messages of failing tests.
    pub backend: &'static str,
    address: Address,
    folder: TempDir,
}

#[derive(Debug)]
enum Address {
    File,
    Server(String),
}

impl TestStore {
    /// A new SQLite file with the store's own steps and `steps` applied.
    ///
    /// # Errors
    /// If the folder or the file can't be made, or a step fails.
    pub fn sqlite(steps: &[Migration]) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let database = Database::open_sqlite(&folder.path().join("mamori.db"))?;
        Self::build(database, "sqlite", Address::File, folder, steps)
    }

    /// A new PostgreSQL database with the store's own steps and `steps` applied. `None`, with a line saying why, if there is no PostgreSQL.
    ///
    /// # Errors
    /// If PostgreSQL is there but can't be used, or a step fails.
    pub fn postgres(steps: &[Migration]) -> anyhow::Result<Option<Self>> {
        let Some(url) = cluster::create_database()? else { return Ok(None) };
        let database = Database::open_postgres(&url)?;
        Self::build(database, "postgres", Address::Server(url), TempDir::new()?, steps).map(Some)
    }

    fn build(
        database: Database,
        backend: &'static str,
        address: Address,
        folder: TempDir,
        steps: &[Migration],
    ) -> anyhow::Result<Self> {
        store::migrate(&database, steps, NOW).context("migrations")?;
        let blobs = Blobs::directory(folder.path().join("blobs"));
        Ok(Self { database, blobs, backend, address, folder })
    }

    /// A folder for files of the test.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A second, independent set of connections to the same database, as another process would have.
    ///
    /// # Errors
    /// If it can't be opened.
    pub fn reopen(&self) -> anyhow::Result<Database> {
        Ok(match &self.address {
            Address::File => Database::open_sqlite(&self.folder.path().join("mamori.db"))?,
            Address::Server(url) => Database::open_postgres(url)?,
        })
    }
}

/// Runs `body` on a fresh database of each backend that is there. It panics with the name of the backend if `body` returns an error.
#[expect(clippy::panic, reason = "a test that can't run must fail loudly")]
pub fn on_each_database(steps: &[Migration], body: impl Fn(&TestStore) -> anyhow::Result<()>) {
    let stores = [TestStore::sqlite(steps).map(Some), TestStore::postgres(steps)];
    for store in stores {
        match store {
            Ok(Some(store)) => {
                if let Err(err) = body(&store) {
                    panic!("on {}: {err:?}", store.backend);
                }
            }
            Ok(None) => {}
            Err(err) => panic!("no test database: {err:?}"),
        }
    }
}

/// A ledger with a fixed key, named `test/ledger`.
///
/// # Errors
/// Never with this name.
pub fn test_ledger() -> anyhow::Result<Ledger> {
    Ok(Ledger::new(LedgerKey::from_seed("test/ledger", &[7; 32])?))
}
