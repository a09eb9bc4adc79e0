//! Windows settings as files: a `secedit /export`, and a backup of a group policy.

use std::fmt::Write as _;

use base::Date;

use crate::DemoFile;
use crate::directory::Domain;
use crate::settings::{AUDIT, Registry, Settings, Value};
use crate::wire::{utf16le, utf16le_file};

/// `secedit /export` of a machine: the values in force.
pub(crate) fn secedit(settings: &Settings) -> Vec<u8> {
    let mut text = "[Unicode]\nUnicode=yes\n".to_owned();
    push_access(&mut text, settings);
    text.push_str("[Event Audit]\n");
    for category in EVENT_AUDIT {
        let _ = writeln!(text, "{category} = 3");
    }
    push_registry(&mut text, settings.registry.iter());
    push_rights(&mut text, settings);
    text.push_str("[Version]\nsignature=\"$CHICAGO$\"\nRevision=1\n");
    utf16le_file(&text)
}

const EVENT_AUDIT: [&str; 9] = [
    "AuditSystemEvents",
    "AuditLogonEvents",
    "AuditObjectAccess",
    "AuditPrivilegeUse",
    "AuditPolicyChange",
    "AuditAccountManage",
    "AuditProcessTracking",
    "AuditDSAccess",
    "AuditAccountLogon",
];

fn push_access(text: &mut String, settings: &Settings) {
    text.push_str("[System Access]\n");
    for (name, value) in &settings.access {
        let _ = writeln!(text, "{name} = {value}");
    }
}

fn push_registry<'a>(text: &mut String, entries: impl Iterator<Item = &'a Registry>) {
    text.push_str("[Registry Values]\n");
    for Registry { key, name, value } in entries {
        let _ = match value {
            Value::Number(number) => writeln!(text, "MACHINE\\{key}\\{name}=4,{number}"),
            Value::Text(string) => writeln!(text, "MACHINE\\{key}\\{name}=1,\"{string}\""),
        };
    }
}

fn push_rights(text: &mut String, settings: &Settings) {
    text.push_str("[Privilege Rights]\n");
    for (name, members) in &settings.rights {
        let _ = writeln!(text, "{name} = {members}");
    }
}

/// A group policy to back up.
pub(crate) struct GroupPolicy {
    /// Id of the policy and of the backup, upper case, in braces.
    pub(crate) guid: &'static str,
    pub(crate) name: &'static str,
    pub(crate) settings: Settings,
}

/// `Backup-GPO`: the files of one backup, under `GPO/{GUID}/`.
pub(crate) fn backup(policy: &GroupPolicy, domain: &Domain, backed_up_on: Date) -> Vec<DemoFile> {
    let folder = format!("GPO/{}", policy.guid);
    let machine = format!("{folder}/DomainSysvol/GPO/Machine");
    let windows = format!("{machine}/microsoft/windows nt");
    vec![
        DemoFile::new(format!("{folder}/bkupInfo.xml"), manifest(policy, domain, backed_up_on)),
        DemoFile::new(format!("{folder}/Backup.xml"), description(policy, domain)),
        DemoFile::new(format!("{machine}/registry.pol"), registry_pol(&policy.settings)),
        DemoFile::new(format!("{windows}/SecEdit/GptTmpl.inf"), template(&policy.settings)),
        DemoFile::new(format!("{windows}/Audit/audit.csv"), audit()),
    ]
}

fn manifest(policy: &GroupPolicy, domain: &Domain, backed_up_on: Date) -> String {
    let (dns, name, guid) = (domain.dns, policy.name, policy.guid);
    format!(
        "<BackupInst xmlns=\"http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest\">\
         <GPOGuid><![CDATA[{guid}]]></GPOGuid><GPODomain><![CDATA[{dns}]]></GPODomain>\
         <GPODomainGuid><![CDATA[{{00000000-0000-4000-8000-000000000001}}]]></GPODomainGuid>\
         <GPODomainController><![CDATA[dc.{dns}]]></GPODomainController>\
         <BackupTime><![CDATA[{backed_up_on}T01:00:00]]></BackupTime><ID><![CDATA[{guid}]]></ID>\
         <Comment><![CDATA[{name}]]></Comment><GPODisplayName><![CDATA[{name}]]></GPODisplayName></BackupInst>"
    )
}

fn description(policy: &GroupPolicy, domain: &Domain) -> String {
    let (dns, name, guid) = (domain.dns, policy.name, policy.guid);
    let files = [
        ("{35378EAC-683F-11D2-A89A-00C04FBBCFA2}", "Registry", "registry.pol"),
        ("{827D319E-6EAC-11D2-A4EA-00C04F79F83A}", "Security", "microsoft\\windows nt\\SecEdit\\GptTmpl.inf"),
        ("{F3CCC681-B74C-4060-9F26-CD84525DCA2A}", "Audit", "microsoft\\windows nt\\Audit\\audit.csv"),
    ];
    let extensions: String = files.iter().fold(String::new(), |mut text, (id, kind, path)| {
        let _ = writeln!(
            text,
            "<GroupPolicyExtension bkp:ID=\"{id}\" bkp:DescName=\"{kind}\">\
             <FSObjectFile bkp:Path=\"%GPO_MACH_FSPATH%\\{path}\" bkp:Location=\"DomainSysvol\\GPO\\Machine\\{path}\"/>\
             </GroupPolicyExtension>"
        );
        text
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<GroupPolicyBackupScheme bkp:version=\"2.0\" \
         bkp:type=\"GroupPolicyBackupTemplate\" xmlns:bkp=\"http://www.microsoft.com/GroupPolicy/GPOOperations\" \
         xmlns=\"http://www.microsoft.com/GroupPolicy/GPOOperations\">\n<GroupPolicyObject><GroupPolicyCoreSettings>\
         <ID><![CDATA[{guid}]]></ID><Domain><![CDATA[{dns}]]></Domain><DisplayName><![CDATA[{name}]]></DisplayName>\
         </GroupPolicyCoreSettings>\n{extensions}</GroupPolicyObject>\n</GroupPolicyBackupScheme>\n"
    )
}

fn template(settings: &Settings) -> Vec<u8> {
    let mut text = "[Unicode]\nUnicode=yes\n".to_owned();
    push_access(&mut text, settings);
    push_registry(&mut text, settings.registry.iter().filter(|entry| !entry.is_template()));
    text.push_str("[Version]\nsignature=\"$CHICAGO$\"\nRevision=1\n");
    push_rights(&mut text, settings);
    utf16le_file(&text)
}

/// `registry.pol`: a header, then `[key;value;type;size;content]` for each value, in UTF-16LE.
fn registry_pol(settings: &Settings) -> Vec<u8> {
    let mut bytes = b"PReg\x01\x00\x00\x00".to_vec();
    for Registry { key, name, value } in settings.registry.iter().filter(|entry| entry.is_template()) {
        let (kind, content) = match value {
            Value::Number(number) => (4_u32, number.to_le_bytes().to_vec()),
            Value::Text(string) => (1_u32, utf16le(&format!("{string}\0"))),
        };
        let size = u32::try_from(content.len()).unwrap_or(0);
        bytes.extend(utf16le(&format!("[{key}\0;{name}\0;")));
        bytes.extend(kind.to_le_bytes());
        bytes.extend(utf16le(";"));
        bytes.extend(size.to_le_bytes());
        bytes.extend(utf16le(";"));
        bytes.extend(content);
        bytes.extend(utf16le("]"));
    }
    bytes
}

fn audit() -> String {
    let header =
        "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value";
    let mut text = format!("{header}\r\n");
    for (name, guid) in AUDIT {
        let _ = write!(text, ",System,Audit {name},{},Success and Failure,,3\r\n", guid.to_ascii_lowercase());
    }
    text
}
