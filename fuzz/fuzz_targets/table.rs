//! Any bytes through the CSV and the Excel reader.
//!
//! Bytes that are no zip are also taken as the parts of a workbook, divided by the record separator 0x1E (sheet, shared
//! strings, styles, workbook; an empty part is left out), and packed with right checksums: the fuzzer could not guess those.
#![no_main]

use formats::table::{Limits, find_header, read_csv, read_xlsx};
use libfuzzer_sys::fuzz_target;

const CONTENT_TYPES: &[u8] = br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const PACKAGE: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &[u8] = br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
const WORKBOOK: &[u8] = br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

fuzz_target!(
    init: {
        // What the workbook library panics about is caught by `read_xlsx`. Any other panic still ends the run.
        // With SHOW_PANICS set, and a corpus and -runs=0, this lists the places of those that are caught.
        let show = std::env::var_os("SHOW_PANICS").is_some();
        std::panic::set_hook(Box::new(move |panic| {
            if let Some(place) = panic.location().filter(|_| show) {
                eprintln!("panic at {place}");
            }
        }));
    },
    |bytes: &[u8]| {
        let limits = Limits::default();
        if let Ok(table) = read_csv(bytes, &limits) {
            let _ = find_header(&table, &|label| label.starts_with('a'));
            assert!(table.rows.iter().all(|row| row.number > 0 && row.cells.len() <= limits.columns));
        }
        if bytes.starts_with(b"PK") {
            let _ = read_xlsx(bytes, &limits);
            return;
        }
        let mut parts = bytes.split(|byte| *byte == 0x1E);
        let (sheet, strings) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let (styles, workbook) = (parts.next().unwrap_or_default(), parts.next().unwrap_or(WORKBOOK));
        let mut entries = vec![
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", PACKAGE),
            ("xl/_rels/workbook.xml.rels", RELATIONS),
            ("xl/workbook.xml", workbook),
            ("xl/styles.xml", styles),
            ("xl/sharedStrings.xml", strings),
            ("xl/worksheets/sheet1.xml", sheet),
        ];
        entries.retain(|(_, content)| !content.is_empty());
        let packed = pack(&entries);
        if let Ok(tables) = read_xlsx(&packed, &limits) {
            let cells: usize = tables.iter().flat_map(|table| &table.rows).map(|row| row.cells.len()).sum();
            assert!(cells <= limits.cells);
        }
    }
);

/// A zip archive of stored entries.
fn pack(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut packed, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let offset = (packed.len() as u32).to_le_bytes();
        let size = (content.len() as u32).to_le_bytes();
        let name_size = (name.len() as u16).to_le_bytes();
        // Version 2.0, no flags, stored, 1980-01-01, checksum, sizes, name, no extra field.
        let head = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 33, 0][..],
            &checksum(content).to_le_bytes(),
            &size,
            &size,
            &name_size,
            &[0, 0],
        ];
        packed.extend([b"PK\x03\x04".as_slice(), &head.concat(), name.as_bytes(), content].concat());
        directory
            .extend([b"PK\x01\x02\x14\x00".as_slice(), &head.concat(), &[0; 10], &offset, name.as_bytes()].concat());
    }
    let count = (parts.len() as u16).to_le_bytes();
    let (size, offset) = ((directory.len() as u32).to_le_bytes(), (packed.len() as u32).to_le_bytes());
    packed.extend(directory);
    packed.extend([b"PK\x05\x06".as_slice(), &[0; 4], &count, &count, &size, &offset, &[0; 2]].concat());
    packed
}

/// CRC-32 as zip wants it.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}
