//! Versions known to be exploited, against the versions the hospital runs.

use std::sync::Arc;

use assess::version;
use base::{FactValue, SubjectKind};
use evidence::{Deriver, World};
use serde::Deserialize;

/// The holes of `packs/intel/known_doors.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doors {
    #[serde(rename = "door")]
    doors: Vec<Door>,
}

/// Why `known_doors.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("known_doors.toml can't be read")]
pub struct DoorsError(#[from] toml::de::Error);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the texts are read by the screens; the loader holds the shape of the file")]
struct Door {
    cve: String,
    product: String,
    names: Vec<String>,
    #[serde(default)]
    ranges: Vec<Range>,
    #[serde(default)]
    exact: Vec<String>,
    exploited_since: Option<String>,
    ransomware: bool,
    credentials_leak: bool,
    ja: String,
    en: String,
    source: String,
    edition: String,
    mark: base::Mark,
    #[serde(default)]
    rows: Vec<String>,
}

/// `from <= version < before`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    from: String,
    before: String,
}

impl Doors {
    /// # Errors
    /// [`DoorsError`] if the text is not as documented.
    pub fn parse(text: &str) -> Result<Self, DoorsError> {
        Ok(toml::from_str(text)?)
    }

    /// The exploited holes of this version. Empty says nothing: the list is short, and a hole it does not know may be open.
    #[must_use]
    pub fn find(&self, product: &str, version: &str) -> Vec<&str> {
        let product = assess::wording::fold(product);
        // `Ver.6.0.4`, `FortiOS v6.0.4`: the number counts, not the words before it.
        let version = version.trim_start_matches(|c: char| !c.is_ascii_digit());
        if version.is_empty() {
            return Vec::new();
        }
        let exploited = self.doors.iter().filter(|door| door.exploited_since.is_some());
        let named = exploited.filter(|door| door.names.iter().any(|name| product.contains(name.as_str())));
        named.filter(|door| door.is_open(version)).map(|door| door.cve.as_str()).collect()
    }
}

impl Door {
    fn is_open(&self, version: &str) -> bool {
        let inside = |range: &Range| {
            version::compare(&range.from, version).is_le() && version::compare(version, &range.before).is_lt()
        };
        self.ranges.iter().any(inside) || self.exact.iter().any(|exact| version::compare(exact, version).is_eq())
    }
}

/// States which exploited holes a device has, where product and version are known.
#[derive(Debug)]
pub(crate) struct KnownExploited {
    doors: Arc<Doors>,
}

impl KnownExploited {
    pub(crate) const fn new(doors: Arc<Doors>) -> Self {
        Self { doors }
    }
}

impl Deriver for KnownExploited {
    fn derive(&self, world: &mut World) {
        let assets: Vec<usize> = world.of_kind(SubjectKind::Asset).map(|(index, _)| index).collect();
        for index in assets {
            for (product_key, version_key) in
                [("asset.firmware", "asset.firmware_version"), ("asset.os", "asset.os_version")]
            {
                let (Some(product), Some(version)) =
                    (world.find_text(index, product_key), world.find_text(index, version_key))
                else {
                    continue;
                };
                let found = self.doors.find(product, version);
                if found.is_empty() {
                    continue;
                }
                let found = FactValue::list(found);
                let Some(premise) = world.find(index, version_key).cloned() else { continue };
                world.conclude(index, "asset.known_exploited", found, premise.grade, &premise);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors() -> Doors {
        Doors::parse(include_str!("../../../packs/intel/known_doors.toml")).unwrap()
    }

    #[test]
    fn the_firmware_of_handa_is_exploited_and_the_next_one_is_not() {
        let doors = doors();
        for version in ["6.0.4", "v6.0.4", "Ver.6.0.4", "FortiOS 6.0.4"] {
            assert_eq!(doors.find("FortiGate 60E FortiOS", version), ["CVE-2018-13379"], "{version}");
        }
        assert!(doors.find("FortiOS", "6.0.5").is_empty());
        assert!(doors.find("FortiOS", "5.4.5").is_empty());
    }

    #[test]
    fn a_version_nobody_can_read_says_nothing() {
        assert!(doors().find("FortiOS", "最新").is_empty());
        assert!(doors().find("Yamaha RTX830", "15.02.29").is_empty());
    }
}
