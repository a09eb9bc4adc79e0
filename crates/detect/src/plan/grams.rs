//! Which of many texts stand anywhere in a value.
//!
//! Every needle is filed under a *gram*, four neighbouring bytes of it (fewer if it is shorter), chosen so that few
//! needles share one. A value is read once: each of its grams is looked up in a small bitmap, and only where that says
//! yes the needles filed there are compared. An Aho-Corasick automaton over the same needles gives the same answer; it
//! reads tables of tens of megabytes where this reads a few kilobytes.

use rustc_hash::{FxHashMap, FxHashSet};

use super::atom::NeedleId;

/// What very many values hold. Grams of it are the last that needles are filed under; only speed depends on it.
const COMMON: [&str; 16] = [
    "c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe",
    "c:\\windows\\system32\\cmd.exe /c ",
    "c:\\windows\\syswow64\\rundll32.exe \"",
    "c:\\program files (x86)\\microsoft\\",
    "c:\\program files\\windows defender\\",
    "c:\\users\\administrator\\appdata\\local\\temp\\",
    "c:\\users\\public\\downloads\\desktop\\documents\\appdata\\roaming\\",
    "hklm\\software\\microsoft\\windows nt\\currentversion\\",
    "hku\\s-1-5-21-\\software\\policies\\microsoft\\windows\\currentversion\\",
    "hklm\\system\\currentcontrolset\\services\\control\\",
    "microsoft corporation microsoft® windows® operating system",
    "nt authority\\system nt-autorität\\",
    "sha1=,md5=,sha256=,imphash=00000000000000000000000000000000",
    "svchost.exe -k netsvcs -p -s explorer.exe services.exe .dll,",
    "https://www.http://.com/ .exe\" .exe  -executionpolicy bypass -command ",
    "invoke-expression new-object system.net.webclient import-module get-",
];

/// Bytes of a gram, and from one gram that is looked up for long needles to the next.
const STEP: usize = 4;
/// The shortest needle that holds four bytes at every multiple of four.
const LONG: usize = 2 * STEP - 1;

/// A needle filed under one of its grams.
#[derive(Debug, Clone, Copy)]
struct Entry {
    gram: u32,
    needle: NeedleId,
    /// Bytes of the needle up to the end of the gram.
    until: u32,
    /// The needle's bytes, in `texts`.
    start: u32,
    length: u32,
}

/// Needles filed under grams of one width.
#[derive(Debug, Default)]
struct Table {
    /// One bit per hash: some needle may be filed there.
    bitmap: Vec<u64>,
    bitmap_shift: u32,
    /// Where the entries of a slot begin; one more than there are slots.
    slots: Vec<u32>,
    slot_shift: u32,
    entries: Vec<Entry>,
    texts: Vec<u8>,
}

/// All needles of one field that are looked for anywhere, by the width of their gram.
#[derive(Debug, Default)]
pub(crate) struct Grams {
    /// Needles of [`LONG`] bytes or more. Wherever they stand, they hold four bytes that begin at a multiple of four:
    /// each is filed under four grams, one per remainder, and only every fourth gram of a value is looked up.
    long: Table,
    four: Table,
    three: Table,
    two: Table,
    one: Table,
    /// One bit per pair of bytes: a needle of fewer than four bytes may end in it. Empty if there is none.
    pairs: Vec<u64>,
}

impl Grams {
    /// Needles of one byte or more.
    pub(crate) fn new(needles: &[(&str, NeedleId)]) -> Self {
        let of_length = |lengths: std::ops::Range<usize>, width: usize, step: usize| {
            let own: Vec<_> = needles.iter().filter(|(text, _)| lengths.contains(&text.len())).copied().collect();
            Table::new(&own, width, step)
        };
        let mut pairs = Vec::new();
        for (text, _) in needles {
            if text.len() < 4 {
                pairs.resize(1 << 10, 0);
                mark_pairs(text.as_bytes(), &mut pairs);
            }
        }
        Self {
            long: of_length(LONG..usize::MAX, 4, STEP),
            four: of_length(4..LONG, 4, 1),
            three: of_length(3..4, 3, 1),
            two: of_length(2..3, 2, 1),
            one: of_length(1..2, 1, 1),
            pairs,
        }
    }

    /// Calls `found` with every needle in `text`, some more than once.
    #[inline]
    pub(crate) fn find(&self, text: &[u8], found: &mut impl FnMut(NeedleId)) {
        if !self.long.entries.is_empty() {
            for (block, bytes) in text.chunks_exact(STEP).enumerate() {
                self.long.look(gram_of(bytes), text, block * STEP + STEP - 1, found);
            }
        }
        // The last four bytes; before there are four, zeros stand for those that are missing. A needle that would begin
        // before the text is refused when it is compared.
        let mut last = 0_u32;
        if self.pairs.is_empty() {
            if self.four.entries.is_empty() {
                return;
            }
            for (at, byte) in text.iter().enumerate() {
                last = last >> 8 | u32::from(*byte) << 24;
                self.four.look(last, text, at, found);
            }
            return;
        }
        for (at, byte) in text.iter().enumerate() {
            last = last >> 8 | u32::from(*byte) << 24;
            self.four.look(last, text, at, found);
            let pair = last >> 16;
            let word = self.pairs.get((pair >> 6) as usize).copied().unwrap_or(0);
            if word >> (pair & 63) & 1 == 1 {
                self.three.look(last >> 8, text, at, found);
                self.two.look(pair, text, at, found);
                self.one.look(last >> 24, text, at, found);
            }
        }
    }
}

/// Marks the pairs of bytes that a short needle may end in.
fn mark_pairs(needle: &[u8], pairs: &mut [u64]) {
    let mut mark = |first: u8, second: u8| {
        let pair = usize::from(u16::from_le_bytes([first, second]));
        if let Some(word) = pairs.get_mut(pair >> 6) {
            *word |= 1 << (pair & 63);
        }
    };
    match *needle {
        [only] => (0..=u8::MAX).for_each(|before| mark(before, only)),
        [.., first, second] => mark(first, second),
        [] => {}
    }
}

/// Up to four bytes as a number.
#[inline]
fn gram_of(bytes: &[u8]) -> u32 {
    match *bytes {
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
        [a, b, c] => u32::from_le_bytes([a, b, c, 0]),
        [a, b] => u32::from_le_bytes([a, b, 0, 0]),
        [a] => u32::from(a),
        _ => 0,
    }
}

#[inline]
fn hash(gram: u32) -> u32 {
    gram.wrapping_mul(0x9E37_79B1)
}

impl Table {
    /// Files every needle under one gram for each remainder of its place by `step`.
    fn new(needles: &[(&str, NeedleId)], width: usize, step: usize) -> Self {
        if needles.is_empty() {
            return Self::default();
        }
        // What many needles hold, many values will hold.
        let mut shared: FxHashMap<u32, u32> = FxHashMap::default();
        for (text, _) in needles {
            for gram in text.as_bytes().windows(width).map(gram_of) {
                *shared.entry(gram).or_default() += 1;
            }
        }
        let slot_bits = usize::BITS - (needles.len() * step).leading_zeros();
        let bitmap_bits = (slot_bits + 4).clamp(10, 18);
        let mut table = Self {
            bitmap: vec![0; 1 << (bitmap_bits - 6)],
            bitmap_shift: 32 - bitmap_bits,
            slot_shift: 32 - slot_bits,
            ..Self::default()
        };
        let common: FxHashSet<u32> =
            COMMON.iter().flat_map(|text| text.as_bytes().windows(width)).map(gram_of).collect();
        let mut filed: FxHashMap<u32, u32> = FxHashMap::default();
        let mut entries = Vec::with_capacity(needles.len() * step);
        for (text, needle) in needles {
            let start = small(table.texts.len());
            table.texts.extend_from_slice(text.as_bytes());
            for remainder in 0..step {
                let grams = text.as_bytes().windows(width).map(gram_of).enumerate().skip(remainder).step_by(step);
                let cost = |gram: &u32| {
                    let (filed, shared) =
                        (filed.get(gram).copied().unwrap_or(0), shared.get(gram).copied().unwrap_or(0));
                    filed * 4 + shared + if common.contains(gram) { 1_000 } else { 0 }
                };
                let Some((offset, gram)) = grams.min_by_key(|(_, gram)| cost(gram)) else { continue };
                *filed.entry(gram).or_default() += 1;
                let until = small(offset + width);
                entries.push(Entry { gram, needle: *needle, until, start, length: small(text.len()) });
            }
        }
        table.file(entries, 1 << slot_bits);
        table
    }

    fn file(&mut self, mut entries: Vec<Entry>, slots: usize) {
        let slot_shift = self.slot_shift;
        entries.sort_by_key(|entry| (hash(entry.gram) >> slot_shift, entry.gram, entry.needle));
        self.slots = vec![0; slots + 1];
        for entry in &entries {
            let hash = hash(entry.gram);
            let bit = hash >> self.bitmap_shift;
            if let Some(word) = self.bitmap.get_mut((bit >> 6) as usize) {
                *word |= 1 << (bit & 63);
            }
            if let Some(count) = self.slots.get_mut((hash >> slot_shift) as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for slot in &mut self.slots {
            sum += *slot;
            *slot = sum;
        }
        self.entries = entries;
    }

    /// Looks at the gram that ends at `at`.
    #[inline]
    fn look(&self, gram: u32, text: &[u8], at: usize, found: &mut impl FnMut(NeedleId)) {
        let hash = hash(gram);
        let bit = hash >> self.bitmap_shift;
        let word = self.bitmap.get((bit >> 6) as usize).copied().unwrap_or(0);
        if word >> (bit & 63) & 1 == 1 {
            self.compare(text, at, gram, hash, found);
        }
    }

    fn compare(&self, text: &[u8], at: usize, gram: u32, hash: u32, found: &mut impl FnMut(NeedleId)) {
        let slot = (hash >> self.slot_shift) as usize;
        let Some([first, behind]) = self.slots.get(slot..slot + 2) else { return };
        let Some(entries) = self.entries.get(*first as usize..*behind as usize) else { return };
        for entry in entries.iter().filter(|entry| entry.gram == gram) {
            let Some(start) = (at + 1).checked_sub(entry.until as usize) else { continue };
            let here = text.get(start..start + entry.length as usize);
            let needle = self.texts.get(entry.start as usize..(entry.start + entry.length) as usize);
            if here.is_some() && here == needle {
                found(entry.needle);
            }
        }
    }
}

/// Sizes inside a plan; its limits keep them far below four billion.
fn small(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
