//! One installation, opened: database, evidence bytes, ledger, packs.

use std::path::Path;

use anyhow::{Context as _, Result};
use base::{Clock, Lang, UtcSeconds};
use evidence::store::SiteRow;
use evidence::{Deriver, Gathered, Intake, Receipt, Registry, World};
use governance::assessment::{Assessment, assess_site};
use governance::build::Material;
use governance::exceptions::ActiveExceptions;
use governance::{SiteAnswers, answers, tasks};
use serde_json::json;
use store::ledger::{LedgerKey, NewEntry, verify_tail};
use store::{Blobs, Database, Ledger, Migration, migrate};

use crate::packs::Packs;
use crate::settings::Settings;

/// The clock of this machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the program reads the clock")]
    fn now(&self) -> UtcSeconds {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        UtcSeconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }
}

/// Everything a command works with.
pub struct Installation {
    /// Where it is and how much it reads.
    pub settings: Settings,
    /// The database.
    pub database: Database,
    /// The bytes of the evidence.
    pub blobs: Blobs,
    /// The witness.
    pub ledger: Ledger,
    /// What the packs say.
    pub packs: Packs,
    /// Every importer.
    pub registry: Registry,
    derivers: Vec<Box<dyn Deriver>>,
    clock: Box<dyn Clock + Send + Sync>,
}

/// Name and version, as reports show it.
pub const PROGRAM: &str = concat!("mamori ", env!("CARGO_PKG_VERSION"));

/// Steps of the schema of the capabilities, in order; the office brings its own.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    [evidence::store::MIGRATIONS, governance::MIGRATIONS, people::MIGRATIONS].concat()
}

impl Installation {
    /// Opens the data directory, making it if it is new, and checks the end of the ledger.
    pub fn open(settings: Settings, clock: Box<dyn Clock + Send + Sync>) -> Result<Self> {
        let installation = Self::open_unchecked(settings, clock)?;
        let tail = verify_tail(&installation.database, &installation.ledger.public_key())?;
        if let Some(problem) = tail.problems.first() {
            anyhow::bail!("{}", installation.say("trouble-ledger", &[("detail", problem.to_string().into())]));
        }
        Ok(installation)
    }

    /// Opens without looking at the ledger.
    pub fn open_unchecked(settings: Settings, clock: Box<dyn Clock + Send + Sync>) -> Result<Self> {
        make_private(&settings.data).with_context(|| settings.data.display().to_string())?;
        let database = match &settings.database {
            Some(url) => Database::open_postgres(url.expose())?,
            None => Database::open_sqlite(&settings.data.join("mamori.db"))?,
        };
        migrate(&database, &migrations(), clock.now())?;
        let blobs = match &settings.database {
            Some(_) => Blobs::database(database.clone()),
            None => Blobs::directory(settings.data.join("blobs")),
        };
        let entries = database.read(store::ledger::find_size)?;
        let ledger = Ledger::new(open_key(&settings, entries > 0)?);
        let packs = Packs::load(Some(&settings.data.join("packs")))?;
        let (registry, derivers) = (packs.registry(), packs.derivers());
        Ok(Self { settings, database, blobs, ledger, packs, registry, derivers, clock })
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UtcSeconds {
        self.clock.now()
    }

    /// Language of this run.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.settings.lang
    }

    /// A message of the catalogue in the language of this run.
    pub fn say(&self, id: &str, arguments: &[(&str, i18n::Argument)]) -> String {
        i18n::message(self.lang(), id, arguments)
    }

    /// Adds a site or brings it up to date.
    pub fn put_site(&self, site: &SiteRow) -> Result<()> {
        self.database.transaction(|tx| evidence::store::put_site(tx, site, self.now()))?;
        Ok(())
    }

    /// The site of this id.
    pub fn find_site(&self, id: &str) -> Result<Option<SiteRow>> {
        let sites = self.database.read(evidence::store::list_sites)?;
        Ok(sites.into_iter().find(|site| site.id == id))
    }

    /// The intake for evidence that `who` hands in for `site`.
    #[must_use]
    pub const fn intake<'a>(&'a self, site: &'a str, who: &'a str) -> Intake<'a> {
        Intake {
            database: &self.database,
            blobs: &self.blobs,
            ledger: &self.ledger,
            registry: &self.registry,
            dictionary: &self.packs.dictionary,
            site,
            who,
        }
    }

    /// Receives every gathered file, telling `each` after every one that is on the disk.
    pub fn receive_all(
        &self,
        site: &str,
        who: &str,
        gathered: &Gathered,
        mode: evidence::receive::Mode,
        mut each: impl FnMut(&str, Result<&Receipt, &str>) -> Result<()>,
    ) -> Result<()> {
        let intake = self.intake(site, who);
        for item in gathered.items() {
            let bytes = match gathered.read(item) {
                Ok(bytes) => bytes,
                Err(refusal) => {
                    let text = self.say(refusal.message, &[("detail", refusal.detail.into())]);
                    each(&item.name, Err(&text))?;
                    continue;
                }
            };
            let receipt = intake.receive(&gathered.source(item, &bytes, self.now()), mode)?;
            each(&item.name, Ok(&receipt))?;
        }
        for (name, refusal) in gathered.refusals() {
            let text = self.say(refusal.message, &[("detail", refusal.detail.as_str().into())]);
            each(name, Err(&text))?;
        }
        Ok(())
    }

    /// What is known about a site, conclusions drawn.
    pub fn load_world(&self, site: &str) -> Result<World> {
        let now = self.now();
        let mut world = self.database.read(|tx| World::load(tx, site, &self.packs.dictionary, now))?;
        for deriver in &self.derivers {
            deriver.derive(&mut world);
        }
        Ok(world)
    }

    /// Asks every check about a site.
    pub fn assess(&self, site: &str) -> Result<(World, Assessment)> {
        let world = self.load_world(site)?;
        let exceptions = self.database.read(|tx| ActiveExceptions::load(tx, site, self.now()))?;
        let assessment = assess_site(&world, &self.packs.checks, &exceptions);
        Ok((world, assessment))
    }

    /// Answers the checklists a site answers itself.
    pub fn answer(&self, site: &SiteRow, world: &World, assessment: &Assessment) -> Vec<SiteAnswers<'_>> {
        answers::current_frameworks(&self.packs.frameworks, &site.kind, self.now())
            .into_iter()
            .map(|framework| answers::answer(framework, &self.packs.checks, assessment, world, &self.packs.kinds))
            .collect()
    }

    /// Asks every check, settles the tasks, records what came out, and shows it to the office; returns how many tasks were
    /// opened and closed.
    ///
    /// # Errors
    /// The database's.
    pub fn reassess(&self, site: &SiteRow) -> Result<(usize, usize)> {
        let (world, assessment) = self.assess(&site.id)?;
        let answers = self.answer(site, &world, &assessment);
        let settled = self.settle(site, &assessment, &answers)?;
        let material = Material {
            site,
            lang: self.lang(),
            world: &world,
            checks: &self.packs.checks,
            assessment: &assessment,
            answers: &answers,
            kinds: &self.packs.kinds,
            not_received: &[],
            prepared_by: "",
            notice: "",
            program: PROGRAM,
        };
        self.database.transaction(|tx| governance::snapshot::publish(tx, &material))?;
        Ok(settled)
    }

    /// Brings the tasks in line and records in the ledger what came out.
    pub fn settle(
        &self,
        site: &SiteRow,
        assessment: &Assessment,
        answered: &[SiteAnswers<'_>],
    ) -> Result<(usize, usize)> {
        let wanted = tasks::wanted_tasks(&self.packs.checks, assessment, answered);
        let held = tasks::held_tasks(&self.packs.checks, assessment);
        let settled = tasks::settle_tasks(&self.database, &self.ledger, &site.id, &wanted, &held, self.now())?;
        let items: serde_json::Map<String, serde_json::Value> = answered
            .iter()
            .flat_map(|answers| &answers.items)
            .map(|item| (item.item.id.clone(), json!(item.verdict.name())))
            .collect();
        let body = json!({ "items": items, "findings": assessment.findings(&self.packs.checks).len() });
        self.ledger.write::<_, store::ledger::LedgerError>(&self.database, self.now(), |tx| {
            tx.append(&NewEntry { kind: "assessment.made", site: &site.id, who: "mamori", body: &body })
        })?;
        Ok(settled)
    }
}

/// Makes a folder that is open to nobody else; one that was there before is closed to others.
///
/// # Errors
/// The system's, also if the folder is somebody else's.
pub fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mut permissions = std::fs::metadata(folder)?.permissions();
        if permissions.mode() & 0o077 != 0 {
            permissions.set_mode(permissions.mode() & !0o077);
            std::fs::set_permissions(folder, permissions)?;
        }
    }
    Ok(())
}

/// Loads the signing key, making one for a new installation.
fn open_key(settings: &Settings, in_use: bool) -> Result<LedgerKey> {
    let path = settings.data.join("ledger-key.pem");
    if path.exists() {
        return Ok(LedgerKey::load(&path, &settings.ledger_name)?);
    }
    if in_use {
        let arguments = [("folder", settings.data.display().to_string().into())];
        anyhow::bail!("{}", i18n::message(settings.lang, "trouble-key-missing", &arguments));
    }
    match LedgerKey::create(&path, &settings.ledger_name, &random_seed()?) {
        Ok(key) => Ok(key),
        // Another process was a moment faster.
        Err(_) if path.exists() => Ok(LedgerKey::load(&path, &settings.ledger_name)?),
        Err(err) => Err(err.into()),
    }
}

/// Randomness of this machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemRandomness;

impl people::Randomness for SystemRandomness {
    /// Without randomness there are no secrets, and so nothing to go on with: the process ends.
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}

fn random_seed() -> Result<[u8; 32]> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|err| anyhow::anyhow!("no randomness: {err}"))?;
    Ok(seed)
}
