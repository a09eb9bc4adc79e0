//! Files of a backup, hashed as they are written and read.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Component, Path, PathBuf};

use base::ContentHash;
use sha2::{Digest as _, Sha256};

use super::{DumpError, FileNote};

pub(super) fn io_error(path: &Path) -> impl FnOnce(io::Error) -> DumpError {
    let path = path.to_owned();
    |source| DumpError::Io { path, source }
}

/// Passes on what is written and hashes it.
struct Hashing<W> {
    to: W,
    hasher: Sha256,
    size_bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        self.hasher.update(bytes.get(..length).unwrap_or_default());
        self.size_bytes += u64::try_from(length).unwrap_or(0);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Writes a new file that only we may read, and waits until it is on the disk.
pub(super) fn write_new<T, E: From<DumpError>>(
    folder: &Path,
    name: &str,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<(T, FileNote), E> {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(io_error(parent))?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(io_error(&path))?;
    let mut to = Hashing { to: BufWriter::new(file), hasher: Sha256::new(), size_bytes: 0 };
    let value = write(&mut to)?;
    let Hashing { to, hasher, size_bytes } = to;
    let file = to.into_inner().map_err(|err| io_error(&path)(err.into_error()))?;
    file.sync_all().map_err(io_error(&path))?;
    let sha256 = ContentHash::from_bytes(hasher.finalize().into()).to_string();
    Ok((value, FileNote { path: name.to_owned(), size_bytes, sha256 }))
}

/// Whether a file is what the manifest says.
pub(super) fn check_file(folder: &Path, note: &FileNote) -> Result<(), DumpError> {
    let path = place_of(folder, &note.path)?;
    let mut file = match File::open(&path) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => {
            return Err(DumpError::Missing { path: note.path.clone() });
        }
        file => file.map_err(io_error(&path))?,
    };
    let mut hasher = Sha256::new();
    let (mut buffer, mut size_bytes) = (vec![0; 256 * 1024], 0_u64);
    loop {
        let length = file.read(&mut buffer).map_err(io_error(&path))?;
        let part = buffer.get(..length).unwrap_or_default();
        if part.is_empty() {
            break;
        }
        hasher.update(part);
        size_bytes += u64::try_from(length).unwrap_or(0);
    }
    let sha256 = ContentHash::from_bytes(hasher.finalize().into()).to_string();
    if size_bytes != note.size_bytes || sha256 != note.sha256 {
        return Err(DumpError::Altered { path: note.path.clone() });
    }
    Ok(())
}

/// A path of the manifest below `folder`; one that leads elsewhere is refused.
pub(super) fn place_of(folder: &Path, name: &str) -> Result<PathBuf, DumpError> {
    let below = Path::new(name);
    if name.is_empty() || !below.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(DumpError::Altered { path: name.to_owned() });
    }
    Ok(folder.join(below))
}

/// Every file below `folder`, as paths with `/`, in order; none if there is no such folder. Links are passed over.
pub(super) fn list_below(folder: &Path) -> Result<Vec<String>, DumpError> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((path, prefix)) = open.pop() {
        let entries = match fs::read_dir(&path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(io_error(&path))?,
        };
        for entry in entries {
            let entry = entry.map_err(io_error(&path))?;
            let kind = entry.file_type().map_err(io_error(&path))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if kind.is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Makes the folder if it is new; one that holds something is refused.
pub(super) fn claim_empty(folder: &Path) -> Result<(), DumpError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(io_error(folder))?;
    if fs::read_dir(folder).map_err(io_error(folder))?.next().is_some() {
        return Err(DumpError::NotEmpty { path: folder.to_owned() });
    }
    Ok(())
}
