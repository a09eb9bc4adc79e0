//! Which asset the settings of a machine belong to.

use base::{FactValue, Grade, Subject, SubjectKind};
use evidence::World;
use evidence::world::Origin;
use testkit::NOW;

use crate::fixture::dictionary;

/// `policies` are names under which settings in force are filed; `assets` are `id hostname`.
fn derived(policies: &[&str], assets: &[&str]) -> Vec<String> {
    let mut world = World::empty(&dictionary(), NOW);
    let mut say = |subject: &str, key: &str, value: &str| {
        let subject: Subject = subject.parse().unwrap();
        let index = world.subject_index(&subject);
        let definition = world.dictionary().find(key).unwrap();
        let (key, value) = (definition.id, FactValue::parse(definition.fact_type, value).unwrap());
        world.offer(index, key, value, NOW, Grade::Machine, Origin { subject: 1, key: 1, evidence: 1 });
    };
    for name in policies {
        say(&format!("policy:{name}"), "policy.name", name);
        say(&format!("policy:{name}"), "policy.layer", "effective");
    }
    for asset in assets {
        let (id, hostname) = asset.split_once(' ').unwrap();
        say(&format!("asset:{id}"), "asset.hostname", hostname);
    }
    hardening::derivers().iter().for_each(|deriver| deriver.derive(&mut world));
    let said = world.of_kind(SubjectKind::Policy).map(|(index, known)| {
        format!("{} → {}", known.subject.id(), world.find_text(index, "policy.asset").unwrap_or("?"))
    });
    said.collect()
}

#[test]
fn settings_belong_to_the_asset_with_their_host_name() {
    assert_eq!(derived(&["DC01"], &["DC-0001 dc01.hospital.local", "PC-1 pc01"]), ["DC01 → DC-0001"]);
    assert_eq!(derived(&["DC02"], &["DC-0001 dc01"]), ["DC02 → ?"]);
}

#[test]
fn what_was_filed_under_the_name_of_its_file_before_joins_its_machine() {
    assert_eq!(derived(&["DC01_secedit", "dc01"], &["DC-0001 DC01"]), ["dc01 → DC-0001"]);
    assert_eq!(derived(&["DC01_secedit"], &["DC-0001 DC01"]), ["DC01_secedit → DC-0001"]);
}

#[test]
fn one_short_name_in_two_domains_is_two_machines() {
    let policies = ["dc01.a.local", "dc01.b.local"];
    assert_eq!(derived(&policies, &["DC-0001 dc01"]), ["dc01.a.local → ?", "dc01.b.local → ?"]);
    assert_eq!(derived(&policies[..1], &["DC-0001 dc01.b.local"]), ["dc01.a.local → ?"]);
    assert_eq!(derived(&["dc01"], &["A-1 dc01.a.local", "B-1 dc01.b.local"]), ["dc01 → ?"]);
}
