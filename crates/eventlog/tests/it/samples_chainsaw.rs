//! Against what Chainsaw 2.16.4 reports: every difference is listed with its reason in `golden/chainsaw_differences.txt`.

use std::collections::BTreeMap;

use crate::samples::{sample, scan_all, windows_rules};

/// Log and rule → hits.
type Counts = BTreeMap<(String, String), i64>;

/// The list of differences: log and rule → ours, Chainsaw's. `because:` begins a group.
fn read_differences() -> BTreeMap<(String, String), (i64, i64)> {
    let mut listed = BTreeMap::new();
    let (mut has_reason, mut rule) = (false, "");
    for line in include_str!("../golden/chainsaw_differences.txt").lines().filter(|line| !line.starts_with('#')) {
        if let Some(reason) = line.strip_prefix("because: ") {
            assert!(!reason.is_empty());
            has_reason = true;
        } else if let Some(entry) = line.strip_prefix("    ") {
            let mut words = entry.splitn(3, ' ');
            let (ours, other) = (words.next().unwrap().parse().unwrap(), words.next().unwrap().parse().unwrap());
            assert!(has_reason, "{line} has no reason");
            let before = listed.insert((words.next().unwrap().to_owned(), rule.to_owned()), (ours, other));
            assert_eq!(before, None, "{line} stands twice");
        } else if let Some(id) = line.strip_prefix("  ") {
            rule = id.split(' ').next().unwrap();
        }
    }
    listed
}

#[test]
fn every_difference_to_chainsaw_is_listed_with_its_reason_and_none_is_listed_that_is_not_there() {
    let (Some(rules), Some(folder)) = (windows_rules(), sample("evtx")) else { return };
    let Some(expected) = sample("expected/evtx_sigma_hits_chainsaw.csv") else { return };
    let mut theirs = Counts::new();
    for row in csv::Reader::from_path(expected).unwrap().records().map(Result::unwrap) {
        theirs.insert((row[0].to_owned(), row[1].to_owned()), row[2].parse().unwrap());
    }
    let scan = scan_all(rules, &folder);
    let mut ours = Counts::new();
    for hit in &scan.hits {
        let log = scan.logs[hit.log as usize].path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        *ours.entry((log, rules.plan.rule(hit.rule).unwrap().id.clone().unwrap())).or_default() += 1;
    }
    let keys = theirs.keys().chain(ours.keys()).cloned().collect::<std::collections::BTreeSet<_>>();
    let mut differences = BTreeMap::new();
    for key in keys {
        let (own, other) = (ours.get(&key).copied().unwrap_or(0), theirs.get(&key).copied().unwrap_or(0));
        if own != other {
            differences.insert(key, (own, other));
        }
    }
    let listed = read_differences();
    let unexplained: Vec<_> = differences.iter().filter(|(key, counts)| listed.get(*key) != Some(counts)).collect();
    let imagined: Vec<_> = listed.iter().filter(|(key, counts)| differences.get(*key) != Some(counts)).collect();
    assert!(unexplained.is_empty() && imagined.is_empty(), "not listed: {unexplained:#?}\nnot so: {imagined:#?}");
}
