//! Words that the glossary says not to use appear neither in identifiers nor in Japanese messages.

use std::collections::BTreeSet;

use crate::{files, none, root, short};

#[test]
fn no_identifier_uses_a_word_the_glossary_replaces() {
    let text = std::fs::read_to_string(root().join("docs/glossary.toml")).unwrap();
    let glossary: toml::Table = toml::from_str(&text).unwrap();
    let mut ids = BTreeSet::new();
    let mut banned = BTreeSet::new();
    for term in glossary["term"].as_array().unwrap() {
        for key in ["id", "ja", "en", "source"] {
            assert!(term.get(key).is_some(), "a term lacks `{key}`: {term}");
        }
        assert!(ids.insert(term["id"].as_str().unwrap().to_owned()), "twice: {}", term["id"]);
        let not = term.get("not").and_then(|not| not.as_array()).cloned().unwrap_or_default();
        banned.extend(not.iter().filter_map(|word| word.as_str().map(ToOwned::to_owned)));
    }
    let mut problems = Vec::new();
    for path in files(&root().join("crates"), ".rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let Some(name) = declared(line) else { continue };
            let words = words_of(&name);
            if let Some(word) = banned.iter().find(|word| words.contains(*word)) {
                problems.push(format!("{}:{}: `{name}` uses `{word}`", short(&path), number + 1));
            }
        }
    }
    none(&problems);
}

#[test]
fn no_japanese_message_calls_a_thing_by_another_name() {
    let text = std::fs::read_to_string(root().join("docs/glossary.toml")).unwrap();
    let glossary: toml::Table = toml::from_str(&text).unwrap();
    let mut problems = Vec::new();
    for path in files(&root().join("crates/i18n/src/ja"), ".ftl") {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            for term in glossary["term"].as_array().unwrap() {
                let not = term.get("not_ja").and_then(|not| not.as_array()).into_iter().flatten();
                for word in not.filter_map(|word| word.as_str()).filter(|word| line.contains(*word)) {
                    problems.push(format!("{}:{}: `{word}` is called {}", short(&path), number + 1, term["ja"]));
                }
            }
        }
    }
    none(&problems);
}

/// The name a line declares: function, type, or module.
fn declared(line: &str) -> Option<String> {
    let code = line
        .trim_start()
        .trim_start_matches("pub(crate) ")
        .trim_start_matches("pub(super) ")
        .trim_start_matches("pub ");
    let code = code.trim_start_matches("const ");
    let rest =
        ["fn ", "struct ", "enum ", "trait ", "mod ", "type "].iter().find_map(|word| code.strip_prefix(word))?;
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// `AssetLedger` and `asset_ledger` → `asset`, `ledger`.
fn words_of(name: &str) -> BTreeSet<String> {
    let mut spaced = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            spaced.push('_');
        }
        spaced.extend(c.to_lowercase());
    }
    spaced.split('_').filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}
