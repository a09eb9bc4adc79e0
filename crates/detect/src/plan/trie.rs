//! Which of many texts a value begins (or, read backwards, ends) with.

use std::collections::BTreeMap;

use super::atom::NeedleId;

const NONE: u32 = u32::MAX;
/// Edges from which on a node gets a table.
const TABLE_EDGES: usize = 6;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// First of its edges.
    edges: u32,
    count: u32,
    /// The needle that ends here.
    needle: NeedleId,
    /// Where its table of 256 targets begins, if it has so many edges that one pays.
    table: u32,
}

/// A tree of bytes; the edges of a node lie beside each other.
#[derive(Debug, Default)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
    labels: Vec<u8>,
    targets: Vec<u32>,
    tables: Vec<u32>,
}

#[derive(Default)]
struct Draft {
    children: BTreeMap<u8, usize>,
    needle: Option<NeedleId>,
}

impl Trie {
    /// `needles` come with the bytes in the order in which they are walked.
    pub(crate) fn new(needles: &[(Vec<u8>, NeedleId)]) -> Self {
        if needles.is_empty() {
            return Self::default();
        }
        let mut drafts = vec![Draft::default()];
        for (bytes, needle) in needles {
            let mut at = 0;
            for byte in bytes {
                let next = drafts.len();
                let Some(draft) = drafts.get_mut(at) else { break };
                at = *draft.children.entry(*byte).or_insert(next);
                if at == next {
                    drafts.push(Draft::default());
                }
            }
            if let Some(draft) = drafts.get_mut(at) {
                draft.needle = Some(*needle);
            }
        }
        let mut trie = Self::default();
        for draft in &drafts {
            let edges = u32::try_from(trie.labels.len()).unwrap_or(NONE);
            let count = u32::try_from(draft.children.len()).unwrap_or(0);
            let table = trie.add_table(draft);
            trie.nodes.push(Node { edges, count, needle: draft.needle.unwrap_or(NONE), table });
            for (label, target) in &draft.children {
                trie.labels.push(*label);
                trie.targets.push(u32::try_from(*target).unwrap_or(NONE));
            }
        }
        trie
    }

    fn add_table(&mut self, draft: &Draft) -> u32 {
        if draft.children.len() < TABLE_EDGES {
            return NONE;
        }
        let begin = self.tables.len();
        self.tables.resize(begin + 256, NONE);
        for (label, target) in &draft.children {
            if let Some(entry) = self.tables.get_mut(begin + usize::from(*label)) {
                *entry = u32::try_from(*target).unwrap_or(NONE);
            }
        }
        u32::try_from(begin).unwrap_or(NONE)
    }

    /// Calls `found` with every needle along the bytes.
    #[inline]
    pub(crate) fn walk(&self, bytes: impl Iterator<Item = u8>, found: &mut impl FnMut(NeedleId)) {
        let Some(mut node) = self.nodes.first() else { return };
        for byte in bytes {
            let target = if node.table == NONE {
                let first = node.edges as usize;
                let Some(labels) = self.labels.get(first..first + node.count as usize) else { return };
                let Some(edge) = labels.iter().position(|label| *label == byte) else { return };
                self.targets.get(first + edge)
            } else {
                self.tables.get(node.table as usize + usize::from(byte))
            };
            let Some(target) = target else { return };
            let Some(next) = self.nodes.get(*target as usize) else { return };
            node = next;
            if node.needle != NONE {
                found(node.needle);
            }
        }
    }
}
