//! Events as XML, as Windows exports and forwards them: one `<Event>`, several, or an `<Events>` list.
//!
//! Every event is cut out of the text first, so a malformed one costs itself. No entity is followed but the five of XML
//! and character references.
//!
//! ```
//! let text = "<Event><System><EventID>1102</EventID><Channel>Security</Channel></System></Event>";
//! for event in formats::event::xml::events(text) {
//!     assert_eq!(event?.head.event_id, Some(1102));
//! }
//! # Ok::<(), formats::event::BadEvent>(())
//! ```

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event as Token};

use super::{BadEvent, Event, MAX_BYTES, MAX_DEPTH, MAX_NAME_BYTES, Reason};
use crate::evtx::Section;
use crate::text::decode;

/// Decodes a file: UTF-8, UTF-16 or CP932, by its byte order mark or its bytes. What the XML declaration states is not
/// needed: it is right or the bytes tell otherwise. The caller limits the length of `bytes`.
#[must_use]
pub fn decode_file(bytes: &[u8]) -> String {
    decode(bytes).text
}

/// Every event of a text, in its order. What stands between events is not looked at.
pub fn events(text: &str) -> impl Iterator<Item = Result<Event<'static>, BadEvent>> {
    let mut begin = find_start(text, 0);
    std::iter::from_fn(move || {
        let offset = begin?;
        begin = find_start(text, offset + 1);
        let end = begin.unwrap_or(text.len());
        let read = cut(text.get(offset..end).unwrap_or_default()).and_then(read);
        Some(read.map_err(|reason| BadEvent { offset, reason }))
    })
}

/// Where the next `<Event>` or `<Event …>` begins.
fn find_start(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find("<Event")?;
        let behind = text.as_bytes().get(at + "<Event".len())?;
        if behind.is_ascii_whitespace() || matches!(behind, b'>' | b'/') {
            return Some(at);
        }
        at += 1;
    }
}

/// From its beginning up to the end of its last tag.
fn cut(text: &str) -> Result<&str, Reason> {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("</Event")) {
        let behind = from + found + "</Event".len();
        let rest = text.get(behind..).unwrap_or_default();
        let gap = rest.len() - rest.trim_ascii_start().len();
        if rest.trim_ascii_start().starts_with('>') {
            let end = behind + gap + 1;
            return if MAX_BYTES < end { Err(Reason::TooLong) } else { Ok(text.get(..end).unwrap_or_default()) };
        }
        from = behind;
    }
    Err(if MAX_BYTES < text.len() { Reason::TooLong } else { Reason::Cut })
}

/// An element that is open, and what was seen of it.
#[derive(Default)]
struct Open {
    name: String,
    data_name: Option<String>,
    text: String,
    has_elements: bool,
    has_attributes: bool,
}

/// Reads one event from `<Event` to `</Event>`.
///
/// # Errors
/// [`Reason`] says why it is none.
fn read(text: &str) -> Result<Event<'static>, Reason> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let (mut event, mut open) = (Event::default(), Vec::<Open>::new());
    loop {
        match reader.read_event().map_err(Reason::Xml)? {
            Token::Start(start) => begin(&mut event, &mut open, &start)?,
            Token::End(_) => end(&mut event, &mut open)?,
            Token::Text(text) => add_text(&mut open, &text),
            Token::CData(text) => add_text(&mut open, &text),
            Token::GeneralRef(reference) => {
                let entity = format!("&{};", &*reference);
                add_text(&mut open, &unescape(&entity).map_err(|err| Reason::Xml(err.into()))?);
            }
            Token::Eof if event.head.event_id.is_none() => return Err(Reason::NoEvent),
            Token::Eof => return Ok(event),
            Token::Comment(_) | Token::Decl(_) | Token::PI(_) | Token::DocType(_) | Token::Empty(_) => {}
        }
    }
}

fn add_text(open: &mut [Open], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn section_of(open: &[Open]) -> Section {
    match open.get(1).map(|element| element.name.as_str()) {
        Some("System") => Section::System,
        Some("EventData") => Section::EventData,
        Some("UserData") => Section::UserData,
        _ => Section::Other,
    }
}

fn begin(event: &mut Event<'static>, open: &mut Vec<Open>, start: &BytesStart<'_>) -> Result<(), Reason> {
    if open.len() >= MAX_DEPTH {
        return Err(Reason::TooDeep);
    }
    if let Some(parent) = open.last_mut() {
        parent.has_elements = true;
    }
    let name = start.name().as_ref().to_owned();
    if MAX_NAME_BYTES < name.len() {
        return Err(Reason::NameTooLong);
    }
    open.push(Open { name: name.clone(), ..Open::default() });
    let section = section_of(open);
    // The same attribute twice is harmless; to look for it takes time with the square of their number.
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|err| Reason::Xml(err.into()))?;
        let key: &str = attribute.key.as_ref();
        if key == "xmlns" || key.starts_with("xmlns:") {
            continue;
        }
        if MAX_NAME_BYTES < key.len() {
            return Err(Reason::NameTooLong);
        }
        let value = unescape(&attribute.value).map_err(|err| Reason::Xml(err.into()))?.into_owned();
        let Some(element) = open.last_mut() else { continue };
        let can_be_named = section != Section::System && matches!(name.as_str(), "Data" | "ComplexData");
        if key == "Name" && can_be_named && !value.is_empty() {
            element.data_name = Some(value);
        } else {
            element.has_attributes = true;
            event.add(section, Cow::Owned(format!("{name}_{key}")), Cow::Owned(value))?;
        }
    }
    Ok(())
}

fn end(event: &mut Event<'static>, open: &mut Vec<Open>) -> Result<(), Reason> {
    let (section, depth) = (section_of(open), open.len());
    let Some(element) = open.pop() else { return Ok(()) };
    // An element with nothing but attributes is no field, nor is a section without content.
    let is_bare = element.has_attributes || matches!(&*element.name, "Correlation" | "Security");
    let is_frame = element.text.is_empty() && (depth <= 2 || is_bare);
    if is_frame || element.has_elements {
        return Ok(());
    }
    event.add(section, Cow::Owned(element.data_name.unwrap_or(element.name)), Cow::Owned(element.text))
}
