//! The support date of an operating system, from the text people write for it.

use std::collections::HashMap;
use std::sync::Arc;

use assess::Fact;
use base::{Date, FactValue, SubjectKind};
use evidence::{Deriver, World};
use serde::Deserialize;

/// The facts that name a system, with the facts that hold its version.
const SYSTEMS: [(&str, &str); 2] = [("asset.os", "asset.os_version"), ("asset.firmware", "asset.firmware_version")];

/// Texts → releases, from `packs/intel/os_releases.toml`. The first alias that fits counts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseAliases {
    #[serde(rename = "alias")]
    aliases: Vec<Alias>,
}

/// Why `os_releases.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("os_releases.toml can't be read")]
pub struct ReleaseAliasesError(#[from] toml::de::Error);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Alias {
    product: String,
    pattern: String,
    release: Option<String>,
    #[serde(default)]
    candidates: Vec<String>,
}

impl ReleaseAliases {
    /// # Errors
    /// [`ReleaseAliasesError`] if the text is not as documented.
    pub fn parse(text: &str) -> Result<Self, ReleaseAliasesError> {
        Ok(toml::from_str(text)?)
    }

    /// Identifiers of the releases this text can mean; several if the edition decides and the text does not tell.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<String> {
        let text = assess::wording::fold(text);
        let Some(alias) = self.aliases.iter().find(|alias| fits(&alias.pattern, &text)) else { return Vec::new() };
        let releases = alias.release.iter().chain(&alias.candidates);
        releases.map(|release| format!("{}/{release}", alias.product)).collect()
    }
}

/// Whether `text` fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut last = pattern.split('*').next_back().unwrap_or_default();
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let middle: Vec<&str> = parts.collect();
    for (index, part) in middle.iter().enumerate() {
        if index + 1 == middle.len() {
            last = part;
            break;
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// States until when the maker supports an asset's operating system.
#[derive(Debug)]
pub(crate) struct ReleaseSupport {
    aliases: Arc<ReleaseAliases>,
}

impl ReleaseSupport {
    pub(crate) const fn new(aliases: Arc<ReleaseAliases>) -> Self {
        Self { aliases }
    }

    /// The one day all meanings of the text agree on; if they differ, only a day that lies behind us in every meaning.
    fn day(&self, text: &str, ends: &HashMap<String, Date>, today: Date) -> Option<Date> {
        let releases = self.aliases.find(text);
        let days: Option<Vec<Date>> = releases.iter().map(|release| ends.get(release).copied()).collect();
        let days = days?;
        let (first, last) = (*days.iter().min()?, *days.iter().max()?);
        (first == last || last < today).then_some(last)
    }
}

impl Deriver for ReleaseSupport {
    fn derive(&self, world: &mut World) {
        let mut ends = HashMap::new();
        for (index, known) in world.of_kind(SubjectKind::Product) {
            let Some(fact) = world.find(index, "product.end_of_support").filter(|fact| world.is_fresh(fact)) else {
                continue;
            };
            if let FactValue::Date(day) = &fact.value {
                ends.insert(known.subject.id().to_owned(), *day);
            }
        }
        if ends.is_empty() {
            return;
        }
        let today = world.now().date_jst();
        let mut memo: HashMap<String, Option<Date>> = HashMap::new();
        let assets: Vec<usize> = world.of_kind(SubjectKind::Asset).map(|(index, _)| index).collect();
        for index in assets {
            // A device's firmware is an operating system too; where both are known, the one that ends first counts.
            let mut first: Option<(Date, Fact)> = None;
            for (name_key, version_key) in SYSTEMS {
                let Some(system) = world.find(index, name_key).cloned() else { continue };
                let text = format!("{} {}", system.value, world.find_text(index, version_key).unwrap_or_default());
                let day = *memo.entry(text).or_insert_with_key(|text| self.day(text.trim(), &ends, today));
                if let Some(day) = day.filter(|day| first.as_ref().is_none_or(|(first, _)| day < first)) {
                    first = Some((day, system));
                }
            }
            if let Some((day, system)) = first {
                world.conclude(index, "asset.os_end_of_support", FactValue::Date(day), system.grade, &system);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(fits("windows 10*22h2*", "windows 10 pro 22h2"));
        assert!(fits("windows 7*", "windows 7"));
        assert!(fits("*server 2019", "microsoft windows server 2019"));
        assert!(fits("abc", "abc"));
        assert!(!fits("abc", "abcd"));
        assert!(!fits("a*b*c", "acb"));
        assert!(!fits("windows 1*0", "windows 11"));
    }

    #[test]
    fn the_aliases_of_the_pack_are_read() {
        let aliases = ReleaseAliases::parse(include_str!("../../../packs/intel/os_releases.toml")).unwrap();
        assert!(!aliases.find("Windows 10 Pro 22H2").is_empty());
        assert!(aliases.find("独自OS 1.0").is_empty());
    }
}
