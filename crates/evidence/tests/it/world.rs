//! Which fact counts, and that the order of arrival does not matter.

use base::{FactValue, Grade, SubjectKind};
use evidence::World;
use evidence::store::MIGRATIONS;
use evidence::world::Origin;
use proptest::prelude::*;
use testkit::{NOW, TestStore};

use crate::fixture::{Desk, asset, dictionary};

fn origin(evidence: i64) -> Origin {
    Origin { subject: 1, key: 1, evidence }
}

fn say(world: &mut World, subject: &str, key: &str, value: &str, days_ago: i64, grade: Grade) -> usize {
    let index = world.subject_index(&asset(subject));
    let (id, fact_type) = world.dictionary().find(key).map(|known| (known.id, known.fact_type)).unwrap();
    let value = FactValue::parse(fact_type, value).unwrap();
    world.offer(index, id, value, NOW.plus_days(-days_ago), grade, origin(days_ago));
    index
}

/// Offers `(value, days ago, grade)` in both orders and expects the same winner.
#[track_caller]
fn check(key: &str, offers: [(&str, i64, Grade); 2], expected: &str) {
    for order in [[0, 1], [1, 0]] {
        let mut world = World::empty(&dictionary(), NOW);
        let mut index = 0;
        for number in order {
            let (value, days_ago, grade) = offers[number];
            index = say(&mut world, "a", key, value, days_ago, grade);
        }
        assert_eq!(world.find(index, key).unwrap().value.to_string(), expected, "{order:?}");
    }
}

#[test]
fn a_fresh_fact_counts_more_than_a_stale_one_of_a_higher_grade() {
    check("asset.os", [("old", 31, Grade::Machine), ("new", 1, Grade::Stated)], "new");
    check("asset.os", [("old", 30, Grade::Machine), ("new", 1, Grade::Stated)], "old");
}

#[test]
fn among_fresh_facts_the_higher_grade_counts_then_the_later_time() {
    check("asset.os", [("machine", 20, Grade::Machine), ("document", 1, Grade::Document)], "machine");
    check("asset.os", [("earlier", 3, Grade::Document), ("later", 2, Grade::Document)], "later");
}

#[test]
fn among_stale_facts_the_same_order_holds() {
    check("asset.os", [("machine", 90, Grade::Machine), ("document", 40, Grade::Document)], "machine");
}

#[test]
fn lists_that_unite_hold_what_any_observation_held() {
    check("asset.open_ports", [("22\n80", 2, Grade::Machine), ("443", 1, Grade::Machine)], "22\n443\n80");
    check("asset.ip", [("10.0.0.1", 2, Grade::Machine), ("10.0.0.2", 1, Grade::Machine)], "10.0.0.2");
}

#[test]
fn of_two_subjects_that_are_one_the_better_facts_stay() {
    let mut world = World::empty(&dictionary(), NOW);
    let a = say(&mut world, "a", "asset.os", "ledger", 1, Grade::Document);
    let b = say(&mut world, "b", "asset.os", "scan", 2, Grade::Machine);
    let c = say(&mut world, "c", "asset.name", "C", 0, Grade::Stated);
    world.merge(b, c);
    world.merge(a, b);
    world.merge(a, b);
    world.merge(a, a);
    world.merge(c, a);
    let left: Vec<usize> = world.of_kind(SubjectKind::Asset).map(|(index, _)| index).collect();
    assert_eq!(left, [a], "merging twice, with itself or in a circle changes nothing");
    assert_eq!(world.find_text(a, "asset.os"), Some("scan"));
    assert_eq!(world.find_text(a, "asset.name"), Some("C"));
    assert_eq!(world.settled(SubjectKind::Asset).len(), 1);
}

#[test]
fn a_conclusion_carries_the_time_and_evidence_of_its_premise() {
    let mut world = World::empty(&dictionary(), NOW);
    let index = say(&mut world, "a", "asset.os", "Windows", 7, Grade::Machine);
    let premise = world.find(index, "asset.os").unwrap().clone();
    world.conclude(index, "asset.in_ledger", FactValue::Bool(false), Grade::Document, &premise);
    world.conclude(index, "asset.unheard_of", FactValue::Bool(false), Grade::Document, &premise);
    let drawn = world.find(index, "asset.in_ledger").unwrap();
    assert_eq!((drawn.observed_at, drawn.grade), (NOW.plus_days(-7), Grade::Document));
    assert_eq!(world.origin(drawn.id), Some(origin(7)));
    assert_eq!(world.fact(&asset("a"), drawn.id).unwrap().0, index);
}

/// What counts, without the numbers that rows happen to have.
fn settled(files: &[&String]) -> Vec<String> {
    let store = TestStore::sqlite(MIGRATIONS).unwrap();
    let desk = Desk::new(&store).unwrap();
    for file in files {
        desk.receive("f.txt", file).unwrap();
    }
    let world = desk.world();
    let mut lines = Vec::new();
    for (subject, facts) in world.settled(SubjectKind::Asset) {
        for fact in &facts {
            let key = world.dictionary().key(fact.key);
            lines.push(format!("{subject} {key} {:?} {:?} {:?}", fact.value, fact.observed_at, fact.grade));
        }
    }
    lines
}

/// A file of one day; no two files are of the same day.
fn file(day: u32) -> impl Strategy<Value = String> {
    let statement = ("[abc]", 0_usize..3, "[xyz]{1,3}").prop_map(|(subject, key, value)| {
        let key = ["asset.name", "asset.os", "asset.open_ports"][key];
        format!("asset:{subject} {key} {value}\n")
    });
    (proptest::collection::vec(statement, 1..6), proptest::bool::ANY).prop_map(move |(lines, machine)| {
        let grade = if machine { "grade machine\n" } else { "" };
        format!("LINES\nat 2026-{:02}-{day:02}\n{grade}{}", 8 + day % 4, lines.concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_does_not_change_what_counts(a in file(10), b in file(11), c in file(13)) {
        let first = settled(&[&a, &b, &c]);
        prop_assert_eq!(&first, &settled(&[&c, &a, &b]));
        prop_assert_eq!(&first, &settled(&[&b, &c, &a]));
    }
}
