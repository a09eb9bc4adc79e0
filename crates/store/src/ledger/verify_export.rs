//! Checks an exported folder, the way an outsider does with `verify_ledger.py`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use base::ContentHash;

use super::canonical::{CanonicalError, Entry, MAX_ENTRY_BYTES};
use super::checkpoint::Checkpoint;
use super::export::{BLOBS, CHECKPOINT, ENTRIES, LEAVES, PUBLIC_KEY};
use super::key::PublicKey;
use super::problem::{Finding, Place, Verification};
use super::tree::{self, Peaks};
use super::verify::{VerifyError, check_blobs, note_blobs};
use crate::blobs::Blobs;

/// Longest checkpoint or key file in bytes.
const MAX_SMALL_FILE: u64 = 64 * 1024;

/// Checks the export in `folder`. `trusted` is the public key received by another way; without it the one in the folder is used, which
/// proves nothing against somebody who replaced everything.
///
/// # Errors
/// [`VerifyError::Blob`] if evidence can't be read at all; everything else is in the [`Verification`].
pub fn verify_export(folder: &Path, trusted: Option<&PublicKey>) -> Result<Verification, VerifyError> {
    let mut result = Verification::new();
    let key = read_key(folder, trusted, &mut result);
    let checkpoint = read_checkpoint(folder, key.as_ref(), &mut result);
    let leaves = read_leaves(folder, &mut result);
    let (peaks, named) = read_entries(folder, &leaves, &mut result);
    result.root = peaks.root();
    if let Some(signed) = checkpoint {
        compare_with_checkpoint(signed, &peaks, &leaves, &mut result);
    }
    let blobs = folder.join(BLOBS);
    if blobs.is_dir() {
        check_blobs(&Blobs::directory(blobs), &named, &mut result)?;
    } else {
        result.blobs_unchecked = u64::try_from(named.len()).unwrap_or(u64::MAX);
    }
    Ok(result)
}

fn compare_with_checkpoint(
    signed: Checkpoint,
    peaks: &Peaks,
    leaves: &[Option<ContentHash>],
    result: &mut Verification,
) {
    let sizes = [(ENTRIES, peaks.size()), (LEAVES, u64::try_from(leaves.len()).unwrap_or(u64::MAX))];
    for (file, found) in sizes {
        if found != signed.size {
            result.add(Place::File(file), Finding::Size { checkpoint: signed.size, found });
        }
    }
    if peaks.size() == signed.size && peaks.root() != signed.root {
        result.add(Place::File(ENTRIES), Finding::RootDiffers);
    }
}

fn read_small(folder: &Path, name: &'static str, result: &mut Verification) -> Option<String> {
    let read = || -> io::Result<String> {
        let mut text = String::new();
        File::open(folder.join(name))?.take(MAX_SMALL_FILE).read_to_string(&mut text)?;
        Ok(text)
    };
    read().inspect_err(|_| result.add(Place::File(name), Finding::Unreadable)).ok()
}

fn read_key(folder: &Path, trusted: Option<&PublicKey>, result: &mut Verification) -> Option<PublicKey> {
    let text = read_small(folder, PUBLIC_KEY, result);
    let found: Option<PublicKey> = text.and_then(|text| text.strip_suffix('\n')?.parse().ok());
    match (found, trusted) {
        (Some(found), Some(trusted)) if found != *trusted => {
            result.add(Place::File(PUBLIC_KEY), Finding::OtherKey);
            Some(trusted.clone())
        }
        (Some(found), _) => Some(found),
        (None, trusted) => {
            result.add(Place::File(PUBLIC_KEY), Finding::Unreadable);
            trusted.cloned()
        }
    }
}

fn read_checkpoint(folder: &Path, key: Option<&PublicKey>, result: &mut Verification) -> Option<Checkpoint> {
    let note = read_small(folder, CHECKPOINT, result)?;
    Checkpoint::open(&note, key?).inspect_err(|err| result.add(Place::File(CHECKPOINT), Finding::Checkpoint(*err))).ok()
}

/// Hands over every line without its line feed, with its number from 1. A last line without a line feed is handed over as damaged (`None`),
/// and so is one that is too long, which ends the reading.
fn each_line(path: &Path, max_bytes: usize, each: &mut dyn FnMut(u64, Option<&[u8]>)) -> io::Result<()> {
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    let mut file = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if (&mut file).take(limit).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let whole = line.strip_suffix(b"\n");
        each(number, whole);
        if whole.is_none() {
            break;
        }
    }
    Ok(())
}

fn read_leaves(folder: &Path, result: &mut Verification) -> Vec<Option<ContentHash>> {
    let mut leaves = Vec::new();
    let read = each_line(&folder.join(LEAVES), 64, &mut |line, bytes| {
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        let leaf = text.parse::<ContentHash>().ok().filter(|leaf| leaf.to_string() == text);
        if leaf.is_none() {
            result.add(Place::Line { file: LEAVES, line }, Finding::NoHash);
        }
        leaves.push(leaf);
    });
    if read.is_err() {
        result.add(Place::File(LEAVES), Finding::Unreadable);
    }
    leaves
}

fn read_entries(
    folder: &Path,
    leaves: &[Option<ContentHash>],
    result: &mut Verification,
) -> (Peaks, BTreeMap<ContentHash, u64>) {
    let (mut peaks, mut named) = (Peaks::default(), BTreeMap::new());
    let mut expected = 0;
    let read = each_line(&folder.join(ENTRIES), MAX_ENTRY_BYTES, &mut |line, bytes| {
        let place = Place::Line { file: ENTRIES, line };
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let leaf = tree::leaf_hash(bytes.unwrap_or_default());
        peaks.push(leaf);
        result.entries += 1;
        let mut seq = expected;
        match text.map_or(Err(CanonicalError::NoEntry), Entry::parse) {
            Err(err) => result.add(place.clone(), Finding::Form(err)),
            Ok(entry) => {
                if entry.seq != expected {
                    result.add(place.clone(), Finding::OutOfOrder { expected, found: entry.seq });
                }
                seq = entry.seq;
                note_blobs(&entry, &mut named, result);
            }
        }
        expected = seq.saturating_add(1);
        let kept = usize::try_from(seq).ok().and_then(|index| leaves.get(index).copied().flatten());
        if kept.is_some_and(|kept| kept != leaf) {
            result.add(place, Finding::Edited);
        }
    });
    if read.is_err() {
        result.add(Place::File(ENTRIES), Finding::Unreadable);
    }
    (peaks, named)
}
