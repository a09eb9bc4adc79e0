//! A filled-in checklist the way an inspection asks for it, in a layout of our own.

use base::Lang;

use crate::annex::{Block, Cell, columns, standing_cell, text_cell};
use crate::labels::{self, Label};
use crate::model::{Answer, FrameworkReport, ItemReport, Report};
use crate::wording::{bounded, clean, clip, date, date_lines};

/// The form of one checklist edition.
pub(crate) fn build(report: &Report, framework: &FrameworkReport, lang: Lang) -> Vec<Block> {
    let row = |label: Label, value: String| [label.get(lang).to_owned(), value];
    let mark = labels::mark(framework.mark).map_or("", |mark| mark.get(lang));
    let mut blocks = vec![
        Block::Heading { level: 1, text: clean(&framework.title) },
        Block::Pairs {
            pairs: vec![
                row(labels::EDITION, format!("{} {mark}", clean(&framework.edition)).trim_end().to_owned()),
                row(labels::SITE, clip(&report.site.name, 60)),
                row(labels::MADE_ON, date(report.made_at.date_jst(), lang)),
            ],
        },
    ];
    for items in framework.items.chunk_by(|one, next| one.section == next.section) {
        blocks.extend(section(items, lang));
    }
    blocks.push(Block::Text { text: labels::FORM_HINT.get(lang).to_owned() });
    blocks
}

fn section(items: &[ItemReport], lang: Lang) -> Vec<Block> {
    let titles = [
        (labels::NUMBER, 5),
        (labels::ITEM, 20),
        (labels::YES_NO, 10),
        (labels::CHECKED_ON, 10),
        (labels::TARGET_ON, 10),
        (labels::WORD, 8),
    ];
    let table =
        Block::Table { columns: columns(&titles, lang), rows: items.iter().map(|item| item_row(item, lang)).collect() };
    let head = items.first().map(|item| clip(&item.section, 80)).filter(|head| !head.is_empty());
    head.map(|text| Block::Heading { level: 2, text }).into_iter().chain([table]).collect()
}

fn item_row(item: &ItemReport, lang: Lang) -> Vec<Cell> {
    let mark = labels::mark(item.mark).map_or_else(String::new, |mark| format!("\n{}", mark.get(lang)));
    vec![
        text_cell(clip(&item.number, 12)),
        text_cell(format!("{}{mark}", bounded(&item.text, lang))),
        answer_cell(item.answer, lang),
        text_cell(date_lines(item.checked_on, lang)),
        text_cell(date_lines(item.target_on, lang)),
        standing_cell(item.standing(), lang),
    ]
}

fn answer_cell(answer: Option<Answer>, lang: Lang) -> Cell {
    let word = |answer: Answer| labels::answer(answer).get(lang).to_owned();
    match answer {
        Some(Answer::NotApplicable) => {
            Cell::Answer { yes: true, no: false, texts: [word(Answer::NotApplicable), String::new()] }
        }
        Some(Answer::Yes) => Cell::Answer { yes: true, no: false, texts: [word(Answer::Yes), word(Answer::No)] },
        Some(Answer::No) => Cell::Answer { yes: false, no: true, texts: [word(Answer::Yes), word(Answer::No)] },
        None => Cell::Answer { yes: false, no: false, texts: [word(Answer::Yes), word(Answer::No)] },
    }
}
