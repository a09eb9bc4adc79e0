//! Rule files → one plan.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use detect::pipeline::MappingError;
use detect::rule::{Level, ReadError, Refusal};
use detect::{CorrelationPlan, Pipelines, Plan, RuleIndex, Rules};

use crate::files::{Walk, walk};

/// Longest rule file that is read, in bytes.
const MAX_RULE_BYTES: u64 = 4 << 20;
/// Licences looked for, above the folder of the rules.
const LICENCE_LEVELS: usize = 4;

/// Everything that is looked for, compiled.
#[derive(Debug)]
pub struct Ruleset {
    /// The rules on single events.
    pub plan: Arc<Plan>,
    /// The rules on several.
    pub correlations: Arc<CorrelationPlan>,
    /// Licence of the rules' collection, where one was recognised: Detection Rule License asks for it at every hit.
    pub licence: Option<String>,
}

impl Ruleset {
    /// Compiles rules.
    ///
    /// # Errors
    /// [`MappingError`] only if the mapping inside the program is broken.
    pub fn compile(rules: &Rules, pipelines: &Pipelines, licence: Option<String>) -> Result<Self, MappingError> {
        let plan = Plan::compile(rules, pipelines)?;
        let correlations = CorrelationPlan::compile(rules, &plan);
        Ok(Self { plan: Arc::new(plan), correlations: Arc::new(correlations), licence })
    }

    /// Every rule that could not be loaded, with its file and reason.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.plan.refusals().iter().chain(self.correlations.refusals())
    }

    /// How bad a hit of a rule is; a rule that does not say is as [`Level::Medium`].
    #[must_use]
    pub fn level_of(&self, rule: RuleIndex) -> Level {
        self.plan.rule(rule).and_then(|about| about.level).unwrap_or(Level::Medium)
    }
}

/// Whether a refused rule is sound but means something that is not here: another product, a source nobody knows, a
/// value that only the installation knows. The others are mistakes in the rule.
#[must_use]
pub fn is_not_for_us(reason: &ReadError) -> bool {
    matches!(reason, ReadError::OtherProduct(_) | ReadError::NoChannel { .. } | ReadError::Placeholder(_))
}

/// Rule files that were read, and those that could not be.
#[derive(Debug, Default)]
pub struct RuleFiles {
    /// What they say.
    pub rules: Rules,
    /// Files read.
    pub count: usize,
    /// Files and folders that could not be read, with what the system said.
    pub unreadable: Vec<(PathBuf, String)>,
    /// See [`Ruleset::licence`].
    pub licence: Option<String>,
}

/// Reads every `.yml` and `.yaml` file below `folders`, in the order of their names.
#[must_use]
pub fn read_rules(folders: &[PathBuf]) -> RuleFiles {
    let mut read = RuleFiles::default();
    let Walk { files, unreadable } = walk(folders);
    read.unreadable = unreadable;
    for path in files.into_iter().filter(|path| is_rule(path)) {
        match read_text(&path) {
            Ok(text) => {
                read.rules.add(&text, &path.to_string_lossy());
                read.count += 1;
            }
            Err(err) => read.unreadable.push((path, err.to_string())),
        }
    }
    read.licence = folders.iter().find_map(|folder| find_licence(folder));
    read
}

fn is_rule(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("yml") || ending.eq_ignore_ascii_case("yaml"))
}

fn read_text(path: &Path) -> std::io::Result<String> {
    let bytes = std::fs::metadata(path)?.len();
    if MAX_RULE_BYTES < bytes {
        let message = format!("{bytes} bytes; a rule file has at most {MAX_RULE_BYTES}");
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, message));
    }
    std::fs::read_to_string(path)
}

/// The licence that a collection of rules names beside them or above.
fn find_licence(folder: &Path) -> Option<String> {
    const NAMES: [&str; 3] = ["LICENSE", "LICENSE.md", "LICENSE.Detection.Rules.md"];
    let folder = folder.canonicalize().ok()?;
    let texts = folder.ancestors().take(LICENCE_LEVELS).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    let found = texts.filter_map(|path| read_text(&path).ok()).find(|text| text.contains("Detection Rule License"));
    found.map(|text| {
        let has_version = text.contains("Detection Rule License (DRL) 1.1") || text.contains("1.1");
        if has_version { "Detection Rule License 1.1" } else { "Detection Rule License" }.to_owned()
    })
}
