//! Events as lines of JSON: what `evtx_dump`, Winlogbeat and `NXLog` write, and flat objects.
//!
//! No tree is built: an object becomes a flat list of its values with their places, and a table for each shape says which
//! field that is. Nested objects and lists are fine; a field with a list comes once for each of its values.

mod leaves;
mod shape;

use super::{BadEvent, Event, MAX_BYTES, Reason};
use leaves::Leaves;

/// Every event of a text, one in each line, and the number of the line from 1. Empty lines are not looked at.
pub fn events(text: &str) -> impl Iterator<Item = (usize, Result<Event<'_>, BadEvent>)> {
    let mut offset = 0;
    let lines = (1..).zip(text.split_inclusive('\n')).map(move |(number, line)| {
        let begin = offset;
        offset += line.len();
        (number, begin, line.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']))
    });
    lines
        .filter(|(_, _, line)| !line.is_empty())
        .map(|(number, offset, line)| (number, read(line).map_err(|reason| BadEvent { offset, reason })))
}

/// Reads one object.
///
/// # Errors
/// [`Reason`] says why it is no event.
pub fn read(line: &str) -> Result<Event<'_>, Reason> {
    if MAX_BYTES < line.len() {
        return Err(Reason::TooLong);
    }
    let leaves = Leaves::read(line)?;
    let event = shape::interpret(leaves)?;
    if event.head.event_id.is_none() {
        return Err(Reason::NoEvent);
    }
    Ok(event)
}
