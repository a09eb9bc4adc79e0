//! The report as PDF: the same page one and annex as [`crate::html`], typeset with the embedded Japanese font.

use base::{Date, Lang};

use crate::model::Report;

/// A finished PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfReport {
    /// The file.
    pub bytes: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
    /// Characters the embedded font does not have; they are left out, so tell the user to prefer the HTML.
    pub missing: Vec<char>,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfReportError {
    /// The program was built without the feature `pdf`.
    #[error("this program was built without PDF output; print the HTML report instead")]
    NotBuilt,
    /// The texts cannot be handed over.
    #[error("cannot hand the report to the typesetter")]
    Hand(#[source] serde_json::Error),
    /// The typesetter failed.
    #[cfg(feature = "pdf")]
    #[error("cannot typeset the report of {site:?}")]
    Typeset {
        /// Name of the site.
        site: String,
        /// What went wrong.
        source: ::pdf::PdfError,
    },
}

/// Whether this program can make PDFs: built with the feature, and with a Japanese font inside.
#[must_use]
pub fn is_available() -> bool {
    #[cfg(feature = "pdf")]
    {
        ::pdf::has_font()
    }
    #[cfg(not(feature = "pdf"))]
    {
        false
    }
}

/// The embedded Japanese font as a file, for screens that lack one; `None` without the feature or the font.
#[must_use]
pub fn screen_font() -> Option<&'static [u8]> {
    #[cfg(feature = "pdf")]
    {
        ::pdf::screen_font()
    }
    #[cfg(not(feature = "pdf"))]
    {
        None
    }
}

/// Renders page one and the annex.
///
/// # Errors
/// [`PdfReportError`], in particular if the program was built without the font or without the feature `pdf`.
pub fn render(report: &Report, lang: Lang) -> Result<PdfReport, PdfReportError> {
    typeset::report(report, lang)
}

/// Renders the filled-in checklists, each on pages of its own.
///
/// # Errors
/// As [`render`].
pub fn render_checklist(report: &Report, lang: Lang) -> Result<PdfReport, PdfReportError> {
    typeset::checklist(report, lang)
}

/// The day the typesetter is told.
fn day(report: &Report) -> Date {
    report.made_at.date_jst()
}

#[cfg(not(feature = "pdf"))]
mod typeset {
    use base::Lang;

    use super::{PdfReport, PdfReportError, Report, day};

    pub(super) fn report(report: &Report, _lang: Lang) -> Result<PdfReport, PdfReportError> {
        let _ = day(report);
        Err(PdfReportError::NotBuilt)
    }

    pub(super) fn checklist(_report: &Report, _lang: Lang) -> Result<PdfReport, PdfReportError> {
        Err(PdfReportError::NotBuilt)
    }
}

#[cfg(feature = "pdf")]
mod typeset {
    use base::Lang;
    use serde::Serialize;

    use super::{PdfReport, PdfReportError, Report, day};
    use crate::annex::{self, Block};
    use crate::labels::{self, Label};
    use crate::model::{Standing, TileState};
    use crate::page_one::{self, PageOne};
    use crate::wording::{clip, date};
    use crate::{form, html, svg};

    const TEMPLATE: &str = include_str!("report.typ");

    /// What the template reads.
    #[derive(Serialize)]
    struct Paper {
        lang: &'static str,
        head: String,
        made_on: String,
        foot: String,
        first_has_head: bool,
        table_pt: f32,
        page_one: Option<PageOne>,
        tile_states: Vec<TileState>,
        qr: bool,
        annex_title: &'static str,
        parts: Vec<Vec<Block>>,
    }

    pub(super) fn report(report: &Report, lang: Lang) -> Result<PdfReport, PdfReportError> {
        let mut paper = paper(report, labels::TITLE, lang);
        let page = page_one::build(report, lang);
        paper.first_has_head = true;
        paper.tile_states = page.tiles.iter().map(|tile| tile.state).collect();
        let mut assets = pictures(&page);
        let qr = report.checkpoint.as_ref().and_then(svg::qr);
        paper.qr = qr.is_some();
        assets.extend(qr.map(|qr| ("qr.svg".to_owned(), qr.0.into_bytes())));
        paper.page_one = Some(page);
        paper.parts = vec![annex::build(report, lang)];
        typeset(report, &paper, assets)
    }

    pub(super) fn checklist(report: &Report, lang: Lang) -> Result<PdfReport, PdfReportError> {
        let mut paper = paper(report, labels::CHECKLIST_TITLE, lang);
        paper.table_pt = 9.5;
        paper.parts = report.frameworks.iter().map(|framework| form::build(report, framework, lang)).collect();
        typeset(report, &paper, Vec::new())
    }

    fn paper(report: &Report, title: Label, lang: Lang) -> Paper {
        Paper {
            lang: match lang {
                Lang::Ja => "ja",
                Lang::En => "en",
            },
            head: format!("{}　{}", clip(&report.site.name, 40), title.get(lang)),
            made_on: format!("{} {}", labels::MADE_ON.get(lang), date(day(report), lang)),
            foot: html::foot(report, lang),
            first_has_head: false,
            table_pt: 8.5,
            page_one: None,
            tile_states: Vec::new(),
            qr: false,
            annex_title: labels::ANNEX.get(lang),
            parts: Vec::new(),
        }
    }

    fn pictures(page: &PageOne) -> Vec<(String, Vec<u8>)> {
        let swatches = Standing::ALL.into_iter().zip(1..);
        let swatches =
            swatches.map(|(standing, place)| (format!("swatch{place}.svg"), svg::swatch(standing).0.into_bytes()));
        let bars = page.counts.iter().enumerate();
        let bars = bars.map(|(place, row)| (format!("bar{place}.svg"), svg::bar(&row.counts).0.into_bytes()));
        swatches.chain(bars).collect()
    }

    fn typeset(
        report: &Report,
        paper: &Paper,
        mut assets: Vec<(String, Vec<u8>)>,
    ) -> Result<PdfReport, PdfReportError> {
        assets.push(("report.json".to_owned(), serde_json::to_vec(paper).map_err(PdfReportError::Hand)?));
        let assets: Vec<(&str, &[u8])> = assets.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let fail = |source| PdfReportError::Typeset { site: clip(&report.site.name, 80), source };
        let pdf = ::pdf::render(TEMPLATE, &assets, day(report)).map_err(fail)?;
        Ok(PdfReport { bytes: pdf.bytes, pages: pdf.pages, missing: pdf.missing })
    }
}
