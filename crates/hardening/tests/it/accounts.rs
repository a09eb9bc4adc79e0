//! What lists kept by hand add to the directory.

use base::{FactValue, Grade, Subject, SubjectKind};
use evidence::World;
use evidence::world::Origin;
use testkit::NOW;

use crate::fixture::dictionary;

/// Each row: subject, then `key=value`.
fn derived(rows: &[&str]) -> String {
    let mut world = World::empty(&dictionary(), NOW);
    for row in rows {
        let mut words = row.split(' ');
        let subject: Subject = format!("account:{}", words.next().unwrap()).parse().unwrap();
        let index = world.subject_index(&subject);
        for word in words {
            let (name, value) = word.split_once('=').unwrap();
            let definition = world.dictionary().find(&format!("account.{name}")).unwrap();
            let (key, fact_type) = (definition.id, definition.fact_type);
            let origin = Origin { subject: 1, key: 1, evidence: 1 };
            world.offer(index, key, FactValue::parse(fact_type, value).unwrap(), NOW, Grade::Machine, origin);
        }
    }
    for deriver in hardening::derivers() {
        deriver.derive(&mut world);
    }
    let lines = world.of_kind(SubjectKind::Account).map(|(index, known)| {
        let value = |key: &str| world.find(index, key).map_or("?".to_owned(), |fact| fact.value.to_string());
        format!("{} {} {}", known.subject.id(), value("account.approved_privileged"), value("account.owner_left_on"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn without_a_list_of_approved_administrators_nothing_is_said() {
    assert_eq!(derived(&["S-1 name=root privileged=true"]), "S-1 ? ?");
    let refused = &["S-1 name=root privileged=true", "name/x name=x approved_privileged=false"];
    assert_eq!(derived(refused), "S-1 ? ?\nname/x false ?", "a list in which nobody is approved is none");
}

#[test]
fn an_administrator_nobody_approved_is_named_once_there_is_a_list() {
    let rows = [
        "S-1 name=Admin1 privileged=true",
        "S-2 name=admin2 privileged=true",
        "S-3 name=sato privileged=false",
        "name/admin1 name=ADMIN1 approved_privileged=true",
    ];
    assert_eq!(derived(&rows), "S-1 true ?\nS-2 false ?\nS-3 ? ?");
}

#[test]
fn who_left_is_joined_with_the_directory_by_name_in_either_order() {
    let rows = [
        "S-1 name=Sato",
        "name/sato name=sato owner_left_on=2026-03-31",
        "name/gone name=gone owner_left_on=2026-01-31",
    ];
    let mut backwards = rows;
    backwards.reverse();
    assert_eq!(derived(&rows), "S-1 ? 2026-03-31\nname/gone ? 2026-01-31");
    assert_eq!(derived(&backwards), "name/gone ? 2026-01-31\nS-1 ? 2026-03-31");
}

#[test]
fn a_name_that_two_accounts_have_joins_nothing() {
    let rows = [
        "S-1 name=admin privileged=true",
        "S-2 name=ADMIN privileged=true",
        "name/admin name=admin approved_privileged=true",
    ];
    assert_eq!(derived(&rows), "S-1 false ?\nS-2 false ?\nname/admin true ?");
}
