//! One source → evidence in the store, facts, and an entry in the ledger; all of it or nothing.

use assess::Dictionary;
use base::{ContentHash, Locator, UtcSeconds};
use formats::table::{Limits, has_too_many_cells};
use serde_json::json;
use store::ledger::{LedgerError, NewEntry, Recording};
use store::{BlobError, Blobs, Database, Ledger, StoreError, Transaction};

use crate::importer::{FactSink, Importer, ReadError, Redaction, Refusal, Source, Struck};
use crate::preview::{self, Preview};
use crate::reading::Reading;
use crate::recognise::Registry;
use crate::set_aside::{hash_refusals, hash_struck};
use crate::store::{self as tables, EvidenceRow, FactRow};

/// Topic of the message that asks for a new assessment of a site.
pub const RECEIVED_TOPIC: &str = "evidence.received";

/// What the intake works with.
#[derive(Debug, Clone, Copy)]
pub struct Intake<'a> {
    /// Where evidence rows and facts go.
    pub database: &'a Database,
    /// Where the bytes go.
    pub blobs: &'a Blobs,
    /// The witness.
    pub ledger: &'a Ledger,
    /// Importers of this installation.
    pub registry: &'a Registry,
    /// What may be said.
    pub dictionary: &'a Dictionary,
    /// The site the evidence belongs to.
    pub site: &'a str,
    /// Who hands it in.
    pub who: &'a str,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptState {
    /// Its facts are in force. What this says is on the disk.
    Applied,
    /// The same bytes were received before; nothing was changed.
    Known,
    /// Kept, but no importer knows the format.
    Unrecognised,
    /// Its importer could not read it. Kept, unless the receipt names no evidence: then it holds secrets that could not be
    /// taken out, and nothing was stored.
    Unreadable(ReadError),
    /// Nothing was changed yet: a person should look at the differences.
    Previewed(Preview),
}

/// The answer for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Name as handed in.
    pub name: String,
    /// What became of it.
    pub state: ReceiptState,
    /// Importer; empty if none.
    pub importer: &'static str,
    /// Hash of what is stored.
    pub sha256: ContentHash,
    /// Number of the evidence, unless nothing was stored.
    pub evidence: Option<i64>,
    /// Rows or records accepted.
    pub accepted: u32,
    /// Values that no fact asks for.
    pub unused: u32,
    /// Facts read.
    pub facts: u64,
    /// What was refused, and how many refusals more are not listed.
    pub refusals: Vec<Refusal>,
    /// Refusals that are not listed.
    pub refused_more: u32,
    /// Secrets taken out before storing.
    pub struck: Vec<Struck>,
}

/// Why a file could not be received. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The bytes could not be stored.
    #[error("the evidence could not be stored")]
    Blob(#[from] BlobError),
    /// The database refused.
    #[error("the evidence could not be recorded")]
    Store(#[from] StoreError),
    /// The ledger refused.
    #[error("the evidence could not be witnessed")]
    Ledger(#[from] LedgerError),
    /// The importer states facts that the dictionary does not have: a defect of mamori.
    #[error("importer {importer} states what the dictionary does not define: {stated}")]
    Importer {
        /// The importer.
        importer: &'static str,
        /// The first such statement.
        stated: String,
    },
}

/// What is remembered of a previewed file beside its redacted bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// Hash of the bytes that were handed in.
    pub original: ContentHash,
    /// Secrets that were taken out of them.
    pub struck: Vec<Struck>,
}

/// Whether differences are shown or applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Apply everything.
    Apply,
    /// Show the differences of ledgers kept by hand first; apply the rest.
    PreviewLedgers,
    /// Show what would happen; change nothing.
    PreviewAll,
}

impl Intake<'_> {
    /// Receives one file.
    ///
    /// # Errors
    /// [`ReceiveError`]; nothing was changed then.
    pub fn receive(&self, source: &Source<'_>, mode: Mode) -> Result<Receipt, ReceiveError> {
        let original = ContentHash::of(source.bytes);
        let known = self.database.read(|tx| tables::find_by_original(tx, self.site, original))?;
        let redaction = match self.take_secrets_out(source) {
            Ok(redaction) => redaction,
            Err(err) => return Ok(self.withhold(source, self.registry.find(source), err, original)),
        };
        let stored = redaction.as_ref().map_or(source.bytes, |redaction| redaction.bytes.as_slice());
        let struck = redaction.as_ref().map(|redaction| redaction.struck.clone()).unwrap_or_default();
        let reading = self.read(source, &Source { bytes: stored, ..*source }, original, struck)?;
        if let Some(known) = known.filter(|known| reading.repeats(known)) {
            return Ok(self.known_receipt(source.name, &known));
        }
        match mode {
            Mode::PreviewLedgers if reading.wants_preview && reading.receipt.state == ReceiptState::Applied => {
                return self.preview(reading);
            }
            Mode::PreviewAll if reading.receipt.state == ReceiptState::Applied => return self.preview(reading),
            Mode::PreviewAll => return Ok(reading.receipt),
            Mode::Apply | Mode::PreviewLedgers => {}
        }
        self.blobs.put(reading.stored)?;
        self.ledger.write(self.database, reading.received_at, |recording| self.settle(recording, &reading))
    }

    /// Applies a file that was previewed. `source` holds the bytes as they were staged, its secrets already taken out. In one
    /// transaction `agree` is shown what the file would change now, which may be something else than when it was previewed; then
    /// the evidence is recorded; then `within` runs. Either undoes everything if it refuses.
    ///
    /// # Errors
    /// What `agree` or `within` returns, or a [`ReceiveError`]; nothing was changed then.
    pub fn apply_staged<E: From<StoreError> + From<LedgerError> + From<ReceiveError>>(
        &self,
        source: &Source<'_>,
        staged: &Staged,
        mut agree: impl FnMut(&Preview) -> Result<(), E>,
        mut within: impl FnMut(&mut Recording<'_>, &Receipt) -> Result<(), E>,
    ) -> Result<Receipt, E> {
        let reading = self.read(source, source, staged.original, staged.struck.clone())?;
        self.blobs.put(reading.stored).map_err(ReceiveError::from)?;
        self.ledger.write(self.database, reading.received_at, |recording| {
            agree(&preview::compare(recording, self.site, self.dictionary, &reading.subjects, &reading.facts)?)?;
            let receipt = self.settle(recording, &reading)?;
            within(recording, &receipt)?;
            Ok(receipt)
        })
    }

    /// Receives files of which none is to be there without the others, in one transaction. Each is read with the importers beside
    /// it; `first` runs before anything is recorded, and nothing is if it refuses.
    ///
    /// # Errors
    /// What `first` returns, a [`ReceiveError`], or the [`ReadError`] of a file that holds secrets which can't be taken out;
    /// nothing was recorded then.
    pub fn receive_together<E>(
        &self,
        files: &[(&Registry, Source<'_>)],
        mut first: impl FnMut(&mut Recording<'_>) -> Result<(), E>,
    ) -> Result<Vec<Receipt>, E>
    where
        E: From<StoreError> + From<LedgerError> + From<ReceiveError> + From<ReadError>,
    {
        let mut redacted = Vec::with_capacity(files.len());
        for (registry, source) in files {
            redacted.push(Intake { registry, ..*self }.take_secrets_out(source)?);
        }
        let mut readings = Vec::with_capacity(files.len());
        for ((registry, source), redaction) in files.iter().zip(&redacted) {
            let stored = redaction.as_ref().map_or(source.bytes, |redaction| redaction.bytes.as_slice());
            let struck = redaction.as_ref().map(|redaction| redaction.struck.clone()).unwrap_or_default();
            let (intake, original) = (Intake { registry, ..*self }, ContentHash::of(source.bytes));
            readings.push(intake.read(source, &Source { bytes: stored, ..*source }, original, struck)?);
        }
        for reading in &readings {
            self.blobs.put(reading.stored).map_err(ReceiveError::from)?;
        }
        let at = readings.iter().map(|reading| reading.received_at).max().unwrap_or_default();
        self.ledger.write(self.database, at, |recording| {
            first(recording)?;
            let mut receipts = Vec::with_capacity(readings.len());
            for reading in &readings {
                receipts.push(self.settle(recording, reading)?);
            }
            Ok(receipts)
        })
    }

    /// The bytes without their secrets; `None` if there are none. Whatever the format: a file nobody recognises, or one that is
    /// read as something else, may hold a secret all the same.
    ///
    /// # Errors
    /// Why secrets that are in there can't be taken out or looked for; such a file must not be stored.
    pub fn take_secrets_out(&self, source: &Source<'_>) -> Result<Option<Redaction>, ReadError> {
        // Before anything reads it: a small file may hold a table that keeps a processor busy for minutes.
        let limits = Limits::default();
        if has_too_many_cells(source.bytes, &limits) {
            let detail = limits.cells.to_string();
            return Err(ReadError { message: "unreadable-too-many-cells", locator: Locator::Whole, detail });
        }
        self.registry.strike(self.registry.find(source), source.bytes)
    }

    /// What the importer of `source` makes of `redacted`, the same file without its secrets.
    fn read<'b>(
        &self,
        source: &Source<'_>,
        redacted: &Source<'b>,
        original: ContentHash,
        struck: Vec<Struck>,
    ) -> Result<Reading<'b>, ReceiveError> {
        let importer = self.registry.find(source);
        let mut sink = FactSink::new(self.dictionary);
        let read = importer.map(|importer| importer.read(redacted, &mut sink));
        if let (Some(importer), Some(stated)) = (importer, sink.undefined().first()) {
            return Err(ReceiveError::Importer { importer: importer.id(), stated: stated.clone() });
        }
        let state = match read {
            None => ReceiptState::Unrecognised,
            Some(Err(err)) => ReceiptState::Unreadable(err),
            Some(Ok(())) => ReceiptState::Applied,
        };
        Ok(Reading::new(importer, redacted, sink, state, struck, original))
    }

    /// The answer for a file with secrets that cannot be taken out: nothing of it is stored, not even that it was there.
    fn withhold(
        &self,
        source: &Source<'_>,
        importer: Option<&dyn Importer>,
        err: ReadError,
        original: ContentHash,
    ) -> Receipt {
        let sink = FactSink::new(self.dictionary);
        Reading::new(importer, source, sink, ReceiptState::Unreadable(err), Vec::new(), original).receipt
    }

    fn preview(&self, reading: Reading<'_>) -> Result<Receipt, ReceiveError> {
        let preview = self
            .database
            .read(|tx| preview::compare(tx, self.site, self.dictionary, &reading.subjects, &reading.facts))?;
        Ok(Receipt { state: ReceiptState::Previewed(preview), ..reading.receipt })
    }

    fn known_receipt(&self, name: &str, known: &EvidenceRow) -> Receipt {
        Receipt {
            name: name.to_owned(),
            state: ReceiptState::Known,
            importer: self.registry.iter().map(Importer::id).find(|id| *id == known.importer).unwrap_or_default(),
            sha256: known.sha256,
            evidence: Some(known.id),
            accepted: known.accepted,
            unused: known.unused,
            facts: known.fact_count,
            refusals: Vec::new(),
            refused_more: known.refused,
            struck: Vec::new(),
        }
    }

    /// Records a file whose bytes are kept, unless somebody has handed in the same ones since they were first looked for.
    fn settle(&self, tx: &mut Recording<'_>, reading: &Reading<'_>) -> Result<Receipt, ReceiveError> {
        let known = tables::find_by_original(tx, self.site, reading.original)?;
        Ok(match known.filter(|known| reading.repeats(known)) {
            Some(known) => self.known_receipt(&reading.receipt.name, &known),
            None => Receipt { evidence: Some(self.record(tx, reading)?), ..reading.receipt.clone() },
        })
    }

    fn record(&self, tx: &mut Recording<'_>, reading: &Reading<'_>) -> Result<i64, ReceiveError> {
        let receipt = &reading.receipt;
        let id = tables::next_evidence_id(tx)?;
        let facts_root = reading.facts_root(self.dictionary);
        let body = json!({
            "id": id,
            "blob": receipt.sha256.to_string(),
            "original": reading.original.to_string(),
            "name": receipt.name,
            "importer": receipt.importer,
            "size_bytes": reading.stored.len(),
            "accepted": receipt.accepted,
            "refused": reading.refused(),
            "refusals_hash": hash_refusals(&receipt.refusals).to_string(),
            "struck": receipt.struck.len(),
            "struck_hash": hash_struck(&receipt.struck).to_string(),
            "facts": reading.facts.len(),
            "facts_root": facts_root.to_string(),
            "observed_at": reading.observed_at.0,
        });
        let seq = tx.append(&NewEntry { kind: "evidence.added", site: self.site, who: self.who, body: &body })?;
        let row = EvidenceRow {
            id,
            site: self.site.to_owned(),
            name: receipt.name.clone(),
            sha256: receipt.sha256,
            original: reading.original,
            size_bytes: u64::try_from(reading.stored.len()).unwrap_or(u64::MAX),
            importer: receipt.importer.to_owned(),
            received_at: reading.received_at,
            observed_at: reading.observed_at,
            who: self.who.to_owned(),
            accepted: receipt.accepted,
            unused: receipt.unused,
            refused: reading.refused(),
            fact_count: u64::try_from(reading.facts.len()).unwrap_or(u64::MAX),
            facts_root,
            ledger_seq: i64::try_from(seq).unwrap_or(i64::MAX),
        };
        tables::add_evidence(tx, &row, &receipt.refusals, &receipt.struck)?;
        self.record_facts(tx, reading, id)?;
        request_assessment(tx, self.site, reading.received_at)?;
        Ok(id)
    }

    fn record_facts(&self, tx: &mut Recording<'_>, reading: &Reading<'_>, evidence: i64) -> Result<(), StoreError> {
        let subjects = tables::number_subjects(tx, self.site, &reading.subjects)?;
        let keys = tables::number_keys(tx, self.dictionary)?;
        let mut rows = reading.facts.iter().filter_map(|fact| {
            Some(FactRow {
                subject: *subjects.get(usize::try_from(fact.subject).ok()?)?,
                key: *keys.get(fact.key.index())?,
                observed_at: reading.observed_at,
                evidence,
                value: fact.value.to_string(),
                locator: fact.locator.to_string(),
                grade: reading.grade,
            })
        });
        tables::add_facts(tx, &mut rows)?;
        Ok(())
    }
}

/// Asks for a new assessment of a site, in the transaction of what makes it necessary: exceptions and time change verdicts as
/// much as evidence does.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn request_assessment(tx: &mut Transaction, site: &str, now: UtcSeconds) -> Result<(), StoreError> {
    store::outbox::publish(tx, RECEIVED_TOPIC, &json!({ "site": site }).to_string(), now)
}
