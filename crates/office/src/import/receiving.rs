//! Receives the files of an upload one by one, in the background of this node.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use ::evidence::gather::Item as File;
use ::evidence::receive::Mode;
use ::evidence::{Gathered, Receipt, ReceiptState, ReceiveError, Refusal};
use ::store::{BlobError, StoreError};
use base::{ContentHash, Locator};
use web::{HttpError, UploadPlace};

use super::differences::Differences;
use super::store::{self as tables, Item, ItemState};
use crate::Office;

/// How often a node says that it still works on a batch.
const BEAT_EVERY: Duration = Duration::from_secs(10);

/// An upload that is to be received.
pub(super) struct Work {
    pub(super) batch: i64,
    pub(super) site: String,
    pub(super) who: String,
    pub(super) gathered: Gathered,
    /// The place it takes, as long as its bytes are in memory.
    pub(super) place: UploadPlace,
}

/// Starts the work in a thread of its own.
pub(super) fn start(office: &Arc<Office>, work: Work) -> Result<(), HttpError> {
    let office = Arc::clone(office);
    let started = thread::Builder::new().name("import".to_owned()).spawn(move || run(&office, work));
    started.map(|_| ()).map_err(HttpError::internal)
}

/// Receives everything. If this thread dies, nobody says any more that the batch is being worked on, and its page says so.
fn run(office: &Office, work: Work) {
    let (end, ended) = channel::<()>();
    thread::scope(|scope| {
        let batch = work.batch;
        scope.spawn(move || {
            while ended.recv_timeout(BEAT_EVERY) == Err(RecvTimeoutError::Timeout) {
                let now = office.installation.now();
                if let Err(err) = office.database().transaction::<_, StoreError>(|tx| tables::beat(tx, batch, now)) {
                    tracing::warn!(batch, error = %err, "the heartbeat of an import was not written");
                }
            }
        });
        // Dropped at the end of this block, whatever happens in it.
        let _end = end;
        let trouble = match receive_files(office, &work) {
            Ok(()) => "",
            Err(err) => {
                tracing::error!(batch, error = %err, "an import stopped");
                trouble_of(&err)
            }
        };
        let now = office.installation.now();
        let finished =
            office.database().transaction::<_, StoreError>(|tx| tables::finish_batch(tx, batch, trouble, now));
        if let Err(err) = finished {
            tracing::error!(batch, error = %err, "the end of an import was not written");
        }
    });
    drop(work.place);
}

fn trouble_of(err: &ReceiveError) -> &'static str {
    match err {
        ReceiveError::Blob(BlobError::Full { .. }) | ReceiveError::Store(StoreError::Full { .. }) => {
            "import-trouble-full"
        }
        ReceiveError::Blob(_) | ReceiveError::Store(_) | ReceiveError::Ledger(_) | ReceiveError::Importer { .. } => {
            "import-trouble-other"
        }
    }
}

fn receive_files(office: &Office, work: &Work) -> Result<(), ReceiveError> {
    let mut position = 0_i64;
    for file in work.gathered.items() {
        position += 1;
        let (item, differences) = receive(office, work, file, position)?;
        keep(office, work.batch, &item, differences.as_ref())?;
    }
    for (name, refusal) in work.gathered.refusals() {
        position += 1;
        keep(office, work.batch, &refused(office, name, refusal, position), None)?;
    }
    Ok(())
}

fn keep(office: &Office, batch: i64, item: &Item, differences: Option<&Differences>) -> Result<(), StoreError> {
    let now = office.installation.now();
    office.database().transaction(|tx| {
        tables::add_item(tx, batch, item, differences)?;
        tables::beat(tx, batch, now)
    })
}

fn receive(
    office: &Office,
    work: &Work,
    file: &File,
    position: i64,
) -> Result<(Item, Option<Differences>), ReceiveError> {
    let bytes = match work.gathered.read(file) {
        Ok(bytes) => bytes,
        Err(refusal) => return Ok((refused(office, &file.name, &refusal, position), None)),
    };
    let intake = office.installation.upload_intake(&work.site, &work.who);
    let source = work.gathered.source(file, &bytes, office.installation.now());
    let receipt = match intake.receive(&source, Mode::PreviewLedgers) {
        Err(ReceiveError::Importer { importer, stated }) => {
            tracing::error!(importer, stated, "an importer states what the dictionary does not define");
            let refusal = Refusal::new(Locator::Whole, "refused-defect", importer);
            return Ok((refused(office, &file.name, &refusal, position), None));
        }
        other => other?,
    };
    let mut item = item_of(&receipt, &source, position);
    let ReceiptState::Previewed(preview) = &receipt.state else { return Ok((item, None)) };
    // What waits for a decision is kept without its secrets, so that any node can apply it.
    let redaction = match intake.take_secrets_out(&source) {
        Ok(redaction) => redaction,
        Err(err) => {
            let refusal = Refusal::new(err.locator, err.message, &err.detail);
            return Ok((refused(office, &file.name, &refusal, position), None));
        }
    };
    let kept = redaction.as_ref().map_or(source.bytes, |redaction| redaction.bytes.as_slice());
    item.sha256 = Some(office.installation.blobs.put(kept)?);
    Ok((item, Some(Differences::of(preview))))
}

fn item_of(receipt: &Receipt, source: &::evidence::Source<'_>, position: i64) -> Item {
    let listed = receipt.refusals.len();
    // Of what holds secrets that can't be taken out, nothing is kept.
    let is_withheld = matches!(receipt.state, ReceiptState::Unreadable(_)) && receipt.evidence.is_none();
    Item {
        position,
        name: receipt.name.clone(),
        state: if is_withheld { ItemState::Refused } else { state_of(&receipt.state) },
        importer: receipt.importer.to_owned(),
        evidence: receipt.evidence,
        sha256: (!is_withheld).then_some(receipt.sha256),
        original: (!is_withheld).then(|| ContentHash::of(source.bytes)),
        received_at: source.received_at,
        modified_at: source.modified_at,
        accepted: usize::try_from(receipt.accepted).unwrap_or(usize::MAX),
        facts: usize::try_from(receipt.facts).unwrap_or(usize::MAX),
        refused: listed.saturating_add(usize::try_from(receipt.refused_more).unwrap_or(usize::MAX)),
        refusals: receipt.refusals.iter().map(Into::into).collect(),
        struck: receipt.struck.clone(),
        preview: None,
        decision: None,
    }
}

const fn state_of(state: &ReceiptState) -> ItemState {
    match state {
        ReceiptState::Applied => ItemState::Applied,
        ReceiptState::Known => ItemState::Known,
        ReceiptState::Unrecognised => ItemState::Unrecognised,
        ReceiptState::Unreadable(_) => ItemState::Unreadable,
        ReceiptState::Previewed(_) => ItemState::Previewed,
    }
}

/// A file that was not kept.
fn refused(office: &Office, name: &str, refusal: &Refusal, position: i64) -> Item {
    Item {
        position,
        name: name.to_owned(),
        state: ItemState::Refused,
        importer: String::new(),
        evidence: None,
        sha256: None,
        original: None,
        received_at: office.installation.now(),
        modified_at: None,
        accepted: 0,
        facts: 0,
        refused: 1,
        refusals: vec![refusal.into()],
        struck: Vec::new(),
        preview: None,
        decision: None,
    }
}
