//! The closed world a document is typeset in.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use base::Date;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, WorldExt as _};

use crate::PdfError;

include!(concat!(env!("OUT_DIR"), "/fonts.rs"));

pub(crate) static EMBEDDED: LazyLock<Vec<Font>> =
    LazyLock::new(|| FONTS.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))).collect());

/// Markup, assets, fonts and a day; nothing else exists.
pub(crate) struct FixedWorld {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    main: Source,
    assets: Vec<(FileId, Bytes)>,
    today: Option<Datetime>,
}

impl FixedWorld {
    pub(crate) fn new(markup: &str, assets: &[(&str, &[u8])], today: Date) -> Result<Self, PdfError> {
        if EMBEDDED.is_empty() {
            return Err(PdfError::NoFont);
        }
        let assets = assets.iter().map(|(name, bytes)| Ok((file_id(name)?, Bytes::new(bytes.to_vec()))));
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(EMBEDDED.iter())),
            main: Source::new(file_id("main.typ")?, markup.to_owned()),
            assets: assets.collect::<Result<_, PdfError>>()?,
            today: to_datetime(today),
        })
    }

    /// The messages with the lines they are about.
    pub(crate) fn describe(&self, errors: &[SourceDiagnostic]) -> String {
        let described: Vec<String> = errors.iter().map(|error| self.describe_one(error)).collect();
        described.join("; ")
    }

    fn describe_one(&self, error: &SourceDiagnostic) -> String {
        let line = self.range(error.span).and_then(|range| self.main.lines().byte_to_line(range.start));
        line.map_or_else(|| error.message.to_string(), |line| format!("line {}: {}", line + 1, error.message))
    }

    /// Characters of the input that no embedded font can draw. The typesetter leaves them out without a word.
    pub(crate) fn missing(&self) -> Vec<char> {
        let assets = self.assets.iter().filter_map(|(_, bytes)| bytes.as_str().ok());
        let chars: BTreeSet<char> = assets.chain([self.main.text()]).flat_map(str::chars).collect();
        let covered = |char: char| EMBEDDED.iter().any(|font| font.info().coverage.contains(u32::from(char)));
        let drawn = |char: &char| !char.is_control() && !char.is_whitespace();
        chars.into_iter().filter(drawn).filter(|char| !covered(*char)).collect()
    }

    fn find(&self, id: FileId) -> FileResult<&Bytes> {
        let found = self.assets.iter().find(|(asset, _)| *asset == id);
        found.map(|(_, bytes)| bytes).ok_or_else(|| not_found(id))
    }
}

impl World for FixedWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            return Ok(self.main.clone());
        }
        let bytes = self.find(id)?;
        let text = bytes.as_str().map_err(|_| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.find(id).cloned()
    }

    fn font(&self, index: usize) -> Option<Font> {
        EMBEDDED.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

fn file_id(name: &str) -> Result<FileId, PdfError> {
    let path = VirtualPath::new(name).map_err(|_| PdfError::AssetName { name: name.chars().take(80).collect() })?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.get().vpath().get_without_slash()))
}

fn to_datetime(date: Date) -> Option<Datetime> {
    let (year, month, day) = date.parts();
    Datetime::from_ymd(i32::from(year), u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}
