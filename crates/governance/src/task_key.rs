//! What a task is about.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// What a task is about. Written and stored as `fix:CHECK`, `ask:CHECK`, `keep:ITEM` or `show:ITEM`; ordered as those texts are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskKey {
    /// Get the evidence this check lacks.
    Ask(String),
    /// Mend what this check contradicts.
    Fix(String),
    /// Keep the word given for this item: it was to be done by a day that is over.
    Keep(String),
    /// Hand in a document for this item of a checklist.
    Show(String),
}

impl TaskKey {
    /// Its place among tasks of equal weight: mending before keeping one's word before asking before papers.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Fix(_) => 0,
            Self::Keep(_) => 1,
            Self::Ask(_) => 2,
            Self::Show(_) => 3,
        }
    }
}

/// A text is no key of a task.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is none of fix:CHECK, ask:CHECK, keep:ITEM, show:ITEM")]
pub struct TaskKeyError {
    /// The text.
    found: String,
}

impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ask(check) => write!(f, "ask:{check}"),
            Self::Fix(check) => write!(f, "fix:{check}"),
            Self::Keep(item) => write!(f, "keep:{item}"),
            Self::Show(item) => write!(f, "show:{item}"),
        }
    }
}

impl FromStr for TaskKey {
    type Err = TaskKeyError;

    fn from_str(text: &str) -> Result<Self, TaskKeyError> {
        match text.split_once(':') {
            Some((_, "")) | None => Err(TaskKeyError { found: text.to_owned() }),
            Some(("ask", check)) => Ok(Self::Ask(check.to_owned())),
            Some(("fix", check)) => Ok(Self::Fix(check.to_owned())),
            Some(("keep", item)) => Ok(Self::Keep(item.to_owned())),
            Some(("show", item)) => Ok(Self::Show(item.to_owned())),
            Some(_) => Err(TaskKeyError { found: text.to_owned() }),
        }
    }
}

impl Serialize for TaskKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written_and_nothing_else_is_one() {
        for text in ["ask:AV-01", "fix:ACC-01", "keep:R7-2-5", "show:R7-2-5"] {
            assert_eq!(text.parse::<TaskKey>().unwrap().to_string(), text);
        }
        for text in ["", "fix", "fix:", "mend:ACC-01", "ACC-01"] {
            assert!(text.parse::<TaskKey>().is_err(), "{text}");
        }
    }
}
