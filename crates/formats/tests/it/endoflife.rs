//! End-of-life dates, as product files and as lists of the API.

use formats::endoflife::{
    LongTerm, ParseProductError, Product, ProductProblemReason, SupportEnd, looks_like_endoflife, parse,
};
use proptest::prelude::*;

use crate::samples::{list_samples, sample};

const PRODUCT: &str = r##"---
title: 例のOS # remark
permalink: /example-os
versionCommand: |-
  releases: not this one
releaseLabel: "OS __RELEASE_CYCLE__ (__CODENAME__)"
auto:
  methods:
    - custom: x

identifiers:
  - purl: pkg:x
  - cpe: cpe:2.3:o:example:os

# remark
releases:
  - releaseCycle: "2.0"
    codename: "Sakura"
    releaseDate: 2025-01-01
    lts: 2026-01-01
    eoas: false
    eol: 2030-01-01 # releaseDate(3.0)
    eoes: true
    latest: '2.0''1'
    link: https://example.org/a#b

  - releaseCycle: "1.0"
    releaseLabel: "1.0 (<abbr title='x'>LTS</abbr>) \"a\""
    deeper:
      eol: 2000-01-01
    lts: true
    eol: true
  - releaseCycle: "0.9"
    eol: someday
  - releaseLabel: "no cycle"
    eol: true
---
prose
"##;

fn end(end: Option<SupportEnd>) -> String {
    match end {
        Some(SupportEnd::On(date)) => date.to_string(),
        Some(SupportEnd::Ended) => "ended".to_owned(),
        Some(SupportEnd::NotYet) => "not yet".to_owned(),
        None => "-".to_owned(),
    }
}

fn shown(product: &Product) -> Vec<String> {
    let release = product.releases.iter().map(|release| {
        let ends = [Some(release.eol), release.eoas, release.eoes].map(end).join(" / ");
        format!("{} {}: {ends} {:?}", release.place, release.label, release.latest.as_deref().unwrap_or_default())
    });
    release.collect()
}

#[test]
fn a_product_file_is_read_with_its_lines() {
    let product = parse(PRODUCT.as_bytes(), "products/other.md").unwrap();
    assert!(looks_like_endoflife(PRODUCT.as_bytes()));
    assert_eq!((product.name.as_str(), product.title.as_str()), ("example-os", "例のOS"));
    assert_eq!(product.cpes, ["cpe:2.3:o:example:os"]);
    assert_eq!(
        shown(&product),
        [
            "line:17 OS 2.0 (Sakura): 2030-01-01 / not yet / ended \"2.0'1\"",
            "line:27 1.0 (LTS) \"a\": ended / - / - \"\"",
        ]
    );
    assert_eq!(product.releases[1].lts, LongTerm::Yes);
    assert!(matches!(product.releases[0].lts, LongTerm::From(_)));
    let places: Vec<String> = product.problems.iter().map(|problem| problem.place.to_string()).collect();
    assert_eq!(places, ["line:33", "line:35"]);
}

#[test]
fn a_list_of_the_api_is_read_with_its_opposite_booleans() {
    let text = r#"[{"cycle":"8","eol":false,"support":true,"latest":"8.1","lts":true},
        {"cycle":7,"eol":"2023-02-10","support":"2021-04-09","extendedSupport":false},{"cycle":"6"}]"#;
    let product = parse(text.as_bytes(), "api/example.json").unwrap();
    assert!(looks_like_endoflife(text.as_bytes()));
    assert_eq!(product.name, "example");
    assert_eq!(
        shown(&product),
        ["path:/[1] 8: not yet / not yet / - \"8.1\"", "path:/[2] 7: 2023-02-10 / 2021-04-09 / ended \"\""]
    );
    assert_eq!(product.problems[0].place.to_string(), "path:/[3]");
}

#[test]
fn a_file_that_breaks_off_loses_its_last_release() {
    let cut = PRODUCT.find("releaseLabel: \"1.0").unwrap();
    let product = parse(&PRODUCT.as_bytes()[..cut], "x.md").unwrap();
    assert_eq!(product.releases.len(), 1);
    assert_eq!(product.problems[0].reason, ProductProblemReason::Truncated);
}

#[test]
fn another_file_is_no_product() {
    for text in ["", "text", "---\ntitle: x\n---\n", "[]", "[1,2]", "{}"] {
        assert_eq!(parse(text.as_bytes(), "x"), Err(ParseProductError::NotProduct), "{text}");
    }
}

#[test]
fn every_real_product_is_read_without_a_problem() {
    let Some(files) = list_samples("feeds/endoflife/products") else { return };
    let products: Vec<Product> = files.iter().map(|(name, bytes)| parse(bytes, name).unwrap()).collect();
    assert!(files.iter().all(|(_, bytes)| looks_like_endoflife(bytes)));
    let problems: Vec<_> = products.iter().filter(|product| !product.problems.is_empty()).collect();
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(products.len(), 462);
    assert_eq!(products.iter().map(|product| product.releases.len()).sum::<usize>(), 8_340);
    let booleans = products.iter().flat_map(|product| &product.releases);
    assert_eq!(booleans.filter(|release| !matches!(release.eol, SupportEnd::On(_))).count(), 1_119);
}

#[test]
fn one_windows_build_has_editions_with_different_dates() {
    let Some(bytes) = sample("feeds/endoflife/products/windows.md") else { return };
    let windows = parse(&bytes, "windows.md").unwrap();
    let find = |cycle: &str| windows.releases.iter().find(|release| release.cycle == cycle).unwrap();
    for (cycle, eol) in [("10-1809-e", "2021-05-11"), ("10-1809-e-lts", "2029-01-09")] {
        assert_eq!((end(Some(find(cycle).eol)).as_str(), find(cycle).latest.as_deref()), (eol, Some("10.0.17763")));
    }
    assert_eq!(end(Some(find("10-22h2").eol)), "2025-10-14");
    assert_eq!(end(find("10-22h2").eoes), "2028-10-10");
}

#[test]
fn placeholders_filled_with_placeholders_stay_short() {
    let (codenames, latests) = ("__CODENAME__".repeat(40), "__LATEST__".repeat(50));
    let release = format!(
        "- releaseCycle: \"{codenames}\"\n  codename: {latests}\n  latest: {}\n  eol: false\n",
        "x".repeat(500)
    );
    let template = "__RELEASE_CYCLE__".repeat(29);
    let file = format!("---\ntitle: a\nreleaseLabel: {template}\nreleases:\n{}---\n", release.repeat(1_000));
    let product = parse(file.as_bytes(), "a.md").unwrap();
    assert_eq!((product.releases.len(), product.releases[0].label.len()), (1_000, 500));
    // Each label was 29 million characters long on the way once; then this test does not come back.
}

#[test]
fn a_product_cut_at_any_byte_never_panics() {
    for end in 0..PRODUCT.len() {
        let _ = parse(&PRODUCT.as_bytes()[..end], "x.md");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_changed_product_never_panics(changes in proptest::collection::vec((0_usize..1_200, any::<u8>()), 1..8)) {
        let mut bytes = PRODUCT.as_bytes().to_vec();
        for (at, byte) in changes {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        let _ = parse(&bytes, "x.md");
    }
}
