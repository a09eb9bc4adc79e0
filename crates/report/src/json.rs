//! The report for other programs.

use crate::model::Report;

/// Why there is no JSON.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report as JSON")]
pub struct JsonError {
    #[source]
    source: serde_json::Error,
}

/// Renders everything, uncut, with the field names of [`crate::model`]; one object, indented, ending in a line feed.
///
/// # Errors
/// [`JsonError`] if a value cannot be written.
pub fn render(report: &Report) -> Result<String, JsonError> {
    let mut text = serde_json::to_string_pretty(report).map_err(|source| JsonError { source })?;
    text.push('\n');
    Ok(text)
}
