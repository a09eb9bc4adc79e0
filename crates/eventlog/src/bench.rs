//! How fast logs are matched: a mixed log to measure on, and the measurement.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use formats::evtx::{CHUNK_BYTES, Chunk, FILE_HEADER};

use crate::files::{Log, find_logs};
use crate::rules::Ruleset;
use crate::scan::{Options, scan};

/// A log made of the chunks of others, as a collector of forwarded events has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MixedLog {
    /// Different chunks.
    pub chunks: usize,
    /// How often each stands in it.
    pub times: u64,
    /// Size in bytes.
    pub bytes: u64,
}

/// Writes every used chunk of the logs below `folder` behind one header, again and again until the file has at least
/// `min_bytes`. Every chunk stands in it equally often.
///
/// # Errors
/// The system's, or `NotFound` if there is no event log below `folder`.
pub fn write_mixed_log(folder: &Path, out: &Path, min_bytes: u64) -> std::io::Result<MixedLog> {
    let mut chunks: Vec<Vec<u8>> = Vec::new();
    for log in find_logs(&[folder.to_path_buf()]).logs {
        let bytes = std::fs::read(&log.path)?;
        let all = bytes.get(FILE_HEADER..).unwrap_or_default().chunks_exact(CHUNK_BYTES);
        chunks.extend(all.filter(|chunk| Chunk::read(chunk, 0, 0).is_ok()).map(<[u8]>::to_vec));
    }
    if chunks.is_empty() {
        return Err(std::io::Error::new(std::io::ErrorKind::NotFound, "no event logs to mix"));
    }
    let once = (chunks.len() * CHUNK_BYTES) as u64;
    let times = min_bytes.div_ceil(once).max(1);
    let mut file = BufWriter::new(File::create(out)?);
    file.write_all(&header(times * chunks.len() as u64))?;
    for _ in 0..times {
        chunks.iter().try_for_each(|chunk| file.write_all(chunk))?;
    }
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_data()?;
    Ok(MixedLog { chunks: chunks.len(), times, bytes: FILE_HEADER as u64 + times * once })
}

/// The header of a file with so many chunks.
fn header(chunks: u64) -> Vec<u8> {
    let mut header = b"ElfFile\0".to_vec();
    header.extend(0_u64.to_le_bytes());
    header.extend(chunks.saturating_sub(1).to_le_bytes());
    header.extend(1_u64.to_le_bytes());
    header.extend(128_u32.to_le_bytes());
    for number in [1, 3, 4_096, u16::try_from(chunks).unwrap_or(u16::MAX)] {
        header.extend(number.to_le_bytes());
    }
    header.resize(120, 0);
    let checksum = crc32fast::hash(&header);
    header.extend(0_u32.to_le_bytes());
    header.extend(checksum.to_le_bytes());
    header.resize(FILE_HEADER, 0);
    header
}

/// What matching some logs once came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Events read.
    pub events: u64,
    /// Hits.
    pub hits: u64,
    /// Processor time of the whole process meanwhile, user and system, in seconds; 0 where the system does not say.
    pub cpu_seconds: f64,
}

impl Measured {
    /// Events per second of processor time; 0 where that is not known.
    #[must_use]
    pub fn events_per_cpu_second(&self) -> f64 {
        let events = f64::from(u32::try_from(self.events).unwrap_or(u32::MAX));
        if 0.0 < self.cpu_seconds { events / self.cpu_seconds } else { 0.0 }
    }
}

/// Reads and matches logs once, from the disk to sorted hits. Nothing else should run in the process meanwhile.
#[must_use]
pub fn measure(rules: &Ruleset, logs: &[Log], threads: NonZeroUsize) -> Measured {
    let began = cpu_time();
    let found = scan(rules, logs.to_vec(), &Options { threads, ..Options::default() }, &|_| {});
    let cpu_seconds = cpu_time().saturating_sub(began).as_secs_f64();
    Measured { events: found.events, hits: found.hits.len() as u64, cpu_seconds }
}

/// The logs at these paths, to be measured.
#[must_use]
pub fn list_logs(paths: &[PathBuf]) -> Vec<Log> {
    find_logs(paths).logs
}

/// Processor time of this process so far.
#[cfg(unix)]
#[must_use]
pub fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Not known on this system.
#[cfg(not(unix))]
#[must_use]
pub fn cpu_time() -> Duration {
    Duration::ZERO
}
