//! Ordinary files stay as they are.

use std::path::{Path, PathBuf};

use formats::secret::strike;

fn no_words(_: &str, _: &str) -> Option<bool> {
    None
}

#[test]
fn nothing_is_struck_from_the_demo_hospital_but_what_was_planted() {
    let options = demo_hospital::Options { today: "2026-11-20".parse().unwrap(), extra_assets: 20, seed: 1 };
    let mut changed = Vec::new();
    for site in demo_hospital::generate(&options).unwrap() {
        for file in site.files {
            if let Some(struck) = strike(&file.bytes, &no_words).unwrap() {
                changed.push(format!("{} {}: {} × {}", site.id, file.path, struck.struck[0].what, struck.struck.len()));
            }
        }
    }
    expect_test::expect!["sakuragawa AD/ad_users.csv: パスワード × 1"].assert_eq(&changed.join("\n"));
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn samples_of_real_exports_lose_nothing_but_secrets() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let mut found = Vec::new();
    if !samples.is_dir() {
        println!("SKIPPED: no samples folder");
        return;
    }
    files(&samples, &mut found);
    found.sort();
    let mut changed = Vec::new();
    for path in found {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() < 4 << 20
            && let Some(struck) = strike(&bytes, &no_words).unwrap()
        {
            let name = path.strip_prefix(&samples).unwrap().display().to_string();
            changed.push(format!(
                "{name}: {} × {} {}",
                struck.struck[0].what,
                struck.struck.len(),
                struck.struck[0].locator
            ));
            assert_eq!(strike(&struck.bytes, &no_words), Ok(None), "{name}");
        }
    }
    // Examples of commands with a password; nothing tells them from real ones.
    expect_test::expect![[r#"
        feeds/endoflife/products/opensearch.md: curl -u × 1 line:9
        sigma/regression_data/rules/windows/process_creation/proc_creation_win_wmic_remote_execution/7773b877-5abb-4a3e-b9c9-fd0369b59b00.json: password × 1 line:51
        sigma/rules-emerging-threats/2023/Malware/DarkGate/proc_creation_win_malware_darkgate_net_user_creation.yml: net user × 1 line:18"#]].assert_eq(&changed.join("\n"));
}
