//! Damage costs what is damaged, and is told.

use detect::correlate::Limits;
use detect::rule::Level;
use eventlog::correlated::correlate;
use eventlog::files::{Log, find_logs};
use eventlog::scan::{LossReason, Options, scan};
use eventlog::timeline::{Cause, Timeline};
use formats::evtx::{CHUNK_BYTES, FILE_HEADER};

use crate::world::{World, Written, log, rule, rules};

/// A log of five chunks or so, with a hit in each record.
fn long_log() -> (Vec<u8>, u64) {
    let filler = "x".repeat(4_000);
    let fields = [("CommandLine", filler.as_str())];
    let events: Vec<_> = (0..40).map(|second| Written::security(4_688, &fields).after(second)).collect();
    (log(&events), 40)
}

fn all() -> eventlog::rules::Ruleset {
    rules(&[rule("all", "service: security", "{s: {EventID: 4688}, condition: s}")])
}

#[test]
fn a_damaged_record_costs_that_record() {
    let (mut bytes, count) = long_log();
    // The magic of the second record of the first chunk.
    let at = bytes.windows(4).enumerate().skip(FILE_HEADER + 600).find(|(_, four)| *four == b"\x2a\x2a\0\0").unwrap().0;
    bytes[at] = 0x99;
    let scan = World::new().with("a.evtx", &bytes).scan(&all());
    assert_eq!((scan.hits.len() as u64, scan.events, scan.lost()), (count - 1, count - 1, 1));
    assert_eq!(scan.losses.len(), 1);
    assert_eq!((scan.losses[0].log, scan.losses[0].offset), (0, at as u64));
    assert!(matches!(scan.losses[0].reason, LossReason::Damage(_)), "{:?}", scan.losses);
}

#[test]
fn a_damaged_chunk_costs_that_chunk() {
    let (mut bytes, count) = long_log();
    let second = FILE_HEADER + CHUNK_BYTES;
    let before = World::new().with("a.evtx", &bytes).scan(&all());
    let inside = |hit: &&eventlog::scan::Hit| (second as u64..(second + CHUNK_BYTES) as u64).contains(&hit.offset);
    let in_second = before.hits.iter().filter(inside).count();
    assert!(0 < in_second);
    bytes[second..second + CHUNK_BYTES].fill(0xa5);
    let world = World::new().with("a.evtx", &bytes);
    let scan = world.scan(&all());
    assert_eq!(scan.hits.len() as u64, count - in_second as u64);
    assert_eq!((scan.losses.len(), scan.losses[0].offset), (1, second as u64));
    assert_eq!(scan.logs[0].path, world.path("a.evtx"));
    assert!(scan.losses[0].reason.to_string().contains("no chunk begins here"), "{}", scan.losses[0].reason);
}

#[test]
fn a_cut_log_is_read_up_to_the_cut() {
    let (bytes, count) = long_log();
    let cut = &bytes[..FILE_HEADER + CHUNK_BYTES + 20_000];
    let scan = World::new().with("a.evtx", cut).scan(&all());
    assert!(!scan.hits.is_empty() && (scan.hits.len() as u64) < count);
    assert!(!scan.losses.is_empty() && 0 < scan.lost(), "{:?}", scan.losses);
}

#[test]
fn noise_in_every_byte_never_stops_the_scan_nor_makes_threads_differ() {
    let (bytes, _) = long_log();
    let rules = all();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..40 {
        let mut damaged = bytes.clone();
        for _ in 0..=round {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = FILE_HEADER + usize::try_from(state % (damaged.len() - FILE_HEADER) as u64).unwrap();
            damaged[at] ^= u8::try_from(state >> 56).unwrap() | 1;
        }
        let world = World::new().with("a.evtx", &damaged).with("b/c.evtx", &damaged);
        let one = world.scan(&rules);
        let two = Options { threads: 2.try_into().unwrap(), ..Options::default() };
        let two = world.scan_with(&rules, &two);
        assert_eq!((one.hits, one.losses, one.events), (two.hits, two.losses, two.events));
    }
}

#[test]
fn what_is_no_log_is_refused_if_it_says_it_is_one_and_counted_if_not() {
    let world = World::new()
        .with("sub/偽物.evtx", b"no log at all")
        .with("空.evtx", b"")
        .with("メモ.txt", b"something else")
        .with("renamed.bin", &log(&[Written::security(4_688, &[])]));
    let found = find_logs(&[world.folder.path().to_path_buf(), world.path("無い")]);
    assert_eq!(found.logs.len(), 1, "a log by any other name");
    assert_eq!(found.others, 1);
    let mut refused: Vec<_> =
        found.refused.iter().map(|(path, _)| path.file_name().unwrap().to_str().unwrap()).collect();
    refused.sort_unstable();
    assert_eq!(refused, ["偽物.evtx", "無い", "空.evtx"]);
}

#[test]
fn a_log_that_goes_away_is_told_and_costs_no_other() {
    let (bytes, count) = long_log();
    let world = World::new().with("a.evtx", &bytes);
    let here = Log { path: world.path("a.evtx"), bytes: bytes.len() as u64 };
    // So large that several stretches of it are missing.
    let gone = Log { path: world.path("gone.evtx"), bytes: 40 << 20 };
    let scan = scan(&all(), vec![gone, here], &Options::default(), &|_| {});
    assert_eq!(scan.hits.len() as u64, count);
    assert!((1..=41).contains(&scan.losses.len()), "one for each stretch, not for each chunk");
    for loss in &scan.losses {
        assert_eq!((loss.log, loss.records), (0, None), "nobody knows what was in it");
        assert!(matches!(loss.reason, LossReason::Unreadable(_)), "{loss:?}");
    }
}

#[test]
fn a_hit_whose_record_is_gone_is_still_a_row() {
    let (bytes, count) = long_log();
    let world = World::new().with("a.evtx", &bytes);
    let rules = all();
    let scan = world.scan(&rules);
    let correlated = correlate(&rules, &scan, Limits::default());
    let world = world.with("a.evtx", &bytes[..FILE_HEADER + CHUNK_BYTES]);
    let mut timeline = Timeline::new(&rules, &scan, &correlated, Level::Low);
    let rows: Vec<_> = (0..timeline.len()).map(|number| timeline.row(number).unwrap()).collect();
    assert_eq!(rows.len() as u64, count);
    assert!(matches!(rows[0].cause, Cause::Event { .. }), "the first chunk is as it was");
    assert!(matches!(rows.last().unwrap().cause, Cause::Unread { .. }), "{:?}", rows.last());
    assert_eq!(rows.last().unwrap().at, scan.hits.last().unwrap().at);
    drop(world);
}

#[cfg(unix)]
#[test]
fn links_below_a_folder_are_not_followed_and_a_log_named_twice_is_read_once() {
    let world = World::new().with("a.evtx", &log(&[Written::security(4_688, &[])]));
    std::os::unix::fs::symlink(world.path("a.evtx"), world.path("link.evtx")).unwrap();
    std::os::unix::fs::symlink(world.folder.path(), world.path("round")).unwrap();
    let folder = world.folder.path().to_path_buf();
    assert_eq!(find_logs(&[folder.clone(), folder.join("a.evtx")]).logs.len(), 1);
    assert_eq!(find_logs(&[folder.join("link.evtx")]).logs.len(), 1, "a link that is named is meant");
}
