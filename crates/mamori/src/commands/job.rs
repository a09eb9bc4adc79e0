//! `mamori job`: work that waits in the database, shared by every program that uses it.

use anyhow::Result;
use serde_json::json;
use store::jobs::{self, NewJob};
use store::{StoreError, outbox};

use super::Context;
use crate::cli::JobCommand;
use crate::installation::Installation;
use crate::output::{self, Outcome};

/// Assess a site after new evidence.
const ASSESS: &str = "governance.assess";
/// Longest time one job may take before another worker takes it over, in seconds.
const LEASE_S: i64 = 600;
/// Messages turned into jobs at once.
const BATCH: u32 = 1_000;

pub(crate) fn run(context: Context<'_>, command: &JobCommand) -> Result<Outcome> {
    let installation = context.open()?;
    match command {
        JobCommand::Run => {
            let done = work(&installation)?;
            if context.global.json {
                output::json(&json!({ "done": done }));
            } else {
                output::line(&installation.say("job-done", &[("count", done.into())]));
            }
        }
        JobCommand::List => {
            let counts = installation.database.read(jobs::count)?;
            let text = json!({ "queued": counts.queued, "running": counts.running, "done": counts.done, "failed": counts.failed });
            output::line(&text.to_string());
        }
    }
    Ok(Outcome::Done)
}

/// Turns messages into jobs and does jobs until none is due; returns how many were done here.
pub(crate) fn work(installation: &Installation) -> Result<usize> {
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
    let owner = format!("{}-{}", installation.settings.ledger_name, std::process::id());
    let mut done = 0;
    while let Some(job) = jobs::claim(&installation.database, &[ASSESS], &owner, installation.now(), LEASE_S)? {
        match assess(installation, &job.payload) {
            Ok(()) => {
                installation
                    .database
                    .transaction::<_, StoreError>(|tx| jobs::complete(tx, &job, installation.now()))?;
                done += 1;
            }
            Err(err) => {
                tracing::error!(job.kind = job.kind, job.id = job.id, error = format!("{err:#}"), "job failed");
                let text = format!("{err:#}");
                output::note(&installation.say("job-failed", &[("detail", text.as_str().into())]));
                installation
                    .database
                    .transaction::<_, StoreError>(|tx| jobs::fail(tx, &job, &text, installation.now()))?;
            }
        }
    }
    Ok(done)
}

fn assess(installation: &Installation, payload: &str) -> Result<()> {
    let payload: serde_json::Value = serde_json::from_str(payload)?;
    let id = payload.get("site").and_then(serde_json::Value::as_str).unwrap_or_default();
    let Some(site) = installation.find_site(id)? else { return Ok(()) };
    let (world, assessment) = installation.assess(&site.id)?;
    let answers = installation.answer(&site, &world, &assessment);
    let (opened, closed) = installation.settle(&site, &assessment, &answers)?;
    tracing::info!(site = site.id, tasks.opened = opened, tasks.closed = closed, "assessed");
    Ok(())
}
