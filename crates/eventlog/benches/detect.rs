//! How fast event logs are matched against every Windows rule of the samples: `cargo bench -p eventlog`.
//!
//! One mixed log of some 300 MB is read from the disk and matched, on one thread and on two. Events per second of processor
//! time; the machine is never quiet, so look at the median of the rounds. `MAMORI_ROUNDS` sets how many, `MAMORI_MEGABYTES`
//! how large the log is at least.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints, and stops at the first mistake")]
#![expect(clippy::disallowed_methods, reason = "the samples are found by variables, and a clock is read")]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use detect::Pipelines;
use eventlog::bench::{cpu_time, list_logs, measure, write_mixed_log};
use eventlog::rules::{Ruleset, read_rules};

fn main() {
    let samples = std::env::var("MAMORI_SAMPLES")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"), PathBuf::from);
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u32>().ok());
    let rounds = number("MAMORI_ROUNDS").unwrap_or(7);
    let size = u64::from(number("MAMORI_MEGABYTES").unwrap_or(300)) * 1_000_000;
    let folder = samples.join("sigma/rules/windows");
    if !folder.is_dir() || !samples.join("evtx").is_dir() {
        println!("SKIPPED: the samples are missing; set MAMORI_SAMPLES");
        return;
    }
    let began = cpu_time();
    let read = read_rules(&[folder]);
    let rules = Ruleset::compile(&read.rules, &Pipelines::windows(), None).unwrap();
    let refused = rules.refusals().count();
    drop(read);
    let load = (cpu_time() - began).as_secs_f64();
    println!("{} rules, {refused} not loaded, {load:.2} CPU s", rules.plan.rules().len());
    let temporary = tempfile::tempdir().unwrap();
    let path = temporary.path().join("mixed.evtx");
    let mixed = write_mixed_log(&samples.join("evtx"), &path, size).unwrap();
    println!("{} chunks, {} times, {} MB", mixed.chunks, mixed.times, mixed.bytes / 1_000_000);
    let logs = list_logs(&[path]);
    let before = peak_kilobytes();
    let (mut one, mut two, mut speedups) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let began = Instant::now();
        let single = measure(&rules, &logs, NonZeroUsize::MIN);
        let alone = began.elapsed();
        one.push(single.events_per_cpu_second());
        let began = Instant::now();
        let double = measure(&rules, &logs, NonZeroUsize::new(2).unwrap());
        speedups.push(alone.as_secs_f64() / began.elapsed().as_secs_f64());
        two.push(double.events_per_cpu_second());
        println!("{single:?} {:.0} two {:.0}", single.events_per_cpu_second(), double.events_per_cpu_second());
        assert_eq!((single.events, single.hits), (double.events, double.hits));
    }
    println!("peak memory {} kB before scanning, {} kB after", before, peak_kilobytes());
    for (name, numbers) in [("one thread", one), ("two threads", two)] {
        println!("{name}: {:.0} events per CPU second (median), best {:.0}", median(&numbers), best(&numbers));
    }
    println!("two threads take 1/{:.2} of the time (median), best 1/{:.2}", median(&speedups), best(&speedups));
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn best(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(0.0, f64::max)
}

fn peak_kilobytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
