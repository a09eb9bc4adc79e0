//! Templates of messages: `Failed {method} for {user*} from {source_ip@} port {source_port#} ssh2`.
//!
//! `{name}` is any text up to the next literal, `{name#}` digits, `{name@}` an address, `{_}` is not kept. `{name*}` is text the
//! sender's counterpart chooses, such as a user name: what stands behind it is looked for from the end, so that nobody can write an
//! address into his name.

use std::net::IpAddr;

/// A template, read.
#[derive(Debug)]
pub(super) struct Template {
    parts: Vec<Part>,
    /// Place of the `{name*}` among the parts.
    free: Option<usize>,
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Capture { name: String, kind: Kind },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Digits,
    Address,
}

impl Template {
    /// `None` if two captures stand beside each other, a brace is left open, or two names are free.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut parts, mut free) = (Vec::new(), None);
        let mut rest = text;
        while !rest.is_empty() {
            let (literal, behind) = rest.split_once('{').unwrap_or((rest, ""));
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            } else if matches!(parts.last(), Some(Part::Capture { .. })) {
                return None;
            }
            if literal.len() == rest.len() {
                break;
            }
            let (name, behind) = behind.split_once('}')?;
            let (name, kind) = match name.strip_suffix(['#', '@', '*']) {
                Some(plain) if name.ends_with('#') => (plain, Kind::Digits),
                Some(plain) if name.ends_with('@') => (plain, Kind::Address),
                Some(plain) => {
                    if free.replace(parts.len()).is_some() {
                        return None;
                    }
                    (plain, Kind::Text)
                }
                None => (name, Kind::Text),
            };
            if name.is_empty() {
                return None;
            }
            parts.push(Part::Capture { name: name.to_owned(), kind });
            rest = behind;
        }
        Some(Self { parts, free })
    }

    /// Names and values, if the whole text is of this kind. Takes time in proportion to the text and the template.
    pub(super) fn read<'t, 'a>(&'t self, text: &'a str) -> Option<Vec<(&'t str, &'a str)>> {
        let free = self.free.unwrap_or(self.parts.len());
        let (front, back) = self.parts.split_at_checked(free)?;
        let mut found = Vec::new();
        let rest = read_front(front, text, self.free.is_none(), &mut found)?;
        if let Some((free, back)) = back.split_first() {
            let mut behind = Vec::new();
            let inner = read_back(back, rest, &mut behind)?;
            keep(free, inner, &mut found)?;
            behind.reverse();
            found.extend(behind);
        }
        Some(found)
    }
}

type Found<'t, 'a> = Vec<(&'t str, &'a str)>;

/// Reads from the beginning; what is left. `to_end`: nothing may be left.
fn read_front<'t, 'a>(parts: &'t [Part], text: &'a str, to_end: bool, found: &mut Found<'t, 'a>) -> Option<&'a str> {
    let mut rest = text;
    let mut open: Option<&'t Part> = None;
    for part in parts {
        match (part, open.take()) {
            (Part::Literal(literal), None) => rest = rest.strip_prefix(literal.as_str())?,
            (Part::Literal(literal), Some(capture)) => {
                let (value, behind) = rest.split_once(literal.as_str())?;
                keep(capture, value, found)?;
                rest = behind;
            }
            (capture @ Part::Capture { .. }, _) => open = Some(capture),
        }
    }
    match open {
        Some(capture) => {
            keep(capture, rest, found)?;
            Some("")
        }
        None => (!to_end || rest.is_empty()).then_some(rest),
    }
}

/// Reads from the end; what is left in front. Values come in reverse.
fn read_back<'t, 'a>(parts: &'t [Part], text: &'a str, found: &mut Found<'t, 'a>) -> Option<&'a str> {
    let mut rest = text;
    let mut open: Option<&'t Part> = None;
    for part in parts.iter().rev() {
        match (part, open.take()) {
            (Part::Literal(literal), None) => rest = rest.strip_suffix(literal.as_str())?,
            (Part::Literal(literal), Some(capture)) => {
                let (before, value) = rest.rsplit_once(literal.as_str())?;
                keep(capture, value, found)?;
                rest = before;
            }
            (capture @ Part::Capture { .. }, _) => open = Some(capture),
        }
    }
    // A literal always stands between two captures, so none is open here.
    open.is_none().then_some(rest)
}

fn keep<'t, 'a>(part: &'t Part, value: &'a str, found: &mut Found<'t, 'a>) -> Option<()> {
    let Part::Capture { name, kind } = part else { return None };
    let fits = match kind {
        Kind::Text => true,
        Kind::Digits => !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()),
        Kind::Address => value.parse::<IpAddr>().is_ok(),
    };
    if fits && name != "_" {
        found.push((name, value));
    }
    fits.then_some(())
}
