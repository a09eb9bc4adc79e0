//! Any bytes as an event log: the whole file, one chunk behind a right header, and binary XML in a right record.
#![no_main]

use formats::evtx::write::{Element, WrittenValue, Writer};
use formats::evtx::{Chunk, File, FileTime, MAX_XML, Reader};
use libfuzzer_sys::fuzz_target;

/// What one chunk may make of itself as the text of its fields.
const MAX_TEXT: usize = 64 << 20;

fuzz_target!(|bytes: &[u8]| {
    read_file(bytes);
    read_chunk(&chunk_of(bytes));
    let template = Element::new("Event").with_value(0);
    let mut writer = Writer::new();
    if writer.add(FileTime(0), &template, &[WrittenValue::raw(0x21, bytes.to_vec())]).is_ok() {
        read_file(&writer.finish());
    }
});

/// The bytes as the records of a chunk whose header asks for no checksum and says that all of them are used.
fn chunk_of(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = b"ElfChnk\0".to_vec();
    chunk.resize(32, 0);
    chunk.extend(u64::MAX.to_le_bytes());
    chunk.resize(48, 0);
    chunk.extend(65_536_u32.to_le_bytes());
    chunk.resize(120, 0);
    chunk.extend(4_u32.to_le_bytes());
    chunk.resize(512, 0);
    chunk.extend(bytes.iter().take(65_536 - 512));
    chunk.resize(65_536, 0);
    chunk
}

fn read_file(bytes: &[u8]) {
    let Ok(file) = File::open(bytes) else { return };
    for chunk in file.chunks().flatten() {
        read(&chunk);
    }
}

fn read_chunk(bytes: &[u8]) {
    if let Ok(chunk) = Chunk::read(bytes, 0, 0) {
        read(&chunk);
    }
}

fn read(chunk: &Chunk<'_>) {
    let _ = chunk.has_right_checksum();
    let mut reader = Reader::new();
    let mut records = chunk.records(&mut reader);
    let (mut text, mut xml, mut answers) = (Vec::new(), String::new(), 0);
    while let Some(record) = records.next_record() {
        answers += 1;
        assert!(answers <= 8_192, "more answers than a chunk has room for");
        let Ok(record) = record else { continue };
        let _ = record.system();
        record.each_field(&mut |_, value| value.write_utf8(&mut text));
        assert!(text.len() <= MAX_TEXT);
        assert!(std::str::from_utf8(&text).is_ok());
        text.clear();
        xml.clear();
        let _ = record.write_xml(&mut xml);
        assert!(xml.len() <= MAX_XML + (1 << 20));
    }
}
