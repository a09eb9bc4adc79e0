//! `registry.pol`: the registry settings of a group policy.
//!
//! `PReg`, the number 1, then records `[key;value;type;size;data]`. Brackets and semicolons are UTF-16LE characters, key
//! and value name end with a zero, type and size are 32-bit little endian, and `size` raw bytes follow.

use crate::text::{Encoding, decode_part};

/// Longest file that is read.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Most records that are read from one file.
pub const MAX_RECORDS: usize = 500_000;

const HEADER: &[u8] = b"PReg\x01\0\0\0";

/// The branch of the registry a file is about. The file does not say; its folder (`Machine`, `User`) does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hive {
    /// `HKLM`, from the folder `Machine`.
    Machine,
    /// `HKCU`, from the folder `User`.
    User,
}

impl Hive {
    /// The usual short name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Machine => "HKLM",
            Self::User => "HKCU",
        }
    }
}

/// Type of a registry value, as the number in the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegType {
    /// 0: no type.
    None,
    /// 1: text.
    Sz,
    /// 2: text with environment variables.
    ExpandSz,
    /// 3: bytes.
    Binary,
    /// 4: 32-bit number.
    Dword,
    /// 7: list of texts.
    MultiSz,
    /// 11: 64-bit number.
    Qword,
    /// Any other number.
    Other(u32),
}

impl RegType {
    /// The type a number stands for.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::None,
            1 => Self::Sz,
            2 => Self::ExpandSz,
            3 => Self::Binary,
            4 => Self::Dword,
            7 => Self::MultiSz,
            11 => Self::Qword,
            other => Self::Other(other),
        }
    }
}

/// Content of a registry value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegValue {
    /// 32-bit number.
    Dword(u32),
    /// 64-bit number.
    Qword(u64),
    /// Text, with or without environment variables.
    Text(String),
    /// List of texts.
    MultiText(Vec<String>),
    /// Bytes of a binary value or of an unknown type.
    Binary(Vec<u8>),
    /// A value without a type; its bytes are seldom there.
    None(Vec<u8>),
}

/// What a record asks Windows to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Set the value; an empty value name with no data only creates the key.
    Set,
    /// `**soft.NAME`: set the value if it is not there.
    SetIfAbsent,
    /// `**del.NAME`: delete this value.
    DeleteValue,
    /// `**delvals.`: delete every value of the key.
    DeleteAllValues,
    /// `**DeleteValues`: delete the values listed in the content, separated by `;`.
    DeleteListedValues,
    /// `**DeleteKeys`: delete the keys listed in the content, separated by `;`.
    DeleteListedKeys,
    /// `**SecureKey`: change who may write to the key.
    SecureKey,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Key, relative to the hive, with backslashes.
    pub key: String,
    /// Value name without the `**` word; empty for the default value and for actions on the whole key.
    pub name: String,
    /// What to do with it.
    pub action: Action,
    /// Type as the file says.
    pub kind: RegType,
    /// Content.
    pub value: RegValue,
    /// Byte offset of the record's opening bracket.
    pub offset: u64,
}

impl Record {
    /// `HKLM\key!name`, the form in which the fact dictionary names places.
    #[must_use]
    pub fn place(&self, hive: Hive) -> String {
        format!("{}\\{}!{}", hive.name(), self.key, self.name)
    }
}

/// A file as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyFile {
    /// Records in the order of the file; a later one wins over an earlier one.
    pub records: Vec<Record>,
    /// Records that could not be used. One about a damaged structure is the last: nothing behind it can be read.
    pub errors: Vec<RecordError>,
}

/// Why the whole file is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParsePolicyError {
    /// Longer than [`MAX_BYTES`].
    #[error("registry.pol has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLong {
        /// Length found.
        bytes: usize,
    },
    /// Does not begin with `PReg` and version 1.
    #[error("the file does not begin with PReg and version 1")]
    NoHeader,
}

/// One record that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record at byte {offset}: {problem}")]
pub struct RecordError {
    /// Byte offset of the record.
    pub offset: u64,
    /// What is wrong.
    pub problem: RecordProblem,
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordProblem {
    /// The file ends inside the record, or a bracket or semicolon is missing.
    #[error("the file ends here or the record is damaged; nothing behind it was read")]
    Damaged,
    /// A number whose length does not fit its type.
    #[error("{found} bytes of content, but the type has {expected}")]
    ContentLength {
        /// Bytes the type has.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// More than [`MAX_RECORDS`].
    #[error("more than {MAX_RECORDS} records; the rest was not read")]
    TooMany,
}

/// Whether `bytes` begin like a `registry.pol`.
#[must_use]
pub fn looks_like(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER)
}

/// Reads a `registry.pol`. Eight bytes are a valid, empty file.
///
/// # Errors
/// [`ParsePolicyError`] if the file is too long or no `registry.pol` at all.
pub fn parse(bytes: &[u8]) -> Result<PolicyFile, ParsePolicyError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParsePolicyError::TooLong { bytes: bytes.len() });
    }
    if !looks_like(bytes) {
        return Err(ParsePolicyError::NoHeader);
    }
    let mut cursor = Cursor { bytes, at: HEADER.len() };
    let mut file = PolicyFile::default();
    while cursor.at < bytes.len() {
        let offset = u64::try_from(cursor.at).unwrap_or(u64::MAX);
        let problem = match (file.records.len() < MAX_RECORDS, cursor.read_record()) {
            (false, _) => RecordProblem::TooMany,
            (true, None) => RecordProblem::Damaged,
            (true, Some(raw)) => match raw.into_record(offset) {
                Ok(record) => {
                    file.records.push(record);
                    continue;
                }
                Err(problem) => problem,
            },
        };
        file.errors.push(RecordError { offset, problem });
        if matches!(problem, RecordProblem::Damaged | RecordProblem::TooMany) || file.errors.len() >= MAX_RECORDS {
            break;
        }
    }
    Ok(file)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

struct RawRecord<'a> {
    key: String,
    value_name: String,
    kind: RegType,
    content: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn read_record(&mut self) -> Option<RawRecord<'a>> {
        self.expect(b'[')?;
        let key = self.read_name()?;
        self.expect(b';')?;
        let value_name = self.read_name()?;
        self.expect(b';')?;
        let kind = RegType::from_number(self.read_number()?);
        self.expect(b';')?;
        let size = usize::try_from(self.read_number()?).ok()?;
        self.expect(b';')?;
        let content = self.take(size)?;
        self.expect(b']')?;
        Some(RawRecord { key, value_name, kind, content })
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn expect(&mut self, character: u8) -> Option<()> {
        (self.take(2)? == [character, 0]).then_some(())
    }

    fn read_number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// Up to and including the terminating zero.
    fn read_name(&mut self) -> Option<String> {
        let rest = self.bytes.get(self.at..)?;
        let units = rest.chunks_exact(2).position(|pair| pair == [0, 0])?;
        let name = self.take(units * 2)?;
        self.take(2)?;
        Some(decode_part(name, Encoding::Utf16Le).0)
    }
}

impl RawRecord<'_> {
    fn into_record(self, offset: u64) -> Result<Record, RecordProblem> {
        let (action, name) = read_action(&self.value_name);
        // What stands in a deletion besides its name means nothing and may have any length.
        let value = match action {
            Action::DeleteValue | Action::DeleteAllValues => RegValue::None(Vec::new()),
            Action::Set
            | Action::SetIfAbsent
            | Action::DeleteListedValues
            | Action::DeleteListedKeys
            | Action::SecureKey => read_value(self.kind, self.content)?,
        };
        Ok(Record { key: self.key, name: name.to_owned(), action, kind: self.kind, value, offset })
    }
}

const ACTIONS: [(&str, Action); 6] = [
    ("**delvals", Action::DeleteAllValues),
    ("**del.", Action::DeleteValue),
    ("**soft.", Action::SetIfAbsent),
    ("**deletevalues", Action::DeleteListedValues),
    ("**deletekeys", Action::DeleteListedKeys),
    ("**securekey", Action::SecureKey),
];

/// Splits a value name into what to do and the name proper.
fn read_action(value_name: &str) -> (Action, &str) {
    for (word, action) in ACTIONS {
        let head = value_name.get(..word.len());
        if head.is_some_and(|head| head.eq_ignore_ascii_case(word)) {
            let named = matches!(action, Action::DeleteValue | Action::SetIfAbsent);
            return (action, if named { value_name.get(word.len()..).unwrap_or_default() } else { "" });
        }
    }
    (Action::Set, value_name)
}

fn read_value(kind: RegType, content: &[u8]) -> Result<RegValue, RecordProblem> {
    match kind {
        RegType::Dword => fixed(content).map(u32::from_le_bytes).map(RegValue::Dword),
        RegType::Qword => fixed(content).map(u64::from_le_bytes).map(RegValue::Qword),
        RegType::Sz | RegType::ExpandSz => Ok(RegValue::Text(read_text(content))),
        RegType::MultiSz => {
            let parts = decode_part(content, Encoding::Utf16Le).0;
            Ok(RegValue::MultiText(parts.split('\0').filter(|part| !part.is_empty()).map(str::to_owned).collect()))
        }
        RegType::None => Ok(RegValue::None(content.to_vec())),
        RegType::Binary | RegType::Other(_) => Ok(RegValue::Binary(content.to_vec())),
    }
}

fn fixed<const N: usize>(content: &[u8]) -> Result<[u8; N], RecordProblem> {
    content.try_into().map_err(|_| RecordProblem::ContentLength { expected: N, found: content.len() })
}

fn read_text(content: &[u8]) -> String {
    let text = decode_part(content, Encoding::Utf16Le).0;
    text.split('\0').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
