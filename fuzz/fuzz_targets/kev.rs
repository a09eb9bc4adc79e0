//! Any bytes through the reader of the catalogue of exploited vulnerabilities.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = formats::kev::looks_like_kev(bytes);
    let _ = formats::kev::parse(bytes);
});
