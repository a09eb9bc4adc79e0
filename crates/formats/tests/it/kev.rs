//! The catalogue of exploited vulnerabilities: a bad entry costs that entry.

use formats::kev::{Catalogue, CatalogueProblemReason, ParseCatalogueError, Ransomware, looks_like_kev, parse};
use proptest::prelude::*;

use crate::samples::sample;

const CATALOGUE: &str = r#"{"title":"t","catalogVersion":"2026.11.20","dateReleased":"2026-11-20T17:04:19.9796Z","count":4,
"vulnerabilities":[
{"cveID":"CVE-2018-13379","vendorProject":"Fortinet","product":"FortiOS","vulnerabilityName":"n","dateAdded":"2021-11-03","dueDate":"2022-05-03","knownRansomwareCampaignUse":"Known","cwes":["CWE-22"]},
{"cveID":"CVE-x","vendorProject":"V","product":"P","dateAdded":"2021-11-03"},
{"cveID":"CVE-2020-0001","vendorProject":"V","product":"P","dateAdded":"someday"},
"text",
{"cveID":"CVE-2020-0002","vendorProject":"V","product":"P","dateAdded":"2021-11-03"}]}"#;

fn catalogue(text: &str) -> Catalogue {
    parse(text.as_bytes()).unwrap()
}

#[test]
fn bad_entries_cost_themselves_and_are_named() {
    let catalogue = catalogue(CATALOGUE);
    assert!(looks_like_kev(CATALOGUE.as_bytes()));
    assert_eq!(catalogue.released_at.unwrap().rfc3339(), "2026-11-20T17:04:19Z");
    let paths: Vec<&str> = catalogue.entries.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, ["/vulnerabilities[1]", "/vulnerabilities[5]"]);
    assert_eq!((catalogue.entries[1].ransomware, catalogue.entries[1].due), (Ransomware::Unknown, None));
    let problems: Vec<&str> = catalogue.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(problems, ["/vulnerabilities[2]", "/vulnerabilities[3]", "/vulnerabilities[4]", "/"]);
    assert_eq!(catalogue.problems[3].reason, CatalogueProblemReason::Count { stated: 4, found: 5 });
}

#[test]
fn a_catalogue_that_breaks_off_keeps_what_came_before() {
    let cut = CATALOGUE.find("CVE-2020-0002").unwrap();
    let catalogue = catalogue(&CATALOGUE[..cut]);
    assert_eq!(catalogue.entries.len(), 1);
    assert!(
        catalogue.problems.iter().any(|problem| matches!(problem.reason, CatalogueProblemReason::Malformed { .. }))
    );
}

#[test]
fn another_file_is_no_catalogue() {
    for text in ["", "[]", "{}", "{\"vulnerabilities\":3}", "text"] {
        assert_eq!(parse(text.as_bytes()), Err(ParseCatalogueError::NotCatalogue), "{text}");
    }
}

#[test]
fn the_real_catalogue_is_read_completely() {
    let Some(bytes) = sample("feeds/kev/known_exploited_vulnerabilities.json") else { return };
    let catalogue = parse(&bytes).unwrap();
    assert!(looks_like_kev(&bytes));
    assert_eq!((catalogue.version.as_str(), catalogue.entries.len()), ("2025.08.25", 1_404));
    assert!(catalogue.problems.is_empty());
    assert_eq!(catalogue.entries.iter().filter(|entry| entry.ransomware == Ransomware::Known).count(), 293);
    for (vendor, count) in [("Microsoft", 340), ("Cisco", 78), ("Adobe", 74)] {
        assert_eq!(catalogue.entries.iter().filter(|entry| entry.vendor == vendor).count(), count, "{vendor}");
    }
    let fortios = catalogue.entries.iter().find(|entry| entry.cve == "CVE-2018-13379").unwrap();
    assert_eq!(
        (fortios.date_added.to_string(), fortios.due.unwrap().to_string()),
        ("2021-11-03".into(), "2022-05-03".into())
    );
}

#[test]
fn a_catalogue_cut_at_any_byte_never_panics() {
    for end in 0..CATALOGUE.len() {
        let _ = parse(&CATALOGUE.as_bytes()[..end]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_changed_catalogue_never_panics(changes in proptest::collection::vec((0_usize..1_000, any::<u8>()), 1..8)) {
        let mut bytes = CATALOGUE.as_bytes().to_vec();
        for (at, byte) in changes {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        let _ = parse(&bytes);
    }
}
