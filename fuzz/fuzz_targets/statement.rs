//! Any bytes through the statement reader.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = formats::statement::looks_like(bytes);
    let _ = formats::statement::parse(bytes);
});
