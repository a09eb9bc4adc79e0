//! Any bytes through the network scan reader.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = formats::nmap::looks_like_nmap(bytes);
    let _ = formats::nmap::parse(bytes, &formats::nmap::Limits::default());
});
