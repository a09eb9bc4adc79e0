//! What a rule means, evaluated the slow and obvious way: the definition that the compiled plan is compared with.

use detect::rule::{Anchor, Condition, Item, Number, Pattern, Quantity, Rule, Selection, Test};

/// Name and value of every field of one event, and texts without a field.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) channel: Option<String>,
    pub(crate) provider: String,
    pub(crate) event_id: u32,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) texts: Vec<String>,
}

impl Event {
    fn values(&self, field: &str) -> Vec<String> {
        let wanted = normal(field);
        match wanted.as_str() {
            "channel" => self.channel.clone().into_iter().collect(),
            "provider_name" => vec![self.provider.clone()],
            "eventid" => vec![self.event_id.to_string()],
            _ => {
                let own = self.fields.iter().filter(|(name, _)| normal(name) == wanted);
                own.map(|(_, value)| value.clone()).collect()
            }
        }
    }

    /// The first value of a field.
    pub(crate) fn value(&self, field: &str) -> Option<String> {
        self.values(field).into_iter().next()
    }

    fn everything(&self) -> Vec<String> {
        self.fields.iter().map(|(_, value)| value.clone()).chain(self.texts.clone()).collect()
    }
}

fn normal(name: &str) -> String {
    name.replace(' ', "").to_lowercase()
}

fn fold(text: &str) -> String {
    let one = |c: char| {
        let lower: Vec<char> = c.to_lowercase().collect();
        match lower[..] {
            ['ſ'] => 's',
            ['ς'] => 'σ',
            [one] => one,
            _ => c,
        }
    };
    text.chars().map(one).collect()
}

fn fold_pattern(pattern: &Pattern) -> Pattern {
    use detect::rule::Part;
    let parts = pattern.parts.iter().map(|part| match part {
        Part::Literal(text) => Part::Literal(fold(text)),
        other => other.clone(),
    });
    Pattern { parts: parts.collect() }
}

/// Whether the pattern is the whole of `text`: by trying every length for every `*`.
fn like(pattern: &[detect::rule::Part], text: &[char]) -> bool {
    use detect::rule::Part;
    match pattern {
        [] => text.is_empty(),
        [Part::Any, rest @ ..] => (0..=text.len()).any(|skip| like(rest, &text[skip..])),
        [Part::One, rest @ ..] => !text.is_empty() && like(rest, &text[1..]),
        [Part::Literal(literal), rest @ ..] => {
            let literal: Vec<char> = literal.chars().collect();
            text.starts_with(&literal) && like(rest, &text[literal.len()..])
        }
        [Part::Placeholder(_), ..] => false,
    }
}

fn test_value(test: &Test, value: &str, event: &Event) -> bool {
    let characters = |text: &str| text.chars().collect::<Vec<char>>();
    match test {
        Test::Null | Test::Exists(false) => false,
        Test::Exists(true) => true,
        Test::Text { pattern, cased: true } => like(&pattern.parts, &characters(value)),
        Test::Text { pattern, cased: false } => like(&fold_pattern(pattern).parts, &characters(&fold(value))),
        Test::Number { number, text } => fold(text) == fold(value) || number.to_decimal() == fold(value),
        Test::Regex(regex) => {
            let built = regex::RegexBuilder::new(&regex.pattern)
                .case_insensitive(regex.folds)
                .multi_line(regex.lines)
                .dot_matches_new_line(regex.dot_all)
                .build();
            built.unwrap().is_match(value)
        }
        Test::Cidr(network) => network.contains(value),
        Test::Compare { order, number } => Number::parse(value).is_some_and(|value| order.holds(&value, number)),
        Test::Time { part, order, number } => part.of(value).is_some_and(|value| order.holds(&value, number)),
        Test::Field { name, anchor } => event.values(name).iter().any(|other| {
            let (own, other) = (fold(value), fold(other));
            match anchor {
                Anchor::Whole => own == other,
                Anchor::Start => own.starts_with(&other),
                Anchor::End => own.ends_with(&other),
                Anchor::Inside => own.contains(&other),
            }
        }),
    }
}

fn test_item(item: &Item, event: &Event) -> bool {
    let values = item.field.as_ref().map_or_else(|| event.everything(), |field| event.values(field));
    let holds = |test: &Test| match test {
        Test::Null | Test::Exists(false) => values.is_empty(),
        _ => values.iter().any(|value| test_value(test, value, event)),
    };
    let mut of_values = item.values.iter().map(|tests| tests.iter().any(holds));
    let found = if item.every { of_values.all(|holds| holds) } else { of_values.any(|holds| holds) };
    found != item.negated
}

fn test_selection(selection: &Selection, event: &Event) -> bool {
    match selection {
        Selection::All(parts) => parts.iter().all(|part| test_selection(part, event)),
        Selection::Any(parts) => parts.iter().any(|part| test_selection(part, event)),
        Selection::Item(item) => test_item(item, event),
    }
}

fn test_condition(condition: &Condition, rule: &Rule, event: &Event) -> bool {
    match condition {
        Condition::Name(name) => {
            let (_, selection) = rule.selections.iter().find(|(known, _)| known == name).unwrap();
            test_selection(selection, event)
        }
        Condition::Of(quantity, names) => {
            let meant: Vec<_> = rule.selections.iter().filter(|(name, _)| names.fit(name)).collect();
            let count = meant.iter().filter(|(_, selection)| test_selection(selection, event)).count();
            match quantity {
                Quantity::All => count == meant.len(),
                Quantity::AtLeast(least) => count >= *least,
            }
        }
        Condition::Not(inner) => !test_condition(inner, rule, event),
        Condition::And(parts) => parts.iter().all(|part| test_condition(part, rule, event)),
        Condition::Or(parts) => parts.iter().any(|part| test_condition(part, rule, event)),
    }
}

/// Whether the rule fires on the event, whatever its log source.
pub(crate) fn fires(rule: &Rule, event: &Event) -> bool {
    rule.conditions.iter().any(|condition| test_condition(condition, rule, event))
}
