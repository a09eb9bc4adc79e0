//! One event as a detection engine takes it, and the names that hosts and people of the week have.

use super::Draws;

/// One event: names and values of its fields, without channel, provider and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// Microseconds UTC.
    pub at: i64,
    /// `None` for what is no event of Windows.
    pub channel: Option<&'static str>,
    /// Empty for what is no event of Windows.
    pub provider: &'static str,
    /// 0 for what is no event of Windows.
    pub event_id: u32,
    /// The machine that tells it.
    pub computer: String,
    /// In the order in which they stand.
    pub fields: Vec<(&'static str, String)>,
}

impl LogEvent {
    pub(super) fn new(
        (channel, provider): (&'static str, &'static str),
        event_id: u32,
        computer: &str,
        fields: &[(&'static str, &str)],
    ) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { at: 0, channel: Some(channel), provider, event_id, computer: computer.to_owned(), fields }
    }

    /// A line of the firewall.
    pub(super) fn of_firewall(fields: &[(&'static str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { at: 0, channel: None, provider: "", event_id: 0, computer: "fw1".to_owned(), fields }
    }
}

pub(super) const SECURITY: (&str, &str) = ("Security", "Microsoft-Windows-Security-Auditing");
pub(super) const SERVICES: (&str, &str) = ("System", "Service Control Manager");
pub(super) const DC: &str = "dc1.hospital.example";
pub(super) const FILES: &str = "sv-file1.hospital.example";
pub(super) const BACKUP: &str = "sv-backup1.hospital.example";
/// The one place from which remote desktop is used.
pub(super) const JUMP_HOST: &str = "10.20.9.5";

/// A person at a machine.
pub(super) struct Seat {
    pub(super) user: String,
    pub(super) sid: String,
    pub(super) host: String,
    pub(super) address: String,
    pub(super) is_clinical: bool,
}

impl Seat {
    /// Somebody who always sits at the same machine.
    pub(super) fn any(draws: &mut Draws) -> Self {
        let number = draws.below(1_200);
        let is_clinical = number < 900;
        let (ward, place) = (number / 100 + 1, number % 100 + 1);
        let (user, host, address) = if is_clinical {
            (format!("n-{number:04}"), format!("pc-ward{ward}-{place:02}"), format!("10.20.{ward}.{place}"))
        } else {
            (format!("o-{number:04}"), format!("pc-office-{number}"), format!("10.30.{ward}.{place}"))
        };
        let host = format!("{host}.hospital.example");
        Self { user, sid: sid(2_000 + number), host, address, is_clinical }
    }
}

/// SID of a person or thing of the domain.
pub(super) fn sid(number: u64) -> String {
    format!("S-1-5-21-1004336348-1177238915-682003330-{number}")
}
