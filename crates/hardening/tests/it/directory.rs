//! Directory exports.

use crate::fixture::{Said, read};

fn users(header: &str, rows: &[&str]) -> Said {
    read("users.csv", format!("{header}\r\n{}\r\n", rows.join("\r\n")).as_bytes())
}

fn account(said: &Said, rid: &str, key: &str) -> Option<String> {
    said.find(&format!("account:S-1-5-21-1-2-3-{rid}"), &format!("account.{key}")).map(str::to_owned)
}

#[test]
fn the_built_in_accounts_are_known_by_their_numbers() {
    let said = users(
        "SamAccountName,SID,Enabled",
        &["かんり,S-1-5-21-1-2-3-500,True", "krbtgt,S-1-5-21-1-2-3-502,False", "sato,S-1-5-21-1-2-3-1500,True"],
    );
    assert_eq!(account(&said, "500", "builtin_administrator").as_deref(), Some("true"));
    assert_eq!(account(&said, "502", "krbtgt").as_deref(), Some("true"));
    assert_eq!(account(&said, "1500", "builtin_administrator").as_deref(), Some("false"), "1500 only ends like 500");
    assert_eq!(account(&said, "502", "enabled").as_deref(), Some("false"));
    assert_eq!(account(&said, "500", "privileged"), None, "no column tells");
}

#[test]
fn privileged_is_who_any_column_says_is() {
    let said = users(
        "SamAccountName,SID,adminCount,MemberOf,primaryGroupID",
        &[
            "a,S-1-5-21-1-2-3-1,1,,513",
            "b,S-1-5-21-1-2-3-2,,\"CN=Staff,DC=x;CN=Domain Admins,CN=Users,DC=x\",513",
            "c,S-1-5-21-1-2-3-3,,,512",
            "d,S-1-5-21-1-2-3-4,,,513",
            "e,S-1-5-21-1-2-3-5,0,\"CN=Staff,DC=x\",513",
        ],
    );
    let told: Vec<Option<String>> = (1..=5).map(|rid| account(&said, &rid.to_string(), "privileged")).collect();
    let told: Vec<&str> = told.iter().map(|told| told.as_deref().unwrap_or("?")).collect();
    assert_eq!(told, ["true", "true", "true", "false", "false"]);
    assert_eq!(account(&said, "2", "groups").as_deref(), Some("Domain Admins|Staff"));
    assert_eq!(account(&said, "4", "groups").as_deref(), Some(""), "an empty cell: in no group");
}

#[test]
fn an_empty_admin_count_means_no_where_the_column_is_used() {
    let said = users("SamAccountName,SID,adminCount", &["a,S-1-5-21-1-2-3-1,1", "b,S-1-5-21-1-2-3-2,"]);
    assert_eq!(account(&said, "2", "privileged").as_deref(), Some("false"));
    let said = users("SamAccountName,SID,adminCount", &["a,S-1-5-21-1-2-3-1,x", "b,S-1-5-21-1-2-3-2,1"]);
    assert_eq!(account(&said, "1", "privileged"), None, "a cell that was not understood says nothing");
    assert_eq!(said.refusals.len(), 1);
}

#[test]
fn the_primary_group_alone_does_not_clear_anybody() {
    let said = users("SamAccountName,SID,primaryGroupID", &["a,S-1-5-21-1-2-3-1,512", "b,S-1-5-21-1-2-3-2,513"]);
    assert_eq!(account(&said, "1", "privileged").as_deref(), Some("true"));
    assert_eq!(account(&said, "2", "privileged"), None);
}

#[test]
fn an_empty_cell_of_service_names_means_none_and_a_missing_column_nothing() {
    let header = "SamAccountName,SID,ServicePrincipalNames";
    let said = users(header, &["svc,S-1-5-21-1-2-3-1,MSSQLSvc/db01", "sato,S-1-5-21-1-2-3-2,"]);
    assert_eq!(account(&said, "1", "service_principal").as_deref(), Some("true"));
    assert_eq!(account(&said, "2", "service_principal").as_deref(), Some("false"));
    let said = users("SamAccountName,SID", &["sato,S-1-5-21-1-2-3-2"]);
    assert_eq!(account(&said, "2", "service_principal"), None);
}

#[test]
fn flags_and_times_are_read() {
    let said = users(
        "SamAccountName,SID,userAccountControl,lastLogonTimestamp,pwdLastSet",
        &["a,S-1-5-21-1-2-3-1,4260386,0,133773120000000000", "b,S-1-5-21-1-2-3-2,512,133773120000000000,0"],
    );
    for (key, value) in [("enabled", "false"), ("password_not_required", "true"), ("preauth_not_required", "true")] {
        assert_eq!(account(&said, "1", key).as_deref(), Some(value), "{key}");
    }
    assert_eq!(account(&said, "1", "password_never_expires").as_deref(), Some("true"));
    assert_eq!(account(&said, "1", "last_logon_on"), None, "never is not long ago");
    assert_eq!(account(&said, "2", "last_logon_on").as_deref(), Some("2024-11-29"));
    assert_eq!(account(&said, "2", "password_set_on"), None);
}

#[test]
fn a_password_in_a_description_is_told_and_not_kept() {
    let header = "SamAccountName,SID,Description";
    let said = users(header, &["svc,S-1-5-21-1-2-3-1,pass: hunter2", "sato,S-1-5-21-1-2-3-2,"]);
    assert_eq!(account(&said, "1", "password_in_description").as_deref(), Some("true"));
    assert_eq!(account(&said, "2", "password_in_description").as_deref(), Some("false"));
    assert!(!format!("{said:?}").contains("hunter2"));
}

#[test]
fn computers_are_assets_and_their_local_passwords_stay_outside() {
    let text = "Name,DNSHostName,OperatingSystem,OperatingSystemVersion,Enabled,userAccountControl,SamAccountName,ms-Mcs-AdmPwd,ms-Mcs-AdmPwdExpirationTime\r\n\
                EHR01,EHR01.handa.local,Windows Server 2019 Standard,10.0 (17763),True,532480,EHR01$,hunter2,133773120000000000\r\n\
                PC02,,Windows 10 Pro,10.0 (19045),True,4096,PC02$,,\r\n";
    let said = read("computers.csv", text.as_bytes());
    said.expect("asset:hostname/ehr01 asset.hostname=ehr01 @line:2");
    said.expect("asset:hostname/ehr01 asset.in_directory=true");
    said.expect("asset:hostname/ehr01 asset.os=Windows Server 2019 Standard");
    said.expect("asset:hostname/ehr01 asset.domain_controller=true");
    said.expect("asset:hostname/ehr01 asset.laps_expires_on=2024-11-29");
    said.expect("asset:hostname/pc02 asset.domain_controller=false");
    assert_eq!(said.find("asset:hostname/pc02", "asset.laps_expires_on"), None);
    assert!(!format!("{said:?}").contains("hunter2"));
}
