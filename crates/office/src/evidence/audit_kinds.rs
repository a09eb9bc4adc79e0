//! What kinds of entries the ledger has, in words.

use web::SiteVisit;

/// Kind and message. A kind that is not here is shown by its name.
const KINDS: &[(&str, &str)] = &[
    ("evidence.added", "audit-evidence-added"),
    ("evidence.downloaded", "audit-evidence-downloaded"),
    ("import.started", "audit-import-started"),
    ("import.applied", "audit-import-applied"),
    ("import.discarded", "audit-import-discarded"),
    ("assessment.made", "audit-assessment-made"),
    ("tasks.settled", "audit-tasks-settled"),
    ("exception.requested", "audit-exception-requested"),
    ("exception.approved", "audit-exception-approved"),
    ("exception.revoked", "audit-exception-revoked"),
    ("report.made", "audit-report-made"),
    ("account.added", "audit-account-added"),
    ("account.changed", "audit-account-changed"),
    ("account.roles_changed", "audit-account-roles-changed"),
    ("account.credentials_changed", "audit-account-credentials-changed"),
    ("account.link_made", "audit-account-link-made"),
    ("account.recovery_code_used", "audit-account-recovery-code-used"),
    ("account.disabled", "audit-account-disabled"),
    ("account.enabled", "audit-account-enabled"),
    ("deputy.appointed", "audit-deputy-appointed"),
    ("deputy.revoked", "audit-deputy-revoked"),
    ("session.opened", "audit-session-opened"),
    ("session.refused", "audit-session-refused"),
    ("session.ended", "audit-session-ended"),
    ("notice.written", "audit-notice-written"),
    ("notice.changed", "audit-notice-changed"),
    ("notice.withdrawn", "audit-notice-withdrawn"),
    ("notice.read", "audit-notice-read"),
    ("notice.confirmed", "audit-notice-confirmed"),
    ("voice.received", "audit-voice-received"),
    ("voice.answered", "audit-voice-answered"),
    ("voice.closed", "audit-voice-closed"),
];

/// A kind in words.
pub(super) fn text(visit: &SiteVisit, kind: &str) -> String {
    KINDS.iter().find(|(known, _)| *known == kind).map_or_else(|| kind.to_owned(), |(_, message)| visit.text(message))
}

/// Every kind with its words, for a choice.
pub(super) fn options(visit: &SiteVisit) -> Vec<(String, String)> {
    let all = KINDS.iter().map(|(kind, message)| ((*kind).to_owned(), visit.text(message)));
    std::iter::once((String::new(), visit.text("audit-any-kind"))).chain(all).collect()
}
