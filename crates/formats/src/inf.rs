//! Security policy INF: `secedit /export` and `GptTmpl.inf` of a group policy.
//!
//! Sections of `key = value` lines, in UTF-16LE with a byte order mark as Windows writes them, or in any encoding
//! [`crate::text`] knows. Start with [`parse`]; the typed readers are [`InfFile::system_access`],
//! [`InfFile::registry_values`] and [`InfFile::privilege_rights`].

mod typed;

use crate::text::decode;
pub use typed::{Member, PrivilegeRight, RegistryValue, Setting, SettingValue};

pub use crate::registry_policy::RegValue;

/// Longest file that is read.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Most lines that are read.
pub const MAX_LINES: usize = 200_000;

/// Sections whose lines are `"name",number,"descriptor"` without `=`.
const LIST_SECTIONS: [&str; 3] = ["service general setting", "registry keys", "file security"];
/// Sections that only a security policy has.
const OWN_SECTIONS: [&str; 5] =
    ["[system access]", "[registry values]", "[privilege rights]", "[event audit]", "[service general setting]"];

/// A file as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InfFile {
    /// Sections in the order of the file; a name may come twice.
    pub sections: Vec<Section>,
    /// Lines that could not be used.
    pub errors: Vec<LineError>,
}

/// One `[name]` and the lines below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Name as the file has it, without brackets. Compare without case.
    pub name: String,
    /// Its lines.
    pub entries: Vec<Entry>,
    /// Line of the `[name]`, from 1.
    pub line: u32,
}

/// One `key = value`, or `key,value` in the sections that list services, keys and files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Left side, trimmed, without quotes.
    pub key: String,
    /// Right side, trimmed, quotes kept.
    pub value: String,
    /// Line, from 1.
    pub line: u32,
}

/// Why the whole file is not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseInfError {
    /// Longer than [`MAX_BYTES`].
    #[error("INF file has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLong {
        /// Length found.
        bytes: usize,
    },
    /// No `[section]` anywhere.
    #[error("the file has no [section]")]
    NoSection,
}

/// One line that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct LineError {
    /// Line, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub problem: LineProblem,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    /// It stands before the first section.
    #[error("it stands before the first [section]")]
    OutsideSection,
    /// A `[` without a `]`.
    #[error("the section name is not closed with ]")]
    OpenSection,
    /// No `=`.
    #[error("it has no =")]
    NoEquals,
    /// A registry value whose path has no backslash.
    #[error("the registry path has no key and value name")]
    NoRegistryPath,
    /// A registry value without `type,`.
    #[error("{found:?} is no registry type (1, 2, 3, 4, 7)")]
    RegistryType {
        /// What was found, cut to 40 characters.
        found: String,
    },
    /// A number that is none.
    #[error("{found:?} is no number of this type")]
    Number {
        /// What was found, cut to 40 characters.
        found: String,
    },
    /// The file has more than [`MAX_LINES`] lines.
    #[error("more than {MAX_LINES} lines; the rest was not read")]
    TooManyLines,
}

impl InfFile {
    /// Entries of every section with this name, compared without case.
    pub fn entries<'a>(&'a self, section: &'a str) -> impl Iterator<Item = &'a Entry> {
        let named = self.sections.iter().filter(move |found| found.name.eq_ignore_ascii_case(section));
        named.flat_map(|found| found.entries.iter())
    }
}

/// Whether the beginning of `bytes` reads like a security policy INF.
#[must_use]
pub fn looks_like(bytes: &[u8]) -> bool {
    let head = decode(bytes.get(..bytes.len().min(64 * 1024)).unwrap_or_default());
    head.text.lines().map(|line| line.trim().to_ascii_lowercase()).any(|line| OWN_SECTIONS.contains(&line.as_str()))
}

/// Reads a security policy INF.
///
/// A `;` begins a comment only at the start of a line: values hold descriptors and notices with `;` in them.
///
/// # Errors
/// [`ParseInfError`] if the file is too long or has no section at all.
pub fn parse(bytes: &[u8]) -> Result<InfFile, ParseInfError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseInfError::TooLong { bytes: bytes.len() });
    }
    let mut file = InfFile::default();
    let decoded = decode(bytes);
    for (number, text) in (1_u32..).zip(decoded.text.lines()) {
        if usize::try_from(number).unwrap_or(usize::MAX) > MAX_LINES {
            file.errors.push(LineError { line: number, problem: LineProblem::TooManyLines });
            break;
        }
        if let Err(problem) = file.read_line(number, text.trim()) {
            file.errors.push(LineError { line: number, problem });
        }
    }
    if file.sections.is_empty() { Err(ParseInfError::NoSection) } else { Ok(file) }
}

impl InfFile {
    fn read_line(&mut self, line: u32, text: &str) -> Result<(), LineProblem> {
        if text.is_empty() || text.starts_with(';') {
            return Ok(());
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (name, _) = rest.split_once(']').ok_or(LineProblem::OpenSection)?;
            self.sections.push(Section { name: name.trim().to_owned(), entries: Vec::new(), line });
            return Ok(());
        }
        let section = self.sections.last_mut().ok_or(LineProblem::OutsideSection)?;
        let separator = if LIST_SECTIONS.contains(&section.name.to_ascii_lowercase().as_str()) { ',' } else { '=' };
        let at = find_unquoted(text, separator).ok_or(LineProblem::NoEquals)?;
        let (key, value) = text.split_at_checked(at).ok_or(LineProblem::NoEquals)?;
        let value = value.get(1..).unwrap_or_default().trim().to_owned();
        section.entries.push(Entry { key: unquote(key.trim()), value, line });
        Ok(())
    }
}

/// Byte position of the first ASCII `wanted` outside double quotes.
fn find_unquoted(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == wanted && !quoted).then_some(at)
    })
}

/// Without the quotes around it, if there are any; doubled quotes inside become single.
fn unquote(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| text.to_owned(), |inner| inner.replace("\"\"", "\""))
}
