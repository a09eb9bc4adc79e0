//! The one step from a handler into work that waits for the disk.

use crate::error::HttpError;

/// Runs `work` where it may block.
///
/// # Errors
/// What `work` returns, or an internal error if it panicked.
pub async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, HttpError>
where
    T: Send + 'static,
    E: Into<HttpError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(Into::into),
        Err(err) => Err(HttpError::internal(err)),
    }
}
