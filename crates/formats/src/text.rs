//! Turns the bytes of an exported file into text, whichever encoding the exporting Windows chose.

use std::str::from_utf8;

use encoding_rs::SHIFT_JIS;

/// How a file was encoded, as far as its bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark; plain ASCII is this too.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, little endian, without a byte order mark.
    Utf16Le,
    /// UTF-16, little endian, with a byte order mark.
    Utf16LeBom,
    /// UTF-16, big endian, without a byte order mark.
    Utf16Be,
    /// UTF-16, big endian, with a byte order mark.
    Utf16BeBom,
    /// CP932, the Japanese Windows code page (`Shift_JIS` with extensions).
    Cp932,
}

impl Encoding {
    /// Length of the byte order mark in bytes; 0 where there is none.
    #[must_use]
    pub const fn bom_bytes(self) -> usize {
        match self {
            Self::Utf8Bom => 3,
            Self::Utf16LeBom | Self::Utf16BeBom => 2,
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be | Self::Cp932 => 0,
        }
    }

    /// Bytes of one code unit: 2 for UTF-16, else 1.
    #[must_use]
    pub const fn unit_bytes(self) -> usize {
        match self {
            Self::Utf16Le | Self::Utf16LeBom | Self::Utf16Be | Self::Utf16BeBom => 2,
            Self::Utf8 | Self::Utf8Bom | Self::Cp932 => 1,
        }
    }

    fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            Self::Utf16Be | Self::Utf16BeBom => u16::from_be_bytes(pair),
            Self::Utf16Le | Self::Utf16LeBom | Self::Utf8 | Self::Utf8Bom | Self::Cp932 => u16::from_le_bytes(pair),
        }
    }
}

/// Text of a file and how it was obtained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// The encoding that was assumed.
    pub encoding: Encoding,
    /// How many places held bytes that mean no character; each became U+FFFD.
    pub replaced: usize,
}

/// Decodes a whole file. Never fails: what cannot be read becomes U+FFFD and is counted.
///
/// The caller limits the length of `bytes`; the result holds at most three times as many.
#[must_use]
pub fn decode(bytes: &[u8]) -> Decoded {
    let encoding = detect(bytes);
    let (text, replaced) = decode_part(bytes.get(encoding.bom_bytes()..).unwrap_or_default(), encoding);
    Decoded { text, encoding, replaced }
}

/// Which encoding `bytes` has: byte order mark, else UTF-16 by its zero bytes, else strict UTF-8, else CP932.
///
/// Text that is neither UTF-8 nor CP932 throughout counts as the one with fewer unreadable places.
#[must_use]
pub fn detect(bytes: &[u8]) -> Encoding {
    detect_wide(bytes).unwrap_or_else(|| detect_bytewise(bytes).0)
}

/// Whether the first 4 KiB are plainly no text in any encoding read here: one byte in 32 is a control character.
#[must_use]
pub fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let is_control = |byte: &&u8| matches!(**byte, 0x00..=0x08 | 0x0e..=0x1a | 0x1c..=0x1f);
    detect_wide(head).is_none() && !head.is_empty() && head.iter().filter(is_control).count() * 32 >= head.len()
}

/// The encoding of what begins with a byte order mark or is UTF-16.
pub(crate) fn detect_wide(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some(Encoding::Utf8Bom),
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16LeBom),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16BeBom),
        _ => detect_utf16(bytes),
    }
}

/// ASCII in UTF-16 has a zero in every second byte, and no other text file has zeros at all. Looks at the first 4 KiB.
fn detect_utf16(bytes: &[u8]) -> Option<Encoding> {
    let pairs = bytes.get(..bytes.len().min(4096)).unwrap_or_default().chunks_exact(2);
    let (mut count, mut first_zero, mut second_zero) = (0_usize, 0_usize, 0_usize);
    for pair in pairs {
        count += 1;
        first_zero += usize::from(pair.first() == Some(&0));
        second_zero += usize::from(pair.get(1) == Some(&0));
    }
    let mostly = |many: usize, few: usize| many > 0 && many * 16 >= count && few * 4 <= many;
    if mostly(second_zero, first_zero) {
        return Some(Encoding::Utf16Le);
    }
    mostly(first_zero, second_zero).then_some(Encoding::Utf16Be)
}

/// The encoding of all other text; of CP932 with the text and how many places could not be read, since only reading it tells.
pub(crate) fn detect_bytewise(bytes: &[u8]) -> (Encoding, Option<(String, usize)>) {
    if from_utf8(bytes).is_ok() {
        return (Encoding::Utf8, None);
    }
    let cp932 = decode_part(bytes, Encoding::Cp932);
    let replaced_utf8 = || bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    let is_utf8 = cp932.1 > 0 && replaced_utf8() < cp932.1;
    if is_utf8 { (Encoding::Utf8, None) } else { (Encoding::Cp932, Some(cp932)) }
}

/// Decodes a part of a file whose encoding is known; `part` holds no byte order mark.
///
/// Returns the text and how many places could not be read.
#[must_use]
pub fn decode_part(part: &[u8], encoding: Encoding) -> (String, usize) {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => decode_utf8(part),
        Encoding::Cp932 => decode_cp932(part),
        Encoding::Utf16Le | Encoding::Utf16LeBom | Encoding::Utf16Be | Encoding::Utf16BeBom => {
            decode_utf16(part, encoding)
        }
    }
}

fn decode_utf8(part: &[u8]) -> (String, usize) {
    let mut text = String::with_capacity(part.len());
    let mut replaced = 0;
    for chunk in part.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            replaced += 1;
        }
    }
    (text, replaced)
}

/// No CP932 bytes mean U+FFFD, so every one in the result stands for something unreadable.
fn decode_cp932(part: &[u8]) -> (String, usize) {
    let (text, damaged) = SHIFT_JIS.decode_without_bom_handling(part);
    let replaced = if damaged { text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count() } else { 0 };
    (text.into_owned(), replaced)
}

fn decode_utf16(part: &[u8], encoding: Encoding) -> (String, usize) {
    let pairs = part.chunks_exact(2);
    let mut replaced = pairs.remainder().len();
    let units = pairs.map(|pair| encoding.unit([first(pair), second(pair)]));
    let mut text = String::with_capacity(part.len() / 2);
    for decoded in char::decode_utf16(units) {
        replaced += usize::from(decoded.is_err());
        text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    if part.len() % 2 == 1 {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    (text, replaced)
}

fn first(pair: &[u8]) -> u8 {
    pair.first().copied().unwrap_or_default()
}

fn second(pair: &[u8]) -> u8 {
    pair.get(1).copied().unwrap_or_default()
}

/// Encodes text as CP932; a character that does not exist there becomes `?`.
///
/// Returns the bytes and how many characters were replaced.
#[must_use]
pub fn encode_cp932(text: &str) -> (Vec<u8>, usize) {
    let (whole, _, damaged) = SHIFT_JIS.encode(text);
    if !damaged {
        return (whole.into_owned(), 0);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut replaced = 0;
    let mut buffer = [0_u8; 4];
    for c in text.chars() {
        let (encoded, _, unmappable) = SHIFT_JIS.encode(c.encode_utf8(&mut buffer));
        if unmappable {
            bytes.push(b'?');
            replaced += 1;
        } else {
            bytes.extend_from_slice(&encoded);
        }
    }
    (bytes, replaced)
}

/// The code units of a file with their byte offsets.
///
/// Quotes, commas, line ends and `=` can be searched unit by unit in every encoding here: in UTF-8 and CP932 no byte of
/// a longer character is below 0x40, and in UTF-16 each is one unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Units<'a> {
    bytes: &'a [u8],
    /// Encoding of the file.
    pub(crate) encoding: Encoding,
}

impl<'a> Units<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, encoding: detect(bytes) }
    }

    /// Units of a text that is UTF-8 already.
    pub(crate) const fn of_utf8(bytes: &'a [u8]) -> Self {
        Self { bytes, encoding: Encoding::Utf8 }
    }

    /// ASCII text in the encoding of this file.
    pub(crate) fn encode_ascii(&self, text: &str) -> Vec<u8> {
        if self.encoding.unit_bytes() == 1 {
            return text.as_bytes().to_vec();
        }
        let little = self.encoding.unit([1, 0]) == 1;
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    /// Number of whole units after the byte order mark.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len().saturating_sub(self.encoding.bom_bytes()) / self.encoding.unit_bytes()
    }

    /// Byte offset of unit `index` from the start of the file.
    pub(crate) fn offset(&self, index: usize) -> usize {
        self.encoding.bom_bytes() + index * self.encoding.unit_bytes()
    }

    /// The unit, or `None` behind the end.
    pub(crate) fn get(&self, index: usize) -> Option<u16> {
        let at = self.offset(index);
        let first = self.bytes.get(at).copied()?;
        if self.encoding.unit_bytes() == 1 {
            return Some(u16::from(first));
        }
        Some(self.encoding.unit([first, self.bytes.get(at + 1).copied()?]))
    }

    /// The unit as an ASCII character; `None` for others and behind the end.
    pub(crate) fn ascii(&self, index: usize) -> Option<u8> {
        self.get(index).and_then(|unit| u8::try_from(unit).ok()).filter(u8::is_ascii)
    }

    /// Whether the ASCII text `expected` stands at `index`, without regard to case.
    pub(crate) fn has_ascii_at(&self, index: usize, expected: &str) -> bool {
        let mut expected = expected.bytes().enumerate();
        expected.all(|(at, byte)| self.ascii(index + at).is_some_and(|found| found.eq_ignore_ascii_case(&byte)))
    }

    /// Text of the units `from..to`.
    pub(crate) fn text(&self, from: usize, to: usize) -> String {
        let part = self.bytes.get(self.offset(from)..self.offset(to)).unwrap_or_default();
        decode_part(part, self.encoding).0
    }

    /// The bytes of the file.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// Line number, from 1, of a byte offset in `text`.
pub(crate) fn line_of(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    let breaks = before.iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}

/// Where the lines of a text end, for many questions about one text.
#[derive(Debug)]
pub(crate) struct LineEnds(Vec<usize>);

impl LineEnds {
    pub(crate) fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// Line number, from 1, of a byte offset.
    pub(crate) fn line_of(&self, offset: usize) -> u32 {
        let before = self.0.partition_point(|end| *end < offset);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[track_caller]
    fn check(bytes: &[u8], text: &str, encoding: Encoding, replaced: usize) {
        assert_eq!(decode(bytes), Decoded { text: text.to_owned(), encoding, replaced });
    }

    #[test]
    fn a_byte_order_mark_decides() {
        check("\u{feff}守り".as_bytes(), "守り", Encoding::Utf8Bom, 0);
        check(&[&[0xFF, 0xFE], utf16le("守り").as_slice()].concat(), "守り", Encoding::Utf16LeBom, 0);
        check(&[0xFE, 0xFF, 0x5B, 0x88], "守", Encoding::Utf16BeBom, 0);
    }

    #[test]
    fn utf16_without_a_mark_is_known_by_its_zeros() {
        check(&utf16le("Name,説明\r\nsato,外来の端末\r\n"), "Name,説明\r\nsato,外来の端末\r\n", Encoding::Utf16Le, 0);
        check(b"\0a\0b", "ab", Encoding::Utf16Be, 0);
    }

    #[test]
    fn japanese_windows_text_is_cp932() {
        let (bytes, replaced) = encode_cp932("ホスト名,①髙﨑");
        assert_eq!(replaced, 0);
        check(&bytes, "ホスト名,①髙﨑", Encoding::Cp932, 0);
    }

    #[test]
    fn unreadable_places_are_counted() {
        check(&[b'a', 0x82], "a\u{fffd}", Encoding::Cp932, 1);
        check(&[0xFF, 0xFE, 0x00, 0xD8, 0x61], "\u{fffd}\u{fffd}", Encoding::Utf16LeBom, 2);
        assert_eq!(encode_cp932("a😀b"), (b"a?b".to_vec(), 1));
    }

    #[test]
    fn one_bad_byte_does_not_turn_a_long_utf8_text_into_another_language() {
        let mut bytes = "電子カルテの端末、外来の端末、病棟の端末".repeat(20).into_bytes();
        bytes.push(0xFF);
        assert_eq!(decode(&bytes).encoding, Encoding::Utf8);
    }

    #[test]
    fn lines_are_counted_alike_for_one_question_and_for_many() {
        for text in ["", "a", "\n", "a\nb\n\nあ\n", "\r\n\r\n"] {
            let ends = LineEnds::of(text);
            for offset in 0..=text.len() + 1 {
                assert_eq!(ends.line_of(offset), line_of(text, offset), "{text:?} {offset}");
            }
        }
    }

    #[test]
    fn an_empty_file_is_empty_text() {
        check(b"", "", Encoding::Utf8, 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let decoded = decode(&bytes);
            prop_assert!(decoded.text.len() <= bytes.len() * 3 + 3);
        }

        #[test]
        fn text_survives_utf16_with_a_mark(text in "\\PC{0,40}") {
            let bytes = [&[0xFF, 0xFE], utf16le(&text).as_slice()].concat();
            prop_assert_eq!(decode(&bytes).text, text);
        }
    }
}
