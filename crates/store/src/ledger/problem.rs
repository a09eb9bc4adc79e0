//! What a verification found, and where.

use std::fmt;

use base::{ContentHash, Text};

use super::canonical::CanonicalError;
use super::checkpoint::CheckpointError;

/// More problems than this are not listed: the rest follows from the first ones.
pub const MAX_PROBLEMS: usize = 1_000;

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// An entry, by its index from 0.
    Entry(u64),
    /// A node of the stored hash tree.
    Node {
        /// Height, from 1.
        level: u32,
        /// Index among the nodes of this height.
        position: u64,
    },
    /// The checkpoint at this size.
    Checkpoint(u64),
    /// Evidence bytes, by their hash.
    Blob(ContentHash),
    /// A file of an export as a whole.
    File(&'static str),
    /// A line of a file of an export, from 1.
    Line {
        /// Name of the file.
        file: &'static str,
        /// Line, from 1.
        line: u64,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(seq) => write!(f, "entry {seq}"),
            Self::Node { level, position } => write!(f, "tree node {level}/{position}"),
            Self::Checkpoint(size) => write!(f, "checkpoint {size}"),
            Self::Blob(hash) => write!(f, "blob {hash}"),
            Self::File(name) => write!(f, "{name}"),
            Self::Line { file, line } => write!(f, "{file}:{line}"),
        }
    }
}

/// What is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The entry can't be read or is not in the canonical form.
    Form(CanonicalError),
    /// Another entry stands where this one belongs: one was dropped, inserted or moved.
    OutOfOrder {
        /// Index that belongs here.
        expected: u64,
        /// Index the entry gives.
        found: u64,
    },
    /// The time or kind beside the entry differs from the entry.
    ColumnDiffers,
    /// The entry does not have the hash that was kept for it: it was edited.
    Edited,
    /// The stored tree node is missing or wrong.
    NodeDiffers,
    /// There are more or fewer entries than the newest checkpoint says.
    Size {
        /// Size in the checkpoint.
        checkpoint: u64,
        /// Number of entries found.
        found: u64,
    },
    /// The entries do not give the root that was signed.
    RootDiffers,
    /// The checkpoint itself is wrong.
    Checkpoint(CheckpointError),
    /// There are entries, but no checkpoint.
    NoCheckpoint,
    /// Evidence that an entry names is missing.
    BlobMissing {
        /// First entry that names it.
        named_by: u64,
    },
    /// Evidence that an entry names was changed.
    BlobChanged {
        /// First entry that names it.
        named_by: u64,
    },
    /// The entry names evidence by something that is no hash.
    BadBlobName,
    /// A file is missing or can't be read as it must be.
    Unreadable,
    /// A line is no hash of 64 lower-case hexadecimal digits.
    NoHash,
    /// The public key is not the one that was expected.
    OtherKey,
}

impl Finding {
    /// The finding as a sentence.
    #[must_use]
    pub fn text(&self) -> Text {
        let (ja, en) = match self {
            Self::Form(err) => {
                (format!("記録の形が正しくありません（{err}）。"), format!("not a well-formed entry: {err}"))
            }
            Self::OutOfOrder { expected, found } => (
                format!(
                    "記録の順番が違います（{expected} 番のはずが {found} 番）。抜き取り、挿入、入れ替えの疑いがあります。"
                ),
                format!("out of order: {expected} expected, {found} found (dropped, inserted or moved)"),
            ),
            Self::ColumnDiffers => {
                fixed("記録とその見出し（日時・種別）が一致しません。", "time or kind beside the entry differs from it")
            }
            Self::Edited => fixed("記録が書き換えられています。", "the entry was edited: its hash differs"),
            Self::NodeDiffers => fixed("ハッシュ木が一致しません。", "the stored tree node is missing or differs"),
            Self::Size { checkpoint, found } => (
                format!("署名された件数は {checkpoint} 件ですが、記録は {found} 件です。"),
                format!("{checkpoint} entries were signed, {found} were found"),
            ),
            Self::RootDiffers => {
                fixed("記録が、署名された内容と一致しません。", "the entries do not give the root that was signed")
            }
            Self::Checkpoint(err) => (format!("署名が正しくありません（{err}）。"), err.to_string()),
            Self::NoCheckpoint => fixed("署名がありません。", "there is no checkpoint"),
            Self::BlobMissing { named_by } => (
                format!("{named_by} 番の記録が示す証跡がありません。"),
                format!("evidence named by entry {named_by} is missing"),
            ),
            Self::BlobChanged { named_by } => (
                format!("{named_by} 番の記録が示す証跡が変更されています。"),
                format!("evidence named by entry {named_by} was changed"),
            ),
            Self::BadBlobName => {
                fixed("証跡の名前がハッシュ値ではありません。", "evidence is named by something that is no hash")
            }
            Self::Unreadable => {
                fixed("ファイルがないか、正しく読めません。", "the file is missing or can't be read as it must be")
            }
            Self::NoHash => fixed("ハッシュ値ではない行です。", "the line is no hash"),
            Self::OtherKey => fixed("公開鍵が、想定したものと違います。", "the public key is not the expected one"),
        };
        Text { ja, en }
    }
}

fn fixed(ja: &str, en: &str) -> (String, String) {
    (ja.to_owned(), en.to_owned())
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub finding: Finding,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.finding.text().en)
    }
}

/// Result of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Number of entries looked at.
    pub entries: u64,
    /// Number of different pieces of evidence whose bytes were read and compared.
    pub blobs: u64,
    /// Number of pieces of evidence that entries name but that an export does not hold. They are not proved.
    pub blobs_unchecked: u64,
    /// Root of the hash tree over all entries as computed now.
    pub root: ContentHash,
    /// Everything that is wrong, at most [`MAX_PROBLEMS`]; empty: the ledger is sound.
    pub problems: Vec<Problem>,
    /// Evidence that is kept although no entry names it: what an interrupted import leaves. Not a problem. At most [`MAX_PROBLEMS`].
    pub unnamed_blobs: Vec<ContentHash>,
}

impl Verification {
    pub(crate) fn new() -> Self {
        Self {
            entries: 0,
            blobs: 0,
            blobs_unchecked: 0,
            root: ContentHash::of(&[]),
            problems: Vec::new(),
            unnamed_blobs: Vec::new(),
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    pub(crate) fn add(&mut self, place: Place, finding: Finding) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { place, finding });
        }
    }
}
