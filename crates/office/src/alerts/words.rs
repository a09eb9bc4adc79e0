//! Alerts in words.

use base::Lang;
use detect::pack::Explanation;
use detect::rule::Level;
use eventlog::alerts::{Alert, AlertState};
use web::SiteVisit;
use web::list::Look;

use crate::Office;
use crate::words::{Badge, plain};

/// What the rule of an alert means; `None` for one that the packs no longer have.
pub(super) fn explanation<'a>(office: &'a Office, rule: &str) -> Option<&'a Explanation> {
    office.installation.packs.rules.explanations().iter().find(|known| known.rule == rule)
}

/// The title of a rule; its id if the packs no longer have it.
pub(super) fn title(office: &Office, lang: Lang, rule: &str) -> String {
    explanation(office, rule).map_or_else(|| plain(rule), |known| known.title.get(lang).to_owned())
}

/// How bad a hit is.
pub(super) fn level(visit: &SiteVisit, level: Level) -> Badge {
    match level {
        Level::Critical => Badge::new(visit.text("severity-critical"), Look::Danger),
        Level::High => Badge::new(visit.text("severity-high"), Look::Danger),
        Level::Medium => Badge::new(visit.text("severity-medium"), Look::Caution),
        Level::Low => Badge::new(visit.text("severity-low"), Look::Caution),
        Level::Informational => Badge::new(visit.text("alert-level-informational"), Look::Plain),
    }
}

/// What became of an alert.
pub(super) fn state(visit: &SiteVisit, state: AlertState) -> Badge {
    match state {
        AlertState::Open => Badge::new(visit.text("alert-state-open"), Look::Caution),
        AlertState::Harmless => Badge::new(visit.text("alert-state-harmless"), Look::Plain),
        AlertState::Incident => Badge::new(visit.text("alert-state-incident"), Look::Danger),
    }
}

/// The computer of an alert.
pub(super) fn computer(visit: &SiteVisit, alert: &Alert) -> String {
    if alert.computer.is_empty() { visit.text("alert-no-computer") } else { plain(&alert.computer) }
}
