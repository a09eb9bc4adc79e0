//! The kinds of assets a site has, and how a healthy one of each kind is described.

use std::collections::BTreeMap;

use base::Date;

use crate::asset::{Antivirus, Asset, Platform, Port};
use crate::chance::Chance;

/// A kind of asset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blueprint {
    /// Start of the asset number and of the host name.
    pub(crate) prefix: &'static str,
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    pub(crate) role: &'static str,
    pub(crate) clinical: bool,
    pub(crate) place: &'static str,
    pub(crate) department: &'static str,
    pub(crate) vendor: &'static str,
    pub(crate) maker: &'static str,
    pub(crate) model: &'static str,
    pub(crate) platform: Platform,
    pub(crate) effect: &'static str,
    pub(crate) substitute: &'static str,
    pub(crate) ports: &'static [Port],
}

/// What the assets of one site have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Estate {
    pub(crate) today: Date,
    pub(crate) chance: Chance,
    /// Start of every host name, with a hyphen.
    pub(crate) host_prefix: &'static str,
    /// First two numbers of every address.
    pub(crate) network: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) has_directory: bool,
}

impl Estate {
    /// The healthy asset with running number `serial` (unique in the site) and number `number` within its kind.
    pub(crate) fn asset(&self, blueprint: &Blueprint, serial: u32, number: u32) -> Asset {
        let windows = blueprint.platform.os.starts_with("Windows");
        let computer = matches!(blueprint.class, "サーバー" | "端末");
        let chance = u64::from(serial);
        let [_, _, third, fourth] = serial.saturating_add(256).to_be_bytes();
        Asset {
            id: format!("{}-{number:04}", blueprint.prefix),
            name: format!("{}{number}号", blueprint.name),
            hostname: format!("{}{}-{number:04}", self.host_prefix, blueprint.prefix),
            ip: format!("{}.{third}.{fourth}", self.network),
            mac: self.chance.mac(serial),
            class: blueprint.class,
            role: blueprint.role,
            clinical: blueprint.clinical,
            location: format!("{}{}", blueprint.place, number % 9 + 1),
            department: blueprint.department,
            owner: self.owner,
            vendor: blueprint.vendor,
            maker: blueprint.maker,
            model: blueprint.model,
            platform: blueprint.platform,
            end_of_support: self.supported_until(blueprint.platform.supported_until),
            accepted_by: "",
            antivirus: windows.then(|| Antivirus {
                enabled: true,
                definition_on: self.today.plus_days(-self.chance.days(chance, 1, 2)),
            }),
            verified_on: self.today.plus_days(-self.chance.days(chance, 10, 80)),
            outside: "なし",
            remote_maintenance: false,
            effect: blueprint.effect,
            substitute: blueprint.substitute,
            mds_on: blueprint.clinical.then(|| self.today.plus_days(-self.chance.days(chance, 60, 300))),
            custody: "病院",
            local_admin: match (computer && windows, self.has_directory) {
                (true, true) => "LAPS",
                (true, false) => "個別",
                (false, _) => "",
            },
            mfa: None,
            auto_logon: (computer && windows).then_some(false),
            in_directory: self.has_directory && computer && windows,
            ports: blueprint.ports,
        }
    }

    /// Healthy assets of every kind, numbered from 1 within each prefix.
    pub(crate) fn assets(&self, kinds: &[(Blueprint, u32)]) -> Vec<Asset> {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        let every = kinds.iter().flat_map(|(blueprint, count)| (0..*count).map(move |_| blueprint));
        (1_u32..)
            .zip(every)
            .map(|(serial, blueprint)| {
                let number = numbers.entry(blueprint.prefix).or_default();
                *number += 1;
                self.asset(blueprint, serial, *number)
            })
            .collect()
    }

    /// The published day, or three years from today where the maker names none or that day is over.
    fn supported_until(&self, published: &str) -> Date {
        let later = self.today.plus_days(3 * 365);
        published.parse().ok().filter(|day| *day > self.today).unwrap_or(later)
    }
}

const HTTPS: Port = Port {
    number: 443,
    service: "https",
    product: "Microsoft IIS httpd",
    version: "10.0",
    cpe: "cpe:/a:microsoft:internet_information_services:10.0",
};
const SSH: Port =
    Port { number: 22, service: "ssh", product: "OpenSSH", version: "9.6", cpe: "cpe:/a:openbsd:openssh:9.6" };
const DICOM: Port = Port { number: 104, service: "acr-nema", product: "", version: "", cpe: "" };
const PRINT: Port = Port { number: 9100, service: "jetdirect", product: "", version: "", cpe: "" };
const LDAPS: Port = Port { number: 636, service: "ldapssl", product: "", version: "", cpe: "" };
const WEB: Port = Port { number: 443, service: "https", product: "", version: "", cpe: "" };

const NO_PLATFORM: Platform =
    Platform { os: "", os_version: "", firmware: "", firmware_version: "", supported_until: "" };
const SERVER_2022: Platform =
    Platform { os: "Windows Server 2022", os_version: "10.0.20348.4405", supported_until: "2031-10-14", ..NO_PLATFORM };
const WINDOWS_11: Platform = Platform {
    os: "Windows 11 Enterprise 25H2",
    os_version: "10.0.26200.7171",
    supported_until: "2028-10-10",
    ..NO_PLATFORM
};
const SWITCH_OS: Platform = Platform { firmware: "かくうSwitchOS", firmware_version: "4.2.1", ..NO_PLATFORM };
/// FortiOS as a looked-after device has it.
pub(crate) const FORTIOS_7_4: Platform =
    Platform { firmware: "FortiOS", firmware_version: "7.4.9", supported_until: "2028-11-11", ..NO_PLATFORM };
const MODALITY_OS: Platform =
    Platform { firmware: "かくうモダリティ制御", firmware_version: "5.1.0", ..NO_PLATFORM };

/// Firm that looks after the electronic health record.
pub(crate) const EHR_VENDOR: &str = "架空あおば医療情報";
/// Firm that looks after the network.
pub(crate) const NETWORK_VENDOR: &str = "架空しおかぜネットワーク";
/// Firm that looks after modalities.
pub(crate) const MODALITY_VENDOR: &str = "架空ひかり画像機器";
/// Firm that looks after printers and office machines.
pub(crate) const OFFICE_VENDOR: &str = "架空まつば事務機";

const SERVER: Blueprint = Blueprint {
    prefix: "SV",
    name: "サーバー",
    class: "サーバー",
    role: "その他",
    clinical: false,
    place: "サーバー室ラック",
    department: "情報システム室",
    vendor: EHR_VENDOR,
    maker: "架空計算機",
    model: "KS-2200",
    platform: SERVER_2022,
    effect: "診療",
    substitute: "紙の伝票で続ける",
    ports: &[HTTPS],
};
/// Electronic health record server.
pub(crate) const EHR: Blueprint =
    Blueprint { name: "電子カルテサーバー", role: "電子カルテ", clinical: true, ..SERVER };
/// Order entry server.
pub(crate) const ORDER: Blueprint =
    Blueprint { name: "オーダリングサーバー", role: "オーダリング", clinical: true, ..SERVER };
/// Claims server.
pub(crate) const CLAIMS: Blueprint =
    Blueprint { name: "医事会計サーバー", role: "医事会計", clinical: true, effect: "事務", ..SERVER };
/// Image archive.
pub(crate) const PACS: Blueprint = Blueprint {
    name: "画像サーバー",
    role: "PACS",
    clinical: true,
    vendor: MODALITY_VENDOR,
    ports: &[DICOM, HTTPS],
    ..SERVER
};
/// Laboratory server.
pub(crate) const LABORATORY: Blueprint =
    Blueprint { name: "検体検査サーバー", role: "検体検査", clinical: true, ..SERVER };
/// Domain controller.
pub(crate) const DIRECTORY: Blueprint = Blueprint {
    prefix: "DC",
    name: "ドメインコントローラー",
    role: "ドメインコントローラー",
    vendor: NETWORK_VENDOR,
    ports: &[LDAPS],
    ..SERVER
};
/// File server.
pub(crate) const FILES: Blueprint = Blueprint {
    prefix: "FS",
    name: "ファイルサーバー",
    role: "事務",
    effect: "事務",
    vendor: NETWORK_VENDOR,
    ports: &[Port { number: 445, service: "microsoft-ds", product: "", version: "", cpe: "" }],
    ..SERVER
};
/// Backup server.
pub(crate) const BACKUP: Blueprint =
    Blueprint {
        name: "バックアップサーバー", role: "バックアップ", clinical: true, vendor: NETWORK_VENDOR, ..SERVER
    };
/// Bastion host for maintenance.
pub(crate) const BASTION: Blueprint = Blueprint {
    name: "踏み台サーバー",
    role: "踏み台",
    effect: "事務",
    substitute: "来院しての保守に切り替える",
    vendor: NETWORK_VENDOR,
    ..SERVER
};

/// Terminal on a ward.
pub(crate) const WARD_PC: Blueprint = Blueprint {
    prefix: "PC",
    name: "病棟端末",
    class: "端末",
    role: "電子カルテ",
    clinical: true,
    place: "病棟ナースステーション",
    department: "看護部",
    model: "KP-110",
    platform: WINDOWS_11,
    ports: &[],
    ..SERVER
};
/// Terminal in the outpatient department.
pub(crate) const OUTPATIENT_PC: Blueprint =
    Blueprint { prefix: "GP", name: "外来端末", place: "外来診察室", department: "外来", ..WARD_PC };
/// Office terminal.
pub(crate) const OFFICE_PC: Blueprint = Blueprint {
    prefix: "OP",
    name: "事務端末",
    role: "一般事務",
    clinical: false,
    place: "事務室",
    department: "事務部",
    vendor: OFFICE_VENDOR,
    effect: "事務",
    ..WARD_PC
};

/// Network switch.
pub(crate) const SWITCH: Blueprint = Blueprint {
    prefix: "NW",
    name: "フロアスイッチ",
    class: "スイッチ",
    place: "配線盤",
    vendor: NETWORK_VENDOR,
    maker: "架空通信機",
    model: "KN-48",
    platform: SWITCH_OS,
    substitute: "予備機に交換する",
    ports: &[SSH],
    ..SERVER
};
/// Firewall with VPN.
pub(crate) const FIREWALL: Blueprint = Blueprint {
    prefix: "FW",
    name: "ファイアウォール",
    class: "ファイアウォール",
    maker: "Fortinet",
    model: "FortiGate 100F",
    platform: FORTIOS_7_4,
    ports: &[WEB],
    ..SWITCH
};
/// Network storage.
pub(crate) const STORAGE: Blueprint = Blueprint {
    prefix: "ST",
    name: "バックアップ用ストレージ",
    class: "NAS",
    role: "バックアップ",
    clinical: true,
    platform: Platform { firmware: "かくうNAS OS", firmware_version: "3.4.0", ..NO_PLATFORM },
    vendor: NETWORK_VENDOR,
    ports: &[WEB],
    ..SERVER
};
/// Imaging modality.
pub(crate) const MODALITY: Blueprint = Blueprint {
    prefix: "MD",
    name: "撮影装置",
    class: "モダリティ",
    role: "放射線",
    clinical: true,
    place: "撮影室",
    department: "放射線科",
    vendor: MODALITY_VENDOR,
    maker: "架空画像機器",
    model: "KX-64",
    platform: MODALITY_OS,
    substitute: "近隣の病院に撮影を依頼する",
    ports: &[DICOM],
    ..SERVER
};
/// Remote maintenance box.
pub(crate) const REMOTE_BOX: Blueprint = Blueprint {
    prefix: "RM",
    name: "遠隔保守装置",
    class: "リモート保守装置",
    maker: "架空通信機",
    model: "KR-5",
    platform: Platform { firmware: "かくうRemoteOS", firmware_version: "2.8.3", ..NO_PLATFORM },
    vendor: MODALITY_VENDOR,
    effect: "事務",
    substitute: "来院しての保守に切り替える",
    ports: &[WEB],
    ..SERVER
};
/// Camera or air conditioning.
pub(crate) const BUILDING: Blueprint = Blueprint {
    prefix: "BL",
    name: "監視カメラ録画装置",
    class: "監視カメラ",
    place: "防災センター",
    department: "施設課",
    vendor: OFFICE_VENDOR,
    platform: Platform { firmware: "かくうRecorder", firmware_version: "1.9.2", ..NO_PLATFORM },
    effect: "事務",
    substitute: "巡回で補う",
    ports: &[WEB],
    ..SERVER
};
/// Printer.
pub(crate) const PRINTER: Blueprint = Blueprint {
    prefix: "PR",
    name: "複合機",
    class: "複合機",
    place: "各階事務コーナー",
    department: "事務部",
    vendor: OFFICE_VENDOR,
    maker: "架空事務機",
    model: "KM-300",
    platform: Platform { firmware: "かくうPrint", firmware_version: "6.0.2", ..NO_PLATFORM },
    effect: "事務",
    substitute: "別の階の複合機を使う",
    ports: &[PRINT],
    ..SERVER
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_of_a_kind_is_one_ledgers_are_understood_by() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/facts/wording.toml");
        let wording = std::fs::read_to_string(path).unwrap();
        let kinds = [
            EHR,
            ORDER,
            CLAIMS,
            PACS,
            LABORATORY,
            DIRECTORY,
            FILES,
            BACKUP,
            BASTION,
            WARD_PC,
            OUTPATIENT_PC,
            OFFICE_PC,
            SWITCH,
            FIREWALL,
            STORAGE,
            MODALITY,
            REMOTE_BOX,
            BUILDING,
            PRINTER,
        ];
        for kind in kinds {
            for word in [kind.class, kind.role, kind.effect] {
                assert!(wording.contains(&format!("\"{}\"", word.to_lowercase())), "{word}");
            }
        }
    }

    #[test]
    fn the_largest_load_gives_every_asset_its_own_address() {
        let estate = Estate {
            today: "2026-11-20".parse().unwrap(),
            chance: Chance::new(7, 1),
            host_prefix: "MN-",
            network: "10.10",
            owner: "",
            has_directory: true,
        };
        let count = crate::MAX_EXTRA_ASSETS + 1000;
        let assets = estate.assets(&[(WARD_PC, count)]);
        let fields: [fn(&Asset) -> &String; 3] = [|asset| &asset.ip, |asset| &asset.mac, |asset| &asset.hostname];
        for field in fields {
            let different: BTreeSet<&String> = assets.iter().map(field).collect();
            assert_eq!(u32::try_from(different.len()).unwrap(), count);
        }
        assert!(assets.iter().all(|asset| asset.ip.parse::<std::net::Ipv4Addr>().is_ok()));
    }
}
