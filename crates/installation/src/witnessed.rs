//! What the ledger and reports say about the installation itself: its sites, and the packs it works with.

use evidence::store::SiteRow;
use serde_json::json;
use store::ledger::{EntrySearch, LedgerError, NewEntry, Recording, search_entries};

use crate::opened::{Installation, PROGRAM};

impl Installation {
    /// Adds a site or brings it up to date, and witnesses what it is now; nothing is done if it is so already.
    ///
    /// # Errors
    /// [`LedgerError`]; nothing was changed then.
    pub fn settle_site(&self, site: &SiteRow, who: &str) -> Result<(), LedgerError> {
        self.ledger.write(&self.database, self.now(), |tx| {
            if evidence::store::list_sites(tx)?.contains(site) {
                return Ok(());
            }
            evidence::store::put_site(tx, site, self.now())?;
            let body = json!({ "name": site.name, "kind": site.kind.name(), "beds": site.beds });
            tx.append(&NewEntry { kind: "site.changed", site: &site.id, who, body: &body })?;
            Ok(())
        })
    }

    /// Says in the ledger that the checks are no longer those of the last assessment of a site.
    pub(crate) fn witness_packs(&self, tx: &mut Recording<'_>, site: &str) -> Result<(), LedgerError> {
        let last = EntrySearch { site, kind: Some("assessment.made"), ..EntrySearch::default() };
        let last = search_entries(tx, &last, None, 1)?.entries.into_iter().next();
        let before = last.as_ref().and_then(|entry| entry.body.get("packs")?.as_str()).unwrap_or_default();
        let now = self.packs.digest.to_string();
        // Who says nothing of packs assessed by those of an earlier version; of these only own files are news.
        if before == now || (before.is_empty() && self.packs.overlaid.is_empty()) {
            return Ok(());
        }
        let body = json!({ "packs": now, "before": before, "overlaid": self.packs.overlaid });
        tx.append(&NewEntry { kind: "packs.changed", site, who: "mamori", body: &body })?;
        Ok(())
    }

    /// Name and version of the program, the packs it works with, and the files of the installation among them, as reports show it.
    #[must_use]
    pub fn program(&self) -> String {
        let own = match self.packs.overlaid.as_slice() {
            [] => String::new(),
            files => format!("; {}", self.say("packs-overlaid", &[("files", files.join(", ").into())])),
        };
        format!("{PROGRAM}; packs SHA-256 {}{own}", self.packs.digest)
    }
}
