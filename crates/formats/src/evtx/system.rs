//! The `System` section: who logged what, when and where.

use super::fields::{Field, Section};
use super::part::Part;
use super::time::FileTime;
use super::value::Value;

/// The `System` section of an event. What the event does not say is `None`.
#[derive(Debug, Clone, Copy)]
pub struct System<'a> {
    /// Name of the provider.
    pub provider: Option<Value<'a>>,
    /// GUID of the provider.
    pub provider_guid: Option<Value<'a>>,
    /// Id of the event, which means something only together with provider and channel.
    pub event_id: Option<u32>,
    /// Upper half of the id of old providers.
    pub qualifiers: Option<u16>,
    /// Version of the event's definition.
    pub version: Option<u8>,
    /// 1 critical, 2 error, 3 warning, 4 information, 5 verbose; 0 always.
    pub level: Option<u8>,
    /// Task of the provider.
    pub task: Option<u16>,
    /// Step of the task.
    pub opcode: Option<u8>,
    /// Bits that group events.
    pub keywords: Option<u64>,
    /// When it happened.
    pub time_created: Option<FileTime>,
    /// Number of the event in its log. Repeats across logs, and within a file that several logs were merged into.
    pub event_record_id: Option<u64>,
    /// Activity the event belongs to.
    pub activity_id: Option<Value<'a>>,
    /// Process that logged it.
    pub process_id: Option<u32>,
    /// Thread that logged it.
    pub thread_id: Option<u32>,
    /// Channel; events traced without a log have none.
    pub channel: Option<Value<'a>>,
    /// Computer.
    pub computer: Option<Value<'a>>,
    /// SID of the account it was logged for.
    pub user: Option<Value<'a>>,
}

/// Names of the fields, in the order of [`Plan`].
const NAMES: [&str; 17] = [
    "Provider_Name",
    "Provider_Guid",
    "EventID",
    "EventID_Qualifiers",
    "Version",
    "Level",
    "Task",
    "Opcode",
    "Keywords",
    "TimeCreated_SystemTime",
    "EventRecordID",
    "Correlation_ActivityID",
    "Execution_ProcessID",
    "Execution_ThreadID",
    "Channel",
    "Computer",
    "Security_UserID",
];

/// Number of each field of [`NAMES`] in a template.
#[derive(Debug)]
pub(super) struct Plan([Option<usize>; NAMES.len()]);

impl Plan {
    /// `None` if the template has no field of the section.
    pub(super) fn of(fields: &[Field]) -> Option<Self> {
        let plan =
            NAMES.map(|name| fields.iter().position(|field| field.section == Section::System && &*field.name == name));
        plan.iter().any(Option::is_some).then_some(Self(plan))
    }

    pub(super) fn read<'a>(&self, part: &Part<'a>) -> System<'a> {
        let value = |field: &Option<usize>| field.and_then(|field| part.value(field)).filter(|value| !value.is_empty());
        let [
            provider,
            provider_guid,
            event_id,
            qualifiers,
            version,
            level,
            task,
            opcode,
            keywords,
            time_created,
            event_record_id,
            activity_id,
            process_id,
            thread_id,
            channel,
            computer,
            user,
        ] = &self.0;
        System {
            provider: value(provider),
            provider_guid: value(provider_guid),
            event_id: number(value(event_id)),
            qualifiers: number(value(qualifiers)),
            version: number(value(version)),
            level: number(value(level)),
            task: number(value(task)),
            opcode: number(value(opcode)),
            keywords: number(value(keywords)),
            time_created: value(time_created).and_then(|value| value.as_file_time()),
            event_record_id: number(value(event_record_id)),
            activity_id: value(activity_id),
            process_id: number(value(process_id)),
            thread_id: number(value(thread_id)),
            channel: value(channel),
            computer: value(computer),
            user: value(user),
        }
    }
}

impl System<'_> {
    /// What is read of an event that has no such section.
    pub(super) const EMPTY: Self = Self {
        provider: None,
        provider_guid: None,
        event_id: None,
        qualifiers: None,
        version: None,
        level: None,
        task: None,
        opcode: None,
        keywords: None,
        time_created: None,
        event_record_id: None,
        activity_id: None,
        process_id: None,
        thread_id: None,
        channel: None,
        computer: None,
        user: None,
    };
}

/// A number of the width asked for; `None` if it does not fit.
fn number<N: TryFrom<u64>>(value: Option<Value<'_>>) -> Option<N> {
    value?.as_u64().and_then(|number| N::try_from(number).ok())
}
