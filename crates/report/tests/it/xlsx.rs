use std::io::Cursor;

use base::Lang;
use calamine::{Data, Range, Reader as _, Xlsx, open_workbook_from_rs};
use report::{Report, xlsx};

use crate::sample;

fn sheets(report: &Report, lang: Lang) -> Vec<(String, Range<Data>)> {
    let bytes = xlsx::render(report, lang).unwrap();
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    for name in &names {
        assert!(book.worksheet_formula(name).unwrap().cells().all(|(_, _, formula)| formula.is_empty()), "{name}");
    }
    names.into_iter().map(|name| (name.clone(), book.worksheet_range(&name).unwrap())).collect()
}

#[test]
fn the_workbook_has_the_sheets_an_office_looks_for() {
    let sheets = sheets(&sample::hospital(), Lang::Ja);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "要約",
        "チェックリスト1",
        "チェックリスト2",
        "根拠",
        "指摘",
        "不明と確認方法",
        "例外",
        "作業",
        "読み取れなかったもの",
    ];
    assert_eq!(names, expected);
    let checklist: Vec<String> = sheets[1].1.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(checklist, ["項番", "項目", "はい・いいえ", "確認日", "目標日", "判定", "根拠"]);
    assert_eq!(sheets[1].1.height(), 20);
    assert_eq!(sheets[1].1.get_value((3, 5)).unwrap().to_string(), "× 矛盾");
}

#[test]
fn a_formula_of_a_user_stays_text() {
    for lang in [Lang::Ja, Lang::En] {
        let sheets = sheets(&sample::nasty(), lang);
        let cells = sheets.iter().flat_map(|(_, range)| range.cells().map(|(_, _, cell)| cell));
        let texts: Vec<&Data> = cells.filter(|cell| !matches!(cell, Data::Empty)).collect();
        assert!(texts.iter().all(|cell| matches!(cell, Data::String(_))));
        assert!(texts.iter().any(|cell| cell.to_string().starts_with("=HYPERLINK(")));
    }
}

#[test]
fn every_piece_of_evidence_is_there_with_its_full_hash() {
    let report = sample::hospital();
    let of_items: usize = report.frameworks.iter().flat_map(|one| &one.items).map(|item| item.evidence.len()).sum();
    let of_findings: usize = report.findings.iter().map(|finding| finding.evidence.len()).sum();
    let sheets = sheets(&report, Lang::Ja);
    assert_eq!(sheets[3].1.height(), 1 + of_items + of_findings);
    assert_eq!(sheets[3].1.get_value((1, 6)).unwrap().to_string().len(), 64);
}

#[test]
fn a_report_without_anything_is_still_a_workbook() {
    assert_eq!(sheets(&sample::empty(), Lang::En).len(), 7);
}
