//! What was taken out of a file before it was stored.

/// One secret that was taken out. It never holds the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    /// What it was: the name of the attribute, column or value, as the file writes it.
    pub what: String,
    /// Line, from 1; 0 in a binary file.
    pub line: u32,
    /// Byte offset, in the redacted file, of the place where the secret stood.
    pub offset: u64,
}

/// A file without its secrets, in its own encoding and otherwise byte for byte the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The file as it may be stored.
    pub bytes: Vec<u8>,
    /// What is missing in it, in the order of the file; never empty.
    pub struck: Vec<Struck>,
}

/// Most places that are listed; whatever stands behind them is taken out too, and one last entry says so.
const MAX_STRUCK: usize = 100_000;

/// Copies a file piece by piece and notes what is left out.
#[derive(Debug)]
pub(crate) struct Cutter<'a> {
    source: &'a [u8],
    copied_to: usize,
    bytes: Vec<u8>,
    struck: Vec<Struck>,
}

impl<'a> Cutter<'a> {
    pub(crate) fn new(source: &'a [u8]) -> Self {
        Self { source, copied_to: 0, bytes: Vec::new(), struck: Vec::new() }
    }

    /// Leaves out `from..to`; calls must come in the order of the file.
    pub(crate) fn cut(&mut self, from: usize, to: usize, what: &str, line: u32) {
        self.bytes.extend_from_slice(self.source.get(self.copied_to..from).unwrap_or_default());
        self.copied_to = self.copied_to.max(to);
        let offset = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        match self.struck.len() {
            ..MAX_STRUCK => self.struck.push(Struck { what: what.chars().take(80).collect(), line, offset }),
            MAX_STRUCK => self.struck.push(Struck { what: "further places, not listed".to_owned(), line, offset }),
            _ => {}
        }
    }

    /// As [`Self::cut`], leaving `mark` in the place, so that a reader of the redacted file sees that something stood there.
    pub(crate) fn mask(&mut self, from: usize, to: usize, what: &str, line: u32, mark: &[u8]) {
        self.cut(from, to, what, line);
        self.bytes.extend_from_slice(mark);
    }

    /// The result, or `None` if nothing was left out.
    pub(crate) fn finish(mut self) -> Option<Redacted> {
        if self.struck.is_empty() {
            return None;
        }
        self.bytes.extend_from_slice(self.source.get(self.copied_to..).unwrap_or_default());
        Some(Redacted { bytes: self.bytes, struck: self.struck })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_beyond_the_list_are_taken_out_all_the_same() {
        let source = "x,".repeat(MAX_STRUCK + 5);
        let mut cutter = Cutter::new(source.as_bytes());
        for at in 0..MAX_STRUCK + 5 {
            cutter.cut(2 * at, 2 * at + 1, "a", 1);
        }
        let redacted = cutter.finish().unwrap();
        assert!(redacted.bytes.iter().all(|byte| *byte == b','));
        assert_eq!(redacted.struck.len(), MAX_STRUCK + 1);
        assert_eq!(redacted.struck.last().unwrap().what, "further places, not listed");
    }
}
