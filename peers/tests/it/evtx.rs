//! Our reader of event logs against the crate `evtx`, on real logs and on written ones: the same XML,
//! byte for byte, and the same fields.

use formats::evtx::{File, Reader, Record, Section};
use quick_xml::events::Event;

use crate::evtx_written::{log_with_fragment, log_with_guard, long_log};
use crate::samples::sample;

/// Every log of the manifest with its row, or `None` with a message.
fn list_logs() -> Option<Vec<(csv::StringRecord, Vec<u8>)>> {
    let manifest = sample("expected/evtx_manifest.csv")?;
    let rows = csv::Reader::from_reader(&*manifest).into_records().map(Result::unwrap);
    rows.map(|row| sample(&format!("evtx/{}", &row[0])).map(|bytes| (row, bytes))).collect()
}

/// Visits every record; any damage fails the test.
fn each_record(name: &str, bytes: &[u8], reader: &mut Reader, visit: &mut dyn FnMut(&Record<'_>)) {
    for chunk in File::open(bytes).unwrap().chunks() {
        let chunk = chunk.unwrap();
        let mut records = chunk.records(reader);
        while let Some(record) = records.next_record() {
            visit(&record.unwrap_or_else(|damage| panic!("{name}: {damage}")));
        }
    }
}

#[test]
fn every_event_is_the_same_xml_as_that_of_the_crate_evtx() {
    let Some(logs) = list_logs() else { return };
    let mut reader = Reader::new();
    let mut events = 0;
    for (row, bytes) in logs {
        let mut expected = list_oracle_xml(bytes.clone()).into_iter();
        each_record(&row[0], &bytes, &mut reader, &mut |record| {
            let mut xml = String::new();
            record.write_xml(&mut xml).unwrap();
            assert_eq!(Some(xml), expected.next(), "{}, record {}", &row[0], record.record_id);
            events += 1;
        });
        assert_eq!(expected.next(), None, "{}", &row[0]);
    }
    assert_eq!(events, 8_255);
}

#[test]
fn every_field_is_what_the_xml_of_the_crate_evtx_says() {
    let Some(logs) = list_logs() else { return };
    let mut reader = Reader::new();
    for (row, bytes) in logs {
        let mut expected = list_oracle_xml(bytes.clone()).into_iter();
        each_record(&row[0], &bytes, &mut reader, &mut |record| {
            let mut fields = Vec::new();
            record.each_field(&mut |field, value| {
                fields.push((field.section, field.name().to_owned(), as_xml_holds(&value.to_string())));
                let mut utf8 = Vec::new();
                value.write_utf8(&mut utf8);
                assert_eq!(utf8, value.to_string().into_bytes());
            });
            let mut oracle = flatten(&expected.next().unwrap());
            // A substitution stands before the elements around it in the XML, and behind them here.
            fields.sort_by_key(|(section, name, _)| (*section as u8, name.clone()));
            oracle.sort_by_key(|(section, name, _)| (*section as u8, name.clone()));
            assert_eq!(fields, oracle, "{}, record {}", &row[0], record.record_id);
        });
    }
}

#[test]
fn written_logs_are_the_same_xml_in_both_and_their_checksums_are_right() {
    for bytes in [long_log(700), log_with_guard(), log_with_fragment()] {
        let mut ours = Vec::new();
        each_record("a written log", &bytes, &mut Reader::new(), &mut |record| {
            let mut xml = String::new();
            record.write_xml(&mut xml).unwrap();
            ours.push(xml);
        });
        assert_eq!(ours, list_oracle_xml(bytes));
    }
    let settings = evtx::ParserSettings::new().num_threads(1).validate_checksums(true);
    let mut oracle = evtx::EvtxParser::from_buffer(long_log(700)).unwrap().with_configuration(settings);
    assert_eq!(oracle.records().filter(Result::is_ok).count(), 700);
}

/// XML cannot hold control characters; Windows writes `_` for them. The only difference between the two readers.
fn as_xml_holds(text: &str) -> String {
    text.replace(|c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r'), "_")
}

fn list_oracle_xml(bytes: Vec<u8>) -> Vec<String> {
    let settings = evtx::ParserSettings::new().num_threads(1).indent(false);
    let mut parser = evtx::EvtxParser::from_buffer(bytes).unwrap().with_configuration(settings);
    let records = parser.records().map(|record| record.unwrap().data);
    records.map(|xml| xml.split_once('\n').unwrap().1.trim_end().to_owned()).collect()
}

/// An element that is open, and what was seen of it.
struct Open {
    name: String,
    data_name: Option<String>,
    text: String,
    has_elements: bool,
    has_attributes: bool,
}

/// The fields of an event, read from its XML by the rules of the reference: `System`, `EventData` and `UserData` flat,
/// attributes as `Element_Attribute`.
fn flatten(xml: &str) -> Vec<(Section, String, String)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let (mut open, mut fields): (Vec<Open>, Vec<_>) = (Vec::new(), Vec::new());
    let section = |open: &[Open]| match open.get(1).map(|element| element.name.as_str()) {
        Some("System") => Section::System,
        Some("EventData") => Section::EventData,
        Some("UserData") => Section::UserData,
        _ => Section::Other,
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return fields,
            Event::Start(start) => {
                if let Some(parent) = open.last_mut() {
                    parent.has_elements = true;
                }
                let name = start.name().as_ref().to_owned();
                let attributes: Vec<(String, String)> = start
                    .attributes()
                    .map(Result::unwrap)
                    .map(|attribute| {
                        let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
                        (attribute.key.as_ref().to_owned(), value)
                    })
                    .filter(|(name, _)| !name.starts_with("xmlns"))
                    .collect();
                open.push(Open {
                    name: name.clone(),
                    data_name: None,
                    text: String::new(),
                    has_elements: false,
                    has_attributes: false,
                });
                let section = section(&open);
                for (attribute, value) in attributes {
                    let element = open.last_mut().unwrap();
                    if name == "Data" && section != Section::System && attribute == "Name" {
                        element.data_name = Some(value);
                    } else {
                        element.has_attributes = true;
                        fields.push((section, format!("{name}_{attribute}"), value));
                    }
                }
            }
            Event::End(_) => {
                let section = section(&open);
                let depth = open.len();
                let element = open.pop().unwrap();
                // Elements that have attributes at most are no fields, nor is a section without content.
                let is_bare = element.has_attributes || matches!(&*element.name, "Correlation" | "Security");
                let is_frame = element.text.is_empty() && (depth <= 2 || is_bare);
                if !element.has_elements && !is_frame {
                    fields.push((section, element.data_name.unwrap_or(element.name), element.text));
                }
            }
            Event::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                let entity = format!("&{};", &*reference);
                let text = quick_xml::escape::unescape(&entity).unwrap().into_owned();
                open.last_mut().unwrap().text.push_str(&text);
            }
            other => panic!("{other:?}"),
        }
    }
}
