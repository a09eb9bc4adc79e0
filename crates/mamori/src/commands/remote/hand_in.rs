//! Handing in files over the network.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::answer::{list, number, text};
use super::{Answer, Remote};
use crate::output::{self, Outcome};

/// Deepest folder.
const MAX_DEPTH: usize = 32;
/// Refusals and differences printed one by one.
const MAX_SHOWN: usize = 20;

/// A file under the name it is sent with.
type File = (String, PathBuf);

/// Of what the changes are only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    Ledgers,
    Everything,
}

impl Shown {
    /// How the API calls it.
    const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "false",
            Self::Ledgers => "ledgers",
            Self::Everything => "true",
        }
    }
}

impl Remote<'_> {
    /// Hands in files and folders. Ledgers kept by hand wait until their differences were seen, as they do with the local command.
    pub(super) fn import(&self, paths: &[PathBuf], shown: Shown) -> Result<Outcome> {
        let mut files = Vec::new();
        for path in paths {
            list_files(path, &name_of(path), 0, &mut files)?;
        }
        let (mut outcome, waiting) = self.send(&files, shown)?;
        if waiting.is_empty() {
            return Ok(outcome);
        }
        let count = || [("count", waiting.len().into())];
        if shown == Shown::Ledgers && output::confirm(&self.say("import-apply-question", &count())) {
            let (applied, _) = self.send(&waiting, Shown::Nothing)?;
            return Ok(if outcome == Outcome::Done { applied } else { outcome });
        }
        output::note(&self.say("import-not-applied", &count()));
        if shown == Shown::Ledgers {
            outcome = Outcome::Refused;
        }
        Ok(outcome)
    }

    /// Sends files one by one; returns those of which something waits.
    fn send(&self, files: &[File], shown: Shown) -> Result<(Outcome, Vec<File>)> {
        let bar = output::progress(files.len(), &self.say("progress-import", &[]));
        let (mut outcome, mut waiting) = (Outcome::Done, Vec::new());
        for file in files {
            let (name, path) = file;
            bar.inc(1);
            let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
            let (status, answer) = self.hand_in(name, &bytes, shown)?;
            let became = bar.suspend(|| self.show_receipts(name, &answer));
            if !matches!(status, 200 | 201) || became == Outcome::Refused {
                outcome = Outcome::Refused;
            }
            if list(&answer, "/receipts").iter().any(|receipt| text(receipt, "/state") == "previewed") {
                waiting.push(file.clone());
            }
        }
        bar.finish_and_clear();
        Ok((outcome, waiting))
    }

    fn hand_in(&self, name: &str, bytes: &[u8], shown: Shown) -> Result<Answer> {
        let encode = web::visit::encode_segment;
        let path = format!("{}/api/v1/sites/{}/evidence", self.server, encode(&self.site));
        let request = self.agent.post(format!("{path}?name={}&preview={}", encode(name), shown.word()));
        let request = request.header("authorization", &self.bearer).header("content-type", "application/octet-stream");
        self.read(request.send(bytes))
    }

    /// Shows what became of what was sent, after the server said that it is on its disk.
    fn show_receipts(&self, name: &str, answer: &Value) -> Outcome {
        let Some(receipts) = answer.pointer("/receipts").and_then(Value::as_array) else {
            let arguments = [("name", name.into()), ("reason", text(answer, "/message").into())];
            output::line(&self.say("import-refused-file", &arguments));
            return Outcome::Refused;
        };
        let mut outcome = Outcome::Done;
        for receipt in receipts {
            if self.context.global.json {
                output::json(receipt);
            } else {
                self.show_receipt(receipt);
            }
            let unread =
                matches!(text(receipt, "/state").as_str(), "unrecognised" | "unreadable" | "withheld" | "refused");
            if unread || !list(receipt, "/refused").is_empty() {
                outcome = Outcome::Refused;
            }
        }
        outcome
    }

    fn show_receipt(&self, receipt: &Value) {
        let refused = list(receipt, "/refused");
        let state = text(receipt, "/state");
        let is_kept = receipt.pointer("/evidence").is_some_and(|evidence| !evidence.is_null());
        let id = match state.as_str() {
            "unrecognised" | "unreadable" if !is_kept => "remote-unread-preview",
            "applied" => "import-applied",
            "known" => "import-known",
            "unrecognised" => "import-unrecognised",
            "unreadable" => "import-unreadable",
            "withheld" => "import-withheld",
            "previewed" => "import-previewed",
            _ => "import-refused-file",
        };
        let reason = refused.first().map(|first| text(first, "/reason")).unwrap_or_default();
        let arguments = [
            ("name", text(receipt, "/name").into()),
            ("accepted", number(receipt, "/accepted").into()),
            ("facts", number(receipt, "/facts").into()),
            ("refused", refused.len().into()),
            ("number", number(receipt, "/evidence").into()),
            ("reason", reason.into()),
        ];
        output::line(&self.say(id, &arguments));
        if state == "previewed" {
            let size = |path| list(receipt, path).len().into();
            let counts = [
                ("added", size("/preview/added")),
                ("changed", size("/preview/changed")),
                ("missing", size("/preview/missing")),
                ("same", number(receipt, "/preview/same").into()),
            ];
            output::line(&self.say("preview-counts", &counts));
            show_differences(receipt);
        }
        for refusal in refused.iter().take(MAX_SHOWN) {
            output::line(&format!("    {}  {}", text(refusal, "/place"), text(refusal, "/reason")));
        }
        if refused.len() > MAX_SHOWN {
            output::line(&self.say("import-more-refused", &[("count", (refused.len() - MAX_SHOWN).into())]));
        }
        for struck in list(receipt, "/struck") {
            let arguments = [("what", text(struck, "/what").into()), ("place", text(struck, "/place").into())];
            output::line(&self.say("import-struck", &arguments));
        }
    }
}

fn show_differences(receipt: &Value) {
    for (path, mark) in [("/preview/added", "+"), ("/preview/missing", "-")] {
        for subject in list(receipt, path).iter().filter_map(Value::as_str).take(MAX_SHOWN) {
            output::line(&format!("    {mark} {subject}"));
        }
    }
    for change in list(receipt, "/preview/changed").iter().take(MAX_SHOWN) {
        let before = change.pointer("/before").and_then(Value::as_str).unwrap_or("―");
        let (subject, key, after) = (text(change, "/subject"), text(change, "/key"), text(change, "/after"));
        output::line(&format!("    ~ {subject} {key}: {before} → {after}"));
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The files below a path with the names they are sent under; links are passed over.
fn list_files(path: &Path, name: &str, depth: usize, found: &mut Vec<(String, PathBuf)>) -> Result<()> {
    let metadata = std::fs::symlink_metadata(path).with_context(|| path.display().to_string())?;
    if metadata.is_file() {
        found.push((name.to_owned(), path.to_owned()));
    } else if metadata.is_dir() && depth < MAX_DEPTH {
        let mut entries: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
            entries.push(entry?.path());
        }
        entries.sort();
        for entry in entries {
            list_files(&entry, &format!("{name}/{}", name_of(&entry)), depth + 1, found)?;
        }
    }
    Ok(())
}
