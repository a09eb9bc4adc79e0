//! Checks the ledger in the database against itself, its key, its evidence, and checkpoints that were given out.

use std::collections::{BTreeMap, BTreeSet};

use base::ContentHash;

use super::canonical::Entry;
use super::checkpoint::{Checkpoint, CheckpointError};
use super::key::PublicKey;
use super::problem::{Finding, MAX_PROBLEMS, Place, Verification};
use super::tree::{self, Node, Peaks};
use super::{LedgerError, as_hash, as_i64, find_checkpoint, find_node, find_size};
use crate::blobs::{BlobError, Blobs};
use crate::database::{Database, Transaction};
use crate::error::StoreError;

/// Entries read at once.
const PAGE: u64 = 1_000;
/// A gap of more entries than this is not bridged.
const MAX_GAP: u64 = 100_000;

/// Why a verification could not be carried out. This says nothing about the ledger.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The evidence could not be read.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// Checks everything: form, order and hash of every entry, every node of the tree, every checkpoint, the size, and the bytes of all
/// evidence that entries name. `witnessed` are checkpoints that had been given out of the house; each must fit.
///
/// # Errors
/// [`VerifyError`] if something could not be read at all; what is wrong with the ledger is in the [`Verification`].
pub fn verify(
    database: &Database,
    blobs: &Blobs,
    key: &PublicKey,
    witnessed: &[&str],
) -> Result<Verification, VerifyError> {
    let (mut result, named) = database.read(|tx| {
        let mut walk = Walk::new(key, witnessed);
        loop {
            let from = walk.peaks.size();
            let rows = list_page(tx, walk.next_seq)?;
            let Some(last) = rows.last() else { break };
            walk.next_seq = last.seq.saturating_add(1);
            let to = last.seq.saturating_add(1);
            walk.load_checkpoints(tx, from, to)?;
            let more = rows.into_iter().all(|row| walk.take(row));
            walk.check_nodes(tx, from)?;
            if !more {
                break;
            }
        }
        walk.finish(tx)?;
        Ok::<_, VerifyError>((walk.result, walk.named))
    })?;
    check_blobs(blobs, &named, &mut result)?;
    Ok(result)
}

/// A quick look at the end, for every start: the newest checkpoint, the last 1,000 entries, and that the tree over all fits the checkpoint.
///
/// # Errors
/// [`VerifyError`] if something could not be read at all.
pub fn verify_tail(database: &Database, key: &PublicKey) -> Result<Verification, VerifyError> {
    database.read(|tx| {
        let mut result = Verification::new();
        let size = find_size(tx)?;
        let start = size.saturating_sub(PAGE);
        for (expected, row) in (start..).zip(list_page(tx, start)?) {
            check_row(&row, expected, &mut result);
            result.entries += 1;
        }
        check_tail_root(tx, key, size, &mut result)?;
        Ok(result)
    })
}

fn check_tail_root(
    tx: &mut Transaction,
    key: &PublicKey,
    size: u64,
    result: &mut Verification,
) -> Result<(), VerifyError> {
    let place = Place::Checkpoint(size);
    let root = match tree::range_root_of_peaks(&mut |level, position| find_node(tx, level, position), size) {
        Ok(root) => root,
        Err(LedgerError::Store(err)) => return Err(err.into()),
        Err(_) => {
            result.add(place, Finding::NodeDiffers);
            return Ok(());
        }
    };
    result.root = root;
    let Some(note) = find_checkpoint(tx)? else {
        if size > 0 {
            result.add(place, Finding::NoCheckpoint);
        }
        return Ok(());
    };
    match Checkpoint::open(&note, key) {
        Err(err) => result.add(place, Finding::Checkpoint(err)),
        Ok(found) if found.size != size => result.add(place, Finding::Size { checkpoint: found.size, found: size }),
        Ok(found) if found.root != root => result.add(place, Finding::RootDiffers),
        Ok(_) => {}
    }
    Ok(())
}

struct EntryRow {
    seq: u64,
    at: i64,
    kind: String,
    canonical: String,
    leaf: Vec<u8>,
}

fn list_page(tx: &mut Transaction, from: u64) -> Result<Vec<EntryRow>, StoreError> {
    let sql = "SELECT seq, at, kind, canonical, leaf FROM ledger_entry WHERE seq >= $1 ORDER BY seq LIMIT $2";
    let rows = tx.query(sql, &[as_i64(from).into(), as_i64(PAGE).into()])?;
    rows.iter()
        .map(|row| {
            Ok(EntryRow {
                seq: row.count(0)?,
                at: row.integer(1)?,
                kind: row.text(2)?.to_owned(),
                canonical: row.text(3)?.to_owned(),
                leaf: row.blob(4)?.to_vec(),
            })
        })
        .collect()
}

/// Checks one row by itself; returns the entry if it could be read.
fn check_row(row: &EntryRow, expected: u64, result: &mut Verification) -> Option<Entry> {
    let place = Place::Entry(row.seq);
    if row.seq != expected {
        result.add(place.clone(), Finding::OutOfOrder { expected, found: row.seq });
    }
    if as_hash(&row.leaf) != Some(tree::leaf_hash(row.canonical.as_bytes())) {
        result.add(place.clone(), Finding::Edited);
    }
    match Entry::parse(&row.canonical) {
        Err(err) => {
            result.add(place, Finding::Form(err));
            None
        }
        Ok(entry) => {
            if entry.seq != row.seq {
                result.add(place.clone(), Finding::OutOfOrder { expected: row.seq, found: entry.seq });
            }
            if entry.at.0 != row.at || entry.kind != row.kind {
                result.add(place, Finding::ColumnDiffers);
            }
            Some(entry)
        }
    }
}

/// The way through the entries.
struct Walk<'a> {
    key: &'a PublicKey,
    peaks: Peaks,
    next_seq: u64,
    finished: Vec<Node>,
    checkpoints: BTreeMap<u64, Vec<ContentHash>>,
    witnessed: BTreeMap<u64, Vec<ContentHash>>,
    newest: Option<u64>,
    root_differs: bool,
    named: BTreeMap<ContentHash, u64>,
    result: Verification,
}

impl<'a> Walk<'a> {
    fn new(key: &'a PublicKey, witnessed: &[&str]) -> Self {
        let mut walk = Self {
            key,
            peaks: Peaks::default(),
            next_seq: 0,
            finished: Vec::new(),
            checkpoints: BTreeMap::new(),
            witnessed: BTreeMap::new(),
            newest: None,
            root_differs: false,
            named: BTreeMap::new(),
            result: Verification::new(),
        };
        for note in witnessed {
            match Checkpoint::open(note, key) {
                Ok(found) => walk.witnessed.entry(found.size).or_default().push(found.root),
                Err(err) => walk.result.add(Place::Checkpoint(0), Finding::Checkpoint(err)),
            }
        }
        walk
    }

    fn load_checkpoints(&mut self, tx: &mut Transaction, from: u64, to: u64) -> Result<(), StoreError> {
        let sql = "SELECT size, note FROM ledger_checkpoint WHERE size > $1 AND size <= $2 ORDER BY size";
        self.checkpoints.clear();
        tx.query_each(sql, &[as_i64(from).into(), as_i64(to).into()], |row| {
            self.take_checkpoint(row.count(0)?, row.text(1)?);
            Ok::<_, StoreError>(())
        })
    }

    fn take_checkpoint(&mut self, size: u64, note: &str) {
        self.newest = Some(size);
        match Checkpoint::open(note, self.key) {
            Ok(found) if found.size == size => self.checkpoints.entry(size).or_default().push(found.root),
            Ok(_) => self.result.add(Place::Checkpoint(size), Finding::Checkpoint(CheckpointError::Form)),
            Err(err) => self.result.add(Place::Checkpoint(size), Finding::Checkpoint(err)),
        }
    }

    /// Takes the next row; `false` if it makes no sense to go on.
    fn take(&mut self, row: EntryRow) -> bool {
        let expected = self.peaks.size();
        let entry = check_row(&row, expected, &mut self.result);
        if row.seq.saturating_sub(expected) > MAX_GAP {
            return false;
        }
        for _ in expected..row.seq {
            self.push(ContentHash::from_bytes([0; 32]));
        }
        // The kept hash goes into the tree: an edited entry is then one problem, not one at every node above it.
        self.push(as_hash(&row.leaf).unwrap_or_else(|| tree::leaf_hash(row.canonical.as_bytes())));
        self.result.entries += 1;
        if let Some(entry) = entry {
            note_blobs(&entry, &mut self.named, &mut self.result);
        }
        true
    }

    fn push(&mut self, leaf: ContentHash) {
        self.finished.extend(self.peaks.push(leaf));
        let size = self.peaks.size();
        let roots = self.checkpoints.get(&size).into_iter().chain(self.witnessed.get(&size)).flatten();
        let root = self.peaks.root();
        if !self.root_differs && roots.into_iter().any(|signed| *signed != root) {
            self.root_differs = true;
            self.result.add(Place::Checkpoint(size), Finding::RootDiffers);
        }
    }

    /// Compares the nodes finished since the tree had `from` leaves with the table.
    fn check_nodes(&mut self, tx: &mut Transaction, from: u64) -> Result<(), StoreError> {
        let to = self.peaks.size();
        let mut stored = BTreeMap::new();
        for level in 1..u64::BITS {
            let (first, end) = (from >> level, to >> level);
            if end == 0 {
                break;
            }
            let sql = "SELECT position, hash FROM ledger_node WHERE level = $1 AND position >= $2 AND position < $3";
            for row in tx.query(sql, &[level.into(), as_i64(first).into(), as_i64(end).into()])? {
                stored.insert((level, row.count(0)?), as_hash(row.blob(1)?));
            }
        }
        for node in std::mem::take(&mut self.finished) {
            if stored.get(&(node.level, node.position)) != Some(&Some(node.hash)) {
                let place = Place::Node { level: node.level, position: node.position };
                self.result.add(place, Finding::NodeDiffers);
            }
        }
        Ok(())
    }

    fn finish(&mut self, tx: &mut Transaction) -> Result<(), StoreError> {
        let size = self.peaks.size();
        self.result.root = self.peaks.root();
        self.load_checkpoints(tx, size, u64::MAX)?;
        let witnessed = self.witnessed.keys().next_back().copied();
        match self.newest.max(witnessed) {
            Some(newest) if newest != size => {
                self.result.add(Place::Entry(size.min(newest)), Finding::Size { checkpoint: newest, found: size });
            }
            None if size > 0 => self.result.add(Place::Checkpoint(size), Finding::NoCheckpoint),
            _ if witnessed == Some(size) && self.newest != Some(size) => {
                self.result.add(Place::Checkpoint(size), Finding::NoCheckpoint);
            }
            _ => {}
        }
        let nodes = tx.get("SELECT count(*) FROM ledger_node", &[])?.count(0)?;
        if nodes > size.saturating_sub(u64::from(size.count_ones())) {
            self.result.add(Place::Node { level: 0, position: size }, Finding::NodeDiffers);
        }
        Ok(())
    }
}

/// Collects the evidence an entry names: members called `blob` (a hash or a list of hashes) anywhere, and `sha256` in `evidence.*`.
pub(super) fn note_blobs(entry: &Entry, named: &mut BTreeMap<ContentHash, u64>, result: &mut Verification) {
    let mut texts = Vec::new();
    collect_blobs(&entry.body, &mut texts);
    if entry.kind.starts_with("evidence.") {
        texts.extend(entry.body.get("sha256"));
    }
    for text in texts {
        let hash =
            text.as_str().and_then(|text| text.parse::<ContentHash>().ok().filter(|hash| hash.to_string() == text));
        match hash {
            Some(hash) => {
                named.entry(hash).or_insert(entry.seq);
            }
            None => result.add(Place::Entry(entry.seq), Finding::BadBlobName),
        }
    }
}

fn collect_blobs<'a>(json: &'a serde_json::Value, texts: &mut Vec<&'a serde_json::Value>) {
    match json {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("blob", serde_json::Value::Null) => {}
                    ("blob", serde_json::Value::Array(items)) => texts.extend(items),
                    ("blob", value) => texts.push(value),
                    (_, value) => collect_blobs(value, texts),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect_blobs(item, texts)),
        _ => {}
    }
}

/// Reads every named piece of evidence, and lists the unnamed ones.
pub(super) fn check_blobs(
    blobs: &Blobs,
    named: &BTreeMap<ContentHash, u64>,
    result: &mut Verification,
) -> Result<(), BlobError> {
    for (hash, named_by) in named {
        match blobs.check(*hash) {
            Ok(_) => result.blobs += 1,
            Err(BlobError::Missing { .. }) => {
                result.add(Place::Blob(*hash), Finding::BlobMissing { named_by: *named_by })
            }
            Err(BlobError::Changed { .. }) => {
                result.add(Place::Blob(*hash), Finding::BlobChanged { named_by: *named_by })
            }
            Err(err) => return Err(err),
        }
    }
    let mut unnamed = BTreeSet::new();
    blobs.list_each(&mut |hash| {
        if !named.contains_key(&hash) && unnamed.len() < MAX_PROBLEMS {
            unnamed.insert(hash);
        }
    })?;
    result.unnamed_blobs = unnamed.into_iter().collect();
    Ok(())
}
