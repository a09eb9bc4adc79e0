//! Page one: what a director reads in three minutes, shortened by rule until it fits.
//!
//! HTML and PDF show exactly the texts of [`PageOne`], so that counting them counts the page.

use base::Lang;
use serde::Serialize;

use crate::labels::{self, Label};
use crate::model::{Report, Standing, TileState, VerdictCounts};
use crate::wording::{clip, date};

/// Most visible characters of page one: about three minutes of reading.
#[must_use]
pub const fn limit(lang: Lang) -> usize {
    match lang {
        Lang::Ja => 900,
        Lang::En => 2_400,
    }
}

/// Kept free for the running foot (page number, fingerprint).
const RESERVED: usize = 50;

#[derive(Debug, Serialize)]
pub(crate) struct PageOne {
    pub(crate) notice: String,
    pub(crate) title: String,
    pub(crate) site: String,
    pub(crate) meta: Vec<[String; 2]>,
    pub(crate) stamps: [&'static str; 3],
    pub(crate) state_head: &'static str,
    pub(crate) sentences: Vec<String>,
    pub(crate) tiles_head: &'static str,
    pub(crate) tiles: Vec<TileText>,
    pub(crate) counts_head: &'static str,
    pub(crate) columns: Vec<String>,
    pub(crate) counts: Vec<CountRow>,
    pub(crate) todo_head: &'static str,
    pub(crate) todo: Vec<[String; 2]>,
    pub(crate) more: Vec<String>,
    pub(crate) proof_head: &'static str,
    pub(crate) proof: Vec<String>,
    pub(crate) has_qr: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct TileText {
    #[serde(skip)]
    pub(crate) state: TileState,
    pub(crate) label: String,
    pub(crate) word: String,
    pub(crate) reason: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct CountRow {
    pub(crate) title: String,
    pub(crate) numbers: Vec<String>,
    #[serde(skip)]
    pub(crate) counts: VerdictCounts,
}

/// How much of each part is shown.
#[derive(Clone, Copy)]
struct Room {
    sentence: usize,
    reason: usize,
    frameworks: usize,
    framework_title: usize,
    todo: usize,
    todo_title: usize,
}

/// From generous to terse. The last one fits whatever comes.
const ROOMS: [Room; 6] = [
    Room { sentence: 90, reason: 22, frameworks: 4, framework_title: 22, todo: 7, todo_title: 44 },
    Room { sentence: 80, reason: 18, frameworks: 4, framework_title: 20, todo: 7, todo_title: 38 },
    Room { sentence: 70, reason: 16, frameworks: 4, framework_title: 18, todo: 7, todo_title: 34 },
    Room { sentence: 60, reason: 16, frameworks: 4, framework_title: 18, todo: 6, todo_title: 28 },
    Room { sentence: 50, reason: 14, frameworks: 3, framework_title: 16, todo: 5, todo_title: 22 },
    Room { sentence: 40, reason: 12, frameworks: 2, framework_title: 14, todo: 3, todo_title: 20 },
];

impl Room {
    /// English words need about two and a half times the characters.
    const fn in_lang(self, lang: Lang) -> Self {
        match lang {
            Lang::Ja => self,
            Lang::En => Self {
                sentence: self.sentence * 5 / 2,
                reason: self.reason * 5 / 2,
                framework_title: self.framework_title * 5 / 2,
                todo_title: self.todo_title * 5 / 2,
                ..self
            },
        }
    }
}

/// Page one in the most generous form that keeps the limit.
pub(crate) fn build(report: &Report, lang: Lang) -> PageOne {
    let [.., terse] = ROOMS;
    let fits = |page: &PageOne| visible_chars(page) + RESERVED <= limit(lang);
    let pages = ROOMS.iter().map(|room| build_in(report, room.in_lang(lang), lang));
    pages.into_iter().find(|page| fits(page)).unwrap_or_else(|| build_in(report, terse.in_lang(lang), lang))
}

fn build_in(report: &Report, room: Room, lang: Lang) -> PageOne {
    PageOne {
        notice: clip(&report.notice, 60),
        title: labels::TITLE.get(lang).to_owned(),
        site: site_line(report, lang),
        meta: meta(report, lang),
        stamps: [labels::STAMP_1, labels::STAMP_2, labels::STAMP_3].map(|stamp| stamp.get(lang)),
        state_head: labels::STATE_NOW.get(lang),
        sentences: report.summary.iter().take(3).map(|sentence| clip(sentence, room.sentence)).collect(),
        tiles_head: labels::TILES.get(lang),
        tiles: tiles(report, room, lang),
        counts_head: labels::COUNTS.get(lang),
        columns: columns(lang),
        counts: counts(report, room),
        todo_head: labels::TODO.get(lang),
        todo: todo(report, room, lang),
        more: more(report, room, lang),
        proof_head: labels::CHECKPOINT.get(lang),
        proof: proof(report, lang),
        has_qr: report.checkpoint.is_some(),
    }
}

fn site_line(report: &Report, lang: Lang) -> String {
    let beds = report.site.beds.map(|beds| format!("{beds}{}", labels::BEDS.get(lang)));
    let mut about: Vec<String> = vec![clip(&report.site.kind, 10)];
    about.extend(beds);
    about.retain(|part| !part.is_empty());
    let name = clip(&report.site.name, 36);
    match (about.is_empty(), lang) {
        (true, _) => name,
        (false, Lang::Ja) => format!("{name}（{}）", about.join("・")),
        (false, Lang::En) => format!("{name} ({})", about.join(", ")),
    }
}

fn meta(report: &Report, lang: Lang) -> Vec<[String; 2]> {
    let row = |label: Label, value: String| [label.get(lang).to_owned(), value];
    let mut rows = vec![row(labels::MADE_ON, date(report.made_at.date_jst(), lang))];
    if !report.document_number.is_empty() {
        rows.push(row(labels::DOCUMENT_NUMBER, clip(&report.document_number, 24)));
    }
    if !report.prepared_by.is_empty() {
        rows.push(row(labels::PREPARED_BY, clip(&report.prepared_by, 24)));
    }
    rows
}

fn tiles(report: &Report, room: Room, lang: Lang) -> Vec<TileText> {
    let text = |tile: &crate::model::Tile| TileText {
        state: tile.state,
        label: clip(&tile.label, if lang == Lang::Ja { 10 } else { 22 }),
        word: format!("{} {}", labels::tile_shape(tile.state), labels::tile(tile.state).get(lang)),
        reason: clip(&tile.reason, room.reason),
    };
    report.tiles.iter().take(5).map(text).collect()
}

fn columns(lang: Lang) -> Vec<String> {
    let mut columns = vec![labels::CHECKLIST.get(lang).to_owned()];
    columns.extend(Standing::ALL.map(|standing| standing_text(standing, lang)));
    columns.push(labels::ITEMS_TOTAL.get(lang).to_owned());
    columns
}

/// ◎ 証明
pub(crate) fn standing_text(standing: Standing, lang: Lang) -> String {
    format!("{} {}", labels::standing_shape(standing), labels::standing(standing).get(lang))
}

fn counts(report: &Report, room: Room) -> Vec<CountRow> {
    let shown = report.frameworks.iter().take(room.frameworks);
    shown
        .map(|framework| CountRow {
            title: clip(&format!("{} {}", framework.title, framework.edition), room.framework_title),
            numbers: numbers(&framework.counts),
            counts: framework.counts,
        })
        .collect()
}

fn numbers(counts: &VerdictCounts) -> Vec<String> {
    let mut numbers: Vec<String> = Standing::ALL.iter().map(|standing| counts.get(*standing).to_string()).collect();
    numbers.push(counts.total().to_string());
    numbers
}

fn todo(report: &Report, room: Room, lang: Lang) -> Vec<[String; 2]> {
    let line = |todo: &crate::model::TodoLine| {
        let due = todo.due_on.map(|due| match lang {
            Lang::Ja => format!("{due}{}", labels::UNTIL.get(lang)),
            Lang::En => format!("{}{due}", labels::UNTIL.get(lang)),
        });
        let owner = Some(clip(&todo.owner, if lang == Lang::Ja { 8 } else { 18 })).filter(|owner| !owner.is_empty());
        let about: Vec<String> = owner.into_iter().chain(due).collect();
        [clip(&todo.title, room.todo_title), about.join("　")]
    };
    report.todo.iter().take(room.todo).map(line).collect()
}

/// What page one leaves out, in numbers, so that nothing is silently missing.
fn more(report: &Report, room: Room, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    let mut left_out = |head: Label, count: usize| {
        if count > 0 {
            lines.push(format!("{} {}{count}{}", head.get(lang), labels::MORE.get(lang), labels::MORE_UNIT.get(lang)));
        }
    };
    left_out(labels::TODO, report.todo.len().saturating_sub(room.todo));
    left_out(labels::CHECKLIST, report.frameworks.len().saturating_sub(room.frameworks));
    if report.todo.is_empty() {
        lines.push(labels::NOTHING_TO_DO.get(lang).to_owned());
    }
    if !report.refused.is_empty() {
        let (count, unit) = (report.refused.len(), if lang == Lang::Ja { "件" } else { "" });
        lines.push(format!("{}: {count}{unit}", labels::REFUSED_COUNT.get(lang)));
    }
    lines.push(labels::SEE_ANNEX.get(lang).to_owned());
    lines
}

fn proof(report: &Report, lang: Lang) -> Vec<String> {
    let Some(checkpoint) = &report.checkpoint else { return vec![labels::NO_CHECKPOINT.get(lang).to_owned()] };
    let size = format!("{}: {}", labels::CHECKPOINT_SIZE.get(lang), checkpoint.size);
    vec![labels::CHECKPOINT_HINT.get(lang).to_owned(), size, clip(&checkpoint.root, 24)]
}

/// Characters of all texts of the page, without white space.
pub(crate) fn visible_chars(page: &PageOne) -> usize {
    serde_json::to_value(page).map_or(0, |value| count(&value))
}

fn count(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::String(text) => text.chars().filter(|char| !char.is_whitespace()).count(),
        serde_json::Value::Array(values) => values.iter().map(count).sum(),
        serde_json::Value::Object(fields) => fields.values().map(count).sum(),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => 0,
    }
}
