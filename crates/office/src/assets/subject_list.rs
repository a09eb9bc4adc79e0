//! Every known thing of one kind.

use assess::wording::fold;
use axum::extract::{Path, State};
use axum::response::Response;
use base::{FactType, FactValue, SubjectKind};
use governance::lines::show_value;
use governance::snapshot::{self, SubjectLine, SubjectOrder, SubjectSearch};
use governance::store as tables;
use store::Transaction;
use web::list::{Cell, Column, Direction, Filter, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use crate::state::{Office, Shared};
use crate::words::{self, plain};

/// Beyond this nobody counts: the page says "or more".
const COUNTED: usize = 10_000;

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    Path((_, kind)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    let kind = kind
        .parse::<SubjectKind>()
        .ok()
        .filter(|kind| SubjectKind::LISTED.contains(kind))
        .ok_or_else(HttpError::not_found)?;
    blocking(move || -> Result<Response, HttpError> {
        let found = office.database().read(|tx| find(tx, &visit, kind, &query))?;
        let title = words::kind_title(&visit, kind);
        let above = match found.made_at {
            Some(at) => {
                format!("<p class=\"soft\">{}</p>", visit.say("assets-as-of", &[("at", visit.minute(at).into())]))
            }
            None => String::new(),
        };
        let page = Page::new(title, words::nav_entry(kind)).help(visit.text("assets-help"));
        let mut filters = filters(&visit, &office, kind);
        filters.extend(failing_filter(&visit, &query, found.failing));
        let list = List {
            caption: words::kind_title(&visit, kind),
            columns: columns(&visit, &office, kind),
            rows: found.lines.iter().map(|line| cells(&visit, &office, line)).collect(),
            total: found.total,
            filters,
            can_search: true,
            empty: empty(&visit, &office, kind, found.made_at.is_some() && found.any),
        };
        list.respond(&visit, &page, &query, &above)
    })
    .await
}

struct Found {
    lines: Vec<SubjectLine>,
    total: Total,
    made_at: Option<base::UtcSeconds>,
    /// Whether anything of this kind is known at all.
    any: bool,
    /// Title of the check whose failing things are asked for.
    failing: Option<String>,
}

fn find(
    tx: &mut Transaction,
    visit: &SiteVisit,
    kind: SubjectKind,
    query: &ListQuery,
) -> Result<Found, store::StoreError> {
    let site = visit.site_id();
    let search = search(query);
    let window = query.window();
    let head = snapshot::find_head(tx, site, visit.lang)?;
    let lines = tables::list_subject_lines(tx, site, kind, &search, window.offset, window.limit)?;
    let known = head.as_ref().and_then(|head| head.subjects.get(kind.name())).copied().unwrap_or(0);
    let total = if is_narrowed(&search) {
        let count = tables::count_subject_lines(tx, site, kind, &search, COUNTED + 1)?;
        if count > COUNTED { Total::AtLeast(COUNTED) } else { Total::Exactly(count) }
    } else {
        Total::Exactly(known)
    };
    let failing = match query.filter("failing") {
        Some(id) => snapshot::find_check(tx, site, visit.lang, id)?.map(|check| check.title),
        None => None,
    };
    Ok(Found { lines, total, made_at: head.map(|head| head.made_at), any: known > 0, failing })
}

fn search(query: &ListQuery) -> SubjectSearch<'_> {
    let yes_or_no = |name: &str| match query.filter(name) {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        _ => None,
    };
    let order = match (query.sort(), query.direction()) {
        ("name", Direction::Ascending) => SubjectOrder::Name,
        ("name", Direction::Descending) => SubjectOrder::NameBackwards,
        ("age", Direction::Ascending) => SubjectOrder::Newest,
        ("age", Direction::Descending) => SubjectOrder::Oldest,
        ("worst", Direction::Descending) => SubjectOrder::Mildest,
        _ => SubjectOrder::Worst,
    };
    SubjectSearch {
        words: fold(query.typed()).split_whitespace().map(ToOwned::to_owned).collect(),
        class: query.filter("class"),
        failing: query.filter("failing"),
        has_finding: yes_or_no("finding"),
        in_ledger: yes_or_no("ledger"),
        order,
    }
}

const fn is_narrowed(search: &SubjectSearch<'_>) -> bool {
    !search.words.is_empty()
        || search.class.is_some()
        || search.failing.is_some()
        || search.has_finding.is_some()
        || search.in_ledger.is_some()
}

/// The fact whose value is the class of a kind.
pub(super) const fn class_key(kind: SubjectKind) -> Option<&'static str> {
    match kind {
        SubjectKind::Asset => Some("asset.class"),
        SubjectKind::Account => Some("account.privileged"),
        SubjectKind::Connection => Some("connection.kind"),
        SubjectKind::Policy => Some("policy.layer"),
        SubjectKind::Vendor
        | SubjectKind::Document
        | SubjectKind::Product
        | SubjectKind::Vulnerability
        | SubjectKind::Site => None,
    }
}

/// What people call a fact.
pub(super) fn fact_label(visit: &SiteVisit, office: &Office, key: &str) -> String {
    let definition = office.installation.packs.dictionary.find(key);
    definition.map_or_else(|| key.to_owned(), |definition| definition.label.get(visit.lang).to_owned())
}

/// What people call a value of a fact.
pub(super) fn value_label(visit: &SiteVisit, office: &Office, key: &str, value: &str) -> String {
    let definition = office.installation.packs.dictionary.find(key);
    let shown = definition.and_then(|definition| {
        let value = FactValue::parse(definition.fact_type, value).ok()?;
        Some(show_value(definition, &value, visit.lang))
    });
    plain(&shown.unwrap_or_else(|| value.to_owned()))
}

/// A value in a cell; one that is not known says so.
fn value_cell(visit: &SiteVisit, office: &Office, key: &str, value: &str) -> Cell {
    if value.is_empty() {
        return Cell::text(visit.text("verdict-unknown")).look(Look::Unknown);
    }
    Cell::text(value_label(visit, office, key, value))
}

fn filters(visit: &SiteVisit, office: &Office, kind: SubjectKind) -> Vec<Filter> {
    let all = || (String::new(), visit.text("assets-filter-all"));
    let mut filters = Vec::new();
    if let Some(definition) = class_key(kind).and_then(|key| office.installation.packs.dictionary.find(key)) {
        let values = match definition.fact_type {
            FactType::Bool => vec!["true".to_owned(), "false".to_owned()],
            FactType::Integer | FactType::Text | FactType::Date | FactType::List => definition.values.clone(),
        };
        let label = |value: String| (value.clone(), value_label(visit, office, &definition.key, &value));
        let options = std::iter::once(all()).chain(values.into_iter().map(label)).collect();
        filters.push(Filter { name: "class", label: fact_label(visit, office, &definition.key), options });
    }
    let pair = |name, label, yes, no| Filter {
        name,
        label: visit.text(label),
        options: vec![all(), ("yes".to_owned(), visit.text(yes)), ("no".to_owned(), visit.text(no))],
    };
    filters.push(pair("finding", "assets-findings", "assets-filter-finding", "assets-no-finding"));
    if kind == SubjectKind::Asset {
        filters.push(pair("ledger", "assets-ledger", "assets-ledger-in", "assets-ledger-out"));
    }
    filters
}

/// Keeps the check that was asked for, and lets go of it.
fn failing_filter(visit: &SiteVisit, query: &ListQuery, title: Option<String>) -> Option<Filter> {
    let id = query.filter("failing")?;
    let title = title.unwrap_or_else(|| plain(id));
    let chosen = visit.say("assets-filter-failing", &[("title", title.into())]);
    let options = vec![(String::new(), visit.text("assets-filter-all")), (id.to_owned(), chosen)];
    Some(Filter { name: "failing", label: visit.text("assets-check"), options })
}

fn columns(visit: &SiteVisit, office: &Office, kind: SubjectKind) -> Vec<Column> {
    let texts = |ids: &[&str]| ids.iter().map(|id| visit.text(id)).collect::<Vec<_>>();
    let labels = |keys: &[&str]| keys.iter().map(|key| fact_label(visit, office, key)).collect::<Vec<_>>();
    let own = match kind {
        SubjectKind::Asset => texts(&[
            "assets-class",
            "assets-place",
            "assets-owner",
            "assets-address",
            "assets-system",
            "assets-criticality",
            "assets-ledger",
        ]),
        SubjectKind::Connection => texts(&["assets-way", "assets-vendor", "assets-device"]),
        SubjectKind::Policy => texts(&["assets-layer"]),
        SubjectKind::Account => labels(&["account.privileged"]),
        SubjectKind::Vendor => Vec::new(),
        SubjectKind::Document | SubjectKind::Product | SubjectKind::Vulnerability | SubjectKind::Site => Vec::new(),
    };
    let mut columns = vec![Column::new(visit.text("assets-name")).sort("name")];
    columns.push(Column::new(visit.text("assets-worst")).sort("worst"));
    columns.push(Column::new(visit.text("assets-findings")).number());
    columns.extend(own.into_iter().chain(labels(tables::facts_of(kind))).map(Column::new));
    columns.push(Column::new(visit.text("assets-observed")).sort("age"));
    columns
}

fn cells(visit: &SiteVisit, office: &Office, line: &SubjectLine) -> Vec<Cell> {
    let name = plain(&line.name);
    let href = base::Subject::new(line.kind, line.ident.as_str()).ok();
    let href = href.and_then(|subject| words::subject_path(visit, &subject));
    let mut cells = vec![href.map_or_else(|| Cell::text(name.as_str()), |href| Cell::link(name.as_str(), href))];
    cells.push(words::worst(visit, line.worst).cell());
    cells.push(Cell::text(line.findings.to_string()));
    let text = |text: &str| Cell::text(plain(text));
    let value = |key: &str, value: &str| value_cell(visit, office, key, value);
    let class = || class_key(line.kind).map_or_else(Cell::default, |key| value(key, &line.class));
    match line.kind {
        SubjectKind::Asset => {
            cells.extend([class(), text(&line.place), text(&line.owner), text(&line.address), text(&line.os)]);
            cells.push(value("asset.criticality", &line.criticality));
            cells.push(in_ledger(visit, line.in_ledger));
        }
        SubjectKind::Connection => cells.extend([class(), text(&line.owner), text(&line.address)]),
        SubjectKind::Policy | SubjectKind::Account => cells.push(class()),
        SubjectKind::Vendor
        | SubjectKind::Document
        | SubjectKind::Product
        | SubjectKind::Vulnerability
        | SubjectKind::Site => {}
    }
    let facts = tables::facts_of(line.kind).iter();
    cells.extend(facts.map(|key| value(key, line.facts.get(*key).map_or("", String::as_str))));
    cells.push(Cell::text(words::age(visit, line.observed_at)));
    cells
}

fn in_ledger(visit: &SiteVisit, known: Option<bool>) -> Cell {
    match known {
        Some(true) => Cell::text(visit.text("assets-ledger-in")),
        Some(false) => Cell::text(visit.text("assets-ledger-out")).look(Look::Caution),
        None => Cell::text(visit.text("verdict-unknown")).look(Look::Unknown),
    }
}

/// What to do if nothing is shown: another filter, or the export that would tell.
fn empty(visit: &SiteVisit, office: &Office, kind: SubjectKind, any: bool) -> String {
    if any { visit.text("assets-empty-filter") } else { more_about(visit, office, kind) }
}

/// Which export tells more about things of a kind, with its command.
pub(super) fn more_about(visit: &SiteVisit, office: &Office, kind: SubjectKind) -> String {
    let quoted = |id: &str| office.installation.packs.commands.quote(id, visit.lang);
    match kind {
        SubjectKind::Asset => {
            let commands = [("scan", quoted("scan_ports").into()), ("machine", quoted("machine").into())];
            visit.say("assets-more-asset", &commands)
        }
        SubjectKind::Account => visit.say("assets-more-account", &[("users", quoted("users").into())]),
        SubjectKind::Connection => visit.text("assets-more-connection"),
        SubjectKind::Policy => visit.say("assets-more-policy", &[("policies", quoted("policies").into())]),
        SubjectKind::Vendor
        | SubjectKind::Document
        | SubjectKind::Product
        | SubjectKind::Vulnerability
        | SubjectKind::Site => visit.text("assets-more-vendor"),
    }
}
