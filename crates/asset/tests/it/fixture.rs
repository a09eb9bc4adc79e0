//! The packs, and a source read by the importers of this crate.

use std::path::Path;
use std::sync::Arc;

use assess::{Dictionary, Wording};
use asset::Columns;
use evidence::importer::Alone;
use evidence::{FactSink, Importer, ReadError, Registry, Source};
use testkit::NOW;

fn pack(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/facts").join(path)).unwrap()
}

pub(crate) fn dictionary() -> Dictionary {
    let files = ["account.toml", "asset.toml", "connection.toml", "site.toml", "vendor.toml"];
    let files: Vec<(&str, String)> = files.into_iter().map(|file| (file, pack(file))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Dictionary::parse(&files).unwrap()
}

pub(crate) fn importers() -> Vec<Box<dyn Importer>> {
    let dictionary = dictionary();
    let columns = Columns::parse(&dictionary, &pack("columns.toml")).unwrap();
    let wording = Wording::parse(&dictionary, "wording.toml", &pack("wording.toml")).unwrap();
    asset::importers(&Arc::new(columns), &Arc::new(wording))
}

/// What a file said, as texts.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) importer: &'static str,
    pub(crate) accepted: u32,
    /// `asset:A-1 asset.name=… @line:2`
    pub(crate) facts: Vec<String>,
    /// `refused-… @line:2 detail`
    pub(crate) refusals: Vec<String>,
    pub(crate) observed_at: Option<base::UtcSeconds>,
}

impl Said {
    #[track_caller]
    pub(crate) fn expect(&self, fact: &str) {
        assert!(self.facts.iter().any(|said| said.starts_with(fact)), "{fact} is not in {self:#?}");
    }

    pub(crate) fn of(&self, key: &str) -> Vec<String> {
        let key = format!(" {key}=");
        let of_key = self.facts.iter().filter_map(|fact| fact.split_once(&key));
        of_key.map(|(_, rest)| rest.rsplit_once(" @").unwrap().0.to_owned()).collect()
    }
}

/// Reads a file with the importer that recognises it; `None` if none does.
pub(crate) fn try_read(name: &str, bytes: &[u8]) -> Option<Result<Said, ReadError>> {
    let dictionary = dictionary();
    let registry = Registry::new(importers());
    let source = Source { name, bytes, received_at: NOW, modified_at: None, neighbours: &Alone };
    let importer = registry.find(&source)?;
    let mut sink = FactSink::new(&dictionary);
    if let Err(err) = importer.read(&source, &mut sink) {
        return Some(Err(err));
    }
    assert_eq!(sink.undefined(), [] as [String; 0]);
    let subject = |index: u32| sink.subjects()[usize::try_from(index).unwrap()].to_string();
    let facts = sink.facts().iter().map(|fact| {
        let value = fact.value.to_string().replace('\n', "|");
        format!("{} {}={value} @{}", subject(fact.subject), dictionary.key(fact.key), fact.locator)
    });
    let refusals = sink.refusals().0.iter();
    let refusals = refusals.map(|one| format!("{} @{} {}", one.message, one.locator, one.detail));
    Some(Ok(Said {
        importer: importer.id(),
        accepted: sink.counts().0,
        facts: facts.collect(),
        refusals: refusals.collect(),
        observed_at: sink.stated().0,
    }))
}

pub(crate) fn read(name: &str, bytes: &[u8]) -> Said {
    try_read(name, bytes).expect("an importer recognises it").unwrap()
}
