//! What the directory says of an account, together with what lists kept by hand say.

use std::collections::HashMap;

use base::{FactValue, Grade, SubjectKind};
use evidence::{Deriver, World};

/// Joins accounts named in lists (approved administrators, leavers) with those of the directory; says which administrators
/// nobody approved, once a list of approved ones is there.
#[derive(Debug)]
pub struct KnownAccounts;

impl Deriver for KnownAccounts {
    fn derive(&self, world: &mut World) {
        join_by_name(world);
        let accounts: Vec<usize> = world.of_kind(SubjectKind::Account).map(|(index, _)| index).collect();
        let is_true = |world: &World, index: usize, key: &str| {
            world.find(index, key).filter(|fact| fact.value == FactValue::Bool(true)).cloned()
        };
        if !accounts.iter().any(|index| is_true(world, *index, "account.approved_privileged").is_some()) {
            return;
        }
        for index in accounts {
            let approved = is_true(world, index, "account.approved_privileged").is_some();
            if let Some(privileged) = is_true(world, index, "account.privileged").filter(|_| !approved) {
                world.conclude(
                    index,
                    "account.approved_privileged",
                    FactValue::Bool(false),
                    Grade::Document,
                    &privileged,
                );
            }
        }
    }
}

fn join_by_name(world: &mut World) {
    // `None` where two accounts have one name: then nobody can tell which one the list means.
    let mut by_name: HashMap<String, Option<usize>> = HashMap::new();
    let mut listed = Vec::new();
    for (index, known) in world.of_kind(SubjectKind::Account) {
        let Some(name) = world.find_text(index, "account.name").map(str::to_lowercase) else { continue };
        if known.subject.id().starts_with("name/") {
            listed.push((index, name));
        } else {
            by_name.entry(name).and_modify(|holder| *holder = None).or_insert(Some(index));
        }
    }
    for (index, name) in listed {
        if let Some(Some(into)) = by_name.get(&name) {
            world.merge(*into, index);
        }
    }
}
