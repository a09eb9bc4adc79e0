//! The key that signs checkpoints, and the public key that checks them.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base::ContentHash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

/// Marks an Ed25519 key in a signed note.
const ALGORITHM: u8 = 1;

/// Why a key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or written.
    #[error("the key file {} can't be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others may read the file.
    #[error("the key file {} may be read by others (mode {mode:o}); set it to 600", path.display())]
    Readable {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Not a PKCS#8 PEM with an Ed25519 key.
    #[error("the key file {} holds no Ed25519 key in PKCS#8 PEM", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        source: ed25519_dalek::pkcs8::Error,
    },
    /// The key could not be encoded.
    #[error("the key can't be encoded")]
    Encode {
        /// What the encoder said.
        source: ed25519_dalek::pkcs8::Error,
    },
    /// The name of a ledger is empty or holds white space, control characters or `+`.
    #[error("{found:?} can't name a ledger: no spaces, no +, 1 to 200 characters")]
    Name {
        /// What was found.
        found: String,
    },
    /// A text is no public key of the form `name+hash+base64`.
    #[error("{found:?} is no public key of the form name+hash+base64")]
    NoPublicKey {
        /// What was found, cut to 120 characters.
        found: String,
    },
}

fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '+';
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(bad) {
        return Err(KeyError::Name { found: name.to_owned() });
    }
    Ok(())
}

/// Signs checkpoints. Never printed.
pub struct LedgerKey {
    name: String,
    key: SigningKey,
}

impl std::fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LedgerKey({})", self.name)
    }
}

impl LedgerKey {
    /// Makes the key from 32 random bytes. `name` is the name of this ledger and the first line of every checkpoint, for example
    /// `example-hospital.jp/mamori`.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), key: SigningKey::from_bytes(seed) })
    }

    /// Writes a new key made from 32 random bytes to `path` (PKCS#8 PEM, mode 0600). An existing file is never overwritten.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn create(path: &Path, name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let made = Self::from_seed(name, seed)?;
        let pem = made.key.to_pkcs8_pem(LineEnding::LF).map_err(|source| KeyError::Encode { source })?;
        let fail = |source| KeyError::Io { path: path.to_owned(), source };
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(fail)?;
        file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).map_err(fail)?;
        Ok(made)
    }

    /// Reads the key of the ledger `name` from `path`.
    ///
    /// # Errors
    /// [`KeyError`]; also if others may read the file.
    pub fn load(path: &Path, name: &str) -> Result<Self, KeyError> {
        check_name(name)?;
        let fail = |source| KeyError::Io { path: path.to_owned(), source };
        check_mode(path, &fs::metadata(path).map_err(fail)?)?;
        let pem = fs::read_to_string(path).map_err(fail)?;
        let key =
            SigningKey::from_pkcs8_pem(&pem).map_err(|source| KeyError::NoKey { path: path.to_owned(), source })?;
        Ok(Self { name: name.to_owned(), key })
    }

    /// Name of the ledger.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key others check with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.key.sign(text).to_bytes()
    }
}

#[cfg(unix)]
fn check_mode(path: &Path, metadata: &fs::Metadata) -> Result<(), KeyError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyError::Readable { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
const fn check_mode(_: &Path, _: &fs::Metadata) -> Result<(), KeyError> {
    Ok(())
}

/// Checks checkpoints. Its text form is the verifier key of the signed-note format: `name+hash+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// Name of the ledger.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First four bytes of SHA-256 over name, line feed, algorithm and key.
    #[must_use]
    pub fn hash(&self) -> [u8; 4] {
        let hash = ContentHash::of_parts(&[self.name.as_bytes(), b"\n", &[ALGORITHM], self.key.as_bytes()]);
        let [a, b, c, d, ..] = *hash.as_bytes();
        [a, b, c, d]
    }

    pub(crate) fn verify(&self, text: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(text, &Signature::from_bytes(signature)).is_ok()
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut encoded = vec![ALGORITHM];
        encoded.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.hash()), STANDARD.encode(encoded))
    }
}

impl std::str::FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || KeyError::NoPublicKey { found: text.chars().take(120).collect() };
        let (name, rest) = text.split_once('+').ok_or_else(fail)?;
        let (_, encoded) = rest.split_once('+').ok_or_else(fail)?;
        check_name(name)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| fail())?;
        let Some((&ALGORITHM, bytes)) = bytes.split_first() else { return Err(fail()) };
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| fail())?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| fail())?;
        let public = Self { name: name.to_owned(), key };
        if public.to_string() == text { Ok(public) } else { Err(fail()) }
    }
}
