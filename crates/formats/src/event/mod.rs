//! One event of a Windows log, in whatever form it came: EVTX, XML ([`xml`]) or JSON ([`json`]).
//!
//! It must never guess what an event does not say. Names of fields are the same in every form: `Name` of a
//! `<Data Name="…">`, `Data` for one without, else the element's name; attributes are `Element_Attribute`, such as
//! `Provider_Name`. Start with [`Recorded`].

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::evtx::{FileTime, Record, Section};

pub mod json;
mod time;
pub mod xml;

pub use time::{Moment, parse_moment};

/// Most fields of one event that are read. Events of Windows have some thirty.
pub const MAX_FIELDS: usize = 4_096;
/// Longest event that is read, in bytes of its text.
pub const MAX_BYTES: usize = 1 << 20;

/// Who logged what, when and where. What the event does not say is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head<'a> {
    /// Channel; events traced without a log have none.
    pub channel: Option<Cow<'a, str>>,
    /// Name of the provider.
    pub provider: Option<Cow<'a, str>>,
    /// Id of the event, which means something only together with provider and channel.
    pub event_id: Option<u32>,
    /// Upper half of the id of old providers.
    pub qualifiers: Option<u16>,
    /// Computer.
    pub computer: Option<Cow<'a, str>>,
    /// When it happened, to 100 ns.
    pub time: Option<FileTime>,
    /// Whether `time` is the clock of the computer, because no time zone was stated.
    pub is_local_time: bool,
    /// Number of the event in its log. Repeats across logs.
    pub record_id: Option<u64>,
}

/// An event that was read from text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event<'a> {
    /// Who, what, when and where.
    pub head: Head<'a>,
    /// Every field, those of `System` among them, in the order of the event. A list comes once for each of its values.
    pub fields: Vec<Field<'a>>,
}

/// A field with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// Where it stands. What the log's viewer made of the event (`RenderingInfo`, messages) is [`Section::Other`].
    pub section: Section,
    /// Its name, see the module.
    pub name: Cow<'a, str>,
    /// May be empty, and may hold anything that a program logged.
    pub value: Cow<'a, str>,
}

/// An event, whoever holds it.
pub trait Recorded {
    /// Who, what, when and where.
    fn head(&self) -> Head<'_>;

    /// Visits every field: where it stands, its name, its text.
    fn each_text(&self, visit: &mut dyn FnMut(Section, &str, &str));
}

impl Recorded for Event<'_> {
    fn head(&self) -> Head<'_> {
        self.head.clone()
    }

    fn each_text(&self, visit: &mut dyn FnMut(Section, &str, &str)) {
        self.fields.iter().for_each(|field| visit(field.section, &field.name, &field.value));
    }
}

impl Recorded for Record<'_> {
    fn head(&self) -> Head<'_> {
        let system = self.system();
        let text = |value: Option<crate::evtx::Value<'_>>| value.map(|value| Cow::Owned(value.to_string()));
        Head {
            channel: text(system.channel),
            provider: text(system.provider),
            event_id: system.event_id,
            qualifiers: system.qualifiers,
            computer: text(system.computer),
            time: system.time_created,
            is_local_time: false,
            record_id: system.event_record_id,
        }
    }

    fn each_text(&self, visit: &mut dyn FnMut(Section, &str, &str)) {
        let mut text = String::new();
        self.each_field(&mut |field, value| {
            text.clear();
            let _ = write!(text, "{value}");
            visit(field.section, field.name(), &text);
        });
    }
}

impl<'a> Event<'a> {
    /// Adds a field, and to the head what it says there. The first of several that say the same counts.
    fn add(&mut self, section: Section, name: Cow<'a, str>, value: Cow<'a, str>) -> Result<(), Reason> {
        if self.fields.len() >= MAX_FIELDS {
            return Err(Reason::TooManyFields);
        }
        if section == Section::System {
            self.head.learn(&name, &value);
        }
        self.fields.push(Field { section, name, value });
        Ok(())
    }
}

impl<'a> Head<'a> {
    #[expect(clippy::ptr_arg, reason = "what is borrowed stays borrowed")]
    fn learn(&mut self, name: &str, value: &Cow<'a, str>) {
        let filled = || Some(value.clone()).filter(|value| !value.is_empty());
        match name {
            "Channel" if self.channel.is_none() => self.channel = filled(),
            "Provider_Name" if self.provider.is_none() => self.provider = filled(),
            "Computer" if self.computer.is_none() => self.computer = filled(),
            "EventID" if self.event_id.is_none() => {
                let id: Option<u32> = value.trim().parse().ok();
                self.event_id = id.map(|id| id & 0xffff);
                // Some forwarders write both halves as one number.
                let upper = id.and_then(|id| u16::try_from(id >> 16).ok()).filter(|upper| *upper != 0);
                self.qualifiers = self.qualifiers.or(upper);
            }
            "EventID_Qualifiers" if self.qualifiers.is_none() => self.qualifiers = value.trim().parse().ok(),
            "EventRecordID" if self.record_id.is_none() => self.record_id = value.trim().parse().ok(),
            "TimeCreated_SystemTime" if self.time.is_none() => {
                let moment = parse_moment(value);
                self.time = moment.map(|moment| moment.time);
                self.is_local_time = moment.is_some_and(|moment| moment.is_local);
            }
            _ => {}
        }
    }
}

/// An event that could not be read. Reading goes on behind it.
#[derive(Debug, thiserror::Error)]
#[error("event at byte {offset}: {reason}")]
pub struct BadEvent {
    /// Byte offset of its beginning in the text.
    pub offset: usize,
    /// Why.
    pub reason: Reason,
}

/// Why an event could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// Its end is missing.
    #[error("it has no end")]
    Cut,
    /// Too long.
    #[error("it has more than {MAX_BYTES} bytes")]
    TooLong,
    /// Elements or objects in each other.
    #[error("it is nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// Too many fields.
    #[error("it has more than {MAX_FIELDS} fields")]
    TooManyFields,
    /// A name that is none.
    #[error("it has a name of more than {MAX_NAME_BYTES} bytes")]
    NameTooLong,
    /// No event, although it is well formed.
    #[error("it has no event id")]
    NoEvent,
    /// No XML, or an entity that nobody defined.
    #[error("no valid XML")]
    Xml(#[source] quick_xml::Error),
    /// No JSON object.
    #[error("no valid JSON")]
    Json(#[source] serde_json::Error),
}

/// Elements or objects in each other.
const MAX_DEPTH: usize = 32;
/// Longest name of an element, an attribute or a member, in bytes. A name may be written again for each of its values.
const MAX_NAME_BYTES: usize = 512;
