//! A small dictionary and an importer of a made-up format, so that the intake is tested without any real one.
//!
//! `LINES` on the first line, then one statement per line: `asset:a asset.name 名前`, `at 2026-11-01`, `grade machine`,
//! `refuse`, `broken`, `secret X`.

use assess::Dictionary;
use base::{Date, FactValue, Grade, Locator, Subject, Text, UtcSeconds};
use evidence::importer::Alone;
use evidence::receive::Mode;
use evidence::store::{self as tables, SiteRow};
use evidence::{
    FactSink, Importer, Intake, ReadError, Receipt, ReceiveError, Redaction, Registry, Source, Struck, World,
};
use store::Ledger;
use testkit::{NOW, TestStore, test_ledger};

const FACTS: &str = r#"
[[fact]]
key = "asset.name"
type = "text"
ja = "名称"
en = "name"
fresh_days = 0

[[fact]]
key = "asset.os"
type = "text"
ja = "OS"
en = "operating system"
fresh_days = 30

[[fact]]
key = "asset.ip"
type = "list"
ja = "IPアドレス"
en = "IP address"
fresh_days = 100

[[fact]]
key = "asset.open_ports"
type = "list"
ja = "開いているポート"
en = "open ports"
merge = "union"
fresh_days = 30

[[fact]]
key = "asset.in_ledger"
type = "bool"
ja = "台帳に載っている"
en = "is in the ledger"
fresh_days = 400
"#;

pub(crate) fn dictionary() -> Dictionary {
    Dictionary::parse(&[("facts.toml", FACTS)]).unwrap()
}

pub(crate) fn asset(id: &str) -> Subject {
    format!("asset:{id}").parse().unwrap()
}

#[derive(Debug)]
struct Lines {
    head: &'static str,
    wants_preview: bool,
}

impl Importer for Lines {
    fn id(&self) -> &'static str {
        "lines"
    }

    fn label(&self) -> Text {
        Text { ja: "行".to_owned(), en: "lines".to_owned() }
    }

    fn grade(&self) -> Grade {
        Grade::Document
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        source.bytes.starts_with(self.head.as_bytes())
    }

    fn redact(&self, bytes: &[u8]) -> Option<Redaction> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let at = text.lines().position(|line| line.starts_with("secret "))?;
        let kept: Vec<&str> =
            text.lines().map(|line| if line.starts_with("secret ") { "secret" } else { line }).collect();
        let struck = Struck { what: "secret".to_owned(), locator: Locator::Line(at as u32 + 1) };
        Some(Redaction { bytes: kept.join("\n").into_bytes(), struck: vec![struck] })
    }

    fn wants_preview(&self) -> bool {
        self.wants_preview
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let text = String::from_utf8_lossy(source.bytes).into_owned();
        for (number, line) in (2..).zip(text.lines().skip(1)) {
            let place = Locator::Line(number);
            let parts: Vec<&str> = line.splitn(3, ' ').collect();
            match parts[..] {
                ["refuse"] => sink.refuse(place, "refused-bad-record", "a\tb"),
                ["broken"] => {
                    return Err(ReadError { message: "unreadable-table", locator: place, detail: "broken".to_owned() });
                }
                ["grade", "machine"] => sink.graded(Grade::Machine),
                ["at", day] => sink.observed_at(day.parse::<Date>().unwrap().start_jst()),
                [subject, key, value] => {
                    let subject: Subject = subject.parse().unwrap();
                    let value = sink.dictionary().find(key).map_or_else(
                        || FactValue::Text(value.to_owned()),
                        |known| FactValue::parse(known.fact_type, &value.replace('|', "\n")).unwrap(),
                    );
                    sink.say(&subject, key, value, place);
                    sink.accept();
                }
                _ => sink.leave_unused(),
            }
        }
        Ok(())
    }
}

/// A site with an intake.
pub(crate) struct Desk<'a> {
    pub(crate) store: &'a TestStore,
    pub(crate) ledger: Ledger,
    pub(crate) registry: Registry,
    pub(crate) dictionary: Dictionary,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(store: &'a TestStore) -> anyhow::Result<Self> {
        for id in ["handa", "other"] {
            let site =
                SiteRow { id: id.to_owned(), name: id.to_owned(), kind: assess::SiteKind::Hospital, beds: Some(120) };
            store.database.transaction(|tx| tables::put_site(tx, &site, NOW))?;
        }
        let importers: Vec<Box<dyn Importer>> = vec![
            Box::new(Lines { head: "LINES", wants_preview: false }),
            Box::new(Lines { head: "LEDGER", wants_preview: true }),
        ];
        Ok(Self { store, ledger: test_ledger()?, registry: Registry::new(importers), dictionary: dictionary() })
    }

    pub(crate) fn receive(&self, name: &str, text: &str) -> Result<Receipt, ReceiveError> {
        self.receive_as("handa", name, text, None, Mode::Apply)
    }

    pub(crate) fn receive_as(
        &self,
        site: &str,
        name: &str,
        text: &str,
        modified_at: Option<UtcSeconds>,
        mode: Mode,
    ) -> Result<Receipt, ReceiveError> {
        let source = Source { modified_at, ..self.source(name, text) };
        self.intake(site).receive(&source, mode)
    }

    pub(crate) fn source<'b>(&self, name: &'b str, text: &'b str) -> Source<'b> {
        Source { name, bytes: text.as_bytes(), received_at: NOW, modified_at: None, neighbours: &Alone }
    }

    pub(crate) fn intake<'b>(&'b self, site: &'b str) -> Intake<'b> {
        Intake {
            database: &self.store.database,
            blobs: &self.store.blobs,
            ledger: &self.ledger,
            registry: &self.registry,
            dictionary: &self.dictionary,
            site,
            who: "tester",
        }
    }

    pub(crate) fn receive_bytes(&self, name: &str, bytes: &[u8], mode: Mode) -> Result<Receipt, ReceiveError> {
        let intake = Intake {
            database: &self.store.database,
            blobs: &self.store.blobs,
            ledger: &self.ledger,
            registry: &self.registry,
            dictionary: &self.dictionary,
            site: "handa",
            who: "tester",
        };
        let source = Source { name, bytes, received_at: NOW, modified_at: None, neighbours: &Alone };
        intake.receive(&source, mode)
    }

    pub(crate) fn world(&self) -> World {
        self.store.database.read(|tx| World::load(tx, "handa", &self.dictionary, NOW)).unwrap()
    }

    pub(crate) fn evidence_count(&self) -> usize {
        self.store.database.read(|tx| tables::list_evidence(tx, "handa")).unwrap().len()
    }

    pub(crate) fn ledger_size(&self) -> u64 {
        self.store.database.read(store::ledger::find_size).unwrap()
    }
}
