//! `mamori assess`: a folder of evidence in, a report out; nothing is kept but what is written there.

use anyhow::{Context as _, Result};
use evidence::receive::Mode;
use evidence::{ReceiptState, gather};
use governance::assessment::Assessment;
use serde_json::json;
use store::ledger;

use super::{Context, settle_site};
use crate::cli::AssessArgs;
use crate::output::{self, Mistake, Outcome};
use crate::show_report;
use installation::Settings;
use installation::reports::{self, Heading};
use installation::{Installation, SystemClock};

pub(crate) fn run(context: Context<'_>, arguments: &AssessArgs) -> Result<Outcome> {
    let working = tempfile::tempdir().context("no temporary folder")?;
    let settings = Settings { data: working.path().to_path_buf(), database: None, ..context.settings.clone() };
    let installation = Installation::open(settings, Box::new(SystemClock))?;
    let site = settle_site(&installation, &context.who(), &context.global.site, Some(&arguments.about))?;
    let who = context.who();
    let gathered = gather(&arguments.paths, installation.settings.limits);
    let bar = output::progress(gathered.items().len(), &installation.say("progress-import", &[]));
    let mut not_received = Vec::new();
    let (mut read, mut refused) = (0_usize, 0_usize);
    installation.receive_all(&site.id, &who, &gathered, Mode::Apply, |name, receipt| {
        bar.set_message(name.to_owned());
        bar.inc(1);
        match receipt {
            Ok(receipt) => {
                read += usize::from(receipt.state == ReceiptState::Applied);
                refused += receipt.refusals.len();
            }
            Err(refusal) => not_received.push((name.to_owned(), installation.say_refusal(refusal))),
        }
    })?;
    bar.finish_and_clear();
    let (world, assessment) = installation.assess(&site.id)?;
    let answers = installation.answer(&site, &world, &assessment);
    installation.settle(&site, &world, &assessment, &answers)?;
    drop(answers);
    let heading = Heading { prepared_by: &who, notice: "", not_received: &not_received };
    let report = reports::make(&installation, &site, &world, &assessment, heading)?;
    let remarks = reports::write(&installation, &site, &world, &report, &arguments.out)?;
    let export = arguments.out.join("ledger");
    if export.exists() && !export.join("entries.jsonl").exists() {
        let arguments = [("folder", export.display().to_string().into())];
        return Err(Mistake(installation.say("assess-folder-taken", &arguments)).into());
    }
    if export.exists() {
        std::fs::remove_dir_all(&export).with_context(|| export.display().to_string())?;
    }
    ledger::export(&installation.database, Some(&installation.blobs), &installation.ledger.public_key(), &export)?;
    if context.global.json {
        let findings: Vec<String> = finding_names(&installation, &assessment);
        let counts = report
            .frameworks
            .iter()
            .map(|framework| (framework.id.clone(), json!(framework.counts)))
            .collect::<serde_json::Map<_, _>>();
        output::json(
            &json!({ "out": arguments.out, "read": read, "refused": refused, "frameworks": counts, "findings": findings }),
        );
    } else {
        show_report::show(&installation, &report);
        output::line(
            &installation.say(
                "assess-written",
                &[("folder", arguments.out.display().to_string().into()), ("read", read.into())],
            ),
        );
    }
    remarks.iter().for_each(|remark| output::note(remark));
    Ok(if read == 0 {
        output::note(&installation.say("assess-nothing-read", &[]));
        Outcome::Refused
    } else if report.is_contradicted() {
        Outcome::Contradicted
    } else if refused > 0 || !not_received.is_empty() {
        Outcome::Refused
    } else {
        Outcome::Done
    })
}

fn finding_names(installation: &Installation, assessment: &Assessment) -> Vec<String> {
    let ids = assessment.finding_ids(&installation.packs.checks, base::Severity::Low);
    ids.into_iter().map(|(check, subject)| format!("{check}@{subject}")).collect()
}
