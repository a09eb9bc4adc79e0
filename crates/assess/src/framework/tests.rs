use expect_test::{Expect, expect};

use super::{Framework, validate};

/// A framework `id` in force from `valid_from`, with these items.
fn framework(id: &str, valid_from: &str, items: &str) -> String {
    format!(
        r#"
[framework]
id = "{id}"
title = {{ ja = "題", en = "t" }}
edition = "1"
issuer = {{ ja = "省", en = "m" }}
valid_from = "{valid_from}"
audience = "hospital"
source = "s"
mark = "seen"
{items}
"#
    )
}

fn item(id: &str, lines: &str) -> String {
    format!(
        r#"
[[item]]
id = "{id}"
number = "1"
section = {{ ja = "節", en = "s" }}
text = {{ ja = "文", en = "t" }}
scope = ["all"]
answerer = ["hospital"]
mark = "seen"
{lines}
"#
    )
}

fn show<E: ToString>(errors: &[E]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_field_of_an_item_is_read() {
    let lines = r#"
category = "予防"
deadline = 2026-03-31
cycle_days = 31
checks = ["A"]
documents = ["account_review"]
statement = true
maps_to = ["R6"]
related = ["E"]
basis = "b"
elements = [{ id = "aim", ja = "目的", en = "aim" }]
rows = ["S1"]
"#;
    let framework = Framework::parse("f.toml", &framework("f", "2025-05-01", &item("R7", lines))).unwrap();
    let item = &framework.items[0];
    assert_eq!(item.deadline.unwrap().to_string(), "2026-03-31");
    assert_eq!((item.cycle_days, item.statement, item.elements[0].id.as_str()), (Some(31), true, "aim"));
}

#[test]
fn every_problem_of_a_file_is_listed() {
    let lines = r#"
statment = true
deadline = "soon"
cycle_days = 0
documents = "x"
elements = [{ id = "aim", ja = "目的", note = "n" }]
"#;
    let text = framework("f", "2025-13-01", &item("R7", lines)).replace("hospital\"]", "robot\"]");
    let expected: Expect = expect![[r#"
        f.toml: framework: field `valid_from` is string, date was expected
        f.toml: item R7: field `answerer` is "robot", none of hospital, pharmacy, vendor
        f.toml: item R7: field `answerer` is empty
        f.toml: item R7: field `deadline` is string, date was expected
        f.toml: item R7: field `cycle_days` is 0, outside 1..=36500
        f.toml: item R7: field `documents` is string, list of strings was expected
        f.toml: item R7: field `en` is missing
        f.toml: item R7: field `elements.note` is unknown
        f.toml: item R7: field `statment` is unknown"#]];
    expected.assert_eq(&show(&Framework::parse("f.toml", &text).unwrap_err()));
}

#[test]
fn every_problem_between_files_is_listed() {
    let old = framework("old", "2025-05-01", &item("R6", "statement = true"));
    let lines = r#"
checks = ["A", "B"]
maps_to = ["R6", "R7", "R5"]
related = ["E1"]
deadline = "2023-01-01"
documents = ["Account-Review"]
elements = [{ id = "a", ja = "あ", en = "a" }, { id = "a", ja = "い", en = "b" }]
"#;
    let new = framework("new", "2024-05-01", &(item("R7", lines) + &item("R6", "")));
    let frameworks = [Framework::parse("old.toml", &old).unwrap(), Framework::parse("new.toml", &new).unwrap()];
    expect![[r#"
        checks: C: check id "C" is already taken by another pack
        new.toml: R6: item id "R6" is already taken by old.toml
        new.toml: R7: check "B" does not exist
        new.toml: R7: `maps_to` names "R6" of the same framework, not of a former edition
        new.toml: R7: `maps_to` names "R7" of the same framework, not of a former edition
        new.toml: R7: item "R5" does not exist
        new.toml: R7: item "E1" does not exist
        new.toml: R7: deadline (2023-01-01) is before valid_from (2024-05-01)
        new.toml: R7: "Account-Review" is no name in lower_snake form
        new.toml: R7: element id "a" is already taken by an earlier element
        new.toml: R6: nothing could ever answer this: no checks, no documents, and `statement` is false"#]]
    .assert_eq(&show(&validate(&frameworks, ["A", "C", "C"])));
}
