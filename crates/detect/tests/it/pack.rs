//! mamori's own rules: every one loads, passes its cases, and says what it means and what it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assess::expression::{FactSource, Staleness, Truth};
use assess::{Dictionary, Expression, Fact, FactId, SubjectFacts};
use base::{FactValue, Grade, SubjectKind, UtcSeconds};
use detect::correlate::{Limits, Observation};
use detect::rule::{About, Level};
use detect::{CorrelationPlan, Correlator, Matcher, Plan, RulePack};

use crate::pack_cases::{self, Kind, Timed};
use crate::records;

pub(crate) fn packs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")
}

/// `rules/…` and text of every file below `packs/rules` whose name is one of `names`, by path.
fn files(names: &[&str]) -> Vec<(String, String)> {
    let mut folders = vec![packs().join("rules")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if names.contains(&path.file_name().unwrap().to_str().unwrap()) {
                let name = path.strip_prefix(packs()).unwrap().to_string_lossy().into_owned();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The pack as it is built in, without a value of any site.
pub(crate) fn bare_pack() -> RulePack {
    let files = files(&["rule.yml", "placeholders.toml"]);
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    RulePack::parse(&files).unwrap_or_else(|problems| {
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", texts.join("\n"))
    })
}

/// The pack of a site that uses the example of every placeholder.
pub(crate) fn example_pack() -> RulePack {
    let mut pack = bare_pack();
    for placeholder in pack.placeholders().to_vec() {
        pack.set(&placeholder.name, &placeholder.example).unwrap();
    }
    pack
}

/// Every document that is reported: rules that speak on their own, and correlations.
pub(crate) struct Engine {
    pub(crate) matcher: Matcher,
    pub(crate) correlations: CorrelationPlan,
}

impl Engine {
    pub(crate) fn new(pack: &RulePack) -> Self {
        let plan = Plan::compile(pack.rules(), &pack.pipelines()).unwrap();
        let correlations = CorrelationPlan::compile(pack.rules(), &plan);
        Self { matcher: Matcher::new(Arc::new(plan)), correlations }
    }

    /// What is reported on these events: each rule once per event it fires on, each correlation once per match.
    pub(crate) fn run(&mut self, events: &[Timed]) -> Vec<About> {
        let mut correlator = Correlator::new(Limits::default());
        let (mut reported, mut matches) = (Vec::new(), Vec::new());
        for (number, timed) in (0..).zip(events) {
            let hits = records::run(&mut self.matcher, &timed.event);
            let plan = self.matcher.plan();
            let alone = hits.iter().filter(|hit| self.correlations.speaks_alone(**hit));
            reported.extend(alone.map(|hit| plan.rule(*hit).unwrap().clone()));
            let value = |name: &str| timed.event.value(name);
            let observation = Observation { at: timed.at, event: number, hits: &hits, value: &value };
            correlator.add(&self.correlations, &observation, &mut matches);
        }
        correlator.finish(&self.correlations, &mut matches);
        let rules = self.correlations.correlations();
        let speaking = matches.iter().filter(|found| self.correlations.match_speaks(found.correlation));
        reported.extend(speaking.map(|found| rules[found.correlation].about.clone()));
        reported
    }
}

#[track_caller]
fn none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_rule_fires_misses_and_keeps_silent_as_its_cases_say() {
    let pack = example_pack();
    let mut engine = Engine::new(&pack);
    let cases: BTreeMap<String, String> = files(&["cases.toml"]).into_iter().collect();
    let mut problems = Vec::new();
    let mut count = 0;
    for explanation in pack.explanations() {
        let file = file_of(&pack, &explanation.rule);
        let Some(text) = cases.get(&file.replace("rule.yml", "cases.toml")) else {
            problems.push(format!("{file}: no cases.toml beside it"));
            continue;
        };
        let read = pack_cases::read(text).unwrap_or_else(|err| {
            problems.push(format!("{file}: {err}"));
            Vec::new()
        });
        for case in read {
            count += 1;
            let reported = engine.run(&case.events);
            let fired = reported.iter().any(|about| about.file == file);
            if fired != (case.kind == Kind::Firing) {
                problems.push(format!("{file}: {:?} `{}`: fired is {fired}", case.kind, case.name));
            }
            let loud = reported.iter().filter(|about| case.kind == Kind::Benign && about.level >= Some(Level::High));
            problems.extend(loud.map(|about| format!("{file}: benign `{}` alarms {}", case.name, about.file)));
        }
    }
    println!("{} rules, {count} cases", pack.explanations().len());
    none(&problems);
    assert!(pack.explanations().len() >= 60, "{}", pack.explanations().len());
}

/// The file of the rule with this id.
fn file_of(pack: &RulePack, id: &str) -> String {
    abouts(pack).into_iter().find(|about| about.id.as_deref() == Some(id)).unwrap().file
}

fn abouts(pack: &RulePack) -> Vec<About> {
    let rules = pack.rules();
    let own = rules.rules.iter().map(|rule| &rule.about);
    own.chain(rules.correlations.iter().map(|rule| &rule.about)).cloned().collect()
}

#[test]
fn with_the_examples_every_rule_is_loaded_and_without_them_each_says_what_it_waits_for() {
    let full = example_pack();
    assert!(full.explanations().iter().all(|explanation| full.unset_of(explanation).is_empty()));
    let full = Engine::new(&full);
    assert_eq!(full.matcher.plan().refusals(), []);
    assert_eq!(full.correlations.refusals(), []);
    let bare = bare_pack();
    let engine = Engine::new(&bare);
    let refused = engine.matcher.plan().refusals().iter().chain(engine.correlations.refusals());
    let refused: BTreeSet<String> = refused.map(|refusal| refusal.file.clone()).collect();
    let waiting = bare.explanations().iter().filter(|explanation| !bare.unset_of(explanation).is_empty());
    let waiting: BTreeSet<String> = waiting.map(|explanation| file_of(&bare, &explanation.rule)).collect();
    assert_eq!(refused, waiting);
    assert!(refused.contains("rules/vendor_account_outside_hours/rule.yml"));
    let texts: String = files(&["rule.yml"]).into_iter().map(|(_, text)| text).collect();
    for placeholder in bare.placeholders() {
        assert!(texts.contains(&format!("%{}%", placeholder.name)), "no rule asks for {}", placeholder.name);
        let text = format!("{}{}", placeholder.unset.ja, placeholder.unset.en);
        assert!(!text.is_empty() && !placeholder.example.is_empty(), "{}", placeholder.name);
    }
    println!("{} rules wait for the site", waiting.len());
}

#[test]
fn every_rule_says_in_both_languages_what_it_means_and_what_to_do() {
    let pack = example_pack();
    let is_japanese = |text: &str| text.chars().any(|c| ('\u{3041}'..='\u{30ff}').contains(&c));
    let mut problems = Vec::new();
    for explanation in pack.explanations() {
        let mut labels = vec![
            ("title", &explanation.title),
            ("meaning", &explanation.meaning),
            ("first_action", &explanation.first_action),
        ];
        labels.extend(explanation.also_needs.iter().map(|label| ("also_needs", label)));
        for (what, label) in labels {
            let polite = what == "title" || label.ja.ends_with("。");
            if !is_japanese(&label.ja) || !polite || !label.en.is_ascii() {
                problems.push(format!("{} {what}: {label:?}", explanation.title.en));
            }
        }
        if explanation.rows.is_empty() || !explanation.rows.iter().all(|row| row.len() == 4 && row.starts_with('S')) {
            problems.push(format!("{}: rows {:?}", explanation.title.en, explanation.rows));
        }
        let digits = |row: &String| row.bytes().skip(1).all(|byte| byte.is_ascii_digit());
        if !explanation.rows.iter().all(digits) {
            problems.push(format!("{}: rows {:?}", explanation.title.en, explanation.rows));
        }
    }
    none(&problems);
}

#[test]
fn every_rule_is_whole_as_the_specification_wants_it() {
    let pack = example_pack();
    let mut problems = Vec::new();
    let mut ids = BTreeSet::new();
    for about in abouts(&pack) {
        let id = about.id.clone().unwrap_or_default();
        // Random ids of version 4.
        let form = id.len() == 36 && id.as_bytes()[14] == b'4' && b"89ab".contains(&id.as_bytes()[19]);
        if !form || !ids.insert(id.clone()) {
            problems.push(format!("{}: id {id:?} is no new version 4 UUID", about.file));
        }
        if about.level.is_none() || about.status.as_deref() != Some("test") || about.author.as_deref() != Some("mamori")
        {
            problems.push(format!("{}: level, status or author", about.file));
        }
        if pack.explanation_of(&about).is_none() {
            continue;
        }
        let technique = |tag: &String| {
            tag.strip_prefix("attack.t").is_some_and(|rest| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.len() == 4 && (rest.len() == 4 || rest.len() == 8 && rest.as_bytes()[4] == b'.')
            })
        };
        if !about.tags.iter().any(technique) {
            problems.push(format!("{}: no ATT&CK technique in {:?}", about.file, about.tags));
        }
        if about.false_positives.is_empty() || about.description.is_empty() {
            problems.push(format!("{}: falsepositives or description", about.file));
        }
    }
    none(&problems);
}

fn dictionary() -> Dictionary {
    let read = |path: PathBuf| (path.display().to_string(), std::fs::read_to_string(path).unwrap());
    let folder = std::fs::read_dir(packs().join("facts")).unwrap();
    let texts: Vec<(String, String)> = folder.map(|entry| read(entry.unwrap().path())).collect();
    let is_dictionary = |name: &str| !name.ends_with("wording.toml") && !name.ends_with("columns.toml");
    let texts = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let texts: Vec<(&str, &str)> = texts.filter(|(name, _)| is_dictionary(name)).collect();
    Dictionary::parse(&texts).unwrap()
}

#[test]
fn what_a_rule_depends_on_is_a_condition_on_facts_of_the_dictionary() {
    let dictionary = dictionary();
    let mut problems = Vec::new();
    for explanation in example_pack().explanations() {
        for condition in &explanation.depends_on {
            if let Err(err) = Expression::compile(&dictionary, SubjectKind::Policy, condition) {
                problems.push(format!("{}: `{condition}`: {err}", explanation.title.en));
            }
        }
    }
    none(&problems);
}

/// Whether a machine with these settings lets the rule see anything.
fn sees(title: &str, settings: &[(&str, i64)]) -> Vec<Truth> {
    let dictionary = dictionary();
    let now = UtcSeconds(1_795_143_600);
    let fact = |(number, (key, value)): (i64, &(&str, i64))| Fact {
        key: dictionary.find(key).unwrap().id,
        value: FactValue::Integer(*value),
        observed_at: now,
        grade: Grade::Machine,
        id: FactId(number),
    };
    let subject = SubjectFacts::new((1..).zip(settings).map(fact).collect());
    let site = SubjectFacts::new(Vec::new());
    let pack = bare_pack();
    let explanation = pack.explanations().iter().find(|explanation| explanation.title.en == title).unwrap();
    let conditions = explanation.depends_on.iter();
    let compiled = conditions.map(|text| Expression::compile(&dictionary, SubjectKind::Policy, text).unwrap());
    let source = FactSource { subject: &subject, site: &site, now };
    compiled.map(|condition| condition.evaluate(source, Staleness::Blocks).truth).collect()
}

#[test]
fn without_the_command_line_in_4688_the_rule_on_deleted_copies_is_blind() {
    let rule = "Command that deletes the copies files are restored from";
    let (audited, line) = (("policy.audit_process_creation", 1), ("policy.command_line_in_4688", 1));
    assert_eq!(sees(rule, &[audited, line]), [Truth::True]);
    assert_eq!(sees(rule, &[audited, ("policy.command_line_in_4688", 0)]), [Truth::False]);
    assert_eq!(sees(rule, &[("policy.audit_process_creation", 2), line]), [Truth::False]);
    assert_eq!(sees(rule, &[("policy.command_line_in_4688", 0), ("policy.sysmon_log", 1)]), [Truth::True]);
    assert_eq!(sees(rule, &[]), [Truth::Unknown]);
}
