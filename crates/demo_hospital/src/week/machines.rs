//! What machines do by themselves: connections, agents, updates, antivirus.

use super::event::{FILES, LogEvent, SECURITY, SERVICES, Seat};
use super::{Action, Draws};

const DEFENDER: (&str, &str) = ("Microsoft-Windows-Windows Defender/Operational", "Microsoft-Windows-Windows Defender");

pub(super) fn act(draws: &mut Draws) -> Action {
    let seat = Seat::any(draws);
    let mut action = Action::default();
    match draws.below(10_000) {
        0..6_500 => talk(&mut action, draws, &seat),
        6_500..8_800 => run_agent(&mut action, draws, &seat),
        8_800..9_500 => be_a_computer(&mut action, &seat),
        9_500..9_900 => look_after_antivirus(&mut action, draws, &seat),
        9_900..9_960 => synchronise_clock(&mut action, &seat),
        9_960..9_975 => restart(&mut action, &seat),
        9_975..9_985 => be_old(&mut action, draws, &seat),
        _ => be_refused(&mut action, draws, &seat),
    }
    action
}

/// A terminal and its servers; office machines also reach the proxy.
fn talk(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let inside = [("10.20.0.10", "443"), ("10.20.0.11", "445"), ("10.20.0.5", "135"), ("10.20.0.12", "1521")];
    let office = [("10.20.0.11", "445"), ("10.30.0.8", "3128"), ("203.0.113.200", "443"), ("10.20.0.5", "389")];
    let from = if seat.is_clinical { &inside } else { &office };
    for step in 0..3 {
        let (address, port) = draws.one(from, ("10.20.0.10", "443"));
        let fields = [
            ("Application", "\\device\\harddiskvolume3\\orca\\his.exe"),
            ("Direction", "%%14593"),
            ("SourceAddress", seat.address.as_str()),
            ("DestAddress", address),
            ("DestPort", port),
            ("Protocol", "6"),
        ];
        action.add(step, LogEvent::new(SECURITY, 5156, &seat.host, &fields));
    }
}

/// Broadcasts that the firewall of the neighbour does not want.
fn be_refused(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let port = draws.one(&["137", "138", "1900", "5353", "5355", "17500", "9100"], "137");
    let fields = [
        ("Direction", "%%14592"),
        ("SourceAddress", seat.address.as_str()),
        ("DestAddress", "10.20.1.255"),
        ("DestPort", port),
        ("Protocol", "17"),
    ];
    action.add(0, LogEvent::new(SECURITY, 5157, FILES, &fields));
}

/// Management software takes stock, runs its encoded commands and starts what Windows starts.
fn run_agent(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let agent = "C:\\Program Files\\Stocktaking\\agent.exe";
    let wmi = "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe";
    let services = "C:\\Windows\\System32\\services.exe";
    let programs = [
        ("C:\\Windows\\System32\\svchost.exe", "svchost.exe -k netsvcs", services),
        ("C:\\Windows\\System32\\msiexec.exe", "msiexec.exe /V", services),
        ("C:\\Windows\\System32\\taskhostw.exe", "taskhostw.exe", "C:\\Windows\\System32\\svchost.exe"),
        ("C:\\Windows\\System32\\cmd.exe", "cmd.exe /c ver", agent),
        ("C:\\Windows\\System32\\wbem\\WMIC.exe", "wmic qfe list", agent),
        ("C:\\Windows\\System32\\conhost.exe", "conhost.exe 0xffffffff", wmi),
        ("C:\\Windows\\System32\\sc.exe", "sc query eventlog", agent),
        ("C:\\Windows\\System32\\reg.exe", "reg query HKLM\\SOFTWARE\\Orca", agent),
        (
            "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
            "powershell.exe -NonInteractive -File C:\\ProgramData\\Stocktaking\\list.ps1",
            agent,
        ),
    ];
    let (image, command, parent) =
        draws.one(&programs, ("C:\\Windows\\System32\\svchost.exe", "svchost.exe", services));
    let fields = [
        ("SubjectUserName", "SYSTEM"),
        ("NewProcessName", image),
        ("CommandLine", command),
        ("ParentProcessName", parent),
    ];
    action.add(0, LogEvent::new(SECURITY, 4688, &seat.host, &fields));
    if command.contains("list.ps1") {
        let script = "Get-CimInstance Win32_OperatingSystem | Select-Object Version";
        let log = ("Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell");
        action.add(1, LogEvent::new(log, 4104, &seat.host, &[("ScriptBlockText", script)]));
    }
}

/// The machine's own account, and domain controllers that copy from each other.
fn be_a_computer(action: &mut Action, seat: &Seat) {
    let account = seat.host.split('.').next().unwrap_or_default().to_uppercase() + "$";
    let fields = [
        ("TargetUserSid", seat.sid.as_str()),
        ("TargetUserName", account.as_str()),
        ("LogonType", "3"),
        ("LmPackageName", "-"),
        ("IpAddress", seat.address.as_str()),
    ];
    action.add(0, LogEvent::new(SECURITY, 4624, super::event::DC, &fields));
    let copied = [
        ("SubjectUserName", "DC2$"),
        ("ObjectServer", "DS"),
        ("AccessMask", "0x100"),
        ("Properties", "%%7688 {1131f6aa-9c07-11d1-f79f-00c04fc2dcd2} {19195a5b-6da0-11d0-afd3-00c04fd930c9}"),
    ];
    action.add(1, LogEvent::new(SECURITY, 4662, super::event::DC, &copied));
}

/// Updates, scans, an update that fails, and the odd infected download that is put in quarantine.
fn look_after_antivirus(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    match draws.below(1_500) {
        0 => {
            let found = [("Threat Name", "Adware:Win32/Toolbar"), ("Action ID", "9")];
            action.add(0, LogEvent::new(DEFENDER, 1116, &seat.host, &found));
            let removed = [("Threat Name", "Adware:Win32/Toolbar"), ("Action ID", "2")];
            action.add(20, LogEvent::new(DEFENDER, 1117, &seat.host, &removed));
        }
        1..20 => action.add(0, LogEvent::new(DEFENDER, 2001, &seat.host, &[("Error Code", "0x80072ee7")])),
        20..400 => action.add(0, LogEvent::new(DEFENDER, 1001, &seat.host, &[("Scan ID", "1")])),
        _ => action.add(0, LogEvent::new(DEFENDER, 2000, &seat.host, &[("Current Signature Version", "1.1")])),
    }
}

fn synchronise_clock(action: &mut Action, seat: &Seat) {
    let fields = [("SubjectUserSid", "S-1-5-19"), ("ProcessName", "C:\\Windows\\System32\\svchost.exe")];
    action.add(0, LogEvent::new(SECURITY, 4616, &seat.host, &fields));
}

/// What old devices and old programs do: weak ways to log on, weakly encrypted tickets, commands nobody can read.
fn be_old(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let number = draws.below(6);
    let (copier, address) = (format!("scan{number:02}"), format!("10.20.7.{}", 10 + number));
    let weak = [
        ("TargetUserSid", seat.sid.as_str()),
        ("TargetUserName", copier.as_str()),
        ("LogonType", "3"),
        ("LmPackageName", "NTLM V1"),
        ("IpAddress", address.as_str()),
    ];
    action.add(0, LogEvent::new(SECURITY, 4624, FILES, &weak));
    let clear = [
        ("TargetUserSid", seat.sid.as_str()),
        ("TargetUserName", seat.user.as_str()),
        ("LogonType", "8"),
        ("LmPackageName", "-"),
        ("IpAddress", seat.address.as_str()),
    ];
    action.add(1, LogEvent::new(SECURITY, 4624, "sv-web1.hospital.example", &clear));
    let account = format!("{}@HOSPITAL.EXAMPLE", seat.user);
    for (step, service) in ["svc-lab-db", "svc-his-db"].into_iter().enumerate() {
        let ticket = [
            ("TargetUserName", account.as_str()),
            ("ServiceName", service),
            ("TicketEncryptionType", "0x17"),
            ("Status", "0x0"),
            ("IpAddress", seat.address.as_str()),
        ];
        action.add(2 + i64::try_from(step).unwrap_or(0), LogEvent::new(SECURITY, 4769, super::event::DC, &ticket));
    }
    let shell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
    let command = "powershell.exe -NoProfile -EncodedCommand RwBlAHQALQBDAGkAbQBJAG4AcwB0AGEAbgBjAGUAIABXAGkAbgAzADIAXwBCAEkATwBTAA==";
    let encoded = [
        ("SubjectUserName", "SYSTEM"),
        ("NewProcessName", shell),
        ("CommandLine", command),
        ("ParentProcessName", "C:\\Program Files\\Stocktaking\\agent.exe"),
    ];
    action.add(5, LogEvent::new(SECURITY, 4688, "sv-mgmt1.hospital.example", &encoded));
}

/// A shutdown, and the machine again.
fn restart(action: &mut Action, seat: &Seat) {
    action.add(0, LogEvent::new(("System", "User32"), 1074, &seat.host, &[("param3", "update")]));
    action.add(5, LogEvent::new(("Security", "Microsoft-Windows-Eventlog"), 1100, &seat.host, &[]));
    action.add(6, LogEvent::new(("System", "EventLog"), 6006, &seat.host, &[]));
    action.add(90, LogEvent::new(("System", "EventLog"), 6005, &seat.host, &[]));
    let service = [("param1", "Windows Update"), ("param4", "wuauserv"), ("param3", "demand start")];
    action.add(95, LogEvent::new(SERVICES, 7040, &seat.host, &service));
    let driver = "C:\\ProgramData\\Microsoft\\Windows Defender\\Definition Updates\\MpKslDrv.sys";
    action.add(99, LogEvent::new(SERVICES, 7045, &seat.host, &[("ServiceName", "MpKsl1"), ("ImagePath", driver)]));
}
