//! mamori's own rules on a quiet week of an imaginary hospital: nothing in it needs a human today.
//!
//! The test takes a small hospital, a twentieth of the events; `MAMORI_WHOLE_WEEK=1` takes all of them.

use std::collections::BTreeMap;
use std::time::Instant;

use base::Date;
use demo_hospital::week::{LogEvent, Week, WeekOptions};
use detect::correlate::{Limits, Observation};
use detect::rule::{About, Level};
use detect::{Correlator, RuleIndex};

use crate::pack::{Engine, example_pack};

fn week(size_percent: u32) -> Week {
    Week::new(WeekOptions { monday: Date::new(2026, 11, 16).unwrap(), seed: 1, size_percent })
}

/// As Windows writes it.
fn moment(at: i64) -> String {
    format!("{:.6}", jiff::Timestamp::from_microsecond(at).unwrap()).replace('Z', "0Z")
}

fn run(engine: &mut Engine, event: &LogEvent, hits: &mut Vec<RuleIndex>) {
    hits.clear();
    let matcher = &mut engine.matcher;
    if !matcher.begin(event.channel, event.provider, event.event_id) {
        return;
    }
    let time = moment(event.at);
    let common = [("Computer", &event.computer), ("TimeCreated_SystemTime", &time)];
    for (name, value) in event.fields.iter().map(|(name, value)| (*name, value)).chain(common) {
        match matcher.plan().field(name) {
            Some(field) => matcher.set(field, value),
            None => matcher.set_unmapped(value),
        }
    }
    matcher.finish(hits);
}

#[test]
fn a_quiet_week_raises_no_alert_that_needs_a_human_today() {
    #[expect(clippy::disallowed_methods, reason = "the whole week takes its time")]
    let whole = std::env::var("MAMORI_WHOLE_WEEK").is_ok();
    let mut engine = Engine::new(&example_pack());
    let mut correlator = Correlator::new(Limits::default());
    let mut reported: BTreeMap<(Option<Level>, String), usize> = BTreeMap::new();
    let mut report = |about: &About| *reported.entry((about.level, about.file.clone())).or_default() += 1;
    let (mut events, mut hits, mut matches) = (0_u64, Vec::new(), Vec::new());
    let began = Instant::now();
    for event in week(if whole { 100 } else { 5 }) {
        events += 1;
        run(&mut engine, &event, &mut hits);
        let alone = hits.iter().filter(|hit| engine.correlations.speaks_alone(**hit));
        alone.for_each(|hit| report(engine.matcher.plan().rule(*hit).unwrap()));
        if hits.is_empty() {
            continue;
        }
        let value = |name: &str| match name {
            "Computer" => Some(event.computer.clone()),
            _ => event.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone()),
        };
        let seen = Observation { at: event.at, event: events, hits: &hits, value: &value };
        correlator.add(&engine.correlations, &seen, &mut matches);
    }
    correlator.finish(&engine.correlations, &mut matches);
    let speaking = matches.iter().filter(|found| engine.correlations.match_speaks(found.correlation));
    speaking.for_each(|found| report(&engine.correlations.correlations()[found.correlation].about));
    println!("{events} events in {:?}, losses {:?}", began.elapsed(), correlator.losses());
    for ((level, file), count) in &reported {
        println!("{:?} {file}: {count}", level.unwrap());
    }
    let loud: Vec<_> = reported.keys().filter(|(level, _)| *level >= Some(Level::High)).collect();
    assert!(loud.is_empty(), "{loud:?}");
}
