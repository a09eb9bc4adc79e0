//! `docs/traceability.md` maps requirement rows to code, packs and tests; a reference that leads nowhere fails.

use std::collections::BTreeSet;

use crate::{files, none, root};

/// Rows that this state of the product says it covers.
const ROWS: &str = "S016 S019 S020 S021 S054 S061 S062 S090 S093 S095 S106 S107 S108 S109 S110 S111 S112 S113 S114 S115 \
                    S213 S214 S221 S229";

#[test]
fn every_reference_of_the_traceability_table_leads_somewhere() {
    let text = std::fs::read_to_string(root().join("docs/traceability.md")).unwrap();
    let mut problems = Vec::new();
    let mut rows = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("| S") || line.starts_with("| threshold")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        rows.insert(cells[1].to_owned());
        let references: Vec<&str> = cells[3..].iter().flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        if references.is_empty() {
            problems.push(format!("{}: no reference", cells[1]));
        }
        problems.extend(
            references
                .iter()
                .filter(|reference| !leads_somewhere(reference))
                .map(|reference| format!("{}: `{reference}`", cells[1])),
        );
    }
    for row in ROWS.split_whitespace() {
        if !rows.contains(row) {
            problems.push(format!("{row} has no line"));
        }
    }
    none(&problems);
}

/// `path`, `path#text that stands in it`, or `path::test_name`.
fn leads_somewhere(reference: &str) -> bool {
    let (path, wanted) = match (reference.split_once('#'), reference.split_once("::")) {
        (Some((path, text)), _) => (path, text.to_owned()),
        (None, Some((path, name))) => (path, format!("fn {name}(")),
        (None, None) => (reference, String::new()),
    };
    let path = root().join(path);
    if path.is_dir() {
        return wanted.is_empty()
            || files(&path, "")
                .iter()
                .any(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains(&wanted)));
    }
    std::fs::read_to_string(path).is_ok_and(|text| text.contains(&wanted))
}
