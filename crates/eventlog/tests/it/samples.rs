//! Real rules and logs that lie outside the repository; a test that needs them is skipped, visibly, where they are missing.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use detect::Pipelines;
use eventlog::files::find_logs;
use eventlog::rules::{Ruleset, read_rules};
use eventlog::scan::{Options, Scan, scan};

/// A path below the samples (`MAMORI_SAMPLES`, else `../shared/samples` beside the workspace), or `None` with a message.
pub(crate) fn sample(path: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests find the samples by this variable")]
    let named = std::env::var("MAMORI_SAMPLES");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let found = named.map_or_else(|_| beside(), PathBuf::from).join(path);
    if !found.exists() {
        println!("SKIPPED: sample {path} is missing");
        return None;
    }
    Some(found)
}

/// Every Windows rule of the samples, as the program loads them.
pub(crate) fn windows_rules() -> Option<&'static Ruleset> {
    static RULES: OnceLock<Option<Ruleset>> = OnceLock::new();
    let load = || Some(compile(&[sample("sigma/rules/windows")?], &Pipelines::windows()));
    RULES.get_or_init(load).as_ref()
}

pub(crate) fn compile(folders: &[PathBuf], pipelines: &Pipelines) -> Ruleset {
    let read = read_rules(folders);
    assert!(read.unreadable.is_empty(), "{:?}", read.unreadable);
    Ruleset::compile(&read.rules, pipelines, read.licence).unwrap()
}

/// Everything below one path against rules; any loss fails the test.
pub(crate) fn scan_all(rules: &Ruleset, path: &Path) -> Scan {
    let found = find_logs(&[path.to_path_buf()]);
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    let scan = scan(rules, found.logs, &Options::default(), &|_| {});
    assert!(scan.losses.is_empty(), "{:?}", scan.losses);
    scan
}

/// Id of a rule, log below `root` with `/`, number of the record: of every hit, sorted, each once.
pub(crate) fn name_hits(rules: &Ruleset, scan: &Scan, root: &Path) -> Vec<(String, String, u64)> {
    let mut events = eventlog::event::Events::new(&scan.logs);
    let name = |hit: &eventlog::scan::Hit| {
        let log = scan.logs[hit.log as usize].path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        (rules.plan.rule(hit.rule).unwrap().id.clone().unwrap(), log)
    };
    let mut named: Vec<(String, String, u64)> = scan
        .hits
        .iter()
        .map(|hit| {
            let (rule, log) = name(hit);
            let event = events.read(hit.log, hit.offset).unwrap();
            assert_eq!(event.at, hit.at);
            (rule, log, event.record_id)
        })
        .collect();
    named.sort();
    named.dedup();
    named
}
