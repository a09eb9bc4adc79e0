//! Security templates, registry policies and audit policies.

use base::Grade;

use crate::fixture::{Said, read, read_of, samples};

const GUID: &str = "{A2A38432-E322-437F-9975-B7CC7F16F4AA}";

fn sample(ending: &str) -> Option<Said> {
    let gathered = samples("gpo/Windows")?;
    let name = gathered.items().iter().map(|item| &item.name);
    let name = name.filter(|name| name.contains(GUID)).find(|name| name.ends_with(ending)).unwrap().clone();
    Some(read_of(&gathered, &name))
}

fn policy(said: &Said, key: &str) -> Option<String> {
    said.find(&format!("policy:{GUID}"), key).map(str::to_owned)
}

#[test]
fn the_system_access_of_a_real_backup_is_read_as_what_was_intended() {
    let Some(said) = sample("SecEdit/GptTmpl.inf") else { return };
    let expected = [
        ("minimum_password_age_days", "1"),
        ("maximum_password_age_days", "60"),
        ("minimum_password_length", "14"),
        ("password_complexity", "1"),
        ("password_history", "24"),
        ("lockout_threshold", "3"),
        ("lockout_reset_min", "15"),
        ("lockout_duration_min", "-1"),
        ("force_logoff", "1"),
        ("new_guest_name", "Visitor"),
        ("reversible_encryption", "0"),
        ("anonymous_name_lookup", "0"),
        ("guest_enabled", "0"),
        ("layer", "intended"),
    ];
    for (key, value) in expected {
        assert_eq!(policy(&said, &format!("policy.{key}")).as_deref(), Some(value), "{key}");
    }
    let lines = said.facts.iter().filter(|fact| fact.contains("@line:")).count();
    assert!(lines >= 13, "{said:#?}");
    assert_eq!(said.grade, Some(Grade::Document), "a backup is no machine's word");
    assert_eq!(
        said.observed_at.unwrap().date_jst().to_string(),
        "2016-12-09",
        "the day of the backup, not of the copy"
    );
    assert_eq!(said.refusals, [] as [String; 0]);
}

#[test]
fn registry_values_and_rights_of_a_real_template_are_found_in_the_dictionary() {
    let Some(said) = sample("SecEdit/GptTmpl.inf") else { return };
    assert_eq!(policy(&said, "policy.lm_compatibility_level").as_deref(), Some("5"));
    assert_eq!(policy(&said, "policy.right_debug").as_deref(), Some("S-1-5-32-544"));
    assert_eq!(policy(&said, "policy.right_tcb").as_deref(), Some(""), "nobody");
    assert!(said.unused > 0, "what no fact asks for is counted");
}

#[test]
fn a_real_registry_policy_is_read_with_its_places() {
    let Some(said) = sample("Machine/registry.pol") else { return };
    assert_eq!((said.importer, said.grade), ("registry_policy", Some(Grade::Document)));
    assert!(said.facts.iter().filter(|fact| fact.contains("@byte:")).count() >= 10, "{said:#?}");
    assert_eq!(policy(&said, "policy.layer").as_deref(), Some("intended"));
    assert_eq!(said.refusals, [] as [String; 0]);
}

#[test]
fn a_real_audit_policy_is_read_by_the_guid() {
    let Some(said) = sample("Audit/audit.csv") else { return };
    assert_eq!((said.importer, said.grade), ("audit_policy", Some(Grade::Document)));
    assert_eq!(policy(&said, "policy.audit_credential_validation").as_deref(), Some("3"));
}

#[test]
fn the_name_of_a_real_backup_is_told_once_for_all_its_files() {
    let Some(said) = sample("bkupInfo.xml") else { return };
    assert_eq!(said.importer, "gpo_backup");
    let name = policy(&said, "policy.name").unwrap();
    let of_settings = sample("SecEdit/GptTmpl.inf").unwrap();
    assert_eq!(policy(&of_settings, "policy.name"), Some(name), "the same subject, the same name");
}

const TEMPLATE: &str = "[Unicode]\r\nUnicode=yes\r\n[Version]\r\nsignature=\"$CHICAGO$\"\r\nRevision=1\r\n";

#[test]
fn what_secedit_exports_from_a_machine_is_its_own_word() {
    let text = format!(
        "{TEMPLATE}[System Access]\r\nLockoutBadCount = 5\r\nNewGuestName = \"Guest\"\r\nSomethingElse = 1\r\n"
    );
    let said = read("secedit/DC01.inf", text.as_bytes());
    said.expect("policy:DC01 policy.lockout_threshold=5 @line:7");
    said.expect("policy:DC01 policy.layer=effective");
    said.expect("policy:DC01 policy.new_guest_name=Guest");
    assert_eq!((said.grade, said.observed_at, said.unused), (Some(Grade::Machine), None, 1));
}

#[test]
fn utf16_and_utf8_templates_say_the_same() {
    let text = format!("{TEMPLATE}[System Access]\r\nLockoutBadCount = 5\r\n");
    let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read("DC01.inf", &wide).facts, read("DC01.inf", text.as_bytes()).facts);
}

#[test]
fn a_number_that_is_none_is_refused_with_its_line() {
    let text = format!("{TEMPLATE}[System Access]\r\nLockoutBadCount = many\r\n");
    let said = read("DC01.inf", text.as_bytes());
    assert_eq!(said.find("policy:DC01", "policy.lockout_threshold"), None);
    assert!(said.refusals[0].starts_with("refused-not-a-number @line:7"), "{:?}", said.refusals);
}

#[test]
fn of_a_default_password_only_its_presence_is_known() {
    let text = format!(
        "{TEMPLATE}[Registry Values]\r\nMACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\DefaultPassword=1,\"hunter2\"\r\n"
    );
    let said = read("PC1.inf", text.as_bytes());
    said.expect("policy:PC1 policy.default_password_present=true @line:7");
    assert!(!format!("{said:?}").contains("hunter2"));
}

#[test]
fn an_audit_policy_of_a_machine_is_read_whatever_its_language() {
    let csv = "コンピューター名,ポリシー ターゲット,サブカテゴリ,サブカテゴリ GUID,包含の設定,除外の設定,設定値\r\n\
               DC01,System,資格情報の確認,{0cce923f-69ae-11d9-bed3-505054503030},成功および失敗,,3\r\n";
    let said = read("auditpol/DC01.csv", csv.as_bytes());
    said.expect("policy:DC01 policy.audit_credential_validation=3 @line:2");
    assert_eq!(said.grade, Some(Grade::Machine));
}
