//! What kinds of entries the ledger has, in words.

use web::SiteVisit;

/// Every kind that this program writes, with its message. One of another version is shown by its name.
const KINDS: &[(&str, &str)] = &[
    ("evidence.added", "audit-evidence-added"),
    ("logs.searched", "audit-logs-searched"),
    ("alert.assigned", "audit-alert-assigned"),
    ("alert.ruled", "audit-alert-ruled"),
    ("evidence.downloaded", "audit-evidence-downloaded"),
    ("import.started", "audit-import-started"),
    ("import.applied", "audit-import-applied"),
    ("import.discarded", "audit-import-discarded"),
    ("assessment.made", "audit-assessment-made"),
    ("packs.changed", "audit-packs-changed"),
    ("tasks.settled", "audit-tasks-settled"),
    ("task.assigned", "audit-task-assigned"),
    ("decision.asked", "audit-decision-asked"),
    ("decision.made", "audit-decision-made"),
    ("decision.denied", "audit-decision-denied"),
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
    ("api_token.made", "audit-api-token-made"),
    ("api_token.revoked", "audit-api-token-revoked"),
    ("site.changed", "audit-site-changed"),
    ("installation.set_up", "audit-installation-set-up"),
    ("session.opened", "audit-session-opened"),
    ("session.refused", "audit-session-refused"),
    ("session.ended", "audit-session-ended"),
    ("staff.contact", "audit-staff-contact"),
    ("notice.written", "audit-notice-written"),
    ("notice.changed", "audit-notice-changed"),
    ("notice.withdrawn", "audit-notice-withdrawn"),
    ("notice.read", "audit-notice-read"),
    ("notice.confirmed", "audit-notice-confirmed"),
    ("voice.received", "audit-voice-received"),
    ("voice.answered", "audit-voice-answered"),
    ("voice.blacked_out", "audit-voice-blacked-out"),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Every kind that stands in the sources where an entry is written, tests aside.
    fn written(folder: &Path, kinds: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "tests" && name != "target") {
                    written(&path, kinds);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap_or_default();
                if text.contains("NewEntry") || text.contains(".record(") {
                    kinds.extend(text.lines().flat_map(of_line));
                }
            }
        }
    }

    /// The kinds in a line like `kind: "a.b"`, `.record(tx, "a.b"` or `let kind = if … { "a.b" } else { "c.d" }`.
    fn of_line(line: &str) -> Vec<String> {
        let writes = line.contains("kind: \"") || line.contains(".record(tx, \"") || line.contains("let kind = if");
        if !writes || line.contains("NewJob") || line.trim_start().starts_with("//") {
            return Vec::new();
        }
        let quoted = line.split('"').skip(1).step_by(2).take(2);
        let is_kind =
            |text: &&str| text.contains('.') && text.chars().all(|c| c == '_' || c == '.' || c.is_ascii_lowercase());
        quoted.filter(is_kind).map(ToOwned::to_owned).collect()
    }

    #[test]
    fn every_kind_of_entry_that_is_written_can_be_read_and_chosen() {
        let mut kinds = BTreeSet::new();
        written(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut kinds);
        let listed: BTreeSet<String> = KINDS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
        assert_eq!(kinds, listed, "left: written, right: listed");
        for (kind, id) in KINDS {
            for lang in [base::Lang::Ja, base::Lang::En] {
                assert!(!i18n::message(lang, id, &[]).contains('⟦'), "{kind} in {lang:?}");
            }
        }
    }
}
