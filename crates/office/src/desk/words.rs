//! A task in words for the desk: what, why, the one next step, and where it leads.

use std::collections::BTreeMap;

use assess::Check;
use base::{Date, SubjectKind};
use governance::snapshot::TaskText;
use governance::tasks::{Task, TaskKey};
use installation::Packs;
use web::SiteVisit;
use web::visit::encode_segment;

/// What a task is about.
pub(super) enum About<'a> {
    /// Mend what a check contradicts.
    Fix(&'a Check),
    /// Get the evidence a check lacks.
    Ask(&'a Check),
    /// Hand in a document for an item of a checklist: the ids of both.
    Show(&'a str, &'a assess::Item),
    /// Keep the word given for an item of a checklist: the ids of both.
    Keep(&'a str, &'a assess::Item),
    /// A check or item the packs no longer have.
    Gone,
}

/// What a task is about.
pub(super) fn about<'a>(packs: &'a Packs, key: &TaskKey) -> About<'a> {
    let check = |id: &str| packs.checks.iter().find(|check| check.id == id);
    let item = |id: &str| {
        packs.frameworks.iter().find_map(|framework| {
            let item = framework.items.iter().find(|item| item.id == *id)?;
            Some((framework.id.as_str(), item))
        })
    };
    match key {
        TaskKey::Fix(id) => check(id).map_or(About::Gone, About::Fix),
        TaskKey::Ask(id) => check(id).map_or(About::Gone, About::Ask),
        TaskKey::Keep(id) => item(id).map_or(About::Gone, |(framework, item)| About::Keep(framework, item)),
        TaskKey::Show(id) => item(id).map_or(About::Gone, |(framework, item)| About::Show(framework, item)),
    }
}

/// Whether a task is about a door to the outside.
pub(super) fn is_door(packs: &Packs, task: &Task) -> bool {
    match about(packs, &task.key) {
        About::Fix(check) | About::Ask(check) => check.subject == SubjectKind::Connection,
        About::Keep(..) | About::Show(..) | About::Gone => false,
    }
}

/// A task in words.
pub(super) struct Words {
    pub(super) title: String,
    /// What it means for patients; empty if nobody wrote it down.
    pub(super) patients: String,
    /// The one next step.
    pub(super) next: String,
    /// Page with what it rests on; empty if there is none.
    pub(super) path: String,
    /// Label of that page.
    pub(super) leads_to: String,
    /// The forms that take a document, with their labels; empty if none is asked for.
    pub(super) forms: Vec<(String, String)>,
}

pub(super) fn words(visit: &SiteVisit, packs: &Packs, texts: &BTreeMap<String, TaskText>, task: &Task) -> Words {
    let lang = visit.lang;
    let key = task.key.to_string();
    let title = texts.get(&key).map_or(key, |text| text.title.clone());
    let of_check = |check: &Check, next: String| Words {
        title: title.clone(),
        patients: check.why.get(lang).to_owned(),
        next,
        path: visit.path_of(&format!("checks/{}", encode_segment(&check.id))),
        leads_to: check.title.get(lang).to_owned(),
        forms: Vec::new(),
    };
    match about(packs, &task.key) {
        About::Fix(check) => of_check(check, check.fix.get(lang).to_owned()),
        About::Ask(check) => of_check(check, check.ask.get(lang).to_owned()),
        About::Keep(framework, item) => Words {
            title: title.clone(),
            patients: String::new(),
            next: visit.text("desk-next-keep"),
            path: visit.path_of(&format!("checklists/{}/{}", encode_segment(framework), encode_segment(&item.id))),
            leads_to: item.text.get(lang).to_owned(),
            forms: Vec::new(),
        },
        About::Show(framework, item) => Words {
            title: title.clone(),
            patients: String::new(),
            next: visit.text("desk-next-document"),
            path: visit.path_of(&format!("checklists/{}/{}", encode_segment(framework), encode_segment(&item.id))),
            leads_to: item.text.get(lang).to_owned(),
            forms: forms(visit, packs, item),
        },
        About::Gone => Words {
            title,
            patients: String::new(),
            next: String::new(),
            path: String::new(),
            leads_to: String::new(),
            forms: Vec::new(),
        },
    }
}

/// A form for each kind of document that an item takes, for those who may hand one in.
fn forms(visit: &SiteVisit, packs: &Packs, item: &assess::Item) -> Vec<(String, String)> {
    let kinds = item.documents.iter().filter(|_| crate::words::may_answer(visit));
    let form = |kind: &String| {
        let document = packs.kinds.label(kind).get(visit.lang).to_owned();
        let path = visit.path_of(&format!("documents/new?kind={}", encode_segment(kind)));
        (visit.say("desk-hand-in", &[("document", document.into())]), path)
    };
    kinds.map(form).collect()
}

/// Whether the day of an open task is over.
pub(super) fn is_overdue(task: &Task, today: Date) -> bool {
    task.closed_at.is_none() && task.due_on.is_some_and(|due| due < today)
}
