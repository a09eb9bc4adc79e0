//! Correlations over the hits of a scan.

use detect::correlate::Limits;
use eventlog::correlated::{correlate, from_unix_micros, to_unix_micros};
use eventlog::scan::Options;
use formats::evtx::FileTime;

use crate::world::{MIDNIGHT, World, Written, log, rule, rules};

fn brute_force() -> [String; 2] {
    let failed = rule("failed", "service: security", "{s: {EventID: 4625}, condition: s}");
    let many = "title: Many failed logons\nid: many\nlevel: high\ncorrelation:\n  type: event_count\n  rules: [failed]\n  \
                group-by: [TargetUserName]\n  timespan: 1m\n  condition: {gte: 3}\n";
    [failed, many.to_owned()]
}

fn failures<'a>(fields: &'a [(&'a str, &'a str)], seconds: &[u64]) -> Vec<u8> {
    let events: Vec<_> = seconds.iter().map(|second| Written::security(4_625, fields).after(*second)).collect();
    log(&events)
}

#[test]
fn events_of_several_logs_are_correlated_in_the_order_of_time() {
    // The first log ends after the second begins.
    let world = World::new()
        .with("a.evtx", &failures(&[("TargetUserName", "ishii")], &[0, 50]))
        .with("b.evtx", &failures(&[("TargetUserName", "ISHII")], &[30]))
        .with("c.evtx", &failures(&[("TargetUserName", "sato")], &[31, 32]));
    let rules = rules(&brute_force());
    let scan = world.scan(&rules);
    let correlated = correlate(&rules, &scan, Limits::default());
    assert_eq!(correlated.matches.len(), 1);
    let found = &correlated.matches[0];
    assert_eq!(from_unix_micros(found.at), FileTime(MIDNIGHT.0 + 50 * 10_000_000));
    assert_eq!((found.number.to_string().as_str(), found.events.len()), ("3", 3));
    let logs: Vec<u32> = found.events.iter().map(|event| scan.hits[usize::try_from(*event).unwrap()].log).collect();
    assert_eq!(logs, [0, 1, 0]);
    assert!(correlated.is_whole());
}

#[test]
fn rules_that_correlations_need_are_looked_at_whatever_their_level() {
    let [failed, many] = brute_force();
    let failed = failed.replace("level: high", "level: low");
    let world = World::new().with("a.evtx", &failures(&[("TargetUserName", "ishii")], &[0, 1, 2]));
    let rules = rules(&[failed, many]);
    let scan = world.scan_with(&rules, &Options { level: detect::rule::Level::High, ..Options::default() });
    assert_eq!(correlate(&rules, &scan, Limits::default()).matches.len(), 1);
}

#[test]
fn what_limits_make_correlations_forget_is_told() {
    let world = World::new().with("a.evtx", &failures(&[("TargetUserName", "ishii")], &[0, 1, 2]));
    let rules = rules(&brute_force());
    let limits = Limits { per_group: 1, ..Limits::default() };
    let correlated = correlate(&rules, &world.scan(&rules), limits);
    assert_eq!((correlated.matches.len(), correlated.is_whole()), (0, false));
}

#[test]
fn times_before_1970_and_after_every_clock_stay_in_order() {
    assert_eq!(to_unix_micros(FileTime(116_444_736_000_000_000)), 0);
    assert!(to_unix_micros(FileTime(0)) < to_unix_micros(MIDNIGHT));
    assert!(to_unix_micros(MIDNIGHT) < to_unix_micros(FileTime(u64::MAX)));
}
