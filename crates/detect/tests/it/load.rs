//! Every rule of the samples is loaded, or named with its reason.

use std::time::Instant;

use detect::rule::Rules;

use crate::samples::list_samples;

#[test]
fn every_rule_of_the_samples_is_read_or_named_with_its_reason() {
    for folder in ["rules", "rules-emerging-threats", "specification/tests"] {
        let Some(files) = list_samples(folder, ".yml") else { return };
        let began = Instant::now();
        let mut rules = Rules::default();
        for (name, text) in &files {
            rules.add(text, name);
        }
        let took = began.elapsed();
        let count = rules.rules.len() + rules.correlations.len() + rules.filters.len();
        println!("{folder}: {} files, {count} read in {took:?}, {} not", files.len(), rules.refusals.len());
        for refusal in &rules.refusals {
            println!("  {}: {}: {}", refusal.file, refusal.rule, refusal.reason);
        }
        assert_eq!(count + rules.refusals.len(), files.len(), "a rule was neither read nor named");
    }
}
