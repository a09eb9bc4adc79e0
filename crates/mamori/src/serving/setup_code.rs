//! The code that whoever sets an installation up must know.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use installation::Installation;
use people::Randomness as _;

const FILE: &str = "setup-code";
const DIGITS: usize = 8;

fn path_of(installation: &Installation) -> PathBuf {
    installation.settings.data.join(FILE)
}

/// The code, while there is no account; the same after a restart.
pub(crate) fn find_or_make(installation: &Installation) -> Result<Option<String>> {
    let path = path_of(installation);
    if !is_needed(installation)? {
        remove(&path)?;
        return Ok(None);
    }
    if let Ok(text) = std::fs::read_to_string(&path) {
        let code = text.trim();
        if code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Some(code.to_owned()));
        }
        remove(&path)?;
    }
    let code = new_code();
    write_secret(&path, code.as_bytes())?;
    Ok(Some(code))
}

/// Takes the file away once there is an account.
pub(crate) fn forget_when_used(installation: &Installation) -> Result<()> {
    let path = path_of(installation);
    if path.exists() && !is_needed(installation)? {
        remove(&path)?;
    }
    Ok(())
}

fn is_needed(installation: &Installation) -> Result<bool> {
    Ok(installation.database.read(people::store::count_accounts)? == 0)
}

fn new_code() -> String {
    let mut bytes = [0_u8; 8];
    installation::SystemRandomness.fill(&mut bytes);
    format!("{:08}", u64::from_le_bytes(bytes) % 100_000_000)
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(err) if err.kind() != std::io::ErrorKind::NotFound => Err(err).with_context(|| path.display().to_string()),
        _ => Ok(()),
    }
}

/// Writes a file that nobody else may read; it must not exist yet.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    let fail = || path.display().to_string();
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(fail)
}
