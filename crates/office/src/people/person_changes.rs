//! What an administrator does to an account.

use ::people::admin::{self, AdminError};
use ::people::link::Purpose;
use ::people::store as tables;
use ::people::{AccountId, EVERYWHERE, Role, RoleSet, new_token};
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;
use store::ledger::Recording;
use web::{Form, HttpError, SiteVisit, blocking, redirect};

use super::fields::{AT_EVERY_SITE, AT_SITE, Fields, actor, administers};
use super::person::{Found, draw, find, number};
use super::person_add::{check_no_deputy, draw_link, wrong_executive, wrong_roles};
use crate::sign_in::Refusal;
use crate::state::Shared;

/// Somebody of this site whom nobody changed since the page was drawn.
fn get(tx: &mut Recording<'_>, visit: &SiteVisit, id: AccountId, version: i64) -> Result<Found, Refusal> {
    let found = find(tx, visit.site_id(), id)?.ok_or_else(HttpError::not_found)?;
    admin::get_unchanged(tx, id, version)?;
    Ok(found)
}

/// As [`get`], and the visitor administers every site of theirs.
fn get_whole(tx: &mut Recording<'_>, visit: &SiteVisit, id: AccountId, version: i64) -> Result<Found, Refusal> {
    let found = get(tx, visit, id, version)?;
    let may = found.may_be_administered_by(visit);
    if may { Ok(found) } else { Err(HttpError::conflict("person-elsewhere", "").into()) }
}

fn back(visit: &SiteVisit, id: AccountId, done: &str) -> Response {
    redirect(&visit.path_of(&format!("people/{}?done={done}", id.0)))
}

/// Gives exactly the roles that are ticked. Taking one away needs a reason.
pub(super) async fn change_roles(
    visit: SiteVisit,
    State(office): State<Shared>,
    Path((_, account)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        check_no_deputy(&visit)?;
        let (fields, id) = (Fields(fields), AccountId(number(&account)?));
        let (wanted, why, who) = (fields.roles("role"), fields.why(), visit.who());
        let everywhere = (fields.get("has_everywhere") == "1" && administers(&visit, EVERYWHERE))
            .then(|| fields.roles("everywhere"));
        let present = office.database().read(|tx| find(tx, visit.site_id(), id))?.ok_or_else(HttpError::not_found)?;
        let takes = |held: RoleSet, wanted: RoleSet| held.iter().any(|role| !wanted.has(role));
        let takes_away = takes(present.roles_at(visit.site_id()), wanted)
            || everywhere.is_some_and(|wanted| takes(present.roles_at(EVERYWHERE), wanted));
        let all = everywhere.unwrap_or_else(|| present.roles_at(EVERYWHERE)).iter().fold(wanted, RoleSet::with);
        let mut wrong: Vec<String> = wrong_roles(&visit, all, &present.account.vendor).into_iter().collect();
        // The last decision is not the IT desk's (S220): nobody makes themself an executive.
        let is_own = id == visit.person().account.id;
        if wanted.has(Role::Executive) && !present.roles_at(visit.site_id()).has(Role::Executive) {
            wrong.extend(is_own.then(|| visit.text("person-not-own-executive")).or_else(|| wrong_executive(&visit)));
        }
        if takes_away && why.is_empty() {
            wrong.push(visit.text("person-no-why"));
        }
        if !wrong.is_empty() {
            return draw(&visit, &office, id, String::new(), wrong);
        }
        let is_left = office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let found = get(tx, &visit, id, fields.version())?;
            let actor = actor(&visit, &who);
            admin::set_roles(tx, &found.account, visit.site_id(), wanted, AT_SITE, actor, &why)?;
            if let Some(wanted) = everywhere {
                admin::set_roles(tx, &found.account, EVERYWHERE, wanted, AT_EVERY_SITE, actor, &why)?;
            }
            Ok(find(tx, visit.site_id(), id)?.is_some())
        })?;
        Ok(if is_left { back(&visit, id, "roles") } else { redirect(&visit.path_of("people")) })
    })
    .await
}

/// Lets somebody sign in again, or no longer. The latter needs a reason.
pub(super) async fn change_enabled(
    visit: SiteVisit,
    State(office): State<Shared>,
    Path((_, account)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (fields, id) = (Fields(fields), AccountId(number(&account)?));
        let (enabled, why, who) = (fields.get("enabled") == "yes", fields.why(), visit.who());
        if !enabled && why.is_empty() {
            return draw(&visit, &office, id, String::new(), vec![visit.text("person-no-why")]);
        }
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let found = get_whole(tx, &visit, id, fields.version())?;
            admin::set_enabled(tx, &found.account, enabled, false, actor(&visit, &who), &why)?;
            Ok(())
        })?;
        Ok(back(&visit, id, if enabled { "enabled" } else { "disabled" }))
    })
    .await
}

/// Makes a link with which somebody starts anew, and shows it once. What they have counts until they use it.
pub(super) async fn make_link(
    visit: SiteVisit,
    State(office): State<Shared>,
    Path((_, account)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (fields, id) = (Fields(fields), AccountId(number(&account)?));
        check_no_deputy(&visit)?;
        let (why, who) = (fields.why(), visit.who());
        if why.is_empty() {
            return draw(&visit, &office, id, String::new(), vec![visit.text("person-no-why")]);
        }
        // Whoever has an executive's link is the executive.
        let present = office.database().read(|tx| find(tx, visit.site_id(), id))?.ok_or_else(HttpError::not_found)?;
        let is_executive = present.roles_at(visit.site_id()).has(Role::Executive);
        if let Some(wrong) = wrong_executive(&visit).filter(|_| is_executive) {
            return draw(&visit, &office, id, String::new(), vec![wrong]);
        }
        let token = new_token(&*office.frame.randomness);
        let (name, until) = office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let found = get_whole(tx, &visit, id, fields.version())?;
            if !found.account.enabled {
                return Err(HttpError::conflict("person-link-disabled", "").into());
            }
            let is_new = tables::find_credential(tx, id)?.is_none();
            let purpose = if is_new { Purpose::Invite } else { Purpose::Reset };
            let until = admin::make_link(tx, &found.account, purpose, &token, actor(&visit, &who), &why)?;
            Ok((found.account.name, until))
        })?;
        let text = visit.say("person-link-made", &[("name", name.into())]);
        draw_link(&visit, text, &token, until, visit.path_of(&format!("people/{}", id.0)))
    })
    .await
}

/// Signs somebody out everywhere.
pub(super) async fn end_sessions(
    visit: SiteVisit,
    State(office): State<Shared>,
    Path((_, account)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (fields, id) = (Fields(fields), AccountId(number(&account)?));
        let (why, who) = (fields.why(), visit.who());
        if why.is_empty() {
            return draw(&visit, &office, id, String::new(), vec![visit.text("person-no-why")]);
        }
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let found = get_whole(tx, &visit, id, fields.version())?;
            let ended = tables::end_sessions(tx, id, None, visit.now)?;
            tables::end_steps(tx, id)?;
            tables::note_change(tx, id, &who, visit.now)?;
            let body = json!({ "login": found.account.login.as_str(), "ended": ended, "why": why });
            actor(&visit, &who).record(tx, "session.ended", &body).map_err(AdminError::from)?;
            Ok(())
        })?;
        Ok(back(&visit, id, "sessions"))
    })
    .await
}
