//! Where a path into XML or JSON leads: line and character.

/// A step of a path: a name, and which one of that name (from 1; 0: not said, the first).
struct Step<'p> {
    name: &'p str,
    number: usize,
}

/// Line from 1 and character in it from 0; `None` if the path leads nowhere.
pub(super) fn find(text: &str, path: &str) -> Option<(u64, usize)> {
    let steps: Vec<Step<'_>> = path.split('/').skip(1).map(step).collect();
    let is_xml = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    let offset = if is_xml { find_element(text, &steps)? } else { find_value(text, &steps)? };
    let before = text.get(..offset)?;
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let begin = before.rfind('\n').map_or(0, |feed| feed + 1);
    Some((u64::try_from(line).ok()?, before.get(begin..)?.chars().count()))
}

fn step(text: &str) -> Step<'_> {
    let (name, rest) = text.split_once('[').unwrap_or((text, ""));
    Step { name, number: rest.trim_end_matches(']').parse().unwrap_or(0) }
}

/// Offset of the element's `<`.
fn find_element(text: &str, steps: &[Step<'_>]) -> Option<usize> {
    let (mut at, mut depth, mut matched) = (0, 0_usize, 0_usize);
    let mut counts = vec![0_usize; steps.len()];
    loop {
        let open = at + text.get(at..)?.find('<')?;
        let rest = text.get(open..)?;
        let end = open + tag_length(rest)?;
        at = end;
        if rest.starts_with("<!") || rest.starts_with("<?") {
            continue;
        }
        if rest.starts_with("</") {
            depth = depth.checked_sub(1)?;
            matched = matched.min(depth);
            continue;
        }
        let tag = text.get(open + 1..end)?;
        let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).next().unwrap_or_default();
        if let Some(step) = steps.get(depth).filter(|step| depth == matched && step.name == name) {
            let count = counts.get_mut(depth)?;
            *count += 1;
            if *count == step.number.max(1) {
                matched += 1;
                if matched == steps.len() {
                    return Some(open);
                }
                counts.iter_mut().skip(matched).for_each(|count| *count = 0);
            }
        }
        depth += 1;
        if tag.ends_with("/>") {
            depth -= 1;
            matched = matched.min(depth);
        }
    }
}

/// Length of what begins with `<`: a comment, character data, or a tag whose `>` stands outside quotation marks.
fn tag_length(rest: &str) -> Option<usize> {
    for (begin, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if rest.starts_with(begin) {
            return rest.find(end).map(|at| at + end.len());
        }
    }
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Offset of a JSON value.
fn find_value(text: &str, steps: &[Step<'_>]) -> Option<usize> {
    let mut at = skip_blank(text, 0);
    for step in steps {
        if !step.name.is_empty() {
            at = find_member(text, at, step.name)?;
        }
        if step.number > 0 {
            at = find_item(text, at, step.number)?;
        }
    }
    Some(at)
}

fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

fn skip_blank(text: &str, mut at: usize) -> usize {
    while byte(text, at).is_some_and(|byte| byte.is_ascii_whitespace()) {
        at += 1;
    }
    at
}

fn find_member(text: &str, at: usize, name: &str) -> Option<usize> {
    if byte(text, at)? != b'{' {
        return None;
    }
    let mut at = skip_blank(text, at + 1);
    while byte(text, at)? == b'"' {
        let end = skip_value(text, at)?;
        let key = text.get(at + 1..end - 1)?;
        let colon = skip_blank(text, end);
        let value = skip_blank(text, colon + 1);
        if key == name {
            return Some(value);
        }
        at = skip_blank(text, skip_value(text, value)?);
        at = if byte(text, at)? == b',' { skip_blank(text, at + 1) } else { return None };
    }
    None
}

fn find_item(text: &str, at: usize, number: usize) -> Option<usize> {
    if byte(text, at)? != b'[' {
        return None;
    }
    let mut at = skip_blank(text, at + 1);
    for _ in 1..number {
        at = skip_blank(text, skip_value(text, at)?);
        at = if byte(text, at)? == b',' { skip_blank(text, at + 1) } else { return None };
    }
    (byte(text, at)? != b']').then_some(at)
}

/// The offset after the value that begins here.
fn skip_value(text: &str, at: usize) -> Option<usize> {
    let (mut at, mut depth) = (at, 0_usize);
    loop {
        match byte(text, at)? {
            b'"' => {
                at += 1;
                while byte(text, at)? != b'"' {
                    at += if byte(text, at)? == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            b',' | b':' if depth > 0 => at += 1,
            blank if blank.is_ascii_whitespace() => at += 1,
            _ => {
                let is_plain = |byte: u8| !matches!(byte, b',' | b'}' | b']' | b':') && !byte.is_ascii_whitespace();
                let begin = at;
                while byte(text, at).is_some_and(is_plain) {
                    at += 1;
                }
                // A comma where a value should be.
                if at == begin {
                    return None;
                }
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_host_is_found_in_its_line() {
        let xml = "<?xml version=\"1.0\"?>\n<!-- <host> -->\n<nmaprun a='>'>\n<host><ports><port/></ports></host>\n<host/><host>\n<ports><port/><port x=\"1\"/></ports></host></nmaprun>";
        assert_eq!(find(xml, "/nmaprun/host[1]"), Some((4, 0)));
        assert_eq!(find(xml, "/nmaprun/host[3]"), Some((5, 7)));
        assert_eq!(find(xml, "/nmaprun/host[3]/ports/port[2]"), Some((6, 14)));
        assert_eq!(find(xml, "/nmaprun/host[4]"), None);
        assert_eq!(find("<a><b", "/a/b"), None);
    }

    #[test]
    fn a_place_in_json_is_found() {
        let json = "{\"title\": \"a [\\\"x\\\"]\",\n \"dateReleased\": 5,\n \"vulnerabilities\": [\n  {\"a\": [1, 2]},\n  {\"cveID\": \"CVE\"}\n ]}";
        assert_eq!(find(json, "/dateReleased"), Some((2, 17)));
        assert_eq!(find(json, "/vulnerabilities[2]"), Some((5, 2)));
        assert_eq!(find(json, "/vulnerabilities[2]/cveID"), Some((5, 12)));
        assert_eq!(find(json, "/vulnerabilities[3]"), None);
        assert_eq!(find("[{}, {}]", "/[2]"), Some((1, 5)));
        for broken in ["", "{", "{\"a\"", "[1,", "[,]", "\"", "{\"a\":"] {
            assert_eq!(find(broken, "/vulnerabilities[2]"), None, "{broken}");
        }
    }
}
