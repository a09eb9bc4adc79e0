//! Event logs that these tests write themselves: what is read is what was written.

use expect_test::{Expect, expect};
use formats::evtx::write::{Content, Element, Writer, WrittenValue};
use formats::evtx::{File, FileTime, Reader, Record, TemplateKey, Typed};
use proptest::prelude::*;

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

/// The fields of the only event: section, name, position, value.
#[track_caller]
fn check(bytes: &[u8], expected: Expect) {
    let mut lines = Vec::new();
    each_record(bytes, &mut |record| {
        record.each_field(&mut |name, value| {
            let position = name.position.map(|position| format!("[{position}]")).unwrap_or_default();
            lines.push(format!("{:?} {}{position} = {value}", name.section, name.name()));
        });
    });
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn an_event_has_its_fields_flat_and_empty_attributes_are_none() {
    let said = event_data(
        &["User", "-", "Empty"],
        [WrittenValue::text("佐藤 😀"), WrittenValue::texts(&["a", "", "b"]), WrittenValue::null()].into(),
    );
    check(
        &log_of(said),
        expect![[r#"
            System Provider_Name = Example & Sons
            System Provider_Guid = {5770385f-c22a-43e0-bf4c-06f5698ffbd9}
            System EventID = 4624
            System Level = 4
            System Keywords = 0x8020000000000000
            System TimeCreated_SystemTime = 2026-04-01T09:30:00.0000000Z
            System EventRecordID = 1
            System Channel = Security
            System Computer = ehr-01
            System Security_UserID = S-1-5-18
            EventData User = 佐藤 😀
            EventData Data[0] = a
            EventData Data[1] = 
            EventData Data[2] = b
            EventData Empty = "#]],
    );
}

#[test]
fn the_elements_of_user_data_are_fields_under_their_own_names() {
    let cleared = Element::new("LogFileCleared")
        .with_attribute("xmlns", Content::Text("urn:x".into()))
        .with_element(Element::new("SubjectUserName").with_value(0))
        .with_element(
            Element::new("Deep")
                .with_element(Element::new("Deeper").with_attribute("Unit", Content::Value(1)).with_value(1)),
        );
    let said = WrittenValue::nested(
        Element::new("UserData").with_value(0),
        vec![WrittenValue::nested(cleared, vec![WrittenValue::text("sato"), WrittenValue::u32(7)])],
    );
    let mut lines = Vec::new();
    each_record(&log_of(said), &mut |record| {
        record.each_field(&mut |name, value| lines.push(format!("{:?} {} = {value}", name.section, name.name())));
    });
    assert_eq!(
        lines.split_off(10),
        ["UserData SubjectUserName = sato", "UserData Deeper_Unit = 7", "UserData Deeper = 7"]
    );
}

#[test]
fn the_system_section_is_typed() {
    each_record(&log_of(WrittenValue::null()), &mut |record| {
        let system = record.system();
        assert_eq!(system.event_id, Some(4624));
        assert_eq!(system.qualifiers, None);
        assert_eq!(system.level, Some(4));
        assert_eq!(system.keywords, Some(0x8020_0000_0000_0000));
        assert_eq!(system.time_created, Some(MORNING));
        assert_eq!(system.time_created.unwrap().to_unix_nanos(), Some(1_775_035_800_000_000_000));
        assert_eq!(system.event_record_id, Some(1));
        assert_eq!(system.channel.unwrap().to_string(), "Security");
        assert_eq!(system.provider.unwrap().to_string(), "Example & Sons");
        assert!(matches!(system.user.unwrap().typed(), Typed::Sid(_)));
        assert_eq!((record.record_id, record.written_at), (1, MORNING));
    });
}

#[test]
fn an_event_is_recovered_as_xml_that_is_escaped() {
    let said = event_data(&["a\"<b>", "-"], vec![WrittenValue::text("<&>\"'\u{1}"), WrittenValue::texts(&["x", "y"])]);
    each_record(&log_of(said), &mut |record| {
        let mut xml = String::new();
        record.write_xml(&mut xml).unwrap();
        let (_, data) = xml.split_once("</System>").unwrap();
        let expected = "<EventData><Data Name=\"a&quot;&lt;b&gt;\">&lt;&amp;&gt;\"'_</Data><Data>x</Data><Data>y</Data></EventData></Event>";
        assert_eq!(data, expected);
    });
}

#[test]
fn names_that_would_break_the_xml_are_made_harmless() {
    let hostile =
        Element::new("a><script").with_attribute("1 x=\"", Content::Text("v".into())).with_element(Element::new(""));
    each_record(&log_of(WrittenValue::nested(hostile, vec![])), &mut |record| {
        let mut xml = String::new();
        record.write_xml(&mut xml).unwrap();
        assert!(xml.ends_with("<a__script __x__=\"v\"><_/></a__script></Event>"), "{xml}");
        let mut reader = quick_xml::Reader::from_str(&xml);
        while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
    });
}

/// The XML of every event, here and in the crate `evtx`.
fn list_xml(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let mut ours = Vec::new();
    each_record(bytes, &mut |record| {
        let mut xml = String::new();
        record.write_xml(&mut xml).unwrap();
        ours.push(xml);
    });
    let settings = evtx::ParserSettings::new().num_threads(1).indent(false);
    let mut oracle = evtx::EvtxParser::from_buffer(bytes.to_vec()).unwrap().with_configuration(settings);
    let oracle = oracle.records().map(|record| record.unwrap().data);
    (ours, oracle.map(|xml| xml.split_once('\n').unwrap().1.trim_end().to_owned()).collect())
}

/// Where a text lies for the first time behind the header of the file, counted from the first chunk.
fn find_name(bytes: &[u8], name: &str) -> usize {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes[4_096..].windows(name.len()).position(|window| window == name).unwrap()
}

#[test]
fn an_element_that_depends_on_a_null_value_is_left_out() {
    let mut bytes = log_of(WrittenValue::null());
    // Before the characters of a name lie its header, its offset, the size of the element and what it depends on.
    let guard = 4_096 + find_name(&bytes, "Level") - 18;
    assert_eq!(bytes[guard..guard + 2], [0xff, 0xff]);
    bytes[guard..guard + 2].copy_from_slice(&[1, 0]);
    each_record(&bytes, &mut |record| assert_eq!(record.system().level, None));
    let (ours, oracle) = list_xml(&bytes);
    assert_eq!(ours, oracle);
    assert!(!ours[0].contains("Level"));
}

#[test]
fn binary_xml_without_a_template_and_beside_one_is_read_too() {
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
    let bytes = writer.finish();
    let (ours, oracle) = list_xml(&bytes);
    assert_eq!(ours, oracle);
    assert!(ours[1].ends_with("<EventData><Data Name=\"User\">ok</Data></EventData><System>hi</System></Event>"));
    let mut fields = Vec::new();
    each_record(&bytes, &mut |record| {
        record.each_field(&mut |name, value| fields.push(format!("{:?} {} = {value}", name.section, name.name())));
    });
    assert_eq!(fields[fields.len() - 2..], ["System System = hi", "EventData User = ok"]);
}

#[test]
fn what_is_written_reads_the_same_in_the_crate_evtx() {
    let mut writer = Writer::new();
    for number in 1..=700 {
        let said =
            event_data(&["User", "Count"], vec![WrittenValue::text(&"長い名前".repeat(8)), WrittenValue::u64(number)]);
        writer.add(MORNING, &event_template(), &event_values(4625, number, said)).unwrap();
    }
    let bytes = writer.finish();
    assert!(4_096 + 2 * 65_536 <= bytes.len(), "several chunks");
    let settings = evtx::ParserSettings::new().num_threads(1).validate_checksums(true);
    let mut oracle = evtx::EvtxParser::from_buffer(bytes.clone()).unwrap().with_configuration(settings);
    assert_eq!(oracle.records().filter(Result::is_ok).count(), 700, "checksums are right");
    let (ours, oracle) = list_xml(&bytes);
    assert_eq!(ours, oracle);
    let mut ids = Vec::new();
    each_record(&bytes, &mut |record| ids.push(record.record_id));
    assert_eq!(ids, (1..=700).collect::<Vec<u64>>());
}

#[test]
fn a_template_keeps_its_key_in_every_chunk_and_its_values_are_read_by_number() {
    let mut writer = Writer::new();
    for number in 1..=400 {
        let said = event_data(&["A", "B"], vec![WrittenValue::text(&"x".repeat(100)), WrittenValue::u64(number)]);
        writer.add(MORNING, &event_template(), &event_values(1, number, said)).unwrap();
    }
    let mut keys: Vec<TemplateKey> = Vec::new();
    let mut sum = 0;
    each_record(&writer.finish(), &mut |record| {
        let part = record.parts().nth(1).unwrap();
        keys.extend(part.key());
        let field = part.fields().iter().position(|field| field.name() == "B").unwrap();
        sum += part.value(field).unwrap().as_u64().unwrap();
    });
    assert_eq!(keys.len(), 400);
    keys.dedup();
    assert_eq!((keys.len(), sum), (1, 400 * 401 / 2));
}

#[test]
fn every_type_of_value_is_shown_as_windows_shows_it() {
    let raw = WrittenValue::raw;
    let time = 133_000_000_123_456_789_u64.to_le_bytes().to_vec();
    let system_time: Vec<u8> =
        [2024_u16, 2, 4, 29, 23, 59, 58, 7].iter().flat_map(|field| field.to_le_bytes()).collect();
    let values = [
        ("ansi", raw(2, b"a\0\x83\x65\x83\x58\x83\x67".to_vec())),
        ("ansi 1252", raw(2, b"caf\xe9".to_vec())),
        ("i8", raw(3, vec![0x80])),
        ("i16", raw(5, vec![0xff, 0xff])),
        ("i64", raw(9, i64::MIN.to_le_bytes().to_vec())),
        ("u64", raw(10, vec![0xff; 8])),
        ("f32", raw(11, 0.1_f32.to_le_bytes().to_vec())),
        ("f64", raw(12, 1e300_f64.to_le_bytes().to_vec())),
        ("bool", raw(13, vec![1, 0, 0, 0])),
        ("bool 7", raw(13, vec![7, 0, 0, 0])),
        ("binary", raw(14, vec![0, 0xab])),
        ("size", raw(16, vec![0x10, 0, 0, 0])),
        ("filetime", raw(17, time)),
        ("filetime never", raw(17, vec![0xff; 8])),
        ("systemtime", raw(18, system_time)),
        ("systemtime unset", raw(18, vec![0; 16])),
        ("sid", WrittenValue::sid(5, &[21, 1, 2, 500])),
        ("hex32", raw(0x14, vec![0, 0, 0, 0])),
        ("hex64", raw(0x15, 0x3e7_u64.to_le_bytes().to_vec())),
        ("numbers", raw(0x88, vec![1, 0, 0, 0, 2, 0, 0, 0])),
        ("short number", raw(8, vec![1, 2])),
        ("unknown type", raw(0x77, vec![1, 2])),
        ("cut sid", raw(0x13, vec![1, 9, 0, 0, 0, 0, 0, 5])),
    ];
    let (names, values): (Vec<&str>, Vec<WrittenValue>) = values.into_iter().unzip();
    let mut lines = Vec::new();
    each_record(&log_of(event_data(&names, values)), &mut |record| {
        record.each_field(&mut |name, value| lines.push(format!("{}: {value}", name.name())));
    });
    expect![[r#"
        ansi: aテスト
        ansi 1252: café
        i8: -128
        i16: -1
        i64: -9223372036854775808
        u64: 18446744073709551615
        f32: 0.1
        f64: 1e300
        bool: true
        bool 7: 7
        binary: 00AB
        size: 0x10
        filetime: 2022-06-18T04:26:52.3456789Z
        filetime never: 0000-00-00T00:00:00.0000000Z
        systemtime: 2024-02-29T23:59:58.0070000Z
        systemtime unset: 1601-01-01T00:00:00.0000000Z
        sid: S-1-5-21-1-2-500
        hex32: 0x0
        hex64: 0x3e7
        numbers: 1
        numbers: 2
        short number: 0102
        unknown type: 0102
        cut sid: 0109000000000005"#]]
    .assert_eq(&lines.split_off(10).join("\n"));
}

proptest! {
    #[test]
    fn any_text_comes_out_as_a_lossy_reader_would_have_it(units in proptest::collection::vec(
        prop_oneof![6 => 1_u16..0x80, 2 => any::<u16>(), 1 => 0xd7f0_u16..0xe010, 1 => Just(0)], 0..90)) {
        let bytes = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let text = units.split(|unit| *unit == 0).next().unwrap();
        let mut found = None;
        each_record(&log_of(event_data(&["A"], vec![WrittenValue::raw(1, bytes)])), &mut |record| {
            record.each_field(&mut |_, value| found = Some(value.to_string()));
        });
        prop_assert_eq!(found, Some(String::from_utf16_lossy(text)));
    }
}
