//! `mamori demo`: three imaginary sites, from their evidence to their reports, and which planted weaknesses were found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use base::{Severity, Verdict};
use demo_hospital::{Options, Planted, Site};
use evidence::gather;
use evidence::receive::Mode;
use evidence::store::SiteRow;
use governance::assessment::Assessment;
use serde_json::json;

use super::{Context, demo_office};
use crate::cli::DemoArgs;
use crate::output::{self, Mistake, Outcome};
use crate::show_report;
use installation::Settings;
use installation::reports::{self, Heading};
use installation::{Installation, SystemClock};

/// Seed of the generator: everybody sees the same hospitals.
const SEED: u64 = 20_211_031;

pub(crate) fn run(context: Context<'_>, arguments: &DemoArgs) -> Result<Outcome> {
    demo_office::check_address(context.settings.lang, arguments.listen)?;
    let folder = demo_folder(&context, arguments)?;
    let data = folder.join("data");
    claim_folder(&context, &folder)?;
    if data.exists() {
        std::fs::remove_dir_all(&data).with_context(|| data.display().to_string())?;
    }
    let settings = Settings { data, database: None, ..context.settings.clone() };
    let installation = Arc::new(Installation::open(settings, Box::new(SystemClock))?);
    let today = installation.now().date_jst();
    let sites = demo_hospital::generate(&Options { today, extra_assets: arguments.assets, seed: SEED })?;
    let mut tally = Tally::default();
    for site in &sites {
        let evidence = folder.join("evidence").join(site.id);
        write_evidence(site, &evidence)?;
        let row = run_site(&installation, site, &evidence, &folder, context.global.json, &mut tally)?;
        tracing::info!(site = row.id, "demo site done");
    }
    let object = json!({ "planted": tally.planted, "found": tally.found, "verdicts": tally.verdicts });
    if context.global.json {
        output::json(&object);
    } else {
        show(&installation, &sites, &tally, &folder);
    }
    if !arguments.once {
        demo_office::open(&installation, arguments.listen, context.global.json)?;
    }
    let complete = tally.planted == tally.found;
    Ok(if complete { Outcome::Done } else { Outcome::Contradicted })
}

/// What was planted, what was found, and how the items stand, over all sites.
#[derive(Default)]
struct Tally {
    planted: BTreeSet<String>,
    found: BTreeSet<String>,
    verdicts: BTreeMap<&'static str, usize>,
}

fn demo_folder(context: &Context<'_>, arguments: &DemoArgs) -> Result<PathBuf> {
    let folder = arguments.out.clone().unwrap_or_else(|| {
        if context.global.data.is_some() {
            context.settings.data.clone()
        } else {
            std::env::temp_dir().join(format!("mamori-demo-{}", user()))
        }
    });
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

/// Marks a folder as the demo's own; a folder with somebody else's things in it is left alone.
fn claim_folder(context: &Context<'_>, folder: &Path) -> Result<()> {
    let mark = folder.join(".mamori-demo");
    let is_ours = mark.exists() || std::fs::read_dir(folder)?.next().is_none();
    if !is_ours {
        let arguments = [("folder", folder.display().to_string().into())];
        return Err(Mistake(i18n::message(context.settings.lang, "demo-folder-taken", &arguments)).into());
    }
    std::fs::write(&mark, "").with_context(|| mark.display().to_string())
}

fn user() -> String {
    std::env::var_os("USER").map_or_else(|| "user".to_owned(), |user| user.to_string_lossy().replace(['/', '\\'], "_"))
}

fn write_evidence(site: &Site, folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    for file in &site.files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        }
        std::fs::write(&path, &file.bytes).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn run_site(
    installation: &Installation,
    site: &Site,
    evidence: &Path,
    folder: &Path,
    quiet: bool,
    tally: &mut Tally,
) -> Result<SiteRow> {
    let row = SiteRow {
        id: site.id.to_owned(),
        name: site.name.to_owned(),
        kind: site.kind.name().parse()?,
        beds: (site.beds > 0).then_some(site.beds),
    };
    installation.settle_site(&row, "mamori demo")?;
    let gathered = gather(&[evidence.to_path_buf()], installation.settings.limits);
    let bar = output::progress(gathered.items().len(), site.name);
    let mut not_received = Vec::new();
    installation.receive_all(&row.id, "demo", &gathered, Mode::Apply, |name, receipt| {
        bar.inc(1);
        if let Err(refusal) = receipt {
            not_received.push((name.to_owned(), installation.say_refusal(refusal)));
        }
    })?;
    bar.finish_and_clear();
    let (world, assessment) = installation.assess(&row.id)?;
    let answers = installation.answer(&row, &world, &assessment);
    installation.settle(&row, &world, &assessment, &answers)?;
    for item in answers.iter().flat_map(|answers| &answers.items) {
        *tally.verdicts.entry(item.verdict.name()).or_insert(0) += 1;
    }
    drop(answers);
    for verdict in Verdict::ALL {
        tally.verdicts.entry(verdict.name()).or_insert(0);
    }
    compare(installation, site, &assessment, tally);
    let notice = installation.say("demo-notice", &[]);
    let heading = Heading { prepared_by: "mamori demo", notice: &notice, not_received: &not_received };
    let report = reports::make(installation, &row, &world, &assessment, heading)?;
    let remarks = reports::write(installation, &row, &world, &report, &folder.join("report").join(site.id))?;
    remarks.iter().for_each(|remark| output::note(remark));
    if !quiet {
        show_report::show(installation, &report);
    }
    Ok(row)
}

/// Findings of severity high or critical, under the name of what was planted; one that was not planted under its own.
fn compare(installation: &Installation, site: &Site, assessment: &Assessment, tally: &mut Tally) {
    tally.planted.extend(site.planted.iter().map(|planted| planted.id.to_owned()));
    let found = assessment.finding_ids(&installation.packs.checks, Severity::Low);
    let grave: BTreeSet<(String, String)> = assessment
        .finding_ids(&installation.packs.checks, Severity::High)
        .into_iter()
        .map(|(check, subject)| (check, subject.to_string()))
        .collect();
    for (check, subject) in found.into_iter().map(|(check, subject)| (check, subject.to_string())) {
        let matches = |planted: &&Planted| planted.check == check && planted.subject == subject;
        match site.planted.iter().find(matches) {
            Some(planted) => {
                tally.found.insert(planted.id.to_owned());
            }
            None if grave.contains(&(check.clone(), subject.clone())) => {
                tally.found.insert(format!("{}:{check}@{subject}", site.id));
            }
            None => {}
        }
    }
}

fn show(installation: &Installation, sites: &[Site], tally: &Tally, folder: &Path) {
    output::line(
        &installation
            .say("demo-planted", &[("planted", tally.planted.len().into()), ("found", tally.found.len().into())]),
    );
    for planted in sites.iter().flat_map(|site| &site.planted) {
        let mark = if tally.found.contains(planted.id) { "✔" } else { "✘" };
        let text = match installation.lang() {
            base::Lang::Ja => planted.ja.to_owned(),
            base::Lang::En => planted.en.to_owned(),
        };
        output::line(&format!("  {mark} {}  {text}", planted.check));
    }
    for extra in tally.found.iter().filter(|found| !tally.planted.contains(*found)) {
        output::line(&format!("  ! {extra}"));
    }
    output::line(&installation.say("demo-where", &[("folder", folder.display().to_string().into())]));
}
