//! `mamori.toml`: where things are and how much is read. Unknown keys are refused.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base::{Lang, Secret};
use installation::Settings;
use serde::Deserialize;

/// The configuration as the file has it; everything has a default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Data directory.
    pub(crate) data: Option<PathBuf>,
    /// `postgres://…`; without it, SQLite in the data directory.
    pub(crate) database: Option<String>,
    /// `ja` or `en`.
    pub(crate) lang: Option<String>,
    /// Name of the ledger, shown in checkpoints.
    pub(crate) ledger_name: Option<String>,
    /// Limits of what is read.
    pub(crate) limits: LimitsConfig,
    /// How the office is served.
    pub(crate) serve: ServeConfig,
}

/// How the office is served.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServeConfig {
    /// Address to listen on; without it, 127.0.0.1:8443.
    pub(crate) listen: Option<SocketAddr>,
    /// Names and addresses people type, besides the host's own: for the certificate made here.
    pub(crate) name: Vec<String>,
    /// A certificate chain in PEM, in place of the one made here; `key` goes with it.
    pub(crate) certificate: Option<PathBuf>,
    /// Its private key in PEM.
    pub(crate) key: Option<PathBuf>,
    /// HTTP without encryption; only on an address of this machine alone.
    pub(crate) plain_http: bool,
    /// Address for a monitor (`/health`, `/metrics`); without it, none.
    pub(crate) monitor: Option<SocketAddr>,
    /// Whether the monitor may be reached from other machines.
    pub(crate) monitor_open: bool,
}

/// Limits of what is read, in megabytes and files.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsConfig {
    /// One file.
    pub(crate) file_mb: Option<u64>,
    /// Everything handed in at once.
    pub(crate) total_mb: Option<u64>,
    /// Number of files.
    pub(crate) files: Option<usize>,
}

/// A sample file with every key and its default, for `mamori config sample`.
pub(crate) const SAMPLE: &str = r#"# mamori.toml
# data = "mamori-data"            # データフォルダー / data directory
# database = "postgres://user@host/mamori"   # 無ければデータフォルダー内の SQLite / default: SQLite in the data directory
# lang = "ja"                     # ja | en
# ledger_name = "mamori.local"    # チェックポイントに載る、操作の記録の名前 / name of the ledger in checkpoints

[limits]
# file_mb = 512                   # 1ファイルの上限 / one file
# total_mb = 4096                 # 1回の取り込みの上限 / everything handed in at once
# files = 100000                  # 1回のファイル数の上限 / number of files

[serve]
# listen = "127.0.0.1:8443"       # 画面を開くアドレス / address of the office
# name = ["mamori.example.local"] # 画面を開くときに打つ名前 / names people type
# certificate = "server.pem"      # 証明書。無ければデータフォルダーに作る / certificate; made in the data directory if left out
# key = "server-key.pem"          # その秘密鍵 / its private key
# plain_http = false              # 暗号化しない。この機器だけのアドレスに限る / no encryption, loopback only
# monitor = "127.0.0.1:9443"      # 監視用 / for a monitor: /health, /metrics
# monitor_open = false            # ほかの機器からも監視用を開ける / other machines may reach the monitor
"#;

impl Config {
    /// Reads the file; without a path, `mamori.toml` here if it exists.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self> {
        let default = Path::new("mamori.toml");
        let Some(path) = path.or_else(|| default.exists().then_some(default)) else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Lays the command line over the file.
    pub(crate) fn settle(self, data: Option<PathBuf>, database: Option<String>, lang: Option<&str>) -> Settings {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var_os(name).filter(|value| !value.is_empty()));
        let locale = locale.map_or_else(String::new, |value| value.to_string_lossy().into_owned());
        let lang = lang.or(self.lang.as_deref()).unwrap_or(if locale.starts_with("en") { "en" } else { "ja" });
        let defaults = evidence::Limits::default();
        let megabytes = |configured: Option<u64>, default: u64| {
            configured.map_or(default, |megabytes| megabytes.saturating_mul(1 << 20))
        };
        Settings {
            data: data.or(self.data).unwrap_or_else(|| PathBuf::from("mamori-data")),
            database: database.or(self.database).map(Secret::new),
            lang: Lang::from_locale(lang),
            ledger_name: self.ledger_name.unwrap_or_else(|| "mamori.local".to_owned()),
            limits: evidence::Limits {
                file_bytes: megabytes(self.limits.file_mb, defaults.file_bytes),
                total_bytes: megabytes(self.limits.total_mb, defaults.total_bytes),
                files: self.limits.files.unwrap_or(defaults.files),
                depth: defaults.depth,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(toml::from_str::<Config>("colour = 1").is_err());
        assert!(toml::from_str::<Config>("[limits]\nrows = 1").is_err());
    }

    #[test]
    fn the_sample_with_every_line_in_force_is_a_valid_configuration() {
        let text: String = SAMPLE.lines().skip(1).map(|line| format!("{}\n", line.trim_start_matches("# "))).collect();
        let config: Config = toml::from_str(&text).unwrap();
        assert_eq!(config.limits.file_mb, Some(512));
        assert_eq!(config.serve.listen.map(|address| address.port()), Some(8443));
    }
}
