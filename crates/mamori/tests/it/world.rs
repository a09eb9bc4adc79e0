//! A folder of a test's own in which the program runs.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use base::UtcSeconds;
use serde_json::Value;
use tempfile::TempDir;

/// A working folder with evidence files and a data directory.
pub(crate) struct World {
    folder: TempDir,
}

/// What a run printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The program with this world's data directory, in Japanese, run by 事務長.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mamori"));
        command.current_dir(self.folder.path()).env_remove("MAMORI_LOG").stdin(Stdio::null());
        command.args(["--lang", "ja", "--data"]).arg(self.data()).args(arguments);
        if !arguments.contains(&"--who") {
            command.args(["--who", "事務長"]);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Imports and returns the answer for the only file.
    pub(crate) fn import(&self, name: &str) -> Value {
        let ran = self.run(&["import", "--yes", "--json", name]);
        let mut answers = ran.json();
        assert_eq!(answers.len(), 1, "{ran:?}");
        answers.remove(0)
    }

    /// The verdict of an item, as `claim list` has it.
    pub(crate) fn verdict(&self, item: &str) -> String {
        let items = self.run(&["claim", "list", "--json"]).json();
        let found = items.iter().find(|line| line["item"] == item).unwrap_or_else(|| panic!("no {item}"));
        found["verdict"].as_str().unwrap().to_owned()
    }

    /// Fails unless ledger, evidence and facts fit together.
    pub(crate) fn assert_sound(&self) {
        let ran = self.run(&["ledger", "verify", "--json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(ran.json()[0]["sound"], true, "{ran:?}");
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Every line of standard output.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|err| panic!("{err}: {line}"))).collect()
    }
}

/// A day so many days from today, as it is written on the command line.
pub(crate) fn day_from_now(days: i64) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    UtcSeconds(i64::try_from(since.as_secs()).unwrap()).plus_days(days).date_jst().to_string()
}

/// A security policy as `secedit /export` writes it, with this lockout threshold.
pub(crate) fn secedit(threshold: u32) -> Vec<u8> {
    let text = format!(
        "[Unicode]\r\nUnicode=yes\r\n[System Access]\r\nMinimumPasswordLength = 14\r\nLockoutBadCount = {threshold}\r\n\
         [Version]\r\nsignature=\"$CHICAGO$\"\r\nRevision=1\r\n"
    );
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// An asset ledger with these rows under the columns number, name, host name, address, kind.
pub(crate) fn asset_ledger(rows: &[&str]) -> String {
    let mut text = "\u{feff}管理番号,名称,ホスト名,IPアドレス,種別\r\n".to_owned();
    for row in rows {
        text.push_str(row);
        text.push_str("\r\n");
    }
    text
}

/// A zip with these entries, compressed.
pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}
