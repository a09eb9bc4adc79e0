//! Events as lines, to compare.

use std::fmt::Write as _;

use formats::event::Recorded;

/// `channel provider id (qualifiers) computer time record`, then one line for each field; `-` is what it does not say.
pub(crate) fn show(event: &dyn Recorded) -> String {
    let head = event.head();
    let or = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let id = or(head.event_id.map(|id| id.to_string()));
    let qualifiers = head.qualifiers.map(|qualifiers| format!(" ({qualifiers})")).unwrap_or_default();
    let local = if head.is_local_time { " local" } else { "" };
    let mut text = format!(
        "{} {} {id}{qualifiers} {} {}{local} record {}\n",
        or(head.channel.map(Into::into)),
        or(head.provider.map(Into::into)),
        or(head.computer.map(Into::into)),
        or(head.time.map(|time| time.to_string())),
        or(head.record_id.map(|id| id.to_string())),
    );
    event.each_text(&mut |section, name, value| {
        let _ = writeln!(text, "  {section:?} {name} = {value}");
    });
    text
}
