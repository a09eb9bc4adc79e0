//! mamori's own rules on real event logs: where the samples say what is in them, the rules find exactly that.

use std::collections::BTreeMap;

use detect::RulePack;
use formats::evtx::{File, Reader, Record, Section};

use crate::naive;
use crate::pack::{Engine, bare_pack};
use crate::pack_cases::Timed;
use crate::samples::list_logs;

/// Rule → the files it fires in, and how often.
type Found = BTreeMap<String, BTreeMap<String, usize>>;

fn flatten(record: &Record<'_>) -> naive::Event {
    let system = record.system();
    let mut event = naive::Event {
        channel: system.channel.map(|channel| channel.to_string()),
        provider: system.provider.map(|provider| provider.to_string()).unwrap_or_default(),
        event_id: system.event_id.unwrap(),
        ..naive::Event::default()
    };
    record.each_field(&mut |field, value| {
        let name = field.name();
        let is_key = field.section == Section::System && ["Channel", "Provider_Name", "EventID"].contains(&name);
        if !is_key {
            event.fields.push((name.to_owned(), value.to_string()));
        }
    });
    event
}

/// Whether any text of the event speaks of shadow copies or of the tool for them.
fn mentions_shadow_copies(event: &naive::Event) -> bool {
    let texts = event.fields.iter().map(|(_, value)| value.to_lowercase());
    texts
        .into_iter()
        .any(|text| ["vssadmin", "shadowcopy", "shadow copy volume"].iter().any(|word| text.contains(word)))
}

/// What the single-event rules find in every log of the samples, or `None` with a message; as the rule `mention`, what the
/// plain look at the texts finds.
fn find(pack: &RulePack) -> Option<Found> {
    let mut engine = Engine::new(pack);
    let mut reader = Reader::new();
    let mut found = Found::new();
    for (name, bytes) in list_logs()? {
        for chunk in File::open(&bytes).unwrap().chunks() {
            let chunk = chunk.unwrap();
            let mut records = chunk.records(&mut reader);
            while let Some(record) = records.next_record() {
                let event = flatten(&record.unwrap());
                if mentions_shadow_copies(&event) {
                    *found.entry("mention".to_owned()).or_default().entry(name.clone()).or_default() += 1;
                }
                for about in engine.run(&[Timed { at: 0, event }]) {
                    let rule = about.file.trim_start_matches("rules/").trim_end_matches("/rule.yml").to_owned();
                    *found.entry(rule).or_default().entry(name.clone()).or_default() += 1;
                }
            }
        }
    }
    Some(found)
}

#[test]
fn the_samples_hold_as_many_signs_as_their_description_counts() {
    let mut pack = bare_pack();
    pack.set("cutover_date", &["2015-01-01".to_owned()]).unwrap();
    let Some(found) = find(&pack) else { return };
    for (rule, files) in &found {
        println!("{rule}: {} events in {} files", files.values().sum::<usize>(), files.len());
    }
    let count = |rule: &str| found.get(rule).map_or((0, 0), |files| (files.values().sum(), files.len()));
    assert_eq!(count("administrator_logon"), (14, 6));
    assert_eq!(count("security_log_cleared"), (24, 24));
    assert_eq!(count("other_log_cleared").0, 2);
    assert_eq!(count("service_installed"), (4, 2));
    let files: Vec<&str> = found["shadow_copy_tool_used"].keys().map(String::as_str).collect();
    let expected = [
        "AutomatedTestingTools/PanacheSysmon_vs_AtomicRedTeam01.evtx",
        "Execution/sysmon_exec_from_vss_persistence.evtx",
    ];
    assert_eq!(files, expected);
    assert_eq!(found["shadow_copy_tool_used"], found["mention"]);
    // A shell and the program it starts, once for vssadmin and once for wbadmin.
    assert_eq!(count("backup_copies_deleted_by_command"), (4, 1));
}

#[test]
fn before_the_day_the_site_named_the_administrator_may_log_on() {
    let mut pack = bare_pack();
    pack.set("cutover_date", &["2030-01-01".to_owned()]).unwrap();
    let Some(found) = find(&pack) else { return };
    assert_eq!(found.get("administrator_logon"), None);
}
