//! Typst markup → PDF, with the Japanese font built in.
//!
//! It must never touch a file, the network or a clock: markup, assets and the day come in as parameters, and packages
//! do not exist here. Text of users must never be part of the markup as it stands: hand it over as an asset that the
//! markup reads (`json("…")`), or as a string literal made by [`quote`]. Start with [`render`].

mod quote;
mod world;

use base::Date;
use typst::diag::SourceDiagnostic;

pub use quote::quote;
use world::FixedWorld;

/// Family name of the embedded font, for `#set text(font: …)`.
pub const FONT_FAMILY: &str = "BIZ UDPGothic";

/// Most pages a document may have; a longer one is refused, not cut.
pub const MAX_PAGES: usize = 2_000;

/// A finished document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file. The same input gives the same bytes.
    pub bytes: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
    /// Characters of markup and text assets that the embedded font does not have, sorted; readers do not see them.
    pub missing: Vec<char>,
}

/// Whether the program was built with its font.
#[must_use]
pub fn has_font() -> bool {
    !world::EMBEDDED.is_empty()
}

/// The regular weight of the font as a TrueType file, if the program was built with it.
#[must_use]
pub fn screen_font() -> Option<&'static [u8]> {
    world::FONTS.first().copied()
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The program was built without the font.
    #[error(
        "this program was built without a Japanese font: install the Debian package fonts-morisawa-bizud-gothic \
         (or point MAMORI_FONT_DIR to its files) and build again"
    )]
    NoFont,
    /// An asset has a name that is no plain relative path.
    #[error("asset name {name:?} is no relative path")]
    AssetName {
        /// The name.
        name: String,
    },
    /// The markup does not compile.
    #[error("cannot typeset the document: {messages}")]
    Markup {
        /// What the typesetter said, each with its line, joined by `; `.
        messages: String,
    },
    /// The document is too long.
    #[error("the document has {pages} pages; at most {MAX_PAGES} are allowed")]
    TooLong {
        /// Pages it would have.
        pages: usize,
    },
}

/// Typesets `markup` into a PDF.
///
/// - `assets`: what the markup may read, as (path, bytes). Use a small fixed set of paths: the typesetter keeps every
///   path it has seen for as long as the program runs.
/// - `today`: what `datetime.today()` answers.
///
/// # Errors
/// [`PdfError`] says why there is no document.
pub fn render(markup: &str, assets: &[(&str, &[u8])], today: Date) -> Result<Pdf, PdfError> {
    let world = FixedWorld::new(markup, assets, today)?;
    let result = typeset(&world);
    // The typesetter memoizes across documents; nothing of one report may stay in memory for the next.
    typst::comemo::evict(0);
    result
}

fn typeset(world: &FixedWorld) -> Result<Pdf, PdfError> {
    let fail = |errors: &[SourceDiagnostic]| PdfError::Markup { messages: world.describe(errors) };
    let document = typst::compile(world).output.map_err(|errors| fail(&errors))?;
    let bytes = typst_pdf::pdf(&document, &typst_pdf::PdfOptions::default()).map_err(|errors| fail(&errors))?;
    let pages = document.pages().len();
    if pages > MAX_PAGES {
        return Err(PdfError::TooLong { pages });
    }
    Ok(Pdf { bytes, pages, missing: world.missing() })
}
