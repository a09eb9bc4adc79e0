//! A small checklist with two checks, and a world filled by hand.

use std::path::Path;

use ::store::{Migration, StoreError};
use assess::{Check, CheckPack, Dictionary, Framework};
use base::{ContentHash, FactValue, Grade, Subject};
use evidence::importer::Alone;
use evidence::store::{self as evidence_tables, EvidenceRow, SiteRow};
use evidence::world::Origin;
use evidence::{FactSink, Importer as _, ReadError, Refusal, Source, World};
use governance::exceptions::ActiveExceptions;
use governance::statement::StatementFile;
use governance::{Assessment, DocumentKinds, SiteAnswers, assess_site};
use testkit::{NOW, TestStore};

pub(crate) fn migrations() -> Vec<Migration> {
    [people::MIGRATIONS, evidence_tables::MIGRATIONS, governance::MIGRATIONS].concat()
}

fn pack(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(path)).unwrap()
}

pub(crate) fn dictionary() -> Dictionary {
    let files = ["facts/asset.toml", "facts/document.toml", "facts/policy.toml", "facts/site.toml"];
    let files = files.map(|file| (file, pack(file)));
    Dictionary::parse(&files.each_ref().map(|(name, text)| (*name, text.as_str()))).unwrap()
}

pub(crate) fn kinds() -> DocumentKinds {
    DocumentKinds::parse(&pack("documents/documents.toml")).unwrap()
}

fn check(id: &str, subject: &str, severity: &str, title: &str, expect: &str, facts: [&str; 3]) -> String {
    let outcomes = ["holds", "fails", "unknown"];
    let tests = facts.iter().zip(outcomes).map(|(facts, outcome)| {
        format!("[[check.test]]\nname = \"{outcome}\"\nfacts = {{ {facts} }}\noutcome = \"{outcome}\"\n")
    });
    let text = |ja: &str| format!("{{ ja = \"{ja}\", en = \"{ja}\" }}");
    format!(
        "[[check]]\nid = \"{id}\"\nsubject = \"{subject}\"\ntitle = {}\nexpect = \"{expect}\"\nseverity = \"{severity}\"\nwhy = {}\n\
         fix = {}\nask = {}\nsource = \"x\"\nedition = \"1\"\nmark = \"seen\"\nrows = []\n{}",
        text(title),
        text("診療が止まります。"),
        text("直してください。"),
        text("同じ書き出しを取り込んでください。"),
        tests.collect::<String>()
    )
}

/// `ACC-01`: a policy locks after ten tries; `AV-01`: an asset's virus protection is on.
pub(crate) fn checks(dictionary: &Dictionary) -> Vec<Check> {
    let lock = "\"policy.lockout_threshold\" =";
    let lock = [&format!("{lock} 5"), &format!("{lock} 0"), "\"policy.name\" = \"x\""];
    let av = ["\"asset.av_enabled\" = true", "\"asset.av_enabled\" = false", "\"asset.name\" = \"x\""];
    let expect = "policy.lockout_threshold >= 1 and policy.lockout_threshold <= 10";
    let text = format!(
        "[pack]\nid = \"p\"\ntitle = {{ ja = \"p\", en = \"p\" }}\n{}{}",
        check("ACC-01", "policy", "high", "10回以内でロックする", expect, lock),
        check("AV-01", "asset", "critical", "ウイルス対策が有効", "asset.av_enabled", av)
    );
    CheckPack::parse(dictionary, "p.toml", &text).unwrap().checks
}

/// `T-1` asks for both checks, `T-2` for ACC-01 or a review of accounts, `T-3` for rules with two elements, `T-4` for a word.
pub(crate) fn framework() -> Framework {
    let item = |number: u32, rest: &str| {
        format!(
            "[[item]]\nid = \"T-{number}\"\nnumber = \"{number}\"\nsection = {{ ja = \"章\", en = \"s\" }}\n\
             text = {{ ja = \"項目{number}\", en = \"item {number}\" }}\nscope = [\"all\"]\nanswerer = [\"hospital\"]\nmaps_to = []\n\
             basis = \"x\"\nmark = \"seen\"\nrows = []\n{rest}\n"
        )
    };
    let text = format!(
        "[framework]\nid = \"t\"\ntitle = {{ ja = \"試験\", en = \"test\" }}\nedition = \"令和8年度\"\nissuer = {{ ja = \"x\", en = \"x\" }}\n\
         valid_from = \"2026-04-01\"\naudience = \"hospital\"\nsource = \"x\"\nmark = \"seen\"\n{}{}{}{}",
        item(1, "checks = [\"ACC-01\", \"AV-01\"]\ndocuments = []\nstatement = true"),
        item(2, "checks = [\"ACC-01\"]\ndocuments = [\"account_review\"]\nstatement = false"),
        item(
            3,
            "checks = []\ndocuments = [\"operating_rules\"]\nstatement = false\n\
             elements = [{ id = \"a\", ja = \"甲\", en = \"A\" }, { id = \"b\", ja = \"乙\", en = \"B\" }]"
        ),
        item(4, "checks = []\ndocuments = []\nstatement = true\ncycle_days = 31"),
    );
    Framework::parse("t.toml", &text).unwrap()
}

/// A world with what it is asked.
pub(crate) struct Known {
    pub(crate) world: World,
    pub(crate) checks: Vec<Check>,
    pub(crate) kinds: DocumentKinds,
}

impl Known {
    pub(crate) fn new() -> Self {
        let dictionary = dictionary();
        Self { world: World::empty(&dictionary, NOW), checks: checks(&dictionary), kinds: kinds() }
    }

    pub(crate) fn say(&mut self, subject: &str, key: &str, value: &str, grade: Grade, days_ago: i64) {
        let subject: Subject = subject.parse().unwrap();
        let index = self.world.subject_index(&subject);
        let definition = self.world.dictionary().find(key).unwrap();
        let (key, value) = (definition.id, FactValue::parse(definition.fact_type, value).unwrap());
        let origin = Origin { subject: 1, key: 1, evidence: 1 };
        self.world.offer(index, key, value, NOW.plus_days(-days_ago), grade, origin);
    }

    /// Hands in a statement as this piece of evidence.
    pub(crate) fn hand_in(&mut self, evidence: i64, days_ago: i64, text: &str) {
        let dictionary = self.world.dictionary().clone();
        let mut sink = FactSink::new(&dictionary);
        read(text, &mut sink).unwrap();
        let grade = sink.stated().1.unwrap_or(Grade::Document);
        for fact in sink.facts() {
            let index = self.world.subject_index(&sink.subjects()[usize::try_from(fact.subject).unwrap()]);
            let origin = Origin { subject: 1, key: 1, evidence };
            self.world.offer(index, fact.key, fact.value.clone(), NOW.plus_days(-days_ago), grade, origin);
        }
    }

    pub(crate) fn assess(&self) -> Assessment {
        assess_site(&self.world, &self.checks, &ActiveExceptions::default())
    }

    pub(crate) fn answer<'f>(&self, framework: &'f Framework, assessment: &Assessment) -> SiteAnswers<'f> {
        governance::answers::answer(framework, &self.checks, assessment, &self.world, &self.kinds)
    }
}

/// Reads a statement.
pub(crate) fn read(text: &str, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
    let bytes = text.as_bytes();
    let source = Source { name: "statement.toml", bytes, received_at: NOW, modified_at: None, neighbours: &Alone };
    assert!(StatementFile.recognises(&source));
    StatementFile.read(&source, sink)?;
    assert_eq!(sink.undefined(), [] as [String; 0]);
    Ok(())
}

pub(crate) fn site() -> SiteRow {
    SiteRow {
        id: "handa".to_owned(), name: "半田病院".to_owned(), kind: assess::SiteKind::Hospital, beds: Some(120)
    }
}

/// Adds the site and a piece of evidence with one refused row; returns its number.
pub(crate) fn add_evidence(store: &TestStore, site_id: &str) -> Result<i64, StoreError> {
    store.database.transaction(|tx| {
        evidence_tables::put_site(tx, &SiteRow { id: site_id.to_owned(), ..site() }, NOW)?;
        let id = evidence_tables::next_evidence_id(tx)?;
        let row = EvidenceRow {
            id,
            site: site_id.to_owned(),
            name: "台帳.csv".to_owned(),
            sha256: ContentHash::of(b"x"),
            original: ContentHash::of(&id.to_le_bytes()),
            size_bytes: 1,
            importer: "lines".to_owned(),
            received_at: NOW,
            observed_at: NOW,
            who: "tester".to_owned(),
            accepted: 1,
            unused: 0,
            refused: 1,
            fact_count: 0,
            facts_root: ContentHash::of(b""),
            ledger_seq: 0,
        };
        let refusal = Refusal::new(base::Locator::Line(3), "refused-not-a-date", "きのう");
        evidence_tables::add_evidence(tx, &row, &[refusal], &[])?;
        Ok(id)
    })
}
