//! The tables of people: the only place of this crate with SQL.

mod accounts;
mod attempts;
mod credentials;
mod demo_links;
mod links;
mod members;
mod overview;
mod sessions;
mod settings;
mod tokens;

pub use accounts::{
    AccountEdit, add_account, add_deputy, add_membership, count_accounts, find_account, find_account_by_login,
    find_deputy_end, find_same_deputy, list_accounts, list_deputies, list_memberships, remove_membership,
    revoke_deputy, update_account,
};
pub use attempts::{
    DEVICE_DAYS, add_attempt, add_device, clear_attempts, find_device, forget_devices, list_attempts, remove_attempt,
    touch_device,
};
pub use credentials::{
    Credential, accept_totp, count_recovery_codes, find_credential, find_credential_still, put_password, put_totp,
    remove_second_factor, replace_recovery_codes, use_recovery_code,
};
pub use demo_links::{add_demo_link, end_demo_links};
pub use links::{
    Link, NewLink, STEP_S, Stage, Step, add_link, add_step, close_links, end_every_way_in, end_step, end_steps,
    find_link, find_step, list_link_makers, use_link,
};
pub use members::{Member, had_role, list_logins, list_members, list_names};
pub use overview::{
    PeopleOrder, PeopleQuery, PersonLine, Spread, count_other_administrators, find_set_up_at, list_people,
    list_spread_by_department, list_spread_by_role,
};
pub use sessions::{
    NewSession, add_session, end_session, end_sessions, find_signed_in, is_due, list_sessions, touch_session,
};
pub use settings::{Change, Deed, SETTINGS_CHANGED_BY, find_change, find_setting, note_change, put_setting};
pub use tokens::{
    ApiToken, NewApiToken, add_api_token, find_api_token_by_name, find_by_api_token, find_token_end, is_token_due,
    list_api_tokens, revoke_api_token, revoke_tokens_of, revoke_tokens_without_role, touch_api_token,
};
