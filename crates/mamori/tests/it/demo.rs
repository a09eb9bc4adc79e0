//! The demonstration, and a report from the evidence it writes.

use crate::world::World;

#[test]
fn the_demo_finds_exactly_what_was_planted_and_its_evidence_gives_a_report() {
    let world = World::new();
    let out = world.path("見本");
    let ran = world.run(&["demo", "--once", "--json", "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let lines = ran.json();
    assert_eq!(lines.len(), 1);
    let keys: std::collections::BTreeSet<&str> = lines[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["found", "planted", "verdicts"].into());
    assert_eq!(lines[0]["planted"], lines[0]["found"]);
    assert!(!lines[0]["planted"].as_array().unwrap().is_empty());

    let report = world.path("報告");
    let evidence = out.join("evidence").join("hibari");
    let ran = world.run(&[
        "assess",
        evidence.to_str().unwrap(),
        "--out",
        report.to_str().unwrap(),
        "--kind",
        "clinic",
        "--json",
    ]);
    assert_eq!(ran.code, Some(1), "weaknesses were planted: {ran:?}");
    for name in [
        "report.html",
        "report.pdf",
        "report.xlsx",
        "report.json",
        "checklist.html",
        "facts.jsonl",
        "ledger/entries.jsonl",
    ] {
        assert!(report.join(name).exists(), "{name}");
    }
}

#[test]
fn an_assessment_of_nothing_readable_ends_with_three() {
    let world = World::new();
    world.write("空/メモ.bin", [0, 1, 2]);
    let ran = world.run(&["assess", "空", "--out", world.path("報告").to_str().unwrap()]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
}
