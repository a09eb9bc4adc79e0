//! One installation, opened: database, evidence bytes, ledger, packs.

use std::path::Path;

use anyhow::{Context as _, Result};
use base::{Clock, Lang, UtcSeconds};
use evidence::store::SiteRow;
use evidence::{Deriver, Gathered, Intake, Receipt, ReceiveError, Refusal, Registry, World};
use governance::assessment::{Assessment, assess_site};
use governance::build::Material;
use governance::exceptions::ActiveExceptions;
use governance::{SiteAnswers, answers, snapshot, tasks, watch};
use serde_json::json;
use store::ledger::{LedgerError, LedgerKey, NewEntry, Recording, verify_tail};
use store::{Blobs, Database, Ledger, Migration, StoreError, migrate};

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
    uploads: Registry,
    derivers: Vec<Box<dyn Deriver>>,
    clock: Box<dyn Clock + Send + Sync>,
}

/// Name and version, as reports show it.
pub const PROGRAM: &str = concat!("mamori ", env!("CARGO_PKG_VERSION"));

/// Steps of the schema of the capabilities, in order; the office brings its own.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    [evidence::store::MIGRATIONS, governance::MIGRATIONS, people::MIGRATIONS, eventlog::alerts::store::MIGRATIONS]
        .concat()
}

impl Installation {
    /// Opens the data directory, making it if it is new, and checks the end of the ledger.
    ///
    /// # Errors
    /// What [`Self::open_unchecked`] says, or, in the language of `settings`, that the end of the ledger is damaged.
    pub fn open(settings: Settings, clock: Box<dyn Clock + Send + Sync>) -> Result<Self> {
        let installation = Self::open_unchecked(settings, clock)?;
        let tail = verify_tail(&installation.database, &installation.ledger.public_key())?;
        if let Some(problem) = tail.problems.first() {
            anyhow::bail!("{}", installation.say("trouble-ledger", &[("detail", problem.to_string().into())]));
        }
        Ok(installation)
    }

    /// Opens without looking at the ledger.
    ///
    /// # Errors
    /// What is wrong with the folder, the database, its schema or a pack file; in the language of `settings`, that the key of a ledger
    /// in use is gone. Nobody decides by the kind of the error: it is shown to whoever started the program.
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
        let (registry, uploads, derivers) = (packs.registry(), packs.registry_of_uploads(), packs.derivers());
        Ok(Self { settings, database, blobs, ledger, packs, registry, uploads, derivers, clock })
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

    /// Adds a site or brings it up to date, without a witness: for installations that are thrown away.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub fn put_site(&self, site: &SiteRow) -> Result<(), StoreError> {
        self.database.transaction(|tx| evidence::store::put_site(tx, site, self.now()))
    }

    /// The site of this id, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub fn find_site(&self, id: &str) -> Result<Option<SiteRow>, StoreError> {
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

    /// As [`Self::intake`], for what comes in over the network: answers to checklists are not taken from files.
    #[must_use]
    pub const fn upload_intake<'a>(&'a self, site: &'a str, who: &'a str) -> Intake<'a> {
        Intake { registry: &self.uploads, ..self.intake(site, who) }
    }

    /// A refusal in the language of this run; whoever answers others words it in theirs.
    #[must_use]
    pub fn say_refusal(&self, refusal: &Refusal) -> String {
        self.say(refusal.message, &[("detail", refusal.detail.as_str().into())])
    }

    /// Receives every gathered file, each in a transaction of its own, and tells `each` after every one that is on the disk. What
    /// could not even be read is told as a refusal and stops nothing.
    ///
    /// # Errors
    /// [`ReceiveError`] of the first file that could not be received: those told before it are on the disk, it and those after it
    /// are not. Handing in all of them again changes nothing about the former.
    pub fn receive_all(
        &self,
        site: &str,
        who: &str,
        gathered: &Gathered,
        mode: evidence::receive::Mode,
        each: impl FnMut(&str, Result<&Receipt, &Refusal>),
    ) -> Result<(), ReceiveError> {
        self.receive_with(&self.intake(site, who), gathered, mode, each)
    }

    /// As [`Self::receive_all`], with the importers of `intake`.
    ///
    /// # Errors
    /// [`ReceiveError`], as there.
    pub fn receive_with(
        &self,
        intake: &Intake<'_>,
        gathered: &Gathered,
        mode: evidence::receive::Mode,
        mut each: impl FnMut(&str, Result<&Receipt, &Refusal>),
    ) -> Result<(), ReceiveError> {
        for item in gathered.items() {
            match gathered.read(item) {
                Ok(bytes) => {
                    let receipt = intake.receive(&gathered.source(item, &bytes, self.now()), mode)?;
                    each(&item.name, Ok(&receipt));
                }
                Err(refusal) => each(&item.name, Err(&refusal)),
            }
        }
        for (name, refusal) in gathered.refusals() {
            each(name, Err(refusal));
        }
        Ok(())
    }

    /// What is known about a site, conclusions drawn.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub fn load_world(&self, site: &str) -> Result<World, StoreError> {
        let now = self.now();
        let world = self.database.read(|tx| World::load(tx, site, &self.packs.dictionary, now))?;
        Ok(self.conclude(world))
    }

    fn conclude(&self, mut world: World) -> World {
        for deriver in &self.derivers {
            deriver.derive(&mut world);
        }
        world
    }

    /// Asks every check about a site; facts and exceptions are of one moment.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub fn assess(&self, site: &str) -> Result<(World, Assessment), StoreError> {
        let now = self.now();
        let (world, exceptions) = self.database.read::<_, StoreError>(|tx| {
            Ok((World::load(tx, site, &self.packs.dictionary, now)?, ActiveExceptions::load(tx, site, now)?))
        })?;
        let world = self.conclude(world);
        let assessment = assess_site(&world, &self.packs.checks, &exceptions);
        Ok((world, assessment))
    }

    /// Answers the checklists a site answers itself.
    #[must_use]
    pub fn answer(&self, site: &SiteRow, world: &World, assessment: &Assessment) -> Vec<SiteAnswers<'_>> {
        answers::current_frameworks(&self.packs.frameworks, site.kind, self.now())
            .into_iter()
            .map(|framework| answers::answer(framework, &self.packs.checks, assessment, world, &self.packs.kinds))
            .collect()
    }

    /// Asks every check, and publishes what came out.
    ///
    /// # Errors
    /// [`LedgerError`]; nothing was changed then.
    pub fn reassess(&self, site: &SiteRow) -> Result<Option<(usize, usize)>, LedgerError> {
        let (world, assessment) = self.assess(&site.id)?;
        self.publish(site, &world, &assessment)
    }

    /// Settles the tasks, records in the ledger what came out, and shows it to the office, in one transaction. Returns how many tasks
    /// were opened and closed; `None` if an assessment that had seen more stands already, and nothing was changed.
    ///
    /// # Errors
    /// [`LedgerError`]; nothing was changed then.
    pub fn publish(
        &self,
        site: &SiteRow,
        world: &World,
        assessment: &Assessment,
    ) -> Result<Option<(usize, usize)>, LedgerError> {
        let answers = self.answer(site, world, assessment);
        let material = Material {
            site,
            lang: self.lang(),
            world,
            checks: &self.packs.checks,
            assessment,
            answers: &answers,
            kinds: &self.packs.kinds,
            not_received: &[],
            prepared_by: "",
            notice: "",
            program: &self.program(),
        };
        self.ledger.write(&self.database, self.now(), |tx| {
            let settled = self.settle_within(tx, site, world, assessment, &answers)?;
            if settled.is_some() {
                snapshot::publish(tx, &material)?;
            }
            Ok(settled)
        })
    }

    /// As [`Self::publish`], for reports that the office does not show.
    ///
    /// # Errors
    /// [`LedgerError`]; nothing was changed then.
    pub fn settle(
        &self,
        site: &SiteRow,
        world: &World,
        assessment: &Assessment,
        answered: &[SiteAnswers<'_>],
    ) -> Result<Option<(usize, usize)>, LedgerError> {
        self.ledger.write(&self.database, self.now(), |tx| self.settle_within(tx, site, world, assessment, answered))
    }

    fn settle_within(
        &self,
        tx: &mut Recording<'_>,
        site: &SiteRow,
        world: &World,
        assessment: &Assessment,
        answered: &[SiteAnswers<'_>],
    ) -> Result<Option<(usize, usize)>, LedgerError> {
        if snapshot::is_overtaken(tx, &site.id, world)? {
            return Ok(None);
        }
        self.witness_packs(tx, &site.id)?;
        let wanted = tasks::wanted_tasks(&self.packs.checks, assessment, answered, self.now().date_jst());
        let unwanted = tasks::unwanted_tasks(&self.packs.checks, assessment);
        let settled = tasks::settle_tasks(tx, &site.id, &wanted, &unwanted, self.now())?;
        let items: serde_json::Map<String, serde_json::Value> = answered
            .iter()
            .flat_map(|answers| &answers.items)
            .map(|item| (item.item.id.clone(), json!(item.verdict.name())))
            .collect();
        let found = assessment.findings(&self.packs.checks);
        let packs = &self.packs;
        let is_review = watch::is_review(tx, &site.id, self.now())?;
        let fails: serde_json::Map<String, serde_json::Value> =
            found.iter().map(|(check, answer)| (check.id.clone(), json!(answer.failing.len()))).collect();
        let body = json!({
            "items": items,
            "findings": found.len(),
            "fails": fails,
            "as_of": world.as_of(),
            "packs": packs.digest.to_string(),
            "overlaid": packs.overlaid,
            watch::REVIEW: is_review,
        });
        tx.append(&NewEntry { kind: "assessment.made", site: &site.id, who: "mamori", body: &body })?;
        Ok(Some(settled))
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
