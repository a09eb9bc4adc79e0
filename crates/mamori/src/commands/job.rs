//! `mamori job`: work that waits in the database, shared by every program that uses it.

use anyhow::Result;
use installation::Installation;
use serde_json::json;
use store::jobs;

use super::Context;
use crate::cli::JobCommand;
use crate::output::{self, Outcome};

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

/// Does what waits; failed jobs are said on standard error.
pub(crate) fn work(installation: &Installation) -> Result<usize> {
    let done = installation::work::do_all(installation)?;
    for failure in &done.failures {
        output::note(&installation.say("job-failed", &[("detail", failure.to_string().into())]));
    }
    Ok(done.done)
}
