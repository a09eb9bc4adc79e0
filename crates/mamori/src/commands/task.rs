//! `mamori task`: what is to be done. There is no command that closes a task: new evidence does.

use anyhow::Result;
use governance::lines::subject_names;
use governance::tasks::{Ending, Task};
use governance::wording::TaskWording;
use governance::{store as tables, tasks};
use serde_json::json;

use super::{Context, parse_day, settle_site};
use crate::cli::TaskCommand;
use crate::output::{self, Outcome};

pub(crate) fn run(context: Context<'_>, command: &TaskCommand) -> Result<Outcome> {
    let installation = context.open()?;
    let site = settle_site(&installation, &context.who(), &context.global.site, None)?;
    match command {
        TaskCommand::Assign { id, owner, due } => {
            let due = due.as_ref().map(|day| parse_day(&installation, day)).transpose()?;
            let who = context.who();
            let due = due.map_or(tasks::Due::Open, tasks::Due::On);
            let assignment = tasks::Assignment { id: *id, owner, due, seen_owner: None, who: &who };
            let now = installation.now();
            match tasks::assign(&installation.database, &installation.ledger, &site.id, &assignment, now) {
                Ok(()) => {}
                Err(tasks::AssignError::Unknown { .. } | tasks::AssignError::Changed { .. }) => {
                    output::note(&installation.say("task-unknown", &[("id", (*id).into())]));
                    return Ok(Outcome::Refused);
                }
                Err(err) => return Err(err.into()),
            }
            output::line(&installation.say("task-assigned", &[("id", (*id).into()), ("owner", owner.as_str().into())]));
        }
        TaskCommand::List { all } => {
            let (world, assessment) = installation.assess(&site.id)?;
            let answers = installation.answer(&site, &world, &assessment);
            // Time alone changes verdicts: exceptions end and evidence grows old.
            installation.settle(&site, &world, &assessment, &answers)?;
            let names = subject_names(&world);
            let wording = TaskWording {
                lang: installation.lang(),
                checks: &installation.packs.checks,
                assessment: &assessment,
                answers: &answers,
                kinds: &installation.packs.kinds,
                names: &names,
            };
            let tasks = tasks::in_order(installation.database.read(|tx| tables::list_tasks(tx, &site.id, *all))?);
            if tasks.is_empty() && !context.global.json {
                output::line(&installation.say("task-none", &[]));
            }
            for task in tasks {
                let (title, why) = wording.text(&task.key);
                if context.global.json {
                    output::json(&json!({
                        "id": task.id,
                        "key": task.key,
                        "severity": task.severity,
                        "title": title,
                        "why": why,
                        "owner": task.owner,
                        "due_on": task.due_on.map(|day| day.to_string()),
                        "opened_at": task.opened_at.rfc3339(),
                        "closed_at": task.closed_at.map(|at| at.rfc3339()),
                        "closed_by_evidence": closed_by_evidence(&task),
                    }));
                } else {
                    let done = if task.closed_at.is_some() { "✔" } else { "・" };
                    output::line(&format!("{done} #{} [{}] {title}", task.id, task.severity.name()));
                }
            }
        }
    }
    Ok(Outcome::Done)
}

/// The newest evidence when new evidence closed a task; `None` if it is open or ended otherwise.
fn closed_by_evidence(task: &Task) -> Option<i64> {
    match (task.closed_at, task.ending) {
        (Some(_), Ending::Evidence(number)) => Some(number),
        (Some(_), Ending::Exception(_) | Ending::Withdrawn) | (None, _) => None,
    }
}
