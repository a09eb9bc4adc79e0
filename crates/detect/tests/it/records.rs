//! Events as JSON, as another reader of event logs writes them: one object behind the other.

use detect::{Matcher, RuleIndex};
use serde_json::Value;

use crate::naive::Event;

/// Every event of a text.
pub(crate) fn read(text: &str) -> Vec<Event> {
    let objects = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    objects.map(|object| flatten(&object.unwrap())).collect()
}

/// System children, those of `EventData` and the grandchildren of `UserData` become fields; attributes of System are `Parent_Name`.
fn flatten(object: &Value) -> Event {
    let event = &object["Event"];
    let mut flat = Event::default();
    for (name, value) in event["System"].as_object().unwrap() {
        match name.as_str() {
            "Channel" => flat.channel = value.as_str().map(ToOwned::to_owned),
            "EventID" => {
                let id = value.get("#text").unwrap_or(value);
                flat.event_id = id.as_u64().unwrap().try_into().unwrap();
            }
            "Provider" => flat.provider = value["#attributes"]["Name"].as_str().unwrap_or_default().to_owned(),
            _ => add(&mut flat, name, value),
        }
    }
    let user = event["UserData"].as_object().into_iter().flat_map(|user| user.values());
    for group in [&event["EventData"]].into_iter().chain(user) {
        for (name, value) in group.as_object().into_iter().flatten() {
            if name != "#attributes" {
                add(&mut flat, name, value);
            }
        }
    }
    flat
}

fn add(flat: &mut Event, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => flat.fields.push((name.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| add(flat, name, item)),
        Value::Object(entries) => {
            for (inner, value) in entries {
                match inner.as_str() {
                    "#attributes" => {
                        let attributes = value.as_object().into_iter().flatten();
                        attributes.for_each(|(key, value)| add(flat, &format!("{name}_{key}"), value));
                    }
                    "#text" => add(flat, name, value),
                    _ => add(flat, inner, value),
                }
            }
        }
        Value::Bool(_) | Value::Number(_) => flat.fields.push((name.to_owned(), value.to_string())),
    }
}

/// The rules that fire on an event.
pub(crate) fn run(matcher: &mut Matcher, event: &Event) -> Vec<RuleIndex> {
    let mut hits = Vec::new();
    matcher.begin(event.channel.as_deref(), &event.provider, event.event_id);
    for (name, value) in &event.fields {
        match matcher.plan().field(name) {
            Some(field) => matcher.set(field, value),
            None => matcher.set_unmapped(value),
        }
    }
    matcher.finish(&mut hits);
    hits
}
