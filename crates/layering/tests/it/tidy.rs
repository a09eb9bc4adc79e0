//! Sizes, lints, and what may not be named where.

use std::path::Path;

use crate::{files, none, root, short};

/// Files that may be longer than 400 lines for now, with the reason.
const LONG_FILES: [(&str, &str); 0] = [];

/// Lines before the unit tests.
fn production_lines(text: &str) -> usize {
    text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count()
}

fn crate_sources() -> Vec<std::path::PathBuf> {
    let mut sources = files(&root().join("crates"), ".rs");
    // `tests.rs` beside a module holds its unit tests.
    sources.retain(|path| path.components().any(|part| part.as_os_str() == "src") && !path.ends_with("tests.rs"));
    sources
}

#[test]
fn no_file_is_longer_than_400_lines_without_its_tests() {
    let mut problems = Vec::new();
    for path in crate_sources() {
        let lines = production_lines(&std::fs::read_to_string(&path).unwrap());
        let excused = LONG_FILES.iter().any(|(name, _)| short(&path) == *name);
        if lines > 400 && !excused {
            problems.push(format!("{} has {lines} lines", short(&path)));
        }
    }
    none(&problems);
}

#[test]
fn no_function_is_longer_than_80_lines() {
    let mut problems = Vec::new();
    for path in crate_sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut open: Option<(usize, String, String)> = None;
        for (number, line) in text.lines().enumerate() {
            let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
            let code = line.trim_start();
            let is_function = ["fn ", "pub fn ", "pub(crate) fn ", "const fn ", "pub const fn ", "pub(super) fn "]
                .iter()
                .any(|start| code.starts_with(start));
            if is_function && !code.ends_with(';') && !code.ends_with('}') {
                open = Some((number, indent, code.to_owned()));
            } else if let Some((began, function_indent, name)) = &open
                && code == "}"
                && indent == *function_indent
            {
                if number - began + 1 > 80 {
                    problems.push(format!("{}:{} {} has {} lines", short(&path), began + 1, name, number - began + 1));
                }
                open = None;
            }
        }
    }
    none(&problems);
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let mut problems = Vec::new();
    for manifest in files(&root().join("crates"), "Cargo.toml") {
        let text = std::fs::read_to_string(&manifest).unwrap();
        if !text.contains("[lints]\nworkspace = true") {
            problems.push(format!("{} does not take the workspace lints", short(&manifest)));
        }
        if text.lines().any(|line| line.contains("version = \"") && !line.contains("workspace")) {
            problems.push(format!("{} names a version: versions stand once, in the root manifest", short(&manifest)));
        }
    }
    none(&problems);
}

#[test]
fn every_library_opens_with_what_it_is_for() {
    let mut problems = Vec::new();
    for path in files(&root().join("crates"), "src/lib.rs") {
        if !std::fs::read_to_string(&path).unwrap().starts_with("//!") {
            problems.push(short(&path));
        }
    }
    none(&problems);
}

#[test]
fn pure_crates_do_no_input_or_output() {
    let mut problems = Vec::new();
    for name in ["base", "formats", "assess", "detect", "i18n", "pdf", "demo_hospital"] {
        for path in files(&root().join("crates").join(name).join("src"), ".rs")
            .into_iter()
            .filter(|path| !path.ends_with("tests.rs"))
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.lines().take(production_lines(&text));
            for (number, line) in code.enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
                if [
                    "std::fs",
                    "TcpStream",
                    "TcpListener",
                    "UdpSocket",
                    "std::env::",
                    "std::process",
                    "time::SystemTime",
                    "SystemTime::",
                    "Instant::now",
                ]
                .iter()
                .any(|word| line.contains(word))
                {
                    problems.push(format!("{}:{}: {}", short(&path), number + 1, line.trim()));
                }
            }
        }
    }
    none(&problems);
}

#[test]
fn sql_stands_only_in_store_files_and_migrations() {
    let mut problems = Vec::new();
    for path in crate_sources() {
        let name = short(&path);
        let allowed = name.starts_with("crates/store/")
            || name.ends_with("/store.rs")
            || name.contains("/store/")
            || name.contains("/migrations");
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().take(production_lines(&text)).enumerate() {
            let code = line.trim_start();
            if !allowed
                && !code.starts_with("//")
                && ["\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE "].iter().any(|sql| code.contains(sql))
            {
                problems.push(format!("{name}:{}: SQL belongs in store.rs", number + 1));
            }
        }
    }
    none(&problems);
}

#[test]
fn nothing_names_a_machine_path() {
    let mut problems = Vec::new();
    let mut sources = Vec::new();
    for (folder, ending) in
        [("crates", ".rs"), ("xtask", ".rs"), ("docs", ".md"), ("packs", ".toml"), ("tools", ".py"), ("ci", ".sh")]
    {
        sources.extend(files(&root().join(folder), ending));
    }
    let words = [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat(), ["/fa", "rm/"].concat()];
    for path in sources {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                problems.push(format!("{}:{}", short(&path), number + 1));
            }
        }
    }
    none(&problems);
}

#[test]
fn the_two_readmes_give_the_same_commands() {
    let commands = |name: &str| -> Vec<String> {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        text.lines().filter(|line| line.starts_with("cargo xtask")).map(ToOwned::to_owned).collect()
    };
    assert_eq!(commands("README.md"), commands("README.ja.md"));
    assert_eq!(commands("README.md").len(), 2);
    assert!(Path::new(&root().join(".ci/run")).exists());
}
