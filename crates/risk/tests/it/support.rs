//! Until when the maker supports what the hospital runs.

use testkit::NOW;

use crate::fixture::{add, derive, sample, world};

const PRODUCTS: [&str; 3] = ["windows.md", "windows-server.md", "fortios.md"];

/// The end of support of an asset with these facts, `days` from now.
fn end_of_support(days: i64, facts: &[(&str, &str)]) -> Option<String> {
    let mut world = world(NOW.plus_days(days), &[("A-1", facts)]);
    for product in PRODUCTS {
        add(&mut world, product, &sample(&format!("feeds/endoflife/products/{product}"))?);
    }
    derive(&mut world);
    let (index, _) = world.of_kind(base::SubjectKind::Asset).next().unwrap();
    Some(world.find(index, "asset.os_end_of_support").map_or("?".to_owned(), |fact| fact.value.to_string()))
}

#[track_caller]
fn check(facts: &[(&str, &str)], expected: &str) {
    let Some(found) = end_of_support(0, facts) else { return };
    assert_eq!(found, expected, "{facts:?}");
}

#[test]
fn the_systems_hospitals_run_are_found() {
    check(&[("asset.os", "Windows 7 Professional")], "2020-01-14");
    check(&[("asset.os", "Windows 10 Pro 22H2")], "2025-10-14");
    check(&[("asset.os", "Windows 10 Pro"), ("asset.os_version", "22H2")], "2025-10-14");
    check(&[("asset.os", "Ｗｉｎｄｏｗｓ　７")], "2020-01-14");
    check(&[("asset.os", "Windows Server 2012 R2")], "2023-10-10");
    check(&[("asset.os", "Windows Server 2012 R2 Standard")], "2023-10-10");
}

#[test]
fn the_firmware_of_a_device_is_its_system() {
    check(&[("asset.firmware", "FortiOS"), ("asset.firmware_version", "7.4.3")], "2028-11-11");
    check(&[("asset.firmware", "FortiOS"), ("asset.firmware_version", "v7.4.3")], "2028-11-11");
}

#[test]
fn what_is_not_known_gives_no_date() {
    check(&[("asset.os", "独自OS 3")], "?");
    check(&[("asset.firmware", "FortiOS")], "?");
    check(&[], "?");
}

#[test]
fn where_the_edition_decides_only_a_day_past_in_every_meaning_is_told() {
    let ltsc = [("asset.os", "Windows 10 LTSC 21H2")];
    check(&ltsc, "?");
    let Some(much_later) = end_of_support(3_650, &ltsc) else { return };
    assert_eq!(much_later, "2032-01-13", "the later of both");
}

#[test]
fn without_support_dates_nothing_is_told() {
    let mut world = world(NOW, &[("A-1", &[("asset.os", "Windows 7")])]);
    derive(&mut world);
    assert!(world.find(0, "asset.os_end_of_support").is_none());
}

#[test]
fn a_device_with_an_exploited_version_is_named_and_of_others_nothing_is_said() {
    let device = |version| [("asset.firmware", "FortiOS"), ("asset.firmware_version", version)];
    let (open, mended) = (device("6.0.4"), device("6.0.5"));
    let other: [(&str, &str); 2] = [("asset.firmware", "独自"), ("asset.firmware_version", "1")];
    let mut world = world(NOW, &[("open", &open), ("mended", &mended), ("other", &other), ("bare", &open[..1])]);
    derive(&mut world);
    let told = |index| world.find(index, "asset.known_exploited").map(|fact| fact.value.to_string());
    assert_eq!(told(0).as_deref(), Some("CVE-2018-13379"));
    assert_eq!((told(1), told(2), told(3)), (None, None, None), "the list is short: not on it is not clear");
    let drawn = world.find(0, "asset.known_exploited").unwrap();
    assert_eq!(world.origin(drawn.id).unwrap().evidence, 7, "it rests on what the ledger said");
}

#[test]
fn of_system_and_firmware_the_one_that_ends_first_counts() {
    check(
        &[("asset.os", "Windows 7"), ("asset.firmware", "FortiOS"), ("asset.firmware_version", "7.4.3")],
        "2020-01-14",
    );
}
