use proptest::prelude::*;

use super::*;

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn record(key: &str, name: &str, kind: u32, content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap();
    let semicolon = [b';', 0];
    let parts: [&[u8]; 11] = [
        &[b'[', 0],
        &utf16(&format!("{key}\0")),
        &semicolon,
        &utf16(&format!("{name}\0")),
        &semicolon,
        &kind.to_le_bytes(),
        &semicolon,
        &size.to_le_bytes(),
        &semicolon,
        content,
        &[b']', 0],
    ];
    parts.concat()
}

fn file(records: &[Vec<u8>]) -> Vec<u8> {
    [HEADER.to_vec(), records.concat()].concat()
}

fn sample() -> Vec<u8> {
    file(&[
        record(r"Software\Policies\守り", "On", 4, &1_u32.to_le_bytes()),
        record("k", "Text", 1, &utf16("a;]\0")),
        record("k", "Many", 7, &utf16("a\0b\0\0")),
        record("k", "Big", 11, &7_u64.to_le_bytes()),
        record("k", "**del.Old", 1, &utf16(" \0")),
        record("k", "**delvals.", 1, &utf16(" \0")),
        record("k", "Bad", 4, &[1]),
        record("k", "Raw", 3, &[b']', 0, 1]),
    ])
}

#[test]
fn every_type_and_deletion_is_read_with_its_offset() {
    let parsed = parse(&sample()).unwrap();
    let found: Vec<_> = parsed.records.iter().map(|r| (r.name.as_str(), r.action, r.value.clone())).collect();
    let none = RegValue::None(Vec::new());
    assert_eq!(
        found,
        [
            ("On", Action::Set, RegValue::Dword(1)),
            ("Text", Action::Set, RegValue::Text("a;]".to_owned())),
            ("Many", Action::Set, RegValue::MultiText(vec!["a".to_owned(), "b".to_owned()])),
            ("Big", Action::Set, RegValue::Qword(7)),
            ("Old", Action::DeleteValue, none.clone()),
            ("", Action::DeleteAllValues, none),
            ("Raw", Action::Set, RegValue::Binary(vec![b']', 0, 1])),
        ]
    );
    assert_eq!(parsed.records[0].offset, 8);
    assert_eq!(parsed.records[0].place(Hive::Machine), r"HKLM\Software\Policies\守り!On");
    assert_eq!(parsed.records[0].place(Hive::User), r"HKCU\Software\Policies\守り!On");
    assert_eq!(parsed.errors[0].problem, RecordProblem::ContentLength { expected: 4, found: 1 });
}

#[test]
fn eight_bytes_are_a_valid_empty_file() {
    assert_eq!(parse(HEADER), Ok(PolicyFile::default()));
    assert_eq!(parse(&HEADER[..7]), Err(ParsePolicyError::NoHeader));
}

#[test]
fn a_file_cut_anywhere_keeps_the_records_before() {
    let whole = sample();
    let offsets: Vec<usize> =
        parse(&whole).unwrap().records.iter().map(|record| usize::try_from(record.offset).unwrap()).collect();
    for length in 8..whole.len() {
        let parsed = parse(&whole[..length]).unwrap();
        let before = offsets.iter().filter(|offset| **offset < length).count();
        assert!(parsed.records.len() + 1 >= before, "{length}");
    }
    let cut = parse(&whole[..whole.len() - 1]).unwrap();
    assert_eq!((cut.records.len(), cut.errors.last().unwrap().problem), (6, RecordProblem::Damaged));
}

#[test]
fn a_size_the_file_does_not_have_is_damage_and_not_memory() {
    let mut bytes = file(&[record("k", "n", 3, &[])]);
    let size_at = bytes.len() - 8;
    bytes[size_at..size_at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(parse(&bytes).unwrap().errors[0].problem, RecordProblem::Damaged);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn parsing_never_panics(tail in prop::collection::vec(any::<u8>(), 0..200), at in 8_usize..300, byte: u8) {
        let _ = parse(&tail);
        let _ = parse(&[HEADER.to_vec(), tail].concat());
        let mut damaged = sample();
        let at = at % damaged.len();
        damaged[at] = byte;
        let _ = parse(&damaged);
    }
}
