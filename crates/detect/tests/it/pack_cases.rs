//! Cases of a rule, from `cases.toml` beside it: what fires it, what just misses, and what is everyday work.
//!
//! ```toml
//! [event]                     # what every event of this file is, unless a case says otherwise
//! channel = "Security"
//! provider = "Microsoft-Windows-Security-Auditing"
//! event_id = 4720
//! computer = "dc1.hospital.example"
//! time = "2026-11-18T03:00:00Z"
//! fields = { TargetUserName = "helper" }
//!
//! [[case]]
//! kind = "firing"             # firing | near_miss | benign
//! name = "…"
//! events = [{ repeat = 10, step_s = 5, fields = { Port = "{n}" } }]  # optional; `{n}` counts from 1
//!
//! [[case]]
//! kind = "near_miss"          # the first firing case with exactly one thing changed
//! name = "…"
//! event = 1                   # optional: only this event of it, from 1
//! change = { repeat = 9 }     # a key of an event or the name of a field; false takes the field away
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value};

use crate::naive;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Firing,
    NearMiss,
    Benign,
}

/// One case with its events in their order.
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) events: Vec<Timed>,
}

/// An event and its moment in microseconds.
#[derive(Debug, Clone)]
pub(crate) struct Timed {
    pub(crate) at: i64,
    pub(crate) event: naive::Event,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    event: Event,
    case: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: Kind,
    name: String,
    #[serde(default)]
    events: Vec<Event>,
    event: Option<usize>,
    #[serde(default)]
    change: Table,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    channel: Option<String>,
    provider: Option<String>,
    event_id: Option<u32>,
    computer: Option<String>,
    time: Option<String>,
    after_s: Option<i64>,
    repeat: Option<i64>,
    step_s: Option<i64>,
    #[serde(default)]
    fields: BTreeMap<String, Value>,
}

impl Event {
    /// This event where it says something, else `common`.
    fn over(&self, common: &Self) -> Self {
        let mut fields = common.fields.clone();
        fields.extend(self.fields.clone());
        Self {
            channel: self.channel.clone().or_else(|| common.channel.clone()),
            provider: self.provider.clone().or_else(|| common.provider.clone()),
            event_id: self.event_id.or(common.event_id),
            computer: self.computer.clone().or_else(|| common.computer.clone()),
            time: self.time.clone().or_else(|| common.time.clone()),
            after_s: self.after_s.or(common.after_s),
            repeat: self.repeat.or(common.repeat),
            step_s: self.step_s.or(common.step_s),
            fields,
        }
    }

    fn change(&mut self, key: &str, value: &Value) {
        let text = || Some(value.as_str().unwrap().to_owned());
        match key {
            "channel" => self.channel = text(),
            "provider" => self.provider = text(),
            "computer" => self.computer = text(),
            "time" => self.time = text(),
            "event_id" => self.event_id = Some(value.as_integer().unwrap().try_into().unwrap()),
            "after_s" => self.after_s = value.as_integer(),
            "repeat" => self.repeat = value.as_integer(),
            "step_s" => self.step_s = value.as_integer(),
            field => {
                assert!(self.fields.contains_key(field), "`{field}` is no field of the event that would change");
                self.fields.insert(field.to_owned(), value.clone());
            }
        }
    }

    fn build(&self) -> Vec<Timed> {
        let start: jiff::Timestamp = self.time.as_ref().unwrap().parse().unwrap();
        let start = start.as_microsecond() + self.after_s.unwrap_or(0) * 1_000_000;
        let one = |number: i64| {
            let at = start + (number - 1) * self.step_s.unwrap_or(0) * 1_000_000;
            let filled = |text: &str| text.replace("{n}", &number.to_string());
            let mut fields: Vec<(String, String)> = Vec::new();
            for (name, value) in &self.fields {
                match value {
                    Value::Boolean(false) => {}
                    Value::String(text) => fields.push((name.clone(), filled(text))),
                    other => fields.push((name.clone(), other.to_string())),
                }
            }
            fields.extend(self.computer.as_ref().map(|computer| ("Computer".to_owned(), filled(computer))));
            fields.push(("TimeCreated_SystemTime".to_owned(), moment(at)));
            let event = naive::Event {
                channel: self.channel.clone(),
                provider: self.provider.clone().unwrap_or_default(),
                event_id: self.event_id.unwrap_or(0),
                fields,
                texts: Vec::new(),
            };
            Timed { at, event }
        };
        (1..=self.repeat.unwrap_or(1)).map(one).collect()
    }
}

/// As Windows writes it: 100 ns and `Z`.
fn moment(at: i64) -> String {
    let time = jiff::Timestamp::from_microsecond(at).unwrap();
    format!("{time:.6}").replace('Z', "0Z")
}

/// Reads the cases of one rule; `Err` says what is wrong with them.
pub(crate) fn read(text: &str) -> Result<Vec<Case>, String> {
    let file: File = toml::from_str(text).map_err(|err| err.to_string())?;
    let whole = |events: &[Event]| -> Vec<Event> {
        if events.is_empty() {
            return vec![file.event.clone()];
        }
        events.iter().map(|event| event.over(&file.event)).collect()
    };
    let first = file.case.iter().find(|case| case.kind == Kind::Firing).ok_or("no firing case")?;
    let mut cases = Vec::new();
    for case in &file.case {
        let mut events = whole(&case.events);
        if case.kind == Kind::NearMiss {
            if case.change.len() != 1 || !case.events.is_empty() {
                return Err(format!("{}: a near miss changes exactly one thing", case.name));
            }
            events = whole(&first.events);
            for (index, event) in events.iter_mut().enumerate() {
                if case.event.is_none_or(|only| only == index + 1) {
                    case.change.iter().for_each(|(key, value)| event.change(key, value));
                }
            }
        } else if !case.change.is_empty() || case.event.is_some() {
            return Err(format!("{}: only a near miss is a change of another case", case.name));
        }
        let mut timed: Vec<Timed> = events.iter().flat_map(Event::build).collect();
        timed.sort_by_key(|timed| timed.at);
        cases.push(Case { kind: case.kind, name: case.name.clone(), events: timed });
    }
    for kind in [Kind::Firing, Kind::NearMiss, Kind::Benign] {
        if !cases.iter().any(|case| case.kind == kind) {
            return Err(format!("no case of kind {kind:?}"));
        }
    }
    Ok(cases)
}
