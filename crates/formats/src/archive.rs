//! Zip archives, expanded in memory within limits.
//!
//! Sizes stated by the archive are never trusted: every entry is read with a cap. A bad entry costs that entry; an
//! archive that would grow beyond its limits is refused as a whole, because what it hides cannot be told.

use std::collections::HashSet;
use std::io::{Cursor, Read as _};

use base::{Date, UtcSeconds};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// How far an archive may grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the archive itself, in bytes.
    pub archive_bytes: u64,
    /// Number of entries, folders included.
    pub entries: usize,
    /// Expanded size of one entry, in bytes.
    pub entry_bytes: u64,
    /// Expanded size of all entries together, in bytes.
    pub total_bytes: u64,
    /// Expanded size divided by packed size. Not asked below [`Limits::RATIO_FREE_BYTES`].
    pub ratio: u64,
    /// How many archives inside each other are opened; 1 opens this one only, 0 none.
    pub depth: u32,
}

impl Limits {
    /// Entries expanding to at most this many bytes may have any ratio.
    pub const RATIO_FREE_BYTES: u64 = 1 << 20;

    /// Limits for an archive inside this one, of which `spent_bytes` were already expanded.
    #[must_use]
    pub const fn nested(self, spent_bytes: u64) -> Self {
        let total_bytes = self.total_bytes.saturating_sub(spent_bytes);
        Self { total_bytes, depth: self.depth.saturating_sub(1), ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            archive_bytes: 256 << 20,
            entries: 20_000,
            entry_bytes: 256 << 20,
            total_bytes: 1 << 30,
            ratio: 200,
            depth: 3,
        }
    }
}

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedFile {
    /// Relative path with `/` between folders.
    pub name: String,
    /// Expanded content.
    pub bytes: Vec<u8>,
    /// When the file was last changed. Zip keeps local time without a zone; it is read as time in Japan.
    pub modified: Option<UtcSeconds>,
}

/// An entry that was not expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Name as far as it could be read.
    pub name: String,
    /// Why.
    pub reason: RefusedReason,
}

/// Why an entry was not expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedReason {
    /// The name is neither UTF-8 nor CP932.
    #[error("the name cannot be read")]
    NameEncoding,
    /// The name is absolute, climbs out with `..`, names a drive, or holds a control character.
    #[error("the name points outside the archive")]
    UnsafeName,
    /// Another entry has the same name, letter case aside.
    #[error("another entry has the same name")]
    Duplicate,
    /// The entry is a symbolic link.
    #[error("the entry is a symbolic link")]
    Symlink,
    /// The entry is protected by a password.
    #[error("the entry is protected by a password")]
    Encrypted,
    /// The compression method is not supported.
    #[error("the compression method is not supported")]
    Compression,
    /// The entry expands to more than one entry may.
    #[error("the entry expands to more than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The content is damaged or its checksum is wrong.
    #[error("the content is damaged")]
    Damaged,
}

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expansion {
    /// Files in archive order; folders are left out.
    pub files: Vec<ArchivedFile>,
    /// Entries that were not expanded, in archive order.
    pub refused: Vec<Refused>,
}

/// An archive was refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The bytes are no readable zip archive.
    #[error("no readable zip archive")]
    Unreadable(#[source] ZipError),
    /// The archive itself is too large.
    #[error("archive of {found} bytes is above {limit} bytes")]
    ArchiveTooLarge {
        /// Size found.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// Archives lie too deep inside each other.
    #[error("archive lies too deep inside other archives")]
    TooDeep,
    /// Too many entries.
    #[error("archive of {found} entries is above {limit}")]
    TooManyEntries {
        /// Entries found.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// All entries together expand to too much.
    #[error("archive expands to more than {limit} bytes, reached at entry {entry}")]
    TotalTooLarge {
        /// The limit, in bytes.
        limit: u64,
        /// Entry, from 1, at which the limit was reached.
        entry: usize,
    },
    /// One entry expands suspiciously far.
    #[error("entry {entry} expands to more than {ratio} times its packed size")]
    Ratio {
        /// Entry, from 1.
        entry: usize,
        /// The limit.
        ratio: u64,
    },
    /// An entry was left out unread, and the reader that comes next might read it all the same.
    #[error("entry {name:?} cannot be measured")]
    Unmeasured {
        /// Name of the entry, as far as it could be read.
        name: String,
        /// Why it was left out.
        #[source]
        reason: RefusedReason,
    },
    /// Entries share bytes or names, as only hand-made archives do.
    #[error("entries of the archive overlap or repeat a name exactly")]
    Overlapping,
}

/// Whether a zip is a document of an office program (a text, slides, a workbook), which is one thing for a person and
/// is not taken apart. Told by its first member, not by what may lie deeper: an archive of documents is an archive.
#[must_use]
pub fn looks_like_office_document(bytes: &[u8]) -> bool {
    const FIRST: [&[u8]; 7] =
        [b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"word/", b"ppt/", b"xl/"];
    if !looks_like_zip(bytes) {
        return false;
    }
    let length = match bytes.get(26..28) {
        Some([low, high]) => usize::from(u16::from_le_bytes([*low, *high])),
        _ => return false,
    };
    let name = bytes.get(30..30 + length).unwrap_or_default();
    FIRST.iter().any(|first| name.starts_with(first)) || name == b"mimetype"
}

/// True if the bytes begin like a zip archive.
#[must_use]
pub fn looks_like_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Expands a zip archive in memory. Archives inside it come back as files: expand them with [`Limits::nested`].
///
/// # Errors
/// [`ArchiveError`] if the archive as a whole cannot be read or would grow beyond `limits`.
pub fn expand(bytes: &[u8], limits: &Limits) -> Result<Expansion, ArchiveError> {
    let mut expansion = Expansion::default();
    let mut names = HashSet::new();
    let mut keep = |entry: EntryHead, content: Result<Vec<u8>, RefusedReason>| match content {
        Ok(_) if !names.insert(entry.name.to_lowercase()) => {
            expansion.refused.push(Refused { name: entry.name, reason: RefusedReason::Duplicate });
        }
        Ok(bytes) => expansion.files.push(ArchivedFile { name: entry.name, bytes, modified: entry.modified }),
        Err(reason) => expansion.refused.push(Refused { name: entry.name, reason }),
    };
    walk(bytes, limits, &mut keep)?;
    Ok(expansion)
}

/// Reads every entry without keeping it: afterwards another reader may open the same bytes without meeting a bomb.
/// Calls `look` with the name and the content of every file that was read, without content if it is damaged.
///
/// # Errors
/// [`ArchiveError`] if the archive as a whole cannot be read, would grow beyond `limits`, or holds an entry that
/// [`expand`] would refuse unread: another reader may judge it differently.
pub fn check(bytes: &[u8], limits: &Limits, look: &mut dyn FnMut(&str, Option<&[u8]>)) -> Result<(), ArchiveError> {
    let mut unmeasured = None;
    let mut keep = |entry: EntryHead, content: Result<Vec<u8>, RefusedReason>| match content {
        Ok(content) => look(&entry.name, Some(&content)),
        Err(RefusedReason::Damaged) => look(&entry.name, None),
        Err(reason) => {
            unmeasured.get_or_insert(ArchiveError::Unmeasured { name: entry.name, reason });
        }
    };
    walk(bytes, limits, &mut keep)?;
    unmeasured.map_or(Ok(()), Err)
}

/// Name and time of an entry.
struct EntryHead {
    name: String,
    modified: Option<UtcSeconds>,
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;
type Keep<'a> = &'a mut dyn FnMut(EntryHead, Result<Vec<u8>, RefusedReason>);

fn walk(bytes: &[u8], limits: &Limits, keep: Keep<'_>) -> Result<(), ArchiveError> {
    let mut archive = open(bytes, limits)?;
    let mut left = limits.total_bytes;
    for index in 0..archive.len() {
        let (head, verdict) = inspect(&archive, index);
        if head.name.ends_with('/') && verdict.is_ok() {
            continue;
        }
        let content = match verdict {
            Ok(()) => read_entry(&mut archive, index, limits, &mut left)?,
            Err(reason) => Err(reason),
        };
        keep(head, content);
    }
    Ok(())
}

fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Archive<'a>, ArchiveError> {
    let found = length_of(bytes);
    if found > limits.archive_bytes {
        return Err(ArchiveError::ArchiveTooLarge { found, limit: limits.archive_bytes });
    }
    if limits.depth == 0 {
        return Err(ArchiveError::TooDeep);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(ArchiveError::Unreadable)?;
    if archive.len() > limits.entries {
        return Err(ArchiveError::TooManyEntries { found: archive.len(), limit: limits.entries });
    }
    if archive.has_duplicate_names() || archive.has_overlapping_files().map_err(ArchiveError::Unreadable)? {
        return Err(ArchiveError::Overlapping);
    }
    Ok(archive)
}

fn inspect(archive: &Archive<'_>, index: usize) -> (EntryHead, Result<(), RefusedReason>) {
    let Ok(entry) = archive.by_index_data(index) else {
        return (EntryHead { name: format!("#{}", index + 1), modified: None }, Err(RefusedReason::Damaged));
    };
    let modified = entry.last_modified().and_then(local_time);
    let Some(name) = decode_name(entry.name_raw()) else {
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        return (EntryHead { name, modified }, Err(RefusedReason::NameEncoding));
    };
    let verdict = if !is_safe_name(&name) {
        Err(RefusedReason::UnsafeName)
    } else if entry.is_symlink() {
        Err(RefusedReason::Symlink)
    } else if entry.encrypted() {
        Err(RefusedReason::Encrypted)
    } else if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        Err(RefusedReason::Compression)
    } else {
        Ok(())
    };
    (EntryHead { name, modified }, verdict)
}

/// Reads one entry with a cap that depends on nothing the archive states, except its packed size, which is real.
fn read_entry(
    archive: &mut Archive<'_>,
    index: usize,
    limits: &Limits,
    left: &mut u64,
) -> Result<Result<Vec<u8>, RefusedReason>, ArchiveError> {
    let entry = index + 1;
    let Ok(file) = archive.by_index(index) else {
        return Ok(Err(RefusedReason::Damaged));
    };
    let by_ratio = file.compressed_size().saturating_mul(limits.ratio).max(Limits::RATIO_FREE_BYTES);
    let cap = limits.entry_bytes.min(by_ratio).min(*left);
    let mut content = Vec::new();
    let outcome = file.take(cap.saturating_add(1)).read_to_end(&mut content);
    if length_of(&content) > cap {
        return if cap == *left {
            Err(ArchiveError::TotalTooLarge { limit: limits.total_bytes, entry })
        } else if cap == by_ratio {
            Err(ArchiveError::Ratio { entry, ratio: limits.ratio })
        } else {
            *left = left.saturating_sub(cap);
            Ok(Err(RefusedReason::TooLarge { limit: limits.entry_bytes }))
        };
    }
    *left = left.saturating_sub(length_of(&content));
    Ok(outcome.map(|_| content).map_err(|_| RefusedReason::Damaged))
}

/// UTF-8 if it is valid UTF-8 (some producers forget the flag that says so), else CP932.
///
/// Backslashes become `/`: Windows PowerShell 5.1 writes them between folders. The safety of the name is judged after that.
pub(crate) fn decode_name(raw: &[u8]) -> Option<String> {
    if let Ok(name) = std::str::from_utf8(raw) {
        return Some(name.replace('\\', "/"));
    }
    let name = encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(raw)?;
    Some(name.replace('\\', "/"))
}

fn is_safe_name(name: &str) -> bool {
    let has_trick = name.chars().any(|c| c.is_control() || c == ':');
    let path = name.strip_suffix('/').unwrap_or(name);
    let climbs = path.split('/').any(|part| matches!(part.trim(), "" | "." | ".."));
    !has_trick && !climbs && name.chars().count() <= 1_000
}

fn local_time(time: zip::DateTime) -> Option<UtcSeconds> {
    let day = i8::try_from(time.day()).ok()?;
    let month = i8::try_from(time.month()).ok()?;
    let date = Date::new(i16::try_from(time.year()).ok()?, month, day).ok()?;
    let second = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    Some(UtcSeconds(date.start_jst().0.saturating_add(second)))
}

fn length_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
