//! `mamori report`: the report of a kept installation, with its answers, exceptions and tasks.

use anyhow::Result;
use serde_json::json;

use super::{Context, job, settle_site};
use crate::cli::ReportArgs;
use crate::output::{self, Outcome};
use crate::show_report;
use installation::reports::{self, Heading};

pub(crate) fn run(context: Context<'_>, arguments: &ReportArgs) -> Result<Outcome> {
    let installation = context.open()?;
    let site = settle_site(&installation, &context.who(), &context.global.site, None)?;
    job::work(&installation)?;
    let who = context.who();
    let (world, assessment) = installation.assess(&site.id)?;
    // Time alone changes verdicts: exceptions end and evidence grows old.
    installation.settle(&site, &world, &assessment, &installation.answer(&site, &world, &assessment))?;
    let heading = Heading { prepared_by: &who, notice: "", not_received: &[] };
    let report = reports::make(&installation, &site, &world, &assessment, heading)?;
    let remarks = reports::write(&installation, &site, &world, &report, &arguments.out)?;
    if context.global.json {
        let counts = report
            .frameworks
            .iter()
            .map(|framework| (framework.id.clone(), json!(framework.counts)))
            .collect::<serde_json::Map<_, _>>();
        output::json(&json!({ "out": arguments.out, "frameworks": counts, "findings": report.findings.len() }));
    } else {
        show_report::show(&installation, &report);
        output::line(&installation.say("report-written", &[("folder", arguments.out.display().to_string().into())]));
    }
    remarks.iter().for_each(|remark| output::note(remark));
    Ok(if report.is_contradicted() { Outcome::Contradicted } else { Outcome::Done })
}
