//! What is known of a template once: which of its fields are the event's channel, provider, id and time, and which
//! fields of the plan the others are.

use detect::{FieldId, Interest, Plan};
use formats::evtx::{FileTime, Part, Section, Value};

/// One template, as the plan sees it.
#[derive(Debug)]
pub(crate) struct View {
    /// Places of the fields of `System`, if the template has it.
    pub(crate) system: Option<SystemPlaces>,
    /// Every other field: its place in the template, and its number in the plan if a rule looks at it.
    fields: Vec<Need>,
    /// Number of the kind of event last seen with this template: a guess for the next.
    pub(crate) last_kind: usize,
}

/// Where `System` says what an event is.
#[derive(Debug, Default)]
pub(crate) struct SystemPlaces {
    pub(crate) channel: Option<usize>,
    pub(crate) provider: Option<usize>,
    pub(crate) event_id: Option<usize>,
    time: Option<usize>,
}

/// A field whose value the matcher is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    /// Place in the template.
    pub(crate) place: usize,
    /// `None` if only keywords look at it.
    pub(crate) field: Option<FieldId>,
}

impl View {
    pub(crate) fn new(plan: &Plan, part: &Part<'_>) -> Self {
        let mut system: Option<SystemPlaces> = None;
        let mut fields = Vec::new();
        for (place, field) in part.fields().iter().enumerate() {
            let section = part.section(field);
            if section == Section::System {
                let places = system.get_or_insert_default();
                let own = match field.name() {
                    "Channel" => Some(&mut places.channel),
                    "Provider_Name" => Some(&mut places.provider),
                    "EventID" => Some(&mut places.event_id),
                    "TimeCreated_SystemTime" => {
                        places.time.get_or_insert(place);
                        None
                    }
                    // Not the event's id, but the upper half of it that old providers use.
                    "EventID_Qualifiers" => continue,
                    _ => None,
                };
                if let Some(own) = own {
                    own.get_or_insert(place);
                    continue;
                }
            }
            // What a forwarded event says in words is no field of its own, except the message.
            let is_field = section != Section::Other || field.name() == "Message";
            fields.push(Need { place, field: is_field.then(|| plan.field(field.name())).flatten() });
        }
        Self { system, fields, last_kind: 0 }
    }

    /// The fields whose values can decide anything for events of this interest.
    pub(crate) fn needs(&self, interest: &Interest) -> Box<[Need]> {
        let text = interest.needs_text();
        let wanted = |need: &&Need| text || need.field.is_some_and(|field| interest.needs(field));
        self.fields.iter().filter(wanted).copied().collect()
    }
}

impl SystemPlaces {
    /// When the event happened.
    pub(crate) fn time(&self, part: &Part<'_>) -> Option<FileTime> {
        self.time.and_then(|place| part.value(place)).and_then(|value| value.as_file_time())
    }
}

/// A text of `System`; an empty one is none.
#[inline]
pub(crate) fn text_at<'a>(part: &Part<'a>, place: Option<usize>) -> Option<Value<'a>> {
    place.and_then(|place| part.value(place)).filter(|value| !value.is_empty())
}
