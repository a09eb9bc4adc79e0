//! Writes the evidence of three imaginary sites, in the formats hospitals really export.
//!
//! The ordinary intake reads what this crate writes; nothing here knows how that is done. The sites, people and firms are
//! invented, only product names are real. Most of each site is healthy; what is not is *planted* and listed in
//! [`Site::planted`], so that a reader of the demo can say whether every weakness was found and nothing else was.
//!
//! It must never do I/O, read a clock or draw real randomness: equal [`Options`] give equal bytes. All days are counted from
//! [`Options::today`]. Start with [`generate`], then the three files in `site/`.

mod asset;
mod blueprint;
mod chance;
mod directory;
mod event_log;
mod group_policy;
mod intelligence;
mod ledger;
mod network_scan;
mod outside;
mod settings;
mod site;
mod statement;
mod table;
pub mod week;
mod wire;

use base::Date;

/// Most assets [`Options::extra_assets`] may add.
pub const MAX_EXTRA_ASSETS: u32 = 50_000;

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The day on which the evidence is handed in. Every date in the files is counted from it.
    pub today: Date,
    /// Ordinary, healthy assets to add to the first site, at most [`MAX_EXTRA_ASSETS`].
    pub extra_assets: u32,
    /// Varies hardware addresses and days; it changes no weakness.
    pub seed: u64,
}

/// The kind of an imaginary site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteKind {
    /// 病院: 20 beds or more.
    Hospital,
    /// 診療所: fewer than 20 beds.
    Clinic,
}

impl SiteKind {
    /// The name in files and tables, as `site.kind` has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hospital => "hospital",
            Self::Clinic => "clinic",
        }
    }
}

/// One imaginary site with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Short ASCII name, unique among the sites.
    pub id: &'static str,
    /// Japanese name.
    pub name: &'static str,
    /// Hospital or clinic.
    pub kind: SiteKind,
    /// Licensed beds; 0 for a clinic without beds.
    pub beds: u32,
    /// Whether the site runs a Windows domain.
    pub has_directory: bool,
    /// The evidence, ordered by path.
    pub files: Vec<DemoFile>,
    /// Every weakness that was put in on purpose.
    pub planted: Vec<Planted>,
}

/// One file of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoFile {
    /// Path relative to the folder of the site, with `/` between the parts.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl DemoFile {
    fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }
}

/// A weakness put in on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// Name of the weakness, unique over all sites.
    pub id: &'static str,
    /// Check that has to report it.
    pub check: &'static str,
    /// Subject it has to be reported on, as `kind:id`.
    pub subject: String,
    /// What is wrong, in Japanese.
    pub ja: &'static str,
    /// What is wrong, in English.
    pub en: &'static str,
}

/// Why the evidence could not be generated.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// More extra assets were asked for than the generator has addresses for.
    #[error("{asked} extra assets were asked for; at most {MAX_EXTRA_ASSETS} are possible")]
    TooManyAssets {
        /// Number asked for.
        asked: u32,
    },
    /// A text cannot be written in the code page of its file.
    #[error("{path}: a text cannot be written in CP932")]
    NotInCodePage {
        /// File that was being written.
        path: String,
    },
    /// An event log could not be written.
    #[error("an event log could not be written")]
    EventLog(#[from] formats::evtx::write::WriteError),
    /// The workbook could not be written.
    #[error("{path}: the workbook could not be written")]
    Workbook {
        /// File that was being written.
        path: String,
        /// Cause.
        source: rust_xlsxwriter::XlsxError,
    },
    /// A list in JSON could not be written.
    #[error("{path}: the list could not be written")]
    Json {
        /// File that was being written.
        path: &'static str,
        /// Cause.
        source: serde_json::Error,
    },
}

/// Generates the three sites: `minato` (850 beds), `sakuragawa` (120 beds) and `hibari` (a clinic without a domain).
///
/// # Errors
/// [`DemoError::TooManyAssets`] beyond [`MAX_EXTRA_ASSETS`]; the other variants only if a text of this crate is unfit for
/// the format of its file.
pub fn generate(options: &Options) -> Result<Vec<Site>, DemoError> {
    if options.extra_assets > MAX_EXTRA_ASSETS {
        return Err(DemoError::TooManyAssets { asked: options.extra_assets });
    }
    let mut sites =
        vec![site::minato::build(options)?, site::sakuragawa::build(options)?, site::hibari::build(options)?];
    for site in &mut sites {
        site.files.sort_by(|one, other| one.path.cmp(&other.path));
    }
    Ok(sites)
}
