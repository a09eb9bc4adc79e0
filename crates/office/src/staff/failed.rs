//! Why a transaction of a room was given up.

use ::store::StoreError;
use ::store::ledger::LedgerError;
use web::HttpError;

/// Why a transaction was given up; nothing was kept then. It becomes the page that says so.
#[derive(Debug)]
pub(crate) struct Failed(HttpError);

impl From<StoreError> for Failed {
    fn from(err: StoreError) -> Self {
        Self(err.into())
    }
}

impl From<LedgerError> for Failed {
    fn from(err: LedgerError) -> Self {
        match err {
            LedgerError::Store(err) => Self(err.into()),
            LedgerError::Canonical(_)
            | LedgerError::Damaged { .. }
            | LedgerError::NotOurs { .. }
            | LedgerError::Outside { .. } => Self(HttpError::internal(err)),
        }
    }
}

impl From<HttpError> for Failed {
    fn from(err: HttpError) -> Self {
        Self(err)
    }
}

impl From<Failed> for HttpError {
    fn from(Failed(err): Failed) -> Self {
        err
    }
}
