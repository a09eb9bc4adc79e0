//! The certificate of the office: given in the configuration, or made by an authority of this installation's own.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use base::{ContentHash, Date, UtcSeconds};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};

use super::Encryption;
use super::setup_code::write_secret;

/// Days a certificate made here counts; browsers refuse more than 398.
const LEAF_DAYS: i64 = 397;
/// It is made anew when so many days are left.
const RENEW_DAYS: i64 = 60;
/// Days the authority counts.
const AUTHORITY_DAYS: i64 = 3_650;

/// Host names and addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Names(Vec<String>);

impl Names {
    /// `more`, and the names this host has anyway.
    pub(crate) fn of_this_host(more: &[String], listen: IpAddr) -> Self {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        let host = host.or_else(|| Some(std::env::var_os("COMPUTERNAME")?.to_string_lossy().into_owned()));
        // A certificate can't name what is not written in ASCII.
        let host = host.map(|host| host.trim().to_lowercase()).filter(|host| host.is_ascii());
        let own = (!listen.is_unspecified()).then(|| listen.to_string());
        let always = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut names: Vec<String> = Vec::new();
        for name in more.iter().cloned().chain(host).chain(own).chain(always) {
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        Self(names)
    }

    /// The name to show: the first of the configuration, else the host's.
    pub(crate) fn first(&self) -> &str {
        self.0.first().map_or("localhost", String::as_str)
    }
}

/// Where the certificate comes from.
pub(super) enum Source {
    Own { folder: PathBuf, names: Names },
    Given { chain: PathBuf, key: PathBuf },
}

/// What was put into the certificate that lies in the folder.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    names: Names,
    until: String,
    authority: String,
}

impl Source {
    pub(super) fn new(encryption: &Encryption, data: &Path) -> Self {
        match encryption {
            Encryption::Own(names) => Self::Own { folder: data.join("tls"), names: names.clone() },
            Encryption::Given(chain, key) => Self::Given { chain: chain.clone(), key: key.clone() },
        }
    }

    /// What the listener works with; makes authority and certificate if they are missing, old, or of other names.
    pub(super) fn load(&self, now: UtcSeconds) -> Result<Arc<ServerConfig>> {
        let (chain, key) = match self {
            Self::Own { folder, names } => {
                renew(folder, names, now)?;
                (folder.join("server.pem"), folder.join("server-key.pem"))
            }
            Self::Given { chain, key } => (chain.clone(), key.clone()),
        };
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&chain)
            .and_then(Iterator::collect)
            .with_context(|| chain.display().to_string())?;
        let private = PrivateKeyDer::from_pem_file(&key).with_context(|| key.display().to_string())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(certificates, private)
            .with_context(|| chain.display().to_string())?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// SHA-256 of our own authority, as browsers show it, and its file.
    pub(super) fn authority(&self) -> Option<(String, PathBuf)> {
        let Self::Own { folder, .. } = self else { return None };
        let path = folder.join("ca.pem");
        let print = fingerprint(&std::fs::read(&path).ok()?).ok()?;
        Some((print, path))
    }
}

fn fingerprint(pem: &[u8]) -> Result<String> {
    let der = CertificateDer::from_pem_slice(pem)?;
    let hex = ContentHash::of(&der).to_string().to_uppercase();
    let pairs: Vec<&str> = (0..hex.len()).step_by(2).filter_map(|start| hex.get(start..start + 2)).collect();
    Ok(pairs.join(":"))
}

/// Makes the certificate anew if it has to be.
fn renew(folder: &Path, names: &Names, now: UtcSeconds) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let today = now.date_jst();
    let (authority, authority_key) = authority(folder, today)?;
    let print = fingerprint(authority.as_bytes())?;
    let record = folder.join("server.json");
    let made: Option<Made> = std::fs::read(&record).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let still_good = made.is_some_and(|made| {
        let days = made.until.parse::<Date>().map_or(0, |until| until.days_since(today));
        made.names == *names && made.authority == print && days > RENEW_DAYS
    });
    if still_good && folder.join("server.pem").exists() && folder.join("server-key.pem").exists() {
        return Ok(());
    }
    let until = today.plus_days(LEAF_DAYS - 1);
    let key = KeyPair::generate()?;
    let issuer = Issuer::new(authority_params(&authority_key, today)?, &authority_key);
    let leaf = leaf_params(names, today, until)?.signed_by(&key, &issuer)?;
    // The record goes last: without it everything is made anew.
    let _ = std::fs::remove_file(&record);
    replace(&folder.join("server-key.pem"), key.serialize_pem().as_bytes())?;
    replace(&folder.join("server.pem"), format!("{}{authority}", leaf.pem()).as_bytes())?;
    let made = Made { names: names.clone(), until: until.to_string(), authority: print };
    replace(&record, &serde_json::to_vec(&made)?)?;
    tracing::info!(until = %until, "a new certificate was made");
    Ok(())
}

/// The authority: its certificate and key, made once.
fn authority(folder: &Path, today: Date) -> Result<(String, KeyPair)> {
    let (path, key_path) = (folder.join("ca.pem"), folder.join("ca-key.pem"));
    if !key_path.exists() {
        let key = KeyPair::generate()?;
        write_secret(&key_path, key.serialize_pem().as_bytes())?;
    }
    let text = std::fs::read_to_string(&key_path).with_context(|| key_path.display().to_string())?;
    let key = KeyPair::from_pem(&text).with_context(|| key_path.display().to_string())?;
    if !path.exists() {
        let certificate = authority_params(&key, today)?.self_signed(&key)?;
        replace_public(&path, certificate.pem().as_bytes())?;
    }
    let pem = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok((pem, key))
}

fn authority_params(key: &KeyPair, today: Date) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    // The name follows from the key, so that two installations are told apart in a list of authorities.
    let mark: String = ContentHash::of(key.public_key_raw()).to_string().chars().take(8).collect();
    params.distinguished_name = named(&format!("mamori local CA {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    limit(&mut params, today.plus_days(-1), today.plus_days(AUTHORITY_DAYS))?;
    Ok(params)
}

fn leaf_params(names: &Names, today: Date, until: Date) -> Result<CertificateParams> {
    let mut params =
        CertificateParams::new(names.0.clone()).context("a name in [serve] can't stand in a certificate")?;
    params.distinguished_name = named("mamori");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    limit(&mut params, today.plus_days(-1), until)?;
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// From the first to the last day, in UTC.
fn limit(params: &mut CertificateParams, from: Date, until: Date) -> Result<()> {
    let (year, month, day) = from.parts();
    params.not_before = rcgen::date_time_ymd(i32::from(year), u8::try_from(month)?, u8::try_from(day)?);
    let (year, month, day) = until.parts();
    params.not_after = rcgen::date_time_ymd(i32::from(year), u8::try_from(month)?, u8::try_from(day)?);
    Ok(())
}

/// Puts a secret file in the place of another.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let next = path.with_extension("new");
    let _ = std::fs::remove_file(&next);
    write_secret(&next, bytes)?;
    std::fs::rename(&next, path).with_context(|| path.display().to_string())
}

fn replace_public(path: &Path, bytes: &[u8]) -> Result<()> {
    let next = path.with_extension("new");
    std::fs::write(&next, bytes).with_context(|| next.display().to_string())?;
    std::fs::rename(&next, path).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcSeconds = UtcSeconds(1_795_143_600);

    #[test]
    fn a_certificate_is_made_anew_before_it_ends_and_the_authority_stays() {
        let folder = tempfile::tempdir().unwrap();
        let names = Names::of_this_host(&["mamori.example".to_owned()], [127, 0, 0, 1].into());
        let after = |days: i64| {
            renew(folder.path(), &names, NOW.plus_days(days)).unwrap();
            let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
            (read("ca.pem"), read("server.pem"))
        };
        let first = after(0);
        assert_eq!(after(LEAF_DAYS - RENEW_DAYS - 2), first);
        let next = after(LEAF_DAYS - RENEW_DAYS);
        assert_eq!(next.0, first.0);
        assert_ne!(next.1, first.1);
    }

    #[test]
    fn a_certificate_whose_making_was_interrupted_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let names = Names::of_this_host(&[], [127, 0, 0, 1].into());
        let source = Source::Own { folder: folder.path().to_owned(), names };
        source.load(NOW).unwrap();
        for name in ["server.json", "server.pem", "server-key.pem"] {
            std::fs::remove_file(folder.path().join(name)).unwrap();
            source.load(NOW).unwrap();
        }
        std::fs::write(folder.path().join("server.json"), "{").unwrap();
        source.load(NOW).unwrap();
    }

    #[test]
    fn the_first_name_is_the_one_people_type() {
        let names = Names::of_this_host(&["mamori.example".to_owned()], [0, 0, 0, 0].into());
        assert_eq!(names.first(), "mamori.example");
        assert!(!names.0.contains(&"0.0.0.0".to_owned()));
    }
}
