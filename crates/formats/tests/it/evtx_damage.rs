//! Damaged and hostile event logs: one bad record costs one record, one bad chunk one chunk, and nothing ever hangs.

use formats::evtx::write::{Content, Element, Writer, WrittenValue};
use formats::evtx::{Damage, File, MAX_XML, Reader, Reason};
use proptest::prelude::*;

use crate::evtx_written::{MORNING, event_data, event_template, event_values, log_of};

const FILE_HEADER: usize = 4_096;
const CHUNK_HEADER: usize = 512;
const CHUNK: usize = 65_536;

/// What came out of a log.
#[derive(Default)]
struct Outcome {
    /// Value of the field `Number` of each event.
    numbers: Vec<u64>,
    /// Events, also those whose number was hit.
    events: u64,
    /// Whether every chunk fits its checksum.
    fits: bool,
    damage: Vec<Damage>,
}

impl Outcome {
    fn lost(&self) -> u64 {
        self.damage.iter().map(|damage| damage.lost).sum()
    }
}

/// Reads everything of a log in every way there is.
fn read(bytes: &[u8]) -> Outcome {
    let mut outcome = Outcome { fits: true, ..Outcome::default() };
    let Ok(file) = File::open(bytes) else { return outcome };
    let mut reader = Reader::new();
    let (mut text, mut xml) = (Vec::new(), String::new());
    for chunk in file.chunks() {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(damage) => {
                outcome.damage.push(damage);
                continue;
            }
        };
        outcome.fits &= chunk.has_right_checksum();
        let mut records = chunk.records(&mut reader);
        while let Some(record) = records.next_record() {
            let record = match record {
                Ok(record) => record,
                Err(damage) => {
                    outcome.damage.push(damage);
                    continue;
                }
            };
            text.clear();
            xml.clear();
            let _ = record.system();
            let mut number = None;
            record.each_field(&mut |name, value| {
                value.write_utf8(&mut text);
                if name.name() == "Number" {
                    number = value.as_u64();
                }
            });
            outcome.numbers.extend(number);
            outcome.events += 1;
            assert!(std::str::from_utf8(&text).is_ok());
            assert!(text.len() <= 16 << 20, "fields of {} bytes", text.len());
            let _ = record.write_xml(&mut xml);
            assert!(xml.len() <= MAX_XML + (1 << 20), "XML of {} bytes", xml.len());
        }
    }
    outcome
}

/// A log with so many events, each with its number; and where its records begin, and the last ends.
fn numbered(count: u64) -> (Vec<u8>, Vec<usize>) {
    let mut writer = Writer::new();
    for number in 1..=count {
        let said = event_data(&["User", "Number"], vec![WrittenValue::text("sato"), WrittenValue::u64(number)]);
        writer.add(MORNING, &event_template(), &event_values(4624, number, said)).unwrap();
    }
    let bytes = writer.finish();
    let mut at = FILE_HEADER + CHUNK_HEADER;
    let mut begins = vec![at];
    while bytes[at..].starts_with(b"\x2a\x2a\0\0") {
        at += u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        begins.push(at);
    }
    (bytes, begins)
}

#[test]
fn a_cut_file_gives_every_event_before_the_cut_and_counts_the_rest() {
    let (bytes, begins) = numbered(12);
    let used = *begins.last().unwrap();
    for cut in (0..used + 100).chain((used..bytes.len()).step_by(997)) {
        let outcome = read(&bytes[..cut]);
        let whole = begins.iter().skip(1).filter(|end| **end <= cut).count() as u64;
        assert_eq!(outcome.numbers, (1..=whole).collect::<Vec<_>>(), "cut at {cut}");
        if FILE_HEADER + CHUNK_HEADER <= cut {
            let [Damage { reason: Reason::ChunkCut { .. }, .. }] = outcome.damage[..] else {
                panic!("cut at {cut}: {:?}", outcome.damage)
            };
            // Before the first record there is nothing to count from.
            assert!(whole == 0 || outcome.lost() == 12 - whole, "cut at {cut}: {:?}", outcome.damage);
        }
    }
}

#[test]
fn a_flipped_bit_costs_its_own_record_at_most_and_a_missing_one_is_counted() {
    let (bytes, begins) = numbered(8);
    // The first record holds the names and templates of all others.
    for bit in begins[1] * 8..begins[8] * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let outcome = read(&flipped);
        assert!(7 <= outcome.numbers.len(), "bit {bit}: {:?} {:?}", outcome.numbers, outcome.damage);
        assert!(!outcome.fits, "bit {bit}: the checksum tells what still looks right");
        assert!(8 <= outcome.events + outcome.lost(), "bit {bit}: {:?} {:?}", outcome.numbers, outcome.damage);
    }
}

#[test]
fn a_flipped_bit_in_headers_and_templates_ends_nothing() {
    let (bytes, begins) = numbered(8);
    for bit in (0..160 * 8).chain(FILE_HEADER * 8..begins[1] * 8) {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let outcome = read(&flipped);
        assert!(outcome.numbers.len() <= 8);
        if bit < (FILE_HEADER + CHUNK_HEADER) * 8 {
            assert_eq!(outcome.numbers.len(), 8, "bit {bit}: {:?}", outcome.damage);
        }
    }
}

#[test]
fn a_wrong_chunk_header_is_reported_and_loses_nothing() {
    let (mut bytes, _) = numbered(8);
    bytes[FILE_HEADER + 48] ^= 0xff;
    let outcome = read(&bytes);
    assert_eq!(outcome.numbers.len(), 8);
    let [damage] = outcome.damage[..] else { panic!("{:?}", outcome.damage) };
    assert_eq!((damage.reason, damage.lost), (Reason::ChunkHeader, 0));
}

#[test]
fn overwritten_records_are_counted_and_named_by_their_place() {
    let (mut bytes, begins) = numbered(12);
    bytes[begins[4]..begins[7]].fill(0);
    let outcome = read(&bytes);
    assert_eq!(outcome.numbers, [1, 2, 3, 4, 8, 9, 10, 11, 12]);
    let [damage] = outcome.damage[..] else { panic!("{:?}", outcome.damage) };
    assert_eq!((damage.offset, damage.lost, damage.reason), (begins[4] as u64, 3, Reason::NoRecord));
    assert_eq!(damage.to_string(), format!("chunk 0, byte {}: no record begins here; records lost: 3", begins[4]));
}

#[test]
fn a_bad_chunk_costs_one_chunk() {
    let (bytes, _) = numbered(700);
    let chunks = (bytes.len() - FILE_HEADER) / CHUNK;
    assert!(3 <= chunks);
    let whole = read(&bytes);
    assert_eq!((whole.numbers.len(), whole.damage.len()), (700, 0));
    let mut broken = bytes.clone();
    broken[FILE_HEADER + CHUNK..FILE_HEADER + CHUNK + 600].fill(0xaa);
    let outcome = read(&broken);
    let [damage] = outcome.damage[..] else { panic!("{:?}", outcome.damage) };
    assert_eq!((damage.chunk, damage.offset, damage.reason), (1, (FILE_HEADER + CHUNK) as u64, Reason::NoChunk));
    // The first record went with the header and cannot be recognised any more.
    assert_eq!(outcome.numbers.len() as u64 + damage.lost, 699);
}

#[test]
fn binary_xml_nested_too_deep_costs_the_record() {
    let nest = |depth| {
        (0..depth).fold(WrittenValue::text("core"), |inner, _| {
            WrittenValue::nested(Element::new("UserData").with_value(0), vec![inner])
        })
    };
    assert!(read(&log_of(nest(16))).damage.is_empty());
    let outcome = read(&log_of(nest(17)));
    let [Damage { reason: Reason::Limit { what }, lost: 1, record_id: Some(1), .. }] = outcome.damage[..] else {
        panic!("{:?}", outcome.damage)
    };
    assert_eq!(what, "the depth of binary XML");
}

#[test]
fn parts_that_use_each_other_many_times_do_not_multiply() {
    let many = (0..40).fold(Element::new("UserData"), |element, _| element.with_value(0));
    let nested = (0..10).fold(WrittenValue::text("ha"), |inner, _| WrittenValue::nested(many.clone(), vec![inner]));
    let outcome = read(&log_of(nested));
    assert!(outcome.damage.is_empty());
}

#[test]
fn one_long_value_used_many_times_does_not_fill_the_memory() {
    let many =
        (0..900).fold(Element::new("EventData"), |data, _| data.with_element(Element::new("Data").with_value(0)));
    let outcome = read(&log_of(WrittenValue::nested(many, vec![WrittenValue::text(&"a".repeat(15_000))])));
    assert!(matches!(outcome.damage[..], [Damage { reason: Reason::Limit { .. }, .. }]), "{:?}", outcome.damage);
}

#[test]
fn lists_that_multiply_each_other_do_not_fill_the_memory() {
    let list = || WrittenValue::raw(0x81, vec![0; 2_000]);
    let many = (0..20).fold(Element::new("a"), |element, number| element.with_attribute("b", Content::Value(number)));
    let outcome = read(&log_of(WrittenValue::nested(many, (0..20).map(|_| list()).collect())));
    assert!(outcome.damage.is_empty());
    let again = (0..3_000).fold(Element::new("a"), |element, _| element.with_attribute("xmlns", Content::Value(0)));
    let outcome = read(&log_of(WrittenValue::nested(again, vec![WrittenValue::raw(0x81, vec![0; 20_000])])));
    assert!(outcome.damage.is_empty());
}

#[test]
fn many_small_events_of_a_huge_template_do_not_multiply() {
    let text = Content::Text("a".repeat(20_000));
    let wide = (0..1_000).fold(Element::new("EventData"), |data, _| data.with_element(Element::new("Data")));
    let long = Element::new("EventData").with_element(Element::new("Data").with_attribute("x", text));
    for (template, kept) in [(wide, 262), (long, 1_677)] {
        let mut writer = Writer::new();
        for _ in 0..5_000 {
            writer
                .add(MORNING, &Element::new("Event").with_value(0), &[WrittenValue::nested(template.clone(), vec![])])
                .unwrap();
        }
        let bytes = writer.finish();
        let chunk = &bytes[..FILE_HEADER + CHUNK];
        let outcome = read(chunk);
        assert!(outcome.events <= kept, "{}", outcome.events);
        assert!(outcome.damage.iter().all(|damage| matches!(damage.reason, Reason::Limit { .. })));
    }
}

#[test]
fn elements_nested_too_deep_cost_the_record() {
    let deep =
        |depth| (1..depth).fold(Element::new("a").with_value(0), |inner, _| Element::new("a").with_element(inner));
    assert!(read(&log_of(WrittenValue::nested(deep(64), vec![]))).damage.is_empty());
    assert_eq!(read(&log_of(WrittenValue::nested(deep(65), vec![]))).damage.len(), 1);
}

#[test]
fn a_template_that_points_into_itself_is_read_once_at_most() {
    // Token, unknown byte, id, and a definition that lies in the instance itself.
    let here = FILE_HEADER + CHUNK_HEADER;
    let plain = log_of(WrittenValue::raw(0x21, vec![0x0c; 64]));
    for target in 0..2_000_u32 {
        let mut bytes = plain.clone();
        let place = bytes[here..].windows(64).position(|window| window == [0x0c; 64]).unwrap() + here;
        bytes[place + 6..place + 10].copy_from_slice(&target.to_le_bytes());
        bytes[place + 10..place + 14].copy_from_slice(&0_u32.to_le_bytes());
        read(&bytes);
    }
}

#[test]
fn a_file_that_is_no_event_log_is_refused() {
    assert!(File::open(b"").is_err());
    assert!(File::open(&[0; 8_192]).is_err());
    assert!(File::open(b"ElfFile\0").is_ok_and(|file| file.chunks().next().is_none()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn scribbled_logs_are_read_to_the_end(
        scribbles in proptest::collection::vec((0_usize..8_000, proptest::collection::vec(any::<u8>(), 1..12)), 1..12),
    ) {
        let (mut bytes, _) = numbered(6);
        for (at, scribble) in scribbles {
            bytes[FILE_HEADER + at..][..scribble.len()].copy_from_slice(&scribble);
        }
        let outcome = read(&bytes);
        prop_assert!(outcome.numbers.len() + outcome.damage.len() < 400);
    }

    #[test]
    fn any_tokens_as_binary_xml_are_read_to_the_end(tokens in proptest::collection::vec(
        prop_oneof![4 => 0_u8..0x10, 2 => 0x41_u8..0x4a, 1 => any::<u8>()], 0..300)) {
        let outcome = read(&log_of(WrittenValue::raw(0x21, tokens)));
        prop_assert!(outcome.numbers.len() + outcome.damage.len() < 10);
    }

    #[test]
    fn any_values_are_read_to_the_end(values in proptest::collection::vec(
        (any::<u8>(), proptest::collection::vec(any::<u8>(), 0..40)), 0..20)) {
        let template = (0..24).fold(Element::new("EventData"), |data, number| {
            let element = Element::new("Data").with_attribute("x", Content::Value(23 - number));
            data.with_element(element.with_value(number).with_value(number / 2))
        });
        let values = values.into_iter().map(|(kind, bytes)| WrittenValue::raw(kind, bytes)).collect();
        read(&log_of(WrittenValue::nested(template, values)));
    }
}
