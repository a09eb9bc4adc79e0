//! Rules on events, one line per hit: `cargo run --release -p detect --example hits RULES EVENTS.ndjson`.
//!
//! `EVENTS.ndjson` is what `tools/oracle/events.py` writes. Rules are mapped as pySigma's pipelines do it.
#![expect(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, reason = "a tool for developers")]

use std::path::Path;
use std::sync::Arc;

use detect::{Matcher, Pipelines, Plan, Rules};
use serde_json::Value;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (folder, events) = (arguments.next().unwrap(), arguments.next().unwrap());
    let mut rules = Rules::default();
    add_folder(&mut rules, Path::new(&folder));
    let plan = Plan::compile(&rules, &Pipelines::reference()).unwrap();
    eprintln!("{} rules", plan.rules().len());
    for refusal in plan.refusals() {
        eprintln!("not loaded: {}: {}", refusal.file, refusal.reason);
    }
    let mut matcher = Matcher::new(Arc::new(plan));
    let mut hits = Vec::new();
    for line in std::fs::read_to_string(events).unwrap().lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| event.get(key).and_then(Value::as_str);
        let id = event.get("EventID").and_then(Value::as_u64).unwrap();
        matcher.begin(text("Channel"), text("Provider").unwrap_or_default(), u32::try_from(id).unwrap());
        for pair in event.get("fields").and_then(Value::as_array).unwrap() {
            let (name, value) = (pair.get(0).unwrap().as_str().unwrap(), pair.get(1).unwrap().as_str().unwrap());
            match matcher.plan().field(name) {
                Some(field) => matcher.set(field, value),
                None => matcher.set_unmapped(value),
            }
        }
        hits.clear();
        matcher.finish(&mut hits);
        for hit in &hits {
            let rule = matcher.plan().rule(*hit).and_then(|about| about.id.clone()).unwrap_or_default();
            println!("{rule}\t{}\t{}", text("file").unwrap_or_default(), event.get("record").unwrap());
        }
    }
}

fn add_folder(rules: &mut Rules, folder: &Path) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            add_folder(rules, &entry);
        } else if entry.extension().is_some_and(|ending| ending == "yml") {
            rules.add(&std::fs::read_to_string(&entry).unwrap(), &entry.to_string_lossy());
        }
    }
}
