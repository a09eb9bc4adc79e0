use base::FactValue;
use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Expression, FactSource, Staleness, Truth};
use crate::test_pack::{NOW, compile, fact, facts};
use crate::{ExpressionError, SubjectFacts};

#[track_caller]
fn refused(source: &str, expected: Expect) {
    expected.assert_eq(&compile(source).unwrap_err().to_string());
}

fn sample() -> SubjectFacts {
    facts(&[
        ("asset.a", FactValue::Bool(true)),
        ("asset.b", FactValue::Bool(false)),
        ("asset.n", FactValue::Integer(7)),
        ("asset.t", FactValue::Text("Windows 10.0.19045".to_owned())),
        ("asset.kind", FactValue::Text("pc".to_owned())),
        ("asset.d", FactValue::Date("2026-11-01".parse().unwrap())),
        ("asset.l", FactValue::list(["22", "3389"])),
        ("site.beds", FactValue::Integer(200)),
    ])
}

fn truth(expression: &Expression, facts: &SubjectFacts) -> Truth {
    expression.evaluate(FactSource { subject: facts, site: facts, now: NOW }, Staleness::Blocks).truth
}

#[track_caller]
fn check(source: &str, expected: Truth) {
    assert_eq!(truth(&compile(source).unwrap(), &sample()), expected, "{source}");
}

#[test]
fn every_operator_answers_from_the_facts() {
    for source in [
        "asset.a",
        "asset.a = true",
        "asset.b = false",
        "asset.b != asset.a",
        "not asset.b",
        "true or asset.c",
        "asset.n = 7 and asset.n != 8 and asset.n < 8 and asset.n <= 7 and asset.n > -1 and asset.n >= 7",
        "asset.n in [1, 7]",
        "asset.kind in ['pc', 'server'] and asset.kind != 'server'",
        "asset.l contains '3389' and not asset.l contains '338'",
        "asset.l within ['22', '3389', '80']",
        "not asset.l within ['22']",
        "asset.l = ['3389', '22', '22']",
        "asset.t like 'win*19045' and asset.t like '*WINDOWS*'",
        "known(asset.n) and not known(asset.c)",
        "age_days(asset.d) = 19 and asset.d < today and asset.d = date('2026-11-01')",
        "today = date('令和8年11月20日')",
        "size(asset.l) = 2 and not empty(asset.l)",
        "version_lt('6.0.4', '6.0.5') and version_le(asset.t, asset.t)",
        "site.beds >= 20",
        "(asset.a or asset.c) and (asset.b or asset.a)",
        "known(asset.c) = false",
    ] {
        check(source, Truth::True);
    }
}

#[test]
fn what_is_missing_is_unknown_unless_the_rest_decides() {
    check("asset.c", Truth::Unknown);
    check("asset.c and asset.a", Truth::Unknown);
    check("asset.c and asset.b", Truth::False);
    check("asset.c or asset.a", Truth::True);
    check("asset.c or asset.b", Truth::Unknown);
    check("not asset.c", Truth::Unknown);
    check("asset.c = asset.a", Truth::Unknown);
    check("asset.c = asset.c", Truth::Unknown);
}

#[test]
fn a_value_of_another_type_than_the_dictionary_says_is_missing() {
    let facts = facts(&[("asset.n", FactValue::Text("7".to_owned()))]);
    assert_eq!(truth(&compile("asset.n = 7").unwrap(), &facts), Truth::Unknown);
    assert_eq!(truth(&compile("known(asset.n)").unwrap(), &facts), Truth::False);
}

#[test]
fn a_fact_is_stale_one_second_after_its_days() {
    let expression = compile("asset.a").unwrap();
    for (age_days, extra_seconds, expected) in [(10, 0, Truth::True), (10, 1, Truth::Unknown)] {
        let mut one = fact("asset.a", FactValue::Bool(true), base::Grade::Machine, age_days, 1);
        one.observed_at.0 -= extra_seconds;
        assert_eq!(truth(&expression, &SubjectFacts::new(vec![one])), expected);
    }
}

#[test]
fn errors_name_the_column_and_what_was_expected() {
    refused("", expect!["column 1: expected a key, a value or `(`, found the end"]);
    refused("asset.a and", expect!["column 12: expected a key, a value or `(`, found the end"]);
    refused("asset.a asset.b", expect!["column 9: expected `and`, `or` or the end, found `asset.b`"]);
    refused("asset.n == 7", expect!["column 10: expected a key, a value or `(`, found `=`"]);
    refused("asset.n = 'x'", expect!["column 11: expected integer, found text"]);
    refused("asset.n", expect!["column 1: expected bool, found integer"]);
    refused("asset.t < 'x'", expect!["column 1: expected a number or a date (for versions: version_lt), found text"]);
    refused("asset.kind = 'tablet'", expect![[r#"column 14: asset.kind is never "tablet"; allowed: pc, server"#]]);
    refused(
        "asset.kind in ['pc', 'tablet']",
        expect![[r#"column 22: asset.kind is never "tablet"; allowed: pc, server"#]],
    );
    refused("asset.zzz", expect![[r#"column 1: no fact "asset.zzz" in the dictionary"#]]);
    refused(
        "vendor.name = 'x'",
        expect!["column 1: vendor.name is a fact neither of the asset asked about nor of the site"],
    );
    refused("size(asset.t) = 1", expect!["column 6: expected list, found text"]);
    refused("known('x')", expect!["column 7: expected the key of a fact, found text"]);
    refused("version_lt(asset.t)", expect!["column 19: expected `,` and one more argument, found `)`"]);
    refused("'あいう' = 'x' or ?", expect!["column 16: expected a key, a value or an operator, found `?`"]);
    refused("asset.t = 'x", expect!["column 11: expected a closing ', found an open text"]);
    refused("asset.l within []", expect!["column 17: expected a number or a text, found `]`"]);
    refused("asset.n in ['a']", expect!["column 13: expected integer, found text"]);
    refused("date('2026-02-30') = today", expect!["column 6: expected a day such as '2026-04-01', found '2026-02-30'"]);
    refused(
        "asset.n = 99999999999999999999",
        expect!["column 11: expected a whole number, found `99999999999999999999`"],
    );
    refused("foo", expect!["column 1: expected a key such as kind.name, a function or a value, found `foo`"]);
}

#[test]
fn length_and_depth_are_bounded() {
    let long = |chars: usize| format!("{:chars$}", "asset.a");
    assert!(compile(&long(2_000)).is_ok());
    assert_eq!(compile(&long(2_001)).unwrap_err(), ExpressionError::TooLong { chars: 2_001 });
    let deep = |depth: usize| format!("{}asset.a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(compile(&deep(64)).is_ok());
    assert_eq!(compile(&deep(65)).unwrap_err(), ExpressionError::TooDeep { column: 66 });
    assert!(compile(&format!("{}asset.a", "not ".repeat(65))).is_err());
    assert!(compile(&vec!["asset.a"; 150].join(" and ")).is_ok());
}

/// Any expression over the three boolean facts.
fn boolean() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("asset.a".to_owned()),
        Just("asset.b".to_owned()),
        Just("asset.c".to_owned()),
        Just("asset.n > 3".to_owned()),
        Just("true".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| format!("not ({one})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(({a}) and ({b}))")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(({a}) or ({b}))")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("(({a}) = ({b}))")),
        ]
    })
}

type Some4 = (Option<bool>, Option<bool>, Option<bool>, Option<i64>);

fn some_facts() -> impl Strategy<Value = Some4> {
    (any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<bool>>(), proptest::option::of(0_i64..6))
}

fn build((a, b, c, n): Some4) -> SubjectFacts {
    let bools = [("asset.a", a), ("asset.b", b), ("asset.c", c)].into_iter();
    let bools = bools.filter_map(|(key, value)| Some((key, FactValue::Bool(value?))));
    let all: Vec<_> = bools.chain(n.map(|n| ("asset.n", FactValue::Integer(n)))).collect();
    facts(&all)
}

proptest! {
    #[test]
    fn no_source_makes_the_compiler_panic(source in ".{0,200}") {
        let _ = compile(&source);
    }

    #[test]
    fn no_mix_of_real_words_makes_it_panic(words in proptest::collection::vec(prop::sample::select(vec![
        "asset.a", "asset.n", "asset.l", "asset.d", "asset.t", "and", "or", "not", "in", "within", "contains", "like", "(", ")",
        "[", "]", ",", "=", "<", "'x'", "'", "1", "-", "known(", "size(", "age_days(", "date(", "today", "version_lt(", "true",
    ]), 0..30)) {
        if let Ok(expression) = compile(&words.join(" ")) {
            truth(&expression, &sample());
        }
    }

    #[test]
    fn de_morgan_holds(a in boolean(), b in boolean(), known in some_facts()) {
        let known = build(known);
        let answer = |source: String| compile(&source).map(|one| truth(&one, &known));
        prop_assert_eq!(answer(format!("not (({a}) and ({b}))")), answer(format!("not ({a}) or not ({b})")));
        prop_assert_eq!(answer(format!("not (({a}) or ({b}))")), answer(format!("not ({a}) and not ({b})")));
    }

    #[test]
    fn learning_more_never_flips_what_was_decided(source in boolean(), less in some_facts(), more in some_facts()) {
        let Ok(expression) = compile(&source) else { return Ok(()) };
        let merged = (less.0.or(more.0), less.1.or(more.1), less.2.or(more.2), less.3.or(more.3));
        let before = truth(&expression, &build(less));
        prop_assert!(before == Truth::Unknown || before == truth(&expression, &build(merged)));
    }
}
