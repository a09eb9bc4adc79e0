//! Headers: RFC 5424, RFC 3164, and what devices make of them.

use super::{Message, Parameter, Priority};
use crate::event::{Moment, parse_moment};
use crate::evtx::{ClockTime, FileTime};

/// Values of structured data that are read.
const MAX_PARAMETERS: usize = 256;
/// Longest name of a program that is taken for one, in bytes.
const MAX_TAG: usize = 64;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(super) fn parse(text: &str, now: FileTime) -> Message<'_> {
    let text = text.trim_start_matches('\u{feff}').trim_matches(['\r', '\n', '\0']);
    let (priority, rest) = read_priority(text);
    let message = rest.strip_prefix("1 ").and_then(read_5424).unwrap_or_else(|| read_3164(rest, now));
    Message { priority, ..message }
}

/// `<134>`; anything else is text.
fn read_priority(text: &str) -> (Option<Priority>, &str) {
    let read = || {
        let (number, rest) = text.strip_prefix('<')?.split_once('>')?;
        let plain = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|number| plain && *number < 192)?;
        Some((Some(Priority(number)), rest))
    };
    read().unwrap_or((None, text))
}

/// What follows `<134>1 `; `None` if it is not that after all.
fn read_5424(text: &str) -> Option<Message<'_>> {
    let (time, rest) = text.split_once(' ')?;
    let time = match time {
        "-" => None,
        time => Some(parse_moment(time)?),
    };
    let (host, rest) = rest.split_once(' ')?;
    let (app, rest) = rest.split_once(' ')?;
    let (process_id, rest) = rest.split_once(' ')?;
    let (message_id, rest) = rest.split_once(' ')?;
    let said = |word| Some(word).filter(|word| *word != "-");
    let (structured, rest) = read_structured(rest);
    let content = rest.strip_prefix(' ').unwrap_or(rest);
    let content = content.strip_prefix('\u{feff}').unwrap_or(content);
    Some(Message {
        time,
        host: said(host),
        app: said(app),
        process_id: said(process_id),
        message_id: said(message_id),
        structured,
        content,
        text: content,
        priority: None,
    })
}

/// `[id name="value" …]…` or `-`, and what is behind it. Malformed elements stay in the text.
fn read_structured(text: &str) -> (Vec<Parameter<'_>>, &str) {
    let mut parameters = Vec::new();
    let mut rest = text.strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with(' ')).unwrap_or(text);
    while let Some((found, behind)) = read_element(rest) {
        if parameters.len() + found.len() > MAX_PARAMETERS {
            break;
        }
        parameters.extend(found);
        rest = behind;
    }
    (parameters, rest)
}

fn read_element(text: &str) -> Option<(Vec<Parameter<'_>>, &str)> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find([' ', ']'])?;
    let (element, mut rest) = inner.split_at_checked(end)?;
    if element.is_empty() || element.contains(['=', '"']) {
        return None;
    }
    let mut parameters = Vec::new();
    loop {
        rest = rest.trim_start_matches(' ');
        if let Some(behind) = rest.strip_prefix(']') {
            return Some((parameters, behind));
        }
        if parameters.len() >= MAX_PARAMETERS {
            return None;
        }
        let (name, quoted) = rest.split_once("=\"")?;
        let (value, behind) = super::pairs::unquote(quoted)?;
        parameters.push(Parameter { element, name, value });
        rest = behind;
    }
}

fn read_3164(text: &str, now: FileTime) -> Message<'_> {
    let (time, rest) = read_stamp(text, now);
    // Without a time there is no header, so the first word is no host.
    let (host, content) = if time.is_some() { read_host(rest) } else { (None, rest) };
    let content = content.trim_start_matches([':', ' ']);
    let (app, process_id, text) = read_tag(content);
    Message { time, host, app, process_id, content, text, ..Message::default() }
}

/// `Apr  1 09:30:00`, with a year (`Apr 01 2026 09:30:00`), a fraction or a zone's name, behind the counter and mark of Cisco (`12: *`),
/// or a time of ISO 8601.
fn read_stamp(text: &str, now: FileTime) -> (Option<Moment>, &str) {
    let word = text.split(' ').next().unwrap_or_default();
    if let Some(moment) = parse_moment(word) {
        return (Some(moment), text.get(word.len()..).unwrap_or_default());
    }
    let counted = text.split_once(": ").filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let plain = counted.map_or(text, |(_, rest)| rest).trim_start_matches(['*', '.']);
    match read_bsd_stamp(plain, now) {
        Some((time, rest)) => (Some(Moment { time, is_local: true }), rest),
        None => (None, text),
    }
}

fn read_bsd_stamp(text: &str, now: FileTime) -> Option<(FileTime, &str)> {
    let (month, rest) = text.split_once(' ')?;
    let month = u16::try_from(MONTHS.iter().position(|name| *name == month)? + 1).ok()?;
    let (day, rest) = rest.trim_start_matches(' ').split_once(' ')?;
    let day: u16 = day.parse().ok()?;
    let (word, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    let (year, rest) = match word.parse::<u16>() {
        Ok(year) if word.len() == 4 => (Some(year), behind),
        _ => (None, rest),
    };
    let (clock, rest) = rest.split_at_checked("hh:mm:ss".len())?;
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() == 2);
    let (hour, clock) = clock.split_once(':')?;
    let (minute, second) = clock.split_once(':')?;
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?.min(59));
    let in_year = |year| ClockTime([year, month, 0, day, hour, minute, second, 0]).to_file_time();
    let time = match year {
        Some(year) => in_year(year)?,
        None => {
            let this = now.year();
            let near = [this, this.saturating_add(1), this.saturating_sub(1)].into_iter().filter_map(in_year);
            near.min_by_key(|time| time.0.abs_diff(now.0))?
        }
    };
    // Fractions are not kept: no device that writes them without a year is exact.
    let rest = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    Some((time, skip_zone(rest)))
}

/// Without ` JST:` or `:`; `:` only where the time ends so.
fn skip_zone(text: &str) -> &str {
    let zone = text.strip_prefix(' ').and_then(|rest| rest.split_once(": "));
    match zone {
        Some((name, rest)) if (2..=5).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            rest
        }
        _ => text.strip_prefix(": ").unwrap_or(text),
    }
}

/// The word behind the time, if it is no program and not all there is.
fn read_host(text: &str) -> (Option<&str>, &str) {
    let text = text.trim_start_matches(' ');
    let Some((word, rest)) = text.split_once(' ') else { return (None, text) };
    let is_host = !word.is_empty() && !word.ends_with(':') && !word.contains(['[', '%', '=', '"', '(']);
    if is_host { (Some(word), rest) } else { (None, text) }
}

/// `sshd[123]: `, `sudo: `: program, process, and what is behind them.
fn read_tag(content: &str) -> (Option<&str>, Option<&str>, &str) {
    let none = (None, None, content);
    let end = content.find([':', '[', ' ']).filter(|end| (1..=MAX_TAG).contains(end));
    let Some((app, rest)) = end.and_then(|end| content.split_at_checked(end)) else { return none };
    if app.starts_with('%') || app.contains(['=', '"']) {
        return none;
    }
    if let Some(text) = rest.strip_prefix(':') {
        return (Some(app), None, text.strip_prefix(' ').unwrap_or(text));
    }
    let process = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((process_id, text)) = process.filter(|(id, _)| !id.is_empty() && id.len() <= MAX_TAG) else { return none };
    let Some(text) = text.strip_prefix(':') else { return none };
    (Some(app), Some(process_id), text.strip_prefix(' ').unwrap_or(text))
}
