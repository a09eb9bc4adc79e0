//! Sets of small numbers.

/// A set of numbers below a limit that is fixed when it is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// An empty set of numbers below `limit`.
    pub(crate) fn new(limit: usize) -> Self {
        Self { words: vec![0; limit.div_ceil(64)] }
    }

    /// Makes room for numbers below `limit`.
    pub(crate) fn grow(&mut self, limit: usize) {
        if self.words.len() * 64 < limit {
            self.words.resize(limit.div_ceil(64), 0);
        }
    }

    /// Adds a number; whether it is new.
    #[inline]
    pub(crate) fn add(&mut self, number: usize) -> bool {
        let Some(word) = self.words.get_mut(number / 64) else { return false };
        let bit = 1 << (number % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[inline]
    pub(crate) fn remove(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    #[inline]
    pub(crate) fn has(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Hands out every number, rising, and leaves the set empty.
    #[inline]
    pub(crate) fn drain(&mut self, mut each: impl FnMut(usize)) {
        for (index, word) in self.words.iter_mut().enumerate() {
            while *word != 0 {
                each(index * 64 + word.trailing_zeros() as usize);
                *word &= *word - 1;
            }
        }
    }
}
