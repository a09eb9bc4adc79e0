//! `mamori bench detect`: event logs against every Windows rule of the samples, beside another engine and a bare parser in the
//! same run. Those are no part of the product: they stand in the workspace `peers`, whose program is built here if it can be.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result};
use detect::Pipelines;
use eventlog::bench::{Measured, cpu_time, list_logs, measure, write_mixed_log};
use eventlog::rules::{Ruleset, read_rules};
use serde_json::{Value, json};

use crate::bench::peak_mb;
use crate::commands::Context;
use crate::output::{self, Mistake, Outcome};

/// Rounds; everything is told as the median.
const ROUNDS: usize = 5;
/// The mixed log has at least so many bytes.
const LOG_BYTES: u64 = 300_000_000;

pub(crate) fn run(context: &Context<'_>, samples: Option<&Path>) -> Result<Outcome> {
    let lang = context.settings.lang;
    let folder = samples.map(|samples| (samples.join("evtx"), samples.join("sigma/rules/windows")));
    let Some((logs, rules)) = folder.filter(|(logs, rules)| logs.is_dir() && rules.is_dir()) else {
        return Err(Mistake(i18n::message(lang, "bench-samples-needed", &[])).into());
    };
    let temporary = tempfile::tempdir().context("no temporary folder")?;
    let mixed = temporary.path().join("mixed.evtx");
    write_mixed_log(&logs, &mixed, LOG_BYTES)?;
    let ours = ours(&rules, &mixed)?;
    let peers = match find_peers() {
        Ok(program) => peers(&program, &rules, &mixed, temporary.path())?,
        Err(why) => json!({ "skipped": why }),
    };
    let row = summary(&ours, &peers);
    if context.global.json {
        output::json(&row);
    } else {
        output::line(&serde_json::to_string_pretty(&row)?);
    }
    Ok(Outcome::Done)
}

/// What this program took.
struct Ours {
    rules: usize,
    load_cpu_seconds: f64,
    /// One round after the other, on one thread.
    single: Vec<Measured>,
    /// How much sooner two threads are done, round by round.
    speedups: Vec<f64>,
    peak_mb: u64,
}

fn ours(rules: &Path, mixed: &Path) -> Result<Ours> {
    let began = cpu_time();
    let read = read_rules(&[rules.to_path_buf()]);
    let rules = Ruleset::compile(&read.rules, &Pipelines::windows(), None)?;
    drop(read);
    let load_cpu_seconds = (cpu_time() - began).as_secs_f64();
    let logs = list_logs(&[mixed.to_path_buf()]);
    let two = NonZeroUsize::MIN.saturating_add(1);
    let (mut single, mut speedups) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (alone, one) = timed(|| measure(&rules, &logs, NonZeroUsize::MIN));
        let (together, _) = timed(|| measure(&rules, &logs, two));
        single.push(one);
        speedups.push(alone / together);
    }
    Ok(Ours { rules: rules.plan.rules().len(), load_cpu_seconds, single, speedups, peak_mb: peak_mb() })
}

fn timed<T>(body: impl FnOnce() -> T) -> (f64, T) {
    let began = Instant::now();
    let value = body();
    (began.elapsed().as_secs_f64(), value)
}

/// The program of the peers: beside this one, or built from the folder `peers` of the checkout this one was built in.
fn find_peers() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|err| err.to_string())?;
    let beside = own.with_file_name("mamori-peers");
    if beside.is_file() {
        return Ok(beside);
    }
    let folder =
        own.ancestors().skip(1).map(|folder| folder.join("peers")).find(|folder| folder.join("Cargo.toml").is_file());
    let folder = folder.ok_or("no folder `peers`: build mamori-peers and put it beside this program")?;
    output::note("building mamori-peers …");
    let built = Command::new("cargo")
        .args(["build", "--release", "--locked", "--quiet", "--target-dir"])
        .arg(folder.join("target"))
        .current_dir(&folder)
        .status();
    match built {
        Ok(status) if status.success() => Ok(folder.join("target/release/mamori-peers")),
        Ok(status) => Err(format!("mamori-peers could not be built ({status})")),
        Err(err) => Err(format!("mamori-peers could not be built (cargo: {err})")),
    }
}

/// The bare parser and the other engine, each in a process of its own, round by round.
fn peers(program: &Path, rules: &Path, mixed: &Path, folder: &Path) -> Result<Value> {
    let lines = folder.join("mixed.ndjson");
    ask(program, &[Path::new("flatten"), mixed, &lines])?;
    let (mut floor, mut rsigma) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        floor.push(ask(program, &[Path::new("floor"), mixed])?);
        rsigma.push(ask(program, &[Path::new("rsigma"), &lines, rules])?);
    }
    let told = |rounds: &[Value]| {
        let last = rounds.last().cloned().unwrap_or_default();
        let rates: Vec<f64> = rounds.iter().map(rate).collect();
        let of = |key: &str| last.get(key).cloned().unwrap_or_default();
        json!({
            "events_per_cpu_second": median(&rates),
            "peak_mb": of("peak_mb"),
            "hits": of("hits"),
            "load_cpu_seconds": of("load_cpu_seconds"),
        })
    };
    Ok(json!({ "floor": told(&floor), "rsigma": told(&rsigma) }))
}

fn ask(program: &Path, arguments: &[&Path]) -> Result<Value> {
    let said = Command::new(program).args(arguments).output().context("mamori-peers")?;
    anyhow::ensure!(said.status.success(), "mamori-peers: {}", String::from_utf8_lossy(&said.stderr).trim());
    serde_json::from_slice(&said.stdout).context("what mamori-peers says")
}

fn rate(measured: &Value) -> f64 {
    let of = |key: &str| measured.get(key).and_then(Value::as_f64).unwrap_or(0.0);
    if of("cpu_seconds") > 0.0 { of("events") / of("cpu_seconds") } else { 0.0 }
}

fn summary(ours: &Ours, peers: &Value) -> Value {
    let rates: Vec<f64> = ours.single.iter().map(Measured::events_per_cpu_second).collect();
    let rate = median(&rates);
    let ratio = |peer: &str| {
        let of_peer = peers.pointer(&format!("/{peer}/events_per_cpu_second")).and_then(Value::as_f64);
        of_peer.filter(|of_peer| *of_peer > 0.0).map(|of_peer| rate / of_peer)
    };
    let first = ours.single.first();
    json!({
        "bench": "detect",
        "events": first.map(|one| one.events),
        "hits": first.map(|one| one.hits),
        "rules": ours.rules,
        "events_per_cpu_second": rate,
        "peak_mb": ours.peak_mb,
        "rule_load_cpu_seconds": ours.load_cpu_seconds,
        "two_threads_speedup": median(&ours.speedups),
        "floor": peers.get("floor").cloned().unwrap_or_else(|| peers.clone()),
        "peers": { "rsigma": peers.get("rsigma").cloned().unwrap_or_else(|| peers.clone()) },
        "ratio_to_floor": ratio("floor"),
        "ratio_to_rsigma": ratio("rsigma"),
    })
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
