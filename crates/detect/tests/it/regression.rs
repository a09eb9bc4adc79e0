//! The regression cases of the rules' own repository: every rule fires on the events recorded for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use detect::{Matcher, Pipelines, Plan, Rules};

use crate::naive;
use crate::records;
use crate::samples::list_samples;

fn plan_of_samples() -> Option<(Rules, Plan)> {
    let mut rules = Rules::default();
    for folder in ["rules/windows", "rules-emerging-threats"] {
        for (name, text) in list_samples(folder, ".yml")? {
            rules.add(&text, &name);
        }
    }
    let plan = Plan::compile(&rules, &Pipelines::reference()).unwrap();
    Some((rules, plan))
}

/// Value of a `key: value` line.
fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(key))
}

#[test]
fn every_rule_fires_on_the_events_recorded_for_it_and_as_often() {
    let Some((rules, plan)) = plan_of_samples() else { return };
    let Some(files) = list_samples("regression_data", "") else { return };
    let texts: BTreeMap<&str, &str> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let ids: BTreeMap<String, usize> =
        plan.rules().iter().enumerate().map(|(index, about)| (about.id.clone().unwrap(), index)).collect();
    let mut matcher = Matcher::new(Arc::new(plan));
    let rule_of = |id: &str| rules.rules.iter().find(|rule| rule.about.id.as_deref() == Some(id)).unwrap();
    let mut problems = Vec::new();
    let mut cases = 0;
    for (name, text) in texts.iter().filter(|(name, _)| name.ends_with(".json")) {
        let id = name.rsplit('/').next().unwrap().trim_end_matches(".json");
        let info = texts[format!("{}/info.yml", name.rsplit_once('/').unwrap().0).as_str()];
        let least: usize = value_of(info, "match_count: ").map_or(1, |count| count.parse().unwrap());
        let events = records::read(text);
        let rule = u32::try_from(ids[id]).unwrap();
        let hits =
            events.iter().filter(|event| records::run(&mut matcher, event).iter().any(|hit| hit.0 == rule)).count();
        let defined = events.iter().filter(|event| naive::fires(rule_of(id), event)).count();
        cases += 1;
        if hits < least || hits != defined {
            problems.push(format!("{name}: {hits} hits, {defined} by definition, at least {least} stated"));
        }
        if hits > least {
            println!("{name}: {hits} hits, {least} stated");
        }
    }
    println!("{cases} cases, {} problems", problems.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
