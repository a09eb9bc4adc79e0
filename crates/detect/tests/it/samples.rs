//! Real rules and events that lie outside the repository; a test that needs them is skipped, visibly, where they are missing.

use std::path::{Path, PathBuf};

/// Folder of the samples: `MAMORI_SAMPLES`, else `../shared/samples` beside the workspace.
fn folder() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "tests find the samples by this variable")]
    let named = std::env::var("MAMORI_SAMPLES");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    named.map_or_else(|_| beside(), PathBuf::from)
}

/// Path below `sigma/` and text of every file below `sigma/<path>` whose name ends in `ending`, by path.
pub(crate) fn list_samples(path: &str, ending: &str) -> Option<Vec<(String, String)>> {
    let root = folder().join("sigma");
    let mut folders = vec![root.join(path)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            println!("SKIPPED: sample folder sigma/{path} is missing");
            return None;
        };
        for entry in entries.map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.to_string_lossy().ends_with(ending) && !entry.to_string_lossy().ends_with(".evtx") {
                let name = entry.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.push((name, std::fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    files.sort();
    Some(files)
}

/// Path below `evtx/` and bytes of every event log, by path.
pub(crate) fn list_logs() -> Option<Vec<(String, Vec<u8>)>> {
    let root = folder().join("evtx");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            println!("SKIPPED: sample folder evtx is missing");
            return None;
        };
        for entry in entries.map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "evtx") {
                let name = entry.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.push((name, std::fs::read(&entry).unwrap()));
            }
        }
    }
    files.sort();
    Some(files)
}
