//! Every room of the office.

use std::sync::Arc;

use axum::Router;
use installation::work::Worker;
use store::Migration;
use web::Routes;

use crate::state::Shared;
use crate::{Office, alerts, api, assets, checklist, desk, evidence, executive, home, import, people, sign_in, staff};

/// Every route with who may use it.
#[must_use]
pub fn routes() -> Routes<Shared> {
    home::routes()
        .and(sign_in::routes())
        .and(staff::routes())
        .and(executive::routes())
        .and(desk::routes())
        .and(import::routes())
        .and(assets::routes())
        .and(checklist::routes())
        .and(evidence::routes())
        .and(alerts::routes())
        .and(people::routes())
        .and(api::routes())
}

/// Steps of the schema of the rooms.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    [import::MIGRATIONS, executive::MIGRATIONS, staff::MIGRATIONS].concat()
}

/// Those who do the jobs of the rooms.
#[must_use]
pub fn workers() -> Vec<Box<dyn Worker>> {
    executive::workers()
}

/// The office, ready to be served.
pub fn router(office: &Arc<Office>) -> Router {
    routes().into_router(&office.frame).with_state(Arc::clone(office))
}
