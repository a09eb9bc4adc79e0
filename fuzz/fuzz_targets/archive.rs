//! Any bytes through the zip reader. What comes out lies within the limits and has names that point nowhere else.
#![no_main]

use formats::archive::{Limits, check, expand};
use libfuzzer_sys::fuzz_target;

/// Small enough that a small input can reach them.
const LIMITS: Limits =
    Limits { archive_bytes: 60_000, entries: 20, entry_bytes: 3 << 20, total_bytes: 4 << 20, ratio: 50, depth: 1 };

fuzz_target!(|bytes: &[u8]| {
    for limits in [Limits::default(), LIMITS] {
        let Ok(expansion) = expand(bytes, &limits) else { continue };
        let total: usize = expansion.files.iter().map(|file| file.bytes.len()).sum();
        assert!(total as u64 <= limits.total_bytes);
        assert!(expansion.files.iter().all(|file| !file.name.split('/').any(|part| part == "..")));
        let mut seen = 0;
        if check(bytes, &limits, &mut |_, content| seen += content.map_or(0, <[u8]>::len)).is_ok() {
            assert!(seen >= total, "the check saw less than came out");
        }
    }
});
