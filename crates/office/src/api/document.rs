//! The description of the API, made from the handlers and the types they answer with.

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{checklists, evidence, receipts, sites, subjects, work};

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(title = "mamori", description = "The security office of a hospital, for programs. A token counts for one site."),
    paths(
        show,
        sites::list,
        sites::show,
        checklists::show,
        checklists::show_check,
        checklists::list_findings,
        checklists::list_unknown,
        subjects::list,
        subjects::show,
        evidence::list,
        evidence::show,
        evidence::show_bytes,
        receipts::add,
        work::list_tasks,
        work::count_jobs,
        work::ask_assessment
    ),
    security(("token" = [])),
    modifiers(&Token)
)]
struct Document;

/// How a program proves who it is.
struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// This description.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "description",
    security(()),
    responses((status = 200, body = serde_json::Value, description = "OpenAPI 3.1"))
)]
pub(super) async fn show() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
