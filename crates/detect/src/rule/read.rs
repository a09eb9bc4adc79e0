//! Files of rules → rules, filters, correlations, and what could not be loaded.

use rustc_hash::FxHashSet;

use super::condition::{Condition, ConditionError};
use super::correlation::{CorrelationError, CorrelationRule};
use super::selection::{Selection, SelectionError};
use super::{About, Filter, Level, Logsource, Rule};
use crate::yaml::{Node, YamlError, parse_documents};

/// Tests of one rule.
const MAX_TESTS: usize = 50_000;
/// Tests of all rules together.
const MAX_ALL_TESTS: usize = 400_000;
/// Conditions of one rule.
const MAX_CONDITIONS: usize = 100;
/// Filters, and correlations.
const MAX_FILTERS: usize = 2_000;
const MAX_CORRELATIONS: usize = 1_000;
/// Selections of one rule.
const MAX_SELECTIONS: usize = 500;

/// A rule that is not there, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The file as the caller named it.
    pub file: String,
    /// Title of the rule, or which document of the file it is.
    pub rule: String,
    /// Its id, if it was read that far.
    pub id: Option<String>,
    /// What is wrong.
    pub reason: ReadError,
}

/// Why a document is no rule that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The file, or what is left of it.
    #[error(transparent)]
    Yaml(#[from] YamlError),
    /// Something every rule has.
    #[error("line {line}: no `{key}`")]
    Missing {
        /// Counts from 1.
        line: usize,
        /// What.
        key: &'static str,
    },
    /// A level that Sigma does not have.
    #[error("`{0}` is no level")]
    Level(String),
    /// A selection.
    #[error("selection `{name}`, {source}")]
    Selection {
        /// Its name.
        name: String,
        /// What is wrong.
        source: SelectionError,
    },
    /// The condition.
    #[error(transparent)]
    Condition(#[from] ConditionError),
    /// A correlation.
    #[error(transparent)]
    Correlation(#[from] CorrelationError),
    /// Two rules of one id.
    #[error("another rule has the id {0}")]
    IdTwice(String),
    /// More than a rule may hold.
    #[error("more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
    /// Values that only the installation knows.
    #[error("placeholder `%{0}%` has no values")]
    Placeholder(String),
    /// A source of another kind of system.
    #[error("its source (product `{0}`) is not one of this plan")]
    OtherProduct(String),
    /// A source that no channel is known for.
    #[error("no channel is known for its source (category `{category}`, service `{service}`)")]
    NoChannel {
        /// Empty if not given.
        category: String,
        /// Empty if not given.
        service: String,
    },
    /// A filter or correlation that means a rule which is not there.
    #[error("rule `{0}` is not there")]
    UnknownRule(String),
    /// A regular expression that grows too large.
    #[error("regular expression `{pattern}` is too large: {reason}")]
    Regex {
        /// As written.
        pattern: String,
        /// What the library says.
        reason: String,
    },
    /// Correlations that name each other in a circle.
    #[error("the correlation depends on itself")]
    Circle,
}

/// Everything read from rule files.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Detection rules, in the order they were read.
    pub rules: Vec<Rule>,
    /// Correlation rules.
    pub correlations: Vec<CorrelationRule>,
    /// Filters.
    pub filters: Vec<Filter>,
    /// What could not be loaded. Nothing is skipped silently.
    pub refusals: Vec<Refusal>,
    ids: FxHashSet<String>,
    /// Of all of them, and of those that were refused: reading them was work too.
    tests: usize,
}

impl Rules {
    /// Reads one file of one or more YAML documents. `file` is only repeated in messages.
    pub fn parse(text: &str, file: &str) -> Self {
        let mut rules = Self::default();
        rules.add(text, file);
        rules
    }

    /// Reads one more file.
    pub fn add(&mut self, text: &str, file: &str) {
        let (documents, err) = parse_documents(text);
        let count = documents.len();
        for (index, document) in documents.iter().enumerate() {
            if document.value == crate::yaml::Value::Null {
                continue;
            }
            if let Err(reason) = self.add_document(document, file) {
                let title = document.get("title").and_then(Node::text);
                let rule = title.map_or_else(|| format!("document {}", index + 1), ToOwned::to_owned);
                let id = document.get("id").and_then(Node::text).map(ToOwned::to_owned);
                self.refusals.push(Refusal { file: file.to_owned(), rule, id, reason });
            }
        }
        if let Some(err) = err {
            let rule = format!("document {} and those behind it", count + 1);
            self.refusals.push(Refusal { file: file.to_owned(), rule, id: None, reason: err.into() });
        }
    }

    /// Takes in what was read elsewhere; a rule whose id is known already is refused.
    pub fn append(&mut self, other: Self) {
        self.refusals.extend(other.refusals);
        self.tests += other.tests;
        self.correlations.extend(other.correlations);
        self.filters.extend(other.filters);
        for rule in other.rules {
            let (file, title, id) = (rule.about.file.clone(), rule.about.title.clone(), rule.about.id.clone());
            if let Err(reason) = self.add_rule(rule) {
                self.refusals.push(Refusal { file, rule: title, id, reason });
            }
        }
    }

    fn add_document(&mut self, node: &Node, file: &str) -> Result<(), ReadError> {
        let about = read_about(node, file)?;
        if let Some(correlation) = node.get("correlation") {
            if self.correlations.len() >= MAX_CORRELATIONS {
                return Err(ReadError::TooMany { what: "correlations", limit: MAX_CORRELATIONS });
            }
            self.correlations.push(CorrelationRule::read(about, correlation)?);
            return Ok(());
        }
        let logsource = node.get("logsource").ok_or(ReadError::Missing { line: node.line, key: "logsource" })?;
        let logsource = read_logsource(logsource);
        if let Some(filter) = node.get("filter") {
            if self.filters.len() >= MAX_FILTERS {
                return Err(ReadError::TooMany { what: "filters", limit: MAX_FILTERS });
            }
            let (selections, mut conditions) = read_detection(filter, &["rules"], &mut self.tests)?;
            let condition = conditions.pop().ok_or(ReadError::Missing { line: filter.line, key: "condition" })?;
            let rules = filter.get("rules").map(Node::texts);
            let rules = rules.filter(|rules| !matches!(rules.as_slice(), [any] if any.eq_ignore_ascii_case("any")));
            self.filters.push(Filter { about, logsource, rules, selections, condition });
            return Ok(());
        }
        let detection = node.get("detection").ok_or(ReadError::Missing { line: node.line, key: "detection" })?;
        let (selections, conditions) = read_detection(detection, &[], &mut self.tests)?;
        self.add_rule(Rule { about, logsource, selections, conditions })
    }

    fn add_rule(&mut self, rule: Rule) -> Result<(), ReadError> {
        if let Some(id) = &rule.about.id
            && !self.ids.insert(id.clone())
        {
            return Err(ReadError::IdTwice(id.clone()));
        }
        self.rules.push(rule);
        Ok(())
    }
}

fn read_about(node: &Node, file: &str) -> Result<About, ReadError> {
    let text = |key: &str| node.get(key).and_then(Node::text).map(ToOwned::to_owned);
    let texts = |key: &str| node.get(key).map_or(Vec::new(), Node::texts);
    let title = text("title").filter(|title| !title.trim().is_empty());
    let level = match text("level") {
        None => None,
        Some(word) => {
            let level = Level::ALL.into_iter().find(|level| level.word().eq_ignore_ascii_case(&word));
            Some(level.ok_or(ReadError::Level(word))?)
        }
    };
    Ok(About {
        title: title.ok_or(ReadError::Missing { line: node.line, key: "title" })?,
        id: text("id"),
        name: text("name"),
        description: text("description").unwrap_or_default(),
        author: text("author"),
        license: text("license"),
        level,
        status: text("status"),
        tags: texts("tags"),
        references: texts("references"),
        false_positives: texts("falsepositives"),
        file: file.to_owned(),
    })
}

fn read_logsource(node: &Node) -> Logsource {
    let word = |key: &str| node.get(key).and_then(Node::text).map(str::to_lowercase);
    Logsource { category: word("category"), product: word("product"), service: word("service") }
}

type Detection = (Selections, Vec<Condition>);

/// `used` counts the tests of all rules.
fn read_detection(node: &Node, others: &[&str], used: &mut usize) -> Result<Detection, ReadError> {
    let most = MAX_ALL_TESTS.saturating_sub(*used).min(MAX_TESTS);
    let mut left = most;
    let read = read_selections(node, others, &mut left);
    *used += most - left;
    let selections = read.map_err(|err| match err {
        ReadError::TooMany { what: "tests", .. } if most < MAX_TESTS => {
            ReadError::TooMany { what: "tests of all rules", limit: MAX_ALL_TESTS }
        }
        err => err,
    })?;
    let texts = node.get("condition").map_or(Vec::new(), Node::texts);
    if texts.is_empty() {
        return Err(ReadError::Missing { line: node.line, key: "condition" });
    }
    if texts.len() > MAX_CONDITIONS {
        return Err(ReadError::TooMany { what: "conditions", limit: MAX_CONDITIONS });
    }
    let conditions = texts.iter().map(|text| Condition::parse(text)).collect::<Result<Vec<_>, _>>()?;
    for condition in &conditions {
        check_names(condition, &selections)?;
    }
    Ok((selections, conditions))
}

type Selections = Vec<(String, Selection)>;

fn read_selections(node: &Node, others: &[&str], left: &mut usize) -> Result<Selections, ReadError> {
    let mut selections = Vec::new();
    for (name, value) in node.entries() {
        if name == "condition" || name == "timeframe" || others.contains(&name.as_str()) {
            continue;
        }
        let selection = Selection::read(value, left).map_err(|source| match source {
            SelectionError::TooMany => ReadError::TooMany { what: "tests", limit: MAX_TESTS },
            source => ReadError::Selection { name: name.clone(), source },
        })?;
        selections.push((name.clone(), selection));
        if selections.len() > MAX_SELECTIONS {
            return Err(ReadError::TooMany { what: "selections", limit: MAX_SELECTIONS });
        }
    }
    Ok(selections)
}

/// Every name must be that of a selection, every pattern fit at least one.
fn check_names(condition: &Condition, selections: &[(String, Selection)]) -> Result<(), ConditionError> {
    match condition {
        Condition::Name(name) => match selections.iter().any(|(known, _)| known == name) {
            true => Ok(()),
            false => Err(ConditionError::UnknownName(name.clone())),
        },
        Condition::Of(_, names) => {
            let fits = names.prepare();
            match selections.iter().any(|(known, _)| fits(known)) {
                true => Ok(()),
                false => Err(ConditionError::UnknownName(condition.names().first().map_or("them", |n| n).to_owned())),
            }
        }
        Condition::Not(inner) => check_names(inner, selections),
        Condition::And(parts) | Condition::Or(parts) => parts.iter().try_for_each(|part| check_names(part, selections)),
    }
}
