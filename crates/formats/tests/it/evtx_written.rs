//! Event logs that tests write; also those of `peers/`, which read them with another reader too.

use formats::evtx::write::{Content, Element, Writer, WrittenValue};
use formats::evtx::{File, FileTime, Reader, Record};

/// 2026-04-01 09:30 UTC.
pub(crate) const MORNING: FileTime = FileTime(134_195_094_000_000_000);

/// `Event` with the usual `System`; values 0 to 9 fill it, value 10 is what the event says itself.
pub(crate) fn event_template() -> Element {
    let system = Element::new("System")
        .with_element(
            Element::new("Provider")
                .with_attribute("Name", Content::Text("Example & Sons".into()))
                .with_attribute("Guid", Content::Value(0)),
        )
        .with_element(Element::new("EventID").with_attribute("Qualifiers", Content::Value(1)).with_value(2))
        .with_element(Element::new("Level").with_value(3))
        .with_element(Element::new("Keywords").with_value(4))
        .with_element(Element::new("TimeCreated").with_attribute("SystemTime", Content::Value(5)))
        .with_element(Element::new("EventRecordID").with_value(6))
        .with_element(Element::new("Channel").with_value(7))
        .with_element(Element::new("Computer").with_value(8))
        .with_element(Element::new("Security").with_attribute("UserID", Content::Value(9)));
    Element::new("Event").with_attribute("xmlns", Content::Text("urn:e".into())).with_element(system).with_value(10)
}

pub(crate) fn event_values(id: u16, number: u64, said: WrittenValue) -> Vec<WrittenValue> {
    vec![
        WrittenValue::guid(*b"\x5f\x38\x70\x57\x2a\xc2\xe0\x43\xbf\x4c\x06\xf5\x69\x8f\xfb\xd9"),
        WrittenValue::null(),
        WrittenValue::u16(id),
        WrittenValue::u8(4),
        WrittenValue::hex(0x8020_0000_0000_0000),
        WrittenValue::time(MORNING),
        WrittenValue::u64(number),
        WrittenValue::text("Security"),
        WrittenValue::text("ehr-01"),
        WrittenValue::sid(5, &[18]),
        said,
    ]
}

/// `<EventData><Data Name="…">…` with one value for each name; a name of `-` stands for none.
pub(crate) fn event_data(names: &[&str], values: Vec<WrittenValue>) -> WrittenValue {
    let data = names.iter().zip(0..).fold(Element::new("EventData"), |data, (name, number)| {
        let element = Element::new("Data").with_value(number);
        let named = Content::Text((*name).to_owned());
        data.with_element(if *name == "-" { element } else { element.with_attribute("Name", named) })
    });
    WrittenValue::nested(data, values)
}

/// A log with one event that says this.
pub(crate) fn log_of(said: WrittenValue) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.add(MORNING, &event_template(), &event_values(4624, 1, said)).unwrap();
    writer.finish()
}

/// Visits every record of a log that must be whole.
pub(crate) fn each_record(bytes: &[u8], visit: &mut dyn FnMut(&Record<'_>)) {
    let mut reader = Reader::new();
    for chunk in File::open(bytes).unwrap().chunks() {
        let chunk = chunk.unwrap();
        let mut records = chunk.records(&mut reader);
        while let Some(record) = records.next_record() {
            visit(&record.unwrap());
        }
    }
}

/// Several chunks full of events, numbered from 1.
pub(crate) fn long_log(count: u64) -> Vec<u8> {
    let mut writer = Writer::new();
    for number in 1..=count {
        let said =
            event_data(&["User", "Count"], vec![WrittenValue::text(&"長い名前".repeat(8)), WrittenValue::u64(number)]);
        writer.add(MORNING, &event_template(), &event_values(4625, number, said)).unwrap();
    }
    writer.finish()
}

/// Where a text lies for the first time behind the header of the file, counted from the first chunk.
fn find_name(bytes: &[u8], name: &str) -> usize {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes[4_096..].windows(name.len()).position(|window| window == name).unwrap()
}

/// An event whose `Level` depends on a value that is null.
pub(crate) fn log_with_guard() -> Vec<u8> {
    let mut bytes = log_of(WrittenValue::null());
    // Before the characters of a name lie its header, its offset, the size of the element and what it depends on.
    let guard = 4_096 + find_name(&bytes, "Level") - 18;
    assert_eq!(bytes[guard..guard + 2], [0xff, 0xff]);
    bytes[guard..guard + 2].copy_from_slice(&[1, 0]);
    bytes
}

/// Two events; the second says binary XML that is a template instance with an element beside it.
pub(crate) fn log_with_fragment() -> Vec<u8> {
    let said = || event_data(&["User"], vec![WrittenValue::text("sato")]);
    let first = log_of(said());
    let name = u32::try_from(find_name(&first, "System") - 8).unwrap().to_le_bytes();
    // The definition of `EventData` is the second one that an instance names twice.
    let definitions = first[4_096..].windows(10).filter(|w| w[..2] == [0x0c, 1] && w[2..6] == w[6..10]);
    let definition = definitions.map(|w| w[2..6].to_vec()).nth(1).unwrap();
    let instance = [&[0x0c, 1, 0, 0, 0, 0], &*definition, &[1, 0, 0, 0, 4, 0, 1, 0, b'o', 0, b'k', 0]].concat();
    let element = [&[0x01, 0, 0, 0, 0], &name[..], &[0x02, 0x05, 0x01, 2, 0, b'h', 0, b'i', 0, 0x04]].concat();
    let fragment = [&[0x0f, 1, 1, 0], &*instance, &element, &[0]].concat();

    let mut writer = Writer::new();
    writer.add(MORNING, &event_template(), &event_values(1, 1, said())).unwrap();
    writer.add(MORNING, &event_template(), &event_values(1, 2, WrittenValue::raw(0x21, fragment))).unwrap();
    writer.finish()
}
