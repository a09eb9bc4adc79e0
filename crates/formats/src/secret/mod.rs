//! Takes secrets out of any file before it is stored, whatever the file is.
//!
//! Passwords stand in ledgers kept by hand, in remarks, in answer files of Windows, in policies, scripts and in the settings of
//! network devices. [`strike`] looks for all of them; it puts [`MARK`] where each stood, changes nothing else, and lists what it
//! was, never its value. Whatever is marked once stays as it is.

mod command;
mod csv_text;
mod device;
mod fold;
mod grid;
mod header;
mod hint;
mod markup;
mod part;
mod registry;
mod ruins;
mod sheet;
mod source;
mod token;
mod trigger;
mod value;
mod workbook;

use base::Locator;

use fold::Folded;
use hint::Scope;
use source::SourceText;

/// What stands where a secret stood.
pub const MARK: &str = "***";

/// Asks whether `value` (second) is one of the words a column of this label (first) may hold; `None` if the column is no
/// known one with a fixed list of words.
pub type Words<'a> = dyn Fn(&str, &str) -> Option<bool> + 'a;

/// One secret that was taken out. It never holds the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    /// What it was: the label, name or word beside it, at most 80 characters.
    pub what: String,
    /// Where it stood.
    pub locator: Locator,
}

/// A file without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struckout {
    /// The file as it may be stored.
    pub bytes: Vec<u8>,
    /// What is missing in it; never empty.
    pub struck: Vec<Struck>,
}

/// A file that holds secrets which cannot be taken out: it must not be stored.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum StrikeError {
    /// A workbook that cannot be unpacked or rewritten, with a label of a column of secrets in it.
    #[error("workbook seems to hold secrets ({label:?}) and cannot be rewritten: {reason}")]
    Workbook {
        /// The label, cut to 60 characters.
        label: String,
        /// Why it cannot be rewritten.
        reason: String,
    },
}

/// A piece of text that must go.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    from: usize,
    to: usize,
    what: String,
}

impl Span {
    fn new(from: usize, to: usize, what: &str) -> Self {
        Self { from, to, what: what.trim().chars().take(80).collect() }
    }
}

/// Takes every secret out; `None` if there is none.
///
/// Works in one pass over the bytes where no word speaks of a secret.
///
/// # Errors
/// [`StrikeError`] if the file holds secrets and cannot be rewritten.
pub fn strike(bytes: &[u8], words: &Words<'_>) -> Result<Option<Struckout>, StrikeError> {
    if workbook::may_be(bytes) {
        return workbook::strike(bytes, words);
    }
    Ok(strike_text(bytes, words))
}

fn strike_text(bytes: &[u8], words: &Words<'_>) -> Option<Struckout> {
    let source = SourceText::read(bytes)?;
    let text = source.text();
    let first = trigger::find(text, 0)?;
    let mut spans = Vec::new();
    if !csv_text::find(text, words, &mut spans) {
        find_in_lines(text, first, &mut spans);
        registry::find(text, &mut spans);
        if text.contains("</") || text.contains("/>") {
            markup::find(text, &mut spans);
        }
    }
    device::find_communities(text, &mut spans);
    device::find_private_keys(text, &mut spans);
    source.mask(spans)
}

fn find_in_lines(text: &str, first: usize, spans: &mut Vec<Span>) {
    let mut next = Some(first);
    while let Some(at) = next {
        let from = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        let to = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end);
        find_in_piece(text, from, to, Scope::Text, spans);
        next = trigger::find(text, to);
    }
}

/// Longest piece that is looked at in one go, and how far the next one reaches back. No secret is longer than that.
const PIECE_BYTES: usize = 32 << 10;
const OVERLAP_BYTES: usize = 4 << 10;

/// Adds the secrets of a line or cell.
fn find_in_piece(text: &str, from: usize, to: usize, scope: Scope, spans: &mut Vec<Span>) {
    let mut from = from;
    while from < to {
        let mut end = to.min(from + PIECE_BYTES);
        while !text.is_char_boundary(end) {
            end += 1;
        }
        find_in_short(text.get(from..end).unwrap_or_default(), from, scope, spans);
        if end >= to {
            return;
        }
        from = end - OVERLAP_BYTES;
        while !text.is_char_boundary(from) {
            from += 1;
        }
    }
}

fn find_in_short(piece: &str, base: usize, scope: Scope, spans: &mut Vec<Span>) {
    if trigger::find(piece, 0).is_none() {
        return;
    }
    let first = spans.len();
    let folded = Folded::new(piece);
    hint::find(&folded, scope, spans);
    token::find(&folded, spans);
    command::find(&folded, spans);
    if scope == Scope::Text {
        device::find(&folded, spans);
    }
    for span in spans.get_mut(first..).unwrap_or_default() {
        span.from += base;
        span.to += base;
    }
}

/// A remark with marks in place of its secrets, and the words that gave them away; `None` if there are none.
fn mask_remark(text: &str) -> Option<(String, String)> {
    let mut spans = Vec::new();
    find_in_piece(text, 0, text.len(), Scope::Remark, &mut spans);
    spans.retain(|span| span.from < span.to);
    spans.sort_by_key(|span| (span.from, span.to));
    let what = spans.first()?.what.clone();
    let (mut masked, mut at) = (String::new(), 0);
    for span in spans {
        if span.from >= at {
            masked.push_str(text.get(at..span.from).unwrap_or_default());
            masked.push_str(MARK);
        }
        at = at.max(span.to);
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    Some((masked, what))
}

#[cfg(test)]
mod tests;
