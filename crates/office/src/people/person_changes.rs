//! What an administrator does to an account.

use ::people::account::clean_name;
use ::people::admin::{self, AdminError, Details, LastAdministrator, RolesAt};
use ::people::link::Purpose;
use ::people::store as tables;
use ::people::{AccountId, EVERYWHERE, Role, RoleSet, new_token};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use store::ledger::Recording;
use web::{HttpError, SiteVisit, blocking, redirect};

use super::fields::{AT_EVERY_SITE, AT_SITE, Sent, administers, check_no_deputy, makes_executives};
use super::made::draw_link;
use super::person::{Found, draw, find};
use crate::sign_in::{Refusal, check_proof};

/// Somebody of this site whom nobody changed since the page was drawn.
fn get(tx: &mut Recording<'_>, sent: &Sent, id: AccountId) -> Result<Found, Refusal> {
    let found = find(tx, &sent.visit, id)?.ok_or_else(HttpError::not_found)?;
    admin::get_unchanged(tx, id, sent.fields.version())?;
    Ok(found)
}

/// As [`get`], and the visitor administers every site of theirs.
fn get_whole(tx: &mut Recording<'_>, sent: &Sent, id: AccountId) -> Result<Found, Refusal> {
    let found = get(tx, sent, id)?;
    let may = found.may_be_administered_by(&sent.visit);
    if may { Ok(found) } else { Err(HttpError::conflict("person-elsewhere", "").into()) }
}

/// As [`get_whole`], and the visitor may decide how they get in.
fn get_ruled(tx: &mut Recording<'_>, sent: &Sent, id: AccountId) -> Result<Found, Refusal> {
    let found = get_whole(tx, sent, id)?;
    found.check_access_by(&sent.visit).map_err(forbidden)?;
    Ok(found)
}

fn forbidden(message: &'static str) -> HttpError {
    HttpError::new(StatusCode::FORBIDDEN, message, "")
}

fn back(visit: &SiteVisit, id: AccountId, done: &str) -> Response {
    redirect(&visit.path_of(&format!("people/{}?done={done}", id.0)))
}

/// The page again, with what is wrong.
fn complain(sent: &Sent, id: AccountId, wrong: Vec<String>) -> Result<Response, HttpError> {
    draw(&sent.visit, &sent.office, id, String::new(), wrong)
}

fn complain_no_why(sent: &Sent, id: AccountId) -> Result<Response, HttpError> {
    complain(sent, id, vec![sent.visit.text("person-no-why")])
}

/// The roles that are ticked: here, and everywhere if the visitor was asked about those.
struct Ticked {
    here: RoleSet,
    everywhere: Option<RoleSet>,
}

impl Ticked {
    fn read(sent: &Sent) -> Self {
        let asked = sent.fields.get("has_everywhere") == "1" && administers(&sent.visit, EVERYWHERE);
        Self { here: sent.fields.roles("role"), everywhere: asked.then(|| sent.fields.roles("everywhere")) }
    }

    /// What is wrong with giving them to somebody, as far as it can be said before.
    fn wrong(&self, sent: &Sent, present: &Found) -> Vec<String> {
        let visit = &sent.visit;
        let held = (present.roles_at(visit.site_id()), present.roles_at(EVERYWHERE));
        let all = self.everywhere.unwrap_or(held.1).iter().fold(self.here, RoleSet::with);
        let conflict = admin::check_roles(all, &present.account.vendor).err();
        let mut wrong: Vec<String> = conflict.map(|conflict| visit.text(conflict.message())).into_iter().collect();
        if self.here.has(Role::Executive) && !held.0.has(Role::Executive) {
            // The last decision is not the IT desk's (S220): nobody makes themself an executive.
            if present.account.id == visit.person().account.id {
                wrong.push(visit.text("person-not-own-executive"));
            } else if !makes_executives(visit, visit.site_id()) {
                wrong.push(visit.text("people-executive-elsewhere"));
            }
        }
        let takes = |held: RoleSet, wanted: RoleSet| held.iter().any(|role| !wanted.has(role));
        let takes_away = takes(held.0, self.here) || self.everywhere.is_some_and(|wanted| takes(held.1, wanted));
        if takes_away && sent.why().is_none() {
            wrong.push(visit.text("person-no-why"));
        }
        wrong
    }
}

/// Gives exactly the roles that are ticked. Taking one away needs a reason.
pub(super) async fn change_roles(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (visit, id) = (&sent.visit, sent.account()?);
        check_no_deputy(visit)?;
        check_proof(visit)?;
        let ticked = Ticked::read(&sent);
        let present = sent.office.database().read(|tx| find(tx, visit, id))?.ok_or_else(HttpError::not_found)?;
        let wrong = ticked.wrong(&sent, &present);
        if !wrong.is_empty() {
            return complain(&sent, id, wrong);
        }
        let mut all = vec![RolesAt { site: visit.site_id(), wanted: ticked.here, within: AT_SITE }];
        all.extend(ticked.everywhere.map(|wanted| RolesAt { site: EVERYWHERE, wanted, within: AT_EVERY_SITE }));
        let is_left = sent.write(|tx| {
            let found = get(tx, &sent, id)?;
            found.check_roles_by(visit).map_err(forbidden)?;
            admin::set_roles(tx, &found.account, &all, sent.actor(), &sent.fields.why())?;
            Ok(find(tx, visit, id)?.is_some())
        })?;
        Ok(if is_left { back(visit, id, "roles") } else { redirect(&visit.path_of("people")) })
    })
    .await
}

/// Changes name and department.
pub(super) async fn change_details(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = sent.account()?;
        check_no_deputy(&sent.visit)?;
        let (name, department) = (clean_name(sent.fields.get("name")), clean_name(sent.fields.get("department")));
        if name.is_empty() {
            return complain(&sent, id, vec![sent.visit.text("person-bad-name")]);
        }
        sent.write(|tx| {
            let account = get_whole(tx, &sent, id)?.account;
            let details = Details { name: &name, department: &department, lang: account.lang };
            admin::change_details(tx, &account, &details, sent.actor())?;
            Ok(())
        })?;
        Ok(back(&sent.visit, id, "details"))
    })
    .await
}

/// Lets somebody sign in again, or no longer. The latter needs a reason.
pub(super) async fn change_enabled(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (id, enabled, why) = (sent.account()?, sent.fields.get("enabled") == "yes", sent.why());
        check_no_deputy(&sent.visit)?;
        if !enabled && why.is_none() {
            return complain_no_why(&sent, id);
        }
        let why = why.unwrap_or_default();
        sent.write(|tx| {
            let account = get_ruled(tx, &sent, id)?.account;
            if enabled {
                admin::enable(tx, &account, sent.actor(), &why)?;
            } else {
                admin::disable(tx, &account, LastAdministrator::Stays, sent.actor(), &why)?;
            }
            Ok(())
        })?;
        Ok(back(&sent.visit, id, if enabled { "enabled" } else { "disabled" }))
    })
    .await
}

/// Makes a link with which somebody starts anew, and shows it once. What they have counts until they use it.
pub(super) async fn make_link(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (visit, id) = (&sent.visit, sent.account()?);
        check_no_deputy(visit)?;
        check_proof(visit)?;
        let Some(why) = sent.why() else { return complain_no_why(&sent, id) };
        let token = new_token(&*sent.office.frame.randomness);
        let (name, until) = sent.write(|tx| {
            let found = get_ruled(tx, &sent, id)?;
            if !found.account.enabled {
                return Err(HttpError::conflict("person-link-disabled", "").into());
            }
            let is_new = tables::find_credential(tx, id)?.is_none();
            let purpose = if is_new { Purpose::Invite } else { Purpose::Reset };
            let until = admin::make_link(tx, &found.account, purpose, &token, sent.actor(), &why)?;
            Ok((found.account.name, until))
        })?;
        let text = visit.say("person-link-made", &[("name", name.as_str().into())]);
        draw_link(visit, text, &name, &token, until, visit.path_of(&format!("people/{}", id.0)))
    })
    .await
}

/// Signs somebody out everywhere.
pub(super) async fn end_sessions(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (visit, id) = (&sent.visit, sent.account()?);
        check_no_deputy(visit)?;
        let Some(why) = sent.why() else { return complain_no_why(&sent, id) };
        sent.write(|tx| {
            let (found, actor) = (get_ruled(tx, &sent, id)?, sent.actor());
            let ended = tables::end_sessions(tx, id, None, visit.now)?;
            tables::end_steps(tx, id)?;
            tables::note_change(tx, id, actor.who, visit.now)?;
            let body = json!({ "login": found.account.login.as_str(), "ended": ended, "why": why });
            actor.record(tx, "session.ended", &body).map_err(AdminError::from)?;
            Ok(())
        })?;
        Ok(back(visit, id, "sessions"))
    })
    .await
}
