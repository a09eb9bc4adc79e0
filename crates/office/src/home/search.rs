//! One field that finds everything a reader may see: things, items, checks, evidence, tasks, exceptions, people, notices.

use askama::Template;
use assess::SiteKind;
use assess::wording::fold;
use axum::extract::State;
use axum::response::Response;
use base::SubjectKind;
use evidence::store::{list_document_titles, list_names};
use governance::snapshot;
use governance::store::{SubjectLine, SubjectSearch, count_subject_lines, list_subject_lines};
use people::Role;
use people::store::list_members;
use store::{StoreError, Transaction};
use web::list::ListQuery;
use web::visit::encode_segment;
use web::{HttpError, Page, SiteVisit, blocking, page};

use crate::Office;
use crate::staff::store::list_notices;
use crate::state::Shared;

/// Results shown of one kind.
const SHOWN: usize = 20;
/// Results counted of one kind.
const COUNTED: usize = 1_000;
/// Newest evidence that is looked through by name.
const EVIDENCE_ROWS: i64 = 20_000;
/// Characters of a text that are shown.
const SHOWN_CHARS: usize = 120;

/// One result.
struct Hit {
    label: String,
    about: String,
    href: String,
}

/// The results of one kind.
struct Group {
    title: String,
    count: String,
    hits: Vec<Hit>,
    /// Where all of them stand; empty if there is no such list.
    all: String,
}

#[derive(Template)]
#[template(path = "home/search.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    query: &'a ListQuery,
    groups: Vec<Group>,
    total: String,
}

/// What is searched for, and by whom.
struct Search<'a> {
    site_kind: Option<SiteKind>,
    visit: &'a SiteVisit,
    words: Vec<String>,
    typed: String,
    /// Executives alone see neither accounts nor evidence.
    is_desk: bool,
}

impl Search<'_> {
    /// Whether all words stand in these texts.
    fn fits(&self, texts: &[&str]) -> bool {
        let folded = fold(&texts.join(" "));
        self.words.iter().all(|word| folded.contains(word.as_str()))
    }

    /// The hits of one kind, or nothing if there are none.
    fn group(&self, title: &'static str, hits: Vec<Hit>, all: &str) -> Option<Group> {
        let found = hits.len();
        let hits: Vec<Hit> = hits.into_iter().take(SHOWN).collect();
        self.counted(title, hits, found, all)
    }

    fn counted(&self, title: &'static str, hits: Vec<Hit>, found: usize, all: &str) -> Option<Group> {
        if hits.is_empty() {
            return None;
        }
        let id = if found >= COUNTED {
            "search-at-least"
        } else if found > hits.len() {
            "search-more"
        } else {
            "search-count"
        };
        let arguments = [("count", found.into()), ("shown", hits.len().into())];
        let all = if all.is_empty() {
            String::new()
        } else {
            format!("{}?q={}", self.visit.path_of(all), encode_segment(&self.typed))
        };
        Some(Group { title: self.visit.text(title), count: self.visit.say(id, &arguments), hits, all })
    }
}

/// The page of results.
pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let words: Vec<String> = fold(query.typed()).split_whitespace().map(ToOwned::to_owned).collect();
        // Asked before the search begins: within one picture of the database nobody waits for a second one.
        let site = office.installation.find_site(visit.site_id())?;
        let search = Search {
            visit: &visit,
            site_kind: site.map(|site| site.kind),
            typed: query.typed().to_owned(),
            is_desk: visit.is(Role::Administrator) || visit.is(Role::Auditor),
            words,
        };
        let groups = if search.words.is_empty() {
            Vec::new()
        } else {
            office.database().read(|tx| find_all(tx, &office, &search))?
        };
        let total = match (search.words.is_empty(), groups.is_empty()) {
            (true, _) => String::new(),
            (false, true) => visit.say("search-nothing", &[("words", query.typed().into())]),
            (false, false) => {
                visit.say("search-groups", &[("words", query.typed().into()), ("count", groups.len().into())])
            }
        };
        let body = Body { visit: &visit, query: &query, groups, total };
        page(&visit, &Page::new(visit.text("search-title"), "search"), &body)
    })
    .await
}

fn find_all(tx: &mut Transaction, office: &Office, search: &Search<'_>) -> Result<Vec<Group>, StoreError> {
    let mut groups = Vec::new();
    for (kind, title) in KINDS {
        if search.is_desk || kind != SubjectKind::Account {
            groups.extend(subjects(tx, search, kind, title)?);
        }
    }
    groups.extend(search.group("search-items", items(office, search), ""));
    groups.extend(search.group("search-checks", checks(office, search), ""));
    if search.is_desk {
        groups.extend(search.group("search-evidence", evidence(tx, search)?, "evidence"));
    }
    groups.extend(search.group("search-documents", documents(tx, office, search)?, "documents"));
    groups.extend(search.group("search-tasks", tasks(tx, search)?, ""));
    groups.extend(search.group("search-exceptions", exceptions(tx, search)?, ""));
    groups.extend(search.group("search-notices", notices(tx, search)?, ""));
    if search.is_desk {
        groups.extend(search.group("search-people", people(tx, search)?, ""));
    }
    Ok(groups)
}

const KINDS: [(SubjectKind, &str); 5] = [
    (SubjectKind::Asset, "search-assets"),
    (SubjectKind::Connection, "search-connections"),
    (SubjectKind::Account, "search-accounts"),
    (SubjectKind::Policy, "search-policies"),
    (SubjectKind::Vendor, "search-vendors"),
];

fn subjects(
    tx: &mut Transaction,
    search: &Search<'_>,
    kind: SubjectKind,
    title: &'static str,
) -> Result<Option<Group>, StoreError> {
    let wanted = SubjectSearch { words: search.words.clone(), ..SubjectSearch::default() };
    let site = search.visit.site_id();
    let lines = list_subject_lines(tx, site, kind, &wanted, 0, SHOWN)?;
    let found = if lines.len() < SHOWN { lines.len() } else { count_subject_lines(tx, site, kind, &wanted, COUNTED)? };
    let hits = lines.into_iter().map(|line| subject_hit(search, line)).collect();
    // The lists are not everybody's who may open one thing.
    let all = if search.is_desk { format!("subjects/{kind}") } else { String::new() };
    Ok(search.counted(title, hits, found, &all))
}

fn subject_hit(search: &Search<'_>, line: SubjectLine) -> Hit {
    let about = [line.place, line.address, line.os].into_iter().filter(|text| !text.is_empty());
    Hit {
        about: about.collect::<Vec<_>>().join("　"),
        href: search.visit.path_of(&format!("subjects/{}/{}", line.kind, encode_segment(&line.ident))),
        label: line.name,
    }
}

fn items(office: &Office, search: &Search<'_>) -> Vec<Hit> {
    let (visit, packs) = (search.visit, &office.installation.packs);
    let Some(kind) = search.site_kind else { return Vec::new() };
    let current = governance::answers::current_frameworks(&packs.frameworks, kind, visit.now);
    let mut hits = Vec::new();
    for framework in current {
        for item in &framework.items {
            let (section, text) = (item.section.get(visit.lang), item.text.get(visit.lang));
            if search.fits(&[&item.id, &item.number, section, text]) {
                hits.push(Hit {
                    label: format!("{} {}", item.number, cut(text)),
                    about: format!("{} {section}", framework.title.get(visit.lang)),
                    href: visit.path_of(&format!("checklists/{}/{}", framework.id, item.id)),
                });
            }
        }
    }
    hits
}

fn checks(office: &Office, search: &Search<'_>) -> Vec<Hit> {
    let lang = search.visit.lang;
    let fitting = office
        .installation
        .packs
        .checks
        .iter()
        .filter(|check| search.fits(&[&check.id, check.title.get(lang), check.why.get(lang), check.fix.get(lang)]));
    let hit = |check: &assess::Check| Hit {
        label: format!("{} {}", check.id, check.title.get(lang)),
        about: cut(check.why.get(lang)),
        href: search.visit.path_of(&format!("checks/{}", check.id)),
    };
    fitting.map(hit).collect()
}

fn evidence(tx: &mut Transaction, search: &Search<'_>) -> Result<Vec<Hit>, StoreError> {
    let rows = list_names(tx, search.visit.site_id(), EVIDENCE_ROWS)?;
    let fitting = rows.into_iter().filter(|(_, name, _)| search.fits(&[name]));
    let hit = |(id, name, at)| Hit {
        label: name,
        about: search.visit.minute(at),
        href: search.visit.path_of(&format!("evidence/{id}")),
    };
    Ok(fitting.map(hit).collect())
}

fn documents(tx: &mut Transaction, office: &Office, search: &Search<'_>) -> Result<Vec<Hit>, StoreError> {
    let (kinds, lang) = (&office.installation.packs.kinds, search.visit.lang);
    let rows = list_document_titles(tx, search.visit.site_id(), EVIDENCE_ROWS)?.into_iter();
    let labelled = rows.map(|(title, kind)| (title, kinds.label(&kind).get(lang).to_owned()));
    let fitting = labelled.filter(|(title, kind)| search.fits(&[title, kind]));
    let hit = |(label, about)| Hit { label, about, href: search.visit.path_of("documents") };
    Ok(fitting.map(hit).collect())
}

fn tasks(tx: &mut Transaction, search: &Search<'_>) -> Result<Vec<Hit>, StoreError> {
    let (site, lang) = (search.visit.site_id(), search.visit.lang);
    let texts = snapshot::list_task_texts(tx, site, lang)?;
    let mut hits = Vec::new();
    for task in governance::store::list_tasks(tx, site, false)? {
        let key = task.key.to_string();
        let Some(text) = texts.get(&key) else { continue };
        if search.fits(&[&text.title, &text.why, &task.owner, &key]) {
            let href = search.visit.path_of(&format!("tasks/{}", task.id));
            hits.push(Hit { label: cut(&text.title), about: cut(&text.why), href });
        }
    }
    Ok(hits)
}

fn exceptions(tx: &mut Transaction, search: &Search<'_>) -> Result<Vec<Hit>, StoreError> {
    let all = governance::store::list_exceptions(tx, search.visit.site_id())?;
    let fitting = all.into_iter().filter(|one| {
        let subject = one.subject.as_ref().map(ToString::to_string).unwrap_or_default();
        search.fits(&[&one.check, &one.reason, &one.requested_by, &subject])
    });
    let hit = |one: governance::exceptions::Exception| Hit {
        label: format!("#{} {}", one.id, one.check),
        about: cut(&one.reason),
        href: search.visit.path_of(&format!("exceptions/{}", one.id)),
    };
    Ok(fitting.map(hit).collect())
}

fn notices(tx: &mut Transaction, search: &Search<'_>) -> Result<Vec<Hit>, StoreError> {
    let visit = search.visit;
    let is_admin = visit.is(Role::Administrator);
    let all = list_notices(tx, visit.site_id())?.into_iter();
    // Only administrators see what is not shown any more, and can open a notice.
    let fitting = all.filter(|notice| is_admin || notice.is_shown(visit.today()));
    let fitting = fitting.filter(|notice| search.fits(&[&notice.text.title, &notice.text.body]));
    let href = |id: i64| visit.path_of(&if is_admin { format!("notices/{id}") } else { "staff".to_owned() });
    let hits =
        fitting.map(|notice| Hit { about: cut(&notice.text.body), href: href(notice.id), label: notice.text.title });
    Ok(hits.collect())
}

fn people(tx: &mut Transaction, search: &Search<'_>) -> Result<Vec<Hit>, StoreError> {
    let members = list_members(tx, search.visit.site_id())?.into_iter();
    let fitting = members.filter(|member| search.fits(&[&member.name, &member.login, &member.department]));
    let hits = fitting.map(|member| Hit {
        href: search.visit.path_of(&format!("people/{}", member.account)),
        about: member.department,
        label: format!("{}（{}）", member.name, member.login),
    });
    Ok(hits.collect())
}

fn cut(text: &str) -> String {
    let short: String = text.chars().take(SHOWN_CHARS).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
