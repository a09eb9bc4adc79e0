//! ひばりクリニック: a clinic with a workgroup and about a dozen assets.

use super::{adjust, connect, documents, paper_files, scan_file, utf8_file};
use crate::asset::{Antivirus, Asset};
use crate::blueprint::{
    Blueprint, EHR, EHR_VENDOR, Estate, FIREWALL, MODALITY, MODALITY_VENDOR, OFFICE_PC, OFFICE_VENDOR, OUTPATIENT_PC,
    PRINTER, STORAGE, SWITCH,
};
use crate::chance::Chance;
use crate::ledger::{self, Headings};
use crate::network_scan::Seen;
use crate::outside::{self, CONNECTION, Connection, Vendor};
use crate::settings::{Settings, Value};
use crate::statement::{Claim, Statement};
use crate::{DemoError, DemoFile, Options, Planted, Site, SiteKind, group_policy, intelligence};

const DOMAIN: &str = "hibari.example";
const STRANGER_IP: &str = "192.168.9.77";

/// The site with its evidence.
///
/// # Errors
/// As [`crate::generate`].
pub(crate) fn build(options: &Options) -> Result<Site, DemoError> {
    let today = options.today;
    let estate = Estate {
        today,
        chance: Chance::new(options.seed, 3),
        host_prefix: "HB-",
        network: "192.168",
        owner: "事務長",
        has_directory: false,
    };
    let assets = assets(&estate);
    let stranger = Seen { ip: STRANGER_IP, mac: "02:FE:00:00:00:77", hostname: String::new(), ports: &[] };
    let mut files = vec![
        utf8_file("台帳.csv", &ledger::table(&assets, Headings::Dictionary, Vec::new())),
        utf8_file("外部接続.csv", &outside::connections(&CONNECTIONS, today)),
        utf8_file("事業者.csv", &outside::vendors(&VENDORS, today)),
        scan_file(&estate, DOMAIN, &assets, Some(stranger)),
        DemoFile::new("secedit/受付PC_secedit.inf", group_policy::secedit(&reception_settings())),
    ];
    files.extend(paper_files(today, PAPERS, "医療機関確認用チェックリスト（令和7年度）", "事務長", CLAIMS_MADE));
    files.extend(intelligence::files(today)?);
    Ok(Site {
        id: "hibari",
        name: "ひばりクリニック",
        kind: SiteKind::Clinic,
        beds: 0,
        has_directory: false,
        files,
        planted: planted(),
    })
}

const KINDS: [(Blueprint, u32); 8] = [
    (EHR, 1),
    (STORAGE, 1),
    (SWITCH, 1),
    (FIREWALL, 1),
    (OUTPATIENT_PC, 4),
    (OFFICE_PC, 1),
    (MODALITY, 2),
    (PRINTER, 1),
];

fn assets(estate: &Estate) -> Vec<Asset> {
    let mut assets = estate.assets(&KINDS);
    connect(&mut assets, "FW-0001", "VPN");
    adjust(&mut assets, "GP-0001", |terminal| {
        "受付PC".clone_into(&mut terminal.name);
        terminal.auto_logon = Some(true);
    });
    adjust(&mut assets, "GP-0003", |terminal| {
        terminal.antivirus = Some(Antivirus { enabled: true, definition_on: estate.today.plus_days(-190) });
    });
    assets
}

const CONNECTIONS: [Connection; 1] =
    [Connection { name: "電子カルテ保守VPN", vendor: EHR_VENDOR, device: "FW-0001", ..CONNECTION }];

const VENDORS: [Vendor; 3] = [
    Vendor { reuses_passwords: true, ..Vendor::sound(EHR_VENDOR, true) },
    Vendor::sound(MODALITY_VENDOR, false),
    Vendor::sound(OFFICE_VENDOR, false),
];

/// Without a domain, the password of the local administrator is kept in the cloud directory (1), not in the domain (2).
fn reception_settings() -> Settings {
    Settings::good().with_registry("BackupDirectory", Value::Number(1))
}

const PAPERS: &[Statement] = &[
    documents::APPOINTMENT,
    documents::CONTACT_TREE,
    Statement { issued_days_ago: 500, ..documents::BCP },
    documents::POLICY,
    documents::VENDOR_REPLY,
];

const CLAIMS_MADE: &[Claim] = &[
    Claim { item: "R7-1-1", answer: "yes", by: "事務長" },
    Claim { item: "R7-2-1", answer: "yes", by: "事務長" },
    Claim { item: "R7-2-6", answer: "yes", by: "事務長" },
];

fn planted() -> Vec<Planted> {
    vec![
        Planted {
            id: "hibari-automatic-logon",
            check: "LGN-01",
            subject: "asset:GP-0001".to_owned(),
            ja: "受付のパソコンが、電源を入れるだけで自動的にログオンします。",
            en: "The reception computer logs on by itself when it is switched on.",
        },
        Planted {
            id: "hibari-definitions-old",
            check: "AV-02",
            subject: "asset:GP-0003".to_owned(),
            ja: "診察室の端末のウイルス対策の定義が半年以上前のままです。",
            en: "The antivirus definitions of a terminal are more than half a year old.",
        },
        Planted {
            id: "hibari-unlisted-device",
            check: "INV-01",
            subject: format!("asset:ip/{STRANGER_IP}"),
            ja: "台帳にない機器が院内ネットワークにつながっています。",
            en: "A device that is not in the ledger is on the network.",
        },
        Planted {
            id: "hibari-vendor-one-password",
            check: "VND-03",
            subject: format!("vendor:{EHR_VENDOR}"),
            ja: "電子カルテの保守事業者が、他の医療機関と同じパスワードを使っています。",
            en: "The health record vendor uses one password at several customers.",
        },
    ]
}
