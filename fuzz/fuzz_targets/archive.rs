//! Any bytes through the zip reader.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = formats::archive::expand(bytes, &formats::archive::Limits::default());
});
