//! The report as an Excel workbook. Every cell is written as text or as a number, never as a formula.

use base::Lang;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::annex::{answer_text, subjects};
use crate::labels::{self, Label};
use crate::model::Standing;
use crate::model::{EvidenceLine, FrameworkReport, ItemReport, Report};
use crate::page_one::{self, standing_text};
use crate::wording::{DASH, clean, clip, date, date_lines, option_date, place};

/// Why there is no workbook.
#[derive(Debug, thiserror::Error)]
#[error("cannot write sheet {sheet:?} of the report")]
pub struct WorkbookError {
    sheet: String,
    #[source]
    source: XlsxError,
}

/// Rows of one sheet; what is beyond is counted in its last row.
const MAX_ROWS: usize = 100_000;
/// Characters Excel takes into one cell are 32,767; some room for the note about the cut.
const MAX_CELL_CHARS: usize = 32_000;

/// A sheet as texts.
struct Sheet {
    name: String,
    columns: Vec<(&'static str, f64)>,
    rows: Vec<Vec<String>>,
}

/// Renders the workbook: 要約, one チェックリスト for each edition, 根拠, 指摘, 不明と確認方法, 例外, 読み取れなかったもの.
///
/// # Errors
/// [`WorkbookError`] names the sheet.
pub fn render(report: &Report, lang: Lang) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    for sheet in sheets(report, lang) {
        let fail = |source| WorkbookError { sheet: sheet.name.clone(), source };
        write_sheet(workbook.add_worksheet(), &sheet, report, lang).map_err(fail)?;
    }
    workbook.save_to_buffer().map_err(|source| WorkbookError { sheet: String::new(), source })
}

fn sheets(report: &Report, lang: Lang) -> Vec<Sheet> {
    let mut sheets = vec![summary(report, lang)];
    let many = report.frameworks.len() > 1;
    for (index, framework) in report.frameworks.iter().enumerate() {
        sheets.push(checklist(framework, many.then_some(index + 1), lang));
    }
    sheets.extend([evidence(report, lang), findings(report, lang), asks(report, lang)]);
    sheets.extend([exceptions(report, lang), tasks(report, lang), refused(report, lang)]);
    sheets
}

fn sheet(name: Label, columns: &[(Label, f64)], rows: Vec<Vec<String>>, lang: Lang) -> Sheet {
    // A sheet name has at most 31 characters.
    Sheet {
        name: clip(name.get(lang), 31),
        columns: columns.iter().map(|(title, width)| (title.get(lang), *width)).collect(),
        rows,
    }
}

fn summary(report: &Report, lang: Lang) -> Sheet {
    let page = page_one::build(report, lang);
    let mut rows = vec![vec![labels::SITE.get(lang).to_owned(), page.site.clone()]];
    let mut add = |label: &str, value: String| rows.push(vec![label.to_owned(), value]);
    if !report.notice.is_empty() {
        add(labels::IMAGINARY.get(lang), report.notice.clone());
    }
    for [label, value] in &page.meta {
        add(label, value.clone());
    }
    for sentence in &report.summary {
        add(labels::STATE_NOW.get(lang), sentence.clone());
    }
    for tile in &report.tiles {
        let word = labels::tile(tile.state).get(lang);
        add(&tile.label, format!("{} {word}　{}", labels::tile_shape(tile.state), tile.reason));
    }
    for framework in &report.frameworks {
        add(&format!("{} {}", framework.title, framework.edition), counts_text(framework, lang));
    }
    for todo in report.todo.iter().take(7) {
        let parts = [todo.title.clone(), todo.owner.clone(), option_date(todo.due_on, lang)];
        add(labels::TODO.get(lang), parts.join("　"));
    }
    if let Some(checkpoint) = &report.checkpoint {
        add(labels::CHECKPOINT_ROOT.get(lang), checkpoint.root.clone());
        add(labels::CHECKPOINT_SIZE.get(lang), checkpoint.size.to_string());
    }
    add(labels::PROGRAM.get(lang), report.program_version.clone());
    for standing in Standing::ALL {
        add(&standing_text(standing, lang), labels::standing_meaning(standing).get(lang).to_owned());
    }
    sheet(labels::SUMMARY, &[(labels::ITEM, 34.0), (labels::WHAT, 92.0)], rows, lang)
}

fn counts_text(framework: &FrameworkReport, lang: Lang) -> String {
    let part = |standing: Standing| format!("{} {}", standing_text(standing, lang), framework.counts.get(standing));
    let total = format!("{} {}", labels::ITEMS_TOTAL.get(lang), framework.counts.total());
    let parts: Vec<String> = Standing::ALL.into_iter().map(part).chain([total]).collect();
    parts.join("　")
}

fn checklist(framework: &FrameworkReport, place: Option<usize>, lang: Lang) -> Sheet {
    let rows = framework.items.iter().map(|item| {
        vec![
            item.number.clone(),
            item_text(item, lang),
            answer_text(item.answer, lang),
            date_lines(item.checked_on, lang),
            date_lines(item.target_on, lang),
            standing_text(item.standing(), lang),
            basis(item, lang),
        ]
    });
    let columns = [
        (labels::NUMBER, 8.0),
        (labels::ITEM, 46.0),
        (labels::YES_NO, 11.0),
        (labels::CHECKED_ON, 16.0),
        (labels::TARGET_ON, 16.0),
        (labels::WORD, 12.0),
        (labels::BASIS, 46.0),
    ];
    let mut sheet = sheet(labels::CHECKLIST, &columns, rows.collect(), lang);
    if let Some(place) = place {
        sheet.name = format!("{}{place}", sheet.name);
    }
    sheet
}

fn item_text(item: &ItemReport, lang: Lang) -> String {
    labels::mark(item.mark).map_or_else(|| item.text.clone(), |mark| format!("{}\n[{}]", item.text, mark.get(lang)))
}

/// The reason and the first pieces of evidence by name and short hash.
fn basis(item: &ItemReport, lang: Lang) -> String {
    let mut lines = vec![item.reason.clone()];
    for line in item.evidence.iter().take(3) {
        let hash = line.sha256.map_or_else(String::new, |hash| hash.short());
        lines.push(format!("{} {} {hash}", line.file_name, place(&line.locator, lang)));
    }
    if item.evidence.len() > 3 {
        let rest = item.evidence.len() - 3;
        lines.push(format!("{}{rest}{}", labels::MORE.get(lang), labels::MORE_UNIT.get(lang)));
    }
    lines.retain(|line| !line.trim().is_empty());
    lines.join("\n")
}

fn evidence(report: &Report, lang: Lang) -> Sheet {
    let of_items = report.frameworks.iter().flat_map(|framework| &framework.items);
    let of_items = of_items.flat_map(|item| item.evidence.iter().map(move |line| (item.number.as_str(), line)));
    let of_findings = report.findings.iter();
    let of_findings = of_findings.flat_map(|one| one.evidence.iter().map(move |line| (one.check_id.as_str(), line)));
    let rows = of_items.chain(of_findings).map(|(number, line)| evidence_row(number, line, lang)).collect();
    let columns = [
        (labels::NUMBER, 9.0),
        (labels::WHAT, 24.0),
        (labels::VALUE, 22.0),
        (labels::SUBJECT, 22.0),
        (labels::FILE, 26.0),
        (labels::PLACE, 16.0),
        (labels::HASH, 36.0),
        (labels::OBSERVED, 16.0),
        (labels::AGE, 9.0),
        (labels::GRADE, 9.0),
        (labels::STATE, 10.0),
    ];
    sheet(labels::EVIDENCE, &columns, rows, lang)
}

fn evidence_row(number: &str, line: &EvidenceLine, lang: Lang) -> Vec<String> {
    vec![
        number.to_owned(),
        line.label.clone(),
        line.value.clone(),
        line.subject.clone(),
        line.file_name.clone(),
        place(&line.locator, lang),
        line.sha256.map_or_else(|| DASH.to_owned(), |hash| hash.to_string()),
        date_lines(line.observed_on, lang),
        line.age_days.map_or_else(|| DASH.to_owned(), |days| days.to_string()),
        labels::grade(line.grade).get(lang).to_owned(),
        if line.stale { labels::STALE_NOTE.get(lang).to_owned() } else { DASH.to_owned() },
    ]
}

fn findings(report: &Report, lang: Lang) -> Sheet {
    let rows = report.findings.iter().map(|finding| {
        let severity = labels::severity(finding.severity).get(lang).to_owned();
        let texts = [&finding.title, &finding.why, &finding.fix].map(Clone::clone);
        [finding.check_id.clone(), severity].into_iter().chain(texts).chain([subjects(finding, lang)]).collect()
    });
    let columns = [
        (labels::NUMBER, 10.0),
        (labels::SEVERITY, 8.0),
        (labels::FINDING, 34.0),
        (labels::MEANS, 34.0),
        (labels::FIX, 40.0),
        (labels::SUBJECTS, 30.0),
    ];
    sheet(labels::FINDINGS, &columns, rows.collect(), lang).named(labels::FINDING, lang)
}

fn asks(report: &Report, lang: Lang) -> Sheet {
    let rows = report.asks.iter().map(|ask| vec![ask.what.clone(), ask.how.clone(), ask.answers.join(" ")]);
    let columns = [(labels::ASK_WHAT, 40.0), (labels::ASK_HOW, 80.0), (labels::ASK_FOR, 24.0)];
    sheet(labels::ASKS, &columns, rows.collect(), lang)
}

fn exceptions(report: &Report, lang: Lang) -> Sheet {
    let rows = report.exceptions.iter().map(|line| {
        let state = if line.expired { labels::EXPIRED } else { labels::IN_FORCE };
        vec![
            line.id.clone(),
            line.covers.clone(),
            line.reason.clone(),
            line.compensation.clone(),
            line.approved_by.clone(),
            date_lines(line.approved_on, lang),
            date_lines(line.expires_on, lang),
            state.get(lang).to_owned(),
        ]
    });
    let columns = [
        (labels::NUMBER, 10.0),
        (labels::COVERS, 24.0),
        (labels::REASON, 32.0),
        (labels::COMPENSATION, 32.0),
        (labels::APPROVED_BY, 14.0),
        (labels::APPROVED_ON, 16.0),
        (labels::EXPIRES_ON, 16.0),
        (labels::STATE, 18.0),
    ];
    sheet(labels::EXCEPTIONS, &columns, rows.collect(), lang)
}

fn tasks(report: &Report, lang: Lang) -> Sheet {
    let rows = report.tasks.iter().map(|task| {
        let state = labels::task_state(task.state).get(lang).to_owned();
        vec![task.title.clone(), task.owner.clone(), date_lines(task.due_on, lang), state]
    });
    let columns = [(labels::TASK, 70.0), (labels::OWNER, 20.0), (labels::DUE_ON, 18.0), (labels::STATE, 12.0)];
    sheet(labels::TASKS, &columns, rows.collect(), lang)
}

fn refused(report: &Report, lang: Lang) -> Sheet {
    let rows = report.refused.iter().map(|line| {
        let hash = line.sha256.map_or_else(|| DASH.to_owned(), |hash| hash.to_string());
        vec![line.file_name.clone(), place(&line.locator, lang), line.reason.clone(), hash]
    });
    let columns = [(labels::FILE, 34.0), (labels::PLACE, 20.0), (labels::REASON, 60.0), (labels::HASH, 36.0)];
    sheet(labels::REFUSED, &columns, rows.collect(), lang)
}

impl Sheet {
    /// Under a shorter name than its heading.
    fn named(mut self, name: Label, lang: Lang) -> Self {
        self.name = clip(name.get(lang), 31);
        self
    }
}

fn write_sheet(page: &mut Worksheet, sheet: &Sheet, report: &Report, lang: Lang) -> Result<(), XlsxError> {
    let head = base_format().set_bold().set_background_color("#E3E7EA");
    let body = base_format();
    page.set_name(&sheet.name)?;
    for (column, (title, width)) in (0_u16..).zip(&sheet.columns) {
        page.set_column_width(column, *width)?;
        page.write_string_with_format(0, column, *title, &head)?;
    }
    for (row, cells) in (1_u32..).zip(sheet.rows.iter().take(MAX_ROWS)) {
        page.set_row_height(row, row_height(cells, &sheet.columns))?;
        for (column, text) in (0_u16..).zip(cells) {
            page.write_string_with_format(row, column, cell_text(text, lang), &body)?;
        }
    }
    let last_row = u32::try_from(sheet.rows.len().min(MAX_ROWS)).unwrap_or(0);
    let last_column = u16::try_from(sheet.columns.len().saturating_sub(1)).unwrap_or(0);
    if sheet.rows.len() > MAX_ROWS {
        let rest = sheet.rows.len() - MAX_ROWS;
        page.write_string(last_row + 1, 0, format!("{}{rest}{}", labels::MORE.get(lang), labels::MORE_UNIT.get(lang)))?;
    }
    page.autofilter(0, 0, last_row, last_column)?;
    set_paper(page, report, lang)
}

/// Points for the tallest cell: programs do not grow rows on opening, and text that is cut off misleads.
fn row_height(cells: &[String], columns: &[(&'static str, f64)]) -> f64 {
    const LINE_PT: f64 = 15.0;
    const EXCEL_MAX_PT: f64 = 409.0;
    let lines = cells.iter().zip(columns).map(|(text, (_, width))| count_lines(text, *width)).fold(1.0, f64::max);
    (lines * LINE_PT + 4.0).min(EXCEL_MAX_PT)
}

/// Lines a text needs in a column of `width` narrow characters; a wide character takes two.
fn count_lines(text: &str, width: f64) -> f64 {
    let usable = (width - 2.0).max(1.0);
    text.lines().map(|line| (narrow_width(line) / usable).ceil().max(1.0)).sum()
}

fn narrow_width(line: &str) -> f64 {
    line.chars().map(|char| if char.is_ascii() { 1.0 } else { 2.0 }).sum()
}

fn base_format() -> Format {
    let format = Format::new().set_font_name("BIZ UDPゴシック").set_font_size(10.5).set_text_wrap();
    format.set_align(FormatAlign::Top).set_border(FormatBorder::Thin).set_border_color("#8A9299")
}

fn set_paper(page: &mut Worksheet, report: &Report, lang: Lang) -> Result<(), XlsxError> {
    // `&` starts a code in a header; doubled it is itself. Excel takes at most 255 characters.
    let site = clip(&report.site.name, 40).replace('&', "&&");
    let made = format!("{} {}", labels::MADE_ON.get(lang), date(report.made_at.date_jst(), lang));
    page.set_header(format!("&L{site}　{}&R{made}", labels::TITLE.get(lang)));
    page.set_footer("&L&A&R&P / &N");
    page.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    page.set_margins(0.98, 0.4, 0.7, 0.6, 0.3, 0.3);
    page.set_freeze_panes(1, 0)?;
    page.set_repeat_rows(0, 0)?;
    Ok(())
}

/// Clean text that Excel can hold, and a dash for an empty cell.
fn cell_text(text: &str, lang: Lang) -> String {
    let text = clean(text);
    if text.trim().is_empty() {
        return DASH.to_owned();
    }
    let length = text.encode_utf16().count();
    if length <= MAX_CELL_CHARS {
        return text;
    }
    let kept: String = text.chars().take(MAX_CELL_CHARS / 2).collect();
    match lang {
        Lang::Ja => format!("{kept}…（以下省略）"),
        Lang::En => format!("{kept}… (cut)"),
    }
}
