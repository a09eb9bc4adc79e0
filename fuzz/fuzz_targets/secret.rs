//! Any bytes through the search for secrets: it grows by no more than a mark per secret.
//!
//! Bytes that are no zip are also taken as the sheet and the shared strings of a workbook, divided by 0x1E.
#![no_main]

use formats::secret::strike;
use libfuzzer_sys::fuzz_target;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

fn words(label: &str, value: &str) -> Option<bool> {
    label.contains("admin").then(|| value == "shared")
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some(struck)) = strike(bytes, &words) {
        assert!(struck.bytes.len() <= bytes.len() * 7 + 64);
        assert!(!struck.struck.is_empty());
    }
    let mut parts = bytes.split(|byte| *byte == 0x1E);
    let (sheet, strings) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let entries: [(&str, &[u8]); 3] =
        [("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", sheet), ("xl/sharedStrings.xml", strings)];
    if let Ok(Some(struck)) = strike(&pack(&entries), &words) {
        let _ = strike(&struck.bytes, &words);
    }
});

/// A zip archive of stored entries.
fn pack(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, options).unwrap();
        std::io::Write::write_all(&mut writer, content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
