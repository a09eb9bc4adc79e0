//! Any bytes through the readers of a policy backup; redaction only takes away, and in plain ASCII nothing is left to take.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    use formats::gpo_backup::{parse_backup, parse_report, recognise, redact_cpassword};
    let _ = (recognise(bytes), parse_backup(bytes), parse_report(bytes));
    if let Some(redacted) = redact_cpassword(bytes) {
        assert!(redacted.bytes.len() < bytes.len());
        if bytes.is_ascii() && !bytes.contains(&0) {
            assert_eq!(redact_cpassword(&redacted.bytes), None);
        }
        assert!(redacted.struck.iter().all(|struck| struck.offset <= redacted.bytes.len() as u64));
    }
});
