//! Encodings of the files: CP932, UTF-8 with a byte order mark, UTF-16LE, Windows file times.

use base::Date;

use crate::DemoError;

/// Seconds from 1601-01-01 to 1970-01-01.
const FILETIME_EPOCH_S: i64 = 11_644_473_600;

/// The text in CP932 (Windows code page of Japanese).
///
/// # Errors
/// [`DemoError::NotInCodePage`] if a character has no place there.
pub(crate) fn cp932(path: &str, text: &str) -> Result<Vec<u8>, DemoError> {
    let (bytes, _, unmappable) = encoding_rs::SHIFT_JIS.encode(text);
    if unmappable {
        return Err(DemoError::NotInCodePage { path: path.to_owned() });
    }
    Ok(bytes.into_owned())
}

/// The text in UTF-8 after a byte order mark.
pub(crate) fn utf8_bom(text: &str) -> Vec<u8> {
    [b"\xef\xbb\xbf", text.as_bytes()].concat()
}

/// The text in UTF-16LE, without a byte order mark.
pub(crate) fn utf16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The text in UTF-16LE after a byte order mark, lines ending in CR LF.
pub(crate) fn utf16le_file(text: &str) -> Vec<u8> {
    [vec![0xff, 0xfe], utf16le(&text.replace('\n', "\r\n"))].concat()
}

/// Windows file time (100 ns since 1601) of an hour of a day in Japan.
pub(crate) fn filetime(day: Date, hour: i64) -> i64 {
    (day.start_jst().0 + hour * 3600 + FILETIME_EPOCH_S) * 10_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_time_counts_from_1601() {
        let day: Date = "1970-01-01".parse().unwrap();
        assert_eq!(filetime(day, 9), 116_444_736_000_000_000);
    }

    #[test]
    fn a_character_outside_the_code_page_is_refused() {
        assert_eq!(cp932("x", "表①").unwrap(), [0x95, 0x5c, 0x87, 0x40]);
        assert!(cp932("x", "🏥").is_err());
    }
}
