//! Five minutes a week: where the hospital stands, in words for those who decide. Prints on the two sides of one sheet.

use ::store::{StoreError, Transaction};
use askama::Template;
use assess::Audience;
use axum::extract::State;
use axum::response::Response;
use base::{Severity, UtcSeconds, Verdict};
use governance::snapshot::{self, Checklist, ChecklistHead, Head};
use installation::Packs;
use report::model::{FindingLine, ItemReport, Standing, Tile, TileSource, VerdictCounts};
use web::visit::encode_segment;
use web::{HttpError, Page, SiteVisit, blocking};

use super::plain;
use super::store as room_tables;
use super::waiting::{self, Waiting};
use crate::state::Shared;
use crate::words::{self, Badge};

/// A snapshot older than this is called old, in seconds: a day, and two hours for the night's work.
const OLD_AFTER_S: i64 = 26 * 3_600;
/// Findings and decisions named on the page.
const NAMED: usize = 3;
/// What the page is made of.
struct Known {
    head: Head,
    items: Option<Checklist>,
    /// Items of the ministry's list answered no, until a day that is over.
    overdue: usize,
    findings: Vec<FindingLine>,
    waiting: Vec<Waiting>,
    /// The newest report with a PDF.
    pdf: Option<i64>,
}

pub(super) async fn show(visit: SiteVisit, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let executive = office.installation.packs.frameworks.iter();
        let executive: Vec<&str> = executive
            .filter(|framework| framework.audience == Audience::Executive)
            .map(|framework| framework.id.as_str())
            .collect();
        let known = office.database().read(|tx| load(tx, &office.installation.packs, &visit, &executive))?;
        let page = Page::new(visit.text("executive-title"), "executive").help(visit.text("executive-help"));
        match known {
            None => web::page(&visit, &page, &Empty { visit: &visit }),
            Some(known) => web::page(&visit, &page, &body(&visit, &known, &executive)?),
        }
    })
    .await
}

fn load(
    tx: &mut Transaction,
    packs: &Packs,
    visit: &SiteVisit,
    executive: &[&str],
) -> Result<Option<Known>, StoreError> {
    let (site, lang) = (visit.site_id(), visit.lang);
    let Some(head) = snapshot::find_head(tx, site, lang)? else { return Ok(None) };
    let id = head.checklists.iter().find(|checklist| executive.contains(&checklist.id.as_str()));
    let items = match id {
        Some(checklist) => snapshot::find_checklist(tx, site, lang, &checklist.id)?,
        None => None,
    };
    let ministry = head.checklists.iter().find(|checklist| !executive.contains(&checklist.id.as_str()));
    let overdue = match ministry {
        Some(list) => snapshot::find_checklist(tx, site, lang, &list.id)?.map_or(0, |list| count_overdue(&list, visit)),
        None => 0,
    };
    let findings = snapshot::list_findings_brief(tx, site, lang)?;
    Ok(Some(Known {
        items,
        overdue,
        findings,
        waiting: waiting::list(tx, packs, visit)?,
        pdf: room_tables::find_newest_pdf(tx, site)?,
        head,
    }))
}

fn count_overdue(list: &Checklist, visit: &SiteVisit) -> usize {
    list.items.iter().filter(|item| item.is_overdue(visit.today())).count()
}

/// The page of what a tile goes by, or else the list of checklists.
fn tile_path(visit: &SiteVisit, source: Option<&TileSource>) -> String {
    visit.path_of(&match source {
        Some(TileSource::Check(id)) => format!("checks/{}", encode_segment(id)),
        Some(TileSource::Item { checklist, item }) => {
            format!("checklists/{}/{}", encode_segment(checklist), encode_segment(item))
        }
        None => "checklists".to_owned(),
    })
}

#[derive(Template)]
#[template(path = "executive/empty.html")]
struct Empty<'a> {
    visit: &'a SiteVisit,
}

struct TileView {
    label: String,
    badge: Badge,
    reason: String,
    path: String,
}

struct ItemView {
    number: String,
    text: String,
    path: String,
    badge: Badge,
    who: String,
    day: String,
}

struct FindingView {
    /// In general words if it takes technical knowledge.
    title: String,
    why: String,
    action: String,
    path: String,
    count: String,
}

struct Bar {
    title: String,
    /// Markup of the bar.
    drawing: String,
    cells: Vec<(String, usize)>,
    total: usize,
    path: String,
}

#[derive(Template)]
#[template(path = "executive/first_page.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    as_of: String,
    old: bool,
    sentences: Vec<String>,
    tiles: Vec<TileView>,
    waiting: &'a [Waiting],
    items: Vec<ItemView>,
    items_title: String,
    bar: Option<Bar>,
    findings: Vec<FindingView>,
    /// Empty if there is no report with a PDF.
    pdf_path: String,
}

impl Body<'_> {
    fn first_waiting(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.iter().take(NAMED)
    }

    fn waiting_title(&self) -> String {
        self.visit.say("executive-waiting", &[("count", self.waiting.len().into())])
    }
}

fn body<'a>(visit: &'a SiteVisit, known: &'a Known, executive: &[&str]) -> Result<Body<'a>, HttpError> {
    let head = &known.head;
    let ministry = head.checklists.iter().find(|checklist| !executive.contains(&checklist.id.as_str()));
    let mut items_title = visit.text("executive-items");
    if let Some(checklist) = &known.items {
        let counts = checklist.head.counts;
        let arguments = [("proved", counts.proved.into()), ("all", counts.total().into())];
        items_title = visit.say("executive-items-count", &arguments);
    }
    let in_force = |checklist: &ChecklistHead| {
        let path = visit.path_of(&format!("checklists/{}", encode_segment(&checklist.id)));
        bar(visit, &checklist.edition, &checklist.counts, path)
    };
    Ok(Body {
        visit,
        as_of: as_of(visit, head.made_at),
        old: visit.now.0 - head.made_at.0 > OLD_AFTER_S,
        sentences: sentences(visit, known, ministry.map(|checklist| checklist.counts)),
        tiles: head.tiles.iter().map(|tile| tile_view(visit, tile)).collect(),
        waiting: &known.waiting,
        items: known.items.iter().flat_map(|list| list.items.iter().map(|item| item_view(visit, list, item))).collect(),
        items_title,
        bar: ministry.map(in_force).transpose()?,
        pdf_path: known.pdf.map_or_else(String::new, |id| visit.path_of(&format!("reports/{id}/report.pdf"))),
        findings: known.findings.iter().take(NAMED).map(|finding| finding_view(visit, finding)).collect(),
    })
}

/// `令和8年11月20日 12:00`.
fn as_of(visit: &SiteVisit, at: UtcSeconds) -> String {
    let minute = visit.minute(at);
    let clock = minute.split_once(' ').map_or("", |(_, clock)| clock);
    let time = format!("{} {clock}", plain::short_day(visit.lang, at.date_jst()));
    visit.say("executive-as-of", &[("time", time.into())])
}

/// At most three sentences: the checklist, the dangers, what waits.
fn sentences(visit: &SiteVisit, known: &Known, ministry: Option<VerdictCounts>) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(counts) = ministry {
        let arguments = [
            ("all", counts.total().into()),
            ("proved", counts.proved.into()),
            ("contradicted", counts.contradicted.into()),
            ("not_yet", counts.not_yet.into()),
            ("rest", (counts.attested + counts.stale + counts.unknown).into()),
        ];
        let mut sentence = visit.say("executive-sentence-checklist", &arguments);
        if known.overdue > 0 {
            sentence.push_str(&visit.say("executive-sentence-overdue", &[("count", known.overdue.into())]));
        }
        sentences.push(sentence);
    }
    let grave = known.findings.iter().filter(|finding| finding.severity <= Severity::High).count();
    sentences.push(match grave {
        0 => visit.text("executive-sentence-no-danger"),
        count => visit.say("executive-sentence-danger", &[("count", count.into())]),
    });
    sentences.push(match known.waiting.len() {
        0 => visit.say("executive-sentence-asks", &[("count", known.head.asks.into())]),
        count => visit.say("executive-sentence-waiting", &[("count", count.into())]),
    });
    sentences
}

fn tile_view(visit: &SiteVisit, tile: &Tile) -> TileView {
    let reason = plain::first_sentence(visit.lang, &tile.reason);
    let reason = plain::first_plain(visit.lang, &[reason], visit.text("executive-technical"));
    let path = tile_path(visit, tile.source.as_ref());
    TileView { label: tile.label.clone(), badge: plain::tile_badge(visit, tile.state), reason, path }
}

fn item_view(visit: &SiteVisit, checklist: &Checklist, item: &ItemReport) -> ItemView {
    let below = format!("checklists/{}/{}", encode_segment(&checklist.head.id), encode_segment(&item.id));
    let who = match (item.answered_by.as_str(), item.verdict) {
        ("", Verdict::Unknown) => visit.text("executive-nobody"),
        ("", Verdict::Proved | Verdict::Contradicted | Verdict::Attested | Verdict::Stale) => {
            visit.text("executive-by-document")
        }
        (who, _) => who.to_owned(),
    };
    ItemView {
        number: item.number.clone(),
        text: plain::first_sentence(visit.lang, &item.text).to_owned(),
        path: visit.path_of(&below),
        badge: words::item(visit, item),
        who,
        day: item.checked_on.map_or_else(String::new, |day| plain::short_day(visit.lang, day)),
    }
}

fn finding_view(visit: &SiteVisit, finding: &FindingLine) -> FindingView {
    let lang = visit.lang;
    let fix = plain::first_sentence(lang, &finding.fix);
    let title = if plain::is_plain(lang, &finding.title) {
        visit.say("executive-fails", &[("title", finding.title.as_str().into())])
    } else {
        visit.text("executive-fails-technical")
    };
    FindingView {
        title,
        why: plain::first_plain(lang, &[&finding.why], visit.text("executive-technical")),
        action: plain::first_plain(lang, &[fix], visit.text("executive-action")),
        path: visit.path_of(&format!("checks/{}", encode_segment(&finding.check_id))),
        count: visit.say("executive-places", &[("count", finding.subjects_total.into())]),
    }
}

fn bar(visit: &SiteVisit, edition: &str, counts: &VerdictCounts, path: String) -> Result<Bar, HttpError> {
    let total = counts.total();
    let cells = Standing::ALL.map(|one| (words::standing(visit, one).text, counts.get(one))).to_vec();
    let arguments = [("edition", edition.into()), ("all", total.into())];
    let title = visit.say("executive-checklist", &arguments);
    let drawing = words::bar::draw(counts, &format!("{title}: {}", words::bar::says(visit, counts)))?;
    Ok(Bar { title, drawing, cells, total, path })
}
