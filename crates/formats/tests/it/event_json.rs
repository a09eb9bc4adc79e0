//! Events as lines of JSON: the shapes of `evtx_dump`, Winlogbeat, `NXLog`, PowerShell, and flat objects.

use expect_test::{Expect, expect};
use formats::event::json::{events, read};
use formats::event::{MAX_BYTES, Recorded as _};

use crate::event_shown::show;

#[track_caller]
fn check(text: &str, expected: Expect) {
    let shown = events(text).map(|(line, event)| match event {
        Ok(event) => show(&event),
        Err(err) => format!("line {line}: {err}\n"),
    });
    expected.assert_eq(&shown.collect::<String>());
}

#[test]
fn evtx_dump_writes_attributes_apart_or_beside() {
    check(
        r##"{"Event":{"#attributes":{"xmlns":"urn:e"},"System":{"Provider":{"#attributes":{"Name":"MSSQLSERVER"}},"EventID":{"#attributes":{"Qualifiers":49152},"#text":18456},"TimeCreated":{"#attributes":{"SystemTime":"2026-04-01T00:30:00.123456Z"}},"EventRecordID":5,"Correlation":null,"Channel":"Application","Computer":"db-01"},"EventData":{"Data":{"#text":["sa","10.0.0.9"]},"Binary":"0F00"}}}
{"Event":{"System":{"Provider_attributes":{"Name":"P"},"EventID":"1102","Channel":"Security"},"UserData":{"LogFileCleared":{"#attributes":{"xmlns:a":"b"},"SubjectUserName":"sato"}},"RenderingInfo":{"Message":"m"}}}"##,
        expect![[r#"
            Application MSSQLSERVER 18456 (49152) db-01 2026-04-01T00:30:00.1234560Z record 5
              System Provider_Name = MSSQLSERVER
              System EventID_Qualifiers = 49152
              System EventID = 18456
              System TimeCreated_SystemTime = 2026-04-01T00:30:00.123456Z
              System EventRecordID = 5
              System Channel = Application
              System Computer = db-01
              EventData Data = sa
              EventData Data = 10.0.0.9
              EventData Binary = 0F00
            Security P 1102 - - record -
              System Provider_Name = P
              System EventID = 1102
              System Channel = Security
              UserData SubjectUserName = sato
              Other Message = m
        "#]],
    );
}

#[test]
fn winlogbeat_nests_or_writes_dots() {
    check(
        r##"{"@timestamp":"2026-04-01T00:30:00.123Z","event":{"code":"4625","kind":"event"},"host":{"name":"short"},"winlog":{"channel":"Security","event_id":4625,"provider_name":"Microsoft-Windows-Security-Auditing","computer_name":"ehr-01.example.jp","record_id":77,"process":{"pid":4,"thread":{"id":8}},"keywords":["Audit Failure"],"event_data":{"TargetUserName":"sato","param1":"x"},"user_data":{"xml_name":"E","A":"b"}},"message":"失敗"}
{"@timestamp":"2026-04-01T00:30:00Z","winlog.event_id":"4624","winlog.event_data.LogonType":"3","winlog.channel":"Security"}"##,
        expect![[r#"
            Security Microsoft-Windows-Security-Auditing 4625 ehr-01.example.jp 2026-04-01T00:30:00.1230000Z record 77
              System TimeCreated_SystemTime = 2026-04-01T00:30:00.123Z
              Other event.code = 4625
              Other event.kind = event
              Other host.name = short
              System Channel = Security
              System EventID = 4625
              System Provider_Name = Microsoft-Windows-Security-Auditing
              System Computer = ehr-01.example.jp
              System EventRecordID = 77
              System Execution_ProcessID = 4
              System Execution_ThreadID = 8
              System Keywords = Audit Failure
              EventData TargetUserName = sato
              EventData param1 = x
              UserData A = b
              Other message = 失敗
            Security - 4624 - 2026-04-01T00:30:00.0000000Z record -
              System TimeCreated_SystemTime = 2026-04-01T00:30:00Z
              System EventID = 4624
              EventData LogonType = 3
              System Channel = Security
        "#]],
    );
}

#[test]
fn nxlog_is_flat_and_its_time_is_the_computer_s_own() {
    check(
        r#"{"EventTime":"2026-04-01 09:30:00","Hostname":"ehr-01","Keywords":"9232379236109516800","EventType":"AUDIT_FAILURE","SeverityValue":4,"EventID":4625,"SourceName":"Microsoft-Windows-Security-Auditing","RecordNumber":9,"Channel":"Security","Message":"m","TargetUserName":"sato","ProcessID":"0x4","ExecutionProcessID":4,"EventReceivedTime":"2026-04-01 09:30:01"}"#,
        expect![[r#"
            Security Microsoft-Windows-Security-Auditing 4625 ehr-01 2026-04-01T09:30:00.0000000Z local record 9
              System TimeCreated_SystemTime = 2026-04-01 09:30:00
              System Computer = ehr-01
              System Keywords = 9232379236109516800
              Other EventType = AUDIT_FAILURE
              Other SeverityValue = 4
              System EventID = 4625
              System Provider_Name = Microsoft-Windows-Security-Auditing
              System EventRecordID = 9
              System Channel = Security
              Other Message = m
              EventData TargetUserName = sato
              EventData ProcessID = 0x4
              System Execution_ProcessID = 4
              Other EventReceivedTime = 2026-04-01 09:30:01
        "#]],
    );
}

#[test]
fn flat_objects_are_read_by_our_own_names_and_powershell_s() {
    check(
        r#"{"Provider_Name":"P","EventID":1,"Channel":"C","Computer":"c","TimeCreated_SystemTime":"2026-04-01T00:30:00.1234567Z","Id":"own","Image":"a\\b","Ratio":0.5,"Yes":true,"None":null}
{"Id":7045,"LogName":"System","ProviderName":"SCM","MachineName":"m","TimeCreated":"/Date(1775003400123)/","RecordId":3}"#,
        expect![[r#"
            C P 1 c 2026-04-01T00:30:00.1234567Z record -
              System Provider_Name = P
              System EventID = 1
              System Channel = C
              System Computer = c
              System TimeCreated_SystemTime = 2026-04-01T00:30:00.1234567Z
              EventData Id = own
              EventData Image = a\b
              EventData Ratio = 0.5
              EventData Yes = true
            System SCM 7045 m 2026-04-01T00:30:00.1230000Z record 3
              System EventID = 7045
              System Channel = System
              System Provider_Name = SCM
              System Computer = m
              System TimeCreated_SystemTime = /Date(1775003400123)/
              System EventRecordID = 3
        "#]],
    );
}

#[test]
fn an_event_id_with_its_upper_half_is_taken_apart() {
    let event = read(r#"{"EventID":1073748869}"#).unwrap();
    assert_eq!((event.head.event_id, event.head.qualifiers), (Some(7045), Some(16384)));
}

#[test]
fn a_bad_line_costs_itself() {
    check(
        "\u{feff}{\"EventID\":1}\r\n\n[1]\n{\"EventID\":2} x\n{\"EventID\":\n{\"EventID\":\"seven\"}\n{}\n {\"EventID\":3}\t\n",
        expect![[r#"
            - - 1 - - record -
              System EventID = 1
            line 3: event at byte 19: no valid JSON
            line 4: event at byte 23: no valid JSON
            line 5: event at byte 39: no valid JSON
            line 6: event at byte 51: it has no event id
            line 7: event at byte 71: it has no event id
            - - 3 - - record -
              System EventID = 3
        "#]],
    );
}

#[test]
fn limits_hold() {
    let outcome = |text: &str| read(text).map_or_else(|err| err.to_string(), |_| "read".to_owned());
    let of_size = |bytes: usize| format!("{{\"EventID\":1,\"a\":\"{}\"}}", "x".repeat(bytes - 20));
    assert_eq!(of_size(MAX_BYTES).len(), MAX_BYTES);
    assert_eq!(outcome(&of_size(MAX_BYTES)), "read");
    assert_eq!(outcome(&of_size(MAX_BYTES + 1)), "it has more than 1048576 bytes");
    for (open, close) in [("{\"a\":", "}"), ("[", "]")] {
        let deep = |depth: usize| format!("{{\"EventID\":1,\"a\":{}1{}}}", open.repeat(depth), close.repeat(depth));
        assert_eq!(outcome(&deep(31)), "read");
        assert_eq!(outcome(&deep(32)), "it is nested deeper than 32");
    }
    // Written with an escape, the name cannot be borrowed, and is copied for each item of the list.
    let named = |bytes: usize| format!("{{\"EventID\":1,\"\\u0061{}\":[1,2]}}", "a".repeat(bytes - 1));
    assert_eq!(outcome(&named(512)), "read");
    assert_eq!(outcome(&named(513)), "it has a name of more than 512 bytes");
    let wide = |fields: usize| format!("{{\"EventID\":1,\"a\":[{}1]}}", "1,".repeat(fields - 2));
    assert_eq!(outcome(&wide(4_096)), "read");
    assert_eq!(outcome(&wide(4_097)), "it has more than 4096 fields");
}

#[test]
fn texts_without_escapes_are_not_copied() {
    let event = read(r#"{"EventID":1,"Channel":"Security","a":"b","c":"d\n"}"#).unwrap();
    let borrowed = |value: &std::borrow::Cow<'_, str>| matches!(value, std::borrow::Cow::Borrowed(_));
    assert!(borrowed(&event.fields[2].value) && borrowed(&event.fields[2].name) && !borrowed(&event.fields[3].value));
    assert_eq!(event.head().channel.as_deref(), Some("Security"));
}
