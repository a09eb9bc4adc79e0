//! How fast rules load and events are matched: `cargo bench -p detect`. One core; the events are the regression
//! data of the `SigmaHQ` rules, or lines of `{"Channel":…,"Provider":…,"EventID":…,"fields":[[name, value],…]}` in the file that
//! `MAMORI_EVENTS` names.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints, and stops at the first mistake")]
#![allow(clippy::indexing_slicing, reason = "what it shares with the tests indexes as tests may")]
#![expect(clippy::disallowed_methods, reason = "the samples are found by variables")]

#[path = "../tests/it/naive.rs"]
#[expect(dead_code, reason = "only its events are used")]
mod naive;
#[path = "../tests/it/records.rs"]
#[expect(dead_code, reason = "only its reader is used")]
mod records;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use detect::{Interest, Matcher, Pipelines, Plan, RuleIndex, Rules};
use naive::Event;

/// Events that are matched in one round.
const EVENTS: usize = 20_000;
/// Rounds. Other work on the machine makes most of them slower, never faster: the best one says most.
const ROUNDS: usize = 25;

fn main() {
    let samples = std::env::var("MAMORI_SAMPLES")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"), PathBuf::from);
    let (mut rule_files, mut event_files) = (Vec::new(), Vec::new());
    list(&samples.join("sigma/rules/windows"), ".yml", &mut rule_files);
    list(&samples.join("sigma/regression_data"), ".json", &mut event_files);
    if rule_files.is_empty() || event_files.is_empty() {
        println!("SKIPPED: the samples are missing");
        return;
    }
    let texts: Vec<String> = rule_files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let before = memory_kilobytes("VmRSS:");
    let began = cpu_seconds();
    let mut rules = Rules::default();
    for text in &texts {
        rules.add(text, "");
    }
    let read = cpu_seconds() - began;
    let plan = Plan::compile(&rules, &Pipelines::windows()).unwrap();
    println!("{} rules, {} not loaded", plan.rules().len(), plan.refusals().len());
    for refusal in plan.refusals() {
        println!("  {}: {}", refusal.rule, refusal.reason);
    }
    drop(rules);
    println!("load: {:.2} CPU s, of it reading {read:.2}", cpu_seconds() - began);
    let kept = memory_kilobytes("VmRSS:") - before;
    println!("memory: the plan keeps {kept} kB, peak of the process {} kB", memory_kilobytes("VmHWM:"));
    let events = match std::env::var("MAMORI_EVENTS") {
        Ok(path) => lines(&std::fs::read_to_string(path).unwrap()),
        Err(_) => event_files.iter().flat_map(|path| records::read(&std::fs::read_to_string(path).unwrap())).collect(),
    };
    scan(Arc::new(plan), &events);
}

/// An event as a reader has it: fields by number, interest by template.
struct Prepared<'a> {
    interest: Interest,
    fields: Vec<(Option<detect::FieldId>, &'a str)>,
}

fn scan(plan: Arc<Plan>, events: &[Event]) {
    let mut cache: Vec<(Option<&str>, &str, u32, Interest)> = Vec::new();
    let mut prepare = |event: &'static Event| Prepared {
        interest: {
            let key = (event.channel.as_deref(), event.provider.as_str(), event.event_id);
            let known = cache.iter().find(|(channel, provider, id, _)| (*channel, *provider, *id) == key);
            let interest = known.map_or_else(|| plan.interest(key.0, key.1, key.2), |(.., interest)| interest.clone());
            cache.push((key.0, key.1, key.2, interest.clone()));
            interest
        },
        fields: event.fields.iter().map(|(name, value)| (plan.field(name), value.as_str())).collect(),
    };
    let events: &'static [Event] = Box::leak(events.to_vec().into());
    let began = cpu_seconds();
    let prepared: Vec<Prepared<'_>> = events.iter().map(&mut prepare).collect();
    println!("{:.3} CPU s to find what each kind of event needs", cpu_seconds() - began);
    let bytes: usize = events.iter().flat_map(|event| &event.fields).map(|(_, value)| value.len()).sum();
    println!("{} different events, {} bytes of values each on average", events.len(), bytes / events.len());
    let mut matcher = Matcher::new(plan);
    let mut rounds = Vec::new();
    let (mut hits, mut count, mut total) = (Vec::new(), 0, 0);
    for _ in 0..ROUNDS {
        let began = cpu_seconds();
        let mut done = 0;
        while done < EVENTS {
            for event in &prepared {
                matcher.begin_with(event.interest.clone());
                for (field, value) in &event.fields {
                    match field {
                        Some(field) => matcher.set(*field, value),
                        None => matcher.set_unmapped(value),
                    }
                }
                hits.clear();
                matcher.finish(&mut hits);
                count += black_box::<&[RuleIndex]>(&hits).len();
            }
            done += prepared.len();
        }
        total += done;
        rounds.push(real(done) / (cpu_seconds() - began));
    }
    rounds.sort_by(f64::total_cmp);
    let at = |share: usize| rounds.get(share * (ROUNDS - 1) / 100).copied().unwrap_or(0.0);
    println!("events per CPU second: best round {:.0}, median {:.0}, worst {:.0}", at(100), at(50), at(0));
    println!("{count} hits on {total} events; {} steps of plain arithmetic per nanosecond", arithmetic());
    println!("memory: peak of the process {} kB", memory_kilobytes("VmHWM:"));
}

/// How fast the machine is just now: steps of a chain of multiplications per nanosecond, to compare runs by.
fn arithmetic() -> f64 {
    let began = cpu_seconds();
    let mut value = black_box(1_u64);
    for _ in 0..50_000_000 {
        value = value.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (value >> 7);
    }
    black_box(value);
    0.05 / (cpu_seconds() - began)
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn lines(text: &str) -> Vec<Event> {
    let read = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        let pair = |pair: &serde_json::Value| {
            (pair.get(0).unwrap().as_str().unwrap().to_owned(), pair.get(1).unwrap().as_str().unwrap().to_owned())
        };
        Event {
            channel: object.get("Channel").and_then(|channel| channel.as_str()).map(ToOwned::to_owned),
            provider: object.get("Provider").and_then(|name| name.as_str()).unwrap_or_default().to_owned(),
            event_id: object.get("EventID").and_then(serde_json::Value::as_u64).unwrap().try_into().unwrap(),
            fields: object.get("fields").unwrap().as_array().unwrap().iter().map(pair).collect(),
            texts: Vec::new(),
        }
    };
    text.lines().map(read).collect()
}

fn list(folder: &Path, ending: &str, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            list(&entry, ending, files);
        } else if entry.to_string_lossy().ends_with(ending) {
            files.push(entry);
        }
    }
    files.sort();
}

/// CPU time of this process in seconds, from the kernel's count of hundredths.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds: f64 = text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0.0);
    nanoseconds / 1e9
}

fn memory_kilobytes(key: &str) -> i64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
