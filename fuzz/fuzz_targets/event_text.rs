//! Any bytes as events in text: XML in any encoding, and lines of JSON.
#![no_main]

use formats::event::{BadEvent, Event, MAX_FIELDS, json, xml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = xml::decode_file(bytes);
    let mut last = None;
    for event in xml::events(&text) {
        if let Err(err) = &event {
            assert!(last < Some(err.offset), "the same place twice");
            last = Some(err.offset);
        }
        check(event, text.len());
    }
    let mut last = 0;
    for (line, event) in json::events(&text) {
        assert!(last < line);
        last = line;
        check(event, text.len());
    }
});

fn check(event: Result<Event<'_>, BadEvent>, size: usize) {
    match event {
        Ok(event) => {
            assert!(event.fields.len() <= MAX_FIELDS);
            assert!(event.head.event_id.is_some_and(|id| id <= 0xffff));
            // Only the names of elements with attributes and paths of nested objects are written more than once; a
            // number may take more room than it was written in (1e300).
            let values: usize = event.fields.iter().map(|field| field.value.len()).sum();
            assert!(values <= size * 110, "values grew");
        }
        Err(err) => assert!(err.offset < size && !err.to_string().is_empty()),
    }
}
