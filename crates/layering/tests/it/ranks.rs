//! A crate depends only on crates of a lower rank (docs/architecture.md, "Crates").

use std::collections::BTreeMap;
use std::process::Command;

use crate::{none, root};

const RANKS: [(&str, u8); 23] = [
    ("base", 0),
    ("formats", 1),
    ("assess", 1),
    ("detect", 1),
    ("i18n", 1),
    ("pdf", 1),
    ("demo_hospital", 2),
    ("store", 2),
    ("report", 2),
    ("evidence", 3),
    ("people", 3),
    ("web", 4),
    ("asset", 4),
    ("hardening", 5),
    ("risk", 5),
    ("eventlog", 5),
    ("governance", 6),
    ("installation", 7),
    ("office", 8),
    ("mamori", 9),
    ("testkit", 10),
    ("layering", 10),
    ("xtask", 10),
];

#[test]
fn a_crate_depends_only_on_lower_ranks() {
    let ranks: BTreeMap<&str, u8> = RANKS.into_iter().collect();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut problems = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some(rank) = ranks.get(name) else {
            problems.push(format!("{name} has no rank: add it to docs/architecture.md and here"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap();
            let dev = dependency["kind"].as_str() == Some("dev");
            match ranks.get(other) {
                Some(10) if !dev => problems.push(format!("{name} uses {other} outside its tests")),
                Some(other_rank) if !dev && other_rank >= rank => {
                    problems.push(format!("{name} (rank {rank}) depends on {other} (rank {other_rank})"));
                }
                _ => {}
            }
        }
    }
    none(&problems);
}
