//! How soon somebody may try again.
//!
//! Failures count per login and source. A source is a browser that has signed in to this account before, or else a network
//! address. So whoever guesses from elsewhere slows only themself: the person at their own browser never waits for them.

use std::net::IpAddr;

use base::{ContentHash, UtcSeconds};

/// Failures of one login older than this no longer count, in seconds.
pub const WINDOW_S: i64 = 24 * 3_600;
/// Failures of one address older than this no longer count: a whole hospital may share an address.
pub const ADDRESS_WINDOW_S: i64 = 3_600;
/// Failures of one login from one source before anybody has to wait.
pub const FREE: usize = 5;
/// Failures from one address, whatever the login, before that address has to wait.
pub const FREE_OF_ADDRESS: usize = 30;
/// The first wait, in seconds; each further failure doubles it.
const FIRST_WAIT_S: i64 = 5;
/// The longest wait, in seconds. There is no lock that stays.
pub const LONGEST_WAIT_S: i64 = 15 * 60;

/// Failed attempts of the last day, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Of this login from this source.
    pub of_source: Vec<UtcSeconds>,
    /// From this address, whatever the login; empty for a known browser.
    pub of_address: Vec<UtcSeconds>,
}

/// Whether an attempt is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Now.
    Now,
    /// Not before so many seconds have passed; at least 1.
    Wait(i64),
}

/// Whether an attempt is looked at now.
#[must_use]
pub fn decide(attempts: &Attempts, now: UtcSeconds) -> Decision {
    let of_source = wait(&recent(&attempts.of_source, WINDOW_S, now), FREE, now);
    let of_address = wait(&recent(&attempts.of_address, ADDRESS_WINDOW_S, now), FREE_OF_ADDRESS, now);
    match of_source.max(of_address) {
        0 => Decision::Now,
        seconds => Decision::Wait(seconds),
    }
}

/// The failures that are recent enough to count.
fn recent(failures: &[UtcSeconds], window_s: i64, now: UtcSeconds) -> Vec<UtcSeconds> {
    failures.iter().copied().filter(|at| now.0 - at.0 < window_s).collect()
}

/// Seconds still to wait after these failures.
fn wait(failures: &[UtcSeconds], free: usize, now: UtcSeconds) -> i64 {
    let count = failures.len();
    let Some(last) = failures.iter().max().filter(|_| count >= free) else { return 0 };
    let doublings = u32::try_from(count - free).unwrap_or(u32::MAX).min(20);
    let delay = FIRST_WAIT_S.saturating_mul(1_i64 << doublings).min(LONGEST_WAIT_S);
    // A clock that was set back must not make anybody wait longer than the delay.
    (last.0 + delay - now.0).clamp(0, delay)
}

/// Whether this failure is the one after which somebody has to wait: the moment to write it into the ledger.
#[must_use]
pub fn is_threshold(attempts: &Attempts, now: UtcSeconds) -> bool {
    recent(&attempts.of_source, WINDOW_S, now).len() == FREE
        || recent(&attempts.of_address, ADDRESS_WINDOW_S, now).len() == FREE_OF_ADDRESS
}

/// Where an attempt comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A browser that has signed in to this account before, by the hash of its token.
    KnownDevice(ContentHash),
    /// A network address.
    Address(String),
}

impl Source {
    /// The source an address stands for: of IPv6 the network of 64 bits, since one host has all of it.
    #[must_use]
    pub fn of_address(address: &str) -> Self {
        let text = match address.parse() {
            Ok(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
                Some(v4) => v4.to_string(),
                None => {
                    let [a, b, c, d, ..] = v6.segments();
                    format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
                }
            },
            Ok(IpAddr::V4(v4)) => v4.to_string(),
            Err(_) => "unknown".to_owned(),
        };
        Self::Address(text)
    }

    /// The name in the table.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::KnownDevice(hash) => format!("device {hash}"),
            Self::Address(address) => format!("address {address}"),
        }
    }
}

/// How a login is named in the table of failures: as a hash, since people type passwords into the wrong field.
#[must_use]
pub fn login_key(typed: &str) -> String {
    let login: String = typed.trim().to_lowercase().chars().take(200).collect();
    ContentHash::of(format!("login {login}").as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcSeconds = UtcSeconds(1_000_000);

    fn failures(count: usize, last_before_s: i64) -> Vec<UtcSeconds> {
        vec![UtcSeconds(NOW.0 - last_before_s); count]
    }

    fn of_source(count: usize, last_before_s: i64) -> Decision {
        decide(&Attempts { of_source: failures(count, last_before_s), of_address: Vec::new() }, NOW)
    }

    fn of_address(count: usize, last_before_s: i64) -> Decision {
        decide(&Attempts { of_source: Vec::new(), of_address: failures(count, last_before_s) }, NOW)
    }

    #[test]
    fn four_slips_cost_no_time_and_the_fifth_five_seconds() {
        assert_eq!(of_source(4, 0), Decision::Now);
        assert_eq!(of_source(5, 0), Decision::Wait(5));
        assert_eq!(of_source(5, 4), Decision::Wait(1));
        assert_eq!(of_source(5, 5), Decision::Now);
    }

    #[test]
    fn every_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour() {
        assert_eq!(of_source(6, 0), Decision::Wait(10));
        assert_eq!(of_source(8, 0), Decision::Wait(40));
        assert_eq!(of_source(13, 0), Decision::Wait(900));
        assert_eq!(of_source(1_000_000, 0), Decision::Wait(900));
        assert_eq!(of_source(1_000_000, 900), Decision::Now, "there is no lock that stays");
    }

    #[test]
    fn a_failure_of_yesterday_no_longer_counts() {
        let mut failures = failures(20, WINDOW_S);
        assert_eq!(decide(&Attempts { of_source: failures.clone(), of_address: failures.clone() }, NOW), Decision::Now);
        failures.extend([NOW; 4]);
        assert_eq!(decide(&Attempts { of_source: failures, of_address: Vec::new() }, NOW), Decision::Now);
    }

    #[test]
    fn one_address_that_tries_many_logins_waits_as_well() {
        assert_eq!(of_address(29, 0), Decision::Now);
        assert_eq!(of_address(30, 0), Decision::Wait(5));
        assert_eq!(of_address(32, 0), Decision::Wait(20));
    }

    #[test]
    fn an_address_is_forgiven_after_an_hour() {
        assert_eq!(of_address(90, ADDRESS_WINDOW_S - 1), Decision::Now);
        let mut failures = failures(90, ADDRESS_WINDOW_S);
        failures.extend([NOW; 29]);
        assert_eq!(decide(&Attempts { of_source: Vec::new(), of_address: failures }, NOW), Decision::Now);
    }

    #[test]
    fn a_known_browser_does_not_wait_for_what_its_address_did() {
        // The store leaves `of_address` empty for a known browser.
        assert_eq!(decide(&Attempts::default(), NOW), Decision::Now);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nobody_wait_longer() {
        assert_eq!(of_source(5, -100_000), Decision::Wait(5));
    }

    #[test]
    fn the_ledger_hears_of_it_once() {
        let told = |count| is_threshold(&Attempts { of_source: failures(count, 0), of_address: Vec::new() }, NOW);
        assert_eq!((4..8).map(told).collect::<Vec<_>>(), [false, true, false, false]);
    }

    #[test]
    fn one_network_of_ipv6_is_one_source() {
        assert_eq!(Source::of_address("2001:db8:1:2:3::4"), Source::of_address("2001:db8:1:2:ffff::9"));
        assert_ne!(Source::of_address("2001:db8:1:2::4"), Source::of_address("2001:db8:1:3::4"));
        assert_eq!(Source::of_address("::ffff:10.0.0.9"), Source::of_address("10.0.0.9"));
        assert_eq!(Source::of_address("nonsense").name(), "address unknown");
    }
}
