//! Labels of secrets in workbooks that cannot be read as such: damaged ones, and those of the old binary format.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::header::{Label, judge};
use super::mask_remark;
use super::part::{Piece, Pieces, unescape};
use crate::table::Limits;
use crate::text::decode;

/// A label of a column of secrets, or a remark with one, in the texts of a part.
pub(super) fn label_in_text(text: &str) -> Option<String> {
    Pieces::new(text).find_map(|(_, _, piece)| match piece {
        Piece::Text { raw, .. } => {
            Some(unescape(raw)).filter(|text| judge(text) == Label::Secret || mask_remark(text).is_some())
        }
        Piece::Open { .. } | Piece::Close { .. } => None,
    })
}

const LOCAL_HEAD: &[u8] = b"PK\x03\x04";

/// Entries of a damaged zip that are looked at.
const MAX_ENTRIES: usize = 5_000;

/// A label in a zip whose directory cannot be used: each entry is unpacked as far as it can be read.
pub(super) fn label_in_ruins(bytes: &[u8]) -> Option<String> {
    let mut left = Limits::default().expanded_bytes;
    find_all(bytes, LOCAL_HEAD).take(MAX_ENTRIES).find_map(|at| {
        let content = unpack(bytes.get(at..)?, left)?;
        left = left.saturating_sub(u64::try_from(content.len()).unwrap_or(u64::MAX));
        label_in_text(&decode(&content).text)
    })
}

/// What can be read of the entry that begins here. Its sizes are not believed: it ends where the next one begins.
fn unpack(entry: &[u8], limit: u64) -> Option<Vec<u8>> {
    let number = |at: usize| {
        entry.get(at..at + 2).map(|pair| pair.iter().rev().fold(0, |sum, byte| sum * 256 + usize::from(*byte)))
    };
    let method = entry.get(8..10)?;
    let data = entry.get(30 + number(26)? + number(28)?..)?;
    let ends = [LOCAL_HEAD, b"PK\x01\x02"].into_iter().filter_map(|next| find_all(data, next).next());
    let data = data.get(..ends.min().unwrap_or(data.len()))?;
    if method == [0, 0] {
        return Some(data.to_vec());
    }
    let alone = pack_alone(method, data)?;
    let mut content = Vec::new();
    let mut archive = ZipArchive::new(Cursor::new(alone)).ok()?;
    // The checksum is wrong, which is told only after everything was read.
    let _ = archive.by_index(0).ok()?.take(limit).read_to_end(&mut content);
    Some(content)
}

/// A zip of one entry named `a`.
fn pack_alone(method: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let size = u32::try_from(data.len()).ok()?.to_le_bytes();
    let expanded = u32::MAX.wrapping_shr(1).to_le_bytes();
    let head = [&[20, 0, 0, 0], method, &[0, 0, 33, 0, 1, 0, 0, 0], &size, &expanded, &[1, 0, 0, 0]].concat();
    let local = [LOCAL_HEAD, &head, b"a", data].concat();
    let central = [b"PK\x01\x02\x14\x00".as_slice(), &head, &[0; 14], b"a"].concat();
    let offset = u32::try_from(local.len()).ok()?.to_le_bytes();
    let length = u32::try_from(central.len()).ok()?.to_le_bytes();
    let end = [b"PK\x05\x06".as_slice(), &[0; 4], &[1, 0, 1, 0], &length, &offset, &[0; 2]].concat();
    Some([local, central, end].concat())
}

/// Words that labels in an old workbook are looked for by.
const BINARY_WORDS: [&str; 8] =
    ["パスワード", "暗証番号", "回復キー", "事前共有", "コミュニティ", "password", "Password", "PASSWORD"];

/// A label in an old workbook: its texts are UTF-16, or one byte for each character, and stand there unpacked.
pub(super) fn label_in_binary(bytes: &[u8]) -> Option<String> {
    BINARY_WORDS.iter().find_map(|word| {
        let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let found = find_all(bytes, &wide).find_map(|at| label_around(bytes, at, 2));
        found.or_else(|| {
            find_all(bytes, word.as_bytes()).filter(|_| word.is_ascii()).find_map(|at| label_around(bytes, at, 1))
        })
    })
}

fn find_all<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(wanted.len()).enumerate().filter(move |(_, window)| *window == wanted).map(|(at, _)| at)
}

/// The text around a word, as far as its characters are those of a label. Of one byte each, the text must begin as such
/// texts do in these files, with its length; programs and links hold words too.
fn label_around(bytes: &[u8], at: usize, width: usize) -> Option<String> {
    let read = |at: usize| -> Option<char> {
        let low = *bytes.get(at)?;
        let high = if width == 2 { *bytes.get(at + 1)? } else { 0 };
        let c = char::from_u32(u32::from(u16::from_le_bytes([low, high])))?;
        let is_part = c.is_ascii_graphic()
            || c == ' '
            || matches!(c, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
        is_part.then_some(c)
    };
    let mut from = at;
    while let Some(before) =
        from.checked_sub(width).filter(|before| at - before <= 60 * width && read(*before).is_some())
    {
        from = before;
    }
    if width == 1 && bytes.get(from.checked_sub(3)?..from).is_none_or(|head| !matches!(head, [1..=60, 0, 0])) {
        return None;
    }
    let label: String = (0..60).map_while(|index| read(from + index * width)).collect();
    (judge(&label) == Label::Secret).then_some(label)
}
