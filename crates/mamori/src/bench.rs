//! `mamori bench`: how cost grows, as ratios within one run.

use std::path::Path;

use anyhow::{Context as _, Result};
use base::Clock as _;
use demo_hospital::Options;
use evidence::Gathered;
use evidence::receive::Mode;
use evidence::store::SiteRow;
use serde_json::{Value, json};

use crate::cli::BenchName;
use crate::commands::Context;
use crate::output::{self, Outcome};
use crate::{bench_detect, bench_pages};
use installation::Settings;
use installation::{Installation, SystemClock};

pub(crate) fn run(context: &Context<'_>, name: BenchName, assets: &[u32], samples: Option<&Path>) -> Result<Outcome> {
    match name {
        BenchName::Growth => growth(context, assets),
        BenchName::Pages => bench_pages::run(context, assets),
        BenchName::Detect => bench_detect::run(context, samples),
    }
}

/// Imports and assesses hospitals of growing size; each size in a fresh store.
fn growth(context: &Context<'_>, sizes: &[u32]) -> Result<Outcome> {
    let mut rows: Vec<Value> = Vec::new();
    let mut first: Option<f64> = None;
    for size in sizes {
        let run = measure(context, *size)?;
        let per_asset_us = run.cpu_s * 1e6 / f64::from(run.assets.max(1));
        let ratio = per_asset_us / *first.get_or_insert(per_asset_us);
        let row = json!({
            "assets": run.assets,
            "import_cpu_s": run.import_cpu_s,
            "assess_cpu_s": run.cpu_s - run.import_cpu_s,
            "cpu_us_per_asset": per_asset_us,
            "ratio_to_first": ratio,
            "facts": run.facts,
            "stored_bytes_per_asset": run.stored_bytes / u64::from(run.assets.max(1)),
            "peak_mb": peak_mb(),
        });
        if !context.global.json {
            output::line(&row.to_string());
        }
        rows.push(row);
    }
    if context.global.json {
        output::json(&json!({ "bench": "growth", "rows": rows }));
    }
    Ok(Outcome::Done)
}

struct Run {
    /// Assets known afterwards: the extra ones and those the hospital has anyway.
    assets: u32,
    cpu_s: f64,
    import_cpu_s: f64,
    facts: u64,
    stored_bytes: u64,
}

fn measure(context: &Context<'_>, size: u32) -> Result<Run> {
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let settings = Settings { data: folder.path().to_path_buf(), database: None, ..context.settings.clone() };
    let installation = Installation::open(settings, Box::new(SystemClock))?;
    let today = SystemClock.now().date_jst();
    let site = demo_hospital::generate(&Options { today, extra_assets: size, seed: 1 })?
        .into_iter()
        .next()
        .context("no site")?;
    let row =
        SiteRow { id: site.id.to_owned(), name: site.name.to_owned(), kind: assess::SiteKind::Hospital, beds: None };
    installation.put_site(&row)?;
    let files = site.files.into_iter().map(|file| (file.path, file.bytes)).collect();
    let gathered = Gathered::from_files(files, installation.settings.limits);
    let began = cpu_seconds();
    let mut facts = 0;
    installation.receive_all(&row.id, "bench", &gathered, Mode::Apply, |_, receipt| {
        facts += receipt.map_or(0, |receipt| receipt.facts);
    })?;
    let imported = cpu_seconds();
    let (world, assessment) = installation.assess(&row.id)?;
    let answers = installation.answer(&row, &world, &assessment);
    installation.settle(&row, &world, &assessment, &answers)?;
    let ended = cpu_seconds();
    let stored_bytes = std::fs::metadata(folder.path().join("mamori.db"))?.len();
    let assets = assessment.subjects.get(&base::SubjectKind::Asset).copied().unwrap_or(0);
    let assets = u32::try_from(assets).unwrap_or(u32::MAX);
    Ok(Run { assets, cpu_s: ended - began, import_cpu_s: imported - began, facts, stored_bytes })
}

/// User and system time of this process so far, in seconds; 0 where the system does not say.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> =
        after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse().ok()).collect();
    // The clock tick of Linux' /proc is a hundredth of a second on every supported machine.
    ticks.iter().sum::<f64>() / 100.0
}

/// Most memory this process ever held, in megabytes; 0 where the system does not say.
pub(crate) fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) / 1024
}
