//! Ledgers kept by hand.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::fixture::{Said, read, try_read};

fn csv(text: &str) -> Said {
    read("台帳.csv", text.as_bytes())
}

/// A workbook of these sheets; every cell is a text.
fn xlsx(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const SPREADSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut names = String::new();
    let mut links = String::new();
    let mut types = String::new();
    let mut parts = Vec::new();
    for (number, (name, rows)) in (1..).zip(sheets) {
        names.push_str(&format!(r#"<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>"#));
        let target = format!("worksheets/sheet{number}.xml");
        links.push_str(&format!(r#"<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="{target}"/>"#));
        types.push_str(&format!(r#"<Override PartName="/xl/{target}" ContentType="{SPREADSHEET}.worksheet+xml"/>"#));
        let mut body = String::new();
        for (row, cells) in (1..).zip(*rows) {
            body.push_str(&format!(r#"<row r="{row}">"#));
            for (column, cell) in ('A'..).zip(*cells) {
                body.push_str(&format!(r#"<c r="{column}{row}" t="inlineStr"><is><t>{cell}</t></is></c>"#));
            }
            body.push_str("</row>");
        }
        let sheet = format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>"#);
        parts.push((format!("xl/{target}"), sheet));
    }
    let content = format!(
        r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>{types}</Types>"#
    );
    let root = format!(
        r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>"#);
    let links = format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>"#);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let fixed = [
        ("[Content_Types].xml".to_owned(), content),
        ("_rels/.rels".to_owned(), root),
        ("xl/workbook.xml".to_owned(), book),
        ("xl/_rels/workbook.xml.rels".to_owned(), links),
    ];
    for (name, text) in fixed.into_iter().chain(parts) {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        write!(writer, r#"<?xml version="1.0" encoding="UTF-8"?>{text}"#).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn columns_are_found_by_synonym_in_any_order() {
    let said = csv("ＯＳ名,備考,資産番号,機器名（正式）\nWindows 10,x,A-1,カルテ端末\n");
    said.expect("asset:A-1 asset.os=Windows 10 @cell:!A2");
    said.expect("asset:A-1 asset.name=カルテ端末 @cell:!D2");
    said.expect("asset:A-1 asset.in_ledger=true");
    assert_eq!((said.importer, said.accepted, said.refusals.len()), ("ledger_sheet", 1, 0));
}

#[test]
fn cells_are_read_the_way_offices_write_them() {
    let head = "資産番号,機器名,区分,IPアドレス,MACアドレス,棚卸日,ウイルス対策\n";
    let said = csv(&format!(
        "{head}Ａ－１,カルテ,サーバー,１９２．１６８．１．５,00-11-22-AA-BB-CC,令和8年4月1日,○\nA-2,ノート,ＰＣ,DHCP,-,2026/4/1 9:30,無し\n"
    ));
    said.expect("asset:A-1 asset.ip=192.168.1.5");
    said.expect("asset:A-1 asset.mac=00:11:22:aa:bb:cc");
    said.expect("asset:A-1 asset.last_verified_on=2026-04-01");
    said.expect("asset:A-1 asset.class=server");
    said.expect("asset:A-1 asset.av_enabled=true");
    said.expect("asset:A-2 asset.class=terminal");
    said.expect("asset:A-2 asset.last_verified_on=2026-04-01");
    said.expect("asset:A-2 asset.av_enabled=false");
    assert_eq!(said.of("asset.ip").len(), 1, "DHCP is no address");
    assert_eq!(said.refusals, [] as [String; 0]);
}

#[test]
fn a_blank_says_nothing() {
    let rows: String = ["", "-", "ー", "―", "－", "N/A", "未定", "　"]
        .iter()
        .zip(1..)
        .fold(String::new(), |rows, (blank, number)| format!("{rows}A-{number},名,{blank},{blank}\n"));
    let said = csv(&format!("資産番号,機器名,棚卸日,ウイルス対策\n{rows}"));
    assert_eq!((said.accepted, said.refusals), (8, vec![]));
    assert_eq!(said.facts.len(), 8 * 3, "number, name and that it is in the ledger");
}

#[test]
fn a_cell_that_says_something_else_is_refused_and_the_row_is_taken() {
    let said = csv("資産番号,機器名,区分,棚卸日,ウイルス対策,IPアドレス\nA-1,カルテ,宇宙船,きのう,たぶん,あそこ\n");
    assert_eq!(
        said.refusals,
        [
            "refused-unknown-word @cell:!C2 宇宙船",
            "refused-not-a-date @cell:!D2 きのう",
            "refused-not-yes-or-no @cell:!E2 たぶん",
            "refused-not-an-address @cell:!F2 あそこ",
        ]
    );
    assert_eq!((said.accepted, said.facts.len()), (1, 3));
}

#[test]
fn cp932_and_a_byte_order_mark_make_no_difference() {
    let text = "資産番号,機器名,設置部署\nA-1,電子カルテ①,医事課\n";
    let plain = csv(text).facts;
    let (cp932, _, lossy) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!lossy);
    assert_eq!(read("x.csv", &cp932).facts, plain);
    assert_eq!(read("x.csv", format!("\u{feff}{text}").as_bytes()).facts, plain);
}

#[test]
fn a_title_above_the_headers_and_empty_rows_are_passed_over() {
    let said = csv("情報機器管理台帳,,\n令和8年度,,\n\n資産番号,機器名,設置部署\n,,\nA-1,カルテ,医事課\n");
    assert_eq!((said.accepted, said.refusals), (1, vec![]));
    assert!(said.facts[0].ends_with("@cell:!A6"), "{:?}", said.facts);
}

#[test]
fn of_two_rows_about_one_thing_the_second_is_refused() {
    let said = csv("資産番号,機器名,設置部署\nA-1,一,医事課\nA-1,二,検査科\n");
    assert_eq!((said.of("asset.name"), said.accepted), (vec!["一".to_owned()], 1));
    assert_eq!(said.refusals, ["refused-duplicate-row @cell:!A3 A-1 ← 2"]);
}

#[test]
fn a_row_is_known_by_the_best_mark_it_has() {
    let said = csv(
        "資産番号,機器名,ホスト名,IPアドレス,設置部署\n,あ,EHR01.example.local,10.0.0.1,x\n,い,,10.0.0.2,x\n,う,,,x\n,,,,x\n",
    );
    let named: Vec<&str> =
        said.facts.iter().filter_map(|fact| fact.split_once(" asset.in_ledger")).map(|f| f.0).collect();
    assert_eq!(named, ["asset:hostname/ehr01", "asset:ip/10.0.0.2", "asset:name/う"]);
    assert_eq!(said.refusals, ["refused-no-identity @cell:!A5 "]);
}

#[test]
fn a_workbook_may_hold_several_kinds_of_sheets() {
    let book = xlsx(&[
        ("資産", &[&["資産番号", "機器名", "設置部署"], &["A-1", "カルテ", "医事課"]]),
        ("外部接続", &[&["接続名", "接続種別", "相手先", "多要素認証"], &["保守VPN", "VPN", "東都メディ", "なし"]]),
        ("業者", &[&["業者名", "リモート保守の有無"], &["東都メディ", "有"]]),
        ("退職者", &[&["アカウント", "退職日"], &["SATO", "2026/03/31"]]),
        ("メモ", &[&["これは表ではありません"]]),
        ("空", &[]),
    ]);
    let said = read("台帳.xlsx", &book);
    said.expect("asset:A-1 asset.name=カルテ @cell:資産!B2");
    said.expect("connection:保守VPN connection.mfa=false @cell:外部接続!D2");
    said.expect("connection:保守VPN connection.kind=vpn");
    said.expect("vendor:東都メディ vendor.remote_maintenance=true");
    said.expect("account:name/sato account.owner_left_on=2026-03-31");
    assert_eq!(said.of("asset.in_ledger").len(), 1, "only assets are in the asset ledger");
    assert_eq!(said.refusals, ["refused-sheet-without-header @cell:メモ!A1 メモ"]);
}

#[test]
fn a_date_or_a_name_under_approved_means_yes_and_a_refusal_does_not() {
    let said =
        csv("アカウント,承認日\nadmin1,2026/04/01\nadmin2,院長\nadmin3,\nadmin4,却下\nadmin5,未承認\nadmin6,×\n");
    let approved: Vec<&str> = said.facts.iter().filter(|fact| fact.contains("approved")).map(String::as_str).collect();
    assert_eq!(approved.len(), 3, "{approved:?}");
    said.expect("account:name/admin1 account.approved_privileged=true");
    said.expect("account:name/admin2 account.approved_privileged=true");
    said.expect("account:name/admin6 account.approved_privileged=false");
    assert_eq!(said.refusals.len(), 2, "{:?}", said.refusals);
}

#[test]
fn a_file_without_known_headers_is_no_ledger() {
    assert!(try_read("a.csv", "日付,天気,気温\n2026-01-01,晴,8\n".as_bytes()).is_none());
    assert!(try_read("a.csv", b"").is_none());
    let book = xlsx(&[("献立", &[&["曜日", "昼食"], &["月", "カレー"]])]);
    let err = try_read("a.xlsx", &book).unwrap().unwrap_err();
    assert_eq!(err.message, "unreadable-no-header");
}
