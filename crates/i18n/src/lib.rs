//! The message catalogue: every sentence a user reads, in Japanese first and English second.
//!
//! Texts live in `ja/` and `en/` (Fluent), one file per room of the program. A message says what happened and, after it, what to do next. A test holds
//! both files to the same messages with the same variables, and every message named in the code to exist.
//! Start with [`message`].

use std::sync::OnceLock;

use base::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The texts of one language, part by part: a part belongs to one room of the program.
macro_rules! parts {
    ($lang:literal: $($part:literal),+ $(,)?) => {
        &[$(include_str!(concat!($lang, "/", $part, ".ftl"))),+]
    };
}

const JA: &[&str] = parts!["ja": "core", "web", "sign_in", "home", "executive", "desk", "import", "alerts", "assets", "checklist", "evidence", "people", "staff", "api", "serve", "eventlog"];
const EN: &[&str] = parts!["en": "core", "web", "sign_in", "home", "executive", "desk", "import", "alerts", "assets", "checklist", "evidence", "people", "staff", "api", "serve", "eventlog"];

/// A value put into a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// Text, shown as it is.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Argument {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

/// The message `id` in `lang` with its variables filled in.
///
/// A message that does not exist is shown as `⟦id⟧`: visible, but no reason to stop a hospital's work.
#[must_use]
pub fn message(lang: Lang, id: &str, arguments: &[(&str, Argument)]) -> String {
    let bundle = bundle(lang);
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        return format!("⟦{id}⟧");
    };
    let mut values = FluentArgs::new();
    for (name, value) in arguments {
        let value = match value {
            Argument::Text(text) => FluentValue::from(text.clone()),
            Argument::Number(number) => FluentValue::from(*number),
        };
        values.set((*name).to_owned(), value);
    }
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned()
}

fn bundle(lang: Lang) -> &'static FluentBundle<FluentResource> {
    static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; 2] = [OnceLock::new(), OnceLock::new()];
    let [ja, en] = &BUNDLES;
    match lang {
        Lang::Ja => ja.get_or_init(|| load("ja", JA)),
        Lang::En => en.get_or_init(|| load("en", EN)),
    }
}

fn load(tag: &str, parts: &[&str]) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks are for mixed right-to-left text; in a terminal they are noise.
    bundle.set_use_isolating(false);
    for part in parts {
        let resource = FluentResource::try_new((*part).to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::*;

    /// Message ids with the variables they use.
    fn messages(parts: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in parts.iter().flat_map(|part| part.lines()) {
            if let Some((id, _)) = line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                assert!(found.insert(id.to_owned(), BTreeSet::new()).is_none(), "{id} stands twice");
                current = id.to_owned();
            }
            for rest in line.split("{ $").skip(1) {
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.get_mut(&current).unwrap().insert(name);
            }
        }
        found
    }

    #[test]
    fn both_languages_have_the_same_messages_with_the_same_variables() {
        assert_eq!(messages(JA), messages(EN));
    }

    #[test]
    fn both_catalogues_are_well_formed() {
        for source in [JA, EN].into_iter().flatten() {
            assert!(FluentResource::try_new((*source).to_owned()).is_ok(), "{source}");
        }
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "html") {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_message_is_used_and_every_used_message_exists() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = Vec::new();
        sources(crates, &mut files);
        let is_tests = |path: &Path| path.components().any(|part| part.as_os_str() == "tests");
        files.retain(|path| !path.starts_with(Path::new(env!("CARGO_MANIFEST_DIR"))) && !is_tests(path));
        let code: String = files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let known = messages(JA);
        let unused: Vec<&String> = known.keys().filter(|id| !code.contains(&format!("\"{id}\""))).collect();
        assert!(unused.is_empty(), "unused: {unused:?}");
        for call in [
            "message(lang, \"",
            ".lang, \"",
            "\"refused-",
            "\"unreadable-",
            "visit.text(\"",
            "visit.say(\"",
            "{{ text(\"",
        ] {
            let id_before = call.rsplit('"').next().unwrap();
            for rest in code.split(call).skip(1) {
                let id = format!("{id_before}{}", rest.split('"').next().unwrap());
                assert!(known.contains_key(&id), "{id} is used but not in the catalogue");
            }
        }
    }

    #[test]
    fn a_missing_message_is_visible() {
        assert_eq!(message(Lang::Ja, "no-such-message", &[]), "⟦no-such-message⟧");
    }
}
