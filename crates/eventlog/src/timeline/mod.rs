//! What was found, as rows in the order of time, and the forms they are written in.
//!
//! Rows are made one at a time from records that are read again, so a long timeline needs no more memory than a short one.

mod csv;
mod html;
mod json;
mod statistics;
mod text;
mod wording;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base::Lang;
use detect::correlate::Match;
use detect::rule::{About, Level};
use detect::{FieldId, RuleIndex};
use formats::evtx::FileTime;
use rustc_hash::FxHashMap;

pub use csv::CsvWriter;
pub use html::{HtmlWriter, Summary};
pub use json::{JsonWriter, to_json};
pub use statistics::Statistics;
pub use text::TextWriter;
use wording::level_mark;
pub use wording::{level_word, moment_jst, shown};

use crate::correlated::{Correlated, from_unix_micros};
use crate::event::{Event, Events, Field};
use crate::rules::Ruleset;
use crate::scan::{Hit, Scan};

/// Fields shown of an event that has none of those a rule looks at.
const MAX_OTHER_FIELDS: usize = 20;

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    /// When it happened.
    pub at: FileTime,
    /// How bad it is.
    pub level: Level,
    /// The rule: title, author, id …
    pub about: &'a About,
    /// Licence of the rule, where known.
    pub licence: Option<&'a str>,
    /// What fired it.
    pub cause: Cause<'a>,
}

/// What made a rule fire.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause<'a> {
    /// One event.
    Event {
        /// Where it lies.
        place: Place<'a>,
        /// The event.
        event: Event,
        /// Those of its fields that the rule looks at; if it has none of them, some of its own.
        fields: Vec<Field>,
    },
    /// One event that could not be read a second time.
    Unread {
        /// Where it lies.
        place: Place<'a>,
        /// Why.
        reason: String,
    },
    /// Several events.
    Several {
        /// Names and values that they have in common.
        group: Vec<(String, String)>,
        /// The number that was compared.
        number: f64,
        /// Where they lie, oldest first; of many the newest.
        places: Vec<Place<'a>>,
    },
}

/// Where an event lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The log.
    pub log: &'a Path,
    /// Byte offset of its record.
    pub offset: u64,
}

/// A way to write rows.
pub trait RowWriter {
    /// Writes one row.
    ///
    /// # Errors
    /// The system's.
    fn write(&mut self, row: &Row<'_>) -> std::io::Result<()>;

    /// Writes what follows the last row.
    ///
    /// # Errors
    /// The system's.
    fn finish(&mut self) -> std::io::Result<()>;
}

/// Every hit and every match of a scan, in the order of time.
#[derive(Debug)]
pub struct Timeline<'a> {
    rules: &'a Ruleset,
    scan: &'a Scan,
    entries: Vec<Entry<'a>>,
    looked_at: FxHashMap<RuleIndex, Vec<FieldId>>,
    events: Events<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Entry<'a> {
    Hit(&'a Hit),
    Match(&'a Match),
}

impl<'a> Timeline<'a> {
    /// Puts hits and matches of at least a level in order. Hits that only correlations are to speak of are left out.
    #[must_use]
    pub fn new(rules: &'a Ruleset, scan: &'a Scan, correlated: &'a Correlated, level: Level) -> Self {
        let is_shown = |hit: &&Hit| level <= rules.level_of(hit.rule) && rules.correlations.speaks_alone(hit.rule);
        let hits = scan.hits.iter().filter(is_shown).map(Entry::Hit);
        let is_bad = |found: &&Match| about_of(rules, found).is_some_and(|about| level <= level_of(about));
        let matches = correlated.matches.iter().filter(is_bad).map(Entry::Match);
        let mut entries: Vec<Entry<'a>> = hits.chain(matches).collect();
        // Stable: of one moment, hits come first.
        entries.sort_by_key(Entry::at);
        Self { rules, scan, entries, looked_at: FxHashMap::default(), events: Events::new(&scan.logs) }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Rows of each level, falling, in words such as `▲高 546`; levels without rows are left out.
    #[must_use]
    pub fn levels_in_words(&self, lang: Lang) -> String {
        let mut counts: BTreeMap<Level, usize> = BTreeMap::new();
        for entry in &self.entries {
            let level = match entry {
                Entry::Hit(hit) => Some(self.rules.level_of(hit.rule)),
                Entry::Match(found) => about_of(self.rules, found).map(level_of),
            };
            *counts.entry(level.unwrap_or(Level::Medium)).or_default() += 1;
        }
        let words =
            |(level, count): (&Level, &usize)| format!("{}{} {count}", level_mark(*level), level_word(*level, lang));
        counts.iter().rev().map(words).collect::<Vec<_>>().join("  ")
    }

    /// The row with this number; `None` behind the last.
    pub fn row(&mut self, number: usize) -> Option<Row<'a>> {
        match *self.entries.get(number)? {
            Entry::Hit(hit) => self.row_of_hit(hit),
            Entry::Match(found) => self.row_of_match(found),
        }
    }

    fn row_of_hit(&mut self, hit: &'a Hit) -> Option<Row<'a>> {
        let about = self.rules.plan.rule(hit.rule)?;
        let place = self.place_of(hit)?;
        let cause = match self.events.read(hit.log, hit.offset) {
            Ok(event) => Cause::Event { place, fields: self.fields_of(hit.rule, &event), event },
            Err(err) => Cause::Unread { place, reason: err.to_string() },
        };
        Some(Row { at: hit.at, level: level_of(about), about, licence: self.licence_of(about), cause })
    }

    fn row_of_match(&self, found: &'a Match) -> Option<Row<'a>> {
        let about = about_of(self.rules, found)?;
        let hits = found.events.iter().filter_map(|event| self.scan.hits.get(usize::try_from(*event).ok()?));
        let places = hits.filter_map(|hit| self.place_of(hit)).collect();
        let cause = Cause::Several { group: found.group.clone(), number: found.number, places };
        let at = from_unix_micros(found.at);
        Some(Row { at, level: level_of(about), about, licence: self.licence_of(about), cause })
    }

    fn place_of(&self, hit: &Hit) -> Option<Place<'a>> {
        let log = self.scan.logs.get(hit.log as usize)?;
        Some(Place { log: &log.path, offset: hit.offset })
    }

    fn licence_of(&self, about: &'a About) -> Option<&'a str> {
        about.license.as_deref().or(self.rules.licence.as_deref())
    }

    /// The fields of an event that a rule looks at; if it has none of them, as with a rule on event ids alone, its own.
    fn fields_of(&mut self, rule: RuleIndex, event: &Event) -> Vec<Field> {
        let plan = &self.rules.plan;
        let looked_at = self.looked_at.entry(rule).or_insert_with(|| plan.fields_of(rule));
        let is_looked_at = |field: &&Field| plan.field(&field.name).is_some_and(|field| looked_at.contains(&field));
        let fields: Vec<Field> = event.fields.iter().filter(is_looked_at).cloned().collect();
        if fields.is_empty() {
            return event.fields.iter().filter(|field| field.is_own).take(MAX_OTHER_FIELDS).cloned().collect();
        }
        fields
    }
}

impl Entry<'_> {
    fn at(&self) -> FileTime {
        match self {
            Self::Hit(hit) => hit.at,
            Self::Match(found) => from_unix_micros(found.at),
        }
    }
}

fn about_of<'a>(rules: &'a Ruleset, found: &Match) -> Option<&'a About> {
    rules.correlations.correlations().get(found.correlation).map(|rule| &rule.about)
}

fn level_of(about: &About) -> Level {
    about.level.unwrap_or(Level::Medium)
}

impl Row<'_> {
    /// Where its events lie.
    fn places(&self) -> &[Place<'_>] {
        match &self.cause {
            Cause::Event { place, .. } | Cause::Unread { place, .. } => std::slice::from_ref(place),
            Cause::Several { places, .. } => places,
        }
    }

    fn event(&self) -> Option<&Event> {
        match &self.cause {
            Cause::Event { event, .. } => Some(event),
            Cause::Unread { .. } | Cause::Several { .. } => None,
        }
    }

    /// Names and values worth showing.
    fn details(&self) -> Vec<(&str, &str)> {
        match &self.cause {
            Cause::Event { fields, .. } => {
                fields.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect()
            }
            Cause::Unread { .. } => Vec::new(),
            Cause::Several { group, .. } => group.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        }
    }

    /// The different logs its events lie in.
    fn logs(&self) -> Vec<PathBuf> {
        let mut logs: Vec<PathBuf> = self.places().iter().map(|place| place.log.to_path_buf()).collect();
        logs.dedup();
        logs
    }
}
