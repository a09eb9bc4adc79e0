//! Syslog: headers as devices write them, streams cut into messages, and what the messages of some devices say.

use expect_test::{Expect, expect};
use formats::event::parse_moment;
use formats::syslog::{Bodies, Framing, MAX_BYTES, Message, Split, Splitter, decode_message};
use proptest::prelude::*;

/// What the listener's clock shows in the zone of the sender, unless a test says otherwise.
const NOW: &str = "2026-04-01T12:00:00Z";

fn parse_at<'a>(text: &'a str, now: &str) -> Message<'a> {
    Message::parse(text, parse_moment(now).unwrap().time)
}

fn show(message: &Message<'_>) -> String {
    let priority = message.priority.map(|priority| format!("{}.{}", priority.facility(), priority.severity()));
    let time = message.time.map(|at| format!("{}{}", at.time, if at.is_local { " local" } else { "" }));
    let or = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let mut shown = format!(
        "{} {} host {} app {} process {} kind {} text {:?}",
        or(priority.as_deref()),
        or(time.as_deref()),
        or(message.host),
        or(message.app),
        or(message.process_id),
        or(message.message_id),
        message.text,
    );
    for parameter in &message.structured {
        shown.push_str(&format!("\n  {}.{} = {}", parameter.element, parameter.name, parameter.value));
    }
    shown
}

#[track_caller]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&show(&parse_at(text, NOW)));
}

#[test]
fn rfc_5424_has_everything_in_its_place() {
    check(
        "<165>1 2026-04-01T09:30:00.123456+09:00 ehr-01 app 123 ID47 [a@1 x=\"1\" y=\"q\\\"\\\\\\]\\n\"][b] \u{feff}本文 [x]",
        expect![[r#"
            20.5 2026-04-01T00:30:00.1234560Z host ehr-01 app app process 123 kind ID47 text "本文 [x]"
              a@1.x = 1
              a@1.y = q"\]\n"#]],
    );
    check("<14>1 - - - - - -", expect![[r#"1.6 - host - app - process - kind - text """#]]);
}

#[test]
fn structured_data_that_is_malformed_stays_in_the_text() {
    check(
        "<14>1 - h a - - [ok k=\"v\"][bad k=\"v] rest",
        expect![[r#"
            1.6 - host h app a process - kind - text "[bad k=\"v] rest"
              ok.k = v"#]],
    );
}

#[test]
fn rfc_3164_has_a_time_without_year_and_zone() {
    check(
        "<38>Apr  1 09:30:00 ehr-01 sshd[123]: Accepted",
        expect![[r#"4.6 2026-04-01T09:30:00.0000000Z local host ehr-01 app sshd process 123 kind - text "Accepted""#]],
    );
    check(
        "<13>Apr 01 09:30:00 ehr-01 sudo:   sato : x",
        expect![[r#"1.5 2026-04-01T09:30:00.0000000Z local host ehr-01 app sudo process - kind - text "  sato : x""#]],
    );
}

#[test]
fn the_year_is_the_one_that_brings_the_time_nearest_to_now() {
    for (stamp, now, expected) in [
        ("Dec 31 23:59:59", "2027-01-01T00:00:05Z", "2026-12-31T23:59:59.0000000Z"),
        ("Jan  1 00:00:05", "2026-12-31T23:59:59Z", "2027-01-01T00:00:05.0000000Z"),
        ("Feb 29 12:00:00", "2028-03-01T00:00:00Z", "2028-02-29T12:00:00.0000000Z"),
        ("Feb 29 12:00:00", "2027-03-01T00:00:00Z", "2028-02-29T12:00:00.0000000Z"),
    ] {
        let text = format!("<13>{stamp} h x: y");
        assert_eq!(parse_at(&text, now).time.unwrap().time.to_string(), expected);
    }
}

#[test]
fn devices_that_follow_no_rfc_are_understood_as_far_as_possible() {
    check(
        "<134>Apr 01 2026 09:30:00 asa-01 : %ASA-6-302013: Built",
        expect![[
            r#"16.6 2026-04-01T09:30:00.0000000Z local host asa-01 app - process - kind - text "%ASA-6-302013: Built""#
        ]],
    );
    check(
        "<189>45: *Apr  1 09:30:00.123 JST: %SYS-5-CONFIG_I: Configured",
        expect![[
            r#"23.5 2026-04-01T09:30:00.0000000Z local host - app - process - kind - text "%SYS-5-CONFIG_I: Configured""#
        ]],
    );
    check(
        "<30>2026-04-01T09:30:00.5+09:00 ehr-01 cron[1]: x",
        expect![[r#"3.6 2026-04-01T00:30:00.5000000Z host ehr-01 app cron process 1 kind - text "x""#]],
    );
    check(
        "<134>date=2026-04-01 time=09:30:00 devid=\"FG1\"",
        expect![[r#"16.6 - host - app - process - kind - text "date=2026-04-01 time=09:30:00 devid=\"FG1\"""#]],
    );
    check("no header at all", expect![[r#"- - host - app - process - kind - text "no header at all""#]]);
    check("<192>x", expect![[r#"- - host - app - process - kind - text "<192>x""#]]);
    check("", expect![[r#"- - host - app - process - kind - text """#]]);
}

#[test]
fn a_message_is_cut_at_the_limit_and_never_inside_a_character() {
    let text = "あ".repeat(MAX_BYTES);
    let message = parse_at(&text, NOW);
    assert_eq!(message.text.len(), MAX_BYTES / 3 * 3);
}

#[test]
fn messages_in_cp932_are_read() {
    let bytes = formats::text::encode_cp932("<13>ログイン失敗").0;
    assert_eq!(decode_message(&bytes), "<13>ログイン失敗");
}

/// Cuts a stream that arrives in pieces of `piece` bytes.
fn cut(stream: &[u8], framing: Framing, piece: usize) -> Vec<String> {
    let (mut splitter, mut buffer, mut found) = (Splitter::new(framing), Vec::new(), Vec::new());
    for bytes in stream.chunks(piece) {
        buffer.extend_from_slice(bytes);
        loop {
            let taken = match splitter.next(&buffer) {
                Split::Message { at, taken } => {
                    found.push(String::from_utf8_lossy(&buffer[at]).into_owned());
                    taken
                }
                Split::TooLong { taken } => {
                    found.push("(too long)".to_owned());
                    taken
                }
                Split::Nothing { taken } => taken,
                Split::Lost => {
                    found.push("(lost)".to_owned());
                    return found;
                }
                Split::More => break,
            };
            buffer.drain(..taken);
        }
        assert!(buffer.len() <= MAX_BYTES + 8 + piece);
    }
    found
}

#[test]
fn a_stream_is_cut_by_counts_or_by_lines_however_it_arrives() {
    assert_eq!((Framing::detect(b'5'), Framing::detect(b'<')), (Framing::Counted, Framing::Lines));
    for piece in [1, 3, 1_000] {
        assert_eq!(cut(b"5 <1>ab11 <2>line\nend\n2 xy", Framing::Counted, piece), ["<1>ab", "<2>line\nend", "xy"]);
        assert_eq!(cut(b"<1>a\r\n\n<2>b\0<3>c\n<4>", Framing::Lines, piece), ["<1>a", "<2>b", "<3>c"]);
    }
}

#[test]
fn a_message_above_the_limit_costs_itself() {
    for piece in [1_000, 1 << 20] {
        for (size, first) in [(MAX_BYTES, "x".repeat(MAX_BYTES)), (MAX_BYTES + 1, "(too long)".to_owned())] {
            let long = "x".repeat(size);
            assert_eq!(cut(format!("{size} {long}2 ok").as_bytes(), Framing::Counted, piece), [&*first, "ok"]);
            assert_eq!(cut(format!("{long}\nok\n").as_bytes(), Framing::Lines, piece), [&*first, "ok"]);
        }
    }
}

#[test]
fn a_stream_without_a_count_where_one_must_be_is_lost() {
    for stream in ["x", "0 ", "5x", "12345678 x", "99999999999"] {
        assert_eq!(cut(stream.as_bytes(), Framing::Counted, 4), ["(lost)"], "{stream}");
    }
}

/// Product, service, name, time, fields.
#[track_caller]
fn says(text: &str, expected: Expect) {
    let bodies = Bodies::built_in().unwrap();
    let message = parse_at(text, NOW);
    let shown = bodies.read(&message).map_or("nothing".to_owned(), |body| {
        let time = body.time.map(|at| format!(" {}{}", at.time, if at.is_local { " local" } else { "" }));
        let fields: Vec<String> = body.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {} {}{}: {}", body.product, body.service, body.name, time.unwrap_or_default(), fields.join(" | "))
    });
    expected.assert_eq(&shown);
}

#[test]
fn fortigate_writes_pairs() {
    says(
        r#"<189>date=2026-04-01 time=09:30:00 devname="FG-01" devid="FG100F" tz="+0900" type="traffic" subtype="forward" srcip=10.0.0.9 msg="a \"b\" c" x"#,
        expect![
            "fortigate traffic  2026-04-01T00:30:00.0000000Z: date=2026-04-01 | time=09:30:00 | devname=FG-01 | devid=FG100F | tz=+0900 | type=traffic | subtype=forward | srcip=10.0.0.9 | msg=a \"b\" c"
        ],
    );
}

#[test]
fn cisco_asa_says_who_spoke_to_whom() {
    says(
        "<134>Apr 01 2026 09:30:00 fw : %ASA-6-302013: Built outbound TCP connection 7 for outside:192.0.2.1/443 (192.0.2.1/443) to inside:10.0.0.1/5000 (10.0.0.1/5000)",
        expect![
            "cisco asa connection_built: level=6 | message_id=302013 | direction=outbound | protocol=TCP | connection_id=7 | src_interface=outside | src_ip=192.0.2.1 | src_port=443 | dst_interface=inside | dst_ip=10.0.0.1 | dst_port=5000"
        ],
    );
    says(
        "<132>%ASA-4-106023: Deny tcp src outside:192.0.2.1/1 dst inside:10.0.0.1/3389 by access-group \"in\" [0x0, 0x0]",
        expect![
            "cisco asa denied: level=4 | message_id=106023 | protocol=tcp | src_interface=outside | src_ip=192.0.2.1 | src_port=1 | dst_interface=inside | dst_ip=10.0.0.1 | dst_port=3389 | access_group=in"
        ],
    );
    says(
        "<132>%ASA-4-999999: Something new",
        expect!["cisco asa other: level=4 | message_id=999999 | message=Something new"],
    );
    says(
        "<189>45: *Apr  1 09:30:00.123: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: a] [Source: 10.0.0.9] [localport: 22] [Reason: Login Authentication Failed] at 09:30:00 JST Wed Apr 1 2026",
        expect![
            "cisco ios login_failed: facility=SEC_LOGIN | level=4 | mnemonic=LOGIN_FAILED | user=a | src_ip=10.0.0.9 | dst_port=22 | reason=Login Authentication Failed"
        ],
    );
}

#[test]
fn yamaha_sends_no_header() {
    says(
        "<134>LAN2 Rejected at IN(1012) filter: TCP 192.0.2.1:50000 > 192.0.2.2:3389",
        expect![
            "yamaha rtx rejected: interface=LAN2 | filter=IN(1012) | protocol=TCP | src_ip=192.0.2.1 | src_port=50000 | dst_ip=192.0.2.2 | dst_port=3389"
        ],
    );
    says(
        "<134>[INSPECT] PP[01][out][101] TCP 192.168.100.2:50000 > 192.0.2.1:443 (2026/04/01 09:30:00)",
        expect![
            "yamaha rtx inspected 2026-04-01T09:30:00.0000000Z local: interface=PP | number=01 | direction=out | filter=101 | protocol=TCP | src_ip=192.168.100.2 | src_port=50000 | dst_ip=192.0.2.1 | dst_port=443 | at=2026/04/01 09:30:00"
        ],
    );
    says(
        "<134>Login failed for SSH: 192.168.100.2 admin",
        expect!["yamaha rtx login_failed: service_name=SSH | src_ip=192.168.100.2 | user=admin"],
    );
}

#[test]
fn veeam_has_everything_in_structured_data() {
    says(
        r#"<14>1 2026-04-01T00:30:00Z bk-01 Veeam_MP - - [origin enterpriseId="31023"][categoryId=0 instanceId="190" JobID="x" Description="Job \"a\""]"#,
        expect![[r#"veeam backup : enterpriseId=31023"#]],
    );
    says(
        r#"<14>1 2026-04-01T00:30:00Z bk-01 Veeam_MP - - [origin enterpriseId="31023"][event@31023 instanceId="190" Description="Job \"a\""] done"#,
        expect![[r#"veeam backup : enterpriseId=31023 | instanceId=190 | Description=Job "a""#]],
    );
}

#[test]
fn linux_tells_logons_and_commands() {
    says(
        "<38>Apr  1 09:30:00 h sshd[1]: Failed password for invalid user admin from 10.0.0.9 port 50000 ssh2",
        expect!["linux sshd failed: method=password | user=admin | src_ip=10.0.0.9 | src_port=50000"],
    );
    says(
        "<38>Apr  1 09:30:00 h sshd[1]: Accepted publickey for sato from fe80::1 port 50000 ssh2: ED25519 SHA256:abc",
        expect![
            "linux sshd accepted: method=publickey | user=sato | src_ip=fe80::1 | src_port=50000 | key=ED25519 SHA256:abc"
        ],
    );
    says(
        "<85>Apr  1 09:30:00 h sudo:     sato : TTY=pts/0 ; PWD=/home/sato ; USER=root ; COMMAND=/usr/bin/id ; x",
        expect![
            "linux sudo command: user=sato | tty=pts/0 | directory=/home/sato | target_user=root | command=/usr/bin/id ; x"
        ],
    );
    says(
        "<85>Apr  1 09:30:00 h sudo: sato : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
        expect![
            "linux sudo refused: user=sato | reason=user NOT in sudoers | tty=pts/0 | directory=/ | target_user=root | command=/bin/sh"
        ],
    );
    says("<38>Apr  1 09:30:00 h sshd[1]: Server listening on :: port 22.", expect!["linux sshd : "]);
}

#[test]
fn nobody_writes_an_address_into_his_name() {
    says(
        "<38>Apr  1 09:30:00 h sshd[1]: Invalid user x from 127.0.0.1 port 1 from 10.0.0.9 port 50000",
        expect!["linux sshd invalid_user: user=x from 127.0.0.1 port 1 | src_ip=10.0.0.9 | src_port=50000"],
    );
    says(
        "<38>Apr  1 09:30:00 h sshd[1]: Failed password for x from 127.0.0.1 port 1 ssh2 from 10.0.0.9 port 50000 ssh2",
        expect![
            "linux sshd failed: method=password | user=x from 127.0.0.1 port 1 ssh2 | src_ip=10.0.0.9 | src_port=50000"
        ],
    );
}

#[test]
fn what_no_table_knows_says_nothing() {
    says("<13>Apr  1 09:30:00 h cron[1]: (root) CMD (true)", expect!["nothing"]);
}

#[test]
fn a_table_with_a_template_that_means_nothing_is_refused() {
    let table = |template: &str| {
        format!("[[device]]\nproduct = \"p\"\nmessage = [{{ name = \"n\", template = \"{template}\" }}]\n")
    };
    for template in ["{a}{b}", "{a", "{a*} {b*}", "{}"] {
        let err = Bodies::parse(&table(template)).unwrap_err().to_string();
        assert_eq!(err, "syslog message `n` of `p`: two values stand beside each other, or a brace is left open");
    }
    assert!(Bodies::parse("[[device]]\nprodukt = 1\n").is_err());
}

proptest! {
    #[test]
    fn a_stream_is_cut_the_same_however_it_arrives(
        messages in proptest::collection::vec("[a-z<> ]{1,30}", 0..20), piece in 1_usize..50
    ) {
        let counted: String = messages.iter().map(|message| format!("{} {message}", message.len())).collect();
        let lines: String = messages.iter().map(|message| format!("{message}\n")).collect();
        prop_assert_eq!(&cut(counted.as_bytes(), Framing::Counted, piece), &messages);
        prop_assert_eq!(&cut(lines.as_bytes(), Framing::Lines, piece), &messages);
    }
}
