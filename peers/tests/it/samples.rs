//! Real files that lie outside the repository; a test that needs one is skipped, visibly, where they are missing.

use std::path::{Path, PathBuf};

/// Folder of the samples: `MAMORI_SAMPLES`, else `../shared/samples` beside the workspace.
fn folder() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "tests find the samples by this variable")]
    let named = std::env::var("MAMORI_SAMPLES");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    named.map_or_else(|_| beside(), PathBuf::from)
}

/// The content of one sample, or `None` with a message.
pub(crate) fn sample(path: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(folder().join(path)).ok();
    if bytes.is_none() {
        println!("SKIPPED: sample {path} is missing");
    }
    bytes
}
