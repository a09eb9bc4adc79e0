//! Values that go into and come out of the database.

use base::{ContentHash, UtcSeconds};

use crate::error::StoreError;

/// One value of a row or of a placeholder. Truth values are the integers 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A text without U+0000.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    pub(crate) const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Integer(_) => "an integer",
            Self::Text(_) => "a text",
            Self::Blob(_) => "bytes",
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}

impl From<UtcSeconds> for Value {
    fn from(value: UtcSeconds) -> Self {
        Self::Integer(value.0)
    }
}

/// A hash is kept as its 64 hexadecimal digits.
impl From<ContentHash> for Value {
    fn from(value: ContentHash) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of a result. Columns are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    values: Vec<Value>,
}

impl Row {
    pub(crate) const fn new(values: Vec<Value>) -> Self {
        Self { values }
    }

    fn column(&self, index: usize, expected: &'static str) -> Result<&Value, StoreError> {
        self.values.get(index).ok_or(StoreError::Column { index, expected, found: "missing" })
    }

    /// # Errors
    /// [`StoreError::Column`] if the column is no integer.
    pub fn integer(&self, index: usize) -> Result<i64, StoreError> {
        match self.column(index, "an integer")? {
            Value::Integer(value) => Ok(*value),
            other => Err(StoreError::Column { index, expected: "an integer", found: other.type_name() }),
        }
    }

    /// # Errors
    /// [`StoreError::Column`] if the column is neither an integer nor null.
    pub fn optional_integer(&self, index: usize) -> Result<Option<i64>, StoreError> {
        if self.is_null(index)? { Ok(None) } else { self.integer(index).map(Some) }
    }

    /// # Errors
    /// [`StoreError::Column`] if the column is no integer that is at least 0.
    pub fn count(&self, index: usize) -> Result<u64, StoreError> {
        let expected = "a count";
        u64::try_from(self.integer(index)?).map_err(|_| StoreError::Column {
            index,
            expected,
            found: "a negative integer",
        })
    }

    /// # Errors
    /// [`StoreError::Column`] if the column is no integer. Everything but 0 is true.
    pub fn boolean(&self, index: usize) -> Result<bool, StoreError> {
        self.integer(index).map(|value| value != 0)
    }

    /// # Errors
    /// [`StoreError::Column`] if the column is no integer.
    pub fn at(&self, index: usize) -> Result<UtcSeconds, StoreError> {
        self.integer(index).map(UtcSeconds)
    }

    /// # Errors
    /// [`StoreError::Column`] if the column is neither an integer nor null.
    pub fn optional_at(&self, index: usize) -> Result<Option<UtcSeconds>, StoreError> {
        Ok(self.optional_integer(index)?.map(UtcSeconds))
    }

    /// # Errors
    /// [`StoreError::Column`] if the column is no text.
    pub fn text(&self, index: usize) -> Result<&str, StoreError> {
        match self.column(index, "a text")? {
            Value::Text(value) => Ok(value),
            other => Err(StoreError::Column { index, expected: "a text", found: other.type_name() }),
        }
    }

    /// # Errors
    /// [`StoreError::Column`] if the column is neither a text nor null.
    pub fn optional_text(&self, index: usize) -> Result<Option<&str>, StoreError> {
        if self.is_null(index)? { Ok(None) } else { self.text(index).map(Some) }
    }

    /// # Errors
    /// [`StoreError::Column`] if the column is no text of 64 hexadecimal digits.
    pub fn hash(&self, index: usize) -> Result<ContentHash, StoreError> {
        let expected = "a hash of 64 hexadecimal digits";
        self.text(index)?.parse().map_err(|_| StoreError::Column { index, expected, found: "another text" })
    }

    /// # Errors
    /// [`StoreError::Column`] if the column holds no bytes.
    pub fn blob(&self, index: usize) -> Result<&[u8], StoreError> {
        match self.column(index, "bytes")? {
            Value::Blob(value) => Ok(value),
            other => Err(StoreError::Column { index, expected: "bytes", found: other.type_name() }),
        }
    }

    /// # Errors
    /// [`StoreError::Column`] if there is no such column.
    pub fn is_null(&self, index: usize) -> Result<bool, StoreError> {
        self.column(index, "a value").map(|value| *value == Value::Null)
    }

    /// Every value, in the order of the columns.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}
