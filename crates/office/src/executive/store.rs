//! The tables of reports, and what else this room asks the database.

use ::store::{Row, StoreError, Transaction};
use base::{ContentHash, UtcSeconds};

/// A file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportFile {
    pub(super) name: String,
    pub(super) sha256: ContentHash,
    pub(super) size_bytes: u64,
}

/// How far a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Waits, is being made, or is tried again.
    Waiting,
    /// Made.
    Made(UtcSeconds),
    /// Given up.
    Failed,
}

/// A report that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AskedReport {
    pub(super) id: i64,
    pub(super) asked_by: String,
    pub(super) asked_at: UtcSeconds,
    pub(super) progress: Progress,
    pub(super) remarks: Vec<String>,
    pub(super) files: Vec<ReportFile>,
}

/// The number the next report gets.
pub(super) fn next_report(tx: &mut Transaction) -> Result<i64, StoreError> {
    tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM report_asked", &[])?.integer(0)
}

pub(super) fn add_asked(
    tx: &mut Transaction,
    site: &str,
    id: i64,
    job: i64,
    who: &str,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO report_asked (id, site, job, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)",
        &[id.into(), site.into(), job.into(), who.into(), now.into()],
    )?;
    Ok(())
}

/// Who asked for a report of a site.
pub(super) fn find_asker(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT asked_by FROM report_asked WHERE site = $1 AND id = $2";
    tx.find(sql, &[site.into(), id.into()])?.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

pub(super) fn is_made(tx: &mut Transaction, id: i64) -> Result<bool, StoreError> {
    Ok(tx.find("SELECT id FROM report_made WHERE id = $1", &[id.into()])?.is_some())
}

pub(super) fn add_made(
    tx: &mut Transaction,
    id: i64,
    files: &[ReportFile],
    remarks: &[String],
    now: UtcSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO report_made (id, made_at, remarks) VALUES ($1, $2, $3)",
        &[id.into(), now.into(), serde_json::json!(remarks).to_string().into()],
    )?;
    let mut rows = files.iter().map(|file| {
        let size = i64::try_from(file.size_bytes).unwrap_or(i64::MAX);
        vec![id.into(), (&file.name).into(), file.sha256.into(), size.into()]
    });
    tx.insert_many("report_file", &["report", "name", "sha256", "size_bytes"], &mut rows)?;
    Ok(())
}

fn read_file(row: &Row) -> Result<ReportFile, StoreError> {
    Ok(ReportFile { name: row.text(0)?.to_owned(), sha256: row.hash(1)?, size_bytes: row.count(2)? })
}

/// One file of a report of a site.
pub(super) fn find_file(
    tx: &mut Transaction,
    site: &str,
    report: i64,
    name: &str,
) -> Result<Option<ReportFile>, StoreError> {
    let sql = "SELECT f.name, f.sha256, f.size_bytes FROM report_file f JOIN report_asked a ON a.id = f.report \
               WHERE a.site = $1 AND f.report = $2 AND f.name = $3";
    tx.find(sql, &[site.into(), report.into(), name.into()])?.as_ref().map(read_file).transpose()
}

/// When a report was made; `None` if it was not yet.
pub(super) fn find_made_at(tx: &mut Transaction, report: i64) -> Result<Option<UtcSeconds>, StoreError> {
    tx.find("SELECT made_at FROM report_made WHERE id = $1", &[report.into()])?.map(|row| row.at(0)).transpose()
}

/// The newest reports of a site, at most `limit`, newest first.
pub(super) fn list_reports(tx: &mut Transaction, site: &str, limit: i64) -> Result<Vec<AskedReport>, StoreError> {
    let rows = tx.query(
        "SELECT a.id, a.asked_by, a.asked_at, m.made_at, m.remarks, j.state FROM report_asked a \
         LEFT JOIN report_made m ON m.id = a.id LEFT JOIN job j ON j.id = a.job \
         WHERE a.site = $1 ORDER BY a.id DESC LIMIT $2",
        &[site.into(), limit.into()],
    )?;
    let mut reports = Vec::new();
    for row in &rows {
        let id = row.integer(0)?;
        let progress = match (row.optional_at(3)?, row.optional_text(5)?) {
            (Some(at), _) => Progress::Made(at),
            (None, Some("queued" | "running")) => Progress::Waiting,
            (None, _) => Progress::Failed,
        };
        let remarks = row.optional_text(4)?.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let sql = "SELECT name, sha256, size_bytes FROM report_file WHERE report = $1 \
                   ORDER BY CASE WHEN name LIKE '%.pdf' THEN 0 ELSE 1 END, name DESC";
        let files = tx.query(sql, &[id.into()])?.iter().map(read_file).collect::<Result<_, _>>()?;
        reports.push(AskedReport {
            id,
            asked_by: row.text(1)?.to_owned(),
            asked_at: row.at(2)?,
            progress,
            remarks,
            files,
        });
    }
    Ok(reports)
}

/// The newest report of a site that has a PDF.
pub(super) fn find_newest_pdf(tx: &mut Transaction, site: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT a.id FROM report_asked a JOIN report_file f ON f.report = a.id \
               WHERE a.site = $1 AND f.name = 'report.pdf' ORDER BY a.id DESC LIMIT 1";
    tx.find(sql, &[site.into()])?.map(|row| row.integer(0)).transpose()
}

#[cfg(test)]
mod tests {
    use testkit::{NOW, on_each_database};

    use super::*;

    fn migrations() -> Vec<::store::Migration> {
        [evidence::store::MIGRATIONS, governance::MIGRATIONS, people::MIGRATIONS, super::super::MIGRATIONS].concat()
    }

    #[test]
    fn a_report_is_found_once_it_was_made_and_only_at_its_site() {
        on_each_database(&migrations(), |store| {
            store.database.transaction::<_, StoreError>(|tx| {
                for id in ["handa", "other"] {
                    let site = evidence::store::SiteRow {
                        id: id.to_owned(),
                        name: id.to_owned(),
                        kind: assess::SiteKind::Hospital,
                        beds: None,
                    };
                    evidence::store::put_site(tx, &site, NOW)?;
                }
                assert_eq!(next_report(tx)?, 1);
                add_asked(tx, "handa", 1, 77, "incho", NOW)?;
                assert_eq!(find_asker(tx, "handa", 1)?.as_deref(), Some("incho"));
                assert_eq!((find_asker(tx, "other", 1)?, is_made(tx, 1)?), (None, false));
                assert_eq!(list_reports(tx, "handa", 9)?[0].progress, Progress::Failed, "its job is gone");
                let file = ReportFile { name: "report.pdf".to_owned(), sha256: ContentHash::of(b"x"), size_bytes: 1 };
                add_made(tx, 1, std::slice::from_ref(&file), &["紙".to_owned()], NOW)?;
                assert_eq!(find_file(tx, "handa", 1, "report.pdf")?.as_ref(), Some(&file));
                assert_eq!((find_file(tx, "other", 1, "report.pdf")?, find_newest_pdf(tx, "other")?), (None, None));
                let listed = list_reports(tx, "handa", 9)?;
                assert_eq!(
                    (listed[0].progress, listed[0].remarks.as_slice()),
                    (Progress::Made(NOW), ["紙".to_owned()].as_slice())
                );
                assert_eq!(find_newest_pdf(tx, "handa")?, Some(1));
                Ok(())
            })?;
            Ok(())
        });
    }
}
