//! The PDF maker through its public door.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs, reason = "tests")]

use pdf::{Pdf, PdfError, quote, render};

const NASTY: [&str; 8] = [
    "",
    "普通の文",
    r#"" ); #panic("x") //"#,
    "\\\" \\u{0} #sys.inputs $x^2$ *b* _i_ @ref <label> `raw` ``` = head",
    "a\nb\r\n\tc\u{2028}d",
    "#import \"@preview/x:1.0.0\": *",
    "\u{202e}fdp.exe \u{feff}\u{200b}",
    "/* // */ [ ] { } ~ -- ... 'quoted'",
];

fn today() -> base::Date {
    "2026-11-20".parse().unwrap()
}

/// `None` if this program was built without the font.
fn try_render(markup: &str, assets: &[(&str, &[u8])]) -> Option<Result<Pdf, PdfError>> {
    let result = render(markup, assets, today());
    if matches!(result, Err(PdfError::NoFont)) {
        eprintln!("SKIPPED: no Japanese font was found when this was built");
        return None;
    }
    Some(result)
}

#[test]
fn japanese_text_becomes_one_page_and_the_same_bytes_each_time() {
    let markup = "#set text(font: \"BIZ UDPGothic\", lang: \"ja\")\n電子カルテ 髙﨑";
    let Some(first) = try_render(markup, &[]) else { return };
    let first = first.unwrap();
    assert!(first.bytes.starts_with(b"%PDF"));
    assert_eq!((first.pages, first.missing.as_slice()), (1, [].as_slice()));
    assert_eq!(try_render(markup, &[]).unwrap().unwrap(), first);
}

#[test]
fn a_character_without_glyph_is_listed() {
    let markup = format!("#{}", quote("表𠮟 ꙮ العربية 🏥"));
    let Some(pdf) = try_render(&markup, &[]) else { return };
    let missing = pdf.unwrap().missing;
    assert!(missing.contains(&'ꙮ') && missing.contains(&'🏥'), "{missing:?}");
    assert!(!missing.contains(&'表'));
}

#[test]
fn a_quoted_text_is_exactly_that_text_and_never_code() {
    for text in NASTY {
        let markup = format!("#assert.eq({}, read(\"text.txt\"))\n#{}", quote(text), quote(text));
        let Some(result) = try_render(&markup, &[("text.txt", text.as_bytes())]) else { return };
        assert!(result.is_ok(), "{text:?}: {}", result.unwrap_err());
    }
}

#[test]
fn nothing_outside_the_assets_can_be_read() {
    for markup in ["#read(\"/etc/passwd\")", "#read(\"../../Cargo.toml\")", "#import \"@preview/cetz:0.3.0\": *"] {
        let Some(result) = try_render(markup, &[]) else { return };
        assert!(matches!(result, Err(PdfError::Markup { .. })), "{markup}");
    }
}

#[test]
fn an_error_names_its_line() {
    let Some(result) = try_render("fine\n\n#undefined_name", &[]) else { return };
    let message = result.unwrap_err().to_string();
    assert!(message.contains("line 3: unknown variable: undefined_name"), "{message}");
}

#[test]
fn the_day_is_the_one_given() {
    let markup = "#assert.eq(datetime.today().display(), \"2026-11-20\")";
    let Some(result) = try_render(markup, &[]) else { return };
    assert!(result.is_ok());
}

#[test]
fn an_asset_outside_the_root_is_refused() {
    let Some(result) = try_render("x", &[("../x", b"")]) else { return };
    assert!(matches!(result, Err(PdfError::AssetName { .. })));
}
