//! Event logs as evidence: which machines hand in which logs, of what time. What rules find in them is searched for apart, by
//! [`crate::alerts::search`]: it needs the site's rules, and takes longer than reading.

use std::collections::{BTreeMap, BTreeSet};

use base::{FactValue, Grade, Locator, Subject, SubjectKind, Text, UtcSeconds};
use evidence::{FactSink, Importer, ReadError, Source};
use formats::evtx::{self, Reader};
use formats::scalar::normalise_hostname;

use crate::correlated::to_unix_micros;

/// Most computers of one log that become facts: one that collects from others names many.
const MAX_COMPUTERS: usize = 5_000;
/// Most kinds of logs of one computer that become a fact.
const MAX_CHANNELS: usize = 100;
/// Longest name of a log, in characters.
const MAX_CHANNEL_CHARS: usize = 255;
/// A clock may run ahead by so many seconds; an event of a later moment tells nothing about how new a log is.
const MAX_LEAD_S: i64 = 86_400;
/// Most damaged places that are named one by one.
const MAX_DAMAGE: usize = 100;

/// Reads Windows event logs.
#[derive(Debug)]
pub struct EventLogFile;

impl EventLogFile {
    /// Stored with the evidence.
    pub const ID: &'static str = "event_log";
}

/// What one computer has in a log.
struct Seen {
    first: UtcSeconds,
    last: UtcSeconds,
    /// Where its last event lies.
    offset: u64,
    channels: BTreeSet<String>,
}

impl Importer for EventLogFile {
    fn id(&self) -> &'static str {
        Self::ID
    }

    fn label(&self) -> Text {
        Text { ja: "Windowsイベントログ（.evtx）".to_owned(), en: "Windows event log (.evtx)".to_owned() }
    }

    fn grade(&self) -> Grade {
        Grade::Machine
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        evtx::File::open(source.bytes).is_ok()
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let file = evtx::File::open(source.bytes).map_err(|err| ReadError {
            message: "unreadable-event-log",
            locator: Locator::Whole,
            detail: err.to_string(),
        })?;
        let seen = read_computers(&file, UtcSeconds(source.received_at.0.saturating_add(MAX_LEAD_S)), sink);
        for (computer, seen) in &seen {
            let Ok(subject) = Subject::new(SubjectKind::Asset, format!("hostname/{computer}")) else {
                sink.refuse(Locator::Byte(seen.offset), "refused-bad-record", computer);
                continue;
            };
            let place = || Locator::Byte(seen.offset);
            sink.say(&subject, "asset.hostname", FactValue::Text(computer.clone()), place());
            sink.say(&subject, "asset.log_first_on", FactValue::Date(seen.first.date_jst()), place());
            sink.say(&subject, "asset.log_last_on", FactValue::Date(seen.last.date_jst()), place());
            let channels = FactValue::list(seen.channels.iter().cloned().collect::<Vec<_>>());
            sink.say(&subject, "asset.log_channels", channels, place());
        }
        if let Some(newest) = seen.values().map(|seen| seen.last).max() {
            sink.observed_at(newest.min(source.received_at));
        }
        Ok(())
    }
}

/// Who wrote what when; damage is refused place by place.
fn read_computers(file: &evtx::File<'_>, latest: UtcSeconds, sink: &mut FactSink<'_>) -> BTreeMap<String, Seen> {
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let mut reader = Reader::new();
    let mut damaged = 0;
    let mut refuse = |sink: &mut FactSink<'_>, damage: &evtx::Damage| {
        damaged += 1;
        if damaged <= MAX_DAMAGE {
            sink.refuse(Locator::Byte(damage.offset), "refused-bad-record", &damage.to_string());
        }
    };
    for chunk in file.chunks() {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(damage) => {
                refuse(sink, &damage);
                continue;
            }
        };
        let mut records = chunk.records(&mut reader);
        while let Some(record) = records.next_record() {
            match record {
                Ok(record) => {
                    sink.accept();
                    note(&mut seen, &record, latest);
                }
                Err(damage) => refuse(sink, &damage),
            }
        }
    }
    seen
}

fn note(seen: &mut BTreeMap<String, Seen>, record: &evtx::Record<'_>, latest: UtcSeconds) {
    let system = record.system();
    let text = |value: Option<evtx::Value<'_>>| value.map(|value| value.to_string()).unwrap_or_default();
    let Some(computer) = normalise_hostname(&text(system.computer)) else { return };
    if seen.len() == MAX_COMPUTERS && !seen.contains_key(&computer) {
        return;
    }
    let at = UtcSeconds(to_unix_micros(system.time_created.unwrap_or(record.written_at)).div_euclid(1_000_000));
    if latest < at {
        return;
    }
    let of = seen.entry(computer).or_insert_with(|| Seen {
        first: at,
        last: at,
        offset: record.offset,
        channels: BTreeSet::new(),
    });
    of.first = of.first.min(at);
    if of.last <= at {
        (of.last, of.offset) = (at, record.offset);
    }
    let channel = text(system.channel);
    let channel: String = channel.chars().take(MAX_CHANNEL_CHARS).collect();
    if !channel.is_empty() && of.channels.len() < MAX_CHANNELS && !of.channels.contains(&channel) {
        of.channels.insert(channel);
    }
}
