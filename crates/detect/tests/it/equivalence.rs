//! The compiled plan gives what the definition gives: random rules on random events.
//!
//! Words come from a small alphabet, so that needles overlap, share grams and nearly match; rules are compiled together,
//! so that atoms are shared between them.

use std::fmt::Write as _;
use std::sync::Arc;

use detect::{Matcher, Pipelines, Plan, Rules};
use proptest::prelude::*;

use crate::naive::{self, Event};
use crate::table::fires;

const FIELDS: [&str; 5] = ["A", "B", "Channel", "EventID", "Provider_Name"];
const WORDS: [&str; 24] = [
    "a",
    "b",
    "ab",
    "ba",
    "abc",
    "bca",
    "abca",
    "abcab",
    "cabcabc",
    "abcabcabcabc",
    "A",
    "Ab",
    "é",
    "É",
    "aéb",
    "Kk",
    "\u{212A}",
    "ſ",
    "-a",
    " /b",
    "1",
    "12",
    "0x10",
    "\\",
];

/// Long enough to be looked up at every fourth byte only; each holds parts of the others.
const LONG: [&str; 6] = ["abababa", "bababab", "ababbab", "aabbaabbaa", "baabbaabb", "abababababab"];

/// Often one word alone, so that rules and events meet.
fn word() -> impl Strategy<Value = String> {
    let one = prop::sample::select(WORDS.to_vec());
    let some = prop::collection::vec(one.clone(), 0..4).prop_map(|words| words.concat());
    prop_oneof![one.prop_map(ToOwned::to_owned), some]
}

/// A value as a rule writes it, wildcards and escapes among its words.
fn pattern() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => prop::sample::select(WORDS.to_vec()),
        2 => Just("*"),
        1 => Just("?"),
        1 => prop::sample::select(vec!["\\*", "\\?", "\\\\", "%"]),
    ];
    let parts = prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat());
    prop_oneof![word(), parts]
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn list(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "))
}

/// `field|modifiers: value` of one item.
fn item() -> impl Strategy<Value = String> {
    let field = prop::sample::select(FIELDS.to_vec());
    let modifiers = prop::sample::select(vec![
        "",
        "",
        "|contains",
        "|contains",
        "|startswith",
        "|endswith",
        "|contains|all",
        "|cased",
        "|contains|cased",
        "|windash|contains",
        "|neq",
        "|contains|neq",
        "|startswith|all",
        "|wide|base64offset|contains",
    ]);
    let texts = (field.clone(), modifiers, prop::collection::vec(pattern(), 1..4)).prop_filter_map(
        "base64 takes no wildcards",
        |(field, modifiers, values)| {
            let encoded = modifiers.contains("base64") && values.iter().any(|value| value.contains(['*', '?']));
            (!encoded).then(|| format!("{}: {}", quoted(&format!("{field}{modifiers}")), list(&values)))
        },
    );
    let anchors = prop::sample::select(vec!["|contains", "|startswith", "|endswith", "|contains|all"]);
    let long =
        (field.clone(), anchors, prop::sample::subsequence(LONG.to_vec(), 1..3)).prop_map(|(field, anchor, words)| {
            let words: Vec<String> = words.into_iter().map(ToOwned::to_owned).collect();
            format!("{}: {}", quoted(&format!("{field}{anchor}")), list(&words))
        });
    let regex = prop::sample::select(vec![
        "ab+c",
        "^a",
        "c$",
        "(?i)ABC",
        "(ab|ba)c",
        "a.b",
        "[ab]{2}",
        "",
        "k",
        "(?i)k",
        "(?i)s",
        "(a|)",
        "b{2}|abca",
        "^$",
        "a(bc|ca)*b",
        "\\\\",
        "(?i)É",
    ]);
    let regexes = (field.clone(), prop::sample::select(vec!["|re", "|re|i", "|re|m", "|re|s"]), regex)
        .prop_map(|(field, modifiers, value)| format!("{}: {}", quoted(&format!("{field}{modifiers}")), quoted(value)));
    let other = prop::sample::select(vec![
        "|exists: true",
        "|exists: false",
        ": null",
        ": 12",
        ": 0x10",
        "|gt: 1",
        "|lte: 12",
        "|gte: 1",
        "|fieldref: B",
        "|fieldref: EventID",
        "|fieldref|contains: A",
        "|fieldref|endswith: B",
        "|fieldref|startswith|neq: A",
        "|cidr: 10.0.0.0/8",
        "|neq: 12",
        ": ''",
        ": '*'",
        "|hour: 12",
        "|year|lt: 2020",
        "|contains: [a, 1, '']",
    ]);
    let others = (field, other).prop_map(|(field, rest)| {
        let (key, value) = rest.split_once(':').unwrap();
        format!("{}:{value}", quoted(&format!("{field}{key}")))
    });
    prop_oneof![6 => texts, 2 => long, 2 => regexes, 3 => others]
}

fn map() -> impl Strategy<Value = String> {
    prop::collection::vec(item(), 1..4).prop_map(|mut items| {
        items.sort();
        items.dedup_by_key(|item| item.split(':').next().unwrap_or_default().to_owned());
        format!("{{{}}}", items.join(", "))
    })
}

fn selection() -> impl Strategy<Value = String> {
    let keywords = || prop::collection::vec(pattern(), 1..3);
    prop_oneof![
        6 => map(),
        2 => prop::collection::vec(map(), 1..3).prop_map(|maps| format!("[{}]", maps.join(", "))),
        1 => keywords().prop_map(|words: Vec<String>| list(&words)),
        1 => keywords().prop_map(|words: Vec<String>| format!("{{'|all': {}}}", list(&words))),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "s0",
        "s1",
        "s2",
        "1 of s*",
        "all of s*",
        "all of them",
        "1 of them",
        "2 of them",
        "2 of s*",
        "any of s1*",
    ]);
    let leaf = leaf.prop_map(ToOwned::to_owned);
    let nested = leaf.clone().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| format!("not ({inner})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left}) and ({right})")),
            (inner.clone(), inner).prop_map(|(left, right)| format!("({left}) or ({right})")),
        ]
    });
    prop_oneof![leaf, nested]
}

fn rule() -> impl Strategy<Value = String> {
    (prop::collection::vec(selection(), 3), prop::collection::vec(condition(), 1..3)).prop_map(
        |(selections, conditions)| {
            let mut text = "title: t\nlogsource: {}\ndetection:\n".to_owned();
            for (index, selection) in selections.iter().enumerate() {
                writeln!(text, "  s{index}: {selection}").unwrap();
            }
            writeln!(text, "  condition: {}", list(&conditions)).unwrap();
            text
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let other = prop::sample::select(vec!["10.1.2.3", "2019-05-06T12:34:56Z", "-5", "12.5", "x\nabc", "16", "YWJj"]);
    let long = (0_usize..9, prop::sample::select(LONG.to_vec()), word())
        .prop_map(|(before, long, behind)| format!("{}{long}{behind}", "x".repeat(before)));
    let value = prop_oneof![5 => word(), 2 => long, 1 => other.prop_map(ToOwned::to_owned)];
    let field = (prop::sample::select(vec!["A", "B", "a", "Z"]), value.clone());
    (
        prop::option::of(value.clone()),
        value.clone(),
        prop::sample::select(vec![0_u32, 1, 12, 16, 121]),
        prop::collection::vec(field, 0..5),
        prop::collection::vec(value, 0..2),
    )
        .prop_map(|(channel, provider, event_id, fields, texts)| Event {
            channel,
            provider,
            event_id,
            fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            texts,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1_000), ..ProptestConfig::default() })]

    #[test]
    fn the_compiled_plan_is_what_the_definition_says(
        texts in prop::collection::vec(rule(), 1..6),
        events in prop::collection::vec(event(), 1..8),
    ) {
        let rules = Rules::parse(&texts.join("---\n"), "random.yml");
        prop_assert!(rules.refusals.is_empty(), "{:?}", rules.refusals);
        let plan = Arc::new(Plan::compile(&rules, &Pipelines::none()).unwrap());
        prop_assert!(plan.refusals().is_empty(), "{:?}", plan.refusals());
        let mut matcher = Matcher::new(plan);
        for event in &events {
            let expected: Vec<u32> = (0..)
                .zip(&rules.rules)
                .filter(|(_, rule)| naive::fires(rule, event))
                .map(|(index, _)| index)
                .collect();
            prop_assert_eq!(fires(&mut matcher, event), expected, "{:#?}\n{}", event, texts.join("---\n"));
        }
    }
}
