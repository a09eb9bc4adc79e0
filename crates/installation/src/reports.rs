//! Reports on the disk: HTML, PDF, XLSX, JSON, the checklist form, every fact, and the ledger for a third party.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use base::SubjectKind;
use evidence::World;
use evidence::store::{self as evidence_tables, SiteRow};
use governance::assessment::Assessment;
use governance::build::{Material, build_report};
use report::Report;
use report::pdf::{PdfReport, PdfReportError};
use serde_json::json;

use crate::opened::Installation;

/// What a report says besides the evidence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Heading<'a> {
    /// Who had it made.
    pub prepared_by: &'a str,
    /// A notice for the head of every part; empty for none.
    pub notice: &'a str,
    /// Files that never became evidence: name and reason.
    pub not_received: &'a [(String, String)],
}

/// Fills the report of a site.
///
/// # Errors
/// The database's.
pub fn make(
    installation: &Installation,
    site: &SiteRow,
    world: &World,
    assessment: &Assessment,
    heading: Heading<'_>,
) -> Result<Report> {
    let answers = installation.answer(site, world, assessment);
    let material = Material {
        site,
        lang: installation.lang(),
        world,
        checks: &installation.packs.checks,
        assessment,
        answers: &answers,
        kinds: &installation.packs.kinds,
        not_received: heading.not_received,
        prepared_by: heading.prepared_by,
        notice: heading.notice,
        program: &installation.program(),
    };
    Ok(installation.database.read(|tx| build_report(tx, &material))?)
}

/// A report in every form, in memory.
#[derive(Debug)]
pub struct Rendered {
    /// Name and bytes of every file.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// What could not be made, or not quite, for the user.
    pub remarks: Vec<String>,
}

/// Draws every form of the report: HTML, XLSX, JSON, PDF, and the checklist form.
///
/// # Errors
/// If a form other than PDF can't be made. A PDF that can't be made is a remark.
pub fn render(installation: &Installation, report: &Report) -> Result<Rendered> {
    let lang = installation.lang();
    let mut files = vec![
        ("report.html", report::html::render(report, lang).into_bytes()),
        ("checklist.html", report::html::render_checklist(report, lang).into_bytes()),
        ("report.xlsx", report::xlsx::render(report, lang)?),
        ("report.json", report::json::render(report)?.into_bytes()),
    ];
    let mut remarks = Vec::new();
    for (name, pdf) in [
        ("report.pdf", report::pdf::render(report, lang)),
        ("checklist.pdf", report::pdf::render_checklist(report, lang)),
    ] {
        let (bytes, remark) = take_pdf(installation, name, pdf);
        files.extend(bytes.map(|bytes| (name, bytes)));
        remarks.extend(remark);
    }
    Ok(Rendered { files, remarks })
}

/// Writes every form of the report into `folder`; returns what could not be written, for the user, in the language of this run.
///
/// # Errors
/// What [`render`] says, a file or folder that can't be written, by its name, or the database's. Files written before it stay.
pub fn write(
    installation: &Installation,
    site: &SiteRow,
    world: &World,
    report: &Report,
    folder: &Path,
) -> Result<Vec<String>> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let rendered = render(installation, report)?;
    for (name, bytes) in rendered.files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    write_facts(installation, site, world, &folder.join("facts.jsonl"))?;
    Ok(rendered.remarks)
}

fn take_pdf(
    installation: &Installation,
    name: &str,
    pdf: Result<PdfReport, PdfReportError>,
) -> (Option<Vec<u8>>, Option<String>) {
    match pdf {
        Ok(pdf) if pdf.missing.is_empty() => (Some(pdf.bytes), None),
        Ok(pdf) => {
            let missing: String = pdf.missing.iter().collect();
            let arguments = [("name", name.into()), ("characters", missing.into())];
            (Some(pdf.bytes), Some(installation.say("pdf-missing-characters", &arguments)))
        }
        Err(err) => {
            let detail = format!("{:#}", anyhow::Error::from(err));
            (None, Some(installation.say("pdf-not-made", &[("name", name.into()), ("detail", detail.into())])))
        }
    }
}

/// Every fact that counts, one JSON object a line: subject, key, value, when, grade, file, place, hash.
fn write_facts(installation: &Installation, site: &SiteRow, world: &World, path: &Path) -> Result<()> {
    let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
    let mut out = std::io::BufWriter::new(file);
    let evidence: std::collections::HashMap<i64, evidence_tables::EvidenceRow> = installation
        .database
        .read(|tx| evidence_tables::list_evidence(tx, &site.id))?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let locators = installation.database.read(|tx| evidence_tables::list_locators(tx, &site.id))?;
    for (_, kind) in SubjectKind::ALL {
        for (_, known) in world.of_kind(kind) {
            let mut facts: Vec<_> = known.facts().iter().collect();
            facts.sort_by_key(|fact| fact.key);
            for fact in facts {
                let Some(origin) = world.origin(fact.id) else { continue };
                let row = evidence.get(&origin.evidence);
                let line = json!({
                    "subject": known.subject.to_string(),
                    "key": world.dictionary().key(fact.key),
                    "value": fact.value.to_string(),
                    "observed_at": fact.observed_at.rfc3339(),
                    "grade": fact.grade,
                    "file": row.map(|row| row.name.as_str()),
                    "place": locators.get(&(origin.subject, origin.key, origin.evidence)),
                    "sha256": row.map(|row| row.sha256.to_string()),
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    out.flush()?;
    Ok(())
}
