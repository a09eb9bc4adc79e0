//! The tables of people: the only place of this crate with SQL.

mod accounts;
mod demo_links;
mod sessions;
mod tokens;

pub use accounts::{
    AccountEdit, add_account, add_deputy, add_membership, count_accounts, find_account, find_account_by_login,
    list_accounts, list_deputies, list_memberships, remove_membership, revoke_deputy, update_account,
};
pub use demo_links::{add_demo_link, end_demo_links};
pub use sessions::{
    NewSession, add_session, end_session, end_sessions, find_signed_in, is_due, list_sessions, touch_session,
};
pub use tokens::{ApiToken, NewApiToken, add_api_token, find_by_api_token, list_api_tokens, revoke_api_token};
