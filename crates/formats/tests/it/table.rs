//! Ledgers as offices keep them: encodings, titles above the header, merged cells, dates.

use formats::archive::{ArchiveError, RefusedReason};
use formats::table::{
    Limits, ReadCsvError, ReadXlsxError, TableProblemReason, find_header, looks_like_xlsx, normalise_label, read_csv,
    read_xlsx, write_csv_cell,
};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use crate::archive::zip_of;

fn csv(bytes: &[u8]) -> Vec<String> {
    let table = read_csv(bytes, &Limits::default()).unwrap();
    table.rows.iter().map(|row| format!("{}: {}", row.number, row.cells.join("|"))).collect()
}

fn xlsx(build: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    build(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

#[test]
fn csv_is_read_in_every_encoding() {
    let text = "名称,IP\n端末①,10.0.0.1\n";
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cp932 = b"\x96\xbc\x8f\xcc,IP\r\n\x92[\x96\x96\x87@,10.0.0.1\r\n".to_vec();
    for bytes in [text.as_bytes().to_vec(), [b"\xEF\xBB\xBF", text.as_bytes()].concat(), utf16, cp932] {
        assert_eq!(csv(&bytes), ["1: 名称|IP", "2: 端末①|10.0.0.1"]);
    }
}

#[test]
fn csv_rows_count_as_a_spreadsheet_counts_them() {
    let bytes = b"a,b\r\n\r\n\"line\r\nbreak, \"\"quoted\"\"\",2\r\n3\r\n4,5,6,7";
    assert_eq!(csv(bytes), ["1: a|b", "3: line\nbreak, \"quoted\"|2", "4: 3", "5: 4|5|6|7"]);
}

#[test]
fn the_delimiter_is_guessed() {
    assert_eq!(csv(b"a;b;c\n1;2,5;3\n"), ["1: a|b|c", "2: 1|2,5|3"]);
    assert_eq!(csv(b"a\tb\n1,5\t2\n"), ["1: a|b", "2: 1,5|2"]);
    assert_eq!(csv(b"a,b\n\"1;2;3\",x\n"), ["1: a|b", "2: 1;2;3|x"]);
}

#[test]
fn what_csv_cannot_hold_is_reported() {
    let table = read_csv(b"a,b\n1,\"open\n2,3\n", &Limits::default()).unwrap();
    assert_eq!((table.problems[0].row, table.problems[0].column), (2, 2));
    assert_eq!(table.problems[0].reason, TableProblemReason::OpenQuote);
    let limits = Limits { rows: 2, columns: 2, cell_chars: 3, ..Limits::default() };
    let table = read_csv("あいうえ,2,3,4\n1\n".as_bytes(), &limits).unwrap();
    assert_eq!(table.rows[0].cells, ["あいう", "2"]);
    assert_eq!(table.problems.len(), 2);
    assert_eq!(read_csv(b"1\n2\n3\n", &limits), Err(ReadCsvError::TooManyRows { limit: 2 }));
    assert_eq!(read_csv(&[0, 159, 1, 0, 7, 3], &limits), Err(ReadCsvError::NotText));
    assert!(matches!(read_csv(b"1234", &Limits { bytes: 3, ..limits }), Err(ReadCsvError::TooLarge { .. })));
    assert!(matches!(read_csv(b"1,2,3", &Limits { cells: 1, ..limits }), Err(ReadCsvError::TooManyCells { .. })));
}

#[test]
fn a_formula_is_written_as_text() {
    for (text, written) in [
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+81", "'+81"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "\"'\tx\""),
        ("\rx", "\"'\rx\""),
        ("＝cmd", "'＝cmd"),
        ("a,\"b\"", "\"a,\"\"b\"\"\""),
        ("", ""),
    ] {
        assert_eq!(write_csv_cell(text), written);
    }
}

#[test]
fn cells_of_a_workbook_become_texts() {
    let bytes = xlsx(|workbook| {
        let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
        let wareki = Format::new().set_num_format("[$-411]ggge\"年\"m\"月\"d\"日\"");
        let sheet = workbook.add_worksheet().set_name("台帳").unwrap();
        sheet.write(1, 0, 12.0).unwrap().write(1, 1, 0.1 + 0.2).unwrap().write(1, 2, true).unwrap();
        let date = ExcelDateTime::from_ymd(2026, 4, 1).unwrap();
        sheet.write_with_format(2, 0, &date, &day).unwrap().write_with_format(2, 1, &date, &wareki).unwrap();
        let time = ExcelDateTime::from_ymd(2026, 4, 1).unwrap().and_hms(9, 30, 0).unwrap();
        sheet.write_with_format(2, 2, &time, &Format::new().set_num_format("yyyy/mm/dd hh:mm")).unwrap();
        sheet.write(3, 0, Formula::new("1+1").set_result("2")).unwrap();
        sheet.write(3, 1, Formula::new("1/0").set_result("#DIV/0!")).unwrap();
        workbook.add_worksheet().set_name("隠し").unwrap().set_hidden(true).write(0, 0, "secret").unwrap();
    });
    assert!(looks_like_xlsx(&bytes));
    let tables = read_xlsx(&bytes, &Limits::default()).unwrap();
    let rows: Vec<String> =
        tables[0].rows.iter().map(|row| format!("{}: {}", row.number, row.cells.join("|"))).collect();
    assert_eq!(rows, ["2: 12|0.3|TRUE", "3: 2026-04-01|2026-04-01|2026-04-01T09:30:00", "4: 2|#DIV/0!"]);
    assert_eq!((tables[1].sheet.as_str(), tables[1].rows[0].cell(1)), ("隠し", "secret"));
    assert_eq!(tables[0].locator(2, 3).to_string(), "cell:台帳!C2");
}

#[test]
fn a_two_line_merged_header_is_found_below_a_title() {
    let bytes = xlsx(|workbook| {
        let plain = Format::new();
        let sheet = workbook.add_worksheet();
        sheet.merge_range(0, 0, 0, 4, "情報資産管理台帳", &plain).unwrap();
        sheet.merge_range(2, 0, 3, 0, "ホスト名（必須）", &plain).unwrap();
        sheet.merge_range(2, 1, 2, 2, "ネットワーク", &plain).unwrap();
        sheet.write(3, 1, "ＩＰ\nアドレス").unwrap().write(3, 2, "MACアドレス※1").unwrap();
        sheet.merge_range(2, 3, 2, 4, "OS", &plain).unwrap();
        sheet.write(3, 3, "名称").unwrap().write(3, 4, "版").unwrap();
        sheet.write(4, 0, "srv01").unwrap().write(4, 1, "10.0.0.1").unwrap();
    });
    let table = read_xlsx(&bytes, &Limits::default()).unwrap().remove(0);
    let known = |label: &str| ["ホスト名", "ipアドレス", "macアドレス", "os名称", "版"].contains(&label);
    let header = find_header(&table, &known).unwrap();
    assert_eq!((header.first_row, header.last_row, header.known), (3, 4, 5));
    let labels: Vec<&str> = header.labels.iter().map(|label| label.normal.as_str()).collect();
    assert_eq!(labels, ["ホスト名", "ipアドレス", "macアドレス", "os名称", "版"]);
    assert_eq!(table.rows[header.body].cell(1), "srv01");
}

#[test]
fn a_plain_header_is_one_line_even_below_a_note() {
    let table = read_csv("ホスト名を記入\nホスト名,IP\nIP,10.0.0.1\n".as_bytes(), &Limits::default()).unwrap();
    let header = find_header(&table, &|label| ["ホスト名", "ip"].contains(&label)).unwrap();
    assert_eq!((header.first_row, header.last_row, header.body), (2, 2, 2));
    assert!(find_header(&table, &|_| false).is_none());
}

#[test]
fn labels_have_one_form_but_long_vowels_stay() {
    for (text, normal) in [
        ("ＩＰ アドレス", "ipアドレス"),
        ("ホスト名\n（必須）", "ホスト名"),
        ("※機種名", "機種名"),
        ("ﾎｽﾄ名※2", "ホスト名"),
        ("（備考）", "備考"),
        ("サーバー", "サーバー"),
        ("サーバ", "サーバ"),
        ("OS(", "os("),
        ("", ""),
    ] {
        assert_eq!(normalise_label(text), normal, "{text}");
    }
}

#[test]
fn the_value_of_vertically_merged_cells_holds_for_each_row() {
    let bytes = xlsx(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.merge_range(0, 0, 2, 0, "放射線科", &Format::new()).unwrap();
        sheet.write(0, 1, "ct01").unwrap().write(1, 1, "ct02").unwrap().write(2, 1, "mr01").unwrap();
    });
    let table = read_xlsx(&bytes, &Limits::default()).unwrap().remove(0);
    assert!(table.rows.iter().all(|row| row.cell(1) == "放射線科"));
}

#[test]
fn a_workbook_that_is_a_bomb_is_refused_unopened() {
    let sheet = vec![b' '; 16 << 20];
    let bomb =
        zip_of(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>"), ("xl/worksheets/sheet1.xml", &sheet)]);
    let refused = read_xlsx(&bomb, &Limits::default());
    assert!(matches!(refused, Err(ReadXlsxError::Archive(ArchiveError::Ratio { entry: 3, .. }))));
}

#[test]
fn what_is_no_workbook_says_so() {
    assert!(matches!(
        read_xlsx(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest", &Limits::default()),
        Err(ReadXlsxError::OldOrProtected)
    ));
    assert!(matches!(read_xlsx(&zip_of(&[("a", b"b")]), &Limits::default()), Err(ReadXlsxError::NoWorkbook)));
    assert!(matches!(read_xlsx(b"nothing", &Limits::default()), Err(ReadXlsxError::Archive(_))));
}

#[test]
fn a_cell_far_away_costs_no_memory() {
    let bytes = xlsx(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.write(0, 0, "near").unwrap().write(1_048_575, 16_383, "far").unwrap().write(1_048_574, 0, "low").unwrap();
    });
    let table = read_xlsx(&bytes, &Limits::default()).unwrap().remove(0);
    assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 1_048_575]);
    assert!(matches!(table.problems[0].reason, TableProblemReason::ColumnsCut { .. }));
}

#[test]
fn a_cut_workbook_never_panics() {
    let bytes = xlsx(|workbook| {
        workbook.add_worksheet().write(0, 0, "a").unwrap();
    });
    for end in (0..bytes.len()).step_by(7) {
        let _ = read_xlsx(&bytes[..end], &Limits::default());
    }
}

const SHEET: &str = r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="B1" t="s"><v>0</v></c><c r="C1" s="1"><v>45943.5</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A9"/></mergeCells></worksheet>"#;

fn hand_made(sheet: &[u8]) -> Vec<u8> {
    hand_made_with(sheet, &[])
}

/// A workbook of one sheet, and further parts.
fn hand_made_with(sheet: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let workbook = format!(
        r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let links = format!(
        r#"<Relationships><Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
    );
    let root = format!(
        r#"<Relationships><Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let parts: [(&str, &[u8]); 4] = [
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    zip_of(&[&parts, more].concat())
}

#[test]
fn a_stated_number_of_strings_is_not_believed() {
    let read = |head: &str| {
        let strings = format!("{head}<si><t>端末</t></si></sst>");
        read_xlsx(
            &hand_made_with(SHEET.as_bytes(), &[("xl/sharedStrings.xml", strings.as_bytes())]),
            &Limits::default(),
        )
    };
    assert_eq!(read("<sst uniqueCount='1'>").unwrap()[0].rows[0].cell(2), "端末");
    for head in [
        "<sst uniqueCount='1000000000000'>",
        "<?xml version='1.0'?><!-- -- --><s:sst count='1' uniqueCount='1000000000000' xmlns:s='x'>",
        "<a></b><sst uniqueCount='1000000000000'/>",
        "<sst uniqueCount=1000000000000>",
    ] {
        assert!(matches!(read(head), Err(ReadXlsxError::Contradiction)), "{head}");
    }
}

#[test]
fn a_long_text_named_by_many_cells_counts_each_time() {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "長".repeat(300));
    let sheet = |cells: usize, merges: usize| {
        let rows = format!("<row>{}</row><row><c t='s'><v>0</v></c></row>", "<c t='s'><v>0</v></c>".repeat(cells));
        let merged = "<mergeCell ref='A1:A2'/>".repeat(merges);
        format!("<worksheet><sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>")
    };
    let read = |sheet: &str| {
        let bytes = hand_made_with(sheet.as_bytes(), &[("xl/sharedStrings.xml", strings.as_bytes())]);
        read_xlsx(&bytes, &Limits { expanded_bytes: 9_000, ..Limits::default() })
    };
    assert_eq!(read(&sheet(9, 0)).unwrap()[0].rows[0].cell(9), "長".repeat(300));
    assert!(matches!(read(&sheet(10, 0)), Err(ReadXlsxError::TooMuchText { limit: 9_000, .. })));
    assert!(matches!(read(&sheet(9, 1)), Err(ReadXlsxError::TooMuchText { .. })), "a filling counts too");
}

#[test]
fn a_workbook_with_a_part_that_cannot_be_measured_is_refused() {
    for name in ["x:/sharedStrings.xml", "../sharedStrings.xml"] {
        let refused = read_xlsx(&hand_made_with(SHEET.as_bytes(), &[(name, b"<sst/>")]), &Limits::default());
        let Err(ReadXlsxError::Archive(ArchiveError::Unmeasured { name: found, reason })) = refused else {
            panic!("{name} was accepted: {refused:?}")
        };
        assert_eq!((found.as_str(), reason), (name, RefusedReason::UnsafeName));
    }
}

#[test]
fn a_damaged_sheet_keeps_its_rows_before_the_damage() {
    let good = read_xlsx(&hand_made(SHEET.as_bytes()), &Limits::default()).unwrap();
    assert_eq!(good[0].rows[0].cell(1), "x");
    let cut = SHEET.find("</row>").unwrap();
    let table = read_xlsx(&hand_made(&SHEET.as_bytes()[..cut]), &Limits::default()).unwrap().remove(0);
    assert_eq!(table.rows[0].cell(1), "x");
    assert!(matches!(table.problems[0].reason, TableProblemReason::DamagedSheet { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn csv_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(table) = read_csv(&bytes, &Limits::default()) {
            let _ = find_header(&table, &|label| label.len() > 2);
        }
    }

    #[test]
    fn a_written_cell_is_read_back(text in "[a-z\"\n,; あ]{0,12}") {
        let line = format!("{},end", write_csv_cell(&text));
        let table = read_csv(line.as_bytes(), &Limits::default()).unwrap();
        let expected = if text.starts_with('\n') { format!("'{text}") } else { text };
        prop_assert_eq!(table.rows[0].cell(1), expected);
    }

    #[test]
    fn a_changed_sheet_never_panics(changes in proptest::collection::vec((0_usize..300, any::<u8>()), 1..6)) {
        let mut sheet = SHEET.as_bytes().to_vec();
        for (at, byte) in changes {
            let length = sheet.len();
            sheet[at % length] = byte;
        }
        let _ = read_xlsx(&hand_made(&sheet), &Limits::default());
    }
}
