//! The tamper-evident ledger: an append-only list of entries under a hash tree, with a signed checkpoint after every transaction.
//!
//! What it finds: an entry that was edited, swapped, inserted or dropped, a tail that was cut off, evidence bytes that were changed
//! or are missing. What it can't find by itself: somebody with the disk *and* the key who rewrites everything; against that,
//! give a checkpoint out of the house now and then, and hand it to [`verify()`] as `witnessed`.

pub mod canonical;
pub mod checkpoint;
pub mod clock;
pub mod export;
pub mod key;
pub mod problem;
pub mod rows;
pub mod search;
pub mod tree;
pub mod verify;
mod verify_export;

use base::{ContentHash, UtcSeconds};
use serde_json::Value as Json;

pub use canonical::{CanonicalError, Entry};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use clock::{StepBack, list_steps_back};
pub use export::{ExportError, export};
pub use key::{KeyError, LedgerKey, PublicKey};
pub use problem::{Finding, Place, Problem, Verification};
pub use rows::{Column, read_rows};
pub use search::{
    EntrySearch, Found, Whole, count_entries, count_flagged, find_first_entry, find_newest, list_entries_about,
    search_entries,
};
pub use verify::{VerifyError, verify, verify_tail};
pub use verify_export::verify_export;

use crate::database::{Database, Transaction};
use crate::error::StoreError;
use tree::Peaks;

/// What happened, to be written into the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry<'a> {
    /// What happened: `evidence.added`, `a-z0-9_.` only.
    pub kind: &'a str,
    /// At which site.
    pub site: &'a str,
    /// Who did it: an account, or `mamori` itself.
    pub who: &'a str,
    /// What exactly: an object without fractions. Evidence is named by its hash as `sha256` (in `evidence.*`) or `blob`.
    pub body: &'a Json,
}

/// Why nothing was appended. The transaction is rolled back.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It can't be an entry.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// The stored tree does not fit together; run the verification.
    #[error("the ledger in the database is damaged at level {level}, position {position}")]
    Damaged {
        /// Height of the node that is missing or wrong.
        level: u32,
        /// Its index.
        position: u64,
    },
    /// The newest checkpoint is not of this key or not of this ledger's end, so that nothing may be added after it.
    #[error("the newest checkpoint does not fit the end of the ledger or the key")]
    NotOurs {
        /// What is wrong with it, if it is the checkpoint.
        source: Option<CheckpointError>,
    },
    /// A proof was asked for an entry or size the ledger does not have.
    #[error("the ledger has {size} entries; {asked} is not among them")]
    Outside {
        /// What was asked for.
        asked: u64,
        /// Number of entries.
        size: u64,
    },
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes the ledger.
#[derive(Debug)]
pub struct Ledger {
    key: LedgerKey,
}

impl Ledger {
    /// A ledger signed by `key`.
    #[must_use]
    pub const fn new(key: LedgerKey) -> Self {
        Self { key }
    }

    pub(crate) const fn key(&self) -> &LedgerKey {
        &self.key
    }

    /// The key others check with.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Runs `body` in a transaction that may append entries; together with them a signed checkpoint is kept. One at a time,
    /// as [`Database::transaction`].
    ///
    /// # Errors
    /// What `body` returns, [`LedgerError`] or [`StoreError`]; nothing is then kept.
    pub fn write<T, E: From<StoreError> + From<LedgerError>>(
        &self,
        database: &Database,
        now: UtcSeconds,
        mut body: impl FnMut(&mut Recording<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        database.transaction(|tx| {
            let mut recording = Recording { tx, key: &self.key, now, peaks: None };
            let value = body(&mut recording)?;
            recording.seal()?;
            Ok(value)
        })
    }
}

/// A transaction that may also append to the ledger. It dereferences to the [`Transaction`].
#[derive(Debug)]
pub struct Recording<'a> {
    tx: &'a mut Transaction,
    key: &'a LedgerKey,
    now: UtcSeconds,
    peaks: Option<Peaks>,
}

impl std::ops::Deref for Recording<'_> {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        self.tx
    }
}

impl std::ops::DerefMut for Recording<'_> {
    fn deref_mut(&mut self) -> &mut Transaction {
        self.tx
    }
}

impl Recording<'_> {
    /// Appends an entry; returns its index, from 0.
    ///
    /// # Errors
    /// [`LedgerError`]; return it, so that the transaction is rolled back.
    pub fn append(&mut self, entry: &NewEntry<'_>) -> Result<u64, LedgerError> {
        let mut peaks = match self.peaks.take() {
            Some(peaks) => peaks,
            None => resume(self.tx, &self.key.public())?,
        };
        let seq = peaks.size();
        let line = Entry {
            seq,
            at: self.now,
            kind: entry.kind.to_owned(),
            site: entry.site.to_owned(),
            who: entry.who.to_owned(),
            body: entry.body.clone(),
        }
        .canonical()?;
        let leaf = tree::leaf_hash(line.as_bytes());
        self.tx.execute(
            "INSERT INTO ledger_entry (seq, at, kind, canonical, leaf) VALUES ($1, $2, $3, $4, $5)",
            &[as_i64(seq).into(), self.now.into(), entry.kind.into(), line.into(), leaf.as_bytes().as_slice().into()],
        )?;
        for node in peaks.push(leaf) {
            self.tx.execute(
                "INSERT INTO ledger_node (level, position, hash) VALUES ($1, $2, $3)",
                &[node.level.into(), as_i64(node.position).into(), node.hash.as_bytes().as_slice().into()],
            )?;
        }
        self.peaks = Some(peaks);
        Ok(seq)
    }

    /// Writes the checkpoint over what was appended, if anything was.
    fn seal(self) -> Result<(), LedgerError> {
        let Some(peaks) = self.peaks else { return Ok(()) };
        let note = Checkpoint { size: peaks.size(), root: peaks.root() }.sign(self.key);
        self.tx.execute(
            "INSERT INTO ledger_checkpoint (size, note, at) VALUES ($1, $2, $3)",
            &[as_i64(peaks.size()).into(), note.into(), self.now.into()],
        )?;
        Ok(())
    }
}

/// Takes up the tree at its end. Refuses to build on an end that the newest checkpoint does not vouch for.
fn resume(tx: &mut Transaction, key: &PublicKey) -> Result<Peaks, LedgerError> {
    let size = find_size(tx)?;
    let mut hashes = Vec::new();
    for (level, position) in tree::peak_places(size) {
        hashes.push(find_node(tx, level, position)?);
    }
    let peaks = Peaks::resume(size, hashes).ok_or(LedgerError::Damaged { level: 0, position: size })?;
    match find_checkpoint(tx)? {
        None if size == 0 => Ok(peaks),
        None => Err(LedgerError::NotOurs { source: None }),
        Some(note) => {
            let found = Checkpoint::open(&note, key).map_err(|err| LedgerError::NotOurs { source: Some(err) })?;
            let fits = found == Checkpoint { size, root: peaks.root() };
            if fits { Ok(peaks) } else { Err(LedgerError::NotOurs { source: None }) }
        }
    }
}

/// Number of entries.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_size(tx: &mut Transaction) -> Result<u64, StoreError> {
    let row = tx.find("SELECT seq FROM ledger_entry ORDER BY seq DESC LIMIT 1", &[])?;
    row.map_or(Ok(0), |row| Ok(row.count(0)? + 1))
}

/// The newest signed checkpoint: what to print, mail or show as QR.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_checkpoint(tx: &mut Transaction) -> Result<Option<String>, StoreError> {
    let row = tx.find("SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1", &[])?;
    row.map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// The canonical line of entry `seq`.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_entry(tx: &mut Transaction, seq: u64) -> Result<Option<String>, StoreError> {
    let row = tx.find("SELECT canonical FROM ledger_entry WHERE seq = $1", &[as_i64(seq).into()])?;
    row.map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// The newest entries, the newest first, parsed; at most `limit`, older than `before` if given. Entries that can't be read are left out:
/// finding them is the work of [`verify()`].
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_entries(tx: &mut Transaction, before: Option<u64>, limit: u32) -> Result<Vec<Entry>, StoreError> {
    let before = before.map_or(i64::MAX, as_i64);
    let sql = "SELECT canonical FROM ledger_entry WHERE seq < $1 ORDER BY seq DESC LIMIT $2";
    let rows = tx.query(sql, &[before.into(), limit.into()])?;
    Ok(rows.iter().filter_map(|row| Entry::parse(row.text(0).ok()?).ok()).collect())
}

/// Proof that entry `seq` is in the ledger of the first `size` entries. Check it with [`tree::verify_inclusion`].
///
/// # Errors
/// [`LedgerError::Outside`] if there is no such entry or size.
pub fn inclusion_proof(tx: &mut Transaction, seq: u64, size: u64) -> Result<Vec<ContentHash>, LedgerError> {
    check_size(tx, size)?;
    if seq >= size {
        return Err(LedgerError::Outside { asked: seq, size });
    }
    tree::inclusion_path(&mut |level, position| find_node(tx, level, position), seq, size)
}

/// Proof that the ledger of `old` entries is the beginning of that of `size` entries. Check it with [`tree::verify_consistency`].
///
/// # Errors
/// [`LedgerError::Outside`] if the ledger is shorter.
pub fn consistency_proof(tx: &mut Transaction, old: u64, size: u64) -> Result<Vec<ContentHash>, LedgerError> {
    check_size(tx, size)?;
    if old > size {
        return Err(LedgerError::Outside { asked: old, size });
    }
    tree::consistency_path(&mut |level, position| find_node(tx, level, position), old, size)
}

/// Everything an outsider needs to check one entry with `verify_ledger.py --inclusion`: the entry, its place, the path, the newest checkpoint.
///
/// # Errors
/// [`LedgerError::Outside`] if there is no such entry, [`LedgerError::NotOurs`] if there is no checkpoint.
pub fn inclusion_document(tx: &mut Transaction, seq: u64) -> Result<Json, LedgerError> {
    let size = find_size(tx)?;
    let entry = find_entry(tx, seq)?.ok_or(LedgerError::Outside { asked: seq, size })?;
    let checkpoint = find_checkpoint(tx)?.ok_or(LedgerError::NotOurs { source: None })?;
    let hashes: Vec<String> = inclusion_proof(tx, seq, size)?.iter().map(ToString::to_string).collect();
    Ok(serde_json::json!({ "entry": entry, "seq": seq, "size": size, "hashes": hashes, "checkpoint": checkpoint }))
}

fn check_size(tx: &mut Transaction, asked: u64) -> Result<(), LedgerError> {
    let size = find_size(tx)?;
    if asked > size { Err(LedgerError::Outside { asked, size }) } else { Ok(()) }
}

fn find_node(tx: &mut Transaction, level: u32, position: u64) -> Result<ContentHash, LedgerError> {
    let row = if level == 0 {
        tx.find("SELECT leaf FROM ledger_entry WHERE seq = $1", &[as_i64(position).into()])?
    } else {
        let sql = "SELECT hash FROM ledger_node WHERE level = $1 AND position = $2";
        tx.find(sql, &[level.into(), as_i64(position).into()])?
    };
    let bytes = row.as_ref().map(|row| row.blob(0)).transpose()?;
    bytes.and_then(as_hash).ok_or(LedgerError::Damaged { level, position })
}

fn as_hash(bytes: &[u8]) -> Option<ContentHash> {
    bytes.try_into().ok().map(ContentHash::from_bytes)
}

/// Sizes of real ledgers fit; what does not fit matches no row.
fn as_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
