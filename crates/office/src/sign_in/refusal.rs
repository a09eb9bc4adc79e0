//! Why a recorded transaction was given up.

use ::people::admin::{AdminError, NoDeputy};
use ::people::store::Deed;
use store::StoreError;
use store::ledger::LedgerError;
use web::HttpError;

/// Why a recorded transaction was given up, as the page that says so. An [`HttpError`] that can be made of an [`AdminError`], too.
pub(crate) struct Refusal(pub(crate) HttpError);

impl From<HttpError> for Refusal {
    fn from(err: HttpError) -> Self {
        Self(err)
    }
}

impl From<StoreError> for Refusal {
    fn from(err: StoreError) -> Self {
        Self(err.into())
    }
}

impl From<LedgerError> for Refusal {
    fn from(err: LedgerError) -> Self {
        Self(err.into())
    }
}

impl From<Refusal> for HttpError {
    fn from(refusal: Refusal) -> Self {
        refusal.0
    }
}

impl From<AdminError> for Refusal {
    fn from(err: AdminError) -> Self {
        Self(match err {
            AdminError::LoginTaken(name) => HttpError::conflict("people-login-taken", name),
            AdminError::Unknown => HttpError::not_found(),
            AdminError::Changed(deed) => HttpError::conflict("people-changed", faster(&deed)),
            AdminError::Roles(conflict) => HttpError::bad_request(conflict.message(), ""),
            AdminError::LastAdministrator { .. } => HttpError::conflict("people-last-administrator", ""),
            AdminError::NoDeputy(NoDeputy::Role | NoDeputy::NotTheirs) => {
                HttpError::bad_request("deputy-not-theirs", "")
            }
            AdminError::NoDeputy(NoDeputy::Days) => {
                HttpError::bad_request("deputy-bad-days", ::people::admin::MAX_DEPUTY_DAYS.to_string())
            }
            AdminError::NoDeputy(NoDeputy::Person) => HttpError::bad_request("deputy-bad-person", ""),
            AdminError::SameDeputy(deed) => HttpError::conflict("deputy-double", faster(&deed)),
            AdminError::DeputyEnded(deed) => HttpError::conflict("deputy-gone", faster(&deed)),
            AdminError::TokenNameTaken(deed) => HttpError::conflict("token-name-taken", faster(&deed)),
            AdminError::TokenEnded(deed) => HttpError::conflict("token-gone", faster(&deed)),
            AdminError::Ledger(err) => return err.into(),
            AdminError::Store(err) => return err.into(),
        })
    }
}

/// Who was faster, and when.
fn faster(deed: &Deed) -> String {
    format!("{} {}", deed.who, deed.at.minute_jst()).trim_start().to_owned()
}
