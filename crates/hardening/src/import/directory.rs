//! `Get-ADUser` and `Get-ADComputer` exports.

use std::collections::HashSet;

use base::{FactValue, Grade, Locator, Subject, SubjectKind, Text, UtcSeconds};
use evidence::{FactSink, Importer, ReadError, Redaction, Source, Struck};
use formats::directory_csv::{self, Account, Computer, DirectoryKind, Moment, User};
use formats::scalar::normalise_hostname;

/// Groups whose members rule the domain, by the first part of their distinguished name. Windows does not translate these names.
const PRIVILEGED_GROUPS: [&str; 4] = ["domain admins", "enterprise admins", "schema admins", "administrators"];

/// Primary group "Domain Admins".
const DOMAIN_ADMINS_RID: u32 = 512;

/// Reads directory exports.
#[derive(Debug)]
pub(crate) struct DirectoryExport;

impl Importer for DirectoryExport {
    fn id(&self) -> &'static str {
        "directory_csv"
    }

    fn label(&self) -> Text {
        Text {
            ja: "ADの一覧（Get-ADUser・Get-ADComputer）".to_owned(),
            en: "directory export (Get-ADUser, Get-ADComputer)".to_owned(),
        }
    }

    fn grade(&self) -> Grade {
        Grade::Machine
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        directory_csv::recognise(source.bytes).is_some()
    }

    fn redact(&self, bytes: &[u8]) -> Option<Redaction> {
        let redacted = directory_csv::redact(bytes)?;
        let struck =
            redacted.struck.iter().map(|one| Struck { what: one.what.clone(), locator: Locator::Line(one.line) });
        Some(Redaction { struck: struck.collect(), bytes: redacted.bytes })
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let unreadable = |detail: String| ReadError { message: "unreadable-table", locator: Locator::Whole, detail };
        let errors = match directory_csv::recognise(source.bytes) {
            Some(DirectoryKind::Users) => {
                let users = directory_csv::parse_users(source.bytes).map_err(|err| unreadable(err.to_string()))?;
                // An empty cell says "no password here" only if the export has the column at all.
                let described =
                    |user: &User| user.account.description.is_some() || user.account.description_holds_password;
                let has_column = users.rows.iter().any(described);
                // So does an empty `adminCount`; every domain has administrators for whom it is filled in.
                let has_admin_count = users.rows.iter().any(|user| user.account.admin_count.is_some());
                let misread_lines: HashSet<u32> = users.errors.iter().map(|error| error.line).collect();
                for user in &users.rows {
                    let misread = misread_lines.contains(&user.account.line);
                    let without = (has_admin_count && !misread).then_some(false);
                    let privileged = privileged(&user.account, user.account.admin_count.or(without));
                    read_user(user, has_column, privileged, sink);
                }
                users.errors
            }
            Some(DirectoryKind::Computers) => {
                let computers =
                    directory_csv::parse_computers(source.bytes).map_err(|err| unreadable(err.to_string()))?;
                computers.rows.iter().for_each(|computer| read_computer(computer, sink));
                computers.errors
            }
            None => return Err(unreadable(String::new())),
        };
        for error in errors {
            sink.refuse(Locator::Line(error.line), "refused-bad-record", &error.problem.to_string());
        }
        Ok(())
    }
}

fn read_user(user: &User, has_descriptions: bool, privileged: Option<bool>, sink: &mut FactSink<'_>) {
    let account = &user.account;
    let name = account.sam_account_name.as_ref().or(account.name.as_ref());
    let id = account.sid.clone().or_else(|| name.map(|name| format!("name/{}", name.to_lowercase())));
    let place = || Locator::Line(account.line);
    let Some(subject) = id.and_then(|id| Subject::new(SubjectKind::Account, id).ok()) else {
        return sink.refuse(place(), "refused-no-identity", "");
    };
    let mut say = |key: &str, value: Option<FactValue>| {
        if let Some(value) = value {
            sink.say(&subject, key, value, place());
        }
    };
    let flag = |value: Option<bool>| value.map(FactValue::Bool);
    let control = account.account_control;
    say("account.name", name.map(|name| FactValue::Text(name.clone())));
    say("account.sid", account.sid.clone().map(FactValue::Text));
    say("account.enabled", flag(enabled(account)));
    say("account.last_logon_on", day(account.last_logon));
    say("account.password_set_on", day(account.password_last_set));
    say(
        "account.password_never_expires",
        flag(user.password_never_expires.or(control.map(|control| control.password_never_expires()))),
    );
    say("account.password_not_required", flag(control.map(|control| control.password_not_required())));
    say("account.preauth_not_required", flag(control.map(|control| control.preauth_not_required())));
    say("account.reversible_password", flag(control.map(|control| control.password_reversible())));
    say("account.des_only", flag(control.map(|control| control.des_only())));
    say("account.unconstrained_delegation", flag(control.map(|control| control.trusted_for_delegation())));
    say("account.privileged", flag(privileged));
    say("account.service_principal", flag(account.service_principal_names.as_ref().map(|names| !names.is_empty())));
    say(
        "account.password_in_description",
        has_descriptions.then_some(FactValue::Bool(account.description_holds_password)),
    );
    say(
        "account.groups",
        account.member_of.as_ref().map(|groups| FactValue::list(groups.iter().map(|group| first_name(group)))),
    );
    if let Some(sid) = &account.sid {
        say("account.builtin_administrator", Some(FactValue::Bool(sid.ends_with("-500"))));
        say("account.krbtgt", Some(FactValue::Bool(sid.ends_with("-502"))));
    }
    sink.accept();
}

fn read_computer(computer: &Computer, sink: &mut FactSink<'_>) {
    let account = &computer.account;
    let place = || Locator::Line(account.line);
    let names = [computer.dns_host_name.as_ref(), account.name.as_ref(), account.sam_account_name.as_ref()];
    let hostname = names.into_iter().flatten().find_map(|name| normalise_hostname(name));
    let Some(hostname) = hostname else { return sink.refuse(place(), "refused-no-identity", "") };
    let Ok(subject) = Subject::new(SubjectKind::Asset, format!("hostname/{hostname}")) else {
        return sink.refuse(place(), "refused-no-identity", "");
    };
    let mut say = |key: &str, value: Option<FactValue>| {
        if let Some(value) = value {
            sink.say(&subject, key, value, place());
        }
    };
    let control = account.account_control;
    say("asset.hostname", Some(FactValue::Text(hostname)));
    say("asset.in_directory", Some(FactValue::Bool(true)));
    say("asset.directory_enabled", enabled(account).map(FactValue::Bool));
    say("asset.directory_last_logon", day(account.last_logon));
    say("asset.os", computer.operating_system.clone().map(FactValue::Text));
    say("asset.os_version", computer.operating_system_version.clone().map(FactValue::Text));
    say("asset.laps_expires_on", day(computer.laps_expires));
    say("asset.domain_controller", control.map(|control| FactValue::Bool(control.is_domain_controller())));
    say("asset.unconstrained_delegation", control.map(|control| FactValue::Bool(control.trusted_for_delegation())));
    sink.accept();
}

fn enabled(account: &Account) -> Option<bool> {
    account.enabled.or(account.account_control.map(|control| !control.is_disabled()))
}

/// Known only if the export has a column that tells. Groups can only say yes: rights also come through groups inside groups,
/// which Windows follows when it sets `adminCount`.
fn privileged(account: &Account, admin_count: Option<bool>) -> Option<bool> {
    let rules = |group: &String| PRIVILEGED_GROUPS.contains(&first_name(group).to_lowercase().as_str());
    let by_group = account.member_of.as_ref().filter(|groups| groups.iter().any(rules)).map(|_| true);
    let by_primary = account.primary_group_id.filter(|group| *group == DOMAIN_ADMINS_RID).map(|_| true);
    [admin_count, by_group, by_primary].into_iter().flatten().reduce(|a, b| a || b)
}

/// `CN=Domain Admins,CN=Users,DC=…` → `Domain Admins`.
fn first_name(distinguished: &str) -> &str {
    let first = distinguished.split(',').next().unwrap_or(distinguished);
    first.split_once('=').map_or(first, |(_, name)| name).trim()
}

fn day(moment: Option<Moment>) -> Option<FactValue> {
    match moment? {
        Moment::At(seconds) => Some(FactValue::Date(UtcSeconds(seconds).date_jst())),
        // Never logged on is not "long ago": nothing is known of its use.
        Moment::Never => None,
    }
}
