//! Which files are event logs.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use formats::evtx;

/// Folders inside folders.
const MAX_DEPTH: usize = 64;

/// What lies below some paths.
#[derive(Debug, Default)]
pub struct Walk {
    /// Regular files, in the order of their paths; each once.
    pub files: Vec<PathBuf>,
    /// What could not be looked at, with what the system said.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// Lists the files below `paths`. A path that is named may be a link; links below it are not followed, and what is neither
/// file nor folder is left out.
#[must_use]
pub fn walk(paths: &[PathBuf]) -> Walk {
    let mut found = Walk::default();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(about) if about.is_dir() => walk_folder(path, 0, &mut found),
            Ok(about) if about.is_file() => found.files.push(path.clone()),
            Ok(_) => found.unreadable.push((path.clone(), "neither a file nor a folder".to_owned())),
            Err(err) => found.unreadable.push((path.clone(), err.to_string())),
        }
    }
    found.files.sort();
    let mut seen = std::collections::HashSet::new();
    found.files.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    found
}

fn walk_folder(folder: &Path, depth: usize, found: &mut Walk) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) if depth < MAX_DEPTH => entries,
        Ok(_) => return found.unreadable.push((folder.to_path_buf(), format!("deeper than {MAX_DEPTH} folders"))),
        Err(err) => return found.unreadable.push((folder.to_path_buf(), err.to_string())),
    };
    for entry in entries {
        match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
            Ok((path, kind)) if kind.is_dir() => walk_folder(&path, depth + 1, found),
            Ok((path, kind)) if kind.is_file() => found.files.push(path),
            Ok(_) => {}
            Err(err) => found.unreadable.push((folder.to_path_buf(), err.to_string())),
        }
    }
}

/// One event log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size when it was found, in bytes; what is written to it later is not read.
    pub bytes: u64,
}

/// The event logs below some paths.
#[derive(Debug, Default)]
pub struct Logs {
    /// In the order of their paths.
    pub logs: Vec<Log>,
    /// What could not be read, with the reason: named files, files that end in `.evtx`, and folders.
    pub refused: Vec<(PathBuf, String)>,
    /// Other files, which nobody said were event logs.
    pub others: usize,
}

/// Finds the event logs below `paths` by how they begin, whatever they are called.
#[must_use]
pub fn find_logs(paths: &[PathBuf]) -> Logs {
    let Walk { files, unreadable } = walk(paths);
    let mut found = Logs { refused: unreadable, ..Logs::default() };
    for path in files {
        let ending = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("evtx"));
        let is_named = ending || paths.contains(&path);
        match open(&path) {
            Ok((_, bytes)) => found.logs.push(Log { path, bytes }),
            Err(OpenLogError::NotEventLog(_)) if !is_named => found.others += 1,
            Err(err) => found.refused.push((path, err.to_string())),
        }
    }
    found
}

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum OpenLogError {
    /// The system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is something else.
    #[error(transparent)]
    NotEventLog(#[from] evtx::OpenError),
}

fn open(path: &Path) -> Result<(File, u64), OpenLogError> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut head = Vec::new();
    (&file).take(evtx::FILE_HEADER as u64 + 8).read_to_end(&mut head)?;
    evtx::File::open(&head)?;
    Ok((file, bytes))
}
