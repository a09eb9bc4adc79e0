//! Which field of an event a value of a JSON object is: one table for each shape.

use std::borrow::Cow;

use super::super::{Event, Reason};
use super::leaves::{Leaf, Leaves};
use crate::evtx::Section;

/// Winlogbeat (Elastic Common Schema) → names of Windows; what lies below `event_data` and `user_data` is the event's own.
const WINLOGBEAT: [(&str, &str); 20] = [
    ("@timestamp", "TimeCreated_SystemTime"),
    ("winlog.time_created", "TimeCreated_SystemTime"),
    ("winlog.channel", "Channel"),
    ("winlog.event_id", "EventID"),
    ("event.code", "EventID"),
    ("winlog.provider_name", "Provider_Name"),
    ("winlog.provider_guid", "Provider_Guid"),
    ("winlog.computer_name", "Computer"),
    ("host.name", "Computer"),
    ("winlog.record_id", "EventRecordID"),
    ("winlog.version", "Version"),
    ("winlog.level", "Level"),
    ("winlog.task", "Task"),
    ("winlog.opcode", "Opcode"),
    ("winlog.keywords", "Keywords"),
    ("winlog.activity_id", "Correlation_ActivityID"),
    ("winlog.related_activity_id", "Correlation_RelatedActivityID"),
    ("winlog.process.pid", "Execution_ProcessID"),
    ("winlog.process.thread.id", "Execution_ThreadID"),
    ("winlog.user.identifier", "Security_UserID"),
];

/// Flat objects: `NXLog`, PowerShell's `Get-WinEvent`, and our own names. Several names of one field stand in order of
/// preference.
const FLAT: [(&str, &str); 37] = [
    ("TimeCreated_SystemTime", "TimeCreated_SystemTime"),
    ("SystemTime", "TimeCreated_SystemTime"),
    ("EventTime", "TimeCreated_SystemTime"),
    ("TimeCreated", "TimeCreated_SystemTime"),
    ("@timestamp", "TimeCreated_SystemTime"),
    ("Channel", "Channel"),
    ("LogName", "Channel"),
    ("EventID", "EventID"),
    ("EventId", "EventID"),
    ("event_id", "EventID"),
    ("Id", "EventID"),
    ("EventID_Qualifiers", "EventID_Qualifiers"),
    ("Qualifiers", "EventID_Qualifiers"),
    ("Provider_Name", "Provider_Name"),
    ("ProviderName", "Provider_Name"),
    ("SourceName", "Provider_Name"),
    ("Provider_Guid", "Provider_Guid"),
    ("ProviderGuid", "Provider_Guid"),
    ("Computer", "Computer"),
    ("MachineName", "Computer"),
    ("Hostname", "Computer"),
    ("EventRecordID", "EventRecordID"),
    ("RecordNumber", "EventRecordID"),
    ("RecordId", "EventRecordID"),
    ("Version", "Version"),
    ("Level", "Level"),
    ("Task", "Task"),
    ("Opcode", "Opcode"),
    ("OpcodeValue", "Opcode"),
    ("Keywords", "Keywords"),
    ("Correlation_ActivityID", "Correlation_ActivityID"),
    ("ActivityID", "Correlation_ActivityID"),
    ("Execution_ProcessID", "Execution_ProcessID"),
    ("ExecutionProcessID", "Execution_ProcessID"),
    ("Execution_ThreadID", "Execution_ThreadID"),
    ("ExecutionThreadID", "Execution_ThreadID"),
    ("Security_UserID", "Security_UserID"),
];

/// What a forwarder adds itself, or made of the event for people.
const ADDED: [&str; 12] = [
    "Message",
    "Category",
    "Severity",
    "SeverityValue",
    "EventType",
    "EventReceivedTime",
    "SourceModuleName",
    "SourceModuleType",
    "LevelDisplayName",
    "TaskDisplayName",
    "OpcodeDisplayName",
    "KeywordsDisplayNames",
];

/// The event that an object is.
pub(super) fn interpret(mut leaves: Leaves<'_>) -> Result<Event<'_>, Reason> {
    let values = std::mem::take(&mut leaves.leaves);
    let is_winlogbeat = leaves.has_object("winlog") || values.iter().any(|leaf| leaf.name.starts_with("winlog."));
    let name: fn(&Leaves<'_>, &Leaf<'_>) -> Option<Named> = if leaves.has_object("Event") || leaves.has_object("System")
    {
        evtx_dump
    } else if is_winlogbeat {
        winlogbeat
    } else {
        flat
    };
    let named = values.into_iter().filter_map(|leaf| Some((name(&leaves, &leaf)?, leaf)));
    let named: Vec<(Named, Leaf<'_>)> = named.collect();
    let mut preferred: Vec<(&'static str, usize)> = Vec::new();
    for (named, _) in &named {
        let Place::Known { name, rank, .. } = named.place else { continue };
        match preferred.iter_mut().find(|(known, _)| *known == name) {
            Some((_, best)) => *best = rank.min(*best),
            None => preferred.push((name, rank)),
        }
    }
    let mut event = Event::default();
    for (Named { section, place }, leaf) in named {
        let (section, name) = match place {
            Place::Known { name, rank, .. } if preferred.contains(&(name, rank)) => {
                (Section::System, Cow::Borrowed(name))
            }
            Place::Known { own: Some(own), .. } => (section, Cow::Owned(own)),
            Place::Known { own: None, .. } | Place::Own => (section, leaf.name),
            Place::Named(name) => (section, Cow::Owned(name)),
        };
        event.add(section, name, leaf.value)?;
    }
    Ok(event)
}

/// Where a value belongs.
struct Named {
    section: Section,
    place: Place,
}

enum Place {
    /// Under the name it has.
    Own,
    Named(String),
    /// A field of `System`, if no name of it comes before this one; else one under its `own` name, or the one it has.
    Known {
        name: &'static str,
        rank: usize,
        own: Option<String>,
    },
}

impl Named {
    fn kept(section: Section) -> Option<Self> {
        Some(Self { section, place: Place::Own })
    }

    fn new(section: Section, name: String) -> Option<Self> {
        Some(Self { section, place: Place::Named(name) })
    }

    /// By a table; `section` is for what it does not hold.
    fn known(table: &[(&str, &'static str)], written: &str, section: Section) -> Option<Self> {
        let (rank, (_, name)) = table.iter().enumerate().find(|(_, (known, _))| *known == written)?;
        Some(Self { section, place: Place::Known { name, rank, own: None } })
    }
}

/// `{"Event": {"System": {"Provider": {"#attributes": {"Name": …}}}}}`, also with `Provider_attributes`, also without `Event`.
fn evtx_dump(leaves: &Leaves<'_>, leaf: &Leaf<'_>) -> Option<Named> {
    let path = leaves.path(leaf.place);
    let inner = path.strip_prefix(&["Event"]).unwrap_or(&path);
    let section = match inner.first().copied().unwrap_or(&leaf.name) {
        "System" => Section::System,
        "EventData" => Section::EventData,
        "UserData" => Section::UserData,
        _ => Section::Other,
    };
    let last = inner.last().copied().unwrap_or("Event");
    let element = match last {
        "#attributes" => inner.iter().rev().nth(1).copied().or(Some("Event")),
        other => other.strip_suffix("_attributes"),
    };
    match element {
        Some(_) if leaf.name.starts_with("xmlns") => None,
        Some(element) => Named::new(section, format!("{element}_{}", leaf.name)),
        None if leaf.name == "#text" => Named::new(section, last.to_owned()),
        None => Named::kept(section),
    }
}

fn winlogbeat(leaves: &Leaves<'_>, leaf: &Leaf<'_>) -> Option<Named> {
    let mut path = leaves.path(leaf.place).join(".");
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(&leaf.name);
    for (prefix, section) in [("winlog.event_data.", Section::EventData), ("winlog.user_data.", Section::UserData)] {
        if let Some(name) = path.strip_prefix(prefix) {
            // Its element's name, which is no field.
            let is_frame = section == Section::UserData && name == "xml_name";
            return if is_frame { None } else { Named::new(section, name.to_owned()) };
        }
    }
    match Named::known(&WINLOGBEAT, &path, Section::Other) {
        Some(Named { section, place: Place::Known { name, rank, .. } }) => {
            Some(Named { section, place: Place::Known { name, rank, own: Some(path) } })
        }
        _ => Named::new(Section::Other, path),
    }
}

fn flat(leaves: &Leaves<'_>, leaf: &Leaf<'_>) -> Option<Named> {
    match leaves.path(leaf.place).first() {
        Some(&"UserData") => return Named::kept(Section::UserData),
        Some(_) => return Named::kept(Section::EventData),
        None => {}
    }
    if ADDED.contains(&&*leaf.name) {
        return Named::kept(Section::Other);
    }
    Named::known(&FLAT, &leaf.name, Section::EventData).or_else(|| Named::kept(Section::EventData))
}
