//! Which rows are one thing, and whether the ledger has it.

use base::{FactValue, Grade, Subject, SubjectKind};
use evidence::World;
use evidence::world::Origin;
use testkit::NOW;

use crate::fixture::dictionary;

/// `A-1 ledger hostname=ehr01 ip=10.0.0.5`: one row per text.
fn world(rows: &[&str]) -> World {
    let mut world = World::empty(&dictionary(), NOW);
    for row in rows {
        let mut words = row.split(' ');
        let subject: Subject = format!("asset:{}", words.next().unwrap()).parse().unwrap();
        let index = world.subject_index(&subject);
        for word in words {
            let (name, value) = word.split_once('=').unwrap_or((word, "true"));
            let name = match name {
                "ledger" => "in_ledger",
                "scan" => "seen_on_network",
                "ad" => "in_directory",
                other => other,
            };
            let definition = world.dictionary().find(&format!("asset.{name}")).unwrap();
            let (key, fact_type) = (definition.id, definition.fact_type);
            let grade = if row.contains(" ledger") { Grade::Document } else { Grade::Machine };
            let origin = Origin { subject: 1, key: 1, evidence: 1 };
            world.offer(index, key, FactValue::parse(fact_type, value).unwrap(), NOW, grade, origin);
        }
    }
    world
}

/// The assets that are left, each with what is said of the ledger.
fn settled(rows: &[&str]) -> String {
    let mut world = world(rows);
    for deriver in asset::derivers() {
        deriver.derive(&mut world);
    }
    let mut lines: Vec<String> = world
        .of_kind(SubjectKind::Asset)
        .map(|(index, known)| {
            let in_ledger = world.find(index, "asset.in_ledger");
            let told = in_ledger.map_or("?".to_owned(), |fact| format!("{} {:?}", fact.value, fact.grade));
            format!("{} {told}", known.subject.id())
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

#[track_caller]
fn check(rows: &[&str], expected: &[&str]) {
    assert_eq!(settled(rows), expected.join("\n"));
    let backwards: Vec<&str> = rows.iter().rev().copied().collect();
    assert_eq!(settled(&backwards), expected.join("\n"), "backwards");
}

#[test]
fn a_row_and_a_scan_with_one_name_are_one_thing() {
    check(
        &["A-1 ledger hostname=EHR01", "hostname/ehr01 scan hostname=ehr01.example.local", "hostname/ehr01 ad"],
        &["A-1 true Machine"],
    );
}

#[test]
fn a_row_and_a_scan_with_one_address_are_one_thing() {
    check(&["A-1 ledger mac=00:11:22:aa:bb:cc", "ip/10.0.0.5 scan mac=00:11:22:aa:bb:cc"], &["A-1 true Machine"]);
    check(&["A-1 ledger ip=10.0.0.5", "ip/10.0.0.5 scan ip=10.0.0.5"], &["A-1 true Machine"]);
    check(&["A-1 ledger ip=10.0.0.5", "hostname/x scan hostname=x ip=10.0.0.5"], &["A-1 true Machine"]);
}

#[test]
fn two_names_are_two_things_even_with_one_address() {
    check(
        &["A-1 ledger hostname=old ip=10.0.0.5", "hostname/new scan hostname=new ip=10.0.0.5"],
        &["A-1 true Document", "hostname/new false Machine"],
    );
    check(
        &["A-1 ledger ip=10.0.0.5", "hostname/a scan hostname=a ip=10.0.0.5", "hostname/b scan hostname=b ip=10.0.0.5"],
        &["A-1 true Machine", "hostname/b false Machine"],
    );
}

#[test]
fn two_network_cards_are_two_things_even_with_one_address() {
    check(
        &["A-1 ledger ip=10.0.0.5 mac=00:11:22:aa:bb:cc", "ip/10.0.0.5 scan ip=10.0.0.5 mac=00:11:22:aa:bb:dd"],
        &["A-1 true Document", "ip/10.0.0.5 false Machine"],
    );
}

#[test]
fn a_mark_that_two_rows_claim_joins_nothing() {
    check(
        &["A-1 ledger ip=10.0.0.5", "A-2 ledger ip=10.0.0.5", "ip/10.0.0.5 scan ip=10.0.0.5"],
        &["A-1 true Document", "A-2 true Document", "ip/10.0.0.5 false Machine"],
    );
    check(
        &["A-1 ledger hostname=x", "A-2 ledger hostname=X", "hostname/x scan hostname=x"],
        &["A-1 true Document", "A-2 true Document", "hostname/x false Machine"],
    );
}

#[test]
fn one_network_card_under_two_addresses_on_one_day_is_two_things() {
    check(
        &[
            "A-1 ledger hostname=ehr01",
            "hostname/ehr01 scan hostname=ehr01 ip=10.0.0.5 mac=00:11:22:aa:bb:cc",
            "ip/10.0.0.9 scan ip=10.0.0.9 mac=00:11:22:aa:bb:cc",
        ],
        &["A-1 true Machine", "ip/10.0.0.9 false Machine"],
    );
}

#[test]
fn without_a_ledger_nothing_is_said_about_it() {
    check(&["hostname/a scan hostname=a", "hostname/b ad hostname=b"], &["hostname/a ?", "hostname/b ?"]);
}

#[test]
fn without_a_ledger_what_was_seen_is_joined_all_the_same() {
    check(
        &["ip/10.0.0.5 scan ip=10.0.0.5 mac=00:11:22:aa:bb:cc", "hostname/a scan hostname=a mac=00:11:22:aa:bb:cc"],
        &["hostname/a ?"],
    );
}

#[test]
fn what_only_the_ledger_says_stays_a_document() {
    check(&["A-1 ledger hostname=a"], &["A-1 true Document"]);
}
