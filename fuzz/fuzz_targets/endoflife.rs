//! Any bytes through the end-of-life reader.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = formats::endoflife::looks_like_endoflife(bytes);
    let _ = formats::endoflife::parse(bytes, "product.md");
});
