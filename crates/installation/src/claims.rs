//! What people say: answers to items and documents, kept as evidence and held against proof. Command line and office alike.

use base::{ContentHash, Date, Grade, Text};
use evidence::importer::Alone;
use evidence::receive::Mode;
use evidence::{FactSink, Gathered, Importer, Intake, ReadError, Receipt, ReceiptState, Redaction, Registry, Source};
use governance::statement::{claim_subject, write_claim};
use governance::store as tables;
use governance::store::Turn;
use store::StoreError;

use crate::opened::Installation;

/// Largest document, in bytes.
pub const MAX_DOCUMENT_BYTES: u64 = 256 << 20;
/// Longest note, title, edition or name, in characters.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// A turn that was taken and not used is over after so long, in seconds.
const TURN_S: i64 = 60;

/// はい, いいえ, 対象外.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// はい
    Yes,
    /// いいえ, with a day until when.
    No(Option<Date>),
    /// 対象外
    NotApplicable,
}

impl Said {
    /// As statements have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No(_) => "no",
            Self::NotApplicable => "na",
        }
    }
}

/// An answer to one item.
#[derive(Debug, Clone, Copy)]
pub struct NewAnswer<'a> {
    /// Id of the item.
    pub item: &'a str,
    /// The answer.
    pub said: Said,
    /// Remark; empty for none.
    pub note: &'a str,
    /// Who answers.
    pub who: &'a str,
    /// The evidence of the answer it takes the place of, as its writer saw it, 0 for none; `None` if nobody looked.
    pub seen: Option<i64>,
}

/// A document with who stands behind it.
#[derive(Debug, Clone)]
pub struct Paper<'a> {
    /// Kind, as the packs name it.
    pub kind: &'a str,
    /// Title.
    pub title: &'a str,
    /// Edition.
    pub edition: Option<&'a str>,
    /// Who stands behind it.
    pub by: &'a str,
    /// Day it was issued.
    pub issued: Option<Date>,
    /// Last day it counts.
    pub until: Option<Date>,
    /// Ids of the elements it contains.
    pub sections: &'a [String],
}

/// Why something said was not recorded. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// There is no such item.
    #[error("there is no item {item}")]
    UnknownItem {
        /// The id given.
        item: String,
    },
    /// There is no such kind of document.
    #[error("there is no kind of document {kind}")]
    UnknownKind {
        /// The name given.
        kind: String,
    },
    /// A "no" without a day until when.
    #[error("a no needs a day until when")]
    NoTarget,
    /// A "no" until a day that is over.
    #[error("the target day {found} is over")]
    BadTarget {
        /// The day given.
        found: Date,
    },
    /// A text is longer than [`MAX_TEXT_CHARS`] or missing.
    #[error("the text of {field} is missing or too long")]
    BadText {
        /// Which.
        field: &'static str,
    },
    /// The document is empty or larger than [`MAX_DOCUMENT_BYTES`].
    #[error("the document has {bytes} bytes")]
    BadSize {
        /// Found.
        bytes: u64,
    },
    /// Evidence speaks against it.
    #[error("evidence contradicts {}", checks.join(", "))]
    AgainstEvidence {
        /// The checks that are contradicted.
        checks: Vec<String>,
    },
    /// Somebody else has answered, or is about to.
    #[error("{who} was faster")]
    Overtaken {
        /// Who.
        who: String,
    },
    /// The database refused.
    #[error("the answer could not be recorded")]
    Store(#[from] StoreError),
    /// The intake refused.
    #[error("the answer could not be received")]
    Intake(#[from] anyhow::Error),
}

impl Installation {
    /// Records an answer to an item. `is_finding` says whether the evidence contradicts a check, so that a "yes" or "not
    /// applicable" against evidence is not recorded: first comes an exception, or new evidence.
    ///
    /// # Errors
    /// [`ClaimError`]; nothing was recorded then.
    pub fn answer_item(
        &self,
        site: &str,
        new: &NewAnswer<'_>,
        mut is_finding: impl FnMut(&str) -> Result<bool, ClaimError>,
    ) -> Result<Vec<Receipt>, ClaimError> {
        let mut items = self.packs.frameworks.iter().flat_map(|framework| &framework.items);
        let unknown = || ClaimError::UnknownItem { item: new.item.to_owned() };
        let item = items.find(|item| item.id == new.item).ok_or_else(unknown)?;
        check_text("note", new.note)?;
        let now = self.now();
        let target = match new.said {
            Said::No(None) => return Err(ClaimError::NoTarget),
            Said::No(Some(day)) if day < now.date_jst() => return Err(ClaimError::BadTarget { found: day }),
            Said::No(day) => day,
            Said::Yes | Said::NotApplicable => {
                let mut checks = Vec::new();
                for id in &item.checks {
                    if is_finding(id)? {
                        checks.push(id.clone());
                    }
                }
                if !checks.is_empty() {
                    return Err(ClaimError::AgainstEvidence { checks });
                }
                None
            }
        };
        let before = self.take_turn(site, new)?;
        let text = write_claim(new.item, new.said.name(), new.who, now.date_jst(), target, new.note);
        // The same answer as an earlier one is an answer of its own if there was another between them.
        let text = format!("{text}# {} {before}\n", now.rfc3339());
        let name = format!("claim-{}-{}.statement.toml", new.item, now.0);
        let gathered = Gathered::from_bytes(&name, text.into_bytes(), self.settings.limits);
        self.receive_claim(site, new.who, &gathered)
    }

    /// Makes sure that nobody has answered since this answer's writer looked, and that nobody does so at the same moment.
    fn take_turn(&self, site: &str, new: &NewAnswer<'_>) -> Result<i64, ClaimError> {
        let now = self.now();
        self.database.transaction(|tx| {
            let newest = find_answer(tx, site, new.item)?;
            let before = newest.as_ref().map_or(0, |(evidence, _)| *evidence);
            let seen = new.seen.unwrap_or(before);
            if seen != before {
                return Err(ClaimError::Overtaken { who: newest.map_or_else(String::new, |(_, who)| who) });
            }
            let turn = tables::find_turn(tx, site, new.item)?;
            let is_taken = |turn: &Turn| turn.seen == seen && turn.who != new.who && now.0 - turn.taken_at.0 < TURN_S;
            if let Some(turn) = turn.filter(is_taken).filter(|_| new.seen.is_some()) {
                return Err(ClaimError::Overtaken { who: turn.who });
            }
            let turn = Turn { seen, who: new.who.to_owned(), taken_at: now };
            tables::take_turn(tx, site, new.item, &turn)?;
            Ok(before)
        })
    }

    /// Hands in a document with the statement about it; a document need not be of a format that mamori reads.
    ///
    /// # Errors
    /// [`ClaimError`]; nothing was recorded then.
    pub fn hand_in_document(
        &self,
        site: &str,
        who: &str,
        paper: &Paper<'_>,
        file: (String, Vec<u8>),
    ) -> Result<Vec<Receipt>, ClaimError> {
        if self.packs.kinds.find(paper.kind).is_none() {
            return Err(ClaimError::UnknownKind { kind: paper.kind.to_owned() });
        }
        let (name, bytes) = file;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size == 0 || size > MAX_DOCUMENT_BYTES {
            return Err(ClaimError::BadSize { bytes: size });
        }
        for (field, text) in [("title", paper.title), ("by", paper.by)] {
            check_text(field, text)?;
            if text.trim().is_empty() {
                return Err(ClaimError::BadText { field });
            }
        }
        check_text("edition", paper.edition.unwrap_or_default())?;
        let text = paper.to_toml(ContentHash::of(&bytes));
        // Kept as one piece: a text document is an archive inside, and nobody hands in its parts. And only kept: a table that is
        // handed in as a paper must not change what is known about machines.
        let source =
            Source { name: &name, bytes: &bytes, received_at: self.now(), modified_at: None, neighbours: &Alone };
        let registry = Registry::new(vec![Box::new(Kept(self.packs.registry()))]);
        let intake = Intake { registry: &registry, ..self.intake(site, who) };
        let mut receipts = vec![intake.receive(&source, Mode::Apply).map_err(anyhow::Error::from)?];
        let statement = format!("{name}.statement.toml");
        let gathered = Gathered::from_bytes(&statement, text.into_bytes(), self.settings.limits);
        receipts.extend(self.receive_claim(site, who, &gathered)?);
        Ok(receipts)
    }

    fn receive_claim(&self, site: &str, who: &str, gathered: &Gathered) -> Result<Vec<Receipt>, ClaimError> {
        let mut receipts = Vec::new();
        let mut refused = None;
        self.receive_all(site, who, gathered, Mode::Apply, |_, receipt| {
            match receipt {
                Ok(receipt) => receipts.push(receipt.clone()),
                Err(text) => refused = Some(text.to_owned()),
            }
            Ok(())
        })?;
        match refused {
            Some(text) => Err(ClaimError::Intake(anyhow::anyhow!("{text}"))),
            None => Ok(receipts),
        }
    }
}

/// Takes the secrets out of a paper as the importers would, and reads nothing.
#[derive(Debug)]
struct Kept(Registry);

impl Importer for Kept {
    fn id(&self) -> &'static str {
        "kept"
    }

    fn label(&self) -> Text {
        Text { ja: "書類".to_owned(), en: "document".to_owned() }
    }

    fn grade(&self) -> Grade {
        Grade::Stated
    }

    fn recognises(&self, _: &Source<'_>) -> bool {
        false
    }

    fn redact(&self, bytes: &[u8]) -> Option<Redaction> {
        self.0.iter().find_map(|importer| importer.redact(bytes))
    }

    fn read(&self, _: &Source<'_>, _: &mut FactSink<'_>) -> Result<(), ReadError> {
        Ok(())
    }
}

/// Whether a receipt says that something of the file could not be used.
#[must_use]
pub fn is_unread(receipt: &Receipt) -> bool {
    matches!(receipt.state, ReceiptState::Unreadable(_)) || !receipt.refusals.is_empty()
}

/// The newest answer to an item: number of its evidence, and who handed it in.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_answer(tx: &mut store::Transaction, site: &str, item: &str) -> Result<Option<(i64, String)>, StoreError> {
    let Some(subject) = claim_subject(item) else { return Ok(None) };
    tables::find_newest_evidence_about(tx, site, &subject)
}

fn check_text(field: &'static str, text: &str) -> Result<(), ClaimError> {
    let is_long = text.chars().count() > MAX_TEXT_CHARS;
    if is_long { Err(ClaimError::BadText { field }) } else { Ok(()) }
}

impl Paper<'_> {
    fn to_toml(&self, attachment: ContentHash) -> String {
        let mut table = toml::Table::new();
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                table.insert(key.to_owned(), toml::Value::String(value));
            }
        };
        put("kind", Some(self.kind.to_owned()));
        put("title", Some(self.title.to_owned()));
        put("edition", self.edition.map(ToOwned::to_owned));
        put("signed_by", Some(self.by.to_owned()));
        put("issued_on", self.issued.map(|day| day.to_string()));
        put("valid_until", self.until.map(|day| day.to_string()));
        put("attachment_sha256", Some(attachment.to_string()));
        if !self.sections.is_empty() {
            let sections = self.sections.iter().cloned().map(toml::Value::String).collect();
            table.insert("sections".to_owned(), toml::Value::Array(sections));
        }
        format!("mamori_statement = 1\n{table}")
    }
}
