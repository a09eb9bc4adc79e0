//! What is done on purpose, at its time: backups, administrators, vendors, the directory.

use super::event::{BACKUP, DC, FILES, JUMP_HOST, LogEvent, SECURITY, SERVICES, sid};
use super::{Action, Draws, Moment};

const VEEAM: (&str, &str) = ("Veeam Backup", "Veeam MP");

/// What begins in this second.
pub(super) fn due(draws: &mut Draws, moment: Moment) -> Vec<Action> {
    let mut actions = Vec::new();
    match (moment.day, moment.hour, moment.second) {
        (_, 1, 0) => actions.push(back_up(draws)),
        (_, 3, 0) => actions.push(copy_cold()),
        (1 | 3, 14, 600) => actions.push(let_vendor_in()),
        (0..5, 10, 120) => actions.push(administer(draws)),
        (0..5, 9, 30) => actions.push(welcome(draws)),
        (2, 23, 0) => actions.push(be_on_call()),
        (2, 11, 0) => actions.push(change_policy()),
        (5, 2, 0) => actions.push(roll_out()),
        (0..5, 8, 1_200) => actions.push(begin_shift()),
        (4, 17, 0) => actions.push(tidy_up()),
        _ => {}
    }
    actions
}

fn process(image: &str, command: &str, user: &str) -> LogEvent {
    let fields = [
        ("SubjectUserName", user),
        ("NewProcessName", image),
        ("CommandLine", command),
        ("ParentProcessName", "C:\\Windows\\System32\\cmd.exe"),
    ];
    LogEvent::new(SECURITY, 4688, BACKUP, &fields)
}

/// Every night: jobs start and end, one of them with a warning; room for shadow copies is looked at.
fn back_up(draws: &mut Draws) -> Action {
    let mut action = Action::default();
    for job in 0..8 {
        let level = if draws.below(20) == 0 { "3" } else { "4" };
        let name = format!("job{job}");
        action.add(job * 300, LogEvent::new(VEEAM, 110, BACKUP, &[("Level", "4"), ("Data", name.as_str())]));
        action.add(job * 300 + 1_500, LogEvent::new(VEEAM, 190, BACKUP, &[("Level", level), ("Data", name.as_str())]));
    }
    let tool = "C:\\Windows\\System32\\vssadmin.exe";
    action.add(10, process(tool, "vssadmin list shadowstorage", "svc-backup"));
    let rest = [("param1", "Volume Shadow Copy"), ("param2", "stopped"), ("Binary", "5600530053002F0031000000")];
    action.add(4_000, LogEvent::new(SERVICES, 7036, BACKUP, &rest));
    let copy = "robocopy D:\\share \\\\sv-file2\\share /MIR";
    action.add(20, process("C:\\Windows\\System32\\Robocopy.exe", copy, "svc-backup"));
    action
}

/// Databases that are stopped for their copy, one after the other, and started again.
fn copy_cold() -> Action {
    let mut action = Action::default();
    for (step, command) in
        ["net stop OracleServiceHIS", "net start OracleServiceHIS", "net stop \"MSSQL$LAB\"", "net start \"MSSQL$LAB\""]
            .into_iter()
            .enumerate()
    {
        let after_s = i64::try_from(step).unwrap_or(0) * 1_200;
        action.add(after_s, process("C:\\Windows\\System32\\net.exe", command, "svc-backup"));
    }
    action
}

fn remote_desktop(user: &str, number: u64, host: &str) -> [LogEvent; 2] {
    let own = sid(number);
    let fields = [
        ("TargetUserSid", own.as_str()),
        ("TargetUserName", user),
        ("TargetLogonId", "0x77aa1"),
        ("LogonType", "10"),
        ("IpAddress", JUMP_HOST),
    ];
    let log = (
        "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
        "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
    );
    let told = [("Param1", user), ("Param2", "HOSPITAL"), ("Param3", JUMP_HOST)];
    [LogEvent::new(log, 1149, host, &told), LogEvent::new(SECURITY, 4624, host, &fields)]
}

/// Maintenance in the hours agreed with the vendor, with a service and a tool of its own.
fn let_vendor_in() -> Action {
    let mut action = Action::default();
    let host = "sv-pacs1.hospital.example";
    remote_desktop("vendor-pacs", 1_500, host).into_iter().for_each(|event| action.add(0, event));
    let service = [("ServiceName", "PacsHelper"), ("ImagePath", "C:\\Program Files\\Pacs\\helper.exe")];
    action.add(600, LogEvent::new(SERVICES, 7045, host, &service));
    let exception = "HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths\\D:\\PacsDb = 0x0";
    let defender = ("Microsoft-Windows-Windows Defender/Operational", "Microsoft-Windows-Windows Defender");
    action.add(900, LogEvent::new(defender, 5007, host, &[("Old Value", ""), ("New Value", exception)]));
    action.add(
        1_200,
        LogEvent::new(("System", "Microsoft-Windows-Eventlog"), 104, host, &[("SubjectUserName", "vendor-pacs")]),
    );
    action
}

/// An administrator's morning: a few servers, their own scripts, a look at logs and settings.
fn administer(draws: &mut Draws) -> Action {
    let mut action = Action::default();
    for step in 0..3 {
        let host = format!("sv-{}.hospital.example", draws.one(&["his1", "file1", "print1", "lab1"], "his1"));
        remote_desktop("adm-ito", 1_400, &host).into_iter().for_each(|event| action.add(step * 400, event));
    }
    let shell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
    action.add(700, process(shell, "powershell Get-MpPreference", "adm-ito"));
    action.add(720, process("C:\\Windows\\System32\\wevtutil.exe", "wevtutil epl System C:\\temp\\s.evtx", "adm-ito"));
    action.add(740, process("C:\\Windows\\System32\\bcdedit.exe", "bcdedit /enum", "adm-ito"));
    action.add(760, process("C:\\Windows\\System32\\netsh.exe", "netsh advfirewall show allprofiles state", "adm-ito"));
    let script = "Get-ADUser -Filter * -Properties LastLogonDate | Export-Csv users.csv";
    let log = ("Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell");
    action.add(800, LogEvent::new(log, 4104, DC, &[("ScriptBlockText", script)]));
    let explicit = [("SubjectUserName", "ito"), ("TargetUserName", "adm-ito"), ("TargetServerName", "sv-his1")];
    action.add(820, LogEvent::new(SECURITY, 4648, "pc-office-1000.hospital.example", &explicit));
    action
}

/// A new member of staff: an account, a group, a machine that joins the domain.
fn welcome(draws: &mut Draws) -> Action {
    let mut action = Action::default();
    let number = 9_000 + draws.below(900);
    let (user, own) = (format!("n-{number}"), sid(number));
    let made = [("TargetUserName", user.as_str()), ("TargetSid", own.as_str()), ("SubjectUserName", "adm-ito")];
    action.add(0, LogEvent::new(SECURITY, 4720, DC, &made));
    action.add(1, LogEvent::new(SECURITY, 4722, DC, &made));
    let changed = [("TargetUserName", user.as_str()), ("UserAccountControl", "%%2048"), ("SubjectUserName", "adm-ito")];
    action.add(2, LogEvent::new(SECURITY, 4738, DC, &changed));
    let ward = sid(1_200);
    let member = [("TargetUserName", "Ward 3"), ("TargetSid", ward.as_str()), ("MemberSid", own.as_str())];
    action.add(5, LogEvent::new(SECURITY, 4728, DC, &member));
    let administrators = sid(512);
    let joined =
        [("TargetUserName", "Administrators"), ("TargetSid", "S-1-5-32-544"), ("MemberSid", administrators.as_str())];
    action.add(1_800, LogEvent::new(SECURITY, 4732, "pc-new.hospital.example", &joined));
    action
}

/// One call at night, by the way that is meant for it.
fn be_on_call() -> Action {
    let mut action = Action::default();
    remote_desktop("adm-ito", 1_400, "sv-his1.hospital.example").into_iter().for_each(|event| action.add(0, event));
    action
}

/// A planned change of a group policy, and auditing that grows.
fn change_policy() -> Action {
    let mut action = Action::default();
    let changed = [
        ("SubjectUserName", "adm-ito"),
        ("ObjectClass", "groupPolicyContainer"),
        ("AttributeLDAPDisplayName", "versionNumber"),
        ("OperationType", "%%14674"),
    ];
    action.add(0, LogEvent::new(SECURITY, 5136, DC, &changed));
    let grown = [("SubjectUserSid", "S-1-5-18"), ("AuditPolicyChanges", "%%8449, %%8451")];
    action.add(600, LogEvent::new(SECURITY, 4719, FILES, &grown));
    action
}

/// A dozen people mistype at the gateway through which all of them come, and a few are locked out.
fn begin_shift() -> Action {
    let mut action = Action::default();
    for number in 0..12 {
        let user = format!("n-{:04}", number * 37);
        let fields = [
            ("TargetUserSid", "S-1-0-0"),
            ("TargetUserName", user.as_str()),
            ("SubStatus", "0xc000006a"),
            ("LogonType", "3"),
            ("IpAddress", "10.20.0.40"),
        ];
        action.add(number * 40, LogEvent::new(SECURITY, 4625, "sv-gateway1.hospital.example", &fields));
        if number % 4 == 0 {
            let locked = [("TargetUserName", user.as_str()), ("TargetDomainName", "SV-GATEWAY1")];
            action.add(number * 40 + 5, LogEvent::new(SECURITY, 4740, DC, &locked));
        }
    }
    action
}

/// Somebody deletes a folder of the year before last.
fn tidy_up() -> Action {
    let mut action = Action::default();
    for number in 0..600 {
        let name = format!("D:\\share\\archive\\{number}.tif");
        let fields = [
            ("SubjectUserName", "o-1003"),
            ("ObjectType", "File"),
            ("ObjectName", name.as_str()),
            ("AccessMask", "0x10000"),
        ];
        action.add(number / 10, LogEvent::new(SECURITY, 4663, FILES, &fields));
    }
    action
}

/// The roll-out of an update to all wards by the management server: tasks and services over the network.
fn roll_out() -> Action {
    let mut action = Action::default();
    for number in 1..=90 {
        let host = format!("pc-ward1-{number:02}.hospital.example");
        let session = format!("{:#x}", 0x9_0000 + number);
        let logon = [
            ("TargetUserName", "svc-deploy"),
            ("TargetLogonId", session.as_str()),
            ("LogonType", "3"),
            ("IpAddress", "10.20.8.20"),
        ];
        action.add(number * 20, LogEvent::new(SECURITY, 4624, &host, &logon));
        let content = "<Exec><Command>C:\\Program Files\\Stocktaking\\agent.exe</Command></Exec>";
        let address = format!("10.20.1.{number}");
        let reached = [
            ("Direction", "%%14593"),
            ("SourceAddress", "10.20.8.20"),
            ("DestAddress", address.as_str()),
            ("DestPort", "445"),
        ];
        action.add(number, LogEvent::new(SECURITY, 5156, "sv-mgmt1.hospital.example", &reached));
        let task = [("SubjectLogonId", session.as_str()), ("TaskName", "\\Stocktaking"), ("TaskContent", content)];
        action.add(number * 20 + 2, LogEvent::new(SECURITY, 4698, &host, &task));
    }
    action
}
