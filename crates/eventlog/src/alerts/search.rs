//! One event log → what the rules find in it, by rule and computer.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use base::UtcSeconds;
use detect::correlate::Limits;
use detect::rule::{About, Level};
use formats::evtx::FileTime;

use super::{AlertEvent, Found, MAX_EVENTS, Searched};
use crate::correlated::{correlate, to_unix_micros};
use crate::event::{Event, Events, Field};
use crate::files::find_logs;
use crate::rules::Ruleset;
use crate::scan::{Loss, LossReason, Options, scan};
use crate::timeline::{Cause, Place, Row, Timeline, shown};

/// Most alerts one log can make; what comes behind them has no computer, so that a forged log can't fill the list.
const MAX_GROUPS: usize = 5_000;
/// Events kept of one log in all; behind them a group keeps only as many as it has.
const MAX_KEPT: usize = 20_000;
/// Most characters of one value that are kept.
const MAX_VALUE_CHARS: usize = 300;
/// Most characters of the name of a field.
const MAX_NAME_CHARS: usize = 100;
/// Most characters of a computer or channel: no name on a network is longer.
const MAX_COMPUTER_CHARS: usize = 255;
/// Most values that are kept of one event.
const MAX_VALUES: usize = 12;

/// Why a log was not searched.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// What lies there is no event log.
    #[error("no event log: {0}")]
    NotEventLog(String),
}

/// Searches the event log at `path`, which is the bytes of `evidence`. Rules that listen over time see this log alone.
///
/// # Errors
/// [`SearchError`] if it is none. Damage inside is no error: it is counted.
pub fn search(rules: &Ruleset, path: &Path, evidence: i64) -> Result<Searched, SearchError> {
    let found = find_logs(&[path.to_path_buf()]);
    if let Some((_, reason)) = found.refused.first() {
        return Err(SearchError::NotEventLog(reason.clone()));
    }
    let options = Options { threads: NonZeroUsize::MIN, since: None, until: None, level: Level::Informational };
    let scan = scan(rules, found.logs, &options, &|_| {});
    let correlated = correlate(rules, &scan, Limits::default());
    let mut timeline = Timeline::new(rules, &scan, &correlated, Level::Informational);
    let mut events = Events::new(&scan.logs);
    let mut groups: BTreeMap<(String, String), Found> = BTreeMap::new();
    let mut kept = 0;
    for number in 0..timeline.len() {
        let Some(row) = timeline.row(number) else { break };
        let (mut computer, event) = describe(&row, evidence, &mut events);
        let rule = id_of(row.about);
        if MAX_GROUPS <= groups.len() && !groups.contains_key(&(rule.clone(), computer.clone())) {
            computer.clear();
        }
        let found = groups.entry((rule.clone(), computer.clone())).or_insert_with(|| Found {
            rule,
            computer,
            level: row.level,
            hits: 0,
            first_at: event.at,
            last_at: event.at,
            events: Vec::new(),
        });
        found.hits += 1;
        found.first_at = found.first_at.min(event.at);
        found.last_at = found.last_at.max(event.at);
        if found.events.len() == MAX_EVENTS || (MAX_KEPT <= kept && !found.events.is_empty()) {
            found.events.remove(0);
            kept -= 1;
        }
        if kept < MAX_KEPT {
            found.events.push(event);
            kept += 1;
        }
    }
    Ok(Searched {
        rules: rules.plan.rules().len() as u64,
        events: scan.events,
        lost: scan.losses.iter().map(places_of).sum::<u64>() + correlated.lost(),
        found: groups.into_values().collect(),
    })
}

fn id_of(about: &About) -> String {
    clip(about.id.as_deref().unwrap_or(&about.title), MAX_COMPUTER_CHARS)
}

/// Places that a loss stands for.
fn places_of(loss: &Loss) -> u64 {
    match loss.reason {
        LossReason::More(count) => count as u64,
        LossReason::Damage(_) | LossReason::Unreadable(_) => 1,
    }
}

fn to_seconds(time: FileTime) -> UtcSeconds {
    UtcSeconds(to_unix_micros(time).div_euclid(1_000_000))
}

/// The computer of a row, and the row as an event behind an alert.
fn describe(row: &Row<'_>, evidence: i64, events: &mut Events<'_>) -> (String, AlertEvent) {
    let at = to_seconds(row.at);
    let event = |position: u64, what: String, details| AlertEvent { evidence, position, at, what, details };
    match &row.cause {
        Cause::Event { place, event: found, fields } => {
            // What every event has (its number, its channel) explains nothing: then its own fields do.
            let own: Vec<&Field> = fields.iter().filter(|field| field.is_own).collect();
            let own = if own.is_empty() { found.fields.iter().filter(|field| field.is_own).collect() } else { own };
            let details = own.into_iter().map(|field| (field.name.clone(), field.value.clone()));
            (computer_of(found), event(place.offset, name_of(found), cut(details)))
        }
        Cause::Unread { place, reason } => (String::new(), event(place.offset, reason.clone(), Vec::new())),
        Cause::Several { group, number, places } => {
            let last: Option<&Place<'_>> = places.last();
            let position = last.map_or(0, |place| place.offset);
            let computer = events.read(0, position).map(|event| computer_of(&event)).unwrap_or_default();
            let count = ("×".to_owned(), number.to_string());
            (computer, event(position, String::new(), cut(std::iter::once(count).chain(group.iter().cloned()))))
        }
    }
}

fn computer_of(event: &Event) -> String {
    clip(&event.computer.to_lowercase(), MAX_COMPUTER_CHARS)
}

fn name_of(event: &Event) -> String {
    let id = event.event_id.map_or_else(String::new, |id| id.to_string());
    format!("{} {id}", clip(&event.channel, MAX_COMPUTER_CHARS)).trim().to_owned()
}

fn cut(details: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let short = |(name, value): (String, String)| (clip(&name, MAX_NAME_CHARS), clip(&value, MAX_VALUE_CHARS));
    details.filter(|(_, value)| !value.is_empty()).take(MAX_VALUES).map(short).collect()
}

/// A text that can hurt nobody, in at most so many characters.
fn clip(text: &str, most: usize) -> String {
    let head: String = text.chars().take(most).collect();
    shown(&head).chars().take(most).collect()
}
