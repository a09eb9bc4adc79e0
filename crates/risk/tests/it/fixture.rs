//! The packs, the samples, and a world filled from them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use assess::Dictionary;
use base::{FactValue, Grade, Subject, UtcSeconds};
use evidence::importer::Alone;
use evidence::world::Origin;
use evidence::{FactSink, Registry, Source, World};
use risk::{Doors, ReleaseAliases};
use testkit::NOW;

fn pack(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(path)).unwrap()
}

pub(crate) fn dictionary() -> Dictionary {
    let files = ["facts/asset.toml", "facts/intelligence.toml"].map(|file| (file, pack(file)));
    Dictionary::parse(&files.each_ref().map(|(name, text)| (*name, text.as_str()))).unwrap()
}

/// The content of a sample, or `None` with a message.
pub(crate) fn sample(path: &str) -> Option<Vec<u8>> {
    #[expect(clippy::disallowed_methods, reason = "tests find the samples by this variable")]
    let named = std::env::var("MAMORI_SAMPLES");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = named.map_or_else(|_| beside(), PathBuf::from);
    let bytes = std::fs::read(folder.join(path)).ok();
    if bytes.is_none() {
        println!("SKIPPED: sample {path} is missing");
    }
    bytes
}

/// Reads a file, and hands over what it said.
pub(crate) fn read<T>(name: &str, bytes: &[u8], use_sink: impl FnOnce(&FactSink<'_>) -> T) -> T {
    let dictionary = dictionary();
    let registry = Registry::new(risk::importers());
    let source = Source { name, bytes, received_at: NOW, modified_at: None, neighbours: &Alone };
    let mut sink = FactSink::new(&dictionary);
    registry.find(&source).expect("an importer recognises it").read(&source, &mut sink).unwrap();
    assert_eq!(sink.undefined(), [] as [String; 0]);
    use_sink(&sink)
}

/// Adds what a file says to a world.
pub(crate) fn add(world: &mut World, name: &str, bytes: &[u8]) {
    read(name, bytes, |sink| {
        for fact in sink.facts() {
            let subject = &sink.subjects()[usize::try_from(fact.subject).unwrap()];
            let index = world.subject_index(subject);
            let origin = Origin { subject: 1, key: 1, evidence: 1 };
            world.offer(index, fact.key, fact.value.clone(), world.now(), Grade::Machine, origin);
        }
    });
}

/// A world of assets `(id, [(key, value)])`.
pub(crate) fn world(now: UtcSeconds, assets: &[(&str, &[(&str, &str)])]) -> World {
    let mut world = World::empty(&dictionary(), now);
    for (id, facts) in assets {
        let subject: Subject = format!("asset:{id}").parse().unwrap();
        let index = world.subject_index(&subject);
        for (key, value) in *facts {
            let key = world.dictionary().find(key).unwrap().id;
            let origin = Origin { subject: 1, key: 1, evidence: 7 };
            world.offer(index, key, FactValue::Text((*value).to_owned()), NOW, Grade::Document, origin);
        }
    }
    world
}

pub(crate) fn derive(world: &mut World) {
    let doors = Arc::new(Doors::parse(&pack("intel/known_doors.toml")).unwrap());
    let aliases = Arc::new(ReleaseAliases::parse(&pack("intel/os_releases.toml")).unwrap());
    for deriver in risk::derivers(&doors, &aliases) {
        deriver.derive(world);
    }
}
