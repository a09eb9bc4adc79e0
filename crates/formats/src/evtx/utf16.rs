//! UTF-16LE to UTF-8, quick where the text is ASCII.

/// Where text goes. What is handed over is always whole, valid UTF-8.
pub(super) trait Sink {
    fn utf8(&mut self, text: &[u8]);
}

impl Sink for Vec<u8> {
    #[inline]
    fn utf8(&mut self, text: &[u8]) {
        self.extend_from_slice(text);
    }
}

impl Sink for String {
    #[inline]
    fn utf8(&mut self, text: &[u8]) {
        // Every caller hands over valid text; checking it again is what safe code costs.
        if let Ok(text) = std::str::from_utf8(text) {
            self.push_str(text);
        }
    }
}

/// Units converted at once: two SSE registers in, one out.
const BLOCK: usize = 16;

/// Writes UTF-16LE text up to its first NUL or its end. Half a surrogate pair becomes U+FFFD, an odd last byte is ignored.
#[inline]
pub(super) fn write_utf16(bytes: &[u8], out: &mut impl Sink) {
    let (mut units, _) = bytes.as_chunks::<2>();
    while BLOCK <= units.len() {
        if let Some(left) = write_ascii::<BLOCK>(units, out).or_else(|| write_some(units, out)) {
            units = left;
        } else {
            return;
        }
    }
    // What is left is shorter than a block: halves of it, then the last few one by one.
    units = write_ascii::<8>(units, out).unwrap_or(units);
    units = write_ascii::<4>(units, out).unwrap_or(units);
    while !units.is_empty() {
        match write_some(units, out) {
            Some(left) => units = left,
            None => return,
        }
    }
}

/// Writes the first `N` units if they are plain ASCII without NUL; the units behind them.
#[inline]
fn write_ascii<'u, const N: usize>(units: &'u [[u8; 2]], out: &mut impl Sink) -> Option<&'u [[u8; 2]]> {
    let (block, rest) = units.split_first_chunk::<N>()?;
    let mut ascii = [0; N];
    let mut other = 0;
    for (byte, unit) in ascii.iter_mut().zip(block) {
        let number = u16::from_le_bytes(*unit);
        // Only for 1..=0x7f no bit above the seventh is set in either.
        other |= number | number.wrapping_sub(1);
        [*byte, _] = *unit;
    }
    if other & 0xff80 != 0 {
        return None;
    }
    out.utf8(&ascii);
    Some(rest)
}

/// Writes up to [`BLOCK`] units one by one; the rest behind them, or `None` after a NUL.
fn write_some<'u>(mut units: &'u [[u8; 2]], out: &mut impl Sink) -> Option<&'u [[u8; 2]]> {
    // A unit becomes at most three bytes, a pair of them four.
    let mut text = [0; BLOCK * 3 + 4];
    let mut length = 0;
    let mut ended = false;
    for _ in 0..BLOCK {
        let Some((unit, rest)) = units.split_first() else { break };
        units = rest;
        let number = u16::from_le_bytes(*unit);
        if let 1..=0x7f = number {
            if let Some(place) = text.get_mut(length) {
                [*place, _] = *unit;
            }
            length += 1;
            continue;
        }
        if number == 0 {
            ended = true;
            break;
        }
        let mut character = char::from_u32(u32::from(number));
        if let (0xd800..=0xdbff, Some((next, behind))) = (number, units.split_first()) {
            character = char::decode_utf16([number, u16::from_le_bytes(*next)]).next().and_then(Result::ok);
            if character.is_some() {
                units = behind;
            }
        }
        if let Some(place) = text.get_mut(length..length + 4) {
            length += character.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(place).len();
        }
    }
    out.utf8(text.get(..length).unwrap_or_default());
    (!ended).then_some(units)
}

/// Whether the text has no characters: no units, or a NUL first.
pub(super) fn is_blank(bytes: &[u8]) -> bool {
    bytes.first_chunk::<2>().is_none_or(|unit| *unit == [0, 0])
}
