//! The packs, the samples, and a source read by the importers of this crate.

use std::path::{Path, PathBuf};

use assess::Dictionary;
use base::{Grade, UtcSeconds};
use evidence::gather::{Gathered, Limits};
use evidence::{FactSink, Registry, gather};
use testkit::NOW;

pub(crate) fn dictionary() -> Dictionary {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/facts");
    let files = ["account.toml", "asset.toml", "policy.toml"];
    let texts = files.map(|file| (file, std::fs::read_to_string(folder.join(file)).unwrap()));
    Dictionary::parse(&texts.each_ref().map(|(name, text)| (*name, text.as_str()))).unwrap()
}

/// What a file said, as texts.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) importer: &'static str,
    /// `policy:X policy.name=… @line:2`
    pub(crate) facts: Vec<String>,
    pub(crate) refusals: Vec<String>,
    pub(crate) unused: u32,
    pub(crate) observed_at: Option<UtcSeconds>,
    pub(crate) grade: Option<Grade>,
}

impl Said {
    #[track_caller]
    pub(crate) fn expect(&self, fact: &str) {
        assert!(self.facts.iter().any(|said| said.starts_with(fact)), "{fact} is not in {self:#?}");
    }

    /// The value of a key of a subject.
    pub(crate) fn find(&self, subject: &str, key: &str) -> Option<&str> {
        let start = format!("{subject} {key}=");
        self.facts.iter().find_map(|fact| Some(fact.strip_prefix(&start)?.rsplit_once(" @")?.0))
    }
}

/// Reads the file of this name, redacted first as the intake does.
pub(crate) fn read_of(gathered: &Gathered, name: &str) -> Said {
    let dictionary = dictionary();
    let registry = Registry::new(hardening::importers());
    let item = gathered.items().iter().find(|item| item.name == name).unwrap();
    let bytes = gathered.read(item).unwrap();
    let importer = registry.find(&gathered.source(item, &bytes, NOW)).expect("an importer recognises it");
    let redacted = importer.redact(&bytes).map(|redaction| redaction.bytes);
    let source = gathered.source(item, redacted.as_deref().unwrap_or(&bytes), NOW);
    let mut sink = FactSink::new(&dictionary);
    importer.read(&source, &mut sink).unwrap();
    assert_eq!(sink.undefined(), [] as [String; 0]);
    let subject = |index: u32| sink.subjects()[usize::try_from(index).unwrap()].to_string();
    let facts = sink.facts().iter().map(|fact| {
        let value = fact.value.to_string().replace('\n', "|");
        format!("{} {}={value} @{}", subject(fact.subject), dictionary.key(fact.key), fact.locator)
    });
    let refusals = sink.refusals().0.iter();
    let refusals = refusals.map(|one| format!("{} @{} {}", one.message, one.locator, one.detail));
    let (observed_at, grade) = sink.stated();
    Said {
        importer: importer.id(),
        facts: facts.collect(),
        refusals: refusals.collect(),
        unused: sink.counts().1,
        observed_at,
        grade: grade.or(Some(importer.grade())),
    }
}

pub(crate) fn read(name: &str, bytes: &[u8]) -> Said {
    let gathered = Gathered::from_bytes(name, bytes.to_vec(), Limits::default());
    read_of(&gathered, name)
}

/// The files of a sample folder, or `None` with a message.
pub(crate) fn samples(path: &str) -> Option<Gathered> {
    #[expect(clippy::disallowed_methods, reason = "tests find the samples by this variable")]
    let named = std::env::var("MAMORI_SAMPLES");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = named.map_or_else(|_| beside(), PathBuf::from);
    let path = folder.join(path);
    if !path.is_dir() {
        println!("SKIPPED: sample folder {} is missing", path.display());
        return None;
    }
    Some(gather(&[path], Limits::default()))
}
