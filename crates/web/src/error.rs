//! What went wrong, as a page: what happened and what to do next, never a message of the database.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::ledger::LedgerError;
use store::{BlobError, StoreError};

/// Why a request was not answered. A transaction of the ledger can be given up with it as it is: nothing was kept then.
#[derive(Debug, Clone)]
pub struct HttpError {
    pub(crate) status: StatusCode,
    pub(crate) message: &'static str,
    pub(crate) detail: String,
}

impl HttpError {
    /// An error with a message of the catalogue; `detail` fills its variable of that name.
    #[must_use]
    pub fn new(status: StatusCode, message: &'static str, detail: impl Into<String>) -> Self {
        Self { status, message, detail: detail.into() }
    }

    /// There is no such thing here.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "http-not-found", "")
    }

    /// This person may not.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "http-forbidden", "")
    }

    /// What was sent makes no sense; the message says what to mend.
    #[must_use]
    pub fn bad_request(message: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message, detail)
    }

    /// Somebody else was faster, or the page is old.
    #[must_use]
    pub fn conflict(message: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message, detail)
    }

    /// A defect or a failing database. The cause is logged; the reader is told to try again.
    #[must_use]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "http-internal", "")
    }

    /// Status of the answer.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<StoreError> for HttpError {
    fn from(err: StoreError) -> Self {
        let message = match &err {
            StoreError::Full { .. } => "http-full",
            StoreError::Busy { .. } | StoreError::Gone { .. } | StoreError::Conflict { .. } => "http-busy",
            _ => return Self::internal(chain(&err)),
        };
        tracing::error!(error = chain(&err), "the database refused");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message, "")
    }
}

impl From<LedgerError> for HttpError {
    fn from(err: LedgerError) -> Self {
        match err {
            LedgerError::Store(err) => err.into(),
            LedgerError::Outside { .. } => Self::not_found(),
            LedgerError::Canonical(_) | LedgerError::Damaged { .. } | LedgerError::NotOurs { .. } => {
                Self::internal(chain(&err))
            }
        }
    }
}

impl From<BlobError> for HttpError {
    /// Bytes that are gone or changed are a matter for the verification of the ledger; the reader is told so in plain words.
    fn from(err: BlobError) -> Self {
        match err {
            BlobError::Missing { .. } | BlobError::Changed { .. } => {
                tracing::error!(error = chain(&err), "evidence is not as it was");
                Self::conflict("evidence-damaged", "")
            }
            BlobError::Store(err) => err.into(),
            BlobError::Full { .. } => {
                tracing::error!(error = chain(&err), "the disk is full");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "http-full", "")
            }
            BlobError::Io { .. } => Self::internal(chain(&err)),
        }
    }
}

/// An error with its causes.
#[must_use]
pub(crate) fn chain(err: &dyn std::error::Error) -> String {
    let mut text = err.to_string();
    let mut source = err.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl IntoResponse for HttpError {
    /// The page itself is drawn by the frame, which knows the reader's language.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
