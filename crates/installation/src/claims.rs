//! What people say: answers to items and documents, kept as evidence and held against proof. Command line and office alike.

use base::{ContentHash, Date, Grade, Text};
use evidence::importer::Alone;
use evidence::{FactSink, Importer, ReadError, Receipt, ReceiptState, ReceiveError, Redaction, Registry, Source};
use governance::statement::{claim_subject, write_claim};
use governance::store as tables;
use store::StoreError;
use store::ledger::LedgerError;

use crate::opened::Installation;

/// Largest document, in bytes.
pub const MAX_DOCUMENT_BYTES: u64 = 256 << 20;
/// Longest note, title, edition or name, in characters.
pub const MAX_TEXT_CHARS: usize = 2_000;

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
    /// It holds secrets that can't be taken out.
    #[error("the document holds secrets that can't be taken out")]
    Withheld(#[from] ReadError),
    /// The database refused.
    #[error("what was said could not be recorded")]
    Store(#[from] StoreError),
    /// The intake refused.
    #[error("what was said could not be received")]
    Receive(#[from] ReceiveError),
    /// The ledger refused.
    #[error("what was said could not be witnessed")]
    Ledger(#[from] LedgerError),
}

impl Installation {
    /// Records an answer to an item. `is_finding` says whether the evidence contradicts a check, so that a "yes" or "not
    /// applicable" against evidence is not recorded: first comes an exception, or new evidence.
    ///
    /// # Errors
    /// [`ClaimError`]; nothing was recorded then. Recording and the look whether somebody was faster are one transaction.
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
        let before = self.database.read(|tx| find_answer(tx, site, new.item))?.map_or(0, |(evidence, _)| evidence);
        let text = write_claim(new.item, new.said.name(), new.who, now.date_jst(), target, new.note);
        // The same answer as an earlier one is an answer of its own if there was another between them.
        let text = format!("{text}# {} {before}\n", now.rfc3339());
        let name = format!("claim-{}-{}.statement.toml", new.item, now.0);
        let source = self.piece(&name, text.as_bytes());
        self.intake(site, new.who).receive_together(&[(&self.registry, source)], |tx| {
            // Asked where one writes at a time: of two who saw the same, the second is told who was faster.
            match (new.seen, find_answer(tx, site, new.item)?) {
                (Some(seen), Some((evidence, who))) if seen != evidence => Err(ClaimError::Overtaken { who }),
                (Some(seen), None) if seen != 0 => Err(ClaimError::Overtaken { who: String::new() }),
                (Some(_) | None, _) => Ok(()),
            }
        })
    }

    /// Hands in a document with the statement about it, both in one transaction; a document need not be of a format that mamori
    /// reads. The receipts are of the document and of its statement, in this order.
    ///
    /// # Errors
    /// [`ClaimError`]; nothing was recorded then, neither document nor statement.
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
        let kept = Registry::new(vec![Box::new(Kept(self.packs.registry()))]);
        let statement = format!("{name}.statement.toml");
        let files = [(&kept, self.piece(&name, &bytes)), (&self.registry, self.piece(&statement, text.as_bytes()))];
        self.intake(site, who).receive_together(&files, |_| Ok(()))
    }

    /// A file that is handed in now and on its own.
    fn piece<'b>(&self, name: &'b str, bytes: &'b [u8]) -> Source<'b> {
        Source { name, bytes, received_at: self.now(), modified_at: None, neighbours: &Alone }
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

#[cfg(test)]
mod tests {
    use base::UtcSeconds;
    use tempfile::TempDir;

    use super::*;
    use crate::fixture::open;

    const NOW: UtcSeconds = UtcSeconds(1_795_143_600);

    fn sizes(installation: &Installation) -> (usize, u64) {
        let rows = installation.database.read(|tx| evidence::store::list_evidence(tx, "main")).unwrap();
        (rows.len(), installation.database.read(store::ledger::find_size).unwrap())
    }

    fn hand_in(installation: &Installation, name: &str, bytes: &[u8]) -> Result<Vec<Receipt>, ClaimError> {
        let kind = &installation.packs.kinds.iter().next().unwrap().kind;
        let paper =
            Paper { kind, title: "規程", edition: None, by: "院長", issued: None, until: None, sections: &[] };
        installation.hand_in_document("main", "佐藤", &paper, (name.to_owned(), bytes.to_vec()))
    }

    #[test]
    fn a_document_and_its_statement_are_recorded_together_and_again_is_harmless() {
        let folder = TempDir::new().unwrap();
        let installation = open(&folder, NOW);
        let receipts = hand_in(&installation, "規程.txt", "第1条".as_bytes()).unwrap();
        assert!(receipts.iter().all(|receipt| receipt.evidence.is_some() && !is_unread(receipt)), "{receipts:?}");
        assert_eq!(sizes(&installation), (2, 2));
        let again = hand_in(&installation, "規程.txt", "第1条".as_bytes()).unwrap();
        assert!(again.iter().all(|receipt| receipt.state == ReceiptState::Known), "{again:?}");
        assert_eq!(sizes(&installation), (2, 2));
    }

    #[test]
    fn a_statement_about_a_document_that_was_withheld_is_not_recorded_either() {
        let folder = TempDir::new().unwrap();
        let installation = open(&folder, NOW);
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let head = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice();
        let bytes = [head, &[0; 600], &wide("パスワード"), &[4, 0, 1], &wide("Kinen2024"), &[0; 8]].concat();
        assert!(matches!(hand_in(&installation, "規程.xls", &bytes), Err(ClaimError::Withheld(_))));
        assert_eq!(sizes(&installation), (0, 0));
    }

    #[test]
    fn of_two_who_saw_the_same_the_second_is_told_who_was_faster_and_nothing_of_theirs_is_kept() {
        let folder = TempDir::new().unwrap();
        let installation = open(&folder, NOW);
        let item = installation.packs.frameworks.iter().flat_map(|one| &one.items).next().unwrap();
        let answer = |who: &str, seen| {
            let new = NewAnswer { item: &item.id, said: Said::Yes, note: "", who, seen };
            installation.answer_item("main", &new, |_| Ok(false))
        };
        answer("佐藤", Some(0)).unwrap();
        let before = sizes(&installation);
        let late = answer("伊藤", Some(0));
        assert!(matches!(late, Err(ClaimError::Overtaken { who }) if who == "佐藤"));
        assert_eq!(sizes(&installation), before);
        answer("伊藤", Some(1)).unwrap();
        answer("佐藤", None).unwrap();
    }
}
