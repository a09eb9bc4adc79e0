//! Setting up, signing in, and one's own account.
//!
//! There is no session before the second factor was shown: until then the browser holds the token of a step
//! ([`::people::store::Step`]), which opens nothing but the page on which that factor is shown or set up.

mod browser;
mod code;
mod enrol;
mod flow;
mod link;
mod login;
mod me;
mod me_changes;
mod refusal;
mod set_up;

use web::{Needs, Routes};

use crate::state::Shared;

pub(crate) use flow::check_proof;
pub(crate) use refusal::Refusal;
pub(crate) use set_up::{read_site, site_kinds};

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
        .get("/setup", Needs::Public, set_up::show)
        .post("/setup", Needs::Public, set_up::found)
        .get("/login", Needs::Public, login::show)
        .post("/login", Needs::Public, login::enter)
        .get("/login/code", Needs::Public, code::show)
        .post("/login/code", Needs::Public, code::enter)
        .get("/login/enrol", Needs::Public, enrol::show)
        .post("/login/enrol", Needs::Public, enrol::finish)
        .get("/link/{token}", Needs::Public, link::show)
        .post("/link/{token}", Needs::Public, link::set_password)
        .post("/logout", Needs::SignedIn, login::leave)
        .get("/me", Needs::SignedIn, me::show)
        .post("/me", Needs::SignedIn, me_changes::change_account)
        .post("/me/password", Needs::SignedIn, me_changes::change_password)
        .post("/me/totp", Needs::SignedIn, me_changes::change_totp)
        .post("/me/codes", Needs::SignedIn, me_changes::make_codes)
        .post("/me/sessions/end", Needs::SignedIn, me_changes::end_session)
        .post("/me/sessions/end-others", Needs::SignedIn, me_changes::end_other_sessions)
}
