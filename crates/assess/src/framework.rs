//! Editions of checklists, and what must be true between them.

pub mod verdict;

use std::collections::{HashMap, HashSet};

use base::{Date, Mark, Text};
use toml::Table;

use crate::check::MARKS;
use crate::fields::{Fields, is_lower_snake, parse_file, place_of};
use crate::problem::{PackError, Problem};

/// Who fills a checklist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// 病院・診療所
    Hospital,
    /// 事業者
    Vendor,
    /// 薬局
    Pharmacy,
    /// 経営層
    Executive,
}

/// What an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Every kind.
    All,
    /// サーバ
    Server,
    /// 端末PC
    Terminal,
    /// ネットワーク機器
    NetworkDevice,
}

/// Who answers an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answerer {
    /// 医療機関
    Hospital,
    /// 薬局
    Pharmacy,
    /// 事業者
    Vendor,
}

/// Category of an item of the executives' list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// 予防
    Prevention,
    /// 是正
    Correction,
}

impl Audience {
    /// Every audience with its name in packs and tables.
    pub const ALL: [(&'static str, Self); 4] = [
        ("hospital", Self::Hospital),
        ("vendor", Self::Vendor),
        ("pharmacy", Self::Pharmacy),
        ("executive", Self::Executive),
    ];
}

impl Scope {
    /// Every scope with its name in packs and tables.
    pub const ALL: [(&'static str, Self); 4] = [
        ("all", Self::All),
        ("server", Self::Server),
        ("terminal", Self::Terminal),
        ("network_device", Self::NetworkDevice),
    ];
}

impl Answerer {
    /// Every answerer with its name in packs and tables.
    pub const ALL: [(&'static str, Self); 3] =
        [("hospital", Self::Hospital), ("pharmacy", Self::Pharmacy), ("vendor", Self::Vendor)];
}

impl Category {
    /// Every category with its name in packs and tables.
    pub const ALL: [(&'static str, Self); 2] = [("予防", Self::Prevention), ("是正", Self::Correction)];
}

/// One edition of one checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    /// File it was read from.
    pub file: String,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Its edition.
    pub edition: String,
    /// Who published it.
    pub issuer: Text,
    /// First day it applies.
    pub valid_from: Date,
    /// Who fills it in.
    pub audience: Audience,
    /// Where it was found.
    pub source: String,
    /// How far it was checked.
    pub mark: Mark,
    /// Its items, in the order of the checklist.
    pub items: Vec<Item>,
}

/// One item of a checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Unique over all frameworks.
    pub id: String,
    /// Number in the checklist, as printed.
    pub number: String,
    /// Section of the checklist.
    pub section: Text,
    /// The item, in our own words.
    pub text: Text,
    /// What kinds of machines it is about; empty: none, it is about the organisation.
    pub scope: Vec<Scope>,
    /// Who answers it.
    pub answerer: Vec<Answerer>,
    /// Executives' list only.
    pub category: Option<Category>,
    /// Day by which it must be so.
    pub deadline: Option<Date>,
    /// Days after which it is to be looked at again.
    pub cycle_days: Option<u32>,
    /// Ids of the checks that prove it; all must hold.
    pub checks: Vec<String>,
    /// Kinds of documents any of which attests it.
    pub documents: Vec<String>,
    /// May a person's plain claim attest it? `false` if the file does not say.
    pub statement: bool,
    /// Items of former editions it continues.
    pub maps_to: Vec<String>,
    /// Items of other checklists with a kindred purpose: our recommendation, no official correspondence.
    pub related: Vec<String>,
    /// Guideline reference.
    pub basis: Option<String>,
    /// How far wording and number were checked.
    pub mark: Mark,
    /// What a document must contain.
    pub elements: Vec<Element>,
    /// Rows of the requirements it serves.
    pub rows: Vec<String>,
}

/// Something a document must contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its id among the elements of the item.
    pub id: String,
    /// Its name.
    pub label: Text,
}

impl Framework {
    /// Reads one framework file.
    ///
    /// # Errors
    /// Everything that is wrong in the file. What must be true between files is checked by [`validate`].
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<PackError>> {
        let table = parse_file(file, text)?;
        let mut errors = Vec::new();
        let mut top = Fields::new(&table);
        let (head, entries) = (top.table("framework"), top.tables("item"));
        top.finish(file, "file", &mut errors);
        let framework = head.and_then(|head| {
            let mut fields = Fields::new(head);
            let framework = read_head(file, &mut fields);
            fields.finish(file, "framework", &mut errors);
            framework
        });
        let mut items = Vec::with_capacity(entries.len());
        for (position, entry) in entries.into_iter().enumerate() {
            let mut fields = Fields::new(entry);
            items.extend(read_item(&mut fields));
            fields.finish(file, &place_of(entry, "id", "item", position), &mut errors);
        }
        match framework {
            Some(framework) if errors.is_empty() => Ok(Self { items, ..framework }),
            _ => Err(errors),
        }
    }
}

fn read_head(file: &str, fields: &mut Fields<'_>) -> Option<Framework> {
    let (id, title, edition) = (fields.text("id"), fields.label("title"), fields.text("edition"));
    let (issuer, valid_from) = (fields.label("issuer"), fields.date("valid_from"));
    let audience = fields.choice("audience", &Audience::ALL);
    let (source, mark) = (fields.text("source"), fields.choice("mark", &MARKS));
    Some(Framework {
        file: file.to_owned(),
        id: id?,
        title: title?,
        edition: edition?,
        issuer: issuer?,
        valid_from: valid_from?,
        audience: audience?,
        source: source?,
        mark: mark?,
        items: Vec::new(),
    })
}

fn read_item(fields: &mut Fields<'_>) -> Option<Item> {
    let (id, number) = (fields.text("id"), fields.text("number"));
    let (section, text) = (fields.label("section"), fields.label("text"));
    let scope = fields.choices("scope", &Scope::ALL);
    let answerer = fields.choices("answerer", &Answerer::ALL);
    if answerer.is_empty() {
        fields.report(Problem::Empty { field: "answerer".to_owned() });
    }
    let category = fields.optional_choice("category", &Category::ALL);
    let deadline = fields.optional_date("deadline");
    let cycle_days = fields.optional_integer("cycle_days", 1, 36_500).and_then(|days| u32::try_from(days).ok());
    let (checks, documents) = (fields.texts("checks"), fields.texts("documents"));
    let statement = fields.optional_bool("statement").unwrap_or(false);
    let (maps_to, basis) = (fields.texts("maps_to"), fields.optional_text("basis"));
    let related = fields.texts("related");
    let mark = fields.choice("mark", &MARKS);
    let elements = read_elements(fields);
    let rows = fields.texts("rows");
    Some(Item {
        id: id?,
        number: number?,
        section: section?,
        text: text?,
        scope,
        answerer,
        category,
        deadline,
        cycle_days,
        checks,
        documents,
        statement,
        maps_to,
        related,
        basis,
        mark: mark?,
        elements,
        rows,
    })
}

fn read_elements(fields: &mut Fields<'_>) -> Vec<Element> {
    let tables = fields.tables("elements");
    tables.into_iter().filter_map(|table| read_element(table, fields)).collect()
}

fn read_element(table: &Table, item: &mut Fields<'_>) -> Option<Element> {
    let mut fields = Fields::new(table);
    let (id, ja, en) = (fields.text("id"), fields.text("ja"), fields.text("en"));
    fields.hand_over("elements", item);
    Some(Element { id: id?, label: Text { ja: ja?, en: en? } })
}

/// What must be true between frameworks and checks; empty if all is well.
///
/// - ids of frameworks, items and checks are unique; elements within their item;
/// - checks and items that are named exist; `maps_to` leads to an edition that is not later than this one;
/// - no deadline is before the first day of its framework;
/// - document kinds and element ids are in lower case with underscores;
/// - every item can be answered somehow, and elements only stand where a document is asked for.
#[must_use]
pub fn validate<'c>(frameworks: &[Framework], checks: impl IntoIterator<Item = &'c str>) -> Vec<PackError> {
    let mut errors = Vec::new();
    let mut check_ids = HashMap::new();
    for id in checks {
        let duplicate = check_ids.insert(id, ()).is_some();
        let what = "check id";
        let problem = || Problem::Duplicate { what, name: id.to_owned(), first: "another pack".to_owned() };
        errors.extend(duplicate.then(|| PackError {
            file: "checks".to_owned(),
            place: id.to_owned(),
            problem: problem(),
        }));
    }
    let mut framework_ids: HashMap<&str, &Framework> = HashMap::new();
    let mut items: HashMap<&str, &Framework> = HashMap::new();
    for framework in frameworks {
        if let Some(first) = framework_ids.insert(&framework.id, framework) {
            errors.push(framework.error("framework", duplicate("framework id", &framework.id, &first.file)));
        }
        for item in &framework.items {
            if let Some(first) = items.insert(&item.id, framework) {
                errors.push(framework.error(&item.id, duplicate("item id", &item.id, &first.file)));
            }
        }
    }
    for framework in frameworks {
        for item in &framework.items {
            let problems = problems_of(item, framework, &items, |id| check_ids.contains_key(id));
            errors.extend(problems.into_iter().map(|problem| framework.error(&item.id, problem)));
        }
    }
    errors
}

impl Framework {
    fn error(&self, place: &str, problem: Problem) -> PackError {
        PackError { file: self.file.clone(), place: place.to_owned(), problem }
    }
}

fn duplicate(what: &'static str, name: &str, first: &str) -> Problem {
    Problem::Duplicate { what, name: name.to_owned(), first: first.to_owned() }
}

fn problems_of(
    item: &Item,
    framework: &Framework,
    items: &HashMap<&str, &Framework>,
    check_exists: impl Fn(&str) -> bool,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let missing = item.checks.iter().filter(|id| !check_exists(id));
    problems.extend(missing.map(|id| Problem::Dangling { what: "check", name: id.clone() }));
    problems.extend(item.maps_to.iter().filter_map(|id| problem_of_target(id, framework, items)));
    let lost = item.related.iter().filter(|id| !items.contains_key(id.as_str()));
    problems.extend(lost.map(|id| Problem::Dangling { what: "item", name: id.clone() }));
    if let Some(deadline) = item.deadline.filter(|deadline| *deadline < framework.valid_from) {
        problems.push(out_of_order(framework.valid_from, "deadline", deadline));
    }
    let names = item.documents.iter().chain(item.elements.iter().map(|element| &element.id));
    let bad = names.filter(|name| !is_lower_snake(name));
    problems.extend(bad.map(|name| Problem::NotLowerSnake { name: name.clone() }));
    let mut seen = HashSet::new();
    let repeated = item.elements.iter().filter(|element| !seen.insert(element.id.as_str()));
    problems.extend(repeated.map(|element| duplicate("element id", &element.id, "an earlier element")));
    if !item.elements.is_empty() && item.documents.is_empty() {
        problems.push(Problem::Conflict { field: "elements", with: "an empty list of documents" });
    }
    if item.checks.is_empty() && item.documents.is_empty() && !item.statement {
        problems.push(Problem::Unanswerable);
    }
    problems
}

fn problem_of_target(id: &str, framework: &Framework, items: &HashMap<&str, &Framework>) -> Option<Problem> {
    let Some(target) = items.get(id) else {
        return Some(Problem::Dangling { what: "item", name: id.to_owned() });
    };
    if target.id == framework.id {
        return Some(Problem::MapsToItself { name: id.to_owned() });
    }
    let late_on = framework.valid_from;
    (late_on < target.valid_from).then(|| out_of_order(target.valid_from, "valid_from", late_on))
}

fn out_of_order(early_on: Date, late: &'static str, late_on: Date) -> Problem {
    Problem::DatesOutOfOrder { early: "valid_from", early_on, late, late_on }
}

#[cfg(test)]
mod tests;
