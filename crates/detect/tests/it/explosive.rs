//! Rule files that are small and want much: each is refused with its reason, and within a second or so.

use std::fmt::Write as _;
use std::time::Duration;

use detect::{CorrelationPlan, Pipelines, Plan, Rules};

/// Processor time: far more than any of these takes, far less than what they ask for.
const PATIENCE: Duration = Duration::from_secs(30);

const HEAD: &str = "title: t\nlogsource: {product: windows}\ndetection:\n";

/// Reads and compiles a file; the first reason why something was refused, or nothing.
#[track_caller]
fn first_refusal(text: &str) -> String {
    assert!(text.len() <= 4 << 20, "{} bytes are refused for their number", text.len());
    let began = cpu_time();
    let rules = Rules::parse(text, "t.yml");
    let plan = Plan::compile(&rules, &Pipelines::none()).unwrap();
    let correlations = CorrelationPlan::compile(&rules, &plan);
    let took = cpu_time() - began;
    assert!(took < PATIENCE, "{took:?}");
    let refusals = plan.refusals().iter().chain(correlations.refusals());
    refusals.map(|refusal| refusal.reason.to_string()).next().unwrap_or_default()
}

/// Of this thread so far. Linux only; elsewhere nothing takes any time.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

fn selection(value: &str) -> String {
    format!("{HEAD}  s:\n    {value}\n  condition: s\n")
}

#[test]
fn a_map_of_very_many_keys_is_refused() {
    let text = format!("{HEAD}  s:\n{}  condition: s\n", lines(190_000, |number| format!("    k{number}: 1")));
    assert_eq!(first_refusal(&text), "line 2005: more than 2000 keys in one map");
}

#[test]
fn very_many_maps_of_the_largest_size_are_read_in_time() {
    let map = lines(1_900, |number| format!("    key{number}: 1"));
    let text = lines(90, |_| format!("{HEAD}  s:\n{map}  condition: s\n---"));
    assert_eq!(first_refusal(&text), "");
}

#[test]
fn dashes_that_multiply_a_long_text_are_refused() {
    let text = selection(&format!("a|windash: '{} -a -a -a -a -a'", "x".repeat(1_000_000)));
    assert!(first_refusal(&text).contains("becomes more than"), "{}", first_refusal(&text));
}

#[test]
fn many_values_that_multiply_are_refused_for_their_number() {
    let values = lines(90_000, |number| format!("    - '{number} -a -a -a -a -a'"));
    let text = format!("{HEAD}  s:\n   a|windash:\n{values}  condition: s\n");
    assert_eq!(first_refusal(&text), "more than 50000 tests");
}

#[test]
fn many_rules_whose_values_multiply_are_refused_together() {
    let rule = selection("a|windash|contains: ['1 -a -a -a -a -a', '2 -a -a -a -a -a', '3 -a -a -a -a -a']");
    let text = lines(20_000, |_| format!("{rule}---"));
    assert_eq!(first_refusal(&text), "more than 400000 tests of all rules");
}

#[test]
fn modifiers_that_make_a_text_longer_and_longer_are_refused() {
    for words in ["|wide|base64".repeat(4), "|base64".repeat(8), "|base64offset".repeat(8)] {
        let text = selection(&format!("a{words}: '{}'", "x".repeat(60_000)));
        assert!(first_refusal(&text).contains("becomes more than"), "{words}: {}", first_refusal(&text));
    }
}

#[test]
fn a_key_of_very_many_modifiers_is_refused() {
    let values = "1, ".repeat(100_000);
    let text = selection(&format!("? a|re{}\n    : [{values}]", "|i".repeat(500_000)));
    assert!(first_refusal(&text).contains("more than 8 modifiers"), "{}", first_refusal(&text));
}

#[test]
fn very_many_placeholders_in_one_text_are_refused_for_the_first_that_has_no_values() {
    let text = selection(&format!("a|expand: '{}'", "%a%".repeat(20_000)));
    assert_eq!(first_refusal(&text), "placeholder `%a%` has no values");
}

#[test]
fn conditions_of_very_many_words_are_refused() {
    let selections = lines(500, |number| format!("  s{number}: {{a: {number}}}"));
    let condition = "1 of *s*1*2*3* or ".repeat(400);
    let conditions = lines(150, |_| format!("   - {condition} s1"));
    let text = format!("{HEAD}{selections}  condition:\n{conditions}");
    assert_eq!(first_refusal(&text), "more than 100 conditions");
}

#[test]
fn a_million_conditions_are_refused() {
    let text = format!("{HEAD}  s: {{a: 1}}\n  condition: {}s\n", "s or ".repeat(800_000));
    assert!(first_refusal(&text).contains("condition has more than 2000 words"), "{}", first_refusal(&text));
}

#[test]
fn rules_that_name_large_selections_again_and_again_are_refused_together() {
    let selection = lines(500, |number| format!("   k{number}: 1"));
    let condition = "s or ".repeat(900);
    let text = lines(350, |_| format!("{HEAD}  s:\n{selection}  condition: {condition}s\n---"));
    assert!(first_refusal(&text).starts_with("more than "), "{}", first_refusal(&text));
}

#[test]
fn many_regular_expressions_that_grow_too_large_are_refused_in_time() {
    let text = lines(10_000, |number| format!("{}---", selection(&format!("a|re: '(\\w{{1,900}}{number}){{1,2}}'"))));
    assert!(first_refusal(&text).contains("is too large"), "{}", first_refusal(&text));
}

#[test]
fn regular_expressions_that_take_many_steps_for_each_character_are_refused() {
    let one = |count: usize| selection(&format!("a|re: '(?:[a-z]{{1,99}}[0-9]?){{1,{count}}}!'"));
    assert_eq!(first_refusal(&one(19)), "");
    assert!(first_refusal(&one(20)).contains("repetitions come to more than 2000 characters"));
    let many = lines(30, |number| selection(&format!("a|re: '(?:[a-z]{{1,99}}[0-9]?){{1,19}}{number}'")) + "---");
    assert_eq!(first_refusal(&many), "more than 50000 characters of all regular expressions");
}

#[test]
fn very_many_filters_on_every_rule_are_refused() {
    let filter = "title: f\nlogsource: {}\nfilter: {rules: any, x: {a: 1}, condition: not x}\n---\n";
    let text = format!("{}---\n{}", selection("a: 2"), filter.repeat(40_000));
    assert_eq!(first_refusal(&text), "more than 2000 filters");
}

#[test]
fn filters_that_name_very_many_rules_are_checked_in_time() {
    let rules = lines(8_000, |number| format!("id: r{number}\n{}---", selection(&format!("a: {number}"))));
    let names = lines(100_000, |number| format!(" - missing{number}"));
    let filter = format!("title: f\nlogsource: {{}}\nfilter:\n rules:\n{names} x: {{a: 1}}\n condition: not x\n");
    assert_eq!(first_refusal(&format!("{rules}{filter}")), "rule `missing0` is not there");
}

#[test]
fn correlations_in_the_wrong_order_are_put_in_order_in_time() {
    let correlation = |name: usize, of: &str| {
        format!(
            "title: c\nname: c{name}\ncorrelation: {{type: event_count, rules: [{of}], timespan: 1s, condition: {{gte: 1}}}}\n---"
        )
    };
    let chain = lines(1_000, |number| correlation(number, &format!("c{}", number + 1)));
    let rule = format!("name: r\n{}---\n", selection("a: 1"));
    assert_eq!(first_refusal(&format!("{rule}{chain}{}", correlation(1_000, "r"))), "more than 1000 correlations");
    let shorter = lines(999, |number| correlation(number, &format!("c{}", number + 1)));
    assert_eq!(first_refusal(&format!("{rule}{shorter}{}", correlation(999, "r"))), "");
}

#[test]
fn a_correlation_of_very_many_fields_is_refused() {
    let fields = "f, ".repeat(150_000);
    let text = format!(
        "name: r\n{}---\ntitle: c\ncorrelation: {{type: event_count, rules: [r], group-by: [{fields}], timespan: 1s, condition: {{gte: 1}}}}\n",
        selection("a: 1")
    );
    assert!(first_refusal(&text).ends_with("more than 100 fields or aliases"), "{}", first_refusal(&text));
}

#[test]
fn brackets_in_brackets_and_lists_in_lists_are_refused() {
    for text in [
        format!("{HEAD}  s: {}\n", "[".repeat(2_000_000)),
        format!("{HEAD}  s: {}\n", "{a: ".repeat(900_000)),
        format!("{HEAD}  s:\n    {}\n", "- ".repeat(1_500_000)),
        format!("{HEAD}  s: {{a: 1}}\n  condition: {}s\n", "(".repeat(3_000_000)),
        format!("{HEAD}  s: {{a: 1}}\n  condition: {}s\n", "not ".repeat(900_000)),
    ] {
        assert!(!first_refusal(&text).is_empty());
    }
}

#[test]
fn anchors_are_not_followed() {
    let bomb = (1..30).fold("a0: &a0 x\n".to_owned(), |mut text, number| {
        let _ = writeln!(text, "a{number}: &a{number} [*a{0}, *a{0}]", number - 1);
        text
    });
    assert!(first_refusal(&bomb).ends_with("aliases are not read"));
}
