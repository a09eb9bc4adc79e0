//! Real group policy backups against the values an independent reader found.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use formats::inf::SettingValue;
use formats::registry_policy::{Action, RegType};

/// Every file below `folder` with this name, in any case.
fn find(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(find(&path, name));
        } else if entry.file_name().to_string_lossy().eq_ignore_ascii_case(name) {
            found.push(path);
        }
    }
    found
}

fn files(name: &str) -> Vec<Vec<u8>> {
    #[expect(clippy::disallowed_methods, reason = "tests find the samples by this variable")]
    let named = std::env::var("MAMORI_SAMPLES");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = named.map_or_else(|_| beside(), PathBuf::from).join("gpo");
    if !folder.is_dir() {
        println!("SKIPPED: sample folder gpo is missing");
        return Vec::new();
    }
    find(&folder, name).iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn every_registry_policy_is_read_to_its_last_value() {
    let files = files("registry.pol");
    if files.is_empty() {
        return;
    }
    assert_eq!(files.len(), 17);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let (mut deletions, mut clearings, mut empty) = (0, 0, 0);
    for bytes in &files {
        let file = formats::registry_policy::parse(bytes).unwrap();
        assert_eq!(file.errors, []);
        empty += usize::from(file.records.is_empty());
        for record in &file.records {
            *kinds.entry(format!("{:?}", record.kind)).or_default() += 1;
            deletions += usize::from(record.action == Action::DeleteValue);
            clearings += usize::from(record.action == Action::DeleteAllValues);
        }
    }
    let count = |kind: RegType| kinds[&format!("{kind:?}")];
    assert_eq!(
        (count(RegType::Dword), count(RegType::Sz), count(RegType::Binary), count(RegType::None)),
        (973, 125, 37, 28)
    );
    assert_eq!((kinds.values().sum::<usize>(), deletions, clearings, empty), (1163, 23, 9, 2));
}

#[test]
fn the_windows_security_policy_has_its_known_values() {
    let files = files("GptTmpl.inf");
    if files.is_empty() {
        return;
    }
    let parsed: Vec<_> = files.iter().map(|bytes| formats::inf::parse(bytes).unwrap()).collect();
    assert!(parsed.len() == 6 && parsed.iter().all(|file| file.errors.is_empty()));
    let full = parsed.iter().find(|file| !file.system_access().is_empty()).unwrap();
    let settings: Vec<String> = full
        .system_access()
        .iter()
        .map(|setting| match &setting.value {
            SettingValue::Number(number) => format!("{}={number}", setting.name),
            SettingValue::Text(text) => format!("{}={text}", setting.name),
        })
        .collect();
    assert_eq!(
        settings.join(" "),
        "MinimumPasswordAge=1 MaximumPasswordAge=60 MinimumPasswordLength=14 PasswordComplexity=1 PasswordHistorySize=24 \
         LockoutBadCount=3 ResetLockoutCount=15 LockoutDuration=-1 ForceLogoffWhenHourExpire=1 NewGuestName=Visitor \
         ClearTextPassword=0 LSAAnonymousNameLookup=0 EnableGuestAccount=0"
    );
    let (values, errors) = full.registry_values();
    assert_eq!((values.len(), errors.len(), full.privilege_rights().len()), (41, 0, 27));
}

#[test]
fn the_audit_policy_has_its_21_subcategories() {
    for bytes in files("audit.csv") {
        assert!(formats::audit_csv::looks_like(&bytes));
        let file = formats::audit_csv::parse(&bytes).unwrap();
        assert_eq!((file.rows.len(), file.errors.len(), file.rows[0].setting, file.rows[0].line), (21, 0, 3, 2));
    }
}

#[test]
fn every_backup_names_its_policy() {
    use formats::gpo_backup::{XmlKind, parse_backup, parse_report, recognise, redact_cpassword};
    for (name, kind) in [("bkupInfo.xml", XmlKind::BackupInfo), ("Backup.xml", XmlKind::Backup)] {
        for bytes in files(name) {
            assert_eq!(recognise(&bytes), Some(kind));
            let backup = parse_backup(&bytes).unwrap();
            assert!(backup.guid.is_some() && backup.display_name.is_some() && backup.domain.is_some());
            assert_eq!(backup.backup_time.is_some(), kind == XmlKind::BackupInfo);
            assert_eq!(redact_cpassword(&bytes), None);
        }
    }
    for bytes in files("gpreport.xml") {
        assert_eq!(recognise(&bytes), Some(XmlKind::Report));
        let reports = parse_report(&bytes).unwrap();
        assert!(reports.len() == 1 && reports[0].name.is_some() && reports[0].guid.is_some());
    }
}
