//! Hits of a scan over time.

use detect::correlate::{Limits, Losses, Match, Observation};
use detect::{Correlator, RuleIndex};
use formats::evtx::FileTime;

use crate::event::Events;
use crate::rules::Ruleset;
use crate::scan::{Hit, Scan};

/// From 1601-01-01 to 1970-01-01, in microseconds.
const UNIX_EPOCH_MICROS: i64 = 11_644_473_600_000_000;

/// What the correlations said of a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlated {
    /// By time. Events are places in [`Scan::hits`].
    pub matches: Vec<Match>,
    /// What took no part.
    pub losses: Losses,
    /// Events that could not be read again and took no part.
    pub unread: u64,
}

impl Correlated {
    /// Whether every event took the part it should.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.lost() == 0
    }

    /// Events and groups that took no part though they should have.
    #[must_use]
    pub fn lost(&self) -> u64 {
        let Losses { late, without_group: _, without_value: _, forced, from_full_groups, groups } = self.losses;
        // An event without a value of the group is no loss: it is simply none of the correlation's.
        self.unread + late + forced + from_full_groups + groups
    }
}

/// Runs the correlations over the hits of a scan, which are in the order of time.
#[must_use]
pub fn correlate(rules: &Ruleset, scan: &Scan, limits: Limits) -> Correlated {
    let mut correlator = Correlator::new(limits);
    let mut events = Events::new(&scan.logs);
    let (mut matches, mut unread) = (Vec::new(), 0);
    let mut first = 0;
    for hits in scan.hits.chunk_by(is_same_event) {
        let number = first;
        first += hits.len();
        let own: Vec<RuleIndex> =
            hits.iter().map(|hit| hit.rule).filter(|rule| rules.correlations.needs(*rule)).collect();
        let Some(hit) = hits.first().filter(|_| !own.is_empty()) else { continue };
        let Ok(event) = events.read(hit.log, hit.offset) else {
            unread += 1;
            continue;
        };
        let value = |name: &str| event.value(name).map(ToOwned::to_owned);
        let seen = Observation { at: to_unix_micros(hit.at), event: number as u64, hits: &own, value: &value };
        correlator.add(&rules.correlations, &seen, &mut matches);
    }
    correlator.finish(&rules.correlations, &mut matches);
    matches.sort_by_key(|found| found.at);
    Correlated { matches, losses: correlator.losses(), unread }
}

fn is_same_event(one: &Hit, other: &Hit) -> bool {
    (one.at, one.log, one.offset) == (other.at, other.log, other.offset)
}

/// Microseconds since 1970, as correlations count.
#[must_use]
pub fn to_unix_micros(time: FileTime) -> i64 {
    i64::try_from(time.0 / 10).unwrap_or(i64::MAX).saturating_sub(UNIX_EPOCH_MICROS)
}

/// The time that [`to_unix_micros`] was given, without what is smaller than a microsecond.
#[must_use]
pub fn from_unix_micros(micros: i64) -> FileTime {
    FileTime(u64::try_from(micros.saturating_add(UNIX_EPOCH_MICROS)).unwrap_or_default().saturating_mul(10))
}
