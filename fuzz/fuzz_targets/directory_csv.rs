//! Any bytes through the readers of directory exports; redaction only takes away.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    use formats::directory_csv::{parse_computers, parse_users, recognise, redact};
    let _ = (recognise(bytes), parse_users(bytes), parse_computers(bytes));
    if let Some(redacted) = redact(bytes) {
        assert!(redacted.bytes.len() < bytes.len());
        assert!(redacted.struck.iter().all(|struck| struck.offset <= redacted.bytes.len() as u64));
    }
});
