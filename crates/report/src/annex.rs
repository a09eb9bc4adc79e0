//! The annex as blocks, so that HTML and PDF say the same.

use base::{Grade, Lang, Verdict};
use serde::Serialize;

use crate::labels::{self, Label};
use crate::model::{Answer, CheckLine, EvidenceLine, ExceptionLine, FindingLine, ItemReport, Report, Standing};
use crate::page_one::standing_text;
use crate::wording::{DASH, bounded, clean, clip, date_lines, option_date, or_dash, place};

/// A part of the annex, in reading order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub(crate) enum Block {
    /// A heading: 1 for a chapter, 2 below it.
    Heading { level: u8, text: String },
    /// A paragraph.
    Text { text: String },
    /// A caption above a table.
    Caption { text: String },
    /// An item or finding with its head line; `standing` is `None` for a finding.
    Head { number: String, text: String, mark: String, standing: Option<Standing>, word: String },
    /// Label and value pairs.
    Pairs { pairs: Vec<[String; 2]> },
    /// A table; widths are shares.
    Table { columns: Vec<Column>, rows: Vec<Vec<Cell>> },
    /// Text with its own line breaks, such as a signed note.
    Lines { text: String },
}

/// Title and relative width of a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Column {
    pub(crate) title: String,
    pub(crate) width: u8,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "cell", rename_all = "snake_case")]
pub(crate) enum Cell {
    /// Text; may have several lines.
    Text { text: String },
    /// A long code that may break anywhere, in small letters below its short form.
    Code { short: String, text: String },
    /// A verdict.
    Verdict { standing: Standing, word: String },
    /// はい・いいえ with a ring around the answer; 対象外 stands alone.
    Answer { yes: bool, no: bool, texts: [String; 2] },
}

pub(crate) fn text_cell(text: impl Into<String>) -> Cell {
    Cell::Text { text: text.into() }
}

pub(crate) fn standing_cell(standing: Standing, lang: Lang) -> Cell {
    Cell::Verdict { standing, word: standing_text(standing, lang) }
}

pub(crate) fn columns(titles: &[(Label, u8)], lang: Lang) -> Vec<Column> {
    titles.iter().map(|(title, width)| Column { title: title.get(lang).to_owned(), width: *width }).collect()
}

/// The whole annex.
pub(crate) fn build(report: &Report, lang: Lang) -> Vec<Block> {
    let mut blocks = words(lang);
    blocks.extend(items(report, lang));
    blocks.extend(findings(report, lang));
    blocks.extend(asks(report, lang));
    blocks.extend(exceptions(report, lang));
    blocks.extend(tasks(report, lang));
    blocks.extend(refused(report, lang));
    blocks.extend(checkpoint(report, lang));
    blocks
}

fn heading(level: u8, text: Label, lang: Lang) -> Block {
    Block::Heading { level, text: text.get(lang).to_owned() }
}

fn paragraph(text: Label, lang: Lang) -> Block {
    Block::Text { text: text.get(lang).to_owned() }
}

fn words(lang: Lang) -> Vec<Block> {
    let standings = Standing::ALL
        .map(|standing| vec![standing_cell(standing, lang), text_cell(labels::standing_meaning(standing).get(lang))]);
    let grades = [Grade::Machine, Grade::Document, Grade::Stated].map(|grade| {
        vec![text_cell(labels::grade(grade).get(lang)), text_cell(labels::grade_meaning(grade).get(lang))]
    });
    vec![
        heading(1, labels::WORDS, lang),
        Block::Table { columns: columns(&[(labels::WORD, 5), (labels::MEANING, 25)], lang), rows: standings.to_vec() },
        Block::Caption { text: labels::GRADES.get(lang).to_owned() },
        Block::Table { columns: columns(&[(labels::GRADE, 5), (labels::MEANING, 25)], lang), rows: grades.to_vec() },
        paragraph(labels::MARK_HINT, lang),
        paragraph(labels::LEFT_OUT_HINT, lang),
    ]
}

fn items(report: &Report, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![heading(1, labels::ITEMS, lang)];
    for framework in &report.frameworks {
        let mark = labels::mark(framework.mark).map_or("", |mark| mark.get(lang));
        let text = format!("{} {} {mark}", clean(&framework.title), clean(&framework.edition));
        blocks.push(Block::Heading { level: 2, text: text.trim_end().to_owned() });
        for item in &framework.items {
            blocks.extend(one_item(item, lang));
        }
    }
    blocks
}

fn one_item(item: &ItemReport, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![
        Block::Head {
            number: clip(&item.number, 12),
            text: bounded(&item.text, lang),
            mark: labels::mark(item.mark).map_or("", |mark| mark.get(lang)).to_owned(),
            standing: Some(item.standing()),
            word: standing_text(item.standing(), lang),
        },
        Block::Pairs { pairs: item_pairs(item, lang) },
    ];
    if !item.checks.is_empty() {
        blocks.push(Block::Caption { text: labels::CHECKS.get(lang).to_owned() });
        blocks.push(checks(&item.checks, lang));
    }
    if item.evidence.is_empty() {
        blocks.push(paragraph(labels::EVIDENCE_NONE, lang));
    } else {
        blocks.push(Block::Caption { text: labels::EVIDENCE.get(lang).to_owned() });
        blocks.push(evidence(&item.evidence, lang));
    }
    blocks
}

fn item_pairs(item: &ItemReport, lang: Lang) -> Vec<[String; 2]> {
    let row = |label: Label, value: String| [label.get(lang).to_owned(), value];
    let mut pairs = vec![row(labels::ANSWER, answer_text(item.answer, lang))];
    if !item.answered_by.is_empty() {
        pairs.push(row(labels::ANSWERED_BY, clip(&item.answered_by, 60)));
    }
    pairs.push(row(labels::CHECKED_ON, option_date(item.checked_on, lang)));
    pairs.push(row(labels::TARGET_ON, option_date(item.target_on, lang)));
    for (label, text) in [(labels::SECTION, &item.section), (labels::CATEGORY, &item.category)] {
        if !text.is_empty() {
            pairs.push(row(label, clip(text, 80)));
        }
    }
    pairs.push(row(labels::WHY, bounded(or_dash(&item.reason), lang)));
    if let Some(exception) = &item.exception {
        pairs.push(row(labels::EXCEPTION, exception_text(exception, lang)));
    }
    pairs
}

/// はい, or that nobody answered.
pub(crate) fn answer_text(answer: Option<Answer>, lang: Lang) -> String {
    answer.map_or(labels::NOT_ANSWERED, labels::answer).get(lang).to_owned()
}

fn exception_text(exception: &ExceptionLine, lang: Lang) -> String {
    let state = if exception.expired { labels::EXPIRED } else { labels::IN_FORCE };
    let expires = option_date(exception.expires_on, lang);
    let reason = bounded(&exception.reason, lang);
    format!("{reason}\n{}: {expires}　{}", labels::EXPIRES_ON.get(lang), state.get(lang))
}

fn checks(checks: &[CheckLine], lang: Lang) -> Block {
    let row = |check: &CheckLine| {
        vec![
            text_cell(format!("{}\n{}", bounded(&check.title, lang), clip(&check.id, 40))),
            standing_cell(Standing::Is(check.verdict), lang),
            text_cell(check_result(check, lang)),
        ]
    };
    Block::Table {
        columns: columns(&[(labels::CHECK, 14), (labels::WORD, 5), (labels::CHECK_RESULT, 10)], lang),
        rows: checks.iter().map(row).collect(),
    }
}

fn check_result(check: &CheckLine, lang: Lang) -> String {
    let parts = [
        (labels::HOLDS, check.holds),
        (labels::FAILS, check.fails),
        (labels::UNDECIDED, check.unknown),
        (labels::OUT_OF_DATE, check.stale),
        (labels::LEFT_OUT, check.not_applicable),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(label, count)| format!("{}\u{a0}{count}", label.get(lang)))
        .collect();
    if shown.is_empty() { DASH.to_owned() } else { shown.join(if lang == Lang::Ja { "、" } else { ", " }) }
}

fn evidence(lines: &[EvidenceLine], lang: Lang) -> Block {
    let row = |line: &EvidenceLine| {
        vec![
            text_cell(format!("{}\n{}", bounded(&line.label, lang), bounded(&line.value, lang))),
            text_cell(bounded(or_dash(&line.subject), lang)),
            file_cell(line, lang),
            text_cell(age(line, lang)),
            text_cell(labels::grade(line.grade).get(lang)),
        ]
    };
    let titles =
        [(labels::WHAT, 9), (labels::SUBJECT, 6), (labels::FILE, 10), (labels::OBSERVED, 7), (labels::GRADE, 3)];
    Block::Table { columns: columns(&titles, lang), rows: lines.iter().map(row).collect() }
}

fn file_cell(line: &EvidenceLine, lang: Lang) -> Cell {
    if line.file_name.is_empty() {
        return text_cell(labels::NO_FILE.get(lang));
    }
    let place = place(&line.locator, lang);
    let file = format!("{}\n{}", bounded(&line.file_name, lang), bounded(&place, lang));
    match line.sha256 {
        Some(hash) => Cell::Code { short: format!("{file}\n{}", hash.short()), text: hash.to_string() },
        None => text_cell(file),
    }
}

/// 2026-11-18（令和8年11月18日） 2日前
pub(crate) fn age(line: &EvidenceLine, lang: Lang) -> String {
    let mut parts = vec![date_lines(line.observed_on, lang)];
    if let Some(days) = line.age_days {
        let text = if days == 0 {
            labels::TODAY.get(lang).to_owned()
        } else {
            format!("{days}{}", labels::DAYS_AGO.get(lang))
        };
        parts.push(text);
    }
    if line.stale {
        let word = labels::STALE_NOTE.get(lang);
        parts.push(format!("{} {word}", labels::standing_shape(Standing::Is(Verdict::Stale))));
    }
    parts.join("\n")
}

fn findings(report: &Report, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![heading(1, labels::FINDINGS, lang)];
    if report.findings.is_empty() {
        blocks.push(paragraph(labels::NO_FINDINGS, lang));
    }
    blocks.extend(report.findings.iter().flat_map(|finding| one_finding(finding, lang)));
    blocks
}

fn one_finding(finding: &FindingLine, lang: Lang) -> Vec<Block> {
    let row = |label: Label, text: &str| [label.get(lang).to_owned(), bounded(or_dash(text), lang)];
    let head = Block::Head {
        number: clip(&finding.check_id, 24),
        text: bounded(&finding.title, lang),
        mark: String::new(),
        standing: None,
        word: format!("{}: {}", labels::SEVERITY.get(lang), labels::severity(finding.severity).get(lang)),
    };
    let pairs = vec![
        row(labels::MEANS, &finding.why),
        row(labels::FIX, &finding.fix),
        [labels::SUBJECTS.get(lang).to_owned(), subjects(finding, lang)],
    ];
    let mut blocks = vec![head, Block::Pairs { pairs }];
    if !finding.evidence.is_empty() {
        blocks.push(evidence(&finding.evidence, lang));
    }
    blocks
}

/// Names joined, and how many there are in all.
pub(crate) fn subjects(finding: &FindingLine, lang: Lang) -> String {
    const SHOWN: usize = 40;
    let separator = if lang == Lang::Ja { "、" } else { ", " };
    let names: Vec<String> = finding.subjects.iter().take(SHOWN).map(|name| clip(name, 60)).collect();
    let total = finding.subjects_total.max(finding.subjects.len());
    let rest = total - names.len();
    let mut text = names.join(separator);
    if rest > 0 {
        text.push_str(&format!("{separator}{}{rest}{}", labels::MORE.get(lang), labels::MORE_UNIT.get(lang)));
    }
    match lang {
        Lang::Ja => format!("全{total}件: {text}"),
        Lang::En => format!("{total} in all: {text}"),
    }
}

fn asks(report: &Report, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![heading(1, labels::ASKS, lang)];
    if report.asks.is_empty() {
        blocks.push(paragraph(labels::NO_ASKS, lang));
        return blocks;
    }
    let rows = report.asks.iter().map(|ask| {
        let answers: Vec<String> = ask.answers.iter().map(|number| clip(number, 16)).collect();
        [bounded(&ask.what, lang), bounded(&ask.how, lang), answers.join(" ")].map(text_cell).to_vec()
    });
    let titles = [(labels::ASK_WHAT, 10), (labels::ASK_HOW, 15), (labels::ASK_FOR, 6)];
    blocks.push(Block::Table { columns: columns(&titles, lang), rows: rows.collect() });
    blocks
}

fn exceptions(report: &Report, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![heading(1, labels::EXCEPTIONS, lang)];
    if report.exceptions.is_empty() {
        blocks.push(paragraph(labels::NO_EXCEPTIONS, lang));
        return blocks;
    }
    let rows = report.exceptions.iter().map(|line| {
        let state = if line.expired { labels::EXPIRED } else { labels::IN_FORCE };
        let approved = format!("{}\n{}", clip(&line.approved_by, 40), date_lines(line.approved_on, lang));
        let expires = format!("{}\n{}", date_lines(line.expires_on, lang), state.get(lang));
        let covers = format!("{}\n{}", clip(&line.id, 30), bounded(&line.covers, lang));
        let texts =
            [covers, bounded(&line.reason, lang), bounded(or_dash(&line.compensation), lang), approved, expires];
        texts.map(text_cell).to_vec()
    });
    let titles = [
        (labels::COVERS, 6),
        (labels::REASON, 7),
        (labels::COMPENSATION, 7),
        (labels::APPROVED_BY, 6),
        (labels::EXPIRES_ON, 6),
    ];
    blocks.push(Block::Table { columns: columns(&titles, lang), rows: rows.collect() });
    blocks
}

fn tasks(report: &Report, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![heading(1, labels::TASKS, lang)];
    if report.tasks.is_empty() {
        blocks.push(paragraph(labels::NO_TASKS, lang));
        return blocks;
    }
    let rows = report.tasks.iter().map(|task| {
        let state = labels::task_state(task.state).get(lang).to_owned();
        let owner = clip(or_dash(&task.owner), 40);
        [bounded(&task.title, lang), owner, date_lines(task.due_on, lang), state].map(text_cell).to_vec()
    });
    let titles = [(labels::TASK, 14), (labels::OWNER, 5), (labels::DUE_ON, 7), (labels::STATE, 4)];
    blocks.push(Block::Table { columns: columns(&titles, lang), rows: rows.collect() });
    blocks
}

fn refused(report: &Report, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![heading(1, labels::REFUSED, lang)];
    if report.refused.is_empty() {
        blocks.push(paragraph(labels::NO_REFUSED, lang));
        return blocks;
    }
    blocks.push(paragraph(labels::REFUSED_HINT, lang));
    let rows = report.refused.iter().map(|line| {
        let file = bounded(&line.file_name, lang);
        let place = bounded(&place(&line.locator, lang), lang);
        let file = match line.sha256 {
            Some(hash) => Cell::Code { short: format!("{file}\n{}", hash.short()), text: hash.to_string() },
            None => text_cell(file),
        };
        vec![file, text_cell(place), text_cell(bounded(&line.reason, lang))]
    });
    let titles = [(labels::FILE, 10), (labels::PLACE, 6), (labels::REASON, 14)];
    blocks.push(Block::Table { columns: columns(&titles, lang), rows: rows.collect() });
    blocks
}

fn checkpoint(report: &Report, lang: Lang) -> Vec<Block> {
    let mut blocks = vec![heading(1, labels::CHECKPOINT, lang)];
    let Some(checkpoint) = &report.checkpoint else {
        blocks.push(paragraph(labels::NO_CHECKPOINT, lang));
        return blocks;
    };
    blocks.push(paragraph(labels::CHECKPOINT_HINT, lang));
    let row = |label: Label, value: String| [label.get(lang).to_owned(), value];
    blocks.push(Block::Pairs {
        pairs: vec![
            row(labels::CHECKPOINT_SIZE, checkpoint.size.to_string()),
            row(labels::CHECKPOINT_ROOT, clip(&checkpoint.root, 100)),
            row(labels::PROGRAM, clip(&report.program_version, 400)),
        ],
    });
    blocks.push(Block::Caption { text: labels::CHECKPOINT_NOTE.get(lang).to_owned() });
    blocks.push(Block::Lines { text: bounded(&checkpoint.note, lang) });
    blocks
}
