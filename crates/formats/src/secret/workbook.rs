//! Excel workbooks: the zip is written again with marks in place of the secrets; every other entry is copied as it is.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Write as _};

use base::Locator;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::part::{Edit, Piece, Pieces, apply, attribute, find_in_other, unescape};
use super::ruins::{label_in_binary, label_in_ruins, label_in_text};
use super::sheet::{self, SharedString};
use super::value::has_password_look;
use super::{StrikeError, Struck, Struckout, Words, mask_remark, trigger};
use crate::archive;
use crate::table::{self, Limits};
use crate::text::decode;

/// First bytes of old workbooks, and of new ones with a password.
const OLE_MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Workbooks inside workbooks that are opened.
const MAX_DEPTH: u32 = 3;

/// Most places that are listed.
const MAX_STRUCK: usize = 100_000;

pub(super) fn may_be(bytes: &[u8]) -> bool {
    bytes.starts_with(OLE_MAGIC) || table::looks_like_xlsx(bytes)
}

pub(super) fn strike(bytes: &[u8], words: &Words<'_>) -> Result<Option<Struckout>, StrikeError> {
    strike_at(bytes, words, MAX_DEPTH)
}

fn strike_at(bytes: &[u8], words: &Words<'_>, depth: u32) -> Result<Option<Struckout>, StrikeError> {
    if bytes.starts_with(OLE_MAGIC) {
        return refuse_if(label_in_binary(bytes), "it is in the old binary format");
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut damaged = false;
    let mut look = |name: &str, content: Option<&[u8]>| match content {
        Some(content) => parts.push(Part { name: name.to_owned(), content: content.to_vec() }),
        None => damaged = true,
    };
    let limits = table::archive_limits(&Limits::default());
    if let Err(err) = archive::check(bytes, &limits, &mut look) {
        return refuse_if(label_in_ruins(bytes).or_else(|| label_in(&parts)), &err.to_string());
    }
    if damaged {
        return refuse_if(label_in_ruins(bytes).or_else(|| label_in(&parts)), "a part of it is damaged");
    }
    if parts.iter().any(|part| part.is_xml() && part.text().is_none()) {
        return refuse_if(label_in(&parts), "a part of it is not in UTF-8");
    }
    let mut struck = Vec::new();
    let mut changed = strike_parts(&parts, words, &mut struck);
    for part in parts.iter().filter(|part| depth > 0 && may_be(&part.content)) {
        if let Some(inner) = strike_at(&part.content, words, depth - 1)? {
            struck.extend(inner.struck);
            changed.insert(part.name.clone(), inner.bytes);
        }
    }
    if struck.is_empty() {
        return Ok(None);
    }
    struck.truncate(MAX_STRUCK);
    match write(bytes, &changed) {
        Ok(bytes) => Ok(Some(Struckout { bytes, struck })),
        Err(err) => refuse_if(struck.first().map(|one| one.what.clone()), &err.to_string()),
    }
}

fn refuse_if(label: Option<String>, reason: &str) -> Result<Option<Struckout>, StrikeError> {
    match label {
        Some(label) => {
            Err(StrikeError::Workbook { label: label.chars().take(60).collect(), reason: reason.to_owned() })
        }
        None => Ok(None),
    }
}

/// An entry of the zip.
struct Part {
    name: String,
    content: Vec<u8>,
}

impl Part {
    fn is_xml(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        [".xml", ".rels", ".vml"].iter().any(|end| name.ends_with(end))
    }

    fn is_sheet(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        name.ends_with(".xml") && name.contains("worksheets/") && !name.contains("_rels/")
    }

    fn is_shared(&self) -> bool {
        self.name.to_ascii_lowercase().ends_with("sharedstrings.xml")
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.content).ok()
    }

    /// Whether a word in it may speak of a secret. Characters written as numbers, and texts in pieces, can hide one.
    fn may_speak(&self) -> bool {
        self.text().is_some_and(|text| {
            let hides = (self.is_shared() || self.is_sheet()) && (text.contains("&#") || text.contains("<r>"));
            hides || trigger::find(text, 0).is_some()
        })
    }
}

/// Strikes the XML parts; gives those that changed.
fn strike_parts(parts: &[Part], words: &Words<'_>, struck: &mut Vec<Struck>) -> HashMap<String, Vec<u8>> {
    let mut changed = HashMap::new();
    if !parts.iter().any(|part| part.is_xml() && !is_frame(&part.name) && part.may_speak()) {
        return changed;
    }
    let names = sheet_names(parts);
    let mut shared: Vec<(usize, Vec<SharedString>)> = Vec::new();
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| part.is_shared()) {
        shared.push((index, sheet::read_shared(part.text().unwrap_or_default())));
    }
    let mut none = Vec::new();
    // In a sheet a value may be the number of a row; its cells are judged one by one.
    let (mut secrets, no_values): (HashSet<String>, HashSet<String>) = (HashSet::new(), HashSet::new());
    for (number, part) in parts.iter().enumerate().filter(|(_, part)| part.is_sheet()) {
        let strings = shared.first_mut().map_or(&mut none, |(_, strings)| strings);
        let text = part.text().unwrap_or_default();
        let found = sheet::strike(text, number, strings, words);
        let name = names.get(&part.name).unwrap_or(&part.name);
        struck.extend(found.places.into_iter().map(|(row, column, what)| at_cell(name, row, column, &what)));
        secrets.extend(found.values.into_iter().map(|value| value.trim().to_owned()).filter(|value| is_telling(value)));
        keep(part, text, found.edits, &mut changed);
    }
    let name_of = |number: usize| parts.get(number).map(|part| names.get(&part.name).unwrap_or(&part.name).as_str());
    for (index, strings) in &shared {
        let Some(part) = parts.get(*index) else { continue };
        let mut edits = Vec::new();
        for string in strings {
            strike_shared(string, &secrets, &name_of, &mut edits, struck);
        }
        keep(part, part.text().unwrap_or_default(), edits, &mut changed);
    }
    for part in parts.iter().filter(|part| part.is_xml() && !part.is_shared() && !is_frame(&part.name)) {
        let text = changed.get(&part.name).and_then(|bytes| String::from_utf8(bytes.clone()).ok());
        let text = text.as_deref().or_else(|| part.text()).unwrap_or_default();
        let mut edits = Vec::new();
        let wanted = if part.is_sheet() { &no_values } else { &secrets };
        for (what, place) in find_in_other(text, wanted, &mut edits) {
            let name = names.get(&part.name).unwrap_or(&part.name);
            let (row, column) = (sheet::row_of(&place).unwrap_or(0), sheet::column_of(&place).unwrap_or(0));
            struck.push(at_cell(name, row, column, &what));
        }
        keep(part, text, edits, &mut changed);
    }
    changed
}

/// Whether a value can mean nothing but the secret wherever it stands.
fn is_telling(value: &str) -> bool {
    has_password_look(value) && value.chars().any(char::is_alphabetic)
}

/// Parts that only hold the look and the frame of a workbook.
fn is_frame(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["styles.xml", "[content_types].xml", "calcchain.xml", "_rels/.rels"].iter().any(|end| name.ends_with(end))
        || name.contains("theme/")
}

fn strike_shared<'n>(
    string: &SharedString,
    secrets: &HashSet<String>,
    name_of: &dyn Fn(usize) -> Option<&'n str>,
    edits: &mut Vec<Edit>,
    struck: &mut Vec<Struck>,
) {
    // A word that also stands where no secret stands, such as a name, stays there; what looks like a password goes everywhere.
    let only_struck = string.struck > 0 && string.struck == string.uses;
    if only_struck || secrets.contains(string.text.trim()) {
        string.runs.strike(edits);
        return;
    }
    if let Some((masked, what)) = mask_remark(&string.text) {
        string.runs.replace(&masked, edits);
        let (sheet, row, column) = string.first.unwrap_or_default();
        let name = name_of(sheet).filter(|_| string.first.is_some()).unwrap_or("xl/sharedStrings.xml");
        struck.push(at_cell(name, row, column, &what));
    }
}

fn at_cell(sheet: &str, row: u32, column: u32, what: &str) -> Struck {
    let what = what.trim().chars().take(80).collect();
    Struck { what, locator: Locator::Cell { sheet: sheet.into(), row, column } }
}

fn keep(part: &Part, text: &str, edits: Vec<Edit>, changed: &mut HashMap<String, Vec<u8>>) {
    if !edits.is_empty() {
        changed.insert(part.name.clone(), apply(text, edits).into_bytes());
    }
}

/// Part → name of the sheet.
fn sheet_names(parts: &[Part]) -> HashMap<String, String> {
    let text_of = |name: &str| {
        parts.iter().find(|part| part.name.eq_ignore_ascii_case(name)).and_then(Part::text).unwrap_or_default()
    };
    let mut targets = HashMap::new();
    for (_, _, piece) in Pieces::new(text_of("xl/_rels/workbook.xml.rels")) {
        if let Piece::Open { name: "Relationship", attributes, .. } = piece
            && let (Some(id), Some(target)) = (attribute(attributes, "Id"), attribute(attributes, "Target"))
        {
            let target = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            targets.insert(id.to_owned(), target);
        }
    }
    let mut names = HashMap::new();
    for (_, _, piece) in Pieces::new(text_of("xl/workbook.xml")) {
        if let Piece::Open { name: "sheet", attributes, .. } = piece
            && let (Some(name), Some(id)) = (attribute(attributes, "name"), attribute(attributes, "r:id"))
            && let Some(target) = targets.get(id)
        {
            names.insert(target.clone(), unescape(name));
        }
    }
    names
}

/// The zip again, with other content for some entries.
fn write(bytes: &[u8], changed: &HashMap<String, Vec<u8>>) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut written = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        let name = archive::decode_name(entry.name_raw()).unwrap_or_default();
        match changed.get(&name) {
            Some(content) => {
                let options = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Deflated)
                    .last_modified_time(entry.last_modified().unwrap_or_default());
                writer.start_file(&name, options)?;
                written += 1;
                writer.write_all(content)?;
            }
            None => writer.raw_copy_file(entry)?,
        }
    }
    if written != changed.len() {
        return Err(ZipError::FileNotFound);
    }
    Ok(writer.finish()?.into_inner())
}

/// A label of a column of secrets in the texts of some parts.
fn label_in(parts: &[Part]) -> Option<String> {
    parts.iter().filter(|part| part.is_xml()).find_map(|part| label_in_text(&decode(&part.content).text))
}
