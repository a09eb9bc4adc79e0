//! Correlations: each type below, at and above its threshold, at the edge of its window, per group, late, and after a restart.

use detect::correlate::{Limits, Losses, Match, Observation};
use detect::rule::{CorrelationKind, Order, Together};
use detect::{CorrelationPlan, Correlator, Pipelines, Plan, RuleIndex, Rules};
use expect_test::{Expect, expect};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000;

/// Rules `a`, `b` and `c`, and the correlations of `text`.
fn compile(text: &str) -> CorrelationPlan {
    let mut all = String::new();
    for name in ["a", "b", "c"] {
        all.push_str(&format!(
            "title: {name}\nname: {name}\nlogsource: {{}}\ndetection: {{s: {{Rule: {name}}}, condition: s}}\n---\n"
        ));
    }
    let rules = Rules::parse(&(all + text), "t.yml");
    assert_eq!(rules.refusals, [], "{text}");
    let plan = Plan::compile(&rules, &Pipelines::none()).unwrap();
    CorrelationPlan::compile(&rules, &plan)
}

#[derive(Debug, Clone)]
struct Seen {
    seconds: i64,
    /// Rules that hit, by number.
    hits: Vec<u32>,
    user: Option<String>,
    value: Option<String>,
}

fn add(correlator: &mut Correlator, plan: &CorrelationPlan, event: u64, seen: &Seen, matches: &mut Vec<Match>) -> bool {
    let hits: Vec<RuleIndex> = seen.hits.iter().map(|hit| RuleIndex(*hit)).collect();
    let value = |name: &str| match name {
        "User" | "Account" => seen.user.clone(),
        "Value" => seen.value.clone(),
        _ => None,
    };
    let observation = Observation { at: seen.seconds * SECOND, event, hits: &hits, value: &value };
    correlator.add(plan, &observation, matches)
}

/// `seconds rules user value` per line; `-` is no value.
fn parse(line: &str) -> Seen {
    let words: Vec<&str> = line.split_whitespace().collect();
    let optional = |word: Option<&&str>| word.filter(|word| **word != "-").map(|word| (*word).to_owned());
    Seen {
        seconds: words[0].parse().unwrap(),
        hits: words[1].bytes().map(|letter| u32::from(letter - b'a')).collect(),
        user: optional(words.get(2)),
        value: optional(words.get(3)),
    }
}

#[track_caller]
fn check(correlation: &str, log: &str, expected: Expect) {
    let plan = compile(&format!("title: t\nname: first\ncorrelation: {{{correlation}}}"));
    assert_eq!(plan.refusals(), [], "{correlation}");
    let mut correlator = Correlator::new(Limits { lateness: 10 * SECOND, ..Limits::default() });
    let mut matches = Vec::new();
    for (event, line) in (0..).zip(log.split(", ")) {
        add(&mut correlator, &plan, event, &parse(line), &mut matches);
    }
    correlator.finish(&plan, &mut matches);
    let shown = |found: &Match| {
        let group: Vec<&str> = found.group.iter().map(|(_, value)| value.as_str()).collect();
        format!("{} {} {} {:?}", found.at / SECOND, group.join("+"), found.number, found.events)
    };
    expected.assert_eq(&matches.iter().map(shown).collect::<Vec<_>>().join("\n"));
}

#[test]
fn an_event_count_is_reported_when_it_is_reached_and_not_again_while_it_stays() {
    let three = "type: event_count, rules: [a], group-by: [User], timespan: 10s, condition: {gte: 3}";
    check(three, "0 a x, 1 a x", expect![""]);
    check(three, "0 a x, 1 a x, 2 a x, 3 a x", expect!["2 x 3 [0, 1, 2]"]);
    check(three, "0 a x, 1 a x, 10 a x", expect!["10 x 3 [0, 1, 2]"]);
    check(three, "0 a x, 1 a x, 11 a x", expect![""]);
    check(
        three,
        "0 a x, 1 a y, 2 a X, 3 a y, 4 a x, 5 a y",
        expect![[r#"
        4 x 3 [0, 2, 4]
        5 y 3 [1, 3, 5]"#]],
    );
    check(
        three,
        "0 a x, 1 a x, 2 a x, 30 a x, 31 a x, 32 a x",
        expect![[r#"
        2 x 3 [0, 1, 2]
        32 x 3 [3, 4, 5]"#]],
    );
    check(
        "type: event_count, rules: [a], group-by: [User], timespan: 10s, condition: {gt: 1, lt: 3}",
        "0 a x, 1 a x, 2 a x",
        expect!["1 x 2 [0, 1]"],
    );
    check(
        "type: event_count, rules: [a, b], timespan: 10s, condition: {eq: 2}",
        "0 ab x, 1 c x, 2 b y",
        expect!["2  2 [0, 2]"],
    );
}

#[test]
fn a_value_count_counts_different_values_without_case() {
    let two = "type: value_count, rules: [a], group-by: [User], timespan: 10s, condition: {field: Value, gte: 2}";
    check(two, "0 a x v, 1 a x V", expect![""]);
    check(two, "0 a x v, 1 a x w", expect!["1 x 2 [0, 1]"]);
    check(two, "0 a x v, 11 a x w", expect![""]);
    check(two, "0 a x v, 10 a x w", expect!["10 x 2 [0, 1]"]);
    check(two, "0 a x v, 1 a x -", expect![""]);
}

#[test]
fn sums_means_and_percentiles_of_numbers() {
    let of = |kind: &str, condition: &str| {
        format!(
            "type: value_{kind}, rules: [a], group-by: [User], timespan: 10s, condition: {{field: Value, {condition}}}"
        )
    };
    check(&of("sum", "gt: 10"), "0 a x 5, 1 a x 5", expect![""]);
    check(&of("sum", "gt: 10"), "0 a x 5, 1 a x 5.5", expect!["1 x 10.5 [0, 1]"]);
    check(&of("sum", "gt: 10"), "0 a x 9, 11 a x 9", expect![""]);
    check(&of("avg", "gte: 4"), "0 a x 2, 1 a x 5, 2 a x 5", expect!["2 x 4 [0, 1, 2]"]);
    check(&of("avg", "gte: 4"), "0 a x 3, 1 a x word", expect![""]);
    check(&of("percentile", "percentile: 50, gte: 3"), "0 a x 1, 1 a x 9, 2 a x 3", expect!["2 x 3 [0, 1, 2]"]);
    check(&of("percentile", "percentile: 100, gte: 9"), "0 a x 1, 1 a x 9", expect!["1 x 9 [0, 1]"]);
    check(&of("percentile", "percentile: 0, lte: 1"), "0 a x 1, 1 a x 0", expect!["0 x 1 [0]"]);
}

#[test]
fn rules_that_hit_together_in_any_order() {
    let both = "type: temporal, rules: [a, b], group-by: [User], timespan: 10s";
    check(both, "0 b x, 5 a x", expect!["5 x 2 [0, 1]"]);
    check(both, "0 b x, 10 a x", expect!["10 x 2 [0, 1]"]);
    check(both, "0 b x, 11 a x", expect![""]);
    check(both, "0 b x, 5 a y", expect![""]);
    check(both, "0 ab x", expect!["0 x 2 [0]"]);
    check(
        "type: temporal, rules: [a, b, c], timespan: 10s, condition: {gte: 2}",
        "0 b x, 5 c y",
        expect!["5  2 [0, 1]"],
    );
}

#[test]
fn rules_that_hit_in_their_order() {
    let ordered = "type: temporal_ordered, rules: [a, b], group-by: [User], timespan: 10s";
    check(ordered, "0 a x, 5 b x", expect!["5 x 2 [0, 1]"]);
    check(ordered, "0 b x, 5 a x", expect![""]);
    check(ordered, "0 a x, 10 b x", expect!["10 x 2 [0, 1]"]);
    check(ordered, "0 a x, 11 b x", expect![""]);
    // Of equal times the event that came first is first; one event is never two steps.
    check(ordered, "3 a x, 3 b x", expect!["3 x 2 [0, 1]"]);
    check(ordered, "3 b x, 3 a x", expect![""]);
    check(ordered, "3 ab x", expect![""]);
    check(ordered, "0 a x, 5 ab x", expect!["5 x 2 [0, 1]"]);
    check("type: temporal_ordered, rules: [a, b, a], timespan: 10s", "0 a x, 1 b x, 2 a x", expect!["2  3 [0, 1, 2]"]);
}

#[test]
fn an_extended_condition_may_ask_for_what_did_not_happen() {
    let without = "type: temporal, rules: [a, b], group-by: [User], timespan: 10s, condition: a and not b";
    check(without, "0 a x, 5 b x", expect![""]);
    check(without, "0 a x, 10 b x", expect![""]);
    check(without, "0 a x, 11 b x", expect!["10 x 1 [0]"]);
    check(without, "0 a x, 4 a x", expect!["10 x 1 [0, 1]"]);
    check("type: temporal, timespan: 10s, condition: a and (b or c)", "0 c x, 1 a x", expect!["1  2 [0, 1]"]);
}

#[test]
fn an_alias_joins_fields_of_different_names() {
    let text = "type: temporal, rules: [a, b], group-by: [who], timespan: 10s, aliases: {who: {a: User, b: Account}}";
    check(text, "0 a x, 1 b x", expect!["1 x 2 [0, 1]"]);
    check(text, "0 a x, 1 b y", expect![""]);
}

#[test]
fn correlations_build_on_correlations() {
    let plan = compile(
        "title: last\ncorrelation: {type: temporal_ordered, rules: [many, b], group-by: [User], timespan: 1m}\n---\n\
         title: many\nname: many\ncorrelation: {type: event_count, rules: [a], group-by: [User], timespan: 10s, condition: {gte: 2}}\n---\n\
         title: round\nname: r1\ncorrelation: {type: temporal, rules: [r2], timespan: 1s}\n---\n\
         title: round\nname: r2\ncorrelation: {type: temporal, rules: [r1], timespan: 1s}\n---\n\
         title: lost\ncorrelation: {type: temporal, rules: [zz], timespan: 1s}",
    );
    let reasons: Vec<String> = plan.refusals().iter().map(|refusal| refusal.reason.to_string()).collect();
    assert_eq!(
        reasons,
        ["the correlation depends on itself", "the correlation depends on itself", "rule `zz` is not there"]
    );
    let mut correlator = Correlator::new(Limits::default());
    let mut matches = Vec::new();
    for (event, line) in (0..).zip(["0 b x", "1 a x", "2 a x", "3 b y", "4 b x"]) {
        add(&mut correlator, &plan, event, &parse(line), &mut matches);
    }
    correlator.finish(&plan, &mut matches);
    let titles: Vec<_> =
        matches.iter().map(|m| (&*plan.correlations()[m.correlation].about.title, m.at / SECOND)).collect();
    assert_eq!(titles, [("many", 2), ("last", 4)]);
}

#[test]
fn what_is_late_or_forgotten_is_counted() {
    let plan = compile(
        "title: t\ncorrelation: {type: event_count, rules: [a], group-by: [User], timespan: 1h, condition: {gte: 3}}",
    );
    let limits = Limits { lateness: 10 * SECOND, waiting: 3, per_group: 2, groups: 2, entries: 100 };
    let mut correlator = Correlator::new(limits);
    let mut matches = Vec::new();
    let mut give = |line: &str| add(&mut correlator, &plan, 0, &parse(line), &mut matches);
    assert!(give("100 a x"));
    assert!(give("90 a x"), "exactly as late as allowed");
    assert!(!give("89 a x"), "a second later");
    assert!(give("100 a -"));
    for line in ["101 a x", "102 a y", "103 a z", "104 a x"] {
        give(line);
    }
    correlator.finish(&plan, &mut matches);
    let losses = correlator.losses();
    assert_eq!((losses.late, losses.without_group), (1, 1));
    assert!(losses.forced > 0 && losses.from_full_groups > 0 && losses.groups > 0, "{losses:?}");
    assert!(correlator.group_count() <= 2);
    assert_ne!(losses, Losses::default());
}

/// A correlation on rules a, b, c over 10 s.
fn correlation() -> impl Strategy<Value = String> {
    let order = prop::sample::select(vec!["gte", "gt", "eq", "lt", "lte", "neq"]);
    let number = 0..5;
    let counted = (order, number).prop_map(|(order, number)| format!("{order}: {number}"));
    prop_oneof![
        counted.clone().prop_map(|limit| format!("type: event_count, condition: {{{limit}}}")),
        counted.clone().prop_map(|limit| format!("type: value_count, condition: {{field: Value, {limit}}}")),
        counted.clone().prop_map(|limit| format!("type: value_sum, condition: {{field: Value, {limit}}}")),
        counted.clone().prop_map(|limit| format!("type: value_avg, condition: {{field: Value, {limit}}}")),
        counted
            .clone()
            .prop_map(|limit| format!("type: value_percentile, condition: {{field: Value, percentile: 60, {limit}}}")),
        Just("type: temporal".to_owned()),
        counted.clone().prop_map(|limit| format!("type: temporal, condition: {{{limit}}}")),
        Just("type: temporal_ordered".to_owned()),
        counted.prop_map(|limit| format!("type: temporal_ordered, condition: {{{limit}}}")),
    ]
}

fn seen() -> impl Strategy<Value = Seen> {
    let user = prop::option::weighted(0.9, prop::sample::select(vec!["x", "X", "y"]).prop_map(ToOwned::to_owned));
    let value =
        prop::option::weighted(0.9, prop::sample::select(vec!["0", "1", "2", "-1", "v"]).prop_map(ToOwned::to_owned));
    (0_i64..40, prop::collection::btree_set(0_u32..3, 1..3), user, value)
        .prop_map(|(seconds, hits, user, value)| Seen { seconds, hits: hits.into_iter().collect(), user, value })
}

/// Time and number of every match of a group, by looking back over all earlier events at every event.
fn naive(plan: &CorrelationPlan, events: &[Seen]) -> Vec<(i64, String)> {
    let rule = &plan.correlations()[0];
    let span = i64::try_from(rule.span_seconds).unwrap();
    let counts =
        matches!(rule.kind, CorrelationKind::EventCount | CorrelationKind::Temporal | CorrelationKind::TemporalOrdered);
    let number = |seen: &Seen| seen.value.as_ref().and_then(|value| value.parse::<f64>().ok());
    let usable = |seen: &&Seen| {
        let value = match rule.kind {
            _ if counts => true,
            CorrelationKind::ValueCount => seen.value.is_some(),
            _ => number(seen).is_some(),
        };
        seen.user.is_some() && value
    };
    let mut sorted: Vec<&Seen> = events.iter().collect();
    sorted.sort_by_key(|seen| seen.seconds);
    let mut found = Vec::new();
    for user in ["x", "y"] {
        let own: Vec<&Seen> = sorted
            .iter()
            .copied()
            .filter(usable)
            .filter(|seen| seen.user.as_ref().unwrap().to_lowercase() == user)
            .collect();
        let mut before: Option<(i64, bool)> = None;
        for (index, newest) in own.iter().enumerate() {
            let window: Vec<&Seen> =
                own[..=index].iter().copied().filter(|seen| newest.seconds - seen.seconds <= span).collect();
            let numbers: Vec<f64> = window.iter().filter_map(|seen| number(seen)).collect();
            let distinct = |of: &dyn Fn(&Seen) -> Vec<String>| {
                let mut all: Vec<String> = window.iter().flat_map(|seen| of(seen)).collect();
                all.sort();
                all.dedup();
                all.len() as f64
            };
            let value = match rule.kind {
                CorrelationKind::EventCount => window.len() as f64,
                CorrelationKind::ValueCount => distinct(&|seen| seen.value.iter().map(|v| v.to_lowercase()).collect()),
                CorrelationKind::Temporal => distinct(&|seen| seen.hits.iter().map(ToString::to_string).collect()),
                CorrelationKind::TemporalOrdered => {
                    (0..3).filter(|last| chain(&window, *last)).max().map_or(0.0, |last| f64::from(last + 1))
                }
                CorrelationKind::ValueSum => numbers.iter().sum(),
                CorrelationKind::ValueAverage => numbers.iter().sum::<f64>() / numbers.len() as f64,
                CorrelationKind::ValuePercentile => {
                    let mut sorted = numbers.clone();
                    sorted.sort_by(f64::total_cmp);
                    sorted[(sorted.len() * 6).div_ceil(10) - 1]
                }
            };
            let default =
                [(if rule.kind == CorrelationKind::Temporal { Order::GreaterOrEqual } else { Order::Equal }, 3.0)];
            let limits: &[(Order, f64)] = match &rule.together {
                Together::Number(limits) if limits.is_empty() && counts => &default,
                _ => &rule.limits,
            };
            let holds = limits.iter().all(|(order, limit)| order.holds(&value, limit));
            let held = before.is_some_and(|(at, held)| held && newest.seconds - at <= span);
            if holds && !held {
                found.push((newest.seconds, format!("{user} {value}")));
            }
            before = Some((newest.seconds, holds));
        }
    }
    found.sort();
    found
}

/// Whether the newest event of the window is step `last`, with the steps before it in earlier events.
fn chain(window: &[&Seen], last: u32) -> bool {
    let Some((newest, earlier)) = window.split_last() else { return false };
    newest.hits.contains(&last) && (last == 0 || (1..=earlier.len()).any(|length| chain(&earlier[..length], last - 1)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(400), ..ProptestConfig::default() })]

    #[test]
    fn events_in_any_order_and_a_restart_give_what_looking_back_at_all_of_them_gives(
        correlation in correlation(),
        events in prop::collection::vec(seen(), 0..25),
        swaps in prop::collection::vec((0_usize..25, 0_usize..25), 0..20),
        restart in 0_usize..25,
    ) {
        let plan = compile(&format!(
            "title: t\ncorrelation: {{{correlation}, rules: [a, b, c], group-by: [User], timespan: 10s}}"
        ));
        // Equal times keep their order, because the order of arrival decides between them.
        let mut arrival: Vec<(usize, &Seen)> = events.iter().enumerate().collect();
        for (left, right) in swaps {
            let (Some(first), Some(second)) = (arrival.get(left), arrival.get(right)) else { continue };
            let between = &arrival[left.min(right)..=left.max(right)];
            let tied = |one: &Seen| between.iter().filter(|(_, other)| other.seconds == one.seconds).count() > 1;
            if !tied(first.1) && !tied(second.1) {
                arrival.swap(left, right);
            }
        }
        let limits = Limits { lateness: 60 * SECOND, ..Limits::default() };
        let mut correlator = Correlator::new(limits);
        let mut matches = Vec::new();
        for (place, (event, seen)) in arrival.iter().enumerate() {
            if place == restart {
                let kept = serde_json::to_string(&correlator.save(&plan)).unwrap();
                correlator = Correlator::restore(&plan, limits, serde_json::from_str(&kept).unwrap()).unwrap();
            }
            prop_assert!(add(&mut correlator, &plan, *event as u64, seen, &mut matches));
        }
        correlator.finish(&plan, &mut matches);
        let mut found: Vec<(i64, String)> = matches
            .iter()
            .map(|found| (found.at / SECOND, format!("{} {}", found.group[0].1.to_lowercase(), found.number)))
            .collect();
        found.sort();
        prop_assert_eq!(found, naive(&plan, &events), "{} {:#?}", correlation, events);
    }
}
