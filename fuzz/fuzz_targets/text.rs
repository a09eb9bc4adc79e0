//! Any bytes become text of a bounded length.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let decoded = formats::text::decode(bytes);
    assert!(decoded.text.len() <= bytes.len() * 3 + 3);
    let _ = formats::text::encode_cp932(&decoded.text);
});
