//! Any bytes through the INF reader and its typed accessors.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = formats::inf::looks_like(bytes);
    if let Ok(file) = formats::inf::parse(bytes) {
        let _ = (file.system_access(), file.registry_values(), file.privilege_rights());
    }
});
