//! Many short lists of numbers in one piece of memory.

/// List `i` is a slice of `items`.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    pub(crate) fn new(lists: &[Vec<u32>]) -> Self {
        let mut packed = Self { starts: Vec::with_capacity(lists.len() + 1), items: Vec::new() };
        packed.starts.push(0);
        for list in lists {
            packed.items.extend_from_slice(list);
            packed.starts.push(u32::try_from(packed.items.len()).unwrap_or(u32::MAX));
        }
        packed
    }

    #[inline]
    pub(crate) fn get(&self, list: u32) -> &[u32] {
        let at = list as usize;
        let Some([start, end]) = self.starts.get(at..at + 2) else { return &[] };
        self.items.get(*start as usize..*end as usize).unwrap_or_default()
    }
}
