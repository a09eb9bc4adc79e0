//! Registry values in text: `.reg` files and security templates.

use super::Span;
use super::header::is_secret_name;
use super::value::is_harmless;

/// Adds the values of settings with secret names: `"Password"=hex:61,\` over several lines, `…\DefaultPassword=1,x`.
pub(super) fn find(text: &str, spans: &mut Vec<Span>) {
    for (at, _) in text.match_indices('=') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let head = rest.get(..4).unwrap_or_default();
        if head.eq_ignore_ascii_case("hex:") || head.eq_ignore_ascii_case("hex(") {
            if let (Some(name), Some(colon)) = (name_before(text, at), rest.find(':').filter(|colon| *colon < 10)) {
                let length = hex_length(rest.get(colon + 1..).unwrap_or_default());
                push(text, at + 2 + colon, at + 2 + colon + length, name, spans);
            }
        } else if let Some(number) = rest.find(',').filter(|comma| *comma > 0 && is_type(rest.get(..*comma)))
            && let Some(name) = name_before(text, at)
        {
            let value = rest.get(number + 1..).unwrap_or_default();
            let length = value.find(['\r', '\n']).unwrap_or(value.len());
            push(text, at + 2 + number, at + 2 + number + length, name, spans);
        }
    }
}

/// A registry type in a security template.
fn is_type(text: Option<&str>) -> bool {
    matches!(text, Some("1" | "2" | "3" | "7"))
}

/// The name on the left of a `=`, if it is that of a secret. Only the last 300 characters of the line are looked at.
fn name_before(text: &str, at: usize) -> Option<&str> {
    let mut from = at.saturating_sub(300);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let line = text.get(from..at)?.rsplit('\n').next()?;
    let name = line.trim().trim_matches('"');
    is_secret_name(name).then_some(name)
}

/// Length of the list of bytes, continued behind every `\` at the end of a line.
fn hex_length(text: &str) -> usize {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        let goes_on = line.trim_end().ends_with('\\');
        length += if goes_on { line.len() } else { line.trim_end().len() };
        if !goes_on {
            break;
        }
    }
    length
}

fn push(text: &str, from: usize, to: usize, name: &str, spans: &mut Vec<Span>) {
    let value = text.get(from..to).unwrap_or_default();
    if !is_harmless(value.trim().trim_matches('"')) {
        let last = name.rsplit('\\').next().unwrap_or(name);
        spans.push(Span::new(from, to, last));
    }
}
