//! A timeline for other programs: one JSON object per line.

use std::fmt::Write as _;
use std::io::Write;

use base::plain::is_hidden;
use serde_json::{Map, Value, json};

use super::{Cause, Place, Row, RowWriter};

/// Writes rows as JSON lines. Values are whole and as the event has them.
pub struct JsonWriter<W: Write> {
    out: W,
}

impl<W: Write> JsonWriter<W> {
    /// With nothing written yet.
    pub fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write> RowWriter for JsonWriter<W> {
    fn write(&mut self, row: &Row<'_>) -> std::io::Result<()> {
        writeln!(self.out, "{}", escaped(&to_json(row).to_string()))
    }

    fn finish(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// One row as JSON.
#[must_use]
pub fn to_json(row: &Row<'_>) -> Value {
    let about = row.about;
    let mut object = json!({
        "at": row.at.to_string(),
        "level": row.level.word(),
        "title": about.title,
        "rule": about.id,
        "author": about.author,
        "licence": row.licence,
        "tags": about.tags,
    });
    let more = match &row.cause {
        Cause::Event { place, event, .. } => json!({
            "computer": event.computer,
            "channel": event.channel,
            "provider": event.provider,
            "event_id": event.event_id,
            "record_id": event.record_id,
            "place": place_json(place),
            "fields": fields_json(&row.details()),
        }),
        Cause::Unread { place, reason } => json!({ "place": place_json(place), "unread": reason }),
        Cause::Several { number, places, .. } => json!({
            "group": fields_json(&row.details()),
            "number": number,
            "places": places.iter().map(place_json).collect::<Vec<_>>(),
        }),
    };
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

fn place_json(place: &Place<'_>) -> Value {
    json!({ "log": place.log.to_string_lossy(), "offset": place.offset })
}

/// A field that comes several times is a list.
fn fields_json(fields: &[(&str, &str)]) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        match object.get_mut(*name) {
            None => drop(object.insert((*name).to_owned(), json!(value))),
            Some(Value::Array(values)) => values.push(json!(value)),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    Value::Object(object)
}

/// JSON in which nothing hides: such characters, which stand in texts only, become escapes.
fn escaped(json: &str) -> String {
    if !json.contains(is_hidden) {
        return json.to_owned();
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_escaped_and_means_the_same() {
        let value = json!("a\u{202e}b\u{e0041}\u{7f}\"\n");
        let text = escaped(&value.to_string());
        assert!(text.is_ascii());
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_field_that_comes_twice_is_a_list() {
        let fields = fields_json(&[("Data", "1"), ("Data", "2"), ("Data", "3"), ("x", "")]);
        assert_eq!(fields, json!({ "Data": ["1", "2", "3"], "x": "" }));
    }
}
