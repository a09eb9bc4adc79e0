//! Handing in a document, with who stands behind it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::Date;
use installation::claims::{self, ClaimError, Paper};
use web::list::ListQuery;
use web::{HttpError, Page, Received, SiteVisit, Upload, UploadLimits, blocking, page, redirect};

use crate::import::not_received;
use crate::state::{Office, Shared};
use crate::words::{plain, reason};

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    draw(&visit, &office, Typed { kind: query.filter("kind").unwrap_or_default().to_owned(), ..Typed::default() }, None)
}

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    kind: String,
    title: String,
    edition: String,
    by: String,
    issued: String,
    until: String,
    sections: Vec<String>,
}

impl Typed {
    fn of(received: &Received) -> Self {
        let text = |name: &str| plain(received.field(name)).trim().to_owned();
        let sections = received.fields.iter().filter(|(name, _)| name == "section").map(|(_, value)| value.clone());
        Self {
            kind: text("kind"),
            title: text("title"),
            edition: text("edition"),
            by: text("by"),
            issued: text("issued"),
            until: text("until"),
            sections: sections.collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "checklist/document_form.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    path: String,
    problem: Option<String>,
    kinds: Vec<(String, String)>,
    chosen: Option<String>,
    typed: Typed,
    sections: Vec<(String, String)>,
    most: u64,
    today: String,
}

fn draw(
    visit: &SiteVisit,
    office: &Office,
    typed: Typed,
    problem: Option<(StatusCode, String)>,
) -> Result<Response, HttpError> {
    let kinds = &office.installation.packs.kinds;
    let status = problem.as_ref().map(|(status, _)| *status);
    let chosen = kinds.find(&typed.kind).map(|kind| kinds.label(&kind.kind).get(visit.lang).to_owned());
    let body = Body {
        path: visit.path_of("documents/new"),
        problem: problem.map(|(_, text)| text),
        kinds: kinds
            .iter()
            .map(|kind| (kind.kind.clone(), kinds.label(&kind.kind).get(visit.lang).to_owned()))
            .collect(),
        sections: sections(visit, office, &typed.kind),
        chosen,
        typed,
        most: office.settings.upload_bytes >> 20,
        today: visit.today().to_string(),
        visit,
    };
    let around = Page::new(visit.text("checklist-hand-in-document"), "documents")
        .trail(visit.text("nav-documents"), visit.path_of("documents"));
    let mut response = page(visit, &around, &body)?;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    Ok(response)
}

/// What items ask of a document of this kind: id and label.
fn sections(visit: &SiteVisit, office: &Office, kind: &str) -> Vec<(String, String)> {
    let items = office.installation.packs.frameworks.iter().flat_map(|framework| &framework.items);
    let accepting = items.filter(|item| item.documents.iter().any(|one| one == kind));
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    for element in accepting.flat_map(|item| &item.elements) {
        sections.insert(element.id.clone(), element.label.get(visit.lang).to_owned());
    }
    sections.into_iter().collect()
}

pub(super) async fn hand_in(
    visit: SiteVisit,
    State(office): State<Shared>,
    upload: Upload,
) -> Result<Response, HttpError> {
    let most = office.settings.upload_bytes;
    let received = upload.receive(UploadLimits { files: 1, file_bytes: most, total_bytes: most }).await?;
    blocking(move || -> Result<Response, HttpError> {
        let typed = Typed::of(&received);
        let Received { files, place, .. } = received;
        let file = files.into_iter().next().unwrap_or_default();
        let outcome = record(&visit, &office, &typed, file);
        drop(place);
        match outcome {
            Ok(()) => Ok(redirect(&visit.path_of("documents?recorded=1"))),
            Err(err) => {
                let problem = say(&visit, err)?;
                draw(&visit, &office, typed, Some((StatusCode::UNPROCESSABLE_ENTITY, problem)))
            }
        }
    })
    .await
}

fn record(visit: &SiteVisit, office: &Office, typed: &Typed, file: (String, Vec<u8>)) -> Result<(), ClaimError> {
    let day = |text: &str, field: &'static str| match text {
        "" => Ok(None),
        text => text.parse::<Date>().map(Some).map_err(|_| ClaimError::BadText { field }),
    };
    let known = sections(visit, office, &typed.kind);
    let sections: Vec<String> =
        typed.sections.iter().filter(|id| known.iter().any(|(one, _)| one == *id)).cloned().collect();
    let (issued, until) = (day(&typed.issued, "issued")?, day(&typed.until, "until")?);
    if let Some(day) = issued.filter(|day| *day > visit.today()) {
        return Err(ClaimError::BadTarget { found: day });
    }
    let paper = Paper {
        kind: &typed.kind,
        title: &typed.title,
        edition: Some(typed.edition.as_str()).filter(|edition| !edition.is_empty()),
        by: &typed.by,
        issued,
        until,
        sections: &sections,
    };
    office.installation.hand_in_document(visit.site_id(), &visit.who(), &paper, file)?;
    Ok(())
}

fn say(visit: &SiteVisit, err: ClaimError) -> Result<String, HttpError> {
    match err {
        ClaimError::UnknownKind { .. } => Ok(visit.text("checklist-document-no-kind")),
        ClaimError::BadSize { .. } => Ok(visit.text("checklist-document-no-file")),
        ClaimError::BadText { field: "issued" | "until" } => Ok(visit.text("checklist-document-bad-day")),
        ClaimError::BadTarget { .. } => Ok(visit.text("checklist-document-future")),
        ClaimError::BadText { .. } => {
            Ok(visit.say("checklist-document-no-text", &[("most", claims::MAX_TEXT_CHARS.into())]))
        }
        ClaimError::UnknownItem { .. }
        | ClaimError::NoTarget
        | ClaimError::AgainstEvidence { .. }
        | ClaimError::Overtaken { .. } => Err(HttpError::internal("a document was taken for an answer")),
        ClaimError::Withheld(err) => Ok(reason(visit, err.message, &err.detail)),
        ClaimError::Store(err) => Err(err.into()),
        ClaimError::Receive(err) => Err(not_received(err)),
        ClaimError::Ledger(err) => Err(err.into()),
    }
}
