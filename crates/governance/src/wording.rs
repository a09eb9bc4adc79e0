//! Tasks in words: what to do, on what, and why.

use std::collections::HashMap;

use assess::{Check, SiteKind};
use base::{Date, Lang, Subject, SubjectKind};
use i18n::message;
use report::model::{TaskLine, TaskState, TodoLine};

use crate::answers::{ItemAnswer, SiteAnswers};
use crate::assessment::Assessment;
use crate::build::Material;
use crate::documents::DocumentKinds;
use crate::tasks::{Task, TaskKey};

/// The message that names a kind of site.
#[must_use]
pub const fn site_kind_message(kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Hospital => "site-kind-hospital",
        SiteKind::Clinic => "site-kind-clinic",
        SiteKind::Pharmacy => "site-kind-pharmacy",
    }
}

/// What is needed to put a task into words.
#[derive(Debug, Clone, Copy)]
pub struct TaskWording<'a> {
    /// Language.
    pub lang: Lang,
    /// The checks.
    pub checks: &'a [Check],
    /// What they answered.
    pub assessment: &'a Assessment,
    /// The checklists, answered.
    pub answers: &'a [SiteAnswers<'a>],
    /// Kinds of documents.
    pub kinds: &'a DocumentKinds,
    /// Names of subjects.
    pub names: &'a HashMap<Subject, String>,
}

impl<'a> TaskWording<'a> {
    pub(crate) const fn new(material: &Material<'a>, names: &'a HashMap<Subject, String>) -> Self {
        Self {
            lang: material.lang,
            checks: material.checks,
            assessment: material.assessment,
            answers: material.answers,
            kinds: material.kinds,
            names,
        }
    }

    /// What a task says, and why.
    #[must_use]
    pub fn text(&self, key: &TaskKey) -> (String, String) {
        let unknown = || (key.to_string(), String::new());
        match key {
            TaskKey::Fix(id) => self.check(id).map_or_else(unknown, |check| self.fix(check)),
            TaskKey::Ask(id) => self.check(id).map_or_else(unknown, |check| {
                let title = message(self.lang, "task-ask", &[("title", check.title.get(self.lang).into())]);
                (title, check.ask.get(self.lang).to_owned())
            }),
            TaskKey::Keep(id) => self.answer(id).map_or_else(unknown, |answer| self.keep(answer)),
            TaskKey::Show(id) => self.answer(id).map_or_else(unknown, |answer| self.show(answer.item)),
        }
    }

    fn check(&self, id: &str) -> Option<&'a Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    fn answer(&self, id: &str) -> Option<&'a ItemAnswer<'a>> {
        self.answers.iter().flat_map(|answers| &answers.items).find(|item| item.item.id == id)
    }

    fn fix(&self, check: &Check) -> (String, String) {
        let failing =
            self.assessment.find(self.checks, &check.id).map(|answer| answer.failing.as_slice()).unwrap_or_default();
        let title = check.title.get(self.lang);
        // A title is one line of words: the marks around a command are for the page of the task.
        let fix = first_sentence(check.fix.get(self.lang), self.lang).replace('`', "");
        // What is about the site itself needs no name.
        let Some(first) = failing.first().filter(|subject| subject.kind() != SubjectKind::Site) else {
            return (fix, title.to_owned());
        };
        let name = self.names.get(first).map_or_else(|| first.id(), String::as_str);
        let id = if failing.len() > 1 { "task-fix-several" } else { "task-fix" };
        let arguments = [("subject", name.into()), ("fix", fix.into()), ("count", failing.len().into())];
        (message(self.lang, id, &arguments), title.to_owned())
    }

    fn keep(&self, answer: &ItemAnswer<'_>) -> (String, String) {
        let number = ("number", answer.item.number.as_str().into());
        let title = match answer.claim.as_ref().and_then(|claim| claim.target_on) {
            Some(day) => message(self.lang, "task-keep", &[number, ("date", day.to_string().into())]),
            None => message(self.lang, "task-keep-no-date", &[number]),
        };
        (title, answer.item.text.get(self.lang).to_owned())
    }

    fn show(&self, item: &assess::Item) -> (String, String) {
        let labels: Vec<String> =
            item.documents.iter().map(|kind| self.kinds.label(kind).get(self.lang).to_owned()).collect();
        let arguments = [("number", item.number.as_str().into()), ("documents", labels.join("・").into())];
        (message(self.lang, "task-show", &arguments), item.text.get(self.lang).to_owned())
    }
}

/// What to do, without the remarks that follow it.
fn first_sentence(text: &str, lang: Lang) -> &str {
    let end = match lang {
        Lang::Ja => "。",
        Lang::En => ". ",
    };
    text.split_once(end).map_or(text, |(first, _)| first)
}

/// A task as the first page lists it.
pub(crate) fn todo(task: &Task, wording: &TaskWording<'_>) -> TodoLine {
    let (title, why) = wording.text(&task.key);
    TodoLine { title, why, owner: task.owner.clone(), due_on: task.due_on }
}

/// A task as the annex lists it.
pub(crate) fn task_line(task: &Task, wording: &TaskWording<'_>, today: Date) -> TaskLine {
    let (title, _) = wording.text(&task.key);
    let state = match (task.closed_at, task.due_on) {
        (Some(_), _) => TaskState::Done,
        (None, Some(due)) if due < today => TaskState::Overdue,
        (None, _) => TaskState::Open,
    };
    TaskLine { title, owner: task.owner.clone(), due_on: task.due_on, state }
}
