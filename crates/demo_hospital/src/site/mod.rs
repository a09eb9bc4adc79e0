//! The three sites, one file each, and what they have in common.

pub(crate) mod documents;
pub(crate) mod hibari;
pub(crate) mod minato;
pub(crate) mod sakuragawa;

use base::Date;

use crate::asset::Asset;
use crate::blueprint::Estate;
use crate::directory::{self, Domain, User};
use crate::network_scan::{self, Seen};
use crate::statement::{self, Claim, Statement};
use crate::table::Table;
use crate::{DemoError, DemoFile, wire};

/// Changes the asset with this number. A number nobody has changes nothing; the tests of the sites would notice.
fn adjust(assets: &mut [Asset], id: &str, change: impl FnOnce(&mut Asset)) {
    if let Some(asset) = assets.iter_mut().find(|asset| asset.id == id) {
        change(asset);
    }
}

/// Marks the asset as the device of a maintained connection of this kind, with two-factor logon.
fn connect(assets: &mut [Asset], id: &str, outside: &'static str) {
    adjust(assets, id, |asset| {
        asset.outside = outside;
        asset.remote_maintenance = true;
        asset.mfa = Some(true);
    });
}

fn cp932_file(path: &str, table: &Table) -> Result<DemoFile, DemoError> {
    Ok(DemoFile::new(path, wire::cp932(path, &table.csv())?))
}

fn utf8_file(path: &str, table: &Table) -> DemoFile {
    DemoFile::new(path, wire::utf8_bom(&table.csv()))
}

/// The scan of every listed asset and of a machine nobody listed.
fn scan_file(estate: &Estate, domain: &str, assets: &[Asset], stranger: Option<Seen<'_>>) -> DemoFile {
    let mut seen: Vec<Seen<'_>> = assets.iter().map(|asset| Seen::asset(asset, domain)).collect();
    seen.extend(stranger);
    let network = format!("{}.0.0/16", estate.network);
    let text = network_scan::xml(&network, estate.today.plus_days(-4), seen.into_iter());
    DemoFile::new("nmap/院内スキャン.xml", text)
}

/// What a site's people department and directory administrator hand in.
struct DirectoryExport<'a> {
    domain: &'a Domain,
    users: &'a [User],
    approved: &'a [&'a str],
    approver: &'a str,
    leavers: &'a [(&'a str, Date)],
}

fn directory_files(
    estate: &Estate,
    assets: &[Asset],
    export: &DirectoryExport<'_>,
) -> Result<Vec<DemoFile>, DemoError> {
    let users = directory::users(export.domain, export.users).export_csv();
    let computers = directory::computers(estate, export.domain, assets).export_csv();
    let approved = directory::approved(export.approved, export.approver, estate.today.plus_days(-35));
    Ok(vec![
        DemoFile::new("AD/ad_users.csv", wire::utf8_bom(&users)),
        DemoFile::new("AD/ad_computers.csv", wire::utf8_bom(&computers)),
        cp932_file("AD/承認済み管理者.csv", &approved)?,
        cp932_file("人事/退職者.csv", &directory::leavers(export.leavers))?,
    ])
}

/// The statements under `書類/` and the answers under `回答/`.
fn paper_files(today: Date, statements: &[Statement], title: &str, signed_by: &str, claims: &[Claim]) -> Vec<DemoFile> {
    let mut files: Vec<DemoFile> = statements
        .iter()
        .map(|paper| DemoFile::new(format!("書類/{}.statement.toml", paper.title), statement::statement(paper, today)))
        .collect();
    let answers = statement::answers(title, signed_by, today.plus_days(-14), claims);
    files.push(DemoFile::new("回答/チェックリスト回答.toml", answers));
    files
}
