//! Whose settings these are: the files of one machine belong together, and the machine is an asset.

use std::collections::HashMap;

use base::{FactValue, Grade, SubjectKind};
use evidence::{Deriver, World};
use formats::scalar::{fold_width, normalise_hostname};

use crate::origin::without_kind;

/// Joins the settings that were read from several files of one machine, and names the asset they belong to. Runs after assets were
/// joined. Where a name could mean two machines (one short name in two domains), nothing is named: the settings of one would
/// speak for the other.
#[derive(Debug)]
pub struct KnownMachines;

impl Deriver for KnownMachines {
    fn derive(&self, world: &mut World) {
        let machines = join_files(world);
        let assets = Assets::list(world);
        let mut of_short: HashMap<String, usize> = HashMap::new();
        for name in machines.iter().filter_map(|(_, name)| normalise_hostname(name)) {
            *of_short.entry(name).or_default() += 1;
        }
        for (index, name) in &machines {
            if normalise_hostname(name).and_then(|short| of_short.get(&short).copied()) != Some(1) {
                continue;
            }
            let Some(asset) = assets.find(name) else { continue };
            if let Some(premise) = world.find(*index, "policy.name").cloned() {
                let ident = FactValue::Text(asset.to_owned());
                world.conclude(*index, "policy.asset", ident, Grade::Document, &premise);
            }
        }
    }
}

/// Joins settings in force that were filed under one name, and lists what is left with that name.
fn join_files(world: &mut World) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, known) in world.of_kind(SubjectKind::Policy) {
        if world.find_text(index, "policy.layer") == Some("effective") {
            let name = without_kind(known.subject.id());
            // What carries the name alone comes first: the others join it.
            found.push((name.to_lowercase(), known.subject.id().len(), known.subject.id().to_owned(), index));
        }
    }
    found.sort();
    let mut machines: Vec<(usize, String)> = Vec::new();
    for (name, _, _, index) in found {
        match machines.last() {
            Some((into, present)) if *present == name => world.merge(*into, index),
            _ => machines.push((index, name)),
        }
    }
    machines
}

/// Identifier of an asset by what a settings file may be named after; `None` where two assets have it.
struct Assets {
    by_mark: HashMap<String, Option<(String, Option<String>)>>,
}

impl Assets {
    fn list(world: &World) -> Self {
        let mut by_mark: HashMap<String, Option<(String, Option<String>)>> = HashMap::new();
        for (index, known) in world.of_kind(SubjectKind::Asset) {
            let id = known.subject.id();
            let id = id.strip_prefix("hostname/").unwrap_or(id);
            let hostname = world.find_text(index, "asset.hostname");
            let marks = [hostname.and_then(normalise_hostname), world.find_text(index, "asset.id").map(fold)];
            let marks = marks.into_iter().flatten().chain(world.find_text(index, "asset.name").map(fold));
            let mut marks: Vec<String> = marks.collect();
            marks.sort();
            marks.dedup();
            for mark in marks {
                let entry = (id.to_owned(), hostname.and_then(domain));
                by_mark.entry(mark).and_modify(|holder| *holder = None).or_insert(Some(entry));
            }
        }
        Self { by_mark }
    }

    fn find(&self, name: &str) -> Option<&str> {
        let held = |mark: &str| self.by_mark.get(mark).and_then(Option::as_ref);
        let (id, theirs) = held(&normalise_hostname(name)?).or_else(|| held(&fold(name)))?;
        match (domain(name), theirs) {
            (Some(ours), Some(theirs)) if ours != *theirs => None,
            _ => Some(id),
        }
    }
}

/// `DC01.a.local` → `a.local`.
fn domain(name: &str) -> Option<String> {
    name.split_once('.').map(|(_, domain)| domain.to_lowercase())
}

fn fold(text: &str) -> String {
    fold_width(text).trim().to_lowercase()
}
