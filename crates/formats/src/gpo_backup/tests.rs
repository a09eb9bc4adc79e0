use proptest::prelude::*;

use super::*;

const REPORT: &str = r#"<?xml version="1.0" encoding="utf-16"?>
<report><GPO xmlns="http://www.microsoft.com/GroupPolicy/Settings">
  <Identifier><Identifier xmlns="t">{A}</Identifier><Domain>hospital.local</Domain></Identifier>
  <Name>端末 &amp; サーバー</Name>
  <LinksTo><SOMName>端末</SOMName><SOMPath>hospital.local/端末</SOMPath><Enabled>true</Enabled><NoOverride>false</NoOverride></LinksTo>
  <LinksTo>
    <SOMPath>hospital.local</SOMPath><Enabled>false</Enabled>
  </LinksTo>
</GPO><GPO><Name>二つ目</Name></GPO></report>"#;

fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[test]
fn a_report_gives_names_and_links_of_every_policy() {
    let reports = parse_report(&utf16(REPORT)).unwrap();
    assert_eq!(reports.len(), 2);
    assert_eq!(reports[0].name, Some(Found { text: "端末 & サーバー".to_owned(), line: 4 }));
    assert_eq!(reports[0].guid.as_ref().unwrap().text, "{A}");
    let first =
        Link { som_path: "hospital.local/端末".to_owned(), enabled: Some(true), no_override: Some(false), line: 5 };
    let second = Link { som_path: "hospital.local".to_owned(), enabled: Some(false), no_override: None, line: 6 };
    assert_eq!(reports[0].links, [first, second]);
    assert_eq!(recognise(&utf16(REPORT)), Some(XmlKind::Report));
}

#[test]
fn an_entity_bomb_costs_nothing_and_expands_to_nothing() {
    let bomb =
        r#"<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><BackupInst><GPOGuid>{&b;}</GPOGuid></BackupInst>"#;
    assert_eq!(parse_backup(bomb.as_bytes()).unwrap().guid.unwrap().text, "{}");
}

#[test]
fn the_deepest_nesting_is_read_and_one_more_is_not() {
    let nested =
        |depth: usize| format!("<BackupInst>{}{}</BackupInst>", "<a>".repeat(depth - 1), "</a>".repeat(depth - 1));
    assert!(parse_backup(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(parse_backup(nested(MAX_DEPTH + 1).as_bytes()), Err(ParseGpoXmlError::TooDeep { line: 1 }));
}

#[test]
fn a_cut_or_foreign_file_is_refused() {
    assert_eq!(parse_backup(b"<BackupInst>\n<GPOGuid>"), Err(ParseGpoXmlError::Damaged { line: 2 }));
    assert_eq!(parse_backup(b"<html></html>"), Err(ParseGpoXmlError::OtherRoot { found: "html".to_owned() }));
    assert_eq!(parse_backup(b""), Err(ParseGpoXmlError::OtherRoot { found: String::new() }));
    assert_eq!(recognise(b"<nmaprun/>"), None);
}

const GROUPS: &str = "<Groups clsid=\"{3125E937}\">\n<Properties cpassword=\"j1Uyj3Vx8TY9LtLZil2uAuZkFQA\" userName=\"保守\"/>\n<Properties CPASSWORD = 'x' a='b'/><Properties cpassword=\"\"/></Groups>";
const STRUCK: &str = "<Groups clsid=\"{3125E937}\">\n<Properties cpassword=\"\" userName=\"保守\"/>\n<Properties CPASSWORD = '' a='b'/><Properties cpassword=\"\"/></Groups>";

#[test]
fn cpassword_is_emptied_and_listed_with_its_place() {
    let redacted = redact_cpassword(GROUPS.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(redacted.bytes).unwrap(), STRUCK);
    let places: Vec<_> = redacted.struck.iter().map(|struck| (struck.line, struck.offset)).collect();
    assert_eq!(
        places,
        [
            (2, u64::try_from(STRUCK.find("\" userName").unwrap()).unwrap()),
            (3, u64::try_from(STRUCK.find("' a=").unwrap()).unwrap())
        ]
    );
    assert_eq!(recognise(GROUPS.as_bytes()), Some(XmlKind::Preferences));
}

#[test]
fn cpassword_is_emptied_in_utf16_and_cp932_too() {
    assert_eq!(redact_cpassword(&utf16(GROUPS)).unwrap().bytes, utf16(STRUCK));
    let (cp932, _) = crate::text::encode_cp932(GROUPS);
    assert_eq!(redact_cpassword(&cp932).unwrap().bytes, crate::text::encode_cp932(STRUCK).0);
}

#[test]
fn a_damaged_cpassword_goes_too_and_a_clean_file_stays() {
    assert_eq!(redact_cpassword(b"<a cpassword=\"secret\n<b/>").unwrap().bytes, b"<a cpassword=\"");
    assert_eq!(redact_cpassword(b"<a cpassword=secret b>").unwrap().bytes, b"<a cpassword= b>");
    assert_eq!(redact_cpassword(STRUCK.as_bytes()), None);
    assert_eq!(redact_cpassword(b"the cpassword attribute"), None);
}

#[test]
fn a_quoted_text_does_not_take_the_place_of_a_value_that_was_taken_out() {
    let redacted = redact_cpassword(b"cpassword=first 'second' cpassword=\"third\"").unwrap();
    assert_eq!(redacted.bytes, b"cpassword= '' cpassword=\"\"");
    assert_eq!(redact_cpassword(&redacted.bytes), None);
}

#[test]
fn a_file_cut_anywhere_gives_an_answer() {
    for bytes in [utf16(REPORT), GROUPS.as_bytes().to_vec()] {
        for length in 0..bytes.len() {
            let cut = &bytes[..length];
            let _ = (parse_report(cut), parse_backup(cut), redact_cpassword(cut), recognise(cut));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn parsing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "<GPO>(<[a&;\"=]{0,4}>|&#?[a-z0-9]{1,9};|<!\\[CDATA\\[|\\]\\]>|cpassword=\"?){0,9}") {
        for input in [bytes.as_slice(), text.as_bytes()] {
            let _ = (parse_report(input), parse_backup(input), redact_cpassword(input), recognise(input));
        }
    }

    #[test]
    fn no_redacted_file_needs_redaction_again(text in "(cpassword=[\"']?|[a\"'> ]){0,12}") {
        if let Some(redacted) = redact_cpassword(text.as_bytes()) {
            prop_assert_eq!(redact_cpassword(&redacted.bytes), None);
        }
    }
}
