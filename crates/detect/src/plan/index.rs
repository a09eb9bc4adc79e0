//! Everything that is looked for in one field.

use rustc_hash::FxHashMap;

use super::atom::{Needle, NeedleId, Shape};
use super::grams::Grams;
use super::trie::Trie;
use crate::rule::fold_char;

/// The needles of one field, by the way they are found.
#[derive(Debug, Default)]
pub(crate) struct FieldIndex {
    present: Option<NeedleId>,
    whole: FxHashMap<Box<[u8]>, NeedleId>,
    /// One bit per length of a whole needle (63 stands for all longer ones).
    whole_lengths: u64,
    start: Trie,
    end: Trie,
    inside: Grams,
    /// Needles with letters beyond ASCII: only values with such letters can hold them.
    inside_foreign: Grams,
    /// Whether a lazy test reads the value itself.
    pub(crate) keeps_value: bool,
}

fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}

impl FieldIndex {
    pub(crate) fn new(needles: &[(NeedleId, &Needle)], keeps_value: bool) -> Self {
        let of_shape = |shape: Shape| {
            needles.iter().filter(move |(_, needle)| needle.shape == shape).map(|(id, needle)| (*id, &*needle.text))
        };
        let mut index = Self { keeps_value, ..Self::default() };
        index.present = of_shape(Shape::Present).next().map(|(id, _)| id);
        for (id, text) in of_shape(Shape::Whole) {
            index.whole.insert(text.as_bytes().into(), id);
            index.whole_lengths |= length_bit(text.len());
        }
        let forward: Vec<_> = of_shape(Shape::Start).map(|(id, text)| (text.bytes().collect(), id)).collect();
        let backward: Vec<_> = of_shape(Shape::End).map(|(id, text)| (text.bytes().rev().collect(), id)).collect();
        index.start = Trie::new(&forward);
        index.end = Trie::new(&backward);
        let (ascii, foreign): (Vec<_>, Vec<_>) =
            of_shape(Shape::Inside).map(|(id, text)| (text, id)).partition(|(text, _)| text.is_ascii());
        index.inside = Grams::new(&ascii);
        index.inside_foreign = Grams::new(&foreign);
        index
    }

    /// Calls `found` with every needle that stands in a folded value, some more than once.
    #[inline]
    pub(crate) fn find(&self, folded: &[u8], ascii: bool, found: &mut impl FnMut(NeedleId)) {
        if let Some(needle) = self.present {
            found(needle);
        }
        if self.whole_lengths & length_bit(folded.len()) != 0
            && let Some(needle) = self.whole.get(folded)
        {
            found(*needle);
        }
        self.start.walk(folded.iter().copied(), found);
        self.end.walk(folded.iter().rev().copied(), found);
        self.inside.find(folded, found);
        if !ascii {
            self.inside_foreign.find(folded, found);
        }
    }
}

/// Writes UTF-8 text folded into `folded`; whether it is all ASCII.
pub(crate) fn fold_into(value: &[u8], folded: &mut Vec<u8>) -> bool {
    folded.clear();
    folded.extend_from_slice(value);
    let mut all = 0;
    let (words, rest) = folded.as_chunks_mut::<8>();
    for bytes in words {
        let word = u64::from_le_bytes(*bytes);
        all |= word;
        *bytes = lower_ascii(word).to_le_bytes();
    }
    for byte in rest {
        all |= u64::from(*byte);
        byte.make_ascii_lowercase();
    }
    if all & HIGH_BITS == 0 {
        return true;
    }
    fold_foreign(value, folded);
    false
}

/// Folds letters beyond ASCII too. Bytes that are no UTF-8 stay as they are.
#[cold]
#[inline(never)]
fn fold_foreign(value: &[u8], folded: &mut Vec<u8>) {
    let Ok(value) = std::str::from_utf8(value) else { return };
    if value.chars().any(|character| !character.is_ascii() && fold_char(character) != character) {
        folded.clear();
        let mut buffer = [0; 4];
        for character in value.chars() {
            folded.extend_from_slice(fold_char(character).encode_utf8(&mut buffer).as_bytes());
        }
    }
}

const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Eight ASCII letters at once: bit 5 is set in each byte that lies between `A` and `Z`.
#[inline]
fn lower_ascii(bytes: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let low = bytes & !HIGH_BITS;
    let from_a = low + (0x80 - 0x41) * ONES;
    let behind_z = low + (0x80 - 0x5B) * ONES;
    let letters = (from_a & !behind_z & !bytes) & HIGH_BITS;
    bytes | (letters >> 2)
}
