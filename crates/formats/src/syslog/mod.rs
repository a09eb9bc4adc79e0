//! Syslog: messages of RFC 5424 and RFC 3164 (and of devices that follow neither), how a stream is cut into messages,
//! and what the messages of some devices say.
//!
//! It must never fail on a message: what is not understood stays in its text. Nothing in a message is trusted; who sent
//! it knows the listener only. Start with [`Message::parse`], then [`Bodies::read`].

mod body;
mod framing;
mod header;
mod pairs;
mod template;

use std::borrow::Cow;

pub use body::{Bodies, BodiesError, Body};
pub use framing::{Framing, Split, Splitter};
pub use pairs::pairs;

use crate::event::Moment;
use crate::evtx::FileTime;

/// Longest message that is read, in bytes. RFC 5424 asks for 2,048; firewalls send some thousand.
pub const MAX_BYTES: usize = 64 << 10;

/// A message, as far as its header was understood. What it does not say is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message<'a> {
    /// Who speaks and how grave it is.
    pub priority: Option<Priority>,
    /// When it was sent, by the sender's clock. RFC 3164 knows neither year nor zone: the year is the one that brings the
    /// time nearest to now.
    pub time: Option<Moment>,
    /// Name or address the sender gives itself.
    pub host: Option<&'a str>,
    /// Program.
    pub app: Option<&'a str>,
    /// Process.
    pub process_id: Option<&'a str>,
    /// Kind of message, of RFC 5424 only.
    pub message_id: Option<&'a str>,
    /// Structured data of RFC 5424: element, name, value.
    pub structured: Vec<Parameter<'a>>,
    /// Everything behind the header; with program and process where RFC 3164 has them in front.
    pub content: &'a str,
    /// The same without program and process.
    pub text: &'a str,
}

/// One value of structured data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Id of the element, for example `origin` or `exampleSDID@32473`.
    pub element: &'a str,
    /// Name of the value.
    pub name: &'a str,
    /// The value, its escapes read.
    pub value: Cow<'a, str>,
}

/// Facility and severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priority(u8);

impl Priority {
    /// 0 to 23; 4 and 10 are security, 16 to 23 whatever the device uses them for.
    #[must_use]
    pub fn facility(self) -> u8 {
        self.0 / 8
    }

    /// 0 emergency to 7 debug.
    #[must_use]
    pub fn severity(self) -> u8 {
        self.0 % 8
    }
}

impl<'a> Message<'a> {
    /// Reads one message without its framing; what is longer than [`MAX_BYTES`] is cut there. `now` decides the year of
    /// a time without one, so give it in the zone of the sender.
    #[must_use]
    pub fn parse(text: &'a str, now: FileTime) -> Self {
        header::parse(text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or_default(), now)
    }
}

/// The text of a message: UTF-8, else CP932, as older devices in Japan send it.
#[must_use]
pub fn decode_message(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(crate::text::decode(bytes).text),
    }
}
