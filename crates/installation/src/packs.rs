//! The packs the program carries, with those of the installation laid over them.
//!
//! A file of the same path in `<data>/packs/` takes the place of the built-in one; a new path adds to them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use assess::{Check, CheckPack, Dictionary, Expression, Framework, Wording};
use asset::Columns;
use base::{ContentHash, SubjectKind};
use detect::RulePack;
use eventlog::EventLogFile;
use evidence::{Deriver, Importer, Registry};
use governance::DocumentKinds;
use governance::lists::{Departments, Exports};
use governance::statement::{StatementFile, UploadedStatement};
use risk::{Doors, ReleaseAliases};

use crate::commands::Commands;

include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// Largest pack file, in bytes.
const MAX_BYTES: u64 = 8 << 20;

/// Everything the packs say.
pub struct Packs {
    /// Every fact that may be stated.
    pub dictionary: Dictionary,
    /// Every check, in the order of the packs.
    pub checks: Vec<Check>,
    /// Every edition of every checklist.
    pub frameworks: Vec<Framework>,
    /// Kinds of documents.
    pub kinds: DocumentKinds,
    /// The usual departments of a house.
    pub departments: Departments,
    /// Kinds of exports.
    pub exports: Exports,
    /// Commands whose results can be handed in.
    pub commands: Commands,
    /// Detection rules, what they mean, and what the site has told them.
    pub rules: RulePack,
    /// SHA-256 over every pack file in force, name and text.
    pub digest: ContentHash,
    /// Files of the installation that take the place of built-in ones or add to them, by name.
    pub overlaid: Vec<String>,
    wording: Arc<Wording>,
    columns: Arc<Columns>,
    doors: Arc<Doors>,
    aliases: Arc<ReleaseAliases>,
}

impl Packs {
    /// Loads the built-in packs with those below `overlay`, if it exists.
    ///
    /// # Errors
    /// Every mistake in every pack file, by name.
    pub fn load(overlay: Option<&Path>) -> Result<Self> {
        let built_in: BTreeMap<String, String> =
            EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let mut files = built_in.clone();
        if let Some(folder) = overlay.filter(|folder| folder.is_dir()) {
            overlay_files(folder, folder, &mut files)?;
        }
        let is_own = |(name, text): &(&String, &String)| built_in.get(*name) != Some(*text);
        let overlaid = files.iter().filter(is_own).map(|(name, _)| name.clone()).collect();
        Ok(Self { digest: digest(&files), overlaid, ..Self::parse(&files)? })
    }

    fn parse(files: &BTreeMap<String, String>) -> Result<Self> {
        let below = |prefix: &str| -> Vec<(&str, &str)> {
            files
                .iter()
                .filter(|(name, _)| name.starts_with(prefix))
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect()
        };
        let one = |name: &str| {
            files.get(name).map(String::as_str).with_context(|| format!("the pack file {name} is missing"))
        };
        let mut facts = below("facts/");
        facts.retain(|(name, _)| !matches!(*name, "facts/wording.toml" | "facts/columns.toml"));
        let dictionary = Dictionary::parse(&facts)?;
        let wording =
            Wording::parse(&dictionary, "facts/wording.toml", one("facts/wording.toml")?).map_err(all_problems)?;
        let columns = Columns::parse(&dictionary, one("facts/columns.toml")?)?;
        let commands = Commands::parse(one("commands/commands.toml")?)?;
        let mut checks: Vec<Check> = Vec::new();
        for (name, text) in below("checks/") {
            checks.extend(CheckPack::parse(&dictionary, name, text).map_err(all_problems)?.checks);
        }
        for check in &mut checks {
            check.ask = commands.fill(&check.id, &check.ask)?;
        }
        let mut frameworks = Vec::new();
        for (name, text) in below("frameworks/") {
            frameworks.push(Framework::parse(name, text).map_err(all_problems)?);
        }
        let rules = parse_rules(&dictionary, &below("rules/"))?;
        let problems = assess::validate(&frameworks, checks.iter().map(|check| check.id.as_str()));
        if !problems.is_empty() {
            return Err(all_problems(problems));
        }
        Ok(Self {
            kinds: DocumentKinds::parse(one("documents/documents.toml")?)?,
            departments: Departments::parse(one("staff/departments.toml")?)?,
            exports: Exports::parse(one("exports/exports.toml")?)?,
            doors: Arc::new(Doors::parse(one("intel/known_doors.toml")?)?),
            aliases: Arc::new(ReleaseAliases::parse(one("intel/os_releases.toml")?)?),
            wording: Arc::new(wording),
            columns: Arc::new(columns),
            commands,
            rules,
            digest: digest(files),
            overlaid: Vec::new(),
            dictionary,
            checks,
            frameworks,
        })
    }

    #[must_use]
    /// The importers of every capability, most particular first; ledgers kept by hand look least particular and come last.
    pub fn registry(&self) -> Registry {
        Registry::new(self.importers())
    }

    #[must_use]
    /// The importers of what comes in over the network: they take nobody's answers from a file.
    pub fn registry_of_uploads(&self) -> Registry {
        let mut importers = self.importers();
        for importer in importers.iter_mut().filter(|importer| importer.id() == StatementFile.id()) {
            *importer = Box::new(UploadedStatement);
        }
        Registry::new(importers)
    }

    fn importers(&self) -> Vec<Box<dyn Importer>> {
        let mut importers = hardening::importers();
        importers.extend(risk::importers());
        importers.extend(governance::importers());
        importers.push(Box::new(EventLogFile));
        importers.extend(asset::importers(&self.columns, &self.wording));
        importers
    }

    #[must_use]
    /// What is concluded from facts, in order: first what is one thing, then what follows.
    pub fn derivers(&self) -> Vec<Box<dyn Deriver>> {
        let mut derivers = asset::derivers();
        derivers.extend(hardening::derivers());
        derivers.extend(risk::derivers(&self.doors, &self.aliases));
        derivers
    }
}

/// The rules with their explanations; what a rule depends on must be a condition on facts of a machine's settings.
fn parse_rules(dictionary: &Dictionary, files: &[(&str, &str)]) -> Result<RulePack> {
    let joined = |texts: Vec<String>| anyhow::anyhow!("{}", texts.join("\n"));
    let pack = RulePack::parse(files).map_err(|problems| joined(problems.iter().map(ToString::to_string).collect()))?;
    let mut problems = Vec::new();
    for explanation in pack.explanations() {
        for condition in &explanation.depends_on {
            if let Err(err) = Expression::compile(dictionary, SubjectKind::Policy, condition) {
                problems.push(format!("rule `{}` depends on `{condition}`: {err}", explanation.title.en));
            }
        }
    }
    if problems.is_empty() { Ok(pack) } else { Err(joined(problems)) }
}

/// One hash over all files: the hash of each text and its name, a file to a line, by name.
fn digest(files: &BTreeMap<String, String>) -> ContentHash {
    let lines: Vec<String> =
        files.iter().map(|(name, text)| format!("{}  {name}\n", ContentHash::of(text.as_bytes()))).collect();
    ContentHash::of(lines.concat().as_bytes())
}

fn all_problems(problems: Vec<assess::PackError>) -> anyhow::Error {
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("{}", texts.join("\n"))
}

fn overlay_files(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            overlay_files(root, &path, files)?;
        } else if is_pack_file(&path) {
            let size = std::fs::metadata(&path)?.len();
            if size > MAX_BYTES {
                bail!("{} has {size} bytes; {MAX_BYTES} are allowed", path.display());
            }
            let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            files.insert(name, std::fs::read_to_string(&path).with_context(|| path.display().to_string())?);
        }
    }
    Ok(())
}

/// TOML, and YAML below `rules/`; cases of rules are for whoever writes them.
fn is_pack_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("toml" | "yml")) && !path.ends_with("cases.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_packs_load() {
        let packs = Packs::load(None).unwrap();
        assert!(packs.checks.len() >= 40, "{}", packs.checks.len());
        assert!(packs.frameworks.iter().any(|framework| framework.id == "mhlw-r7-hospital"));
    }

    #[test]
    fn a_site_tells_the_rules_its_values_and_adds_a_rule() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("rules/own")).unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.path().join("rules").join(name), text).unwrap();
        let text = EMBEDDED.iter().find(|(name, _)| *name == "rules/account_made/rule.yml").unwrap().1;
        let id = text.lines().find(|line| line.starts_with("id: ")).unwrap();
        put("own/rule.yml", &text.replace(id, "id: 7d0a4a4e-55c5-4b8a-9a52-0d8a4c9d3f11"));
        put("site.toml", "[values]\ncutover_date = [\"2026-04-01\"]\n");
        let (plain, packs) = (Packs::load(None).unwrap(), Packs::load(Some(folder.path())).unwrap());
        assert_eq!(packs.rules.explanations().len(), plain.rules.explanations().len() + 1);
        assert!(packs.rules.pipelines().placeholders.contains_key("cutover_date"));
        assert!(plain.rules.pipelines().placeholders.is_empty());
        put("site.toml", "[values]\ncutover_date = [\"soon\"]\n");
        let err = Packs::load(Some(folder.path())).err().unwrap().to_string();
        assert!(err.contains("`soon` is no day"), "{err}");
        put("site.toml", "[values]\ncutover = []\n");
        let err = Packs::load(Some(folder.path())).err().unwrap().to_string();
        assert!(err.contains("`cutover` is no placeholder"), "{err}");
    }

    #[test]
    fn every_importer_reads_a_kind_of_export_that_has_a_name() {
        let packs = Packs::load(None).unwrap();
        for importer in packs.importers() {
            assert!(packs.exports.find(importer.id()).is_some(), "{}", importer.id());
        }
    }

    #[test]
    fn a_laxer_check_of_the_installation_is_named_and_changes_the_digest() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("checks")).unwrap();
        let text = EMBEDDED.iter().find(|(name, _)| *name == "checks/accounts.toml").unwrap().1;
        let put = |text: &str| std::fs::write(folder.path().join("checks/accounts.toml"), text).unwrap();
        put(text);
        let (plain, same) = (Packs::load(None).unwrap(), Packs::load(Some(folder.path())).unwrap());
        assert_eq!((same.digest, same.overlaid.len()), (plain.digest, 0));
        put(&format!("{text}\n# laxer\n"));
        let laxer = Packs::load(Some(folder.path())).unwrap();
        assert_ne!(laxer.digest, plain.digest);
        assert_eq!(laxer.overlaid, ["checks/accounts.toml"]);
    }

    #[test]
    fn a_site_can_add_an_edition_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("frameworks")).unwrap();
        let text = EMBEDDED.iter().find(|(name, _)| *name == "frameworks/mhlw-r7-hospital.toml").unwrap().1;
        let next = text.replace("R7-", "R8-").replace("mhlw-r7", "mhlw-r8").replace("\"R6-", "\"R7-");
        // The mapping of this made-up edition is left out; only the shape counts here.
        let next: String =
            next.lines().filter(|line| !line.starts_with("maps_to")).map(|line| format!("{line}\n")).collect();
        std::fs::write(folder.path().join("frameworks/mhlw-r8-hospital.toml"), next).unwrap();
        let packs = Packs::load(Some(folder.path())).unwrap();
        assert!(packs.frameworks.iter().any(|framework| framework.id == "mhlw-r8-hospital"));
    }
}
