//! mamori's own rules: Sigma, and beside each rule what it means for a hospital and what it needs to see anything.
//!
//! A rule lies in `rules/<name>/rule.yml`, one or more Sigma documents of which one speaks: the correlation, or the only
//! rule. That one carries the block `mamori` (a custom attribute, which other tools of Sigma leave alone). Values that only
//! the site knows are placeholders: declared in `rules/placeholders.toml`, given in `rules/site.toml`. A rule whose
//! placeholder has no value is refused by the plan with that reason, and [`RulePack::unset_of`] says what the site has to tell.

mod explanation;
mod placeholder;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

pub use explanation::{Explanation, ExplanationError};
pub use placeholder::{Kind, Placeholder, ValueError};

use crate::pipeline::Pipelines;
use crate::rule::{About, Part, ReadError, Rule, Rules, Test};
use crate::yaml::parse_documents;

/// File that declares the placeholders.
pub const PLACEHOLDERS: &str = "rules/placeholders.toml";
/// File with the site's values.
pub const SITE: &str = "rules/site.toml";

/// Rules with their explanations, and the site's values.
#[derive(Debug, Clone)]
pub struct RulePack {
    rules: Rules,
    explanations: Vec<Explanation>,
    placeholders: Vec<Placeholder>,
    values: BTreeMap<String, Vec<String>>,
}

/// Something wrong in one file of the pack.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct PackProblem {
    /// As the caller named it.
    pub file: String,
    /// What is wrong.
    #[source]
    pub problem: PackMistake,
}

/// What can be wrong with a file of the pack.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PackMistake {
    /// A document that is no Sigma rule.
    #[error("{rule}: {source}")]
    Rule {
        /// Its title, or which document it is.
        rule: String,
        /// What is wrong.
        source: ReadError,
    },
    /// The block `mamori`.
    #[error("{rule}: {source}")]
    Explanation {
        /// Title of the rule.
        rule: String,
        /// What is wrong.
        source: ExplanationError,
    },
    /// Nobody would know what a hit means, or two would say it.
    #[error("{found} documents with a block `mamori`; exactly one speaks")]
    Speakers {
        /// How many there are.
        found: usize,
    },
    /// No TOML, or not as documented.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A value for something no rule asks.
    #[error("`{0}` is no placeholder of this pack")]
    UnknownPlaceholder(String),
    /// A value that does not fit.
    #[error("placeholder `{name}`: {source}")]
    Value {
        /// Which one.
        name: String,
        /// What is wrong.
        source: ValueError,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceholderFile {
    placeholder: Vec<Placeholder>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    values: BTreeMap<String, Vec<String>>,
}

impl RulePack {
    /// Reads the files of the pack, `(name, text)`: every `rule.yml`, [`PLACEHOLDERS`] and, if the site has one, [`SITE`].
    ///
    /// # Errors
    /// Every mistake in every file.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, Vec<PackProblem>> {
        let mut pack = Self {
            rules: Rules::default(),
            explanations: Vec::new(),
            placeholders: Vec::new(),
            values: BTreeMap::new(),
        };
        let mut problems = Vec::new();
        let mut site = None;
        for (file, text) in files {
            match *file {
                PLACEHOLDERS => match toml::from_str::<PlaceholderFile>(text) {
                    Ok(read) => pack.placeholders = read.placeholder,
                    Err(err) => problems.push(PackProblem { file: (*file).to_owned(), problem: err.into() }),
                },
                SITE => site = Some(*text),
                _ => pack.add_rules(file, text, &mut problems),
            }
        }
        if let Some(text) = site {
            let mistakes = pack.add_site(text);
            problems.extend(mistakes.into_iter().map(|problem| PackProblem { file: SITE.to_owned(), problem }));
        }
        if problems.is_empty() { Ok(pack) } else { Err(problems) }
    }

    fn add_rules(&mut self, file: &str, text: &str, problems: &mut Vec<PackProblem>) {
        let mut report = |problem| problems.push(PackProblem { file: file.to_owned(), problem });
        let before = self.rules.refusals.len();
        self.rules.add(text, file);
        for refusal in self.rules.refusals.drain(before..) {
            report(PackMistake::Rule { rule: refusal.rule, source: refusal.reason });
        }
        let mut speakers = 0;
        for document in parse_documents(text).0 {
            let Some(block) = document.get("mamori") else { continue };
            speakers += 1;
            match Explanation::read(&document, block) {
                Ok(explanation) => self.explanations.push(explanation),
                Err(source) => {
                    let title = document.get("title").and_then(|title| title.text()).unwrap_or_default();
                    report(PackMistake::Explanation { rule: title.to_owned(), source });
                }
            }
        }
        if speakers != 1 {
            report(PackMistake::Speakers { found: speakers });
        }
    }

    fn add_site(&mut self, text: &str) -> Vec<PackMistake> {
        match toml::from_str::<SiteFile>(text) {
            Ok(site) => site.values.into_iter().filter_map(|(name, values)| self.set(&name, &values).err()).collect(),
            Err(err) => vec![err.into()],
        }
    }

    /// Gives a placeholder its values; an empty list is as good as none.
    ///
    /// # Errors
    /// [`PackMistake`] if there is no such placeholder, or a value does not fit its kind; nothing is then changed.
    pub fn set(&mut self, name: &str, values: &[String]) -> Result<(), PackMistake> {
        let Some(placeholder) = self.placeholders.iter().find(|known| known.name == name) else {
            return Err(PackMistake::UnknownPlaceholder(name.to_owned()));
        };
        let expanded = placeholder.kind.expand(values);
        let expanded = expanded.map_err(|source| PackMistake::Value { name: name.to_owned(), source })?;
        if expanded.is_empty() {
            self.values.remove(name);
        } else {
            self.values.insert(name.to_owned(), expanded);
        }
        Ok(())
    }

    /// The rules, ready for [`crate::Plan::compile`] with [`Self::pipelines`].
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What every rule that speaks means, in the order of the files.
    pub fn explanations(&self) -> &[Explanation] {
        &self.explanations
    }

    /// What hits of this rule mean; `None` for a rule that only a correlation listens to.
    pub fn explanation_of(&self, about: &About) -> Option<&Explanation> {
        let id = about.id.as_deref()?;
        self.explanations.iter().find(|explanation| explanation.rule == id)
    }

    /// What the site can tell the rules.
    pub fn placeholders(&self) -> &[Placeholder] {
        &self.placeholders
    }

    /// What the site would have to tell before this rule can be loaded; nothing if it is loaded, or refused for another reason.
    pub fn unset_of(&self, explanation: &Explanation) -> Vec<&Placeholder> {
        let is_own = |about: &About| about.id.as_deref() == Some(&explanation.rule);
        let speakers = self.rules.rules.iter().map(|rule| &rule.about);
        let mut speakers = speakers.chain(self.rules.correlations.iter().map(|rule| &rule.about));
        let Some(file) = speakers.find(|about| is_own(about)).map(|about| &about.file) else { return Vec::new() };
        let asked: BTreeSet<&str> =
            self.rules.rules.iter().filter(|rule| rule.about.file == *file).flat_map(asks).collect();
        let is_unset = |placeholder: &&Placeholder| !self.values.contains_key(&placeholder.name);
        let wanted = self.placeholders.iter().filter(|placeholder| asked.contains(placeholder.name.as_str()));
        wanted.filter(is_unset).collect()
    }

    /// Every product the rules speak of, and the site's values.
    pub fn pipelines(&self) -> Pipelines {
        let products: BTreeSet<String> =
            self.rules.rules.iter().filter_map(|rule| rule.logsource.product.clone()).collect();
        Pipelines {
            products: products.into_iter().collect(),
            placeholders: self.values.clone(),
            ..Pipelines::windows()
        }
    }
}

/// Names of the placeholders a rule asks for.
fn asks(rule: &Rule) -> Vec<&str> {
    let items = rule.selections.iter().flat_map(|(_, selection)| selection.items());
    let tests = items.flat_map(|item| item.values.iter().flatten());
    let parts = tests.flat_map(|test| match test {
        Test::Text { pattern, .. } => pattern.parts.as_slice(),
        Test::Null
        | Test::Exists(_)
        | Test::Number { .. }
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Compare { .. }
        | Test::Time { .. }
        | Test::Field { .. } => &[],
    });
    let names = parts.filter_map(|part| match part {
        Part::Placeholder(name) => Some(name.as_str()),
        Part::Any | Part::One | Part::Literal(_) => None,
    });
    names.collect()
}
