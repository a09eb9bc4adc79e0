//! Any bytes through the registry.pol reader; offsets lie inside the file.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = formats::registry_policy::parse(bytes) {
        let length = bytes.len() as u64;
        assert!(file.records.iter().all(|record| record.offset < length));
    }
});
