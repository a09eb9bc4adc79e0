//! How much of what was found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base::Lang;
use detect::rule::Level;
use serde_json::{Value, json};

use super::Row;
use super::wording::{level_mark, level_word, moment_jst, shown};

/// Lines of each list in words; the JSON has all.
const MAX_LINES: usize = 30;
/// Different computers, days, and kinds of events that are counted; what comes later is counted together.
const MAX_DIFFERENT: usize = 10_000;

/// Counts of rows.
#[derive(Debug, Default)]
pub struct Statistics {
    levels: BTreeMap<Level, u64>,
    rules: BTreeMap<String, (Level, String, u64)>,
    computers: BTreeMap<String, u64>,
    kinds: BTreeMap<String, u64>,
    days: BTreeMap<String, u64>,
}

impl Statistics {
    /// Counts one row.
    pub fn add(&mut self, row: &Row<'_>) {
        *self.levels.entry(row.level).or_default() += 1;
        let id = row.about.id.clone().unwrap_or_else(|| row.about.title.clone());
        self.rules.entry(id).or_insert_with(|| (row.level, row.about.title.clone(), 0)).2 += 1;
        count(&mut self.days, moment_jst(row.at).get(..10).unwrap_or_default().to_owned());
        if let Some(event) = row.event() {
            count(&mut self.computers, event.computer.clone());
            let id = event.event_id.map(|id| id.to_string()).unwrap_or_default();
            count(&mut self.kinds, format!("{} {id}", event.channel));
        }
    }

    /// In words, one list after the other, the most frequent first and days in their order.
    #[must_use]
    pub fn to_text(&self, lang: Lang) -> String {
        let mut text = String::new();
        let head = |text: &mut String, id: &str| {
            let _ = writeln!(text, "{}", i18n::message(lang, id, &[]));
        };
        head(&mut text, "eventlog-by-level");
        for (level, count) in self.levels.iter().rev() {
            let _ = writeln!(text, "{count:>9}  {}{}", level_mark(*level), level_word(*level, lang));
        }
        head(&mut text, "eventlog-by-rule");
        let mut rules: Vec<_> = self.rules.iter().collect();
        rules.sort_by_key(|(id, (level, _, count))| (std::cmp::Reverse((*count, *level)), *id));
        for (id, (level, title, count)) in rules.iter().take(MAX_LINES) {
            let level = format!("{}{}", level_mark(*level), level_word(*level, lang));
            let _ = writeln!(text, "{count:>9}  {level}  {}  {}", shown(title), shown(id));
        }
        more(&mut text, rules.len(), lang);
        for (id, counts) in [("eventlog-by-computer", &self.computers), ("eventlog-by-kind", &self.kinds)] {
            head(&mut text, id);
            let mut sorted: Vec<_> = counts.iter().collect();
            sorted.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
            for (name, count) in sorted.iter().take(MAX_LINES) {
                let _ = writeln!(text, "{count:>9}  {}", shown(name));
            }
            more(&mut text, sorted.len(), lang);
        }
        head(&mut text, "eventlog-by-day");
        for (day, count) in self.days.iter().rev().take(MAX_LINES).rev() {
            let _ = writeln!(text, "{count:>9}  {day}");
        }
        more(&mut text, self.days.len(), lang);
        text
    }

    /// All of it for other programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let rules = self.rules.iter().map(
            |(id, (level, title, count))| json!({ "rule": id, "title": title, "level": level.word(), "count": count }),
        );
        json!({
            "levels": self.levels.iter().map(|(level, count)| (level.word().to_owned(), json!(count))).collect::<serde_json::Map<_, _>>(),
            "rules": rules.collect::<Vec<_>>(),
            "computers": self.computers,
            "kinds": self.kinds,
            "days": self.days,
        })
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: String) {
    let name = if counts.len() < MAX_DIFFERENT || counts.contains_key(&name) { name } else { "…".to_owned() };
    *counts.entry(name).or_default() += 1;
}

fn more(text: &mut String, all: usize, lang: Lang) {
    if MAX_LINES < all {
        let message = i18n::message(lang, "eventlog-more", &[("count", (all - MAX_LINES).into())]);
        let _ = writeln!(text, "           {message}");
    }
}
