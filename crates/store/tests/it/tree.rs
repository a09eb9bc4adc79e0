use base::ContentHash;
use proptest::prelude::*;
use store::ledger::tree::{self, Peaks, node_hash};

/// RFC 9162, 2.1.1, word for word.
fn naive_root(leaves: &[ContentHash]) -> ContentHash {
    match leaves {
        [] => ContentHash::of(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(naive_root(left), naive_root(right))
        }
    }
}

fn split(count: usize) -> usize {
    (0..).map(|power| 1 << power).take_while(|size| *size < count).last().unwrap()
}

/// RFC 9162, 2.1.3.1, word for word.
fn naive_inclusion(index: usize, leaves: &[ContentHash]) -> Vec<ContentHash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = if index < left.len() {
        (naive_inclusion(index, left), right)
    } else {
        (naive_inclusion(index - left.len(), right), left)
    };
    path.push(naive_root(other));
    path
}

/// RFC 9162, 2.1.4.1, word for word.
fn naive_consistency(old: usize, leaves: &[ContentHash], whole: bool) -> Vec<ContentHash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = if old <= left.len() {
        (naive_consistency(old, left, whole), right)
    } else {
        (naive_consistency(old - left.len(), right, false), left)
    };
    path.push(naive_root(other));
    path
}

fn leaves(count: u32) -> Vec<ContentHash> {
    (0..count).map(|number| tree::leaf_hash(&number.to_be_bytes())).collect()
}

fn look_up(leaves: &[ContentHash]) -> impl FnMut(u32, u64) -> Result<ContentHash, ()> {
    |level, position| {
        let start = usize::try_from(position << level).unwrap();
        leaves.get(start..start + (1 << level)).map(naive_root).ok_or(())
    }
}

#[test]
fn roots_and_proofs_are_those_of_the_rfc_for_every_size_up_to_70() {
    let mut peaks = Peaks::default();
    for size in 0..=70_u64 {
        let leaves = leaves(u32::try_from(size).unwrap());
        let root = naive_root(&leaves);
        assert_eq!(peaks.root(), root, "size {size}");
        assert_eq!(tree::range_root_of_peaks(&mut look_up(&leaves), size), Ok(root));
        for index in 0..size {
            let path = tree::inclusion_path(&mut look_up(&leaves), index, size).unwrap();
            let at = usize::try_from(index).unwrap();
            assert_eq!(path, naive_inclusion(at, &leaves));
            assert!(tree::verify_inclusion(index, size, leaves[at], &path, root));
            assert!(!tree::verify_inclusion(index, size, leaves[(at + 1) % leaves.len()], &path, root) || size == 1);
            assert!(!tree::verify_inclusion(index + 1, size, leaves[at], &path, root));
        }
        for old in 1..=size {
            let path = tree::consistency_path(&mut look_up(&leaves), old, size).unwrap();
            let old_leaves = &leaves[..usize::try_from(old).unwrap()];
            assert_eq!(path, naive_consistency(old_leaves.len(), &leaves, true));
            assert!(tree::verify_consistency(old, size, naive_root(old_leaves), root, &path));
            assert!(!tree::verify_consistency(old, size, ContentHash::of(b"other"), root, &path));
        }
        for node in peaks.push(tree::leaf_hash(&u32::try_from(size).unwrap().to_be_bytes())) {
            let all = self::leaves(u32::try_from(size).unwrap() + 1);
            assert_eq!(look_up(&all)(node.level, node.position), Ok(node.hash));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_proof_with_one_hash_changed_proves_nothing(size in 2_u32..2_000, index in 0_u32..2_000, old in 1_u32..2_000, at in 0_usize..24) {
        let (index, old) = (u64::from(index % size), u64::from(old % size).max(1));
        let leaves = leaves(size);
        let (size, root) = (u64::from(size), naive_root(&leaves));
        let mut path = tree::inclusion_path(&mut look_up(&leaves), index, size).unwrap();
        let leaf = leaves[usize::try_from(index).unwrap()];
        prop_assert!(tree::verify_inclusion(index, size, leaf, &path, root));
        let length = path.len();
        path[at % length] = ContentHash::of(b"other");
        prop_assert!(!tree::verify_inclusion(index, size, leaf, &path, root));
        let old_root = naive_root(&leaves[..usize::try_from(old).unwrap()]);
        let mut path = tree::consistency_path(&mut look_up(&leaves), old, size).unwrap();
        prop_assert!(tree::verify_consistency(old, size, old_root, root, &path));
        let length = path.len();
        path[at % length] = ContentHash::of(b"other");
        prop_assert!(!tree::verify_consistency(old, size, old_root, root, &path));
    }
}
