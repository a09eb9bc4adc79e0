//! External connections and the firms behind them.

use base::Date;

use crate::ledger::yes_no;
use crate::table::Table;

/// A connection from outside. Texts are in the words the ledger uses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Connection {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) vendor: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) standing: bool,
    pub(crate) dedicated_bastion: bool,
    pub(crate) source_restricted: bool,
    pub(crate) mfa: bool,
    /// Asset number of the device.
    pub(crate) device: &'static str,
    pub(crate) contract: &'static str,
    /// Days since the last review.
    pub(crate) reviewed_days_ago: i64,
}

/// A well-kept connection, to vary.
pub(crate) const CONNECTION: Connection = Connection {
    name: "",
    kind: "VPN",
    vendor: "",
    purpose: "遠隔保守",
    standing: false,
    dedicated_bastion: true,
    source_restricted: true,
    mfa: true,
    device: "",
    contract: "保守契約に記載",
    reviewed_days_ago: 40,
};

impl Connection {
    /// The subject the list gives rise to.
    pub(crate) fn subject(&self) -> String {
        format!("connection:{}", self.name)
    }
}

/// A firm and its answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vendor {
    pub(crate) name: &'static str,
    pub(crate) remote_maintenance: bool,
    pub(crate) incident_support: &'static str,
    pub(crate) reuses_passwords: bool,
    /// Days since it replied and returned its checklist.
    pub(crate) replied_days_ago: i64,
}

impl Vendor {
    /// A firm with good answers.
    pub(crate) const fn sound(name: &'static str, remote_maintenance: bool) -> Self {
        Self {
            name, remote_maintenance, incident_support: "契約に含む", reuses_passwords: false, replied_days_ago: 50
        }
    }
}

/// The list of connections.
pub(crate) fn connections(connections: &[Connection], today: Date) -> Table {
    let row = |connection: &Connection| {
        vec![
            connection.name.to_owned(),
            connection.kind.to_owned(),
            connection.vendor.to_owned(),
            connection.purpose.to_owned(),
            yes_no(connection.standing),
            yes_no(connection.dedicated_bastion),
            yes_no(connection.source_restricted),
            yes_no(connection.mfa),
            connection.device.to_owned(),
            connection.contract.to_owned(),
            today.plus_days(-connection.reviewed_days_ago).to_string(),
        ]
    };
    Table {
        sheet: "外部接続",
        above: Vec::new(),
        header: CONNECTION_HEADER.to_vec(),
        rows: connections.iter().map(row).collect(),
    }
}

const CONNECTION_HEADER: [&str; 11] = [
    "接続の名称",
    "接続の種別",
    "接続元の事業者",
    "目的",
    "常時つながっている",
    "専用の踏み台を通る",
    "接続元を制限している",
    "二要素認証",
    "接続機器の管理番号",
    "契約",
    "最終見直し日",
];

/// The list of firms.
pub(crate) fn vendors(vendors: &[Vendor], today: Date) -> Table {
    let row = |vendor: &Vendor| {
        let replied_on = today.plus_days(-vendor.replied_days_ago).to_string();
        vec![
            vendor.name.to_owned(),
            yes_no(vendor.remote_maintenance),
            replied_on.clone(),
            vendor.incident_support.to_owned(),
            yes_no(vendor.reuses_passwords),
            replied_on,
        ]
    };
    Table {
        sheet: "事業者",
        above: Vec::new(),
        header: VENDOR_HEADER.to_vec(),
        rows: vendors.iter().map(row).collect(),
    }
}

const VENDOR_HEADER: [&str; 6] = [
    "事業者名",
    "リモート保守の有無（回答）",
    "回答日",
    "障害・攻撃時の支援",
    "他の病院と同じパスワードを使っている",
    "事業者確認用チェックリストの回収日",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_heading_is_a_label_of_the_fact_dictionary() {
        for (file, header) in [("connection", CONNECTION_HEADER.as_slice()), ("vendor", VENDOR_HEADER.as_slice())] {
            let path = format!("{}/../../packs/facts/{file}.toml", env!("CARGO_MANIFEST_DIR"));
            let dictionary = std::fs::read_to_string(path).unwrap();
            for label in header {
                assert!(dictionary.contains(&format!("ja = \"{label}\"")), "{label}");
            }
        }
    }
}
