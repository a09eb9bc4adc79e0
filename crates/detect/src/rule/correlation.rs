//! Correlation rules as they are written.

use super::test::{Number, Order};
use super::{About, Condition, ConditionError};
use crate::yaml::Node;

/// Rules one correlation may name.
const MAX_RULES: usize = 200;
/// Fields it may group by or count, and aliases.
const MAX_FIELDS: usize = 100;

/// What is compared over the events of one group and time span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrelationKind {
    /// How many events.
    EventCount,
    /// How many different values of the fields.
    ValueCount,
    /// Which of the rules hit, in any order.
    Temporal,
    /// That every rule hit, in the order named.
    TemporalOrdered,
    /// The sum of a field's numbers.
    ValueSum,
    /// The mean of a field's numbers.
    ValueAverage,
    /// The number at a percentile of a field's numbers (nearest rank).
    ValuePercentile,
}

/// Which rules must have hit together.
#[derive(Debug, Clone, PartialEq)]
pub enum Together {
    /// So many different ones; the default is all.
    Number(Vec<(Order, f64)>),
    /// The extended condition: rule names joined by `and`, `or`, `not`.
    Expression(Condition),
}

/// A correlation rule.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationRule {
    /// Title, id, author …
    pub about: About,
    /// What is compared.
    pub kind: CorrelationKind,
    /// Ids or names of detection rules or other correlations, in order.
    pub rules: Vec<String>,
    /// Fields whose values make a group; an event without one of them belongs to none.
    pub group_by: Vec<String>,
    /// Per alias the field of each rule that it stands for.
    pub aliases: Vec<(String, Vec<(String, String)>)>,
    /// Time from the first to the last event of a match, both included, in seconds.
    pub span_seconds: u64,
    /// What the number must be; all of these.
    pub limits: Vec<(Order, f64)>,
    /// The fields whose values are counted or summed; empty where events are counted.
    pub fields: Vec<String>,
    /// 0 to 100; only of [`CorrelationKind::ValuePercentile`].
    pub percentile: f64,
    /// Only of the temporal kinds.
    pub together: Together,
    /// Whether the rules it names are reported on their own too.
    pub generate: bool,
}

/// Why a correlation cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CorrelationError {
    /// Something is missing.
    #[error("line {line}: the correlation lacks `{key}`")]
    Missing {
        /// Counts from 1.
        line: usize,
        /// What.
        key: &'static str,
    },
    /// A value that means nothing here.
    #[error("line {line}: `{value}` cannot be the `{key}` of a correlation")]
    Value {
        /// Counts from 1.
        line: usize,
        /// Of what.
        key: &'static str,
        /// As written.
        value: String,
    },
    /// The extended condition.
    #[error("line {line}: {source}")]
    Condition {
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        source: ConditionError,
    },
    /// More than a correlation may name.
    #[error("line {line}: more than {MAX_RULES} rules")]
    TooMany {
        /// Counts from 1.
        line: usize,
    },
    /// The same of fields.
    #[error("line {line}: more than {MAX_FIELDS} fields or aliases")]
    TooManyFields {
        /// Counts from 1.
        line: usize,
    },
}

impl CorrelationRule {
    pub(super) fn read(about: About, node: &Node) -> Result<Self, CorrelationError> {
        let line = node.line;
        let missing = |key| CorrelationError::Missing { line, key };
        let wrong = |key, value: &str| CorrelationError::Value { line, key, value: value.to_owned() };
        let word = node.get("type").and_then(Node::text).ok_or(missing("type"))?;
        let kind = parse_kind(word).ok_or_else(|| wrong("type", word))?;
        let span = node.get("timespan").and_then(Node::text).ok_or(missing("timespan"))?;
        let condition = node.get("condition");
        let limits = condition.map_or(Ok(Vec::new()), read_limits)?;
        let fields = condition.and_then(|condition| condition.get("field")).map_or(Vec::new(), Node::texts);
        let temporal = matches!(kind, CorrelationKind::Temporal | CorrelationKind::TemporalOrdered);
        let mut rules = node.get("rules").map_or(Vec::new(), Node::texts);
        let together = match condition.and_then(Node::text) {
            Some(text) if temporal => {
                let parsed = Condition::parse(text).map_err(|source| CorrelationError::Condition { line, source })?;
                if rules.is_empty() {
                    rules = unique(&parsed);
                }
                Together::Expression(parsed)
            }
            Some(text) => return Err(wrong("condition", text)),
            None => Together::Number(limits.clone()),
        };
        if rules.is_empty() {
            return Err(missing("rules"));
        }
        if rules.len() > MAX_RULES {
            return Err(CorrelationError::TooMany { line });
        }
        if !temporal && limits.is_empty() {
            return Err(missing("condition"));
        }
        if !temporal && kind != CorrelationKind::EventCount && fields.is_empty() {
            return Err(missing("field"));
        }
        let percentile = match (kind, condition.and_then(|condition| condition.get("percentile"))) {
            (CorrelationKind::ValuePercentile, None) => return Err(missing("percentile")),
            (_, None) => 0.0,
            (_, Some(node)) => {
                let text = node.text().unwrap_or_default();
                let number = Number::parse(text).map(Number::get).filter(|number| (0.0..=100.0).contains(number));
                number.ok_or_else(|| wrong("percentile", text))?
            }
        };
        let group_by = node.get("group-by").map_or(Vec::new(), Node::texts);
        let aliases = node.get("aliases").map_or(Vec::new(), read_aliases);
        if [group_by.len(), fields.len(), aliases.len()].into_iter().any(|count| count > MAX_FIELDS) {
            return Err(CorrelationError::TooManyFields { line });
        }
        Ok(Self {
            about,
            kind,
            rules,
            group_by,
            aliases,
            span_seconds: parse_span(span).ok_or_else(|| wrong("timespan", span))?,
            limits,
            fields,
            percentile,
            together,
            generate: node.get("generate").and_then(Node::text) == Some("true"),
        })
    }
}

fn unique(condition: &Condition) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in condition.names() {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn parse_kind(word: &str) -> Option<CorrelationKind> {
    Some(match word {
        "event_count" => CorrelationKind::EventCount,
        "value_count" => CorrelationKind::ValueCount,
        "temporal" => CorrelationKind::Temporal,
        "temporal_ordered" => CorrelationKind::TemporalOrdered,
        "value_sum" => CorrelationKind::ValueSum,
        "value_avg" => CorrelationKind::ValueAverage,
        "value_percentile" => CorrelationKind::ValuePercentile,
        _ => return None,
    })
}

fn read_limits(condition: &Node) -> Result<Vec<(Order, f64)>, CorrelationError> {
    let mut limits = Vec::new();
    for (key, node) in condition.entries() {
        let Some(order) = Order::parse(key) else {
            if key == "field" || key == "percentile" {
                continue;
            }
            return Err(CorrelationError::Value { line: node.line, key: "condition", value: key.clone() });
        };
        let text = node.text().unwrap_or_default();
        let number = Number::parse(text);
        let wrong = || CorrelationError::Value { line: node.line, key: "condition", value: text.to_owned() };
        limits.push((order, number.ok_or_else(wrong)?.get()));
    }
    Ok(limits)
}

fn read_aliases(node: &Node) -> Vec<(String, Vec<(String, String)>)> {
    let fields = |node: &Node| -> Vec<(String, String)> {
        let pairs = node.entries().iter();
        pairs.filter_map(|(rule, field)| Some((rule.clone(), field.text()?.to_owned()))).collect()
    };
    node.entries().iter().map(|(alias, node)| (alias.clone(), fields(node))).collect()
}

/// `90m` → seconds. A month is 30.436875 days and a year twelve of them, as pySigma counts.
fn parse_span(text: &str) -> Option<u64> {
    let unit = text.chars().last()?;
    let count: u64 = text.strip_suffix(unit)?.parse().ok().filter(|count| *count > 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        'M' => 2_629_746,
        'y' => 31_556_952,
        _ => return None,
    };
    count.checked_mul(seconds).filter(|seconds| *seconds <= 10 * 31_556_952)
}
