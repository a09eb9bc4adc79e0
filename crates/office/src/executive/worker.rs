//! Makes a report. Killed in the middle it leaves bytes that nobody names, and nothing else.

use ::store::ledger::{LedgerError, NewEntry};
use anyhow::Result;
use installation::Installation;
use installation::reports::{self, Heading};
use installation::work::Worker;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::store::{self as tables, ReportFile};

/// Kind of the job.
pub(super) const MAKE_REPORT: &str = "office.report";

/// What the job is told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) site: String,
    /// Number of the report: a job that runs twice makes it once.
    pub(super) report: i64,
}

/// Makes reports.
pub(super) struct MakeReport;

impl Worker for MakeReport {
    fn kind(&self) -> &'static str {
        MAKE_REPORT
    }

    fn run(&self, installation: &Installation, payload: &str) -> Result<()> {
        let wanted: Wanted = serde_json::from_str(payload)?;
        let Some(site) = installation.find_site(&wanted.site)? else { return Ok(()) };
        let asker = installation.database.read(|tx| tables::find_asker(tx, &site.id, wanted.report))?;
        let Some(asker) = asker else { return Ok(()) };
        if installation.database.read(|tx| tables::is_made(tx, wanted.report))? {
            return Ok(());
        }
        let (world, assessment) = installation.assess(&site.id)?;
        let heading = Heading { prepared_by: &asker, ..Heading::default() };
        let report = reports::make(installation, &site, &world, &assessment, heading)?;
        let rendered = reports::render(installation, &report)?;
        let mut files = Vec::new();
        for (name, bytes) in rendered.files {
            let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            files.push(ReportFile { name: name.to_owned(), sha256: installation.blobs.put(&bytes)?, size_bytes });
        }
        keep(installation, &wanted, &asker, &files, &rendered.remarks)?;
        Ok(())
    }
}

/// Names the files, and witnesses them, unless another run of the job was faster.
fn keep(
    installation: &Installation,
    wanted: &Wanted,
    asker: &str,
    files: &[ReportFile],
    remarks: &[String],
) -> Result<(), LedgerError> {
    let now = installation.now();
    let listed: Vec<_> = files
        .iter()
        .map(|file| json!({ "name": file.name, "blob": file.sha256.to_string(), "size_bytes": file.size_bytes }))
        .collect();
    let body = json!({ "report": wanted.report, "files": listed, "remarks": remarks });
    installation.ledger.write(&installation.database, now, |tx| {
        if tables::is_made(tx, wanted.report)? {
            return Ok(());
        }
        tables::add_made(tx, wanted.report, files, remarks, now)?;
        tx.append(&NewEntry { kind: "report.made", site: &wanted.site, who: asker, body: &body })?;
        Ok(())
    })
}
