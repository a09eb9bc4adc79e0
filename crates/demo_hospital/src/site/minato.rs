//! みなと総合病院: 850 beds, a Windows domain, about 420 assets.

use base::Date;

use super::{DirectoryExport, adjust, connect, directory_files, documents, paper_files, scan_file};
use crate::asset::{Antivirus, Asset};
use crate::blueprint::{
    BACKUP, BASTION, BUILDING, Blueprint, CLAIMS, DIRECTORY, EHR, EHR_VENDOR, Estate, FILES, FIREWALL, LABORATORY,
    MODALITY, MODALITY_VENDOR, NETWORK_VENDOR, OFFICE_PC, OFFICE_VENDOR, ORDER, OUTPATIENT_PC, PACS, PRINTER,
    REMOTE_BOX, STORAGE, SWITCH, WARD_PC,
};
use crate::chance::Chance;
use crate::directory::{self, Domain, FIRST_RID, User};
use crate::group_policy::{self, GroupPolicy};
use crate::ledger::{self, Headings};
use crate::network_scan::Seen;
use crate::outside::{self, CONNECTION, Connection, Vendor};
use crate::settings::{Settings, Value};
use crate::statement::{Claim, Statement};
use crate::{DemoError, DemoFile, Options, Planted, Site, SiteKind, event_log, intelligence, table};

const LEDGER: &str = "資産台帳.xlsx";
const CATERING_VENDOR: &str = "架空みどり給食サービス";
const STRANGER: &str = "mn-mochikomi-router";
const DOMAIN: Domain = Domain {
    dns: "minato-hosp.example",
    base_dn: "DC=minato-hosp,DC=example",
    sid: "S-1-5-21-1100220033-1440055066-1770088099",
};
/// Relative ids of the planted accounts.
const SERVICE_RID: u32 = 1110;
const LEAVER_RID: u32 = FIRST_RID + 113;

/// The site with its evidence.
///
/// # Errors
/// As [`crate::generate`].
pub(crate) fn build(options: &Options) -> Result<Site, DemoError> {
    let today = options.today;
    let estate = Estate {
        today,
        chance: Chance::new(options.seed, 1),
        host_prefix: "MN-",
        network: "10.10",
        owner: "情報システム室",
        has_directory: true,
    };
    let assets = assets(&estate, options.extra_assets);
    let stranger = Seen {
        ip: "10.10.250.7",
        mac: "02:FE:00:00:00:07",
        hostname: format!("{STRANGER}.{}", DOMAIN.dns),
        ports: &[],
    };
    let mut files = vec![
        ledger_file(&assets, today)?,
        scan_file(&estate, DOMAIN.dns, &assets, Some(stranger)),
        DemoFile::new(
            "secedit/DC01_secedit.inf",
            group_policy::secedit(&Settings::good().with_access("EnableAdminAccount", "1")),
        ),
        DemoFile::new("secedit/FS01_secedit.inf", group_policy::secedit(&file_server_settings())),
    ];
    let leavers =
        [("ns054", today.plus_days(-45)), ("ret001", today.plus_days(-120)), ("ret002", today.plus_days(-80))];
    let export = DirectoryExport {
        domain: &DOMAIN,
        users: &users(&estate),
        approved: &["Administrator", "adm-kanri01", "adm-kanri02", "svc-backup"],
        approver: "情報システム室長",
        leavers: &leavers,
    };
    files.extend(directory_files(&estate, &assets, &export)?);
    files.extend(group_policy::backup(&group_policy(), &DOMAIN, today.plus_days(-6)));
    files.extend(paper_files(today, PAPERS, "医療機関確認用チェックリスト（令和7年度）", "事務長", CLAIMS_MADE));
    files.extend(intelligence::files(today)?);
    files.extend(event_log::files("MN-SV-0001", "MN-PC-0042", DOMAIN.dns, today)?);
    Ok(Site {
        id: "minato",
        name: "みなと総合病院",
        kind: SiteKind::Hospital,
        beds: 850,
        has_directory: true,
        files,
        planted: planted(),
    })
}

const KINDS: [(Blueprint, u32); 18] = [
    (EHR, 2),
    (ORDER, 2),
    (CLAIMS, 2),
    (PACS, 2),
    (LABORATORY, 2),
    (BACKUP, 1),
    (BASTION, 3),
    (DIRECTORY, 2),
    (FILES, 2),
    (STORAGE, 4),
    (SWITCH, 36),
    (FIREWALL, 3),
    (OUTPATIENT_PC, 60),
    (OFFICE_PC, 45),
    (MODALITY, 40),
    (REMOTE_BOX, 6),
    (BUILDING, 12),
    (PRINTER, 46),
];

const WARD_TERMINALS: u32 = 150;

fn assets(estate: &Estate, extra: u32) -> Vec<Asset> {
    let today = estate.today;
    let terminals = (WARD_PC, WARD_TERMINALS.saturating_add(extra));
    let kinds: Vec<(Blueprint, u32)> = KINDS.into_iter().chain([terminals]).collect();
    let mut assets = estate.assets(&kinds);
    connect(&mut assets, "FW-0001", "インターネット");
    connect(&mut assets, "FW-0002", "VPN");
    connect(&mut assets, "FW-0003", "VPN");
    for id in ["RM-0001", "RM-0002", "RM-0003", "RM-0004", "RM-0005", "RM-0006"] {
        connect(&mut assets, id, "保守回線");
    }
    adjust(&mut assets, "FW-0002", |firewall| {
        "FortiGate 60E".clone_into(&mut firewall.name);
        firewall.model = "FortiGate 60E";
        firewall.platform.firmware_version = "6.0.4";
        firewall.end_of_support = "2022-09-29".parse().unwrap_or(today.plus_days(-1500));
    });
    adjust(&mut assets, "SV-0001", |server| {
        server.antivirus = Some(Antivirus { enabled: false, definition_on: today.plus_days(-1) });
    });
    adjust(&mut assets, "PC-0042", |terminal| {
        terminal.antivirus = Some(Antivirus { enabled: true, definition_on: today.plus_days(-184) });
    });
    adjust(&mut assets, "MD-0007", |modality| {
        modality.end_of_support = today.plus_days(-200);
        modality.accepted_by = "院長（医療機器安全管理委員会で承認、隔離した区画で使用）";
    });
    assets
}

fn ledger_file(assets: &[Asset], today: Date) -> Result<DemoFile, DemoError> {
    let made_on = today.plus_days(-8);
    let year = match made_on.fiscal_year() - 2018 {
        1 => "元".to_owned(),
        year => year.to_string(),
    };
    let above = vec![
        vec![format!("令和{year}年度 情報資産台帳")],
        vec!["作成日".to_owned(), made_on.wareki()],
        vec!["作成者".to_owned(), "情報システム室".to_owned()],
    ];
    let tables = [
        ledger::table(assets, Headings::Dictionary, above),
        outside::connections(&CONNECTIONS, today),
        outside::vendors(&VENDORS, today),
    ];
    Ok(DemoFile::new(LEDGER, table::workbook(LEDGER, &tables, made_on)?))
}

const CATERING: Connection = Connection {
    name: "給食システム接続",
    vendor: CATERING_VENDOR,
    purpose: "食数の受け渡し",
    standing: true,
    dedicated_bastion: false,
    device: "FW-0003",
    contract: "給食業務の委託契約",
    ..CONNECTION
};

const CONNECTIONS: [Connection; 6] = [
    Connection { name: "電子カルテ保守VPN", vendor: EHR_VENDOR, device: "FW-0003", ..CONNECTION },
    Connection { name: "ネットワーク保守VPN", vendor: NETWORK_VENDOR, device: "FW-0002", ..CONNECTION },
    Connection {
        name: "画像機器保守回線", kind: "保守回線", vendor: MODALITY_VENDOR, device: "RM-0001", ..CONNECTION
    },
    Connection {
        name: "検査機器保守回線", kind: "保守回線", vendor: MODALITY_VENDOR, device: "RM-0004", ..CONNECTION
    },
    Connection {
        name: "外来インターネット",
        kind: "インターネット",
        purpose: "職員の調べもの",
        device: "FW-0001",
        ..CONNECTION
    },
    CATERING,
];

const VENDORS: [Vendor; 5] = [
    Vendor::sound(EHR_VENDOR, true),
    Vendor::sound(NETWORK_VENDOR, true),
    Vendor { reuses_passwords: true, ..Vendor::sound(MODALITY_VENDOR, true) },
    Vendor::sound(OFFICE_VENDOR, false),
    Vendor::sound(CATERING_VENDOR, false),
];

fn users(estate: &Estate) -> Vec<User> {
    let today = estate.today;
    let mut users = directory::builtin(today, today.plus_days(-1)).to_vec();
    users.push(directory::administrator(today, "adm-kanri01", 1101));
    users.push(directory::administrator(today, "adm-kanri02", 1102));
    users.push(User {
        service: "MSSQLSvc/mn-sv-0011.minato-hosp.example:1433",
        description: "バックアップ用サービス",
        ..directory::administrator(today, "svc-backup", SERVICE_RID)
    });
    users.push(User {
        service: "HTTP/mn-sv-0012.minato-hosp.example",
        description: "監視用サービス",
        privileged: false,
        groups: Vec::new(),
        ..directory::administrator(today, "svc-kanshi", 1111)
    });
    users.extend(directory::staff(estate, "dr", "医局", FIRST_RID, 60));
    users.extend(directory::staff(estate, "ns", "看護部", FIRST_RID + 60, 160));
    users.extend(directory::staff(estate, "mt", "医療技術部", FIRST_RID + 220, 40));
    users.extend(directory::staff(estate, "jm", "事務部", FIRST_RID + 260, 60));
    let left = directory::staff(estate, "ret", "退職", FIRST_RID + 320, 2);
    users.extend(left.map(|user| User { enabled: false, logon_on: Some(today.plus_days(-130)), ..user }));
    users
}

fn file_server_settings() -> Settings {
    Settings::good()
        .with_registry("fDenyTSConnections", Value::Number(0))
        .with_registry("UserAuthentication", Value::Number(0))
}

fn group_policy() -> GroupPolicy {
    GroupPolicy {
        guid: "{5D0C2A11-7B34-4E0F-9C51-0A1B2C3D4E5F}",
        name: "院内端末 標準設定",
        settings: Settings::good(),
    }
}

const PAPERS: &[Statement] = &[
    documents::APPOINTMENT,
    documents::CONTACT_TREE,
    documents::BCP,
    documents::RULES,
    documents::POLICY,
    documents::STOCKTAKING,
    documents::VENDOR_REPLY,
    documents::DEVICE_PASSWORDS,
    documents::RESTORE_DRILL_EXPIRED,
    documents::TWO_FACTOR_PLAN,
    documents::MINUTES,
];

const CLAIMS_MADE: &[Claim] = &[
    Claim { item: "R7-1-1", answer: "yes", by: "事務長" },
    Claim { item: "R7-2-1", answer: "yes", by: "情報システム室長" },
    Claim { item: "R7-2-5", answer: "yes", by: "事務長" },
    Claim { item: "R7-2-6", answer: "yes", by: "情報システム室長" },
    Claim { item: "R7-2-11", answer: "no", by: "情報システム室長" },
    Claim { item: "R7-3-1", answer: "yes", by: "事務長" },
];

fn planted() -> Vec<Planted> {
    [planted_on_devices(), planted_elsewhere()].concat()
}

fn planted_on_devices() -> Vec<Planted> {
    let asset = |id: &str| format!("asset:{id}");
    vec![
        Planted {
            id: "handa-fortios-6.0.4",
            check: "VUL-01",
            subject: asset("FW-0002"),
            ja: "VPN装置（FortiGate 60E）が、悪用の知られた弱点のあるFortiOS 6.0.4のまま外部につながっています。",
            en: "The VPN device (FortiGate 60E) faces the outside with FortiOS 6.0.4, which has a known exploited weakness.",
        },
        Planted {
            id: "minato-fortios-end-of-support",
            check: "EOL-01",
            subject: asset("FW-0002"),
            ja: "VPN装置のファームウェアはサポートが終わっていて、使い続けることをだれも認めていません。",
            en: "The firmware of the VPN device is past its support, and nobody accepted its further use.",
        },
        Planted {
            id: "minato-fortios-release-ended",
            check: "OSP-01",
            subject: asset("FW-0002"),
            ja: "FortiOS 6.0は、製品一覧の日付でもサポートが終わっています。",
            en: "FortiOS 6.0 is past its support by the date of the product list, too.",
        },
        Planted {
            id: "osaka-catering-line",
            check: "EXT-02",
            subject: CATERING.subject(),
            ja: "給食業者の接続が常時つながっていて、専用の踏み台を通っていません。",
            en: "The caterer's connection is permanent and does not go through a bastion of its own.",
        },
        Planted {
            id: "handa-ehr-antivirus-off",
            check: "AV-01",
            subject: asset("SV-0001"),
            ja: "電子カルテサーバーのウイルス対策が止められています。",
            en: "The antivirus of the health record server is switched off.",
        },
        Planted {
            id: "minato-ward-definitions-old",
            check: "AV-02",
            subject: asset("PC-0042"),
            ja: "病棟端末のウイルス対策の定義が半年前のままです。",
            en: "The antivirus definitions of a ward terminal are half a year old.",
        },
    ]
}

/// In the directory, on the network, at a vendor and in the settings of a server.
fn planted_elsewhere() -> Vec<Planted> {
    vec![
        Planted {
            id: "minato-administrator-in-use",
            check: "ADM-01",
            subject: DOMAIN.account(500),
            ja: "組み込みのAdministratorが日常の作業に使われています。",
            en: "The built-in Administrator is in daily use.",
        },
        Planted {
            id: "minato-leaver-enabled",
            check: "LVR-01",
            subject: DOMAIN.account(LEAVER_RID),
            ja: "退職した人のアカウントが有効のままです。",
            en: "The account of a person who left is still enabled.",
        },
        Planted {
            id: "minato-service-principal-admin",
            check: "ADO-03",
            subject: DOMAIN.account(SERVICE_RID),
            ja: "サービス用の名前（SPN）を持つアカウントに管理者権限があります。",
            en: "An account with a service principal name is privileged.",
        },
        Planted {
            id: "minato-unlisted-router",
            check: "INV-01",
            subject: format!("asset:hostname/{STRANGER}"),
            ja: "台帳にない機器が院内ネットワークにつながっています。",
            en: "A device that is not in the ledger is on the network.",
        },
        Planted {
            id: "minato-vendor-one-password",
            check: "VND-03",
            subject: format!("vendor:{}", MODALITY_VENDOR),
            ja: "保守事業者が、他の病院と同じパスワードを使っています。",
            en: "A maintenance vendor uses one password at several customers.",
        },
        Planted {
            id: "minato-rdp-without-nla",
            check: "RDP-02",
            subject: "policy:FS01".to_owned(),
            ja: "ファイルサーバーのリモートデスクトップで、ネットワークレベル認証が求められていません。",
            en: "Remote desktop of the file server does not require network level authentication.",
        },
    ]
}
