//! XML files of a group policy backup: who the policy is, where it is linked, and which secrets must go.
//!
//! Entities of a document type are never expanded; a file that nests deeper than [`MAX_DEPTH`] is refused.

mod redact;

use quick_xml::events::Event;
use quick_xml::reader::Reader;

pub use redact::redact_cpassword;

use crate::text::{decode, line_of};

/// Longest file that is read.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Deepest nesting of elements that is followed.
pub const MAX_DEPTH: usize = 64;
/// Most policies and links that are kept from one report.
pub const MAX_POLICIES: usize = 20_000;
const MAX_TEXT_CHARS: usize = 1000;

/// What an XML file of a backup is, by its root element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmlKind {
    /// `bkupInfo.xml`.
    BackupInfo,
    /// `Backup.xml`.
    Backup,
    /// `gpreport.xml` or the report of all policies.
    Report,
    /// A file of group policy preferences (`Groups.xml`, `Drives.xml`, …), which can hold `cpassword`.
    Preferences,
}

/// A text and the line it stands on, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The text, trimmed, cut to 1000 characters.
    pub text: String,
    /// Line, from 1.
    pub line: u32,
}

/// The policy a backup was made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GpoBackup {
    /// GUID of the policy, in braces.
    pub guid: Option<Found>,
    /// Name people gave it.
    pub display_name: Option<Found>,
    /// Domain it belongs to.
    pub domain: Option<Found>,
    /// When the backup was made, as written: `2016-12-09T15:16:54`. Only `bkupInfo.xml` has it; its time zone is not stated.
    pub backup_time: Option<Found>,
    /// GUID of the backup itself, which names its folder. Only `bkupInfo.xml` has it.
    pub backup_id: Option<Found>,
}

/// One policy of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GpoReport {
    /// GUID of the policy, in braces.
    pub guid: Option<Found>,
    /// Its name.
    pub name: Option<Found>,
    /// Its domain.
    pub domain: Option<Found>,
    /// Where it is linked; a report made from a backup has none.
    pub links: Vec<Link>,
}

/// One place a policy is linked to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    /// Canonical path of the container: `hospital.local/端末`.
    pub som_path: String,
    /// Whether the link is on; `None` if not stated.
    pub enabled: Option<bool>,
    /// Whether it is enforced; `None` if not stated.
    pub no_override: Option<bool>,
    /// Line on which `LinksTo` begins, from 1.
    pub line: u32,
}

/// Why a file could not be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseGpoXmlError {
    /// Longer than [`MAX_BYTES`].
    #[error("XML file has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLong {
        /// Length found.
        bytes: usize,
    },
    /// Deeper than [`MAX_DEPTH`].
    #[error("line {line}: elements nest deeper than {MAX_DEPTH}")]
    TooDeep {
        /// Line, from 1.
        line: u32,
    },
    /// Not well-formed, or cut off.
    #[error("line {line}: the XML is damaged")]
    Damaged {
        /// Line, from 1.
        line: u32,
    },
    /// The root element is another one.
    #[error("the root element is {found:?}")]
    OtherRoot {
        /// Root element found, cut to 60 characters; empty if there is none.
        found: String,
    },
}

const PREFERENCES: [&str; 9] = [
    "Groups",
    "Drives",
    "NTServices",
    "ScheduledTasks",
    "DataSources",
    "Printers",
    "RegistrySettings",
    "EnvironmentVariables",
    "Files",
];

/// What the file is, by its root element; `None` for anything else. Reads at most the first 64 KiB.
#[must_use]
pub fn recognise(bytes: &[u8]) -> Option<XmlKind> {
    let head = decode(bytes.get(..bytes.len().min(64 * 1024)).unwrap_or_default());
    if !head.text.trim_start().starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(&head.text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => {
                return kind_of(start.local_name().as_ref(), start.attributes_raw());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn kind_of(root: &str, attributes: &str) -> Option<XmlKind> {
    match root {
        "BackupInst" => Some(XmlKind::BackupInfo),
        "GroupPolicyBackupScheme" => Some(XmlKind::Backup),
        "GPO" | "report" | "GPOS" if attributes.contains("microsoft.com/GroupPolicy") => Some(XmlKind::Report),
        "report" => Some(XmlKind::Report),
        preferences if PREFERENCES.contains(&preferences) && attributes.contains("clsid") => Some(XmlKind::Preferences),
        _ => None,
    }
}

/// Reads `bkupInfo.xml` or `Backup.xml`.
///
/// # Errors
/// [`ParseGpoXmlError`] if the file is too long, too deep, damaged, or something else.
pub fn parse_backup(bytes: &[u8]) -> Result<GpoBackup, ParseGpoXmlError> {
    let mut backup = GpoBackup::default();
    walk(bytes, &["BackupInst", "GroupPolicyBackupScheme"], |path, found| {
        let slot = match path {
            ["BackupInst", "GPOGuid"] | [.., "GroupPolicyCoreSettings", "ID"] => &mut backup.guid,
            ["BackupInst", "GPODisplayName"] | [.., "GroupPolicyCoreSettings", "DisplayName"] => {
                &mut backup.display_name
            }
            ["BackupInst", "GPODomain"] | [.., "GroupPolicyCoreSettings", "Domain"] => &mut backup.domain,
            ["BackupInst", "BackupTime"] => &mut backup.backup_time,
            ["BackupInst", "ID"] => &mut backup.backup_id,
            _ => return,
        };
        slot.get_or_insert(found);
    })?;
    Ok(backup)
}

/// Reads names and links of every policy in a report; its settings are left to `registry.pol`, `GptTmpl.inf` and
/// `audit.csv`, which are not in the language of one Windows.
///
/// # Errors
/// [`ParseGpoXmlError`] if the file is too long, too deep, damaged, or something else.
pub fn parse_report(bytes: &[u8]) -> Result<Vec<GpoReport>, ParseGpoXmlError> {
    let mut reports = vec![GpoReport::default()];
    let mut link = Link::default();
    walk(bytes, &["GPO", "report", "GPOS"], |path, found| {
        let at = path.iter().position(|name| *name == "GPO").unwrap_or(path.len());
        let Some(report) = reports.last_mut() else { return };
        match path.get(at..).unwrap_or_default() {
            ["GPO", "Identifier", "Identifier"] => report.guid = Some(found),
            ["GPO", "Identifier", "Domain"] => report.domain = Some(found),
            ["GPO", "Name"] => report.name = Some(found),
            ["GPO", "LinksTo", "SOMPath"] => link.som_path = found.text,
            ["GPO", "LinksTo", "Enabled"] => link.enabled = read_bool(&found.text),
            ["GPO", "LinksTo", "NoOverride"] => link.no_override = read_bool(&found.text),
            ["GPO", "LinksTo"] if report.links.len() < MAX_POLICIES => {
                report.links.push(Link { line: found.line, ..std::mem::take(&mut link) });
            }
            ["GPO"] if reports.len() < MAX_POLICIES => reports.push(GpoReport::default()),
            _ => {}
        }
    })?;
    reports.retain(|report| *report != GpoReport::default());
    Ok(reports)
}

fn read_bool(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "1" => Some(true),
        "false" | "False" | "0" => Some(false),
        _ => None,
    }
}

/// An element that is open: its local name, the text in it so far, and where it begins.
struct Open {
    name: String,
    text: String,
    offset: usize,
}

/// Calls `leave` with the path of local names and the direct text of every element, when it ends.
fn walk(bytes: &[u8], roots: &[&str], mut leave: impl FnMut(&[&str], Found)) -> Result<(), ParseGpoXmlError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseGpoXmlError::TooLong { bytes: bytes.len() });
    }
    let decoded = decode(bytes);
    let text = decoded.text.as_str();
    let mut lines = LineCounter { text, offset: 0, line: 1 };
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut seen_root = false;
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|_| ParseGpoXmlError::Damaged { line: line_of(text, offset) })?;
        match event {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                check_root(&mut seen_root, &name, roots)?;
                if open.len() >= MAX_DEPTH {
                    return Err(ParseGpoXmlError::TooDeep { line: line_of(text, offset) });
                }
                open.push(Open { name, text: String::new(), offset });
            }
            Event::Empty(start) => check_root(&mut seen_root, start.local_name().as_ref(), roots)?,
            Event::Text(part) => add_text(&mut open, &part),
            Event::CData(part) => add_text(&mut open, &part),
            Event::GeneralRef(name) => add_text(&mut open, &resolve(&name)),
            Event::End(_) => {
                let path: Vec<&str> = open.iter().map(|element| element.name.as_str()).collect();
                if let Some(element) = open.last() {
                    let line = lines.line_at(element.offset);
                    leave(&path, Found { text: element.text.trim().to_owned(), line });
                }
                open.pop();
            }
            Event::Eof if open.is_empty() && seen_root => return Ok(()),
            Event::Eof if seen_root => return Err(ParseGpoXmlError::Damaged { line: line_of(text, offset) }),
            Event::Eof => return Err(ParseGpoXmlError::OtherRoot { found: String::new() }),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn check_root(seen: &mut bool, name: &str, roots: &[&str]) -> Result<(), ParseGpoXmlError> {
    if !*seen && !roots.contains(&name) {
        return Err(ParseGpoXmlError::OtherRoot { found: name.chars().take(60).collect() });
    }
    *seen = true;
    Ok(())
}

/// Every element has a bounded text, so that a long one costs nothing.
fn add_text(open: &mut [Open], part: &str) {
    if let Some(element) = open.last_mut() {
        let room = MAX_TEXT_CHARS.saturating_sub(element.text.len());
        element.text.extend(part.chars().take(room));
    }
}

/// The five entities of XML and numbered characters; every other entity stays unexpanded and becomes nothing.
fn resolve(name: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(character)) = name.resolve_char_ref() {
        return character.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(name).unwrap_or_default().to_owned()
}

/// Counts lines forward; elements end in nearly the order they began, so going back is short or rare.
struct LineCounter<'a> {
    text: &'a str,
    offset: usize,
    line: u32,
}

impl LineCounter<'_> {
    fn line_at(&mut self, offset: usize) -> u32 {
        let (from, to) = (self.offset.min(offset), self.offset.max(offset));
        let between = self.text.as_bytes().get(from..to).unwrap_or_default();
        let breaks = u32::try_from(between.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX);
        self.line =
            if offset >= self.offset { self.line.saturating_add(breaks) } else { self.line.saturating_sub(breaks) };
        self.offset = offset;
        self.line
    }
}

#[cfg(test)]
mod tests;
