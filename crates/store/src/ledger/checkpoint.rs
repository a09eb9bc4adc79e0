//! Checkpoints: "at this size the tree had this root", signed. Format: C2SP tlog-checkpoint in a signed note.

use base::ContentHash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{LedgerKey, PublicKey};

/// Size and root of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// Number of entries.
    pub size: u64,
    /// Root of the hash tree over them.
    pub root: ContentHash,
}

/// Why a text is no checkpoint of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not of the form origin, size, root, empty line, signatures.
    #[error("the text is no checkpoint")]
    Form,
    /// It belongs to another ledger.
    #[error("the checkpoint is of another ledger")]
    OtherLedger,
    /// No signature by the key, or a wrong one.
    #[error("the checkpoint is not signed by the key of this ledger")]
    Signature,
}

impl Checkpoint {
    /// The signed note: four lines and a signature line.
    #[must_use]
    pub fn sign(&self, key: &LedgerKey) -> String {
        let text = format!("{}\n{}\n{}\n", key.name(), self.size, STANDARD.encode(self.root.as_bytes()));
        let mut signature = key.public().hash().to_vec();
        signature.extend_from_slice(&key.sign(text.as_bytes()));
        format!("{text}\n\u{2014} {} {}\n", key.name(), STANDARD.encode(signature))
    }

    /// Reads a signed note and checks that `key` signed it. Further signatures (witnesses) are passed over.
    ///
    /// # Errors
    /// [`CheckpointError`]
    pub fn open(note: &str, key: &PublicKey) -> Result<Self, CheckpointError> {
        let (text, signatures) = note.split_once("\n\n").ok_or(CheckpointError::Form)?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Form);
        };
        if origin != key.name() {
            return Err(CheckpointError::OtherLedger);
        }
        let root = STANDARD.decode(root).map_err(|_| CheckpointError::Form)?;
        let root = ContentHash::from_bytes(root.try_into().map_err(|_| CheckpointError::Form)?);
        let number: u64 = size.parse().map_err(|_| CheckpointError::Form)?;
        if number.to_string() != size {
            return Err(CheckpointError::Form);
        }
        let signatures = signatures.strip_suffix('\n').ok_or(CheckpointError::Form)?;
        check_signature(format!("{text}\n").as_bytes(), signatures, key)?;
        Ok(Self { size: number, root })
    }
}

/// Every line must be a signature, and one of them ours and right.
fn check_signature(text: &[u8], lines: &str, key: &PublicKey) -> Result<(), CheckpointError> {
    let mut found = false;
    for line in lines.split('\n') {
        let line = line.strip_prefix("\u{2014} ").ok_or(CheckpointError::Form)?;
        let (name, encoded) = line.split_once(' ').ok_or(CheckpointError::Form)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| CheckpointError::Form)?;
        let Some((hash, signature)) = bytes.split_first_chunk::<4>() else { return Err(CheckpointError::Form) };
        if name != key.name() || *hash != key.hash() {
            continue;
        }
        let signature = signature.try_into().map_err(|_| CheckpointError::Form)?;
        if !key.verify(text, signature) {
            return Err(CheckpointError::Signature);
        }
        found = true;
    }
    if found { Ok(()) } else { Err(CheckpointError::Signature) }
}
