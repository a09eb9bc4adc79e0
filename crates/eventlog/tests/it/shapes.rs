//! The shapes events come in, and the values rules see of them.

use crate::world::{Section, World, Written, log, read_hits, rule, rules};

/// Ids of the rules that fire on one event.
fn fired(event: Written<'_>, texts: &[String]) -> Vec<String> {
    let world = World::new().with("a.evtx", &log(&[event]));
    let rules = rules(texts);
    read_hits(&rules, &world.scan(&rules)).into_iter().map(|(rule, _)| rule).collect()
}

#[test]
fn an_event_id_counts_only_in_its_own_channel_and_of_its_own_provider() {
    let cleared = rule(
        "cleared",
        "service: security",
        "{s: {EventID: 1102, Provider_Name: Microsoft-Windows-Eventlog}, condition: s}",
    );
    let event = |channel, provider| Written {
        channel,
        provider,
        section: Section::UserData,
        ..Written::security(1_102, &[("SubjectUserName", "admin")])
    };
    let fires = |channel, provider| fired(event(channel, provider), std::slice::from_ref(&cleared)).len();
    assert_eq!(fires(Some("Security"), "Microsoft-Windows-Eventlog"), 1);
    assert_eq!(fires(Some("SECURITY"), "microsoft-windows-eventlog"), 1, "case means nothing");
    assert_eq!(fires(Some("System"), "Microsoft-Windows-Eventlog"), 0);
    assert_eq!(fires(Some("Security"), "SomebodyElse"), 0);
    assert_eq!(fires(None, "Microsoft-Windows-Eventlog"), 0, "no channel is no channel");
}

#[test]
fn children_of_user_data_are_fields_like_those_of_event_data() {
    let by_admin = rule("by-admin", "service: security", "{s: {EventID: 1102, SubjectUserName: ADMIN}, condition: s}");
    let event = Written { section: Section::UserData, ..Written::security(1_102, &[("SubjectUserName", "admin")]) };
    assert_eq!(fired(event, &[by_admin]), ["by-admin"]);
}

#[test]
fn names_with_spaces_are_those_that_rules_write_without() {
    let threat = rule("threat", "service: windefend", "{s: {EventID: 1116, ThreatName|contains: EICAR}, condition: s}");
    let event = Written {
        channel: Some("Microsoft-Windows-Windows Defender/Operational"),
        provider: "Microsoft-Windows-Windows Defender",
        ..Written::security(1_116, &[("Threat Name", "Virus:DOS/EICAR_Test_File")])
    };
    assert_eq!(fired(event, &[threat]), ["threat"]);
}

#[test]
fn what_every_event_has_is_looked_at_too() {
    let here = rule("here", "service: security", "{s: {Computer|endswith: 受付}, condition: s}");
    let other = rule("other", "service: security", "{s: {Computer: PC-会計}, condition: s}");
    assert_eq!(fired(Written::security(4_624, &[]), &[here, other]), ["here"]);
}

#[test]
fn words_without_a_field_are_looked_for_in_every_value() {
    let words = rule("words", "service: security", "{keywords: [mimikatz, sekurlsa], condition: keywords}");
    let event = |value| Written::security(4_688, value);
    assert_eq!(
        fired(event(&[("Unmapped", "x"), ("Other", "run MimiKatz now")]), std::slice::from_ref(&words)),
        ["words"]
    );
    assert_eq!(fired(event(&[("Unmapped", "x")]), &[words]), Vec::<String>::new());
}

#[test]
fn an_empty_value_is_there_and_a_missing_one_is_not() {
    let empty = rule("empty", "service: security", "{s: {EventID: 4624, IpAddress: ''}, condition: s}");
    let missing = rule("missing", "service: security", "{s: {EventID: 4624, IpAddress: null}, condition: s}");
    let both = [empty, missing];
    assert_eq!(fired(Written::security(4_624, &[("IpAddress", "")]), &both), ["empty"]);
    assert_eq!(fired(Written::security(4_624, &[("Else", "x")]), &both), ["missing"]);
}

#[test]
fn two_kinds_of_events_of_one_template_are_kept_apart() {
    let on = rule("on", "service: security", "{s: {EventID: 4624, LogonType: '3'}, condition: s}");
    let off = rule("off", "service: security", "{s: {EventID: 4634, LogonType: '3'}, condition: s}");
    let fields = [("LogonType", "3")];
    let events: Vec<_> = [4_624, 4_634, 4_624, 4_647].map(|id| Written::security(id, &fields)).into_iter().collect();
    let world = World::new().with("a.evtx", &log(&events));
    let rules = rules(&[on, off]);
    let hits = read_hits(&rules, &world.scan(&rules));
    let found: Vec<_> = hits.iter().map(|(rule, event)| (rule.as_str(), event.record_id)).collect();
    assert_eq!(found, [("on", 1), ("off", 2), ("on", 3)]);
}

#[test]
fn nasty_values_are_matched_as_they_are() {
    let values = [
        "\u{202e}gpj.exe\u{200b}\u{7}\u{1b}[2J",
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "\"; DROP TABLE x--",
        "絵文字🚑と結合文字が゛",
        "line\r\nbreak",
        "\u{fffd}\u{ffff}",
    ];
    let nasty =
        rule("nasty", "service: security", "{s: {EventID: 4688, CommandLine|contains: '<SCRIPT>'}, condition: s}");
    let fields: Vec<[(&str, &str); 1]> = values.iter().map(|value| [("CommandLine", *value)]).collect();
    let events: Vec<_> = fields.iter().map(|fields| Written::security(4_688, fields)).collect();
    let world = World::new().with("病院 の\u{202e}ログ.evtx", &log(&events));
    let all = rule("all", "service: security", "{s: {EventID: 4688}, condition: s}");
    let rules = rules(&[nasty, all]);
    let hits = read_hits(&rules, &world.scan(&rules));
    let seen: Vec<_> =
        hits.iter().filter(|(rule, _)| rule == "all").map(|(_, event)| event.value("commandline").unwrap()).collect();
    assert_eq!(seen, values);
    let found: Vec<_> = hits.iter().filter(|(rule, _)| rule == "nasty").map(|(_, event)| event.record_id).collect();
    assert_eq!(found, [2]);
}

#[test]
fn templates_without_end_are_forgotten_and_events_still_read_right() {
    // Every event has a template of its own, with the field somewhere else, until the reader counts them anew.
    const EVENTS: usize = 1_500;
    let names: Vec<Vec<String>> = (0..EVENTS)
        .map(|number| (0..number % 7 + 1).map(|field| format!("Field{number}x{field}x{}", "y".repeat(400))).collect())
        .collect();
    let fields: Vec<Vec<(&str, &str)>> = names
        .iter()
        .map(|names| names.iter().map(|name| (name.as_str(), "good")).chain([("CommandLine", "evil")]).collect())
        .collect();
    let events: Vec<_> =
        (0..).zip(&fields).map(|(second, fields)| Written::security(4_688, fields).after(second)).collect();
    let bytes = log(&events);
    let mut reader = formats::evtx::Reader::new();
    let mut generation = 0;
    for chunk in formats::evtx::File::open(&bytes).unwrap().chunks().map(Result::unwrap) {
        let mut records = chunk.records(&mut reader);
        while let Some(record) = records.next_record() {
            generation = record.unwrap().parts().next().unwrap().key().unwrap().generation;
        }
    }
    assert!(0 < generation, "the test needs more templates");
    let evil = rule("evil", "category: process_creation", "{s: {CommandLine: evil}, condition: s}");
    let rules = rules(&[evil]);
    let since = eventlog::scan::Options { since: Some(crate::world::MIDNIGHT), ..eventlog::scan::Options::default() };
    let scan = World::new().with("a.evtx", &bytes).scan_with(&rules, &since);
    assert_eq!((scan.hits.len(), scan.outside, scan.losses), (EVENTS, 0, Vec::new()));
    assert!(scan.hits.iter().zip(0..).all(|(hit, second)| hit.at.0 == crate::world::MIDNIGHT.0 + second * 10_000_000));
}
