//! What a backup consists of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{DumpError, MANIFEST, SIGNATURE};
use crate::ledger::{LedgerKey, PublicKey};

/// Version of the form of a backup.
pub(super) const FORMAT: u32 = 1;

/// Everything a backup consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this form.
    pub format: u32,
    /// Name and version of the program.
    pub program: String,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// Name of the ledger.
    pub ledger_name: String,
    /// The key that checks its checkpoints and the signature of this manifest.
    pub public_key: String,
    /// The steps of the schema that had been applied.
    pub schema: Vec<StepNote>,
    /// The tables, each after those it refers to.
    pub tables: Vec<TableNote>,
    /// The end of the ledger.
    pub ledger: LedgerNote,
    /// Every file but the manifest and its signature.
    pub files: Vec<FileNote>,
}

/// One step of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepNote {
    /// Whose.
    pub capability: String,
    /// Its number.
    pub number: u32,
    /// SHA-256 of its statements.
    pub sha256: String,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableNote {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the values.
    pub columns: Vec<String>,
    /// Number of rows.
    pub rows: u64,
}

/// The end of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerNote {
    /// Number of entries.
    pub entries: u64,
    /// The newest signed checkpoint; none if the ledger is empty.
    pub checkpoint: Option<String>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// Path below the folder, with `/`.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// What is signed: never to be taken for a checkpoint.
fn signed_text(manifest: &[u8]) -> Vec<u8> {
    [b"mamori backup manifest\n".as_slice(), manifest].concat()
}

pub(super) fn sign(manifest: &[u8], key: &LedgerKey) -> String {
    format!("{}\n", STANDARD.encode(key.sign(&signed_text(manifest))))
}

pub(super) fn open(manifest: &[u8], signature: &[u8], key: &PublicKey) -> Result<Manifest, DumpError> {
    let signature = STANDARD.decode(signature.trim_ascii()).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    let signature = signature.ok_or_else(|| DumpError::Altered { path: SIGNATURE.to_owned() })?;
    // Which ledger it is of is said even if it is not ours: that is the likeliest slip.
    let found: Manifest =
        serde_json::from_slice(manifest).map_err(|_| DumpError::Altered { path: MANIFEST.to_owned() })?;
    if found.format != FORMAT {
        return Err(DumpError::Schema { capability: "backup".to_owned(), number: found.format });
    }
    if found.ledger_name != key.name() {
        return Err(DumpError::OtherLedger { found: found.ledger_name, expected: key.name().to_owned() });
    }
    if found.public_key == key.to_string() && !key.verify(&signed_text(manifest), &signature) {
        return Err(DumpError::Altered { path: MANIFEST.to_owned() });
    }
    if !key.verify(&signed_text(manifest), &signature) {
        return Err(DumpError::Signature);
    }
    Ok(found)
}
