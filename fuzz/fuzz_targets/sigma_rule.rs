//! Any text as a file of Sigma rules: read, compiled, and matched against a few events.
#![no_main]

use std::sync::{Arc, LazyLock};

use detect::{CorrelationPlan, Matcher, Pipelines, Plan, Rules};
use libfuzzer_sys::fuzz_target;

/// Channel, provider, event id, and fields.
type Event = (Option<&'static str>, &'static str, u32, &'static [(&'static str, &'static str)]);

const EVENTS: [Event; 4] = [
    (None, "", 0, &[]),
    (
        Some("Microsoft-Windows-Sysmon/Operational"),
        "Microsoft-Windows-Sysmon",
        1,
        &[
            ("Image", r"C:\Windows\System32\cmd.exe"),
            ("CommandLine", "cmd.exe /c vssadmin –delete shadows /all aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ("User", "病院\\佐藤 ſς İ"),
            ("UtcTime", "2026-11-20 18:53:56.123"),
        ],
    ),
    (
        Some("Security"),
        "Microsoft-Windows-Security-Auditing",
        4625,
        &[("TargetUserName", "a"), ("IpAddress", "::ffff:10.1.2.3"), ("LogonType", "3"), ("a", ""), ("a", "b\na")],
    ),
    (Some("Application"), "MSSQLSERVER", 18456, &[("Data", "sa"), ("Data", "0x1f"), ("Data", "-1.5e3")]),
];

static PIPELINES: LazyLock<[Pipelines; 2]> = LazyLock::new(|| [Pipelines::none(), Pipelines::windows()]);

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let rules = Rules::parse(&text, "fuzz.yml");
    assert!(rules.refusals.iter().all(|refusal| !refusal.reason.to_string().is_empty()));
    for pipelines in PIPELINES.iter() {
        let Ok(plan) = Plan::compile(&rules, pipelines) else { continue };
        let plan = Arc::new(plan);
        let detections = plan.rules().len() + plan.refusals().len();
        assert!(rules.rules.len() + rules.refusals.len() <= detections, "a rule was skipped silently");
        let correlations = CorrelationPlan::compile(&rules, &plan);
        assert_eq!(correlations.correlations().len() + correlations.refusals().len(), rules.correlations.len());
        let mut matcher = Matcher::new(Arc::clone(&plan));
        let mut first = Vec::new();
        // The second round must find what the first found: nothing is left over from the event before.
        for round in 0..2 {
            for (number, event) in EVENTS.iter().enumerate() {
                let mut hits = Vec::new();
                find(&mut matcher, event, &mut hits);
                assert!(hits.iter().all(|hit| plan.rule(*hit).is_some()));
                match round {
                    0 => first.push(hits),
                    _ => assert_eq!(first.get(number), Some(&hits)),
                }
            }
        }
    }
});

fn find(matcher: &mut Matcher, (channel, provider, id, fields): &Event, hits: &mut Vec<detect::RuleIndex>) {
    matcher.begin(*channel, provider, *id);
    for (name, value) in *fields {
        match matcher.plan().field(name) {
            Some(field) => matcher.set(field, value),
            None => matcher.set_unmapped(value),
        }
    }
    matcher.finish(hits);
}
