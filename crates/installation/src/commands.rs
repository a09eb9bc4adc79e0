//! The commands whose results the program reads, from `packs/commands/commands.toml`: the one place where they are written down.
//!
//! A command that may harm something carries a warning, and whoever quotes it quotes the warning with it.

use base::{Lang, Text};
use serde::Deserialize;

/// Every command, in the order in which pages list them.
#[derive(Debug, Clone)]
pub struct Commands(Vec<Command>);

/// One command.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Name in `{run:id}` and in code: `scan_ports`.
    pub id: String,
    /// What is typed.
    pub line: String,
    /// What its result is, and where it is run.
    pub label: Text,
    /// What to make sure of before it is run, without a full stop; `None`: it only reads the machine on which it is run.
    pub warning: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandsFile {
    command: Vec<Command>,
}

/// Why commands can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CommandsError {
    /// The file is not as documented.
    #[error("commands.toml can't be read")]
    File(#[from] toml::de::Error),
    /// A text names a command that is not in the file.
    #[error("{place} names the command {id:?}, which is not in commands.toml")]
    Unknown {
        /// Which text.
        place: String,
        /// The name in it.
        id: String,
    },
}

impl Commands {
    /// # Errors
    /// [`CommandsError::File`] if the text is not as documented.
    pub fn parse(text: &str) -> Result<Self, CommandsError> {
        let file: CommandsFile = toml::from_str(text)?;
        Ok(Self(file.command))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Command> {
        self.0.iter()
    }

    /// The command `id` as an instruction quotes it: the line between backticks, and its warning. Empty if there is none of that name.
    #[must_use]
    pub fn quote(&self, id: &str, lang: Lang) -> String {
        self.0.iter().find(|command| command.id == id).map_or_else(String::new, |command| command.quote(lang))
    }

    /// A text with every `{run:id}` in it quoted; `place` says which text it is.
    ///
    /// # Errors
    /// [`CommandsError::Unknown`] if a name is not known.
    pub(crate) fn fill(&self, place: &str, text: &Text) -> Result<Text, CommandsError> {
        let one = |text: &str, lang| self.fill_one(text, lang);
        let unknown = |id: String| CommandsError::Unknown { place: place.to_owned(), id };
        Ok(Text { ja: one(&text.ja, Lang::Ja).map_err(unknown)?, en: one(&text.en, Lang::En).map_err(unknown)? })
    }

    fn fill_one(&self, text: &str, lang: Lang) -> Result<String, String> {
        let mut parts = text.split("{run:");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (id, rest) = part.split_once('}').unwrap_or((part, ""));
            let command = self.0.iter().find(|command| command.id == id).ok_or_else(|| id.to_owned())?;
            filled.push_str(&command.quote(lang));
            filled.push_str(rest);
        }
        Ok(filled)
    }
}

impl Command {
    fn quote(&self, lang: Lang) -> String {
        match (&self.warning, lang) {
            (None, _) => format!("`{}`", self.line),
            (Some(warning), Lang::Ja) => format!("`{}`（{}）", self.line, warning.ja),
            (Some(warning), Lang::En) => format!("`{}` ({})", self.line, warning.en),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Packs;

    #[test]
    fn a_command_that_may_harm_is_never_quoted_without_its_warning() {
        let packs = Packs::load(None).unwrap();
        for command in packs.commands.iter().filter(|command| command.line.starts_with("nmap")) {
            let warning = command.warning.as_ref().expect(&command.id);
            assert!(packs.commands.quote(&command.id, Lang::Ja).contains(&warning.ja));
            assert!(warning.ja.contains("承認") && warning.ja.contains("医療機器"), "{}", command.id);
            assert!(warning.en.contains("approval") && warning.en.contains("medical devices"), "{}", command.id);
            for check in packs.checks.iter().filter(|check| check.ask.ja.contains(&command.line)) {
                assert!(check.ask.ja.contains(&warning.ja) && check.ask.en.contains(&warning.en), "{}", check.id);
            }
        }
    }

    #[test]
    fn every_scan_that_is_told_of_is_a_command_of_the_pack() {
        let packs = Packs::load(None).unwrap();
        for check in &packs.checks {
            for text in [&check.ask, &check.fix, &check.why] {
                for part in [&text.ja, &text.en].into_iter().flat_map(|text| text.split('`').skip(1).step_by(2)) {
                    let known = packs.commands.iter().any(|command| command.line == part);
                    assert!(known || !part.starts_with("nmap"), "{}: {part}", check.id);
                }
            }
            assert!(!check.ask.ja.contains("{run:") && !check.ask.en.contains("{run:"), "{}", check.id);
        }
    }

    #[test]
    fn the_guide_of_the_repository_quotes_the_same_scans() {
        let packs = Packs::load(None).unwrap();
        for (guide, warned) in [("README.md", "medical devices"), ("README.ja.md", "医療機器")] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(guide);
            let text = std::fs::read_to_string(path).unwrap();
            let scans = text.split('`').skip(1).step_by(2).filter(|part| part.starts_with("nmap"));
            for scan in scans {
                assert!(packs.commands.iter().any(|command| command.line == scan), "{guide}: {scan}");
            }
            assert!(text.contains(warned), "{guide}");
        }
    }

    #[test]
    fn an_instruction_with_an_unknown_command_is_named() {
        let commands = Commands::parse("command = []").unwrap();
        let text = Text { ja: "{run:nothing}".to_owned(), en: String::new() };
        let refused = commands.fill("X-01", &text).unwrap_err().to_string();
        assert_eq!(refused, "X-01 names the command \"nothing\", which is not in commands.toml");
    }
}
