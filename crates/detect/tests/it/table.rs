//! The specification, one modifier, wildcard and condition after the other: `field`, `value` → does the rule fire?

use std::sync::Arc;

use detect::{Matcher, Pipelines, Plan, Rules};
use proptest::prelude::*;

use crate::naive;

/// Fields of an event, `Name=value` each; `!` alone stands for no field at all.
fn event(text: &str) -> naive::Event {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap();
        (name.to_owned(), value.replace("\\n", "\n").replace("\\0", "\0"))
    };
    let fields = if text == "!" { Vec::new() } else { text.split(" ;; ").map(pair).collect() };
    naive::Event { fields, ..naive::Event::default() }
}

/// A rule whose `detection` is `detection`, indented as in the test.
fn compile(detection: &str) -> (Rules, Arc<Plan>) {
    compile_with(detection, &Pipelines::none())
}

fn compile_with(detection: &str, pipelines: &Pipelines) -> (Rules, Arc<Plan>) {
    let indented: String = detection.lines().map(|line| format!("  {line}\n")).collect();
    let rules = Rules::parse(&format!("title: t\nlogsource: {{}}\ndetection:\n{indented}"), "t.yml");
    let plan = Plan::compile(&rules, pipelines).unwrap();
    (rules, Arc::new(plan))
}

pub(crate) fn fires(matcher: &mut Matcher, event: &naive::Event) -> Vec<u32> {
    let mut hits = Vec::new();
    matcher.begin(event.channel.as_deref(), &event.provider, event.event_id);
    for (name, value) in &event.fields {
        match matcher.plan().field(name) {
            Some(field) => matcher.set(field, value),
            None => matcher.set_unmapped(value),
        }
    }
    for text in &event.texts {
        matcher.set_unmapped(text);
    }
    matcher.finish(&mut hits);
    hits.iter().map(|hit| hit.0).collect()
}

/// `yes` and `no` are events, one per line.
#[track_caller]
fn check(detection: &str, yes: &[&str], no: &[&str]) {
    let with_condition = if detection.contains("condition:") {
        detection.to_owned()
    } else {
        format!("selection:\n  {}\ncondition: selection", detection.replace('\n', "\n  "))
    };
    let (rules, plan) = compile(&with_condition);
    assert_eq!(plan.refusals(), [], "{detection}");
    let mut matcher = Matcher::new(plan);
    for (lines, expected) in [(yes, true), (no, false)] {
        for line in lines {
            let event = event(line);
            assert_eq!(naive::fires(&rules.rules[0], &event), expected, "by definition: {detection} on {line}");
            assert_eq!(!fires(&mut matcher, &event).is_empty(), expected, "compiled: {detection} on {line}");
        }
    }
}

#[track_caller]
fn refused(detection: &str, reason: &str) {
    let (_, plan) = compile(detection);
    let reasons: Vec<String> = plan.refusals().iter().map(|refusal| refusal.reason.to_string()).collect();
    assert!(reasons.iter().any(|found| found.contains(reason)), "{detection}: {reasons:?}");
}

#[test]
fn plain_values_are_the_whole_value_without_case() {
    check("A: Whoami", &["A=whoami", "A=WHOAMI"], &["A=whoami.exe", "A=xwhoami", "A=", "!", "B=whoami"]);
    check("A: [one, two]", &["A=one", "A=TWO"], &["A=onetwo", "A=three"]);
    check("A: Ärger", &["A=äRGER"], &["A=arger"]);
    check("A: ΣΑΣ", &["A=σας", "A=ΣΑΣ"], &["A=σα"]);
    check("A: ''", &["A="], &["A=x", "!"]);
    check("'Threat Name': x", &["ThreatName=x", "Threat Name=X", "threatname=x"], &["Threat=x"]);
}

#[test]
fn numbers_and_booleans_are_compared_as_they_are_written() {
    check("EventType: 4624", &["EventType=4624"], &["EventType=04624", "EventType=46240"]);
    check("A: 0x10", &["A=0x10", "A=16"], &["A=10"]);
    check("A: true", &["A=true", "A=True"], &["A=1", "A=false"]);
    check("A: 1.5", &["A=1.5"], &["A=15"]);
}

#[test]
fn null_is_a_missing_field_and_exists_asks_only_for_it() {
    check("A: null", &["!", "B=x"], &["A=x", "A="]);
    check("A:", &["!"], &["A=x"]);
    check("A|exists: true", &["A=", "A=x"], &["!", "B=x"]);
    check("A|exists: false", &["!", "B=x"], &["A=", "A=x"]);
    check("A: [null, x]", &["!", "A=x"], &["A=y"]);
}

#[test]
fn wildcards_and_their_escapes() {
    check("A: 'a*c'", &["A=ac", "A=abc", "A=aXcXc"], &["A=acb", "A=xac"]);
    check("A: 'a?c'", &["A=abc", "A=aéc", "A=a?c"], &["A=ac", "A=abbc"]);
    check("A: 'a\\*c'", &["A=a*c"], &["A=abc", "A=a\\*c"]);
    check("A: 'a\\?c'", &["A=a?c"], &["A=abc"]);
    check("A: 'a\\\\c'", &["A=a\\c"], &["A=a\\\\c"]);
    check("A: 'a\\c'", &["A=a\\c"], &["A=ac"]);
    check("A: 'a\\\\*c'", &["A=a\\c", "A=a\\xxc"], &["A=a*c"]);
    check("A: 'a\\\\\\*c'", &["A=a\\*c"], &["A=a\\xc"]);
    check("A: '*'", &["A=", "A=x"], &["!"]);
    check("A: '?*'", &["A=x", "A=xy"], &["A=", "!"]);
    check("A: '*\\\\Temp\\\\*\\\\?.exe'", &["A=C:\\temp\\x\\y.EXE"], &["A=C:\\temp\\y.exe", "A=C:\\temp\\x\\yy.exe"]);
    check("A: '*ab*ab*'", &["A=abab", "A=xxabyabz"], &["A=aba", "A=ab"]);
}

#[test]
fn contains_startswith_endswith() {
    check("A|contains: bc", &["A=abcd", "A=BC"], &["A=b c", "!"]);
    check("A|contains: 'b*d'", &["A=abcde", "A=bd"], &["A=db"]);
    check("A|startswith: ab", &["A=abc", "A=AB"], &["A=xab"]);
    check("A|endswith: '\\cmd.exe'", &["A=C:\\CMD.EXE"], &["A=cmd.exe", "A=\\cmd.exe "]);
    check("A|contains: [x, y]", &["A=1x", "A=y1"], &["A=z"]);
    check("A|contains|all: [x, y]", &["A=y1x"], &["A=x", "A=y"]);
    check("A|contains: é", &["A=caFÉ"], &["A=cafe"]);
    check("A|contains: 4", &["A=1441"], &["A=133"]);
    check("A|endswith: '\\'", &["A=C:\\"], &["A=C:\\x"]);
    check("A|startswith: 'a?b'", &["A=axbzz"], &["A=abzz"]);
}

#[test]
fn cased_compares_letters_exactly() {
    check("A|cased: Ab", &["A=Ab"], &["A=ab", "A=AB"]);
    check("A|contains|cased: Ab", &["A=xAbx"], &["A=xabx"]);
    check("A|startswith|cased: 'A?b'", &["A=Axbx"], &["A=axbx"]);
}

#[test]
fn regular_expressions_are_searched_and_see_case() {
    check("A|re: 'a[0-9]{2}b'", &["A=xa12bx"], &["A=a1b", "A=A12B"]);
    check("A|re|i: 'ab+c'", &["A=xABBC"], &["A=ac"]);
    check("A|re: '(?i)kelvin'", &["A=\u{212A}elvin"], &["A=elvin"]);
    check("A|re: '^a.c$'", &["A=abc"], &["A=a\\nc", "A=xabc"]);
    check("A|re|s: '^a.c$'", &["A=a\\nc"], &["A=xa\\nc"]);
    check("A|re|m: '^b$'", &["A=a\\nb\\nc"], &["A=ab"]);
    check("A|re: 'https?://(a|b)\\.example'", &["A=see http://a.example"], &["A=http://c.example"]);
    check("A|re: '(one|two)x?'", &["A=two"], &["A=on"]);
    check("A|re|contains: 'b'", &["A=abc"], &["A=ac"]);
    check("A|re: ''", &["A=", "A=x"], &["!"]);
    refused("s:\n  A|re: 'a(?=b)'\ncondition: s", "look-around");
    refused("s:\n  A|re: 'a{100000}{1000}'\ncondition: s", "regular expression");
    refused("s:\n  A|contains|re: 'x'\ncondition: s", "");
}

#[test]
fn windash_takes_every_dash_that_begins_a_word() {
    let yes = ["A=x -enc", "A=x /enc", "A=x \u{2013}enc", "A=x \u{2014}enc", "A=x \u{2015}enc"];
    check("A|windash|contains: ' -enc'", &yes, &["A=x enc", "A=x _enc"]);
    check("A|contains|windash: ' /enc'", &yes, &["A=x enc"]);
    check("A|windash: '-a-b'", &["A=/a-b"], &["A=-a/b"]);
    check("A|windash|contains|all: [' -a', ' -b']", &["A=x /b -a"], &["A=x /a"]);
    refused("s:\n  A|windash: ' -a -b -c -d -e -f'\ncondition: s", "becomes more than");
}

#[test]
fn base64_and_wide_encodings() {
    check("A|base64|contains: 'foobar'", &["A=xxZm9vYmFyxx"], &["A=foobar"]);
    check(
        "A|base64offset|contains: '/bin/bash'",
        &["A=L2Jpbi9iYXNo", "A=9iaW4vYmFza", "A=vYmluL2Jhc2"],
        &["A=/bin/bash"],
    );
    check("A|wide|base64|contains: 'cmd'", &["A=YwBtAGQA"], &["A=Y21k"]);
    check("A|utf16le|base64: 'cmd'", &["A=YwBtAGQA"], &[]);
    check("A|utf16be|base64: 'cmd'", &["A=AGMAbQBk"], &[]);
    check("A|utf16|base64: 'cmd'", &["A=//5jAG0AZAA="], &[]);
    check("A|wide: 'ab'", &["A=a\\0b\\0"], &["A=ab"]);
    check("A|wide|base64offset|contains: 'ping'", &["A=AcABpAG4AZw"], &["A=ping"]);
    check("A|base64|base64: 'a'", &["A=WVE9PQ=="], &["A=YQ=="]);
    refused("s:\n  A|base64: 'a*'\ncondition: s", "base64");
}

#[test]
fn networks() {
    check("A|cidr: 10.0.0.0/8", &["A=10.1.2.3", "A=::ffff:10.1.2.3"], &["A=11.0.0.1", "A=10.1", "A=x"]);
    check("A|cidr: [127.0.0.0/8, '::1/128']", &["A=127.0.0.1", "A=::1"], &["A=::2"]);
    check("A|cidr: 'fe80::/10'", &["A=fe80::1", "A=FEBF::"], &["A=fec0::1"]);
    check("A|cidr: 0.0.0.0/0", &["A=1.2.3.4"], &["A=::1"]);
    refused("s:\n  A|cidr: '10.0.0.0/33'\ncondition: s", "is no network");
}

#[test]
fn numbers_are_compared_by_size() {
    check("A|gt: 5", &["A=6", "A=5.5", "A=0x6"], &["A=5", "A=x", "A=", "!"]);
    check("A|gte: 5", &["A=5"], &["A=4"]);
    check("A|lt: 5", &["A=4", "A=-1"], &["A=5"]);
    check("A|lte: 5", &["A=5"], &["A=6"]);
    check("A|gt: '5'", &["A=6"], &["A=5"]);
}

#[test]
fn neq_is_the_opposite_of_all_its_values() {
    check("A|neq: x", &["A=y", "!"], &["A=X"]);
    check("A|neq: [x, 1]", &["A=2"], &["A=x", "A=1"]);
    check("A|contains|neq: x", &["A=y"], &["A=axb"]);
    check("A|fieldref|neq: B", &["A=x ;; B=y"], &["A=x ;; B=X"]);
}

#[test]
fn parts_of_a_time() {
    let at = "A=2026-11-20T18:53:56.123Z";
    for (part, number) in [("minute", 53), ("hour", 18), ("day", 20), ("week", 47), ("month", 11), ("year", 2026)] {
        check(&format!("A|{part}: {number}"), &[at], &["A=2025-10-19 17:52:55", "A=x", "!"]);
    }
    check("A|hour|gte: 18", &[at], &["A=2026-11-20 17:59:59"]);
    check("A|week: 53", &["A=2021-01-01", "A=2020-12-31"], &["A=2021-01-04"]);
    check("A|week: 1", &["A=2024-12-30", "A=2026-01-01"], &["A=2023-01-01"]);
}

#[test]
fn another_field() {
    check("A|fieldref: B", &["A=x ;; B=X"], &["A=x ;; B=y", "A=x", "B=x", "!"]);
    check("A|fieldref|startswith: B", &["A=xy ;; B=X"], &["A=yx ;; B=x"]);
    check("A|fieldref|endswith: B", &["A=yx ;; B=X"], &["A=xy ;; B=x"]);
    check("A|fieldref|contains: B", &["A=axa ;; B=X"], &["A=aya ;; B=x"]);
}

#[test]
fn several_values_of_one_field() {
    check("Data: x", &["Data=y ;; Data=x"], &["Data=y ;; Data=z"]);
    check("Data|contains|all: [x, y]", &["Data=x ;; Data=y"], &["Data=x ;; Data=z"]);
    check("Data|fieldref: B", &["Data=1 ;; Data=2 ;; B=2"], &["Data=1 ;; B=2"]);
}

#[test]
fn keywords_are_looked_for_in_every_value() {
    check("keywords: [evil, 'b?d']\ncondition: keywords", &["A=so EVIL", "Z=xbadx"], &["A=good", "!"]);
    check("keywords:\n  '|all': [one, two]\ncondition: keywords", &["A=one ;; B=two"], &["A=one"]);
    check("keywords:\n  '|re': 'e[vw]il'\ncondition: keywords", &["A=ewil"], &["A=EWIL"]);
    check("keywords: word\ncondition: not keywords", &["A=x"], &["A=a word"]);
}

#[test]
fn maps_and_lists_of_maps() {
    check("A: x\nB: y", &["A=x ;; B=y"], &["A=x", "B=y"]);
    check("s:\n  - A: x\n    B: y\n  - C: z\ncondition: s", &["A=x ;; B=y", "C=z"], &["A=x", "B=y"]);
}

#[test]
fn conditions() {
    let parts = "a1:\n  A: x\na2:\n  B: x\nb:\n  C: x\n_h:\n  D: x\n";
    let of = |condition: &str| format!("{parts}condition: {condition}");
    check(&of("a1 and not b"), &["A=x"], &["A=x ;; C=x", "B=x"]);
    check(&of("a1 or a2 and b"), &["A=x", "B=x ;; C=x"], &["B=x", "C=x"]);
    check(&of("(a1 or a2) and b"), &["A=x ;; C=x"], &["A=x"]);
    check(&of("not (a1 or not b)"), &["C=x"], &["A=x ;; C=x", "!"]);
    check(&of("1 of a*"), &["A=x", "B=x"], &["C=x"]);
    check(&of("all of a*"), &["A=x ;; B=x"], &["A=x"]);
    check(&of("any of them"), &["C=x"], &["D=x"]);
    check(&of("all of them"), &["A=x ;; B=x ;; C=x"], &["A=x ;; B=x ;; D=x"]);
    check(&of("2 of them"), &["A=x ;; C=x", "A=x ;; B=x ;; C=x"], &["A=x ;; D=x"]);
    check(&of("not 2 of them"), &["A=x"], &["A=x ;; C=x"]);
    check(&of("1 of _h*"), &["D=x"], &["A=x"]);
    check(&of("[a1, b]"), &["A=x", "C=x"], &["B=x"]);
    check(&of("NOT a1 AND b"), &["C=x"], &["A=x ;; C=x"]);
    refused(&of("a1 | count() > 5"), "correlation rules have replaced");
    refused(&of("a1 and"), "a name was expected");
    refused(&of("(a1"), "`)` was expected");
    refused(&of("a9"), "no selection is called so");
    refused(&of("1 of c*"), "no selection is called so");
    refused(&of(&"(".repeat(60)), "brackets");
}

#[test]
fn placeholders_are_filled_or_the_rule_is_not_loaded() {
    let detection = "s:\n  A|expand: '%admins%'\n  B|contains|expand: 'x%any%y'\ncondition: s";
    refused(detection, "placeholder `%admins%` has no values");
    let mut pipelines = Pipelines::none();
    pipelines.placeholders.insert("admins".to_owned(), vec!["root".to_owned(), "adm_*".to_owned()]);
    pipelines.placeholders.insert("any".to_owned(), vec!["1".to_owned()]);
    let (_, plan) = compile_with(detection, &pipelines);
    let mut matcher = Matcher::new(plan);
    assert_eq!(fires(&mut matcher, &event("A=ROOT ;; B=ax1yz")), [0]);
    assert_eq!(fires(&mut matcher, &event("A=adm_x ;; B=x1y")), [0]);
    assert_eq!(fires(&mut matcher, &event("A=user ;; B=x1y")), [0; 0]);
}

#[test]
fn what_is_no_rule_is_named_with_its_reason() {
    for (text, reason) in [
        ("title: t", "no `logsource`"),
        ("logsource: {}", "no `title`"),
        ("title: t\nlogsource: {}\ndetection: {s: {A: x}}", "no `condition`"),
        ("title: t\nlogsource: {}\ndetection: {s: {A|foo: x}, condition: s}", "`foo` is no modifier"),
        ("title: t\nlogsource: {}\ndetection: {s: {A: &x y, B: *x}, condition: s}", "aliases"),
        ("title: t\ntitle: u", "stands twice"),
        ("title: [", "no valid YAML"),
        ("title: t\nlevel: awful\nlogsource: {}", "`awful` is no level"),
    ] {
        let rules = Rules::parse(text, "t.yml");
        let reasons: Vec<String> = rules.refusals.iter().map(|refusal| refusal.reason.to_string()).collect();
        assert!(reasons.len() == 1 && reasons[0].contains(reason), "{text}: {reasons:?}");
    }
    let deep = format!("title: t\nlogsource: {{}}\ndetection: {}", "[".repeat(100));
    assert!(Rules::parse(&deep, "t.yml").refusals[0].reason.to_string().contains("nested deeper"));
    let wide = format!("title: t\nx: [{}]", "1,".repeat(300_000));
    assert!(Rules::parse(&wide, "t.yml").refusals[0].reason.to_string().contains("more than 200000"));
}

#[test]
fn rules_that_explode_are_refused() {
    let values: String = (0..20_000).map(|number| format!("v{number}, ")).collect();
    let often = ["s"; 200].join(" and ");
    refused(&format!("s:\n  A: [{values}]\ncondition: {often}"), "more than 500000 tests, by the condition");
    refused(&format!("s:\n  A: [{values}{values}{values}]\ncondition: s"), "more than 50000 tests");
    refused("s:\n  A|re: '(\\w{1,200}){1,9}'\ncondition: s", "is too large");
}

proptest! {
    #[test]
    fn no_text_ends_the_program(
        keep in 0_usize..400,
        noise in "[\\x00-\\x7Fé*?\\\\|%]{0,40}",
    ) {
        let text = "title: t\nid: 1\nlogsource: {product: windows, service: security}\ndetection:\n  s:\n    - A|contains|windash: ' -x'\n      \
                    B|re: 'a+b'\n    - 'C|cidr': 10.0.0.0/8\n  condition: 1 of s* and not s\n---\ntitle: u\ncorrelation:\n  type: temporal\n  \
                    rules: [t, u]\n  timespan: 5m\n  condition: t and not u\n";
        let cut = text.char_indices().map(|(at, _)| at).nth(keep % text.len()).unwrap_or(0);
        let rules = Rules::parse(&format!("{}{noise}{}", &text[..cut], &text[cut..]), "t.yml");
        let plan = Plan::compile(&rules, &Pipelines::windows()).unwrap();
        detect::CorrelationPlan::compile(&rules, &plan);
        let mut matcher = Matcher::new(Arc::new(plan));
        let event = naive::Event { fields: vec![("A".to_owned(), noise)], ..naive::Event::default() };
        fires(&mut matcher, &event);
    }
}

#[test]
fn a_filter_takes_events_away_from_the_rules_it_names() {
    let text = "title: r\nid: r1\nlogsource: {product: windows, category: process_creation}\n\
                detection: {s: {A: x}, condition: s}\n---\n\
                title: f\nlogsource: {product: windows}\nfilter:\n  rules: [r1]\n  selection: {B|startswith: adm_}\n  condition: not selection\n---\n\
                title: other\nlogsource: {product: linux}\nfilter: {rules: any, selection: {A: x}, condition: not selection}\n---\n\
                title: idle\nlogsource: {}\nfilter: {rules: [r9], s: {A: x}, condition: not s}";
    let plan = Plan::compile(&Rules::parse(text, "t.yml"), &Pipelines::none()).unwrap();
    let reasons: Vec<String> = plan.refusals().iter().map(|refusal| refusal.reason.to_string()).collect();
    assert_eq!(reasons, ["rule `r9` is not there"]);
    let mut matcher = Matcher::new(Arc::new(plan));
    let with = |fields: &str| naive::Event {
        channel: Some("Microsoft-Windows-Sysmon/Operational".to_owned()),
        event_id: 1,
        ..event(fields)
    };
    assert_eq!(fires(&mut matcher, &with("A=x ;; B=bob")), [0]);
    assert_eq!(fires(&mut matcher, &with("A=x ;; B=ADM_bob")), [0; 0]);
}

#[test]
fn channel_and_event_id_come_from_the_log_source() {
    let text = "title: r\nlogsource: {product: windows, category: process_creation}\n\
                detection: {s: {Image|endswith: x.exe}, condition: s}";
    let plan = Plan::compile(&Rules::parse(text, "t.yml"), &Pipelines::windows()).unwrap();
    let sysmon = plan.interest(Some("microsoft-windows-SYSMON/operational"), "any", 1);
    assert!(!sysmon.is_empty() && sysmon.needs(plan.field("Image").unwrap()), "case of a channel does not matter");
    assert!(!sysmon.needs(plan.field("NewProcessName").unwrap()));
    assert!(plan.interest(Some("Security"), "any", 4688).needs(plan.field("NewProcessName").unwrap()));
    for (channel, id) in [(Some("Security"), 1), (Some("Microsoft-Windows-Sysmon/Operational"), 3), (None, 1)] {
        assert!(plan.interest(channel, "any", id).is_empty(), "{channel:?} {id}");
    }
    let plan = Plan::compile(&Rules::parse(text, "t.yml"), &Pipelines::reference()).unwrap();
    assert!(plan.interest(Some("Security"), "any", 4688).is_empty());
}
