//! Events as XML: what exporters of Windows write, and what nobody should.

use expect_test::{Expect, expect};
use formats::event::xml::{decode_file, events};
use formats::event::{MAX_BYTES, Recorded as _};
use formats::evtx::Section;

use crate::event_shown::show;
use crate::evtx_samples::{each_record, list_logs};

#[track_caller]
fn check(text: &str, expected: Expect) {
    let shown: Vec<String> =
        events(text).map(|event| event.map_or_else(|err| format!("{err}\n"), |event| show(&event))).collect();
    expected.assert_eq(&shown.concat());
}

const SYSTEM: &str = "<System><Provider Name='P'/><EventID>7</EventID></System>";

#[test]
fn an_exported_event_has_its_head_and_its_fields() {
    check(
        r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Service Control Manager"
 Guid="{555908d1-a6d7-4695-8e1e-26931d2012f4}" EventSourceName="SCM"/><EventID Qualifiers="16384">7045</EventID><Keywords>0x8080000000000000</Keywords>
<TimeCreated SystemTime="2026-04-01T00:30:00.1234567Z"/><EventRecordID>42</EventRecordID><Correlation/><Channel>System</Channel>
<Computer>ehr-01.example.jp</Computer><Security UserID="S-1-5-18"/></System><EventData><Data Name="ServiceName">A &amp; B &#x3042;</Data>
<Data Name="Empty"></Data><Binary>0A</Binary></EventData><RenderingInfo Culture="ja-JP"><Message>サービスがインストールされました</Message></RenderingInfo></Event></Events>"#,
        expect![[r#"
            System Service Control Manager 7045 (16384) ehr-01.example.jp 2026-04-01T00:30:00.1234567Z record 42
              System Provider_Name = Service Control Manager
              System Provider_Guid = {555908d1-a6d7-4695-8e1e-26931d2012f4}
              System Provider_EventSourceName = SCM
              System EventID_Qualifiers = 16384
              System EventID = 7045
              System Keywords = 0x8080000000000000
              System TimeCreated_SystemTime = 2026-04-01T00:30:00.1234567Z
              System EventRecordID = 42
              System Channel = System
              System Computer = ehr-01.example.jp
              System Security_UserID = S-1-5-18
              EventData ServiceName = A & B あ
              EventData Empty = 
              EventData Binary = 0A
              Other RenderingInfo_Culture = ja-JP
              Other Message = サービスがインストールされました
        "#]],
    );
}

#[test]
fn unnamed_data_and_the_elements_of_user_data_are_fields_and_a_missing_channel_is_none() {
    check(
        &format!(
            "<Event>{SYSTEM}<EventData><Data>sa</Data><Data><![CDATA[<10.0.0.9>]]></Data></EventData></Event>\n\
             <Event >{SYSTEM}<UserData><LogFileCleared xmlns='urn:x'><SubjectUserName>sato</SubjectUserName></LogFileCleared></UserData></Event >"
        ),
        expect![[r#"
            - P 7 - - record -
              System Provider_Name = P
              System EventID = 7
              EventData Data = sa
              EventData Data = <10.0.0.9>
            - P 7 - - record -
              System Provider_Name = P
              System EventID = 7
              UserData SubjectUserName = sato
        "#]],
    );
}

#[test]
fn a_bad_event_costs_itself() {
    let good = format!("<Event>{SYSTEM}</Event>");
    check(
        &format!(
            "<Events><Event><System></Event>{good}<Event>{SYSTEM}{good}<Event>&bomb;</Event><Event></Event>{good}"
        ),
        expect![[r#"
            event at byte 8: no valid XML
            - P 7 - - record -
              System Provider_Name = P
              System EventID = 7
            event at byte 103: it has no end
            - P 7 - - record -
              System Provider_Name = P
              System EventID = 7
            event at byte 239: no valid XML
            event at byte 260: it has no event id
            - P 7 - - record -
              System Provider_Name = P
              System EventID = 7
        "#]],
    );
}

#[test]
fn entities_of_a_document_type_are_not_followed() {
    let bomb = "<!DOCTYPE l [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>";
    check(
        &format!("{bomb}<Event>{SYSTEM}<EventData><Data>&b;</Data></EventData></Event>"),
        expect![[r#"
            event at byte 59: no valid XML
        "#]],
    );
}

#[test]
fn limits_hold_and_the_next_event_is_read() {
    let of_size = |bytes: usize| {
        let frame = format!("<Event>{SYSTEM}<EventData><Data></Data></EventData></Event>");
        frame.replace("<Data>", &format!("<Data>{}", "x".repeat(bytes - frame.len())))
    };
    let deep = |depth: usize| {
        format!("<Event>{SYSTEM}<UserData>{}{}</UserData></Event>", "<a>".repeat(depth), "</a>".repeat(depth))
    };
    let wide =
        |fields: usize| format!("<Event>{SYSTEM}<EventData>{}</EventData></Event>", "<Data>x</Data>".repeat(fields));
    let outcome = |text: &str| {
        let text = format!("{text}<Event>{SYSTEM}</Event>");
        let read: Vec<String> =
            events(&text).map(|event| event.map_or_else(|err| err.reason.to_string(), |_| "read".into())).collect();
        assert_eq!((read.len(), read[1].as_str()), (2, "read"));
        read[0].clone()
    };
    assert_eq!(outcome(&of_size(MAX_BYTES)), "read");
    assert_eq!(outcome(&of_size(MAX_BYTES + 1)), "it has more than 1048576 bytes");
    assert_eq!(outcome(&deep(30)), "read");
    assert_eq!(outcome(&deep(31)), "it is nested deeper than 32");
    let named =
        |bytes: usize| format!("<Event>{SYSTEM}<EventData><{0} b='c'></{0}></EventData></Event>", "a".repeat(bytes));
    assert_eq!(outcome(&named(512)), "read");
    assert_eq!(outcome(&named(513)), "it has a name of more than 512 bytes");
    assert_eq!(outcome(&wide(4_094)), "read");
    assert_eq!(outcome(&wide(4_095)), "it has more than 4096 fields");
}

#[test]
fn very_many_namespaces_are_read_in_time() {
    let names: String = (0..70_000).map(|number| format!(" xmlns:a{number}=''")).collect();
    let text = format!("<Event{names}>{SYSTEM}</Event>");
    assert!(text.len() > MAX_BYTES, "{}", text.len());
    let text = format!("<Event{}>{SYSTEM}</Event>", &names[..names[..1_000_000].rfind(' ').unwrap()]);
    assert_eq!(events(&text).next().unwrap().unwrap().head.event_id, Some(7));
}

#[test]
fn files_in_utf_16_and_cp932_are_read_whatever_their_declaration_states() {
    let text = format!(
        "<?xml version='1.0' encoding='Shift_JIS'?><Event>{SYSTEM}<EventData><Data>電子カルテ</Data></EventData></Event>"
    );
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let cp932 = formats::text::encode_cp932(&text).0;
    for bytes in [text.as_bytes(), &*format!("\u{feff}{text}").into_bytes(), &utf16, &cp932] {
        let decoded = decode_file(bytes);
        let event = events(&decoded).next().unwrap().unwrap();
        assert_eq!(event.fields[2].value, "電子カルテ");
    }
}

#[test]
fn an_event_log_as_xml_has_the_head_and_the_fields_of_the_log_itself() {
    let Some(logs) = list_logs() else { return };
    let mut reader = formats::evtx::Reader::new();
    let (mut xml, mut count) = (String::new(), 0);
    for (row, bytes) in logs {
        each_record(&row[0], &bytes, &mut reader, &mut |record| {
            xml.clear();
            record.write_xml(&mut xml).unwrap();
            let event = events(&xml).next().unwrap().unwrap();
            assert_eq!(event.head(), record.head(), "{xml}");
            let mut ours = Vec::new();
            record.each_text(&mut |section, name, value| {
                ours.push((section as u8, name.to_owned(), as_xml_holds(value)))
            });
            let mut read = Vec::new();
            event.each_text(&mut |section, name, value| read.push((section as u8, name.to_owned(), value.to_owned())));
            // A substitution stands before the elements around it in the XML, and behind them in the log.
            ours.sort_by(|left, right| (left.0, &left.1).cmp(&(right.0, &right.1)));
            read.sort_by(|left, right| (left.0, &left.1).cmp(&(right.0, &right.1)));
            assert_eq!(read, ours, "{xml}");
            count += 1;
        });
    }
    assert_eq!(count, 8_255);
    assert_eq!(Section::System as u8, 0);
}

/// XML cannot hold control characters; Windows writes `_` for them.
fn as_xml_holds(text: &str) -> String {
    text.replace(|c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r'), "_")
}
