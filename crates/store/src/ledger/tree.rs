//! The hash tree of RFC 9162, section 2.1. Pure: no database, no files.

use base::ContentHash;

/// Hash of one leaf: SHA-256 of 0x00 and the bytes.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> ContentHash {
    ContentHash::of_parts(&[&[0], bytes])
}

/// Hash over two subtrees: SHA-256 of 0x01, left, right.
#[must_use]
pub fn node_hash(left: ContentHash, right: ContentHash) -> ContentHash {
    ContentHash::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// A complete subtree that was finished by a new leaf. Level 0 is the leaf itself; the subtree covers the leaves
/// `position << level ..  (position + 1) << level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Height.
    pub level: u32,
    /// Index among the subtrees of this height.
    pub position: u64,
    /// Its hash.
    pub hash: ContentHash,
}

/// The complete subtrees a tree consists of, the largest first: all that is needed to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peaks {
    size: u64,
    peaks: Vec<ContentHash>,
}

impl Peaks {
    /// Takes up a tree of `size` leaves again; `peaks` as [`peak_places`] lists them. `None` if their number is wrong.
    #[must_use]
    pub fn resume(size: u64, peaks: Vec<ContentHash>) -> Option<Self> {
        (u64::try_from(peaks.len()).ok()? == u64::from(size.count_ones())).then_some(Self { size, peaks })
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; returns the subtrees above it that are complete now, the lowest first.
    pub fn push(&mut self, leaf: ContentHash) -> Vec<Node> {
        let mut finished = Vec::new();
        let mut hash = leaf;
        for level in 1..=self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(left, hash);
            finished.push(Node { level, position: self.size >> level, hash });
        }
        self.peaks.push(hash);
        self.size += 1;
        finished
    }

    /// Root over all leaves; of an empty tree SHA-256 of nothing.
    #[must_use]
    pub fn root(&self) -> ContentHash {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(last) = peaks.next() else { return ContentHash::of(&[]) };
        peaks.fold(last, |right, left| node_hash(left, right))
    }
}

/// Level and position of the peaks of a tree of `size` leaves, the largest first.
#[must_use]
pub fn peak_places(size: u64) -> Vec<(u32, u64)> {
    let levels = (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1);
    levels.map(|level| (level, (size >> level) - 1)).collect()
}

/// Gives the hash of a complete subtree by level and position.
pub type Lookup<'a, E> = dyn FnMut(u32, u64) -> Result<ContentHash, E> + 'a;

/// Root over the leaves `start..end`; `start` is a multiple of the largest power of two below `end - start`.
///
/// # Errors
/// What `lookup` returns.
pub fn range_root<E>(lookup: &mut Lookup<'_, E>, start: u64, end: u64) -> Result<ContentHash, E> {
    let count = end.saturating_sub(start);
    if count == 0 {
        return Ok(ContentHash::of(&[]));
    }
    if count.is_power_of_two() {
        let level = count.trailing_zeros();
        return lookup(level, start >> level);
    }
    let middle = start + split(count);
    let left = range_root(lookup, start, middle)?;
    Ok(node_hash(left, range_root(lookup, middle, end)?))
}

/// Root over the first `size` leaves, from the hashes of its peaks alone.
///
/// # Errors
/// What `lookup` returns.
pub fn range_root_of_peaks<E>(lookup: &mut Lookup<'_, E>, size: u64) -> Result<ContentHash, E> {
    let mut peaks = Vec::new();
    for (level, position) in peak_places(size) {
        peaks.push(lookup(level, position)?);
    }
    Ok(Peaks { size, peaks }.root())
}

/// Largest power of two smaller than `count` (which is at least 2).
const fn split(count: u64) -> u64 {
    let half = count.next_power_of_two() / 2;
    if half == 0 { 1 } else { half }
}

/// Proof that leaf `index` is in the tree of `size` leaves (RFC 9162, 2.1.3.1). Empty if there is no such leaf.
///
/// # Errors
/// What `lookup` returns.
pub fn inclusion_path<E>(lookup: &mut Lookup<'_, E>, index: u64, size: u64) -> Result<Vec<ContentHash>, E> {
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while index < size && end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range_root(lookup, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(lookup, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proof that the tree of `old` leaves is the beginning of the tree of `size` leaves (RFC 9162, 2.1.4.1). Empty if `old` is 0 or not smaller.
///
/// # Errors
/// What `lookup` returns.
pub fn consistency_path<E>(lookup: &mut Lookup<'_, E>, old: u64, size: u64) -> Result<Vec<ContentHash>, E> {
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    if old == 0 || old >= size {
        return Ok(path);
    }
    let mut whole = true;
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range_root(lookup, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(lookup, start, middle)?);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(range_root(lookup, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether `path` shows that `leaf` is leaf `index` of the tree of `size` leaves with `root` (RFC 9162, 2.1.3.2).
#[must_use]
pub fn verify_inclusion(index: u64, size: u64, leaf: ContentHash, path: &[ContentHash], root: ContentHash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(*sibling, hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, *sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether `path` shows that the tree (`old`, `old_root`) is the beginning of the tree (`size`, `root`) (RFC 9162, 2.1.4.2).
/// An empty old tree is the beginning of every tree.
#[must_use]
pub fn verify_consistency(old: u64, size: u64, old_root: ContentHash, root: ContentHash, path: &[ContentHash]) -> bool {
    if old == 0 || old == size {
        let same = if old == 0 { old_root == ContentHash::of(&[]) } else { old_root == root };
        return path.is_empty() && same;
    }
    if old > size {
        return false;
    }
    let mut hashes = path.iter().copied();
    let first = if old.is_power_of_two() { Some(old_root) } else { hashes.next() };
    let Some(first) = first else { return false };
    let (mut node, mut last) = (old - 1, size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, old_hash);
            new_hash = node_hash(sibling, new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == old_root && new_hash == root
}
