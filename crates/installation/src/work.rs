//! Work that waits in the database, shared by every program that uses it.

use anyhow::Result;
use serde_json::{Value, json};
use store::jobs::{self, Job, NewJob};
use store::{StoreError, outbox};

use crate::opened::Installation;

/// Assess a site after new evidence.
pub const ASSESS: &str = "governance.assess";
/// Longest time one job may take before another worker takes it over, in seconds.
const LEASE_S: i64 = 600;
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
    /// What those that failed said.
    pub failures: Vec<String>,
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
            jobs::enqueue(tx, &job, now).map(|_| ())
        })
    };
    while drain()? > 0 {}
    Ok(())
}

/// Asks for a new assessment of a site: exceptions and time change verdicts as much as evidence does.
///
/// # Errors
/// The database's.
pub fn request_assessment(installation: &Installation, site: &str) -> Result<()> {
    let body = json!({ "site": site }).to_string();
    let topic = evidence::receive::RECEIVED_TOPIC;
    installation.database.transaction::<_, StoreError>(|tx| outbox::publish(tx, topic, &body, installation.now()))?;
    Ok(())
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
    enqueue(installation)?;
    let owner = format!("{}-{}", installation.settings.ledger_name, std::process::id());
    let all: Vec<&dyn Worker> = std::iter::once(&Assess as &dyn Worker).chain(workers.iter().copied()).collect();
    let kinds: Vec<&str> = all.iter().map(|worker| worker.kind()).collect();
    let mut done = Done::default();
    while let Some(job) = jobs::claim(&installation.database, &kinds, &owner, installation.now(), LEASE_S)? {
        let Some(worker) = all.iter().find(|worker| worker.kind() == job.kind) else { continue };
        match run(installation, *worker, &job) {
            Ok(()) => done.done += 1,
            Err(text) => done.failures.push(text),
        }
    }
    Ok(done)
}

fn run(installation: &Installation, worker: &dyn Worker, job: &Job) -> Result<(), String> {
    let outcome = worker.run(installation, &job.payload).map_err(|err| format!("{err:#}"));
    let settled = installation.database.transaction::<_, StoreError>(|tx| match &outcome {
        Ok(()) => jobs::complete(tx, job, installation.now()).map(|_| ()),
        Err(text) => jobs::fail(tx, job, text, installation.now()).map(|_| ()),
    });
    if let Err(text) = &outcome {
        tracing::error!(job.kind = job.kind, job.id = job.id, error = text, "job failed");
    }
    settled.map_err(|err| err.to_string())?;
    outcome
}

fn assess(installation: &Installation, payload: &str) -> Result<()> {
    let payload: Value = serde_json::from_str(payload)?;
    let id = payload.get("site").and_then(Value::as_str).unwrap_or_default();
    let Some(site) = installation.find_site(id)? else { return Ok(()) };
    let (opened, closed) = installation.reassess(&site)?;
    tracing::info!(site = site.id, tasks.opened = opened, tasks.closed = closed, "assessed");
    Ok(())
}
