//! Writes the ledger into a folder that anybody can check without mamori.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::canonical::Entry;
use super::key::PublicKey;
use super::problem::Verification;
use super::{as_hash, find_checkpoint, verify};
use crate::blobs::{BlobError, Blobs, path_of};
use crate::database::{Database, Transaction};
use crate::error::StoreError;

pub(super) const ENTRIES: &str = "entries.jsonl";
pub(super) const LEAVES: &str = "leaves.txt";
pub(super) const CHECKPOINT: &str = "checkpoint.txt";
pub(super) const PUBLIC_KEY: &str = "public-key.txt";
pub(super) const BLOBS: &str = "blobs";
const README: &str = "README.txt";

/// Why nothing complete was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder holds something already.
    #[error("the folder {} is not empty", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The ledger has no entry yet.
    #[error("the ledger is empty")]
    Empty,
    /// A file could not be written.
    #[error("{} can't be written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Evidence that an entry names could not be copied. Verify the ledger to see all such places.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Number of entries.
    pub entries: u64,
    /// Number of pieces of evidence copied.
    pub blobs: u64,
}

/// Writes entries, leaf hashes, newest checkpoint and public key into `folder`, which must be new or empty; with
/// `blobs` also the evidence the entries name.
///
/// # Errors
/// [`ExportError`]; what the folder then holds is incomplete.
pub fn export(
    database: &Database,
    blobs: Option<&Blobs>,
    key: &PublicKey,
    folder: &Path,
) -> Result<Exported, ExportError> {
    let fail = |source| ExportError::Io { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(fail)?;
    if fs::read_dir(folder).map_err(fail)?.next().is_some() {
        return Err(ExportError::NotEmpty { path: folder.to_owned() });
    }
    let (checkpoint, entries, named) = database.read(|tx| {
        let checkpoint = find_checkpoint(tx)?.ok_or(ExportError::Empty)?;
        let (entries, named) = write_entries(tx, folder)?;
        Ok::<_, ExportError>((checkpoint, entries, named))
    })?;
    write_file(&folder.join(CHECKPOINT), checkpoint.as_bytes())?;
    write_file(&folder.join(PUBLIC_KEY), format!("{key}\n").as_bytes())?;
    write_file(&folder.join(README), README_TEXT.as_bytes())?;
    let mut copied = 0;
    if let Some(blobs) = blobs {
        let root = folder.join(BLOBS);
        fs::create_dir_all(&root).map_err(fail)?;
        for hash in named.keys() {
            let path = path_of(&root, *hash);
            write_with(&path, |file| Ok(blobs.copy_to(*hash, file)?))?;
            copied += 1;
        }
    }
    Ok(Exported { entries, blobs: copied })
}

type Named = BTreeMap<base::ContentHash, u64>;

fn write_entries(tx: &mut Transaction, folder: &Path) -> Result<(u64, Named), ExportError> {
    let (mut count, mut named) = (0, BTreeMap::new());
    let mut ignored = Verification::new();
    write_with(&folder.join(ENTRIES), |entries| {
        write_with(&folder.join(LEAVES), |leaves| {
            tx.query_each("SELECT canonical, leaf FROM ledger_entry ORDER BY seq", &[], |row| {
                let line = row.text(0)?;
                let fail = |file: &str| {
                    let path = folder.join(file);
                    move |source| ExportError::Io { path, source }
                };
                writeln!(entries, "{line}").map_err(fail(ENTRIES))?;
                let leaf = as_hash(row.blob(1)?).map(|leaf| leaf.to_string()).unwrap_or_default();
                writeln!(leaves, "{leaf}").map_err(fail(LEAVES))?;
                if let Ok(entry) = Entry::parse(line) {
                    verify::note_blobs(&entry, &mut named, &mut ignored);
                }
                count += 1;
                Ok(())
            })
        })
    })?;
    Ok((count, named))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    write_with(path, |file| file.write_all(bytes).map_err(|source| ExportError::Io { path: path.to_owned(), source }))
}

/// Writes a new file and waits until it is on the disk.
fn write_with<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<T, ExportError>) -> Result<T, ExportError> {
    let fail = |source| ExportError::Io { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(fail)?;
    }
    let mut file = BufWriter::new(File::create_new(path).map_err(fail)?);
    let value = write(&mut file)?;
    let file = file.into_inner().map_err(|err| fail(err.into_error()))?;
    file.sync_all().map_err(fail)?;
    Ok(value)
}

const README_TEXT: &str = "\
mamori 台帳の書き出し / Export of a mamori ledger

このフォルダーには、mamori が行ったことの記録（台帳）が入っています。記録の書き換え、入れ替え、抜き取り、末尾の切り捨て、
証跡の変更は、mamori がなくても見つけられます。Python 3.9 以上と verify_ledger.py だけで確認します。

    python3 verify_ledger.py このフォルダー --key '別の経路で受け取った公開鍵'

公開鍵（public-key.txt の1行）は、必ずこのフォルダーとは別の経路（書面、電話、契約書など）で受け取ったものと比べてください。
以前に受け取った checkpoint.txt があれば、--checkpoint で渡すと、その後に過去の記録が変えられていないことも確認します。

  entries.jsonl    記録。1行に1件、JSON
  leaves.txt       各記録のハッシュ値（SHA-256(0x00 と記録の行)）
  checkpoint.txt   件数とハッシュ木の根への署名（Ed25519、C2SP tlog-checkpoint）
  public-key.txt   署名を確認する公開鍵（名前+ハッシュ+base64）
  blobs/           記録が示す証跡（書き出したときだけ）。名前は内容の SHA-256

----

This folder holds the record of what mamori did. Edited, swapped, dropped or cut-off entries and changed evidence can be found
without mamori, with Python 3.9 or newer and verify_ledger.py alone:

    python3 verify_ledger.py THIS_FOLDER --key 'the public key you received by another way'

Always compare the public key (the line in public-key.txt) with one that reached you by another way: on paper, by phone, in a contract.
If you were given a checkpoint.txt earlier, pass it with --checkpoint: then it is also checked that nothing before it was changed since.

  entries.jsonl    the entries, one JSON object per line
  leaves.txt       hash of each entry: SHA-256 of 0x00 and the line
  checkpoint.txt   signature over the number of entries and the root of the hash tree (RFC 9162; Ed25519; C2SP tlog-checkpoint)
  public-key.txt   the key that checks the signature (name+hash+base64)
  blobs/           the evidence the entries name (only if it was exported); named by the SHA-256 of the content
";
