//! The asset ledger, in the headings of the site that keeps it.

use base::Date;

use crate::asset::Asset;
use crate::table::Table;

/// Which words stand in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Headings {
    /// The labels of the fact dictionary.
    Dictionary,
    /// Words another office would use for some of them.
    Local,
}

struct Column {
    label: &'static str,
    local: &'static str,
    cell: fn(&Asset) -> String,
}

const fn column(label: &'static str, cell: fn(&Asset) -> String) -> Column {
    Column { label, local: label, cell }
}

const fn renamed(label: &'static str, local: &'static str, cell: fn(&Asset) -> String) -> Column {
    Column { label, local, cell }
}

const COLUMNS: &[Column] = &[
    renamed("管理番号", "資産番号", |asset| asset.id.clone()),
    column("名称", |asset| asset.name.clone()),
    renamed("ホスト名", "端末名", |asset| asset.hostname.clone()),
    renamed("IPアドレス", "IP", |asset| asset.ip.clone()),
    column("MACアドレス", |asset| asset.mac.clone()),
    renamed("種別", "区分", |asset| asset.class.to_owned()),
    column("役割", |asset| asset.role.to_owned()),
    column("診療情報を扱う", |asset| yes_no(asset.clinical)),
    renamed("設置場所", "設置部署", |asset| asset.location.clone()),
    column("部署", |asset| asset.department.to_owned()),
    renamed("院内の管理者", "管理責任者", |asset| asset.owner.to_owned()),
    renamed("保守ベンダー", "保守業者", |asset| asset.vendor.to_owned()),
    column("製造元", |asset| asset.maker.to_owned()),
    column("型番", |asset| asset.model.to_owned()),
    column("OS", |asset| asset.platform.os.to_owned()),
    renamed("OSのバージョン", "OSバージョン", |asset| asset.platform.os_version.to_owned()),
    column("ファームウェア", |asset| asset.platform.firmware.to_owned()),
    column("ファームウェアのバージョン", |asset| asset.platform.firmware_version.to_owned()),
    renamed("サポート終了日", "EOS", |asset| asset.end_of_support.to_string()),
    column("サポート終了後の使用を認めた人", |asset| asset.accepted_by.to_owned()),
    column("ウイルス対策ソフト", |asset| {
        asset.antivirus.map_or_else(String::new, |_| "Microsoft Defender".to_owned())
    }),
    renamed("ウイルス対策が有効", "ウイルス対策", |asset| {
        asset.antivirus.map_or_else(String::new, |antivirus| yes_no(antivirus.enabled))
    }),
    column("定義ファイルの日付", |asset| maybe_date(asset.antivirus.map(|antivirus| antivirus.definition_on))),
    renamed("最終棚卸日", "棚卸日", |asset| asset.verified_on.to_string()),
    column("外部接続", |asset| asset.outside.to_owned()),
    column("リモート保守がある", |asset| yes_no(asset.remote_maintenance)),
    column("止まったときの影響", |asset| asset.effect.to_owned()),
    column("止まったときの代わりの手順", |asset| asset.substitute.to_owned()),
    column("MDS/SDSの受領日", |asset| maybe_date(asset.mds_on)),
    column("管理者パスワードの保管者", |asset| asset.custody.to_owned()),
    column("設定の控えが院内にある", |_| yes_no(true)),
    column("ローカル管理者パスワードの方式", |asset| asset.local_admin.to_owned()),
    column("二要素認証がある", |asset| asset.mfa.map_or_else(String::new, yes_no)),
    column("自動ログオンしている", |asset| asset.auto_logon.map_or_else(String::new, yes_no)),
    column("非常用電源・UPSにつながっている", |_| yes_no(true)),
];

/// はい or いいえ.
pub(crate) fn yes_no(value: bool) -> String {
    if value { "はい" } else { "いいえ" }.to_owned()
}

fn maybe_date(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// The ledger as a table. `above` are the lines over the header.
pub(crate) fn table(assets: &[Asset], headings: Headings, above: Vec<Vec<String>>) -> Table {
    Table {
        sheet: "資産台帳",
        above,
        header: COLUMNS.iter().map(|column| heading(column, headings)).collect(),
        rows: assets.iter().map(|asset| COLUMNS.iter().map(|column| (column.cell)(asset)).collect()).collect(),
    }
}

const fn heading(column: &Column, headings: Headings) -> &'static str {
    match headings {
        Headings::Dictionary => column.label,
        Headings::Local => column.local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_heading_is_a_label_of_the_fact_dictionary() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/facts/asset.toml");
        let dictionary = std::fs::read_to_string(path).unwrap();
        for column in COLUMNS {
            assert!(dictionary.contains(&format!("ja = \"{}\"", column.label)), "{}", column.label);
        }
    }
}
