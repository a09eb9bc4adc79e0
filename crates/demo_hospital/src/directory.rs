//! The exports of a Windows domain: users, computers, approved administrators, leavers.

use base::Date;

use crate::asset::Asset;
use crate::blueprint::Estate;
use crate::table::Table;
use crate::wire::filetime;

/// `userAccountControl` of an ordinary, enabled account.
const NORMAL: u32 = 0x200;
const DISABLED: u32 = 0x2;
/// `userAccountControl` of a member computer, and of a domain controller.
const MEMBER: u32 = 0x1000;
const CONTROLLER: u32 = 0x2000 | 0x8_0000;

/// The domain of a site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Domain {
    /// DNS name.
    pub(crate) dns: &'static str,
    /// `DC=…` part of every distinguished name.
    pub(crate) base_dn: &'static str,
    /// SID without a relative id.
    pub(crate) sid: &'static str,
}

impl Domain {
    /// The subject of the account with this relative id.
    pub(crate) fn account(&self, rid: u32) -> String {
        format!("account:{}-{rid}", self.sid)
    }
}

/// A user account.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) rid: u32,
    pub(crate) enabled: bool,
    /// Last logon; `None`: never.
    pub(crate) logon_on: Option<Date>,
    pub(crate) password_on: Date,
    pub(crate) privileged: bool,
    pub(crate) groups: Vec<&'static str>,
    pub(crate) service: &'static str,
    pub(crate) description: &'static str,
}

/// First relative id of the ordinary accounts.
pub(crate) const FIRST_RID: u32 = 1200;

/// `count` healthy accounts of a department, named after it; relative ids start at `first_rid`.
pub(crate) fn staff(
    estate: &Estate,
    prefix: &str,
    description: &'static str,
    first_rid: u32,
    count: u32,
) -> impl Iterator<Item = User> {
    let (today, chance) = (estate.today, estate.chance);
    let prefix = prefix.to_owned();
    (1..=count).map(move |number| {
        let rid = first_rid + number - 1;
        User {
            name: format!("{prefix}{number:03}"),
            rid,
            enabled: true,
            logon_on: Some(today.plus_days(-chance.days(u64::from(rid), 1, 12))),
            password_on: today.plus_days(-chance.days(u64::from(rid) + 7, 5, 50)),
            privileged: false,
            groups: Vec::new(),
            service: "",
            description,
        }
    })
}

/// The accounts every domain has: Administrator (500), Guest (501) and krbtgt (502).
pub(crate) fn builtin(today: Date, administrator_logon_on: Date) -> [User; 3] {
    let account = |name: &str, rid, description| User {
        name: name.to_owned(),
        rid,
        enabled: false,
        logon_on: None,
        password_on: today.plus_days(-90),
        privileged: false,
        groups: Vec::new(),
        service: "",
        description,
    };
    [
        User {
            enabled: true,
            logon_on: Some(administrator_logon_on),
            privileged: true,
            groups: vec!["Domain Admins", "Enterprise Admins", "Schema Admins"],
            ..account("Administrator", 500, "コンピューター/ドメインの管理用 (ビルトイン アカウント)")
        },
        account("Guest", 501, "コンピューター/ドメインへのゲスト アクセス用 (ビルトイン アカウント)"),
        account("krbtgt", 502, "キー配布センター サービス アカウント"),
    ]
}

/// A healthy personal administrator account.
pub(crate) fn administrator(today: Date, name: &str, rid: u32) -> User {
    User {
        name: name.to_owned(),
        rid,
        enabled: true,
        logon_on: Some(today.plus_days(-3)),
        password_on: today.plus_days(-30),
        privileged: true,
        groups: vec!["Domain Admins"],
        service: "",
        description: "管理用（個人別）",
    }
}

/// `Get-ADUser … | Export-Csv`.
pub(crate) fn users(domain: &Domain, users: &[User]) -> Table {
    let row = |user: &User| {
        let control = NORMAL | if user.enabled { 0 } else { DISABLED };
        let groups: Vec<String> =
            user.groups.iter().map(|group| format!("CN={group},CN=Users,{}", domain.base_dn)).collect();
        vec![
            user.name.clone(),
            format!("{}-{}", domain.sid, user.rid),
            truth(user.enabled),
            control.to_string(),
            user.logon_on.map_or(0, |day| filetime(day, 9)).to_string(),
            filetime(user.password_on, 10).to_string(),
            if user.privileged { "1" } else { "" }.to_owned(),
            groups.join(";"),
            user.service.to_owned(),
            user.description.to_owned(),
            format!("CN={},OU=職員,{}", user.name, domain.base_dn),
        ]
    };
    Table { sheet: "users", above: Vec::new(), header: USER_HEADER.to_vec(), rows: users.iter().map(row).collect() }
}

const USER_HEADER: [&str; 11] = [
    "SamAccountName",
    "SID",
    "Enabled",
    "userAccountControl",
    "lastLogonTimestamp",
    "pwdLastSet",
    "adminCount",
    "MemberOf",
    "ServicePrincipalNames",
    "Description",
    "DistinguishedName",
];

/// `Get-ADComputer … | Export-Csv` of the assets that are members of the domain.
pub(crate) fn computers(estate: &Estate, domain: &Domain, assets: &[Asset]) -> Table {
    let members = assets.iter().filter(|asset| asset.in_directory);
    let row = |(rid, asset): (u32, &Asset)| {
        let controller = asset.role == "ドメインコントローラー";
        let logon_on = estate.today.plus_days(-estate.chance.days(u64::from(rid), 1, 12));
        let laps_on = estate.today.plus_days(estate.chance.days(u64::from(rid) + 3, 3, 29));
        let build = asset.platform.os_version.split('.').nth(2).unwrap_or_default();
        vec![
            format!("{}$", asset.hostname),
            asset.hostname.clone(),
            format!("CN={},OU=端末,{}", asset.hostname, domain.base_dn),
            format!("{}.{}", asset.hostname.to_ascii_lowercase(), domain.dns),
            format!("{}-{rid}", domain.sid),
            truth(true),
            if controller { CONTROLLER } else { MEMBER }.to_string(),
            directory_name(asset.platform.os),
            format!("10.0 ({build})"),
            filetime(logon_on, 8).to_string(),
            filetime(laps_on, 8).to_string(),
        ]
    };
    Table {
        sheet: "computers",
        above: Vec::new(),
        header: COMPUTER_HEADER.to_vec(),
        rows: (100_000_u32..).zip(members).map(row).collect(),
    }
}

const COMPUTER_HEADER: [&str; 11] = [
    "SamAccountName",
    "Name",
    "DistinguishedName",
    "DNSHostName",
    "SID",
    "Enabled",
    "userAccountControl",
    "OperatingSystem",
    "OperatingSystemVersion",
    "lastLogonTimestamp",
    "msLAPS-PasswordExpirationTime",
];

/// The name the directory has for an operating system of the ledger.
fn directory_name(os: &str) -> String {
    match os {
        "Windows Server 2022" => "Windows Server 2022 Standard".to_owned(),
        other => other.trim_end_matches(" 25H2").to_owned(),
    }
}

fn truth(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

/// The list of approved administrators.
pub(crate) fn approved(names: &[&str], approver: &str, approved_on: Date) -> Table {
    let row = |name: &&str| vec![(*name).to_owned(), approver.to_owned(), approved_on.to_string()];
    Table {
        sheet: "承認済み管理者",
        above: Vec::new(),
        header: vec!["アカウント名", "承認者", "承認日"],
        rows: names.iter().map(row).collect(),
    }
}

/// The list of people who left.
pub(crate) fn leavers(leavers: &[(&str, Date)]) -> Table {
    let row = |(name, left_on): &(&str, Date)| vec![(*name).to_owned(), left_on.to_string()];
    Table {
        sheet: "退職者",
        above: Vec::new(),
        header: vec!["アカウント名", "退職日"],
        rows: leavers.iter().map(row).collect(),
    }
}
