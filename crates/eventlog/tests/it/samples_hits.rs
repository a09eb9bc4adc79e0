//! What the rules find in real logs: what their own repository recorded, and what an independent engine finds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use detect::Pipelines;
use eventlog::bench::write_mixed_log;
use eventlog::files::walk;
use eventlog::scan::Scan;

use crate::samples::{compile, name_hits, sample, scan_all, windows_rules};

/// Value of a `key: value` line.
fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(key))
}

#[test]
fn every_rule_fires_on_the_log_recorded_for_it_at_least_as_often_as_stated() {
    let folders = ["sigma/rules/windows", "sigma/rules-emerging-threats"].map(sample);
    let (Some(logs), [Some(windows), Some(threats)]) = (sample("sigma/regression_data"), folders) else { return };
    let rules = compile(&[windows, threats], &Pipelines::windows());
    let mut problems = Vec::new();
    let mut cases = 0;
    for path in walk(&[logs]).files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "evtx")) {
        let id = path.file_stem().unwrap().to_str().unwrap();
        let info = std::fs::read_to_string(path.with_file_name("info.yml")).unwrap();
        let least: usize = value_of(&info, "match_count: ").map_or(1, |count| count.parse().unwrap());
        let scan = scan_all(&rules, path);
        let own = |hit: &&eventlog::scan::Hit| rules.plan.rule(hit.rule).unwrap().id.as_deref() == Some(id);
        let hits = scan.hits.iter().filter(own).count();
        cases += 1;
        if hits < least {
            problems.push(format!("{}: {hits} hits, at least {least} stated", path.display()));
        }
    }
    assert_eq!((cases, problems), (104, Vec::<String>::new()));
}

/// The hits of `golden/oracle_hits.txt`, and the rules that the oracle does not know.
fn read_oracle() -> (BTreeSet<(String, String, u64)>, BTreeSet<String>) {
    let (mut hits, mut unknown, mut log) = (BTreeSet::new(), BTreeSet::new(), "");
    for line in include_str!("../golden/oracle_hits.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.trim_start().split(' ');
        match (line.starts_with("  "), line.strip_prefix("unknown: ")) {
            (_, Some(id)) => drop(unknown.insert(id.to_owned())),
            (false, None) => log = line,
            (true, None) => {
                let rule = words.next().unwrap();
                hits.extend(words.map(|record| (rule.to_owned(), log.to_owned(), record.parse().unwrap())));
            }
        }
    }
    (hits, unknown)
}

#[test]
fn the_hits_on_the_sample_logs_are_those_of_an_independent_engine_event_by_event() {
    let (Some(logs), Some(folder)) = (sample("evtx"), sample("sigma/rules/windows")) else { return };
    let rules = compile(&[folder], &Pipelines::reference());
    let (expected, unknown) = read_oracle();
    let found = name_hits(&rules, &scan_all(&rules, &logs), &logs);
    let found: BTreeSet<_> = found.into_iter().filter(|(rule, ..)| !unknown.contains(rule)).collect();
    let only_we: Vec<_> = found.difference(&expected).collect();
    let only_the_oracle: Vec<_> = expected.difference(&found).collect();
    assert_eq!((expected.len(), only_we, only_the_oracle), (1_216, Vec::new(), Vec::new()));
}

/// Hits by rule and kind of event.
fn count(scan: &Scan) -> BTreeMap<u32, usize> {
    scan.by_rule().into_iter().map(|(rule, count)| (rule.0, count)).collect()
}

#[test]
fn a_mixed_log_has_the_hits_of_its_parts_and_two_threads_find_what_one_finds() {
    let (Some(rules), Some(folder)) = (windows_rules(), sample("evtx")) else { return };
    let mut single: BTreeMap<u32, usize> = BTreeMap::new();
    let mut events = 0;
    for path in walk(std::slice::from_ref(&folder)).files.iter().filter(|path| is_log(path)) {
        let scan = scan_all(rules, path);
        events += scan.events;
        for (rule, count) in count(&scan) {
            *single.entry(rule).or_default() += count;
        }
    }
    assert_eq!(events, 8_255);
    let temporary = tempfile::tempdir().unwrap();
    let path = temporary.path().join("mixed.evtx");
    let mixed = write_mixed_log(&folder, &path, 30_000_000).unwrap();
    let logs = eventlog::bench::list_logs(&[path]);
    let options = |threads| eventlog::scan::Options {
        threads: std::num::NonZeroUsize::new(threads).unwrap(),
        ..eventlog::scan::Options::default()
    };
    let one = eventlog::scan::scan(rules, logs.clone(), &options(1), &|_| {});
    assert_eq!((one.events, one.losses.len()), (events * mixed.times, 0));
    let times = usize::try_from(mixed.times).unwrap();
    assert_eq!(count(&one), single.iter().map(|(rule, count)| (*rule, count * times)).collect());
    for threads in [2, 3] {
        let several = eventlog::scan::scan(rules, logs.clone(), &options(threads), &|_| {});
        assert_eq!((several.hits == one.hits, several.events), (true, one.events), "{threads} threads");
    }
}

fn is_log(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "evtx")
}
