//! How messages follow each other in a stream (RFC 6587): counted, or one in each line.

use std::ops::Range;

use super::MAX_BYTES;

/// Digits of a count.
const MAX_DIGITS: usize = 7;

/// How a sender separates its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// `23 <134>1 …`: the number of bytes, a space, the message. The only one of TLS (RFC 5425).
    Counted,
    /// A line feed (or a zero) behind each message.
    Lines,
}

impl Framing {
    /// By the first byte of a stream: messages begin with `<`, counts with a digit that is not zero.
    #[must_use]
    pub fn detect(first: u8) -> Self {
        if matches!(first, b'1'..=b'9') { Self::Counted } else { Self::Lines }
    }
}

/// What the beginning of a buffer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// A message at these bytes; `taken` bytes are done with.
    Message {
        /// Where it lies.
        at: Range<usize>,
        /// Bytes to take from the buffer.
        taken: usize,
    },
    /// Part of a message that is longer than [`MAX_BYTES`]. Reported once for each such message, in its last part.
    TooLong {
        /// Bytes to take from the buffer.
        taken: usize,
    },
    /// Bytes of no meaning: between messages, or the first parts of one that is too long.
    Nothing {
        /// Bytes to take from the buffer; never 0.
        taken: usize,
    },
    /// No count where one must be: the sender cannot be understood any more.
    Lost,
    /// The rest of a message has to come first.
    More,
}

/// Cuts a stream into messages. Keeps no bytes itself; a buffer of [`MAX_BYTES`] and 8 is always enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splitter {
    framing: Framing,
    /// Bytes of a message that is too long, still to come.
    left: usize,
    in_long_line: bool,
    /// Bytes at the beginning of the buffer that are known to hold no end of a line.
    searched: usize,
}

impl Splitter {
    /// For the beginning of a stream.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        Self { framing, left: 0, in_long_line: false, searched: 0 }
    }

    /// Looks at a buffer. After every answer but [`Split::More`] and [`Split::Lost`] take the bytes and ask again.
    pub fn next(&mut self, buffer: &[u8]) -> Split {
        match self.framing {
            _ if buffer.is_empty() => Split::More,
            Framing::Counted => self.next_counted(buffer),
            Framing::Lines => self.next_line(buffer),
        }
    }

    fn next_counted(&mut self, buffer: &[u8]) -> Split {
        if 0 < self.left {
            let taken = self.left.min(buffer.len());
            self.left -= taken;
            return if self.left == 0 { Split::TooLong { taken } } else { Split::Nothing { taken } };
        }
        // Some senders put a line feed behind every message nevertheless.
        let blank = buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        if 0 < blank {
            return Split::Nothing { taken: blank };
        }
        let digits = buffer.iter().take(MAX_DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
        let count = buffer.get(..digits).and_then(|digits| std::str::from_utf8(digits).ok());
        match (buffer.get(digits), count.and_then(|count| count.parse::<usize>().ok())) {
            (None, _) if digits <= MAX_DIGITS => Split::More,
            (Some(b' '), Some(count)) if 0 < count && digits <= MAX_DIGITS => {
                let begin = digits + 1;
                if MAX_BYTES < count {
                    self.left = count;
                    return Split::Nothing { taken: begin };
                }
                let end = begin + count;
                if buffer.len() < end { Split::More } else { Split::Message { at: begin..end, taken: end } }
            }
            _ => Split::Lost,
        }
    }

    fn next_line(&mut self, buffer: &[u8]) -> Split {
        let searched = std::mem::take(&mut self.searched);
        let new = buffer.get(searched..).unwrap_or_default();
        let end = new.iter().position(|byte| matches!(byte, b'\n' | 0)).map(|end| searched + end);
        match (end, self.in_long_line) {
            (Some(end), true) => {
                self.in_long_line = false;
                Split::TooLong { taken: end + 1 }
            }
            (Some(end), false) if MAX_BYTES < end => Split::TooLong { taken: end + 1 },
            (Some(end), false) => {
                let line = buffer.get(..end).unwrap_or_default();
                let length = line.strip_suffix(b"\r").unwrap_or(line).len();
                if length == 0 {
                    Split::Nothing { taken: end + 1 }
                } else {
                    Split::Message { at: 0..length, taken: end + 1 }
                }
            }
            (None, _) if MAX_BYTES < buffer.len() || self.in_long_line => {
                self.in_long_line = true;
                Split::Nothing { taken: buffer.len() }
            }
            (None, _) => {
                self.searched = buffer.len();
                Split::More
            }
        }
    }
}
