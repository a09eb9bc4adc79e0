//! The report as one self-contained HTML file: no script, nothing loaded from elsewhere, ready to print on A4.

use base::Lang;

use crate::annex::{self, Block, Cell, Column};
use crate::labels::{self, Label};
use crate::markup::Markup;
use crate::model::{Report, Standing, TileState};
use crate::page_one::{self, CountRow, PageOne, TileText};
use crate::wording::{clip, date};
use crate::{form, svg};

/// Renders page one and the annex.
#[must_use]
pub fn render(report: &Report, lang: Lang) -> String {
    let mut html = Markup::default();
    open(&mut html, report, labels::TITLE, "portrait", lang);
    page_one(&mut html, &page_one::build(report, lang), report);
    html.wrap("<div class=\"annex\"><h1>", labels::ANNEX.get(lang), "</h1>");
    for block in annex::build(report, lang) {
        write_block(&mut html, &block);
    }
    html.raw("</div></main></body></html>\n");
    html.finish()
}

/// Renders the filled-in checklists, one after another, each starting on a new page.
#[must_use]
pub fn render_checklist(report: &Report, lang: Lang) -> String {
    let mut html = Markup::default();
    open(&mut html, report, labels::CHECKLIST_TITLE, "portrait", lang);
    for (index, framework) in report.frameworks.iter().enumerate() {
        html.raw(if index == 0 {
            "<div class=\"annex form\">"
        } else {
            "<div class=\"annex form\" style=\"break-before:page\">"
        });
        html.wrap("<h1>", labels::CHECKLIST_TITLE.get(lang), "</h1>");
        for block in form::build(report, framework, lang) {
            write_block(&mut html, &block);
        }
        html.raw("</div>");
    }
    html.raw("</main></body></html>\n");
    html.finish()
}

fn open(html: &mut Markup, report: &Report, title: Label, orientation: &'static str, lang: Lang) {
    html.raw("<!DOCTYPE html>\n<html lang=\"").raw(match lang {
        Lang::Ja => "ja",
        Lang::En => "en",
    });
    html.raw(
        "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
    );
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
    html.raw("<meta name=\"referrer\" content=\"no-referrer\"><title>").text(title.get(lang));
    html.text(&format!(" {}", clip(&report.site.name, 60))).raw("</title><style>\n").raw(include_str!("report.css"));
    page_rules(html, report, title, orientation, lang);
    html.raw("</style></head><body><main>");
}

/// Running head and foot on paper. The left margin leaves room for the punch.
fn page_rules(html: &mut Markup, report: &Report, title: Label, orientation: &'static str, lang: Lang) {
    let head = format!("{}　{}", clip(&report.site.name, 40), title.get(lang));
    html.raw("@page { size: A4 ").raw(orientation).raw("; margin: 17mm 14mm 16mm 25mm; ");
    html.raw("@top-left { font-size: 8.5pt; color: #4d5358; content: ").css_string(&head).raw("; } ");
    html.raw("@top-right { font-size: 8.5pt; color: #4d5358; content: ");
    html.css_string(&format!("{} {}", labels::MADE_ON.get(lang), date(report.made_at.date_jst(), lang))).raw("; } ");
    html.raw("@bottom-left { font-size: 8.5pt; color: #4d5358; content: ").css_string(&foot(report, lang)).raw("; } ");
    html.raw("@bottom-right { font-size: 8.5pt; color: #4d5358; content: counter(page) \" / \" counter(pages); } }\n");
    html.raw("@page :first { margin-top: 14mm; @top-left { content: none; } @top-right { content: none; } }\n");
}

/// The fingerprint of the ledger, short, for every page.
pub(crate) fn foot(report: &Report, lang: Lang) -> String {
    report.checkpoint.as_ref().map_or_else(String::new, |checkpoint| {
        format!("{} {}", labels::CHECKPOINT_SHORT.get(lang), clip(&checkpoint.root, 16))
    })
}

fn page_one(html: &mut Markup, page: &PageOne, report: &Report) {
    html.raw("<div class=\"page-one\">");
    if !page.notice.is_empty() {
        html.wrap("<p class=\"notice\">", &page.notice, "</p>");
    }
    html.raw("<div class=\"top\"><div>").wrap("<h1>", &page.title, "</h1>").wrap(
        "<p class=\"site\">",
        &page.site,
        "</p>",
    );
    html.raw("<p class=\"meta\">");
    for [label, value] in &page.meta {
        html.raw("<span>").text(label).raw(" ").text(value).raw("</span> ");
    }
    html.raw("</p></div><div class=\"stamps\">");
    for stamp in page.stamps {
        html.wrap("<div><span>", stamp, "</span><i></i></div>");
    }
    html.raw("</div></div>");
    section(html, page.state_head);
    html.raw("<ol class=\"state\">");
    for sentence in &page.sentences {
        html.wrap("<li>", sentence, "</li>");
    }
    html.raw("</ol></section>");
    section(html, page.tiles_head);
    html.raw("<div class=\"tiles\">");
    page.tiles.iter().for_each(|tile| write_tile(html, tile));
    html.raw("</div></section>");
    section(html, page.counts_head);
    write_counts(html, page);
    html.raw("</section>");
    write_todo(html, page);
    write_proof(html, page, report);
    html.raw("</div>");
}

fn section(html: &mut Markup, head: &str) {
    html.raw("<section>").wrap("<h2>", head, "</h2>");
}

fn write_tile(html: &mut Markup, tile: &TileText) {
    html.raw("<div class=\"tile ").raw(match tile.state {
        TileState::Good => "good",
        TileState::Caution => "caution",
        TileState::Danger => "danger",
        TileState::Unknown => "unknown",
    });
    html.raw("\">").wrap("<b>", &tile.label, "</b>").wrap("<em>", &tile.word, "</em>");
    html.wrap("<span>", &tile.reason, "</span></div>");
}

fn write_counts(html: &mut Markup, page: &PageOne) {
    html.raw("<div class=\"scroll\"><table class=\"counts\"><colgroup><col></colgroup><thead><tr>");
    let swatches = Standing::ALL.map(svg::swatch);
    for (index, column) in page.columns.iter().enumerate() {
        html.raw("<th scope=\"col\">").text(column);
        if let Some(swatch) = index.checked_sub(1).and_then(|index| swatches.get(index)) {
            html.svg(swatch);
        }
        html.raw("</th>");
    }
    html.raw("</tr></thead><tbody>");
    page.counts.iter().for_each(|row| write_count_row(html, row));
    html.raw("</tbody></table></div>");
}

fn write_count_row(html: &mut Markup, row: &CountRow) {
    html.raw("<tr><td>").text(&row.title).svg(&svg::bar(&row.counts)).raw("</td>");
    for number in &row.numbers {
        html.wrap("<td>", number, "</td>");
    }
    html.raw("</tr>");
}

fn write_todo(html: &mut Markup, page: &PageOne) {
    section(html, page.todo_head);
    html.raw("<ul class=\"todo\">");
    for [title, about] in &page.todo {
        html.wrap("<li><b>", title, "</b>").wrap("<span>", about, "</span></li>");
    }
    html.raw("</ul><p class=\"more\">");
    for line in &page.more {
        html.raw("<span>").text(line).raw("</span> ");
    }
    html.raw("</p></section>");
}

fn write_proof(html: &mut Markup, page: &PageOne, report: &Report) {
    html.raw("<div class=\"proof\">");
    if let Some(qr) = report.checkpoint.as_ref().and_then(svg::qr) {
        html.svg(&qr);
    }
    html.wrap("<div><h2>", page.proof_head, "</h2>");
    for line in &page.proof {
        html.wrap("<p>", line, "</p>");
    }
    html.raw("</div></div>");
}

fn write_block(html: &mut Markup, block: &Block) {
    match block {
        Block::Heading { level: 1, text } => html.wrap("<h2>", text, "</h2>"),
        Block::Heading { text, .. } => html.wrap("<h3>", text, "</h3>"),
        Block::Text { text } => html.wrap("<p>", text, "</p>"),
        Block::Caption { text } => html.wrap("<p class=\"caption\">", text, "</p>"),
        Block::Lines { text } => html.wrap("<pre>", text, "</pre>"),
        Block::Head { number, text, mark, standing, word } => {
            html.wrap("<div class=\"head\"><span class=\"no\">", number, "</span>").wrap("<h4>", text, "");
            if !mark.is_empty() {
                html.wrap("<span class=\"mark\">", mark, "</span>");
            }
            html.raw("</h4>");
            badge(html, *standing, word);
            html.raw("</div>")
        }
        Block::Pairs { pairs } => {
            html.raw("<dl>");
            for [label, value] in pairs {
                html.wrap("<dt>", label, "</dt>").wrap("<dd>", value, "</dd>");
            }
            html.raw("</dl>")
        }
        Block::Table { columns, rows } => write_table(html, columns, rows),
    };
}

fn badge(html: &mut Markup, standing: Option<Standing>, word: &str) {
    html.raw("<span class=\"badge ").raw(standing.map_or("", Standing::name));
    html.wrap("\">", word, "</span>");
}

fn write_table<'a>(html: &'a mut Markup, columns: &[Column], rows: &[Vec<Cell>]) -> &'a mut Markup {
    let total: usize = columns.iter().map(|column| usize::from(column.width)).sum::<usize>().max(1);
    html.raw(if columns.len() > 3 { "<div class=\"scroll\">" } else { "<div>" }).raw("<table><colgroup>");
    for column in columns {
        html.raw("<col style=\"width:").number(usize::from(column.width) * 100 / total).raw("%\">");
    }
    html.raw("</colgroup><thead><tr>");
    for column in columns {
        html.wrap("<th scope=\"col\">", &column.title, "</th>");
    }
    html.raw("</tr></thead><tbody>");
    for row in rows {
        html.raw("<tr>");
        row.iter().for_each(|cell| write_cell(html, cell));
        html.raw("</tr>");
    }
    html.raw("</tbody></table></div>")
}

fn write_cell(html: &mut Markup, cell: &Cell) {
    match cell {
        Cell::Text { text } => {
            html.wrap("<td>", text, "</td>");
        }
        Cell::Code { short, text } => {
            html.wrap("<td>", short, "").wrap("<span class=\"code\">", text, "</span></td>");
        }
        Cell::Verdict { standing, word } => {
            html.raw("<td>");
            badge(html, Some(*standing), word);
            html.raw("</td>");
        }
        Cell::Answer { yes, no, texts: [yes_text, no_text] } => {
            html.raw("<td class=\"c\">");
            ring(html, *yes, yes_text);
            html.raw(if no_text.is_empty() { "" } else { "・" });
            ring(html, *no, no_text);
            html.raw("</td>");
        }
    }
}

fn ring(html: &mut Markup, around: bool, text: &str) {
    html.raw(if around { "<span class=\"ring\">" } else { "<span class=\"plain\">" }).text(text).raw("</span>");
}
