//! Event logs that these tests write themselves: what is read is what was written.

use expect_test::{Expect, expect};
use formats::evtx::write::{Content, Element, Writer, WrittenValue};
use formats::evtx::{TemplateKey, Typed};
use proptest::prelude::*;

use crate::evtx_written::{
    MORNING, each_record, event_data, event_template, event_values, log_of, log_with_fragment, log_with_guard, long_log,
};

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

fn list_xml(bytes: &[u8]) -> Vec<String> {
    let mut list = Vec::new();
    each_record(bytes, &mut |record| {
        let mut xml = String::new();
        record.write_xml(&mut xml).unwrap();
        list.push(xml);
    });
    list
}

#[test]
fn an_element_that_depends_on_a_null_value_is_left_out() {
    let bytes = log_with_guard();
    each_record(&bytes, &mut |record| assert_eq!(record.system().level, None));
    assert!(!list_xml(&bytes)[0].contains("Level"));
}

#[test]
fn binary_xml_without_a_template_and_beside_one_is_read_too() {
    let bytes = log_with_fragment();
    let xml = list_xml(&bytes);
    assert!(xml[1].ends_with("<EventData><Data Name=\"User\">ok</Data></EventData><System>hi</System></Event>"));
    let mut fields = Vec::new();
    each_record(&bytes, &mut |record| {
        record.each_field(&mut |name, value| fields.push(format!("{:?} {} = {value}", name.section, name.name())));
    });
    assert_eq!(fields[fields.len() - 2..], ["System System = hi", "EventData User = ok"]);
}

#[test]
fn what_is_written_fills_several_chunks_and_keeps_its_numbers() {
    let bytes = long_log(700);
    assert!(4_096 + 2 * 65_536 <= bytes.len(), "several chunks");
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
