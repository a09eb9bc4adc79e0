//! Logs and rules made here.

use std::path::PathBuf;

use detect::{Pipelines, Rules};
use eventlog::event::{Event, Events};
use eventlog::files::find_logs;
use eventlog::rules::Ruleset;
use eventlog::scan::{Options, Scan, scan};
use formats::evtx::FileTime;
use formats::evtx::write::{Child, Content, Element, Writer, WrittenValue};
use tempfile::TempDir;

/// 2026-04-01 00:00 UTC.
pub(crate) const MIDNIGHT: FileTime = FileTime(134_194_752_000_000_000);

/// An event to be written.
pub(crate) struct Written<'a> {
    pub(crate) channel: Option<&'a str>,
    pub(crate) provider: &'a str,
    pub(crate) id: u16,
    pub(crate) second: u64,
    pub(crate) section: Section,
    pub(crate) fields: &'a [(&'a str, &'a str)],
}

pub(crate) enum Section {
    EventData,
    UserData,
}

impl<'a> Written<'a> {
    pub(crate) fn security(id: u16, fields: &'a [(&'a str, &'a str)]) -> Self {
        Self {
            channel: Some("Security"),
            provider: "Microsoft-Windows-Security-Auditing",
            id,
            second: 0,
            section: Section::EventData,
            fields,
        }
    }

    pub(crate) fn after(self, second: u64) -> Self {
        Self { second, ..self }
    }

    fn time(&self) -> FileTime {
        FileTime(MIDNIGHT.0 + self.second * 10_000_000)
    }

    fn template(&self) -> Element {
        let text = |name: &str, number| Element::new(name).with_value(number);
        let provider = Element::new("Provider").with_attribute("Name", Content::Text(self.provider.to_owned()));
        // Old providers keep half of the id apart.
        let id = text("EventID", 0).with_attribute("Qualifiers", Content::Value(1));
        let time = Element::new("TimeCreated").with_attribute("SystemTime", Content::Value(2));
        let system = Element::new("System")
            .with_element(provider)
            .with_element(id)
            .with_element(time)
            .with_element(text("Channel", 3))
            .with_element(text("Computer", 4));
        Element::new("Event").with_element(system).with(Child::Content(Content::Value(5)))
    }

    fn values(&self) -> Vec<WrittenValue> {
        let data: Vec<WrittenValue> = self.fields.iter().map(|(_, value)| WrittenValue::text(value)).collect();
        vec![
            WrittenValue::u16(self.id),
            WrittenValue::u16(0x4000),
            WrittenValue::time(self.time()),
            self.channel.map_or_else(WrittenValue::null, WrittenValue::text),
            WrittenValue::text("PC-受付"),
            WrittenValue::nested(self.data(), data),
        ]
    }

    fn data(&self) -> Element {
        let named = |(number, (name, _)): (u16, &(&str, &str))| match self.section {
            Section::EventData => {
                let data = Element::new("Data").with_attribute("Name", Content::Text((*name).to_owned()));
                data.with_value(number)
            }
            Section::UserData => Element::new(name).with_value(number),
        };
        let children = (0_u16..).zip(self.fields).map(named);
        match self.section {
            Section::EventData => children.fold(Element::new("EventData"), Element::with_element),
            Section::UserData => {
                let own = children.fold(Element::new("LogFileCleared"), Element::with_element);
                Element::new("UserData").with_element(own)
            }
        }
    }
}

pub(crate) fn log(events: &[Written<'_>]) -> Vec<u8> {
    let mut writer = Writer::new();
    for event in events {
        writer.add(event.time(), &event.template(), &event.values()).unwrap();
    }
    writer.finish()
}

/// A folder with logs in it.
pub(crate) struct World {
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn with(self, name: &str, bytes: &[u8]) -> Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn scan(&self, rules: &Ruleset) -> Scan {
        self.scan_with(rules, &Options::default())
    }

    pub(crate) fn scan_with(&self, rules: &Ruleset, options: &Options) -> Scan {
        let found = find_logs(&[self.folder.path().to_path_buf()]);
        assert!(found.refused.is_empty(), "{:?}", found.refused);
        scan(rules, found.logs, options, &|_| {})
    }
}

/// A rule on Windows with this id, log source and detection (YAML).
pub(crate) fn rule(id: &str, source: &str, detection: &str) -> String {
    format!(
        "title: Rule {id}\nid: {id}\nname: {id}\nauthor: somebody\nlevel: high\nlogsource: {{product: windows, {source}}}\n\
         detection: {detection}\n"
    )
}

pub(crate) fn rules(texts: &[String]) -> Ruleset {
    let mut rules = Rules::default();
    for text in texts {
        rules.add(text, "rule.yml");
    }
    let rules = Ruleset::compile(&rules, &Pipelines::windows(), None).unwrap();
    assert_eq!(rules.refusals().map(|refusal| refusal.reason.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
    rules
}

/// Rule and event of every hit, in the order of the scan.
pub(crate) fn read_hits(rules: &Ruleset, scan: &Scan) -> Vec<(String, Event)> {
    let mut events = Events::new(&scan.logs);
    let id = |hit: &eventlog::scan::Hit| rules.plan.rule(hit.rule).unwrap().id.clone().unwrap();
    scan.hits.iter().map(|hit| (id(hit), events.read(hit.log, hit.offset).unwrap())).collect()
}
