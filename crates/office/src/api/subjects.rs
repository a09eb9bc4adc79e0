//! Known things, and the facts about one of them.
#![expect(unused_qualifications, reason = "the description of parameters is written by a macro")]

use std::collections::HashMap;

use ::evidence::World;
use assess::wording::fold;
use axum::Json;
use axum::extract::State;
use base::{Subject, SubjectKind};
use governance::Conclusion;
use governance::store::{SubjectLine, SubjectSearch, find_subject_line, list_subject_lines};
use serde::Deserialize;
use store::{StoreError, Transaction};
use utoipa::IntoParams;
use web::{HttpError, Visit, blocking};

use super::body::{FactBody, Refusals, SubjectBody, SubjectLineBody, SubjectsBody};
use super::gate::{Access, Asked, Rows, Segments, admit, bad_query};
use crate::Office;
use crate::state::Shared;
use ::evidence::store::find_evidence;

/// Longest words to search for, in characters.
const MAX_WORDS_CHARS: usize = 200;

/// Which things are wanted.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Words {
    /// Words that must all occur, whatever their width and case; 200 characters at most.
    #[param(max_length = 200)]
    #[serde(default)]
    q: Option<String>,
}

/// Known things of one kind, gravest findings first, as of the last assessment.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/subjects/{kind}",
    tag = "subjects",
    params(
        ("site" = String, Path, description = "The site of the token"),
        ("kind" = String, Path, description = "asset, account, connection, policy or vendor; others have no list"),
        Words,
        Rows
    ),
    responses((status = 200, body = SubjectsBody), Refusals)
)]
pub(super) async fn list(
    visit: Visit,
    Segments((site, kind)): Segments<(String, String)>,
    Asked(words): Asked<Words>,
    Asked(rows): Asked<Rows>,
    State(office): State<Shared>,
) -> Result<Json<SubjectsBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let kind: SubjectKind = kind.parse().map_err(|_| HttpError::not_found())?;
        let (after, limit) = rows.window()?;
        let typed = words.q.unwrap_or_default();
        if typed.chars().count() > MAX_WORDS_CHARS {
            return Err(bad_query("q is longer than 200 characters"));
        }
        // No database takes a text with this character.
        let words = fold(&typed.replace('\0', " ")).split_whitespace().map(ToOwned::to_owned).collect();
        let search = SubjectSearch { words, ..SubjectSearch::default() };
        let offset = usize::try_from(after).unwrap_or(usize::MAX);
        let mut lines = office.database().read(|tx| list_subject_lines(tx, &site, kind, &search, offset, limit + 1))?;
        let more = lines.len() > limit;
        lines.truncate(limit);
        let next = more.then(|| after.saturating_add(i64::try_from(limit).unwrap_or(i64::MAX)));
        Ok(Json(SubjectsBody { subjects: lines.iter().map(SubjectLineBody::from).collect(), next }))
    })
    .await
}

/// One thing with every fact that counts, its evidence, its place in it, its age, and whether it is too old.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/subjects/{kind}/{ident}",
    tag = "subjects",
    params(
        ("site" = String, Path, description = "The site of the token"),
        ("kind" = String, Path, description = "Kind of the thing"),
        ("ident" = String, Path, description = "Its identifier, percent-encoded")
    ),
    responses((status = 200, body = SubjectBody), Refusals)
)]
pub(super) async fn show(
    visit: Visit,
    Segments((site, kind, ident)): Segments<(String, String, String)>,
    State(office): State<Shared>,
) -> Result<Json<SubjectBody>, HttpError> {
    blocking(move || -> Result<_, HttpError> {
        let site = admit(&office, &visit, &site, Access::Read)?.id;
        let kind: SubjectKind = kind.parse().map_err(|_| HttpError::not_found())?;
        let subject = Subject::new(kind, ident).map_err(|_| HttpError::not_found())?;
        let found = office.database().read(|tx| {
            let line = find_subject_line(tx, &site, &subject)?;
            let facts = facts(tx, &office, &visit, &site, &subject, line.as_ref())?;
            Ok::<_, StoreError>((line, facts))
        })?;
        let (line, facts) = found;
        if line.is_none() && facts.is_empty() {
            return Err(HttpError::not_found());
        }
        Ok(Json(SubjectBody {
            kind: subject.kind().name().to_owned(),
            id: subject.id().to_owned(),
            aliases: line.iter().flat_map(|line| &line.aliases).map(ToString::to_string).collect(),
            line: line.as_ref().map(SubjectLineBody::from),
            facts,
        }))
    })
    .await
}

/// Names of evidence, each read once.
type Files = HashMap<i64, String>;

fn file_name(tx: &mut Transaction, files: &mut Files, site: &str, id: i64) -> Result<String, StoreError> {
    if let Some(name) = files.get(&id) {
        return Ok(name.clone());
    }
    let name = find_evidence(tx, site, id)?.map(|row| row.name).unwrap_or_default();
    files.insert(id, name.clone());
    Ok(name)
}

fn facts(
    tx: &mut Transaction,
    office: &Office,
    visit: &Visit,
    site: &str,
    subject: &Subject,
    line: Option<&SubjectLine>,
) -> Result<Vec<FactBody>, StoreError> {
    let mut subjects = vec![subject.clone()];
    subjects.extend(line.iter().flat_map(|line| line.aliases.iter().cloned()));
    let dictionary = &office.installation.packs.dictionary;
    let world = World::load_one(tx, site, dictionary, visit.now, &subjects)?;
    let mut files = Files::new();
    let mut facts = Vec::new();
    for fact in world.of_kind(subject.kind()).flat_map(|(_, known)| known.facts()) {
        let origin = world.origin(fact.id);
        let (file, place) = match origin {
            Some(origin) => (
                file_name(tx, &mut files, site, origin.evidence)?,
                ::evidence::store::find_locator(tx, origin.subject, origin.key, origin.evidence)?,
            ),
            None => (String::new(), None),
        };
        let label = dictionary.definition(fact.key).map(|definition| definition.label.get(visit.lang).to_owned());
        facts.push(FactBody {
            key: dictionary.key(fact.key).to_owned(),
            label: label.unwrap_or_default(),
            value: fact.value.to_string(),
            observed_at: fact.observed_at.rfc3339(),
            age_days: visit.now.days_since(fact.observed_at),
            grade: fact.grade.into(),
            stale: !world.is_fresh(fact),
            concluded: false,
            evidence: origin.map(|origin| origin.evidence),
            file,
            place: place.map_or_else(String::new, |place| place.to_string()),
        });
    }
    for conclusion in line.into_iter().flat_map(|line| &line.conclusions) {
        facts.extend(concluded(tx, office, visit, &mut files, site, conclusion)?);
    }
    facts.sort_by(|a, b| (&a.key, a.concluded).cmp(&(&b.key, b.concluded)));
    Ok(facts)
}

/// A conclusion of the last assessment as a fact; `None` if the dictionary no longer knows what it says.
fn concluded(
    tx: &mut Transaction,
    office: &Office,
    visit: &Visit,
    files: &mut Files,
    site: &str,
    conclusion: &Conclusion,
) -> Result<Option<FactBody>, StoreError> {
    let Some((definition, value)) = conclusion.read(&office.installation.packs.dictionary) else { return Ok(None) };
    let evidence = Some(conclusion.evidence).filter(|id| *id > 0);
    let file = match evidence {
        Some(id) => file_name(tx, files, site, id)?,
        None => String::new(),
    };
    Ok(Some(FactBody {
        key: definition.key.clone(),
        label: definition.label.get(visit.lang).to_owned(),
        value: value.to_string(),
        observed_at: conclusion.observed_at.rfc3339(),
        age_days: visit.now.days_since(conclusion.observed_at),
        grade: conclusion.grade.into(),
        stale: definition.is_stale(conclusion.observed_at, visit.now),
        concluded: true,
        evidence,
        file,
        place: String::new(),
    }))
}
