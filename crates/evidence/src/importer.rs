//! What an importer is, and where it puts what it reads.

use std::collections::HashMap;
use std::sync::Arc;

use assess::{Dictionary, KeyId};
use base::plain::is_hidden;
use base::{FactValue, Grade, Locator, Subject, Text, UtcSeconds};

/// One file as it was handed in: loose, from a folder, or out of an archive.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Path relative to what was handed in, with `/` between components; archive names end in `!/`.
    pub name: &'a str,
    /// The whole content.
    pub bytes: &'a [u8],
    /// When mamori received it.
    pub received_at: UtcSeconds,
    /// When the file was last written, as the file system or the archive says.
    pub modified_at: Option<UtcSeconds>,
    /// The files handed in together with this one, for formats that are spread over a folder.
    pub neighbours: &'a dyn Neighbours,
}

/// Access to the files that were handed in together.
pub trait Neighbours: std::fmt::Debug {
    /// The content of the file of exactly this name, if it was handed in.
    fn find(&self, name: &str) -> Option<Arc<[u8]>>;
}

/// No neighbours.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Neighbours for Alone {
    fn find(&self, _: &str) -> Option<Arc<[u8]>> {
        None
    }
}

/// A secret that was taken out before anything was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    /// What it was, never its value: `cpassword`, `ms-Mcs-AdmPwd`.
    pub what: String,
    /// Where it stood.
    pub locator: Locator,
}

/// The bytes without their secrets, and what was struck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// What is stored instead of the original.
    pub bytes: Vec<u8>,
    /// Every secret that was struck.
    pub struck: Vec<Struck>,
}

/// A row, record or file that was not taken, and why. `message` is an id of the message catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where.
    pub locator: Locator,
    /// Message id, `refused-…`.
    pub message: &'static str,
    /// What was found, cut to 200 characters; may be empty.
    pub detail: String,
}

impl Refusal {
    /// A refusal with its detail cut to a readable length and without control characters.
    #[must_use]
    pub fn new(locator: Locator, message: &'static str, detail: &str) -> Self {
        let detail = detail.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
        Self { locator, message, detail }
    }
}

/// The file as a whole could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at {locator}: {detail}")]
pub struct ReadError {
    /// Message id, `unreadable-…`.
    pub message: &'static str,
    /// Where reading ended.
    pub locator: Locator,
    /// What the parser said.
    pub detail: String,
}

/// Turns one format into facts. Implementations hold no state and do no I/O.
pub trait Importer: Send + Sync {
    /// Stable name, stored with the evidence: `nmap_xml`.
    fn id(&self) -> &'static str;

    /// What the user calls this format.
    fn label(&self) -> Text;

    /// How good this evidence is.
    fn grade(&self) -> Grade;

    /// Whether the content is of this format. Looks at the bytes; the name may only break ties.
    fn recognises(&self, source: &Source<'_>) -> bool;

    /// Takes secrets out; `None` if there are none.
    fn redact(&self, _bytes: &[u8]) -> Option<Redaction> {
        None
    }

    /// Whether `value` is one of the words that a column of this label may hold; `None` unless the column is about passwords
    /// and has a fixed list of words. What is none of them may be a password itself.
    fn knows_word(&self, _label: &str, _value: &str) -> Option<bool> {
        None
    }

    /// Whether a person should see the differences before they are applied (ledgers kept by hand).
    fn wants_preview(&self) -> bool {
        false
    }

    /// Reads facts into `sink`. Bad rows are refused there, one by one.
    ///
    /// # Errors
    /// [`ReadError`] if nothing of the file can be used.
    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError>;
}

/// A fact as an importer states it. `subject` indexes [`FactSink::subjects`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    /// Index of the subject.
    pub subject: u32,
    /// Key in the dictionary.
    pub key: KeyId,
    /// The value.
    pub value: FactValue,
    /// Where it stands in the evidence.
    pub locator: Locator,
}

/// A value without what nobody sees: a direction mark would turn the line of a page around. Line breaks and tabs are seen.
fn without_marks(value: FactValue) -> FactValue {
    let is_unseen = |c: char| is_hidden(c) && !c.is_control();
    let clean = |text: String| if text.contains(is_unseen) { text.replace(is_unseen, "") } else { text };
    match value {
        FactValue::Text(text) => FactValue::Text(clean(text)),
        FactValue::List(items) => FactValue::list(items.into_iter().map(clean).collect::<Vec<_>>()),
        FactValue::Bool(_) | FactValue::Integer(_) | FactValue::Date(_) => value,
    }
}

/// Collects what one file says.
#[derive(Debug)]
pub struct FactSink<'d> {
    dictionary: &'d Dictionary,
    subjects: Vec<Subject>,
    index: HashMap<Subject, u32>,
    facts: Vec<NewFact>,
    refusals: Vec<Refusal>,
    observed_at: Option<UtcSeconds>,
    grade: Option<Grade>,
    accepted: u32,
    unused: u32,
    undefined: Vec<String>,
    refused_more: u32,
}

impl<'d> FactSink<'d> {
    /// Most refusals kept one by one; the rest are counted.
    pub const MAX_REFUSALS: usize = 10_000;

    /// An empty sink.
    #[must_use]
    pub fn new(dictionary: &'d Dictionary) -> Self {
        Self {
            dictionary,
            subjects: Vec::new(),
            index: HashMap::new(),
            facts: Vec::new(),
            refusals: Vec::new(),
            observed_at: None,
            grade: None,
            accepted: 0,
            unused: 0,
            undefined: Vec::new(),
            refused_more: 0,
        }
    }

    /// The dictionary, for importers that look keys up by their Windows name.
    #[must_use]
    pub const fn dictionary(&self) -> &'d Dictionary {
        self.dictionary
    }

    /// States one fact. A key outside the dictionary, of another subject kind, or a value of another type is a defect of the
    /// importer: the fact is not taken and [`FactSink::undefined`] names it.
    pub fn say(&mut self, subject: &Subject, key: &str, value: FactValue, locator: Locator) {
        match self.dictionary.find(key) {
            Some(definition) => self.say_key(subject, definition.id, value, locator),
            None => self.undefined.push(key.to_owned()),
        }
    }

    /// As [`FactSink::say`], for a key already looked up.
    pub fn say_key(&mut self, subject: &Subject, key: KeyId, value: FactValue, locator: Locator) {
        let fits = |definition: &&assess::Definition| {
            definition.subject == subject.kind() && definition.fact_type == value.fact_type()
        };
        if self.dictionary.definition(key).filter(fits).is_none() {
            self.undefined.push(format!("{} of {subject} as {}", self.dictionary.key(key), value.fact_type().name()));
            return;
        }
        let subject = self.subject_index(subject);
        self.facts.push(NewFact { subject, key, value: without_marks(value), locator });
    }

    fn subject_index(&mut self, subject: &Subject) -> u32 {
        if let Some(index) = self.index.get(subject) {
            return *index;
        }
        let index = u32::try_from(self.subjects.len()).unwrap_or(u32::MAX);
        self.subjects.push(subject.clone());
        self.index.insert(subject.clone(), index);
        index
    }

    /// Counts one row or record as accepted.
    pub const fn accept(&mut self) {
        self.accepted = self.accepted.saturating_add(1);
    }

    /// Counts one value that was read but that no fact of the dictionary asks for.
    pub const fn leave_unused(&mut self) {
        self.unused = self.unused.saturating_add(1);
    }

    /// Refuses one row or record.
    pub fn refuse(&mut self, locator: Locator, message: &'static str, detail: &str) {
        if self.refusals.len() < Self::MAX_REFUSALS {
            self.refusals.push(Refusal::new(locator, message, detail));
        } else {
            self.refused_more = self.refused_more.saturating_add(1);
        }
    }

    /// The file itself says when it was made.
    pub const fn observed_at(&mut self, at: UtcSeconds) {
        self.observed_at = Some(at);
    }

    /// This file is worth less or more than the importer's usual grade.
    pub const fn graded(&mut self, grade: Grade) {
        self.grade = Some(grade);
    }

    /// Subjects in the order they were first named.
    #[must_use]
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    /// Facts in the order they were stated.
    #[must_use]
    pub fn facts(&self) -> &[NewFact] {
        &self.facts
    }

    /// Refusals, and how many more there were.
    #[must_use]
    pub fn refusals(&self) -> (&[Refusal], u32) {
        (&self.refusals, self.refused_more)
    }

    /// What the importer said wrongly; empty unless the importer has a defect.
    #[must_use]
    pub fn undefined(&self) -> &[String] {
        &self.undefined
    }

    /// Rows accepted, and values left unused.
    #[must_use]
    pub const fn counts(&self) -> (u32, u32) {
        (self.accepted, self.unused)
    }

    /// When the file was made and how good it is, if it said so.
    #[must_use]
    pub const fn stated(&self) -> (Option<UtcSeconds>, Option<Grade>) {
        (self.observed_at, self.grade)
    }
}
