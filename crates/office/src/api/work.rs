//! Tasks, jobs, and asking for an assessment.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use governance::snapshot::{self, TaskText};
use governance::tasks::{Task, in_order};
use installation::work::request_assessment;
use store::{StoreError, jobs};
use web::{HttpError, Visit, blocking};

use super::body::{AssessmentBody, JobsBody, Refusals, TaskBody, TasksBody};
use super::gate::{Access, Asked, Rows, Segments, admit};
use crate::state::Shared;

/// Open tasks, gravest first.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/tasks",
    tag = "work",
    params(("site" = String, Path, description = "The site of the token"), Rows),
    responses((status = 200, body = TasksBody), Refusals)
)]
pub(super) async fn list_tasks(
    visit: Visit,
    Segments(site): Segments<String>,
    Asked(rows): Asked<Rows>,
    State(office): State<Shared>,
) -> Result<Json<TasksBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let (tasks, texts) = office.database().read(|tx| {
            let tasks = governance::store::list_tasks(tx, &site, false)?;
            Ok::<_, StoreError>((tasks, snapshot::list_task_texts(tx, &site, visit.lang)?))
        })?;
        let (tasks, next) = rows.cut(in_order(tasks))?;
        Ok(Json(TasksBody { tasks: tasks.into_iter().map(|task| task_body(task, &texts)).collect(), next }))
    })
    .await
}

fn task_body(task: Task, texts: &BTreeMap<String, TaskText>) -> TaskBody {
    let key = task.key.to_string();
    let text = texts.get(&key);
    TaskBody {
        id: task.id,
        severity: task.severity.into(),
        title: text.map_or_else(|| key.clone(), |text| text.title.clone()),
        why: text.map(|text| text.why.clone()).unwrap_or_default(),
        owner: task.owner,
        due_on: task.due_on.map(|day| day.to_string()),
        opened_at: task.opened_at.rfc3339(),
        key,
    }
}

/// How much work waits in the whole installation.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/jobs",
    tag = "work",
    params(("site" = String, Path, description = "The site of the token")),
    responses((status = 200, body = JobsBody), Refusals)
)]
pub(super) async fn count_jobs(
    visit: Visit,
    Segments(site): Segments<String>,
    State(office): State<Shared>,
) -> Result<Json<JobsBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        admit(&office, &visit, &site, Access::Read)?;
        let counts = office.database().read(jobs::count)?;
        let jobs::JobCounts { queued, running, done, failed } = counts;
        Ok(Json(JobsBody { queued, running, done, failed }))
    })
    .await
}

/// Asks for a new assessment: exceptions and time change verdicts as much as evidence does.
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/assessments",
    tag = "work",
    params(("site" = String, Path, description = "The site of the token")),
    responses((status = 202, body = AssessmentBody, description = "It will be made"), Refusals)
)]
pub(super) async fn ask_assessment(
    visit: Visit,
    Segments(site): Segments<String>,
    State(office): State<Shared>,
) -> Result<(StatusCode, Json<AssessmentBody>), HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Write)?.id;
        request_assessment(&office.installation, &site)?;
        Ok((StatusCode::ACCEPTED, Json(AssessmentBody { site, state: "asked".to_owned() })))
    })
    .await
}
