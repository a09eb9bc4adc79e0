//! `mamori detect`: event logs and rules in, a timeline out.

use formats::evtx::FileTime;
use formats::evtx::write::{Child, Content, Element, Writer, WrittenValue};

use crate::world::World;

/// 2026-04-01 00:00 UTC, which is nine in the morning in Japan.
const MIDNIGHT: u64 = 134_194_752_000_000_000;
const HOUR: u64 = 36_000_000_000;

/// A log of new processes: hours after midnight, and command lines.
fn log(commands: &[(u64, &str)]) -> Vec<u8> {
    let provider = Content::Text("Microsoft-Windows-Security-Auditing".to_owned());
    let text = |name: &str, number| Element::new(name).with_value(number);
    let system = Element::new("System")
        .with_element(Element::new("Provider").with_attribute("Name", provider))
        .with_element(text("EventID", 0))
        .with_element(Element::new("TimeCreated").with_attribute("SystemTime", Content::Value(1)))
        .with_element(text("Channel", 2))
        .with_element(text("Computer", 3));
    let event = Element::new("Event").with_element(system).with(Child::Content(Content::Value(4)));
    let named = Element::new("Data").with_attribute("Name", Content::Text("CommandLine".to_owned()));
    let data = Element::new("EventData").with_element(named.with_value(0));
    let mut writer = Writer::new();
    for (hour, command) in commands {
        let time = FileTime(MIDNIGHT + hour * HOUR);
        let values = [
            WrittenValue::u16(4_688),
            WrittenValue::time(time),
            WrittenValue::text("Security"),
            WrittenValue::text("受付PC"),
            WrittenValue::nested(data.clone(), vec![WrittenValue::text(command)]),
        ];
        writer.add(time, &event, &values).unwrap();
    }
    writer.finish()
}

fn rule(id: &str, level: &str, text: &str) -> String {
    format!(
        "title: 試験用 {id}\nid: {id}\nname: {id}\nauthor: 作者\nlicense: DRL 1.1\nlevel: {level}\ntags: [attack.t1059]\n\
         logsource: {{product: windows, category: process_creation}}\n\
         detection: {{s: {{CommandLine|contains: '{text}'}}, condition: s}}\n"
    )
}

/// Three logs and a rule for what stands in them.
fn hospital() -> World {
    let world = World::new();
    world.write("ログ/受付.evtx", log(&[(0, "evil one"), (30, "good")]));
    world.write("ログ/深い/会計.evtx", log(&[(1, "evil \u{202e}two\u{1b}[2J<b>"), (2, "=evil(three)")]));
    world.write("rules/evil.yml", rule("evil", "high", "evil"));
    world
}

#[test]
fn a_timeline_is_in_the_order_of_time_and_names_who_wrote_the_rule() {
    let world = hospital();
    let ran = world.run(&["detect", "ログ", "--rules", "rules", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let rows = ran.json();
    let times: Vec<&str> = rows.iter().map(|row| row["at"].as_str().unwrap()).collect();
    assert_eq!(times, ["2026-04-01T00:00:00.0000000Z", "2026-04-01T01:00:00.0000000Z", "2026-04-01T02:00:00.0000000Z"]);
    let first = &rows[0];
    for (key, expected) in [
        ("title", "試験用 evil"),
        ("rule", "evil"),
        ("author", "作者"),
        ("licence", "DRL 1.1"),
        ("level", "high"),
        ("computer", "受付PC"),
        ("channel", "Security"),
    ] {
        assert_eq!(first[key], expected, "{first}");
    }
    assert_eq!((first["event_id"].as_u64(), first["record_id"].as_u64()), (Some(4_688), Some(1)));
    assert_eq!((&first["tags"][0], &first["fields"]["CommandLine"]), (&"attack.t1059".into(), &"evil one".into()));
    assert_eq!(first["place"]["log"], "ログ/受付.evtx");
    assert_eq!(rows[1]["fields"]["CommandLine"], "evil \u{202e}two\u{1b}[2J<b>");
    assert!(!ran.out.contains(['\u{202e}', '\u{1b}']), "hidden characters are escaped");
    assert!(ran.err.contains("2 個のログ、4 件のイベントから 3 件") && ran.err.contains("▲高 3"), "{ran:?}");
}

#[test]
fn values_hurt_neither_terminal_nor_browser_nor_spreadsheet() {
    let world = hospital();
    let table = world.run(&["detect", "ログ", "--rules", "rules"]);
    assert!(table.out.contains("evil [U+202E]two[U+001B][2J<b>"), "{table:?}");
    assert!(table.out.contains("▲高") && table.out.contains("2026-04-01 09:00:00.000"), "{table:?}");
    let html = world.run(&["detect", "ログ", "--rules", "rules", "--format", "html", "--out", "結果.html"]);
    assert_eq!((html.code, html.out.as_str()), (Some(0), ""));
    let page = std::fs::read_to_string(world.path("結果.html")).unwrap();
    assert!(page.contains("two[U+001B][2J&lt;b&gt;") && !page.contains("<b>") && !page.contains("<script"), "{page}");
    assert!(page.ends_with("</html>\n"));
    world.run(&["detect", "ログ", "--rules", "rules", "--format", "csv", "--out", "結果.csv"]);
    let csv = std::fs::read_to_string(world.path("結果.csv")).unwrap();
    assert!(csv.starts_with("\u{feff}日時（日本時間）,"), "{csv}");
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.contains("2026-04-01 11:00:00.000,2026-04-01T02:00:00.0000000Z,高,"), "{csv}");
}

#[test]
fn days_and_levels_choose_what_is_shown() {
    let world = hospital();
    world.write("rules/good.yml", rule("good", "low", "good"));
    let ids = |more: &[&str]| {
        let ran = world.run(&[&["detect", "ログ", "--rules", "rules", "--json"], more].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json().iter().map(|row| row["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), ["evil", "evil", "evil"]);
    assert_eq!(ids(&["--level", "low"]), ["evil", "evil", "evil", "good"]);
    // 30 hours after midnight in UTC is the 2nd in Japan.
    assert_eq!(ids(&["--level", "low", "--since", "2026-04-02"]), ["good"]);
    assert_eq!(ids(&["--level", "low", "--until", "令和8年4月1日"]), ["evil", "evil", "evil"]);
    assert_eq!(world.run(&["detect", "ログ", "--rules", "rules", "--since", "きのう"]).code, Some(2));
    assert_eq!(world.run(&["detect", "ログ", "--rules", "rules", "--level", "worst"]).code, Some(2));
}

#[test]
fn statistics_count_instead_of_the_list_or_beside_a_file() {
    let world = hospital();
    let ran = world.run(&["detect", "ログ", "--rules", "rules", "--statistics", "--json"]);
    let counts = &ran.json()[0];
    assert_eq!((&counts["levels"]["high"], &counts["computers"]["受付PC"]), (&3.into(), &3.into()), "{counts}");
    assert_eq!((&counts["days"]["2026-04-01"], &counts["kinds"]["Security 4688"]), (&3.into(), &3.into()));
    let ran =
        world.run(&["detect", "ログ", "--rules", "rules", "--statistics", "--out", "a.jsonl", "--format", "jsonl"]);
    assert!(ran.out.contains("試験用 evil") && ran.out.contains("検知ルールごとの件数"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(world.path("a.jsonl")).unwrap().lines().count(), 3);
}

#[test]
fn rules_that_can_not_be_used_are_named_with_their_file_and_reason() {
    let world = hospital();
    world.write(
        "rules/壊れた.yml",
        "title: 壊れた\nid: broken\nlogsource: {product: windows}\ndetection: {condition: nothing}\n",
    );
    world.write("rules/linux.yml", rule("other", "high", "x").replace("windows", "linux"));
    let ran = world.run(&["detect", "ログ", "--rules", "rules", "--json"]);
    assert_eq!((ran.code, ran.json().len()), (Some(3), 3), "{ran:?}");
    assert!(ran.err.contains("壊れた.yml") && ran.err.contains("nothing"), "{ran:?}");
    assert!(ran.err.contains("linux"), "{ran:?}");
    assert!(ran.err.contains("検知ルール 1 個"), "{ran:?}");
    std::fs::remove_file(world.path("rules/壊れた.yml")).unwrap();
    assert_eq!(world.run(&["detect", "ログ", "--rules", "rules"]).code, Some(0), "another product is no mistake");
}

#[test]
fn without_a_folder_of_rules_those_of_the_program_are_looked_for() {
    let world = hospital();
    let ran = world.run(&["detect", "ログ"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn without_rules_or_logs_it_says_what_to_do() {
    let world = hospital();
    let ran = world.run(&["detect", "ログ", "--rules", "ログ"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let ran = world.run(&["detect", "rules", "--rules", "rules"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("見つかりませんでした"), "{ran:?}");
}

#[test]
fn what_can_not_be_read_is_named_and_the_rest_is_read() {
    let world = hospital();
    world.write("ログ/偽物.evtx", "これはログではありません");
    world.write("ログ/メモ.txt", "ただのメモ");
    let mut damaged = log(&[(3, "evil four"), (4, "evil five")]);
    let second = damaged.windows(4).rposition(|four| four == b"\x2a\x2a\0\0").unwrap();
    damaged[second] = 0;
    world.write("ログ/壊れた.evtx", damaged);
    let ran = world.run(&["detect", "ログ", "無い.evtx", "--rules", "rules", "--json"]);
    assert_eq!((ran.code, ran.json().len()), (Some(3), 4), "{ran:?}");
    for named in ["偽物.evtx", "無い.evtx", "壊れた.evtx", "バイト目"] {
        assert!(ran.err.contains(named), "{named}: {ran:?}");
    }
    assert!(!ran.err.contains("メモ.txt"), "nobody said that it is a log: {ran:?}");
}

#[test]
fn several_events_together_are_one_row_more() {
    let world = hospital();
    world.write(
        "rules/many.yml",
        "title: 続けて\nid: many\nlevel: critical\ncorrelation:\n  type: event_count\n  rules: [evil]\n  \
         group-by: [Computer]\n  timespan: 6h\n  condition: {gte: 3}\n  generate: true\n",
    );
    let ran = world.run(&["detect", "ログ", "--rules", "rules", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let rows = ran.json();
    let last = rows.last().unwrap();
    assert_eq!((rows.len(), &last["rule"], &last["level"]), (4, &"many".into(), &"critical".into()), "{ran:?}");
    assert_eq!((&last["group"]["Computer"], &last["number"]), (&"受付PC".into(), &3.0.into()), "{last}");
    assert_eq!(last["places"].as_array().unwrap().len(), 3);
}

#[test]
fn a_rule_on_ids_alone_shows_what_the_event_says() {
    let world = hospital();
    let by_id = rule("by-id", "high", "x").replace("CommandLine|contains: 'x'", "EventID: 4688");
    world.write("rules/evil.yml", by_id);
    let rows = world.run(&["detect", "ログ/受付.evtx", "--rules", "rules", "--json"]).json();
    let values: Vec<&str> = rows.iter().map(|row| row["fields"]["CommandLine"].as_str().unwrap()).collect();
    assert_eq!(values, ["evil one", "good"]);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let world = hospital();
    let one = world.run(&["detect", "ログ", "--rules", "rules", "--threads", "1"]);
    let four = world.run(&["detect", "ログ", "--rules", "rules", "--threads", "4"]);
    assert_eq!(one.out, four.out);
    assert_eq!(world.run(&["detect", "ログ", "--rules", "rules", "--threads", "0"]).code, Some(2));
}
