//! What staff do: logging on, opening files, printing, mistyping.

use super::event::{DC, FILES, LogEvent, SECURITY, Seat};
use super::{Action, Draws, Moment};

pub(super) fn act(draws: &mut Draws, moment: Moment) -> Action {
    let seat = Seat::any(draws);
    let mut action = Action::default();
    match draws.below(1_000) {
        0..150 => log_on(&mut action, draws, &seat),
        150..640 => open_files(&mut action, draws, &seat),
        640..760 => connect(&mut action, draws, &seat),
        760..880 => print(&mut action, draws, &seat),
        880..885 => mistype(&mut action, draws, &seat),
        885..886 if moment.is_office_time() => plug_in(&mut action, draws, &seat),
        _ => start_program(&mut action, draws, &seat),
    }
    action
}

fn log_on(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let logon = format!("{:#x}", 0x10_0000 + draws.below(0xFFFF_FFFF));
    let (user, sid) = (seat.user.as_str(), seat.sid.as_str());
    let ticket = [
        ("TargetUserName", user),
        ("TargetSid", sid),
        ("ServiceName", "krbtgt"),
        ("Status", "0x0"),
        ("TicketEncryptionType", "0x12"),
        ("PreAuthType", "2"),
        ("IpAddress", seat.address.as_str()),
    ];
    action.add(0, LogEvent::new(SECURITY, 4768, DC, &ticket));
    let at_machine = [
        ("TargetUserSid", sid),
        ("TargetUserName", user),
        ("TargetLogonId", logon.as_str()),
        ("LogonType", draws.one(&["2", "7", "11"], "2")),
        ("LogonProcessName", "User32"),
        ("LmPackageName", "-"),
        ("IpAddress", "127.0.0.1"),
    ];
    action.add(1, LogEvent::new(SECURITY, 4624, &seat.host, &at_machine));
    let account = format!("{user}@HOSPITAL.EXAMPLE");
    for service in ["SV-FILE1$", "SV-PRINT1$", "DC1$"] {
        let fields = [
            ("TargetUserName", account.as_str()),
            ("ServiceName", service),
            ("TicketEncryptionType", "0x12"),
            ("Status", "0x0"),
            ("IpAddress", seat.address.as_str()),
        ];
        action.add(2, LogEvent::new(SECURITY, 4769, DC, &fields));
    }
    action.add(3_600, LogEvent::new(SECURITY, 4634, &seat.host, &[("TargetUserName", user), ("LogonType", "2")]));
}

fn connect(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let logon = format!("{:#x}", 0x20_0000 + draws.below(0xFFFF_FFFF));
    let package = if draws.below(4) == 0 { "NTLM V2" } else { "-" };
    let fields = [
        ("TargetUserSid", seat.sid.as_str()),
        ("TargetUserName", seat.user.as_str()),
        ("TargetLogonId", logon.as_str()),
        ("LogonType", "3"),
        ("LmPackageName", package),
        ("IpAddress", seat.address.as_str()),
    ];
    action.add(0, LogEvent::new(SECURITY, 4624, FILES, &fields));
    action.add(60, LogEvent::new(SECURITY, 4634, FILES, &[("TargetLogonId", logon.as_str()), ("LogonType", "3")]));
}

fn open_files(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let folder = draws.below(400);
    for step in 0..2 + i64::try_from(draws.below(3)).unwrap_or(0) {
        let name = format!("dept{folder}\\{}.xlsx", draws.below(5_000));
        let mask = draws.one(&["0x120089", "0x120089", "0x100081", "0x12019f"], "0x120089");
        let fields = [
            ("SubjectUserName", seat.user.as_str()),
            ("IpAddress", seat.address.as_str()),
            ("ShareName", "\\\\*\\share"),
            ("RelativeTargetName", name.as_str()),
            ("AccessMask", mask),
        ];
        action.add(step, LogEvent::new(SECURITY, 5145, FILES, &fields));
    }
    if draws.below(30) == 0 {
        let name = format!("D:\\share\\dept{folder}\\{}.tmp", draws.below(5_000));
        let fields = [
            ("SubjectUserName", seat.user.as_str()),
            ("ObjectType", "File"),
            ("ObjectName", name.as_str()),
            ("AccessMask", "0x10000"),
        ];
        action.add(4, LogEvent::new(SECURITY, 4663, FILES, &fields));
    }
}

/// Most printing is done by the clinical system, under one account, on every printer of the house.
fn print(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let by_system = draws.below(3) > 0;
    let user = if by_system { "svc-his-print" } else { seat.user.as_str() };
    let printer = format!("PRN-{}", draws.below(if by_system { 120 } else { 3 }));
    let document =
        draws.one(&["処方箋", "ラベル", "検査結果.pdf", "restore-test-2026.pdf", "Microsoft Word"], "処方箋");
    let fields = [("Param2", document), ("Param3", user), ("Param4", seat.host.as_str()), ("Param5", printer.as_str())];
    let log = ("Microsoft-Windows-PrintService/Operational", "Microsoft-Windows-PrintService");
    action.add(0, LogEvent::new(log, 307, "sv-print1.hospital.example", &fields));
}

/// A few wrong passwords, now and then a lockout and the call to the help desk.
fn mistype(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let fields = [
        ("TargetUserSid", "S-1-0-0"),
        ("TargetUserName", seat.user.as_str()),
        ("SubStatus", "0xc000006a"),
        ("LogonType", "2"),
        ("IpAddress", "127.0.0.1"),
    ];
    let is_phone = draws.below(40) == 0;
    let count = if is_phone { 12 } else { 1 + i64::try_from(draws.below(4)).unwrap_or(0) };
    for step in 0..count {
        action.add(step * 9, LogEvent::new(SECURITY, 4625, &seat.host, &fields));
    }
    if is_phone {
        let lockout = [("TargetUserName", seat.user.as_str()), ("TargetDomainName", seat.host.as_str())];
        action.add(100, LogEvent::new(SECURITY, 4740, DC, &lockout));
        action.add(900, LogEvent::new(SECURITY, 4767, DC, &[("TargetUserName", seat.user.as_str())]));
    } else {
        log_on(action, draws, seat);
    }
}

/// A permitted USB stick.
fn plug_in(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let device = "USBSTOR\\Disk&Ven_PERMITTED&Prod_Secure\\0001&0";
    let fields = [("SubjectUserName", "SYSTEM"), ("DeviceId", device), ("ClassName", "DiskDrive")];
    action.add(0, LogEvent::new(SECURITY, 6416, &seat.host, &fields));
    for step in 0..i64::try_from(draws.below(12)).unwrap_or(0) {
        let name = format!("\\Device\\HarddiskVolume9\\slide{step}.pptx");
        let fields = [
            ("Task", "12812"),
            ("SubjectUserName", seat.user.as_str()),
            ("ObjectType", "File"),
            ("ObjectName", name.as_str()),
            ("AccessMask", "0x2"),
        ];
        action.add(20 + step, LogEvent::new(SECURITY, 4663, &seat.host, &fields));
    }
}

fn start_program(action: &mut Action, draws: &mut Draws, seat: &Seat) {
    let programs = [
        ("C:\\Orca\\his.exe", "his.exe /login"),
        ("C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE", "EXCEL.EXE rounds.xlsx"),
        ("C:\\Program Files\\Browser\\browser.exe", "browser.exe http://intra/"),
        ("C:\\Windows\\System32\\notepad.exe", "notepad.exe memo.txt"),
        ("C:\\Windows\\splwow64.exe", "splwow64.exe 12288"),
        ("C:\\Windows\\System32\\net.exe", "net use X: \\\\sv-file1\\share"),
    ];
    let (image, command) = draws.one(&programs, ("C:\\Orca\\his.exe", "his.exe"));
    let parent = if image.ends_with("splwow64.exe") {
        "C:\\Windows\\System32\\spoolsv.exe"
    } else {
        "C:\\Windows\\explorer.exe"
    };
    let fields = [
        ("SubjectUserName", seat.user.as_str()),
        ("NewProcessName", image),
        ("CommandLine", command),
        ("ParentProcessName", parent),
    ];
    action.add(0, LogEvent::new(SECURITY, 4688, &seat.host, &fields));
}
