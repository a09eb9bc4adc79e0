//! Files, folders and archives → sources, within limits.
//!
//! The only module of this crate that reads the file system.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{Locator, UtcSeconds};
use formats::archive;

use crate::importer::{Neighbours, Refusal, Source};

/// Archives opened at most in one import. Nobody sends more; an archive made to be opened for ever does.
const MAX_ARCHIVES: usize = 500;
/// How a gzip file begins. Only zip archives are opened.
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// How much is read at most. Every limit is checked before the bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One file.
    pub file_bytes: u64,
    /// All files handed in at once, archives unpacked.
    pub total_bytes: u64,
    /// Number of files, archives unpacked.
    pub files: usize,
    /// Folders inside folders, and archives inside archives.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 512 << 20, total_bytes: 4 << 30, files: 100_000, depth: 16 }
    }
}

/// A file whose bytes are read when its turn comes.
#[derive(Debug, Clone)]
pub struct Item {
    /// Name relative to what was handed in.
    pub name: String,
    /// When it was last written.
    pub modified_at: Option<UtcSeconds>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    OnDisk(PathBuf),
    InMemory(Arc<[u8]>),
}

/// Everything that was handed in together.
#[derive(Debug, Default)]
pub struct Gathered {
    items: Vec<Item>,
    by_name: HashMap<String, usize>,
    refusals: Vec<(String, Refusal)>,
    limits: Option<Limits>,
    total_bytes: u64,
    /// Archives opened and bytes unpacked from them, so that archives full of archives come to an end.
    archives: usize,
    unpacked_bytes: u64,
}

/// Lists the files below `paths`, in the order of their names, opening archives. Links are not followed.
#[must_use]
pub fn gather(paths: &[PathBuf], limits: Limits) -> Gathered {
    let mut gathered = Gathered { limits: Some(limits), ..Gathered::default() };
    for path in paths {
        if let Some(name) = name_inside_backup(path) {
            gathered.add_path(path, &name, 0);
            continue;
        }
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        gathered.add_path(path, &name, 0);
    }
    gathered
}

impl Gathered {
    /// One file already in memory, as an upload brings it.
    #[must_use]
    pub fn from_bytes(name: &str, bytes: Vec<u8>, limits: Limits) -> Self {
        let mut gathered = Self { limits: Some(limits), ..Self::default() };
        gathered.add_bytes(name, bytes.into(), None, 0);
        gathered
    }

    /// Several files already in memory.
    #[must_use]
    pub fn from_files(files: Vec<(String, Vec<u8>)>, limits: Limits) -> Self {
        let mut gathered = Self { limits: Some(limits), ..Self::default() };
        for (name, bytes) in files {
            gathered.add_bytes(&name, bytes.into(), None, 0);
        }
        gathered
    }

    /// The files, in order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Names that were not taken, and why.
    #[must_use]
    pub fn refusals(&self) -> &[(String, Refusal)] {
        &self.refusals
    }

    /// The bytes of an item.
    ///
    /// # Errors
    /// A [`Refusal`] if the file went away or cannot be read.
    pub fn read(&self, item: &Item) -> Result<Arc<[u8]>, Refusal> {
        match &item.content {
            Content::InMemory(bytes) => Ok(Arc::clone(bytes)),
            Content::OnDisk(path) => read_file(path, self.limits().file_bytes),
        }
    }

    /// An item with its bytes, as importers want it.
    #[must_use]
    pub fn source<'a>(&'a self, item: &'a Item, bytes: &'a [u8], received_at: UtcSeconds) -> Source<'a> {
        Source { name: &item.name, bytes, received_at, modified_at: item.modified_at, neighbours: self }
    }

    fn limits(&self) -> Limits {
        self.limits.unwrap_or_default()
    }

    fn refuse(&mut self, name: &str, message: &'static str, detail: &str) {
        self.refusals.push((plain(name), Refusal::new(Locator::Whole, message, detail)));
    }

    fn add_path(&mut self, path: &Path, name: &str, depth: usize) {
        let kind = match std::fs::symlink_metadata(path) {
            Ok(kind) => kind,
            Err(err) => return self.refuse(name, "refused-cannot-open", &err.to_string()),
        };
        if kind.is_symlink() {
            return self.refuse(name, "refused-link", "");
        }
        if kind.is_dir() {
            return self.add_folder(path, name, depth);
        }
        if !kind.is_file() {
            return self.refuse(name, "refused-not-a-file", "");
        }
        if kind.len() > self.limits().file_bytes {
            return self.refuse(name, "refused-too-large", &megabytes(kind.len()));
        }
        let modified_at = kind.modified().ok().and_then(to_utc);
        if starts_like_archive(path) {
            match read_file(path, self.limits().file_bytes) {
                Ok(bytes) => self.add_bytes(name, bytes, modified_at, depth),
                Err(refusal) => self.refusals.push((name.to_owned(), refusal)),
            }
            return;
        }
        if self.has_room(name, kind.len()) {
            self.push(Item { name: plain(name), modified_at, content: Content::OnDisk(path.to_path_buf()) });
        }
    }

    fn add_folder(&mut self, path: &Path, name: &str, depth: usize) {
        if depth >= self.limits().depth {
            return self.refuse(name, "refused-too-deep", "");
        }
        let entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(err) => return self.refuse(name, "refused-cannot-open", &err.to_string()),
        };
        let mut children: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        children.sort();
        for child in children {
            let child_name = child.file_name().map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
            self.add_path(&child, &format!("{name}/{child_name}"), depth + 1);
        }
    }

    fn add_bytes(&mut self, name: &str, bytes: Arc<[u8]>, modified_at: Option<UtcSeconds>, depth: usize) {
        // Secrets inside could not be looked for.
        if bytes.starts_with(&GZIP) {
            return self.refuse(name, "refused-gzip", "");
        }
        let is_one_file = !archive::looks_like_zip(&bytes)
            || archive::looks_like_office_document(&bytes)
            || formats::table::looks_like_xlsx(&bytes);
        if is_one_file {
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if self.has_room(name, size) {
                self.push(Item { name: plain(name), modified_at, content: Content::InMemory(bytes) });
            }
            return;
        }
        if depth >= self.limits().depth {
            return self.refuse(name, "refused-too-deep", "");
        }
        let most = MAX_ARCHIVES.min(self.limits().files);
        if self.archives >= most {
            return self.refuse(name, "refused-too-many-files", &most.to_string());
        }
        self.archives += 1;
        match archive::expand(&bytes, &self.archive_limits()) {
            Ok(expansion) => self.add_expansion(name, expansion, depth),
            Err(err) => self.refuse(name, "refused-bad-archive", &err.to_string()),
        }
    }

    fn add_expansion(&mut self, name: &str, expansion: archive::Expansion, depth: usize) {
        for refused in expansion.refused {
            self.refuse(&format!("{name}!/{}", refused.name), "refused-archive-entry", &refused.reason.to_string());
        }
        for file in &expansion.files {
            let size = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
            self.unpacked_bytes = self.unpacked_bytes.saturating_add(size);
        }
        for file in expansion.files {
            let modified_at = file.modified;
            self.add_bytes(&format!("{name}!/{}", file.name), file.bytes.into(), modified_at, depth + 1);
        }
    }

    /// What an archive may still expand to.
    fn archive_limits(&self) -> archive::Limits {
        let (limits, usual) = (self.limits(), archive::Limits::default());
        archive::Limits {
            archive_bytes: usual.archive_bytes.min(limits.file_bytes),
            entry_bytes: usual.entry_bytes.min(limits.file_bytes),
            total_bytes: usual.total_bytes.min(limits.total_bytes.saturating_sub(self.unpacked_bytes)),
            ..usual
        }
    }

    fn has_room(&mut self, name: &str, size: u64) -> bool {
        let limits = self.limits();
        if size == 0 {
            self.refuse(name, "refused-empty", "");
            return false;
        }
        if self.items.len() >= limits.files {
            self.refuse(name, "refused-too-many-files", &limits.files.to_string());
            return false;
        }
        if size > limits.file_bytes || self.total_bytes.saturating_add(size) > limits.total_bytes {
            self.refuse(name, "refused-too-large", &megabytes(size));
            return false;
        }
        self.total_bytes += size;
        true
    }

    fn push(&mut self, item: Item) {
        self.by_name.insert(item.name.clone(), self.items.len());
        self.items.push(item);
    }
}

impl Neighbours for Gathered {
    fn find(&self, name: &str) -> Option<Arc<[u8]>> {
        let item = self.items.get(*self.by_name.get(name)?)?;
        self.read(item).ok()
    }
}

/// For a path inside a GPO backup, the name from the backup's folder on: what lies in a backup must not lose that by being
/// handed in alone.
fn name_inside_backup(path: &Path) -> Option<String> {
    let whole = path.canonicalize().ok()?;
    let parts: Vec<String> = whole.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let (_, above) = parts.split_last()?;
    let from = above.iter().position(|part| part.len() == 38 && part.starts_with('{') && part.ends_with('}'))?;
    Some(parts.get(from..)?.join("/"))
}

/// A name that cannot play tricks on a terminal or a list: control characters and marks of writing direction are shown as `�`.
fn plain(name: &str) -> String {
    let is_trick = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    name.chars().map(|c| if is_trick(c) { '\u{fffd}' } else { c }).collect()
}

fn read_file(path: &Path, limit: u64) -> Result<Arc<[u8]>, Refusal> {
    use std::io::Read as _;
    let refuse = |err: std::io::Error| Refusal::new(Locator::Whole, "refused-cannot-open", &err.to_string());
    let file = std::fs::File::open(path).map_err(refuse)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(refuse)?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limit {
        return Err(Refusal::new(Locator::Whole, "refused-too-large", &megabytes(size)));
    }
    Ok(bytes.into())
}

fn starts_like_archive(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = [0_u8; 4];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok()
        && (archive::looks_like_zip(&head) || head.starts_with(&GZIP))
}

fn to_utc(time: std::time::SystemTime) -> Option<UtcSeconds> {
    let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(UtcSeconds)
}

fn megabytes(size: u64) -> String {
    format!("{} MB", size.div_ceil(1 << 20))
}
