//! Secrets in Excel workbooks: none is left in any entry, packed or unpacked, and everything else stays.

use std::io::{Cursor, Read as _, Write as _};

use formats::secret::{MARK, StrikeError, Struckout, strike};
use formats::table::{Limits, read_xlsx};
use rust_xlsxwriter::{Format, Note, Workbook, Worksheet};
use zip::write::{SimpleFileOptions, ZipWriter};

fn words(label: &str, value: &str) -> Option<bool> {
    (label == "ローカル管理者パスワード").then(|| ["共通", "個別"].contains(&value))
}

fn struck(bytes: &[u8]) -> Struckout {
    let struck = strike(bytes, &words).unwrap().unwrap();
    assert_eq!(strike(&struck.bytes, &words), Ok(None), "once more changes nothing");
    struck
}

fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet().set_name("台帳").unwrap());
    book.save_to_buffer().unwrap()
}

fn rows(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            if !cell.is_empty() {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
    }
}

/// Every entry, unpacked.
fn entries(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> =
        (0..archive.len()).map(|index| archive.by_index(index).unwrap().name().unwrap().into_owned()).collect();
    let read = |name: String| {
        let mut content = Vec::new();
        archive.by_name(&name).unwrap().read_to_end(&mut content).unwrap();
        (name, content)
    };
    names.into_iter().map(read).collect()
}

fn pack(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[track_caller]
fn holds_nowhere(bytes: &[u8], secrets: &[&str]) {
    let wide = |secret: &str| -> Vec<u8> { secret.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let mut all = entries(bytes);
    all.push(("the file".to_owned(), bytes.to_vec()));
    for secret in secrets {
        for wanted in [secret.as_bytes().to_vec(), wide(secret), formats::text::encode_cp932(secret).0] {
            for (name, content) in &all {
                assert!(!content.windows(wanted.len()).any(|window| window == wanted), "{secret} in {name}");
            }
        }
    }
}

fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let tables = read_xlsx(bytes, &Limits::default()).unwrap();
    tables.into_iter().flat_map(|table| table.rows).map(|row| row.cells).collect()
}

#[test]
fn texts_numbers_and_saved_results_of_formulas_in_a_column_of_secrets_go() {
    let bytes = book(|sheet| {
        rows(
            sheet,
            &[
                &["機器", "ＰＷ", "備考"],
                &["NAS", "Kinen2024", "2階"],
                &["PC", "", "3階"],
                &["VPN", "", "共通"],
                &["AP", "さくら", "1階"],
            ],
        );
        sheet.write_number(2, 1, 738_214.0).unwrap();
        sheet.write_formula(3, 1, rust_xlsxwriter::Formula::new("\"Se\"&\"cret9\"").set_result("Secret9")).unwrap();
    });
    let struck = struck(&bytes);
    holds_nowhere(&struck.bytes, &["Kinen2024", "738214", "Secret9", "cret9", "さくら"]);
    let shown: Vec<String> = cells(&struck.bytes).iter().map(|row| row.join("|")).collect();
    assert_eq!(shown, ["機器|ＰＷ|備考", "NAS|***|2階", "PC|***|3階", "VPN|***|共通", "AP|***|1階"]);
    let places: Vec<String> = struck.struck.iter().map(|one| format!("{} {}", one.what, one.locator)).collect();
    assert_eq!(places, ["ＰＷ cell:台帳!B2", "ＰＷ cell:台帳!B3", "ＰＷ cell:台帳!B4", "ＰＷ cell:台帳!B5"]);
}

#[test]
fn entries_without_a_secret_stay_byte_for_byte() {
    let bytes = book(|sheet| rows(sheet, &[&["機器", "PW"], &["NAS", "Kinen2024"]]));
    let struck = struck(&bytes);
    let (before, after) = (entries(&bytes), entries(&struck.bytes));
    let changed: Vec<&str> = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .map(|(before, _)| before.0.as_str())
        .collect();
    assert_eq!(changed, ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"]);
    assert_eq!(before.len(), after.len());
}

#[test]
fn a_name_that_is_also_a_password_stays_a_name_but_a_real_password_goes_everywhere() {
    let bytes = book(|sheet| {
        rows(sheet, &[&["ユーザー", "PW", "備考"], &["admin", "admin", "a"], &["sato", "Kinen2024", "Kinen2024"]]);
    });
    let struck = struck(&bytes);
    holds_nowhere(&struck.bytes, &["Kinen2024"]);
    assert_eq!(cells(&struck.bytes)[1], ["admin", MARK, "a"]);
}

#[test]
fn remarks_rich_texts_and_comments_lose_theirs_only() {
    let bold = Format::new().set_bold();
    let bytes = book(|sheet| {
        rows(sheet, &[&["機器", "備考"], &["NAS", "2階。PW: abc123 予備あり"], &["PC", ""]]);
        sheet.write_rich_string(2, 1, &[(&bold, "パスワード："), (&Format::default(), "hunter2")]).unwrap();
        sheet.insert_note(1, 0, &Note::new("ID/PASS=admin/xyz9")).unwrap();
    });
    let struck = struck(&bytes);
    holds_nowhere(&struck.bytes, &["abc123", "hunter2", "xyz9"]);
    assert_eq!(cells(&struck.bytes)[1], ["NAS", "2階。PW: *** 予備あり"]);
    assert_eq!(cells(&struck.bytes)[2], ["PC", "パスワード：***"]);
    assert!(struck.struck.iter().any(|one| one.locator.to_string().contains("A2")));
}

#[test]
fn known_words_dates_and_columns_about_passwords_change_nothing() {
    let bytes = book(|sheet| {
        rows(
            sheet,
            &[
                &["管理番号", "ローカル管理者パスワード", "パスワード変更日", "パスワードの有無"],
                &["A-1", "共通", "2026-04-01", "有"],
                &["A-2", "個別", "2026-04-02", "○"],
            ],
        );
        sheet.write_number(3, 2, 46_113.0).unwrap();
    });
    assert_eq!(strike(&bytes, &words), Ok(None));
    let real = book(|sheet| {
        rows(sheet, &[&["管理番号", "ローカル管理者パスワード"], &["A-1", "共通"], &["A-2", "P@ssw0rd!"]])
    });
    assert_eq!(cells(&struck(&real).bytes)[1..], [["A-1", "共通"], ["A-2", MARK]]);
}

#[test]
fn merged_headers_and_titles_hide_nothing() {
    let bytes = book(|sheet| {
        rows(
            sheet,
            &[
                &["機器パスワード管理台帳"],
                &["作成日", "2026-04-01"],
                &["機器", "パスワード", "", "備考"],
                &["", "管理者", "利用者"],
                &["NAS", "Kinen2024", "himitsu", "棚"],
            ],
        );
    });
    holds_nowhere(&struck(&bytes).bytes, &["Kinen2024", "himitsu"]);
}

#[test]
fn names_caches_and_embedded_workbooks_lose_theirs_too() {
    let inner = book(|sheet| rows(sheet, &[&["機器", "PW"], &["AP", "Inner2024"]]));
    let mut parts = entries(&book(|sheet| rows(sheet, &[&["機器", "PW"], &["NAS", "Kinen2024"]])));
    let cache = r#"<pivotCacheDefinition><cacheField name="PW"><sharedItems><s v="Kinen2024"/></sharedItems></cacheField></pivotCacheDefinition>"#;
    parts.push(("xl/pivotCache/pivotCacheDefinition1.xml".to_owned(), cache.into()));
    let connection =
        r#"<connections><connection><dbPr connection="Server=a;Uid=b;Password=Db2024pw;"/></connection></connections>"#;
    parts.push(("xl/connections.xml".to_owned(), connection.into()));
    parts.push((
        "xl/drawings/drawing1.xml".to_owned(),
        "<a:p><a:r><a:t>PW：</a:t></a:r><a:r><a:t>Box2024</a:t></a:r></a:p>".into(),
    ));
    parts.push(("xl/embeddings/a.xlsx".to_owned(), inner));
    let struck = struck(&pack(&parts));
    holds_nowhere(&struck.bytes, &["Kinen2024", "Db2024pw", "Box2024"]);
    let (_, inner) = entries(&struck.bytes).into_iter().find(|(name, _)| name.ends_with("a.xlsx")).unwrap();
    holds_nowhere(&inner, &["Inner2024"]);
}

#[test]
fn a_workbook_that_cannot_be_rewritten_is_refused_if_it_shows_a_column_of_secrets() {
    let with = book(|sheet| rows(sheet, &[&["機器", "パスワード"], &["NAS", "Kinen2024"]]));
    let without = book(|sheet| rows(sheet, &[&["機器", "設置場所"], &["NAS", "2階"]]));
    let old = |label: &str| -> Vec<u8> {
        let text: Vec<u8> = label.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600], &[5, 0, 1], &text, &[3, 0, 1]].concat()
    };
    for bytes in [&with[..with.len() - 40], &with[..with.len() / 10 * 9], &old("パスワード")] {
        let refused = strike(bytes, &words).expect_err(&format!("{} bytes", bytes.len()));
        let StrikeError::Workbook { label, reason } = &refused;
        assert_eq!(label, "パスワード", "{reason}");
        assert!(!refused.to_string().contains("Kinen2024"));
    }
    for bytes in [&without[..without.len() - 40], &old("機器"), &old("パスワード変更日")] {
        assert_eq!(strike(bytes, &words), Ok(None));
    }
}

#[test]
fn a_part_in_another_encoding_is_refused_rather_than_misread() {
    let mut parts = entries(&book(|sheet| rows(sheet, &[&["機器", "パスワード"], &["NAS", "Kinen2024"]])));
    for (name, content) in &mut parts {
        if name == "xl/sharedStrings.xml" {
            let text = String::from_utf8(content.clone()).unwrap();
            *content = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        }
    }
    assert!(strike(&pack(&parts), &words).is_err());
}
