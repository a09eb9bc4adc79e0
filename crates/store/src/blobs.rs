//! The bytes of the evidence, kept under their SHA-256. Nothing is ever changed or deleted.
//!
//! Put the bytes first, then name them in a transaction: bytes that nobody names are harmless, a name without bytes is not.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use base::ContentHash;
use sha2::{Digest as _, Sha256};

use crate::database::{Database, Transaction};
use crate::error::StoreError;

/// Size of one row of bytes in the database.
const PART_BYTES: usize = 256 * 1024;

/// Why bytes were not kept or not found as they were.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Nothing is kept under this hash.
    #[error("no evidence is kept under {hash}")]
    Missing {
        /// The hash asked for.
        hash: ContentHash,
    },
    /// What is kept under this hash has another hash: it was changed or the disk is damaged.
    #[error("the evidence kept under {hash} was changed: it now has the hash {found}")]
    Changed {
        /// The hash asked for.
        hash: ContentHash,
        /// The hash of what is there.
        found: ContentHash,
    },
    /// The disk is full; nothing was kept.
    #[error("the disk is full, {hash} was not kept")]
    Full {
        /// Hash of the bytes.
        hash: ContentHash,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be read or written.
    #[error("{} can't be read or written", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where evidence bytes are kept.
#[derive(Debug, Clone)]
pub enum Blobs {
    /// Files in a folder: `ab/cdef…`, named by the hash.
    Directory(PathBuf),
    /// Rows in the database, for installations with several nodes.
    Database(Database),
}

impl Blobs {
    /// Keeps the bytes as files below `path`.
    #[must_use]
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        Self::Directory(path.into())
    }

    /// Keeps the bytes in the database.
    #[must_use]
    pub const fn database(database: Database) -> Self {
        Self::Database(database)
    }

    /// Keeps `bytes`; they are on the disk when this returns. If they are there already, they are checked and left alone.
    ///
    /// # Errors
    /// [`BlobError`]; nothing is then kept under the hash, unless it was changed: [`BlobError::Changed`].
    pub fn put(&self, bytes: &[u8]) -> Result<ContentHash, BlobError> {
        let hash = ContentHash::of(bytes);
        match self.check(hash) {
            Ok(_) => return Ok(hash),
            Err(BlobError::Missing { .. }) => {}
            Err(err) => return Err(err),
        }
        match self {
            Self::Directory(root) => put_file(root, hash, bytes)?,
            Self::Database(database) => put_rows(database, hash, bytes)?,
        }
        Ok(hash)
    }

    /// The bytes kept under `hash`, checked. The caller bounds the size when putting.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Changed`], or that it can't be read.
    pub fn read(&self, hash: ContentHash) -> Result<Vec<u8>, BlobError> {
        let mut bytes = Vec::new();
        self.stream(hash, &mut |part| {
            bytes.extend_from_slice(part);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// Whether something is kept under `hash`. It is not read: see [`Blobs::check`].
    ///
    /// # Errors
    /// [`BlobError`] if that can't be found out.
    pub fn contains(&self, hash: ContentHash) -> Result<bool, BlobError> {
        match self {
            Self::Directory(root) => {
                let path = path_of(root, hash);
                path.try_exists().map_err(|source| BlobError::Io { path, source })
            }
            Self::Database(database) => Ok(database.read(|tx| find_size(tx, hash))?.is_some()),
        }
    }

    /// Reads what is kept under `hash` and compares; returns its size in bytes.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Changed`], or that it can't be read.
    pub fn check(&self, hash: ContentHash) -> Result<u64, BlobError> {
        self.stream(hash, &mut |_| Ok(()))
    }

    /// Copies what is kept under `hash` to `target`, checked while copying; returns its size in bytes.
    ///
    /// # Errors
    /// As [`Blobs::check`]; what was written to `target` is then not to be used.
    pub fn copy_to(&self, hash: ContentHash, target: &mut dyn io::Write) -> Result<u64, BlobError> {
        self.stream(hash, &mut |part| target.write_all(part))
    }

    /// Names every hash that is kept, in no order.
    ///
    /// # Errors
    /// [`BlobError`] if the folder or the table can't be read.
    pub fn list_each(&self, each: &mut dyn FnMut(ContentHash)) -> Result<(), BlobError> {
        match self {
            Self::Directory(root) => list_files(root, each),
            Self::Database(database) => database.read(|tx| {
                tx.query_each("SELECT hash FROM blob", &[], |row| {
                    each(row.hash(0)?);
                    Ok::<_, BlobError>(())
                })
            }),
        }
    }

    fn stream(&self, hash: ContentHash, each: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<u64, BlobError> {
        let mut hasher = Sha256::new();
        let mut size = 0_u64;
        let mut take = |part: &[u8]| {
            hasher.update(part);
            size += u64::try_from(part.len()).unwrap_or(0);
            each(part)
        };
        match self {
            Self::Directory(root) => stream_file(root, hash, &mut take)?,
            Self::Database(database) => stream_rows(database, hash, &mut take)?,
        }
        let found = ContentHash::from_bytes(hasher.finalize().into());
        if found == hash { Ok(size) } else { Err(BlobError::Changed { hash, found }) }
    }
}

/// `ab/cdef…` below the folder.
pub(crate) fn path_of(root: &Path, hash: ContentHash) -> PathBuf {
    let name = hash.to_string();
    let (first, rest) = name.split_at_checked(2).unwrap_or_default();
    root.join(first).join(rest)
}

/// Writes under another name, then renames: a file under its hash is always whole.
fn put_file(root: &Path, hash: ContentHash, bytes: &[u8]) -> Result<(), BlobError> {
    let path = path_of(root, hash);
    let folder = path.parent().unwrap_or(root).to_owned();
    let fail = |source: io::Error| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BlobError::Full { hash, source },
        _ => BlobError::Io { path: path.clone(), source },
    };
    fs::create_dir_all(&folder).map_err(fail)?;
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&folder).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(&path).map_err(|err| fail(err.error))?;
    File::open(&folder).and_then(|folder| folder.sync_all()).map_err(fail)?;
    File::open(root).and_then(|root| root.sync_all()).map_err(fail)
}

fn stream_file(root: &Path, hash: ContentHash, each: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<(), BlobError> {
    let path = path_of(root, hash);
    let fail = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => BlobError::Missing { hash },
        _ => BlobError::Io { path: path.clone(), source },
    };
    let mut file = File::open(&path).map_err(fail)?;
    let mut buffer = vec![0; PART_BYTES];
    loop {
        let length = file.read(&mut buffer).map_err(fail)?;
        match buffer.get(..length) {
            Some(part) if !part.is_empty() => each(part).map_err(fail)?,
            _ => return Ok(()),
        }
    }
}

fn list_files(root: &Path, each: &mut dyn FnMut(ContentHash)) -> Result<(), BlobError> {
    let fail = |source| BlobError::Io { path: root.to_owned(), source };
    let folders = match fs::read_dir(root) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(()),
        folders => folders.map_err(fail)?,
    };
    for folder in folders {
        let folder = folder.map_err(fail)?;
        if !folder.file_type().map_err(fail)?.is_dir() {
            continue;
        }
        for file in fs::read_dir(folder.path()).map_err(fail)? {
            let file = file.map_err(fail)?;
            let name = format!("{}{}", folder.file_name().to_string_lossy(), file.file_name().to_string_lossy());
            if let Ok(hash) = name.parse() {
                each(hash);
            }
        }
    }
    Ok(())
}

fn find_size(tx: &mut Transaction, hash: ContentHash) -> Result<Option<u64>, StoreError> {
    tx.find("SELECT size FROM blob WHERE hash = $1", &[hash.into()])?.map(|row| row.count(0)).transpose()
}

fn put_rows(database: &Database, hash: ContentHash, bytes: &[u8]) -> Result<(), BlobError> {
    database.transaction_side_by_side(|tx| {
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let added = tx.execute(
            "INSERT INTO blob (hash, size) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[hash.into(), size.into()],
        )?;
        if added == 0 {
            return Ok(());
        }
        for (position, part) in (0_i64..).zip(bytes.chunks(PART_BYTES)) {
            tx.execute(
                "INSERT INTO blob_part (hash, position, bytes) VALUES ($1, $2, $3)",
                &[hash.into(), position.into(), part.into()],
            )?;
        }
        Ok(())
    })
}

fn stream_rows(
    database: &Database,
    hash: ContentHash,
    each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<(), BlobError> {
    database.read(|tx| {
        if find_size(tx, hash)?.is_none() {
            return Err(BlobError::Missing { hash });
        }
        let sql = "SELECT bytes FROM blob_part WHERE hash = $1 ORDER BY position";
        tx.query_each(sql, &[hash.into()], |row| {
            each(row.blob(0)?).map_err(|source| BlobError::Io { path: PathBuf::new(), source })
        })
    })
}
