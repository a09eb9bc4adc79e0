//! What was found in the logs of a site, for the one person who has to look into it.
//!
//! A rule that fires a thousand times on one computer is one alert: one thing to understand, one decision. An alert goes only
//! when a person says why it is harmless or hands it over as an incident, and comes back when new events show that this was
//! not all.

mod search;
pub mod store;

use std::fmt;

use base::{Date, UtcSeconds};
use detect::rule::Level;

pub use search::{SearchError, search};

/// Events kept of one alert for one piece of evidence; the others are counted.
pub const MAX_EVENTS: usize = 200;
/// Longest time for which a harmless alert stays quiet, in days.
pub const MAX_QUIET_DAYS: i64 = 92;

/// What became of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// Somebody has to look into it.
    Open,
    /// A person said why it is no attack.
    Harmless,
    /// Handed over as an incident.
    Incident,
}

impl AlertState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Harmless, Self::Incident];

    /// The name in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Harmless => "harmless",
            Self::Incident => "incident",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// One rule that fired on one computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Number.
    pub id: i64,
    /// Id of the rule.
    pub rule: String,
    /// In lower case; empty if the events do not say.
    pub computer: String,
    /// How bad.
    pub level: Level,
    /// Events, or groups of events.
    pub hits: u64,
    /// The first event.
    pub first_at: UtcSeconds,
    /// The last event.
    pub last_at: UtcSeconds,
    /// What became of it.
    pub state: AlertState,
    /// Last day on which new events of a harmless alert do not open it again.
    pub quiet_until: Option<Date>,
    /// Why it is harmless, or to whom it was handed over; empty while it is open for the first time.
    pub note: String,
    /// Who looks into it; empty: nobody yet.
    pub owner: String,
    /// Until when.
    pub due_on: Option<Date>,
    /// Who changed it last; empty: nobody but the program.
    pub changed_by: String,
    /// When it was changed last.
    pub changed_at: UtcSeconds,
}

/// An event behind an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertEvent {
    /// The piece of evidence it lies in.
    pub evidence: i64,
    /// Byte offset of its record there.
    pub position: u64,
    /// When it happened.
    pub at: UtcSeconds,
    /// Channel and number, or how many events of a group.
    pub what: String,
    /// Names and values that the rule looks at; values may hold anything that a program logged.
    pub details: Vec<(String, String)>,
}

/// One rule on one computer in one piece of evidence, as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Id of the rule.
    pub rule: String,
    /// In lower case; empty if the events do not say.
    pub computer: String,
    /// How bad.
    pub level: Level,
    /// Events, or groups of events.
    pub hits: u64,
    /// The first event.
    pub first_at: UtcSeconds,
    /// The last event.
    pub last_at: UtcSeconds,
    /// The last [`MAX_EVENTS`] at most.
    pub events: Vec<AlertEvent>,
}

/// What searching one piece of evidence yielded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searched {
    /// Rules in force.
    pub rules: u64,
    /// Events read.
    pub events: u64,
    /// Places that could not be read.
    pub lost: u64,
    /// By rule and computer.
    pub found: Vec<Found>,
}

/// A person's word on an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// No attack, for the reason given; quiet until that day.
    Harmless {
        /// Why.
        why: String,
        /// Last day on which new events stay quiet.
        until: Date,
    },
    /// An incident, handed over as told.
    Incident {
        /// To whom, and what is known.
        why: String,
    },
    /// To be looked into again.
    Again {
        /// Why.
        why: String,
    },
}

impl Ruling {
    /// The state it leads to.
    #[must_use]
    pub const fn state(&self) -> AlertState {
        match self {
            Self::Harmless { .. } => AlertState::Harmless,
            Self::Incident { .. } => AlertState::Incident,
            Self::Again { .. } => AlertState::Open,
        }
    }

    /// Why.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Harmless { why, .. } | Self::Incident { why } | Self::Again { why } => why,
        }
    }
}

/// A ruling that can't stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RulingError {
    /// Nobody could understand it later.
    #[error("a ruling without a reason")]
    NoReason,
    /// Quiet for longer than anybody remembers why, or until a day that is over.
    #[error("an alert may stay quiet from today on for {MAX_QUIET_DAYS} days at most")]
    Until,
}

/// Whether a ruling may be written down.
///
/// # Errors
/// [`RulingError`] says why not.
pub fn check_ruling(ruling: &Ruling, today: Date) -> Result<(), RulingError> {
    if ruling.why().trim().is_empty() {
        return Err(RulingError::NoReason);
    }
    match ruling {
        Ruling::Harmless { until, .. } if !(0..=MAX_QUIET_DAYS).contains(&until.days_since(today)) => {
            Err(RulingError::Until)
        }
        Ruling::Harmless { .. } | Ruling::Incident { .. } | Ruling::Again { .. } => Ok(()),
    }
}

/// The state of an alert after new events of `last_at`, found on `today`: what was harmless stays quiet until its day; an incident
/// is somebody's already; a newer event than the last one opens anything else.
#[must_use]
pub fn state_after(alert: &Alert, last_at: UtcSeconds, today: Date) -> AlertState {
    // A machine with a wrong clock, or a forged log, must not put what comes later out of sight.
    let known = alert.last_at.min(alert.changed_at);
    match alert.state {
        AlertState::Harmless if known < last_at && alert.quiet_until.is_none_or(|until| until < today) => {
            AlertState::Open
        }
        AlertState::Open | AlertState::Harmless | AlertState::Incident => alert.state,
    }
}

impl fmt::Display for AlertState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: &str = "2026-11-20";

    fn harmless(until: &str) -> Alert {
        Alert {
            id: 1,
            rule: "r".to_owned(),
            computer: "pc1".to_owned(),
            level: Level::High,
            hits: 1,
            first_at: UtcSeconds(100),
            last_at: UtcSeconds(100),
            state: AlertState::Harmless,
            quiet_until: Some(until.parse().unwrap()),
            note: "保守".to_owned(),
            owner: String::new(),
            due_on: None,
            changed_by: "佐藤".to_owned(),
            changed_at: UtcSeconds(100),
        }
    }

    fn after(alert: &Alert, last_at: i64) -> AlertState {
        state_after(alert, UtcSeconds(last_at), TODAY.parse().unwrap())
    }

    #[test]
    fn a_harmless_alert_stays_quiet_through_its_last_day() {
        assert_eq!(after(&harmless("2026-11-20"), 200), AlertState::Harmless);
        assert_eq!(after(&harmless("2026-11-19"), 200), AlertState::Open);
    }

    #[test]
    fn what_was_known_already_opens_nothing() {
        assert_eq!(after(&harmless("2026-11-19"), 100), AlertState::Harmless);
    }

    #[test]
    fn an_event_of_the_far_future_silences_nothing() {
        let alert = Alert { last_at: UtcSeconds(i64::MAX), ..harmless("2026-11-19") };
        assert_eq!(after(&alert, 200), AlertState::Open);
    }

    #[test]
    fn an_incident_stays_with_those_who_have_it() {
        assert_eq!(after(&Alert { state: AlertState::Incident, ..harmless("2026-11-19") }, 200), AlertState::Incident);
    }

    fn check(ruling: Ruling) -> Result<(), RulingError> {
        check_ruling(&ruling, TODAY.parse().unwrap())
    }

    #[test]
    fn quiet_has_an_end_and_a_reason() {
        let until = |day: &str| Ruling::Harmless { why: "保守".to_owned(), until: day.parse().unwrap() };
        assert_eq!(check(until("2026-11-20")), Ok(()));
        assert_eq!(check(until("2026-11-19")), Err(RulingError::Until));
        assert_eq!(check(until("2027-02-20")), Ok(()));
        assert_eq!(check(until("2027-02-21")), Err(RulingError::Until));
        assert_eq!(check(Ruling::Incident { why: "　".to_owned() }), Err(RulingError::NoReason));
    }
}
