//! Asking for an exception: a reason, an end, and what is done instead.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::Subject;
use governance::exceptions::{Control, ExceptionError, Exceptions, MAX_DAYS, NewException};
use governance::snapshot;
use governance::store as tables;
use store::{StoreError, Transaction};
use web::list::ListQuery;
use web::{Form, HttpError, Page, SiteVisit, blocking, page, redirect};

use super::exceptions::check_title;
use crate::state::{Office, Shared};
use crate::words::plain;

/// Controls of one request.
const CONTROLS: usize = 5;
/// Pieces of evidence to choose from.
const CHOICES: i64 = 200;
/// Longest reason or control, in characters.
const MAX_CHARS: usize = 2_000;

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let given = |name: &str| query.filter(name).unwrap_or_default().to_owned();
        let typed = Typed { check: given("check"), subject: given("subject"), ..Typed::default() };
        draw(&visit, &office, typed, None)
    })
    .await
}

/// What was typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    check: String,
    subject: String,
    reason: String,
    until: String,
    controls: Vec<(String, String)>,
}

impl Typed {
    fn of(fields: &[(String, String)]) -> Self {
        let text = |name: &str| {
            let value = fields.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.as_str());
            plain(&value.replace(['\r', '\n'], " ")).trim().to_owned()
        };
        Self {
            check: text("check"),
            subject: text("subject"),
            reason: text("reason"),
            until: text("until"),
            controls: (1..=CONTROLS)
                .map(|number| (text(&format!("control{number}")), text(&format!("evidence{number}"))))
                .collect(),
        }
    }

    fn control(&self, number: usize) -> (String, String) {
        self.controls.get(number).cloned().unwrap_or_default()
    }
}

struct ControlRow {
    number: usize,
    control: String,
    evidence: String,
}

#[derive(Template)]
#[template(path = "checklist/exception_form.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    path: String,
    problem: Option<String>,
    /// Id and title of the check, if one was chosen.
    check: Option<(String, String)>,
    /// Checks to choose from: what the evidence contradicts.
    checks: Vec<(String, String)>,
    subject: Option<String>,
    typed: Typed,
    controls: Vec<ControlRow>,
    evidence: Vec<(String, String)>,
    today: String,
    last: String,
}

impl Body<'_> {
    /// Whether a control beyond the first was typed: its fields are then in sight.
    fn has_more_controls(&self) -> bool {
        self.controls.iter().skip(1).any(|row| !row.control.is_empty() || !row.evidence.is_empty())
    }
}

struct Choices {
    checks: Vec<(String, String)>,
    evidence: Vec<(String, String)>,
}

fn choices(tx: &mut Transaction, visit: &SiteVisit) -> Result<Choices, StoreError> {
    let findings = snapshot::list_findings_brief(tx, visit.site_id(), visit.lang)?;
    let evidence = tables::list_recent_evidence(tx, visit.site_id(), CHOICES)?;
    Ok(Choices {
        checks: findings.into_iter().map(|finding| (finding.check_id, finding.title)).collect(),
        evidence: evidence.into_iter().map(|(id, name)| (id.to_string(), format!("#{id} {}", plain(&name)))).collect(),
    })
}

fn draw(
    visit: &SiteVisit,
    office: &Office,
    typed: Typed,
    problem: Option<(StatusCode, String)>,
) -> Result<Response, HttpError> {
    let Choices { checks, evidence } = office.database().read(|tx| choices(tx, visit))?;
    let known = office.installation.packs.checks.iter().find(|check| check.id == typed.check);
    if known.is_none() && !typed.check.is_empty() && problem.is_none() {
        return Err(HttpError::not_found());
    }
    let status = problem.as_ref().map(|(status, _)| *status);
    let controls = (0..CONTROLS).map(|number| {
        let (control, evidence) = typed.control(number);
        ControlRow { number: number + 1, control, evidence }
    });
    let body = Body {
        path: visit.path_of("exceptions/new"),
        problem: problem.map(|(_, text)| text),
        check: known.map(|check| (check.id.clone(), check_title(visit, office, &check.id))),
        checks,
        subject: typed.subject.parse::<Subject>().ok().map(|subject| plain(subject.id())),
        controls: controls.collect(),
        evidence,
        today: visit.today().to_string(),
        last: visit.today().plus_days(MAX_DAYS).to_string(),
        typed,
        visit,
    };
    let around = Page::new(visit.text("assets-ask-exception"), "exceptions")
        .trail(visit.text("nav-exceptions"), visit.path_of("exceptions"));
    let mut response = page(visit, &around, &body)?;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    Ok(response)
}

pub(super) async fn request(
    visit: SiteVisit,
    State(office): State<Shared>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let typed = Typed::of(&fields);
        match record(&visit, &office, &typed) {
            Ok(id) => Ok(redirect(&visit.path_of(&format!("exceptions/{id}?recorded=1")))),
            Err(refused) => {
                let problem = refused.say(&visit)?;
                draw(&visit, &office, typed, Some((StatusCode::UNPROCESSABLE_ENTITY, problem)))
            }
        }
    })
    .await
}

/// Why a request was not recorded.
enum Refused {
    /// A message that says it.
    Form(&'static str),
    Exception(ExceptionError),
}

impl From<ExceptionError> for Refused {
    fn from(err: ExceptionError) -> Self {
        Self::Exception(err)
    }
}

impl Refused {
    fn say(self, visit: &SiteVisit) -> Result<String, HttpError> {
        let err = match self {
            Self::Form(id) => return Ok(say(visit, id)),
            Self::Exception(err) => err,
        };
        let id = match err {
            ExceptionError::UnknownCheck { .. } => "checklist-exception-no-check",
            ExceptionError::NoReason => "checklist-exception-no-reason",
            ExceptionError::NoControl => "checklist-exception-no-control",
            ExceptionError::UnknownEvidence { .. } => "checklist-exception-no-evidence",
            ExceptionError::BadEnd { .. } => "checklist-exception-bad-end",
            ExceptionError::OwnRequest { .. } | ExceptionError::Unknown { .. } | ExceptionError::NotWaiting { .. } => {
                return Err(HttpError::internal(err));
            }
            ExceptionError::Ledger(err) => return Err(err.into()),
            ExceptionError::Store(err) => return Err(err.into()),
        };
        Ok(say(visit, id))
    }
}

/// A message with the limits of the form, for those that name one.
fn say(visit: &SiteVisit, id: &str) -> String {
    visit.say(id, &[("most", MAX_DAYS.into()), ("detail", MAX_CHARS.into())])
}

fn record(visit: &SiteVisit, office: &Office, typed: &Typed) -> Result<i64, Refused> {
    let controls = typed.controls.iter().filter(|(control, _)| !control.is_empty());
    let texts = controls.clone().map(|(control, _)| control).chain([&typed.reason]);
    if texts.into_iter().any(|text| text.chars().count() > MAX_CHARS) {
        return Err(Refused::Form("checklist-too-long"));
    }
    let controls = controls.map(|(control, evidence)| {
        let evidence = evidence.parse().map_err(|_| Refused::Form("checklist-exception-no-evidence"))?;
        Ok(Control { control: control.clone(), evidence })
    });
    let subject = match typed.subject.as_str() {
        "" => None,
        text => Some(text.parse::<Subject>().map_err(|_| Refused::Form("checklist-exception-no-subject"))?),
    };
    if let Some(subject) = &subject {
        let known = office.database().read(|tx| tables::find_subject_line(tx, visit.site_id(), subject));
        let is_listed = base::SubjectKind::LISTED.contains(&subject.kind());
        if is_listed && known.map_err(ExceptionError::from)?.is_none() {
            return Err(Refused::Form("checklist-exception-no-subject"));
        }
    }
    let new = NewException {
        check: typed.check.clone(),
        subject,
        reason: typed.reason.clone(),
        requested_by: visit.who(),
        expires_on: typed.until.parse().map_err(|_| Refused::Form("checklist-exception-bad-end"))?,
        controls: controls.collect::<Result<_, Refused>>()?,
    };
    let exceptions = Exceptions {
        database: office.database(),
        ledger: &office.installation.ledger,
        site: visit.site_id(),
        now: visit.now,
    };
    let known = |id: &str| office.installation.packs.checks.iter().any(|check| check.id == id);
    Ok(exceptions.request_exception(&new, known)?)
}
