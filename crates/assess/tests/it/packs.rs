//! Everything under `packs/` loads, fits together and passes its own tests. All problems are shown at once.

use std::fs;
use std::path::{Path, PathBuf};

use assess::{Check, CheckPack, Dictionary, Framework, Wording, validate};
use base::{FactType, FactValue, SubjectKind, UtcSeconds};

/// Files of `packs/facts` that are no part of the dictionary.
const OTHER_FILES: [&str; 2] = ["wording.toml", "columns.toml"];

/// 2026-11-20 12:00 in Japan.
const NOW: UtcSeconds = UtcSeconds(1_795_143_600);

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(name)
}

/// `(file name, text)` of every TOML file of a folder, sorted.
fn files(name: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

fn dictionary() -> Dictionary {
    let files = files("facts");
    let files: Vec<(&str, &str)> = files
        .iter()
        .filter(|(name, _)| !OTHER_FILES.contains(&name.as_str()))
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    Dictionary::parse(&files).unwrap_or_else(|err| panic!("{err}"))
}

#[track_caller]
fn none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

fn checks(dictionary: &Dictionary, problems: &mut Vec<String>) -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, text) in files("checks") {
        match CheckPack::parse(dictionary, &name, &text) {
            Ok(pack) => checks.extend(pack.checks),
            Err(errors) => problems.extend(errors.iter().map(ToString::to_string)),
        }
    }
    checks
}

#[test]
fn the_dictionary_leads_from_every_place_of_windows_to_its_key() {
    let dictionary = dictionary();
    assert!(dictionary.len() > 200);
    let key = |found: Option<&assess::Definition>| found.map(|one| one.key.clone()).unwrap_or_default();
    assert_eq!(key(dictionary.by_secedit("minimumpasswordlength")), "policy.minimum_password_length");
    assert_eq!(
        key(dictionary.by_registry("hklm\\system\\CurrentControlSet\\Control\\Lsa", "runasppl")),
        "policy.lsa_protection"
    );
    assert_eq!(key(dictionary.by_right("SeDebugPrivilege")), "policy.right_debug");
    assert_eq!(key(dictionary.by_audit("0cce9215-69ae-11d9-bed3-505054503030")), "policy.audit_logon");
    assert_eq!(key(dictionary.by_label(SubjectKind::Asset, "ＯＳ")), "asset.os");
    assert_eq!(key(dictionary.by_label(SubjectKind::Asset, "Host Name")), "asset.hostname");
    for one in &dictionary {
        assert_eq!(dictionary.find(&one.key), Some(one));
        assert_eq!(dictionary.definition(one.id), Some(one));
    }
}

#[test]
fn the_wording_of_ledgers_is_understood() {
    let dictionary = dictionary();
    let text = fs::read_to_string(folder("facts/wording.toml")).unwrap();
    let wording = Wording::parse(&dictionary, "wording.toml", &text)
        .unwrap_or_else(|errors| panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")));
    let text = |value: &str| Some(FactValue::Text(value.to_owned()));
    assert_eq!(wording.value_of("asset.mfa", " 有り"), Some(FactValue::Bool(true)));
    assert_eq!(wording.value_of("asset.mfa", "ＮＯ"), Some(FactValue::Bool(false)));
    assert_eq!(wording.value_of("asset.mfa", "たぶん"), None);
    assert_eq!(wording.value_of("asset.class", "ノートＰＣ"), text("terminal"));
    assert_eq!(wording.value_of("asset.class", "building_system"), text("building_system"));
    assert_eq!(wording.value_of("policy.layer", "effective"), text("effective"));
    assert_eq!(wording.value_of("asset.external_connection", "無"), text("none"));
    assert_eq!(wording.value_of("asset.os", "Windows"), None, "free text has no wording");
    assert!(dictionary.iter().all(|one| one.fact_type != FactType::Text
        || one.values.iter().all(|v| { wording.value_of(&one.key, v) == text(v) })));
}

#[test]
fn every_check_loads_and_passes_its_own_tests() {
    let dictionary = dictionary();
    let mut problems = Vec::new();
    for check in checks(&dictionary, &mut problems) {
        problems.extend(check.run_tests(&dictionary, NOW).iter().map(ToString::to_string));
        problems
            .extend(check.missing_tests().iter().map(|state| format!("check {}: no test {}", check.id, state.name())));
    }
    none(&problems);
}

#[test]
fn every_framework_loads_and_names_only_what_exists() {
    let dictionary = dictionary();
    let mut problems = Vec::new();
    let checks = checks(&dictionary, &mut problems);
    let mut frameworks = Vec::new();
    for (name, text) in files("frameworks") {
        match Framework::parse(&name, &text) {
            Ok(framework) => frameworks.push(framework),
            Err(errors) => problems.extend(errors.iter().map(ToString::to_string)),
        }
    }
    let errors = validate(&frameworks, checks.iter().map(|check| check.id.as_str()));
    problems.extend(errors.iter().map(ToString::to_string));
    let kinds = document_kinds();
    let items = frameworks.iter().flat_map(|framework| &framework.items);
    let documents = items.flat_map(|item| item.documents.iter().map(move |kind| (item, kind)));
    let unknown = documents.filter(|(_, kind)| !kinds.contains(kind));
    problems.extend(unknown.map(|(item, kind)| format!("item {}: no kind of document {kind:?}", item.id)));
    none(&problems);
}

#[test]
fn the_executives_list_has_18_items_the_first_with_six_elements_and_the_second_with_nine() {
    let text = files("frameworks").into_iter().find(|(name, _)| name.ends_with("executive-18.toml")).unwrap().1;
    let framework = Framework::parse("executive-18.toml", &text).unwrap();
    let ids: std::collections::BTreeSet<&str> = framework.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids.len(), 18);
    assert_eq!((framework.items[0].elements.len(), framework.items[1].elements.len()), (6, 9));
    let prevention = framework.items.iter().filter(|item| item.category == Some(assess::Category::Prevention));
    assert_eq!(prevention.count(), 15);
}

fn document_kinds() -> Vec<String> {
    let texts = files("documents");
    let tables = texts.iter().map(|(_, text)| toml::from_str::<toml::Table>(text).unwrap());
    let entries = tables.flat_map(|table| table["document"].as_array().unwrap().clone());
    entries.map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
}
