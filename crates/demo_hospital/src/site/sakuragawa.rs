//! さくら川病院: 120 beds, a Windows domain, about 90 assets.

use super::{DirectoryExport, adjust, connect, cp932_file, directory_files, documents, paper_files, scan_file};
use crate::asset::{Asset, Platform};
use crate::blueprint::{
    BACKUP, BASTION, BUILDING, Blueprint, CLAIMS, DIRECTORY, EHR, EHR_VENDOR, Estate, FILES, FIREWALL, MODALITY,
    MODALITY_VENDOR, NETWORK_VENDOR, OFFICE_PC, OFFICE_VENDOR, OUTPATIENT_PC, PACS, PRINTER, REMOTE_BOX, STORAGE,
    SWITCH, WARD_PC,
};
use crate::chance::Chance;
use crate::directory::{self, Domain, FIRST_RID, User};
use crate::group_policy::{self, GroupPolicy};
use crate::ledger::{self, Headings};
use crate::outside::{self, CONNECTION, Connection, Vendor};
use crate::settings::Settings;
use crate::statement::{Claim, Statement};
use crate::{DemoError, DemoFile, Options, Planted, Site, SiteKind, intelligence};

const DOMAIN: Domain = Domain {
    dns: "sakuragawa-hp.example",
    base_dn: "DC=sakuragawa-hp,DC=example",
    sid: "S-1-5-21-2210330044-2550066077-2880099011",
};
/// Relative ids of the planted accounts.
const SUPPORT_RID: u32 = 1130;
const DESCRIBED_RID: u32 = 1131;

/// The site with its evidence.
///
/// # Errors
/// As [`crate::generate`].
pub(crate) fn build(options: &Options) -> Result<Site, DemoError> {
    let today = options.today;
    let estate = Estate {
        today,
        chance: Chance::new(options.seed, 2),
        host_prefix: "SK-",
        network: "10.20",
        owner: "医事課システム係",
        has_directory: true,
    };
    let assets = assets(&estate);
    let mut files = vec![
        cp932_file("資産台帳.csv", &ledger::table(&assets, Headings::Local, Vec::new()))?,
        cp932_file("外部接続.csv", &outside::connections(&CONNECTIONS, today))?,
        cp932_file("事業者.csv", &outside::vendors(&VENDORS, today))?,
        scan_file(&estate, DOMAIN.dns, &assets, None),
        DemoFile::new("secedit/DC01_secedit.inf", group_policy::secedit(&controller_settings())),
        DemoFile::new("secedit/FS01_secedit.inf", group_policy::secedit(&Settings::good())),
    ];
    let export = DirectoryExport {
        domain: &DOMAIN,
        users: &users(&estate),
        approved: &["Administrator", "adm-sk01"],
        approver: "事務長",
        leavers: &[("ret001", today.plus_days(-150))],
    };
    files.extend(directory_files(&estate, &assets, &export)?);
    files.extend(group_policy::backup(&group_policy(), &DOMAIN, today.plus_days(-9)));
    files.extend(paper_files(today, PAPERS, "医療機関確認用チェックリスト（令和7年度）", "事務長", CLAIMS_MADE));
    files.extend(intelligence::files(today)?);
    Ok(Site {
        id: "sakuragawa",
        name: "さくら川病院",
        kind: SiteKind::Hospital,
        beds: 120,
        has_directory: true,
        files,
        planted: planted(),
    })
}

const KINDS: [(Blueprint, u32); 16] = [
    (EHR, 1),
    (CLAIMS, 1),
    (PACS, 1),
    (BACKUP, 1),
    (BASTION, 1),
    (DIRECTORY, 2),
    (FILES, 1),
    (STORAGE, 1),
    (SWITCH, 6),
    (FIREWALL, 1),
    (WARD_PC, 28),
    (OUTPATIENT_PC, 12),
    (OFFICE_PC, 14),
    (MODALITY, 8),
    (REMOTE_BOX, 2),
    (PRINTER, 8),
];

const OLD_WINDOWS: Platform = Platform {
    os: "Windows 7",
    os_version: "6.1.7601",
    firmware: "",
    firmware_version: "",
    supported_until: "2020-01-14",
};

fn assets(estate: &Estate) -> Vec<Asset> {
    let kinds: Vec<(Blueprint, u32)> = KINDS.into_iter().chain([(BUILDING, 2)]).collect();
    let mut assets = estate.assets(&kinds);
    connect(&mut assets, "FW-0001", "VPN");
    connect(&mut assets, "RM-0001", "保守回線");
    connect(&mut assets, "RM-0002", "保守回線");
    for id in ["SV-0002", "PC-0010"] {
        adjust(&mut assets, id, |computer| computer.local_admin = "共通");
    }
    adjust(&mut assets, "MD-0003", |modality| {
        "CT撮影装置の操作卓".clone_into(&mut modality.name);
        modality.platform = OLD_WINDOWS;
        modality.end_of_support = "2020-01-14".parse().unwrap_or(estate.today.plus_days(-2000));
    });
    assets
}

const IMAGING_LINE: Connection = Connection {
    name: "画像機器保守回線",
    kind: "保守回線",
    vendor: MODALITY_VENDOR,
    device: "RM-0001",
    source_restricted: false,
    ..CONNECTION
};

const CONNECTIONS: [Connection; 3] = [
    Connection { name: "電子カルテ保守VPN", vendor: EHR_VENDOR, device: "FW-0001", ..CONNECTION },
    IMAGING_LINE,
    Connection {
        name: "検査機器保守回線", kind: "保守回線", vendor: MODALITY_VENDOR, device: "RM-0002", ..CONNECTION
    },
];

const VENDORS: [Vendor; 4] = [
    Vendor::sound(EHR_VENDOR, true),
    Vendor::sound(NETWORK_VENDOR, false),
    Vendor::sound(MODALITY_VENDOR, true),
    Vendor::sound(OFFICE_VENDOR, false),
];

fn users(estate: &Estate) -> Vec<User> {
    let today = estate.today;
    let mut users = directory::builtin(today, today.plus_days(-600)).to_vec();
    users.push(directory::administrator(today, "adm-sk01", 1101));
    users
        .push(User { description: "保守業者用", ..directory::administrator(today, "hoshu-support", SUPPORT_RID) });
    users.push(User {
        description: "予約端末用 初期パスワード: Yoyaku-2020",
        privileged: false,
        groups: Vec::new(),
        ..directory::administrator(today, "yoyaku01", DESCRIBED_RID)
    });
    users.extend(directory::staff(estate, "dr", "医局", FIRST_RID, 15));
    users.extend(directory::staff(estate, "ns", "看護部", FIRST_RID + 15, 45));
    users.extend(directory::staff(estate, "jm", "事務部", FIRST_RID + 60, 20));
    let left = directory::staff(estate, "ret", "退職", FIRST_RID + 80, 1);
    users.extend(left.map(|user| User { enabled: false, logon_on: Some(today.plus_days(-155)), ..user }));
    users
}

/// With a threshold of zero, Windows exports neither the counter nor the duration.
fn controller_settings() -> Settings {
    Settings::good()
        .with_access("LockoutBadCount", "0")
        .without_access("ResetLockoutCount")
        .without_access("LockoutDuration")
        .with_access("EnableAdminAccount", "1")
}

fn group_policy() -> GroupPolicy {
    GroupPolicy {
        guid: "{8F3B1D26-91AC-4D57-8E02-6B7C8D9E0F10}",
        name: "病院端末 基本設定",
        settings: Settings::good(),
    }
}

const PAPERS: &[Statement] = &[
    documents::APPOINTMENT,
    Statement { issued_days_ago: 260, ..documents::CONTACT_TREE },
    documents::BCP,
    documents::RULES_INCOMPLETE,
    documents::POLICY,
    documents::STOCKTAKING,
    documents::VENDOR_REPLY,
    documents::RESTORE_DRILL,
];

const CLAIMS_MADE: &[Claim] = &[
    Claim { item: "R7-1-1", answer: "yes", by: "事務長" },
    Claim { item: "R7-2-4", answer: "yes", by: "事務長" },
    Claim { item: "R7-2-8", answer: "yes", by: "事務長" },
    Claim { item: "R7-2-10", answer: "no", by: "事務長" },
    Claim { item: "R7-2-13", answer: "yes", by: "事務長" },
];

fn planted() -> Vec<Planted> {
    let asset = |id: &str| format!("asset:{id}");
    vec![
        Planted {
            id: "handa-shared-password-server",
            check: "LAP-00",
            subject: asset("SV-0002"),
            ja: "サーバーのローカル管理者パスワードが、端末と同じ共通のものです。",
            en: "A server has the same local administrator password as the terminals.",
        },
        Planted {
            id: "handa-shared-password-terminal",
            check: "LAP-00",
            subject: asset("PC-0010"),
            ja: "病棟端末のローカル管理者パスワードが、サーバーと同じ共通のものです。",
            en: "A ward terminal has the same local administrator password as a server.",
        },
        Planted {
            id: "handa-no-lockout",
            check: "ACC-01",
            subject: "policy:DC01".to_owned(),
            ja: "パスワードを何度間違えてもアカウントがロックされません。",
            en: "No number of wrong passwords locks an account.",
        },
        Planted {
            id: "sakuragawa-modality-unsupported",
            check: "EOL-01",
            subject: asset("MD-0003"),
            ja: "サポートの終わったCTの操作卓を、だれの承認もなく使っています。",
            en: "A CT console past its support is used without anybody's acceptance.",
        },
        Planted {
            id: "sakuragawa-windows-7",
            check: "OSP-01",
            subject: asset("MD-0003"),
            ja: "CTの操作卓のWindows 7は、製品一覧の日付でもサポートが終わっています。",
            en: "The Windows 7 of the CT console is past its support by the date of the product list, too.",
        },
        Planted {
            id: "sakuragawa-unapproved-admin",
            check: "ADM-02",
            subject: DOMAIN.account(SUPPORT_RID),
            ja: "承認の記録がないアカウントがドメイン管理者になっています。",
            en: "An account without a recorded approval is a domain administrator.",
        },
        Planted {
            id: "sakuragawa-password-in-description",
            check: "ADO-10",
            subject: DOMAIN.account(DESCRIBED_RID),
            ja: "アカウントの説明欄にパスワードが書かれています。",
            en: "A password is written in the description of an account.",
        },
        Planted {
            id: "sakuragawa-open-source",
            check: "EXT-03",
            subject: IMAGING_LINE.subject(),
            ja: "画像機器の保守回線で、接続元が制限されていません。",
            en: "The maintenance line of the imaging devices does not restrict its sources.",
        },
    ]
}
