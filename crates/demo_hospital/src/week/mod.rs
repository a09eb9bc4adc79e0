//! One quiet week of events of an imaginary hospital: what a detection rule must keep silent about.
//!
//! Nothing in it is an attack. It holds what makes rules cry wolf: mistyped passwords, forgotten phones, updates and
//! restarts at night, backups, vendors in their hours, printing by the clinical system, permitted USB sticks, administrators
//! at work, and an internet that tries every door. Events come in order of time, one by one: a week needs no memory.
//!
//! The addresses are those of the examples in `packs/rules/placeholders.toml`. Start with [`Week`].

mod administration;
mod event;
mod machines;
mod people;
mod perimeter;

use std::collections::BTreeMap;

use base::Date;

use crate::chance::Chance;
pub use event::LogEvent;

/// Seconds of a week.
const WEEK_S: i64 = 7 * 86_400;
/// Japan is ahead of UTC by this, in seconds.
const JST_S: i64 = 9 * 3_600;

/// What is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekOptions {
    /// The first day, a Monday for the week to look like one.
    pub monday: Date,
    /// Varies who does what and when.
    pub seed: u64,
    /// How busy the house is, in percent; 100 gives more than two million events.
    pub size_percent: u32,
}

/// The events of one week, in order of time.
#[derive(Debug)]
pub struct Week {
    options: WeekOptions,
    draws: Draws,
    /// Seconds since the week began.
    second: i64,
    /// What will happen, by time and by the order in which it was thought of.
    pending: BTreeMap<(i64, u64), LogEvent>,
    number: u64,
    /// Time of the event before, in microseconds.
    last: i64,
}

/// One draw after the other.
#[derive(Debug)]
pub(crate) struct Draws {
    chance: Chance,
    count: u64,
}

impl Draws {
    /// A number below `limit`; 0 for a limit of 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.count += 1;
        self.chance.value(self.count).checked_rem(limit).unwrap_or(0)
    }

    /// One of these.
    pub(crate) fn one<T: Copy>(&mut self, from: &[T], otherwise: T) -> T {
        let place = self.below(u64::try_from(from.len()).unwrap_or(1));
        usize::try_from(place).ok().and_then(|place| from.get(place)).copied().unwrap_or(otherwise)
    }
}

/// Events of one action, with their seconds after its beginning.
#[derive(Debug, Default)]
pub(crate) struct Action(pub(crate) Vec<(i64, LogEvent)>);

impl Action {
    pub(crate) fn add(&mut self, after_s: i64, event: LogEvent) {
        self.0.push((after_s, event));
    }
}

/// When in the week a second lies, in Japan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// 0 is the first day.
    pub(crate) day: i64,
    /// 0..24
    pub(crate) hour: i64,
    /// 0..3600
    pub(crate) second: i64,
}

impl Moment {
    const fn of(second: i64) -> Self {
        Self { day: second / 86_400, hour: second / 3_600 % 24, second: second % 3_600 }
    }

    /// Weekdays from eight to six.
    pub(crate) const fn is_office_time(self) -> bool {
        self.day < 5 && 8 <= self.hour && self.hour < 18
    }

    /// Actions of people and machines in ten seconds.
    const fn rate(self) -> u64 {
        if self.is_office_time() {
            26
        } else if self.hour < 6 {
            6
        } else {
            10
        }
    }
}

impl Week {
    /// Equal options give equal events.
    #[must_use]
    pub fn new(options: WeekOptions) -> Self {
        let draws = Draws { chance: Chance::new(options.seed, 77), count: 0 };
        Self { options, draws, second: 0, pending: BTreeMap::new(), number: 0, last: i64::MIN }
    }

    /// Thinks of everything that begins in this second.
    fn begin_second(&mut self) {
        let moment = Moment::of(self.second);
        let wanted = moment.rate() * u64::from(self.options.size_percent);
        let count = wanted / 1_000 + u64::from(self.draws.below(1_000) < wanted % 1_000);
        for _ in 0..count {
            let action = match self.draws.below(100) {
                0..48 => people::act(&mut self.draws, moment),
                48..88 => machines::act(&mut self.draws),
                _ => perimeter::act(&mut self.draws, moment),
            };
            self.plan(action);
        }
        let planned = administration::due(&mut self.draws, moment);
        planned.into_iter().for_each(|action| self.plan(action));
        self.second += 1;
    }

    fn plan(&mut self, action: Action) {
        for (after_s, event) in action.0 {
            self.pending.insert((self.second + after_s, self.number), event);
            self.number += 1;
        }
    }
}

impl Iterator for Week {
    type Item = LogEvent;

    fn next(&mut self) -> Option<LogEvent> {
        loop {
            let is_due = self.pending.first_key_value().is_some_and(|((at, _), _)| *at < self.second);
            if is_due || self.second >= WEEK_S {
                let ((at, _), mut event) = self.pending.pop_first()?;
                let start = self.options.monday.days_since_epoch() * 86_400 - JST_S;
                // Events of one second keep their order.
                event.at = ((start + at) * 1_000_000).max(self.last.saturating_add(1));
                self.last = event.at;
                return Some(event);
            }
            self.begin_second();
        }
    }
}
