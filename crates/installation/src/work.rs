//! Work that waits in the database, shared by every program that uses it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use base::Date;
use serde_json::{Value, json};
use store::jobs::{self, AfterFailure, Job, NewJob};
use store::{StoreError, outbox};

use crate::opened::Installation;
use crate::search_logs::{self, SEARCH, SearchLogs};

/// Assess a site after new evidence.
pub const ASSESS: &str = "governance.assess";
/// A job whose worker was not heard of for so long is taken over by another one, in seconds.
const LEASE_S: i64 = 120;
/// How often the worker of a long job is heard of.
const RENEW_EVERY: Duration = Duration::from_secs(30);
/// Messages turned into jobs at once.
const BATCH: u32 = 1_000;

/// Something that does jobs of one kind. A job may run twice and must then change nothing the second time.
pub trait Worker: Send + Sync {
    /// The kind.
    fn kind(&self) -> &'static str;

    /// Does one job.
    ///
    /// # Errors
    /// Why it was not done; it is tried again later.
    fn run(&self, installation: &Installation, payload: &str) -> Result<()>;
}

/// Assesses a site.
struct Assess;

impl Worker for Assess {
    fn kind(&self) -> &'static str {
        ASSESS
    }

    fn run(&self, installation: &Installation, payload: &str) -> Result<()> {
        assess(installation, payload)
    }
}

/// What one round of work did.
#[derive(Debug, Default)]
pub struct Done {
    /// Jobs done.
    pub done: usize,
    /// Why the others were not done; they are tried again later.
    pub failures: Vec<JobFailure>,
}

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum JobFailure {
    /// What its worker said.
    #[error("{0:#}")]
    Worker(anyhow::Error),
    /// Its worker panicked.
    #[error("the worker panicked")]
    Panicked,
    /// It took longer than its lease.
    #[error("another worker has taken this job over")]
    TakenOver,
    /// How it ended could not be recorded.
    #[error("the end of the job could not be recorded")]
    Store(#[from] StoreError),
}

/// Turns messages into jobs.
///
/// # Errors
/// The database's.
pub fn enqueue(installation: &Installation) -> Result<()> {
    let now = installation.now();
    let drain = || {
        // One job per site and batch. A job that runs already may have looked before this evidence came, so it does not count.
        let mut first = None;
        outbox::drain(&installation.database, BATCH, |tx, message| {
            let key = format!("{}#{}", message.body, first.get_or_insert(message.id));
            let job = NewJob { kind: ASSESS, payload: &message.body, run_at: now, dedupe_key: Some(&key) };
            jobs::enqueue(tx, &job, now)?;
            if search_logs::is_due(tx, &message.body)? {
                let key = format!("{SEARCH}#{key}");
                jobs::enqueue(tx, &NewJob { kind: SEARCH, dedupe_key: Some(&key), ..job }, now)?;
            }
            Ok::<_, StoreError>(())
        })
    };
    while drain()? > 0 {}
    Ok(())
}

/// Asks for a new assessment of a site for whom nothing was changed: what changes verdicts asks for it in its own transaction, with
/// [`evidence::receive::request_assessment`].
///
/// # Errors
/// [`StoreError`] of the database.
pub fn request_assessment(installation: &Installation, site: &str) -> Result<(), StoreError> {
    let now = installation.now();
    installation.database.transaction(|tx| evidence::receive::request_assessment(tx, site, now))
}

/// Asks for a new assessment of every site whose last one is not of `today`, once over all nodes; returns how many.
/// What is fresh today is stale some day without anything having been handed in.
///
/// # Errors
/// The database's.
pub fn request_daily(installation: &Installation, today: Date) -> Result<usize> {
    let now = installation.now();
    let sites = installation.database.read(evidence::store::list_sites)?;
    let mut asked = 0;
    for site in sites {
        let payload = json!({ "site": site.id }).to_string();
        let key = format!("daily#{}#{today}", site.id);
        let added = installation.database.transaction::<_, StoreError>(|tx| {
            // What could not be searched when it came (a full disk) is tried again.
            if search_logs::is_due(tx, &payload)? {
                let key = format!("{SEARCH}#{key}");
                let search = NewJob { kind: SEARCH, payload: &payload, run_at: now, dedupe_key: Some(&key) };
                jobs::enqueue(tx, &search, now)?;
            }
            let head = governance::snapshot::find_head(tx, &site.id, installation.lang())?;
            if head.is_some_and(|head| head.made_at.date_jst() == today) {
                return Ok(None);
            }
            jobs::enqueue(tx, &NewJob { kind: ASSESS, payload: &payload, run_at: now, dedupe_key: Some(&key) }, now)
        })?;
        asked += usize::from(added.is_some());
    }
    Ok(asked)
}

/// Turns messages into jobs and assesses until no assessment is due.
///
/// # Errors
/// The database's. A job that fails is no error of the round: it is tried again later.
pub fn do_all(installation: &Installation) -> Result<Done> {
    do_all_with(installation, &[])
}

/// As [`do_all`], and the jobs that `workers` know.
///
/// # Errors
/// The database's.
pub fn do_all_with(installation: &Installation, workers: &[&dyn Worker]) -> Result<Done> {
    do_while(installation, workers, &Running::default(), &|| true)
}

/// As [`do_all_with`], but begins no further job once `goes_on` says no. `running` shows what is being done meanwhile.
///
/// # Errors
/// The database's.
pub fn do_while(
    installation: &Installation,
    workers: &[&dyn Worker],
    running: &Running,
    goes_on: &dyn Fn() -> bool,
) -> Result<Done> {
    enqueue(installation)?;
    let owner = format!("{}-{}", installation.settings.ledger_name, std::process::id());
    let all: Vec<&dyn Worker> =
        [&Assess as &dyn Worker, &SearchLogs].into_iter().chain(workers.iter().copied()).collect();
    let kinds: Vec<&str> = all.iter().map(|worker| worker.kind()).collect();
    let mut done = Done::default();
    while goes_on() {
        let Some(job) = jobs::claim(&installation.database, &kinds, &owner, installation.now(), LEASE_S)? else {
            break;
        };
        let Some(worker) = all.iter().find(|worker| worker.kind() == job.kind) else { continue };
        running.set(Some(job.clone()));
        let outcome = run(installation, *worker, &job);
        running.set(None);
        match outcome {
            Ok(()) => done.done += 1,
            Err(failure) => done.failures.push(failure),
        }
    }
    Ok(done)
}

/// The job that is being done right now, for whoever has to stop.
#[derive(Debug, Default)]
pub struct Running(Mutex<Option<Job>>);

impl Running {
    fn set(&self, job: Option<Job>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = job;
    }

    /// Whether a job is being done.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Lets another worker have the running job at once, for a program that ends before the job does.
    ///
    /// # Errors
    /// The database's.
    pub fn give_back(&self, installation: &Installation) -> Result<(), StoreError> {
        let job = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(job) = job {
            tracing::warn!(job.kind, job.id, "job given back before its end");
            jobs::renew(&installation.database, &job, installation.now(), -1)?;
        }
        Ok(())
    }
}

fn run(installation: &Installation, worker: &dyn Worker, job: &Job) -> Result<(), JobFailure> {
    let outcome = while_renewing(installation, job, || {
        // One bad job must not end the thread that does all the others.
        catch_unwind(AssertUnwindSafe(|| worker.run(installation, &job.payload)))
    });
    let outcome = match outcome {
        Ok(outcome) => outcome.map_err(JobFailure::Worker),
        Err(_) => Err(JobFailure::Panicked),
    };
    let said = outcome.as_ref().map_err(ToString::to_string);
    if let Err(text) = &said {
        tracing::error!(job.kind, job.id, job.attempts, error = text, "job failed");
    }
    let kept = installation.database.transaction::<_, StoreError>(|tx| match &said {
        Ok(()) => jobs::complete(tx, job, installation.now()),
        Err(text) => jobs::fail(tx, job, text, installation.now()).map(|after| after != AfterFailure::LeaseLost),
    })?;
    if !kept {
        tracing::warn!(job.kind, job.id, "another worker has taken this job over");
        return Err(JobFailure::TakenOver);
    }
    outcome
}

/// Keeps the lease of `job` alive while `body` runs, so that nobody takes over what is merely long.
fn while_renewing<T>(installation: &Installation, job: &Job, body: impl FnOnce() -> T) -> T {
    let (ended, wait) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while wait.recv_timeout(RENEW_EVERY) == Err(RecvTimeoutError::Timeout) {
                match jobs::renew(&installation.database, job, installation.now(), LEASE_S) {
                    Ok(true) => {}
                    Ok(false) => tracing::warn!(job.kind, job.id, "the lease was lost"),
                    Err(err) => tracing::warn!(job.kind, job.id, error = %err, "the lease could not be renewed"),
                }
            }
        });
        let value = body();
        drop(ended);
        value
    })
}

fn assess(installation: &Installation, payload: &str) -> Result<()> {
    let payload: Value = serde_json::from_str(payload)?;
    let id = payload.get("site").and_then(Value::as_str).unwrap_or_default();
    let Some(site) = installation.find_site(id)? else { return Ok(()) };
    match installation.reassess(&site)? {
        Some((opened, closed)) => {
            tracing::info!(site = site.id, tasks.opened = opened, tasks.closed = closed, "assessed");
        }
        None => tracing::info!(site = site.id, "an assessment that has seen more stands already"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base::{Lang, UtcSeconds};
    use tempfile::TempDir;

    use super::*;
    use crate::claims::{NewAnswer, Said};
    use crate::fixture::open;

    const NOW: UtcSeconds = UtcSeconds(1_795_143_600);

    fn add(installation: &Installation, kind: &str) {
        let job = NewJob { kind, payload: "{}", run_at: NOW, dedupe_key: None };
        installation.database.transaction(|tx| jobs::enqueue(tx, &job, NOW)).unwrap();
    }

    struct Does(&'static str, fn(&Installation) -> Result<()>);

    impl Worker for Does {
        fn kind(&self) -> &'static str {
            self.0
        }

        fn run(&self, installation: &Installation, _: &str) -> Result<()> {
            self.1(installation)
        }
    }

    /// What another node does that no longer hears of us.
    fn take_over(installation: &Installation) -> Result<()> {
        let later = installation.now().plus_days(1);
        let taken = jobs::claim(&installation.database, &["test.long"], "another node", later, LEASE_S)?;
        assert!(taken.is_some());
        Ok(())
    }

    #[test]
    fn a_job_that_another_worker_took_over_does_not_count_as_done() {
        let folder = TempDir::new().unwrap();
        let installation = open(&folder, NOW);
        add(&installation, "test.long");
        let done = do_all_with(&installation, &[&Does("test.long", take_over)]).unwrap();
        assert_eq!((done.done, done.failures.len()), (0, 1), "{done:?}");
        let counts = installation.database.read(jobs::count).unwrap();
        assert_eq!((counts.running, counts.done), (1, 0), "the other one still has it");
    }

    #[test]
    fn a_job_that_panics_is_kept_and_the_others_are_done() {
        let folder = TempDir::new().unwrap();
        let installation = open(&folder, NOW);
        add(&installation, "test.bad");
        add(&installation, "test.good");
        let bad = Does("test.bad", |_| panic!("made up"));
        let done = do_all_with(&installation, &[&bad, &Does("test.good", |_| Ok(()))]).unwrap();
        assert_eq!((done.done, done.failures.len()), (1, 1), "{done:?}");
        assert_eq!(installation.database.read(jobs::count).unwrap().queued, 1);
    }

    #[test]
    fn a_job_that_is_given_back_can_be_taken_by_another_worker_at_once() {
        let folder = TempDir::new().unwrap();
        let installation = open(&folder, NOW);
        add(&installation, "test.long");
        let claim = || jobs::claim(&installation.database, &["test.long"], "one", NOW, LEASE_S).unwrap();
        let running = Running::default();
        running.set(claim());
        assert!(running.is_busy() && claim().is_none());
        running.give_back(&installation).unwrap();
        assert!(claim().is_some());
    }

    #[test]
    fn nothing_more_is_begun_when_the_program_ends() {
        let folder = TempDir::new().unwrap();
        let installation = open(&folder, NOW);
        add(&installation, "test.good");
        let good = Does("test.good", |_| Ok(()));
        let done = do_while(&installation, &[&good], &Running::default(), &|| false).unwrap();
        assert_eq!(done.done, 0);
        assert_eq!(installation.database.read(jobs::count).unwrap().queued, 1);
    }

    #[test]
    fn a_site_is_assessed_once_a_day_however_often_that_is_asked_for() {
        let folder = TempDir::new().unwrap();
        let today = open(&folder, NOW);
        let asked = |installation: &Installation| request_daily(installation, installation.now().date_jst()).unwrap();
        assert_eq!((asked(&today), asked(&today)), (1, 0));
        assert_eq!(do_all(&today).unwrap().done, 1);
        assert_eq!(asked(&today), 0, "it is fresh");
        let tomorrow = open(&folder, NOW.plus_days(1));
        assert_eq!((asked(&tomorrow), asked(&tomorrow)), (1, 0));
    }

    #[test]
    fn an_assessment_that_has_seen_less_changes_neither_snapshot_nor_tasks() {
        let folder = TempDir::new().unwrap();
        let office = open(&folder, NOW);
        let site = office.find_site("main").unwrap().unwrap();
        let (world, assessment) = office.assess(&site.id).unwrap();
        // Meanwhile an answer comes in, and another worker is done first.
        let item = office.packs.frameworks.iter().flat_map(|one| &one.items).find(|item| item.statement).unwrap();
        let new = NewAnswer { item: &item.id, said: Said::Yes, note: "", who: "佐藤", seen: Some(0) };
        office.answer_item(&site.id, &new, |_| Ok(false)).unwrap();
        assert!(office.reassess(&site).unwrap().is_some());
        let stands = || {
            let head = |tx: &mut store::Transaction| governance::snapshot::find_head(tx, "main", Lang::Ja);
            let tasks = |tx: &mut store::Transaction| governance::store::list_tasks(tx, "main", true);
            let head = office.database.read(head).unwrap().unwrap();
            let size = office.database.read(store::ledger::find_size).unwrap();
            (serde_json::to_string(&head).unwrap(), office.database.read(tasks).unwrap(), size)
        };
        let before = stands();
        assert_eq!(office.publish(&site, &world, &assessment).unwrap(), None);
        assert_eq!(stands(), before);
        assert!(office.reassess(&site).unwrap().is_some(), "the next one has seen everything");
    }
}
