//! Any bytes through the audit.csv reader.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = formats::audit_csv::looks_like(bytes);
    let _ = formats::audit_csv::parse(bytes);
});
