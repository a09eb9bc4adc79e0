//! Events as flat JSON objects, the shape in which engines that know nothing of Windows expect them.

use std::io::{self, Read, Seek, Write};

use serde_json::{Map, Value};

/// Where the crate `evtx` puts the attributes of an element.
const ATTRIBUTES: &str = "#attributes";

/// Writes every event of a log as one line of JSON; returns how many events there were.
///
/// The fields of `EventData` and `UserData` and the children of `System` stand at the top level; attributes are
/// `Element_Attribute` (`Provider_Name`); the event id is a number. Unnamed `Data` stand in a list. Where two fields have
/// one name the one of `System` counts, because rules ask for the event's own channel and id.
///
/// # Errors
/// If the bytes are no event log, or the lines cannot be written. A damaged record is left out.
pub fn write_lines(log: impl Read + Seek, out: &mut impl Write) -> io::Result<u64> {
    let settings = evtx::ParserSettings::new().num_threads(1).indent(false);
    let parser = evtx::EvtxParser::from_read_seek(log).map_err(io::Error::other)?;
    let mut parser = parser.with_configuration(settings);
    let mut events = 0;
    for record in parser.records_json_value().flatten() {
        serde_json::to_writer(&mut *out, &flatten(&record.data))?;
        out.write_all(b"\n")?;
        events += 1;
    }
    Ok(events)
}

/// One event of the crate `evtx`, flat.
#[must_use]
pub fn flatten(event: &Value) -> Value {
    let mut flat = Map::new();
    let event = event.get("Event").unwrap_or(event);
    for (name, value) in entries(event.get("System")) {
        add(&mut flat, name, value);
    }
    let user = entries(event.get("UserData")).filter(|(name, _)| *name != ATTRIBUTES);
    let user = user.flat_map(|(_, inner)| entries(Some(inner)));
    for (name, value) in entries(event.get("EventData")).chain(user).filter(|(name, _)| *name != ATTRIBUTES) {
        add(&mut flat, name, value);
    }
    Value::Object(flat)
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// Adds a field unless one of that name is there; objects give one field for each entry.
fn add(flat: &mut Map<String, Value>, name: &str, value: &Value) {
    let Some(object) = value.as_object() else {
        if !flat.contains_key(name) {
            flat.insert(name.to_owned(), value.clone());
        }
        return;
    };
    for (inner, value) in object {
        match inner.as_str() {
            ATTRIBUTES => {
                entries(Some(value)).for_each(|(attribute, value)| add(flat, &format!("{name}_{attribute}"), value));
            }
            "#text" => add(flat, name, value),
            _ => add(flat, inner, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::flatten;

    #[test]
    fn fields_of_every_section_stand_at_the_top_and_attributes_carry_their_element_s_name() {
        let event = json!({"Event": {
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": {
                "Provider": {"#attributes": {"Name": "MSSQLSERVER"}},
                "EventID": {"#attributes": {"Qualifiers": 49152}, "#text": 18456},
                "Channel": "Application",
                "Correlation": null,
            },
            "EventData": {"Data": {"#text": ["sa", "10.0.0.9"]}, "Binary": "0F00"},
        }});
        let expected = json!({
            "Provider_Name": "MSSQLSERVER", "EventID_Qualifiers": 49152, "EventID": 18456, "Channel": "Application",
            "Correlation": null, "Data": ["sa", "10.0.0.9"], "Binary": "0F00",
        });
        assert_eq!(flatten(&event), expected);
    }

    #[test]
    fn a_field_named_like_one_of_system_does_not_take_its_place() {
        let event = json!({"Event": {
            "System": {"EventID": 1102, "Channel": "Security"},
            "UserData": {"LogFileCleared": {"#attributes": {"xmlns:a": "b"}, "SubjectUserName": "admin", "Channel": "System"}},
        }});
        assert_eq!(flatten(&event), json!({"EventID": 1102, "Channel": "Security", "SubjectUserName": "admin"}));
    }
}
