//! Which rows mean the same thing.
//!
//! The ledger's row is the thing; what a scan or the directory saw joins it by host name, then by MAC address, then by IP
//! address where host names do not speak against it. An address that two ledger rows claim joins nothing.

use std::collections::HashMap;

use base::{FactValue, SubjectKind, UtcSeconds};
use evidence::World;
use formats::scalar::normalise_hostname;

/// What can identify a thing on the network.
#[derive(Debug, Default, Clone)]
struct Marks {
    hostname: Option<String>,
    macs: Vec<String>,
    ips: Vec<String>,
    /// Addresses under which a machine saw it, and when.
    scanned: Vec<(String, UtcSeconds)>,
}

/// Marks → subject; `None` where two subjects claim the same mark.
#[derive(Debug, Default)]
struct Index {
    hostname: HashMap<String, Option<usize>>,
    mac: HashMap<String, Option<usize>>,
    ip: HashMap<String, Option<usize>>,
}

/// Joins subjects that are one asset.
pub fn join(world: &mut World) {
    let mut ledger = Vec::new();
    let mut seen = Vec::new();
    for (index, _) in world.of_kind(SubjectKind::Asset) {
        let marks = marks(world, index);
        if world.find(index, "asset.in_ledger").is_some() {
            ledger.push((index, marks));
        } else {
            seen.push((index, marks));
        }
    }
    // Numbers of subjects follow the order of arrival; their ids do not. What has a name is known before what has only addresses.
    let order = |world: &World, index: usize, marks: &Marks| {
        (marks.hostname.is_none(), marks.macs.is_empty(), world.subject(index).cloned())
    };
    ledger.sort_by_cached_key(|(index, marks)| order(world, *index, marks));
    seen.sort_by_cached_key(|(index, marks)| order(world, *index, marks));
    let mut known = Index::default();
    let mut others: HashMap<usize, Marks> = HashMap::new();
    for (index, marks) in ledger {
        known.add(index, &marks);
        others.insert(index, marks);
    }
    for (index, marks) in seen {
        let holder = known.find(&marks, &others);
        let into = holder.unwrap_or(index);
        // By a mark that one observation adds, the next one is recognised.
        known.add(into, &marks);
        let joined = others.entry(into).or_default();
        joined.hostname = joined.hostname.take().or(marks.hostname);
        joined.macs.extend(marks.macs);
        joined.scanned.extend(marks.scanned);
        if holder.is_some() {
            world.merge(into, index);
        }
    }
}

fn marks(world: &World, index: usize) -> Marks {
    let list = |key: &str| match world.find(index, key).map(|fact| &fact.value) {
        Some(FactValue::List(items)) => items.clone(),
        _ => Vec::new(),
    };
    let hostname = world.find_text(index, "asset.hostname").and_then(normalise_hostname);
    let ips = list("asset.ip");
    let seen_at = world.find(index, "asset.seen_on_network").map(|fact| fact.observed_at);
    let scanned = seen_at.map_or_else(Vec::new, |at| ips.iter().map(|ip| (ip.clone(), at)).collect());
    Marks { hostname, macs: list("asset.mac"), ips, scanned }
}

impl Index {
    fn add(&mut self, index: usize, marks: &Marks) {
        let claim = |map: &mut HashMap<String, Option<usize>>, mark: &str| {
            let holder = map.entry(mark.to_owned()).or_insert(Some(index));
            *holder = holder.filter(|holder| *holder == index);
        };
        marks.hostname.iter().for_each(|mark| claim(&mut self.hostname, mark));
        marks.macs.iter().for_each(|mark| claim(&mut self.mac, mark));
        marks.ips.iter().for_each(|mark| claim(&mut self.ip, mark));
    }

    fn find(&self, marks: &Marks, others: &HashMap<usize, Marks>) -> Option<usize> {
        let holder = |map: &HashMap<String, Option<usize>>, mark: &String| map.get(mark).copied().flatten();
        if let Some(found) = marks.hostname.as_ref().and_then(|mark| holder(&self.hostname, mark)) {
            return Some(found);
        }
        // A network card seen under two addresses on one day may be two machines, one posing as the other: both stay in sight.
        // On different days it is one machine that was given another address.
        let seen_elsewhere = |found: &usize| {
            let theirs = others.get(found).map(|theirs| theirs.scanned.as_slice()).unwrap_or_default();
            let that_day = |at: UtcSeconds| theirs.iter().filter(move |(_, other)| at.date_jst() == other.date_jst());
            marks.scanned.iter().any(|(_, at)| that_day(*at).next().is_some())
                && !marks.scanned.iter().any(|(ip, at)| that_day(*at).any(|(other, _)| ip == other))
        };
        if let Some(found) =
            marks.macs.iter().find_map(|mark| holder(&self.mac, mark)).filter(|found| !seen_elsewhere(found))
        {
            return Some(found);
        }
        // Two names, or two network cards, are two things, even if one took over the other's address.
        let agrees = |found: &usize| {
            let Some(theirs) = others.get(found) else { return false };
            let names_agree = marks.hostname.is_none() || theirs.hostname.is_none();
            let macs_agree = marks.macs.is_empty() || theirs.macs.is_empty();
            names_agree && macs_agree
        };
        marks.ips.iter().find_map(|mark| holder(&self.ip, mark)).filter(agrees)
    }
}
