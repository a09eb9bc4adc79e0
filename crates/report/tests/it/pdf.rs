use std::io::Write as _;
use std::process::{Command, Stdio};

use base::Lang;
use report::Report;
use report::pdf::{self, PdfReport, PdfReportError};

use crate::sample;

fn try_render(report: &Report, lang: Lang) -> Option<PdfReport> {
    match pdf::render(report, lang) {
        Ok(pdf) => Some(pdf),
        Err(PdfReportError::NotBuilt) => skip("built without PDF output"),
        Err(err) => {
            let chain = format!("{err}: {:?}", std::error::Error::source(&err).map(ToString::to_string));
            if chain.contains("without a Japanese font") {
                return skip("no Japanese font was found when this was built");
            }
            panic!("{chain}")
        }
    }
}

fn skip(why: &str) -> Option<PdfReport> {
    eprintln!("SKIPPED: {why}");
    None
}

/// Text of the pages `first..=last`, or `None` without the tool.
fn text_of(pdf: &PdfReport, first: usize, last: usize) -> Option<String> {
    let mut file = std::env::temp_dir();
    file.push(format!("mamori-report-{}-{first}-{last}-{}.pdf", std::process::id(), pdf.bytes.len()));
    std::fs::File::create(&file).unwrap().write_all(&pdf.bytes).unwrap();
    let mut command = Command::new("pdftotext");
    command.args(["-f", &first.to_string(), "-l", &last.to_string()]).arg(&file).arg("-").stderr(Stdio::null());
    let output = command.output();
    std::fs::remove_file(&file).unwrap();
    match output {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).replace(char::is_whitespace, "")),
        Err(_) => {
            eprintln!("SKIPPED: pdftotext is not installed");
            None
        }
    }
}

#[test]
fn page_one_is_one_page_and_the_annex_begins_on_the_second() {
    for report in [sample::hospital(), sample::nasty(), sample::empty()] {
        let Some(pdf) = try_render(&report, Lang::Ja) else { return };
        assert!(pdf.bytes.starts_with(b"%PDF"));
        let (Some(first), Some(second)) = (text_of(&pdf, 1, 1), text_of(&pdf, 2, 2)) else { return };
        assert!(
            first.contains("記録の") && first.contains("これから行うこと") && !first.contains("別紙根拠と説明"),
            "{first}"
        );
        assert!(second.contains("別紙根拠と説明"), "{second}");
    }
}

#[test]
fn the_paper_carries_the_same_evidence_and_page_numbers() {
    let Some(pdf) = try_render(&sample::hospital(), Lang::Ja) else { return };
    assert_eq!(pdf.missing, Vec::<char>::new());
    let Some(text) = text_of(&pdf, 1, pdf.pages) else { return };
    let text = text.replace('\u{200b}', "");
    let total = format!("1/{}", pdf.pages);
    for expected in [
        "令和8年11月20日",
        "KARTE-DB01_secpol.inf",
        "12行目",
        "資産台帳_最終_2.xlsx",
        "記録の指紋CsUYapGGPo4dkMg",
        total.as_str(),
    ] {
        assert!(text.contains(expected), "{expected}");
    }
}

#[test]
fn a_character_without_glyph_is_reported() {
    let mut report = sample::empty();
    report.site.name = "病院🏥".to_string();
    let Some(pdf) = try_render(&report, Lang::En) else { return };
    assert_eq!(pdf.missing, vec!['🏥']);
}

#[test]
fn the_checklist_becomes_a_form() {
    match pdf::render_checklist(&sample::hospital(), Lang::Ja) {
        Ok(pdf) => assert!(pdf.pages >= 2 && pdf.bytes.starts_with(b"%PDF")),
        Err(err) => eprintln!("SKIPPED: {err}"),
    }
}
