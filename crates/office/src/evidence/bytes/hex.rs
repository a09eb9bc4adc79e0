//! Bytes in hexadecimal.

use ::store::{BlobError, Blobs};
use base::ContentHash;

use super::{Cell, Drawn, Row, read_part};

/// Bytes of one row.
const ROW: u64 = 16;
/// Bytes of a window.
const WINDOW: u64 = 64 * ROW;

/// The bytes around `at`.
pub(super) fn draw(
    blobs: &Blobs,
    hash: ContentHash,
    size: u64,
    at: Option<u64>,
    from: Option<u64>,
) -> Result<Drawn, BlobError> {
    let first = from.unwrap_or_else(|| at.unwrap_or(0).saturating_sub(WINDOW / 4)) / ROW * ROW;
    let bytes = read_part(blobs, hash, first, WINDOW)?;
    let rows = (0..).zip(bytes.chunks(16)).map(|(number, bytes): (u64, &[u8])| {
        let offset = first + number * ROW;
        let is_hit = at.is_some_and(|at| at >= offset && at < offset + ROW);
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = bytes.iter().map(|byte| if matches!(byte, 32..=126) { char::from(*byte) } else { '.' }).collect();
        let cells = [hex.join(" "), text].map(|text| Cell { text, is_hit: false });
        Row { label: format!("{offset:08x}"), is_hit, cells: cells.into() }
    });
    Ok(Drawn {
        rows: rows.collect(),
        before: (first > 0).then(|| first.saturating_sub(WINDOW)),
        after: Some(first.saturating_add(WINDOW)).filter(|next| *next < size),
        is_lost: at.is_some_and(|at| at >= size),
        ..Drawn::default()
    })
}
