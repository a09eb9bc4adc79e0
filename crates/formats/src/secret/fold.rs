//! A piece of text in small letters and half width, with the way back.

/// A folded piece. Every character of it is one character of the original.
#[derive(Debug)]
pub(super) struct Folded {
    /// The folded text.
    pub(super) text: String,
    /// Offset in the original of every byte and of the end; `None` if the offsets are the same.
    map: Option<Vec<usize>>,
}

impl Folded {
    pub(super) fn new(original: &str) -> Self {
        if original.is_ascii() {
            return Self { text: original.to_ascii_lowercase(), map: None };
        }
        let (mut text, mut map) = (String::with_capacity(original.len()), Vec::with_capacity(original.len() + 1));
        for (at, c) in original.char_indices() {
            let folded = fold_char(c);
            text.push(folded);
            map.resize(text.len(), at);
        }
        map.push(original.len());
        Self { text, map: Some(map) }
    }

    /// Offset in the original of an offset in the folded text.
    pub(super) fn original(&self, at: usize) -> usize {
        self.map.as_ref().map_or(at, |map| map.get(at).or(map.last()).copied().unwrap_or(at))
    }

    /// The folded text from `from` on; empty behind the end.
    pub(super) fn from(&self, from: usize) -> &str {
        self.text.get(from..).unwrap_or_default()
    }
}

fn fold_char(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            let half = u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32);
            half.unwrap_or(c).to_ascii_lowercase()
        }
        '\u{3000}' | '\u{a0}' => ' ',
        '“' | '”' | '〝' | '〟' => '"',
        '‘' | '’' => '\'',
        c => c.to_ascii_lowercase(),
    }
}

/// One word of a line and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    /// Without the quotes around it.
    pub(super) text: &'a str,
    /// Offset of `text`.
    pub(super) from: usize,
    /// End of `text`.
    pub(super) to: usize,
}

/// Splits at blanks; quotes keep blanks together. `base` is added to every offset.
pub(super) fn tokens(text: &str, base: usize) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < 200 {
        let rest = text.get(at..).unwrap_or_default();
        let Some(skipped) = rest.find(|c: char| !c.is_whitespace()) else { break };
        at += skipped;
        let rest = text.get(at..).unwrap_or_default();
        // A quote that more follows at once is part of a word: `"a"=b`.
        let is_whole = |quote: &char| {
            let inner = rest.get(1..).unwrap_or_default();
            let behind =
                inner.find(*quote).and_then(|end| inner.get(end + 1..)).and_then(|behind| behind.chars().next());
            !behind.is_some_and(|c| c.is_alphanumeric() || c == '=')
        };
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'')).filter(is_whole);
        let (from, length, step) = match quote {
            Some(quote) => match rest.get(1..).and_then(|inner| inner.find(quote)) {
                Some(length) => (at + 1, length, length + 2),
                None => (at + 1, rest.len() - 1, rest.len()),
            },
            None => {
                let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (at, length, length)
            }
        };
        found.push(Token {
            text: text.get(from..from + length).unwrap_or_default(),
            from: base + from,
            to: base + from + length,
        });
        at += step;
    }
    found
}
