//! `mamori.toml`: where things are and how much is read. Unknown keys are refused.

use std::net::{Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use base::{Lang, Secret};
use installation::Settings;
use serde::Deserialize;
use web::{Network, NetworkError, Proxies};

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
    /// What people type to open the office, for links; without it, the first of `name` with the port listened on, or else
    /// what the browser of whoever makes a link has typed.
    pub(crate) public_url: Option<PublicUrl>,
    /// Addresses and networks of proxies that say where a request comes from.
    pub(crate) trusted_proxies: Vec<TrustedProxy>,
}

impl ServeConfig {
    /// Address of the office as people type it, without a path; `None` if the configuration does not say. `port` is the one
    /// listened on, if it is known.
    pub(crate) fn public_address(&self, port: Option<u16>) -> Option<String> {
        if let Some(PublicUrl(url)) = &self.public_url {
            return Some(url.clone());
        }
        // A proxy may listen on another port, and speak HTTPS where we do not.
        if self.plain_http || !self.trusted_proxies.is_empty() {
            return None;
        }
        let (name, port) = (self.name.first()?, port.filter(|port| *port != 0)?);
        let host = if name.parse::<Ipv6Addr>().is_ok() { format!("[{name}]") } else { name.clone() };
        Some(if port == 443 { format!("https://{host}") } else { format!("https://{host}:{port}") })
    }

    /// The proxies that say where a request comes from.
    pub(crate) fn proxies(&self) -> Proxies {
        Proxies::new(self.trusted_proxies.iter().map(|TrustedProxy(network)| *network).collect())
    }
}

/// `https://host` or `https://host:port`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct PublicUrl(String);

impl TryFrom<String> for PublicUrl {
    type Error = anyhow::Error;

    fn try_from(text: String) -> Result<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let host = rest.map(|rest| rest.strip_suffix('/').unwrap_or(rest)).unwrap_or_default();
        let is_plain = host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
        ensure!(!host.is_empty() && is_plain, "{text:?} is not of the form https://host or https://host:port");
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

/// An address or a network.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct TrustedProxy(Network);

impl TryFrom<String> for TrustedProxy {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, NetworkError> {
        text.parse().map(Self)
    }
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
# public_url = "https://mamori.example.local"   # リンクの先頭。無ければ name の最初 / begins links; the first of name if left out
# trusted_proxies = ["127.0.0.1", "10.0.0.5"]   # 手前のプロキシーだけ / proxies in front, and nothing else
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
        assert_eq!(config.serve.trusted_proxies.len(), 2);
    }

    #[track_caller]
    fn check_address(serve: &str, port: Option<u16>, expected: Option<&str>) {
        let config: ServeConfig = toml::from_str(serve).unwrap();
        assert_eq!(config.public_address(port).as_deref(), expected, "{serve}");
    }

    #[test]
    fn links_begin_with_what_people_type() {
        let name = "name = [\"mamori.local\", \"192.0.2.7\"]";
        check_address("", Some(8443), None);
        check_address(name, Some(8443), Some("https://mamori.local:8443"));
        check_address(name, Some(443), Some("https://mamori.local"));
        check_address(name, None, None);
        check_address("name = [\"2001:db8::1\"]", Some(8443), Some("https://[2001:db8::1]:8443"));
        check_address(&format!("{name}\nplain_http = true"), Some(8443), None);
        check_address(&format!("{name}\ntrusted_proxies = [\"192.0.2.1\"]"), Some(8443), None);
        let url = "public_url = \"https://office.example/\"\nplain_http = true";
        check_address(url, None, Some("https://office.example"));
    }

    #[test]
    fn what_is_no_address_of_an_office_or_a_proxy_is_refused() {
        for wrong in ["mamori.local", "ftp://mamori.local", "https://", "https://a/b", "https://a b", "https://u@a"] {
            assert!(toml::from_str::<ServeConfig>(&format!("public_url = {wrong:?}")).is_err(), "{wrong}");
        }
        for wrong in ["proxy.local", "10.0.0.0/0", "*"] {
            assert!(toml::from_str::<ServeConfig>(&format!("trusted_proxies = [{wrong:?}]")).is_err(), "{wrong}");
        }
    }
}
