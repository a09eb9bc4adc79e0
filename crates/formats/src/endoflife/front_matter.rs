//! The part of YAML that product files use: top-level `key: value`, and lists of flat maps under `identifiers:` and
//! `releases:`. Everything else (anchors, flow style, deeper maps, block scalars) is skipped, not interpreted.

use base::Locator;

use super::{
    LongTerm, MAX_ITEMS, ParseProductError, Product, ProductProblemReason, Release, SupportEnd, bad_field, parse_end,
    parse_long_term, parse_supported, shorten,
};

pub(super) fn parse(text: &str) -> Result<Product, ParseProductError> {
    let mut lines = text.lines().zip(1_u32..);
    if lines.next().is_none_or(|(line, _)| line.trim_end() != "---") {
        return Err(ParseProductError::NotProduct);
    }
    let mut reader = FrontMatter::default();
    for (line, number) in lines {
        if line.trim_end() == "---" {
            reader.end_item();
            return reader.finish();
        }
        reader.take(line, number);
    }
    reader.item = None;
    reader.product.report(Locator::Whole, ProductProblemReason::Truncated);
    reader.finish()
}

/// The top-level key whose lines are being read.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Section {
    #[default]
    Other,
    Identifiers,
    Releases,
}

/// One list item under `releases:`.
#[derive(Default)]
struct Item {
    line: u32,
    /// Column of its keys; deeper lines belong to a value that is not read.
    indent: usize,
    fields: Vec<(String, String)>,
}

impl Item {
    fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct FrontMatter {
    product: Product,
    section: Section,
    has_releases: bool,
    label_template: String,
    item: Option<Item>,
}

impl FrontMatter {
    fn take(&mut self, line: &str, number: u32) {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        if content.trim().is_empty() || content.starts_with('#') {
            return;
        }
        let is_item = content.starts_with("- ");
        if indent == 0 && !is_item {
            self.end_item();
            return self.take_top_level(content);
        }
        match self.section {
            Section::Other => {}
            Section::Identifiers => self.take_identifier(content),
            Section::Releases => self.take_release_line(content, indent, is_item, number),
        }
    }

    fn take_top_level(&mut self, content: &str) {
        self.section = Section::Other;
        let Some((key, value)) = key_value(content) else { return };
        match key {
            "title" => self.product.title = value,
            "permalink" => self.product.name = value.trim_matches('/').to_owned(),
            "releaseLabel" => self.label_template = value,
            "identifiers" => self.section = Section::Identifiers,
            "releases" => {
                self.section = Section::Releases;
                self.has_releases = true;
            }
            _ => {}
        }
    }

    fn take_identifier(&mut self, content: &str) {
        if let Some(("cpe", cpe)) = key_value(content.trim_start_matches("- "))
            && self.product.cpes.len() < MAX_ITEMS
        {
            self.product.cpes.push(cpe);
        }
    }

    fn take_release_line(&mut self, content: &str, indent: usize, is_item: bool, number: u32) {
        let known = self.item.as_ref().map(|item| item.indent);
        if is_item && known.is_none_or(|known| indent < known) {
            self.end_item();
            let rest = content.trim_start_matches('-').trim_start_matches(' ');
            let indent = indent + (content.len() - rest.len());
            self.item = Some(Item { line: number, indent, fields: Vec::new() });
            return self.take_field(rest, number);
        }
        match known {
            Some(known) if indent == known => self.take_field(content, number),
            Some(known) if indent > known => {}
            Some(_) | None => self.product.report(Locator::Line(number), ProductProblemReason::BadLine),
        }
    }

    fn take_field(&mut self, content: &str, number: u32) {
        let Some((key, value)) = key_value(content) else {
            return self.product.report(Locator::Line(number), ProductProblemReason::BadLine);
        };
        if let Some(item) = self.item.as_mut().filter(|item| item.fields.len() < MAX_ITEMS) {
            item.fields.push((key.to_owned(), value));
        }
    }

    fn end_item(&mut self) {
        let Some(item) = self.item.take() else { return };
        match release(&item, &self.label_template) {
            Ok(release) => self.product.add_release(release),
            Err(reason) => self.product.report(Locator::Line(item.line), reason),
        }
    }

    fn finish(self) -> Result<Product, ParseProductError> {
        if self.has_releases { Ok(self.product) } else { Err(ParseProductError::NotProduct) }
    }
}

fn release(item: &Item, template: &str) -> Result<Release, ProductProblemReason> {
    let cycle = item.get("releaseCycle");
    if cycle.is_empty() {
        return Err(bad_field("releaseCycle", ""));
    }
    let end = |field: &'static str| -> Result<Option<SupportEnd>, ProductProblemReason> {
        let found = item.get(field);
        if found.is_empty() { Ok(None) } else { parse_end(field, found).map(Some) }
    };
    let lts: LongTerm = parse_long_term(item.get("lts"))?;
    Ok(Release {
        place: Locator::Line(item.line),
        cycle: cycle.to_owned(),
        label: label(item, template),
        released: item.get("releaseDate").parse().ok(),
        eol: end("eol")?.ok_or_else(|| bad_field("eol", ""))?,
        eoas: end("eoas")?.or(parse_supported("support", item.get("support"))?),
        eoes: end("eoes")?,
        latest: Some(item.get("latest")).filter(|latest| !latest.is_empty()).map(str::to_owned),
        lts,
    })
}

/// The item's own label, else the product's template, else the cycle; placeholders filled in, HTML tags removed.
///
/// What is filled in may hold the next placeholder many times over, so every step is shortened.
fn label(item: &Item, template: &str) -> String {
    let cycle = item.get("releaseCycle");
    let chosen = [item.get("releaseLabel"), template, cycle].into_iter().find(|label| !label.is_empty());
    let fillings =
        [("__RELEASE_CYCLE__", cycle), ("__CODENAME__", item.get("codename")), ("__LATEST__", item.get("latest"))];
    let filled = fillings.into_iter().fold(chosen.unwrap_or_default().to_owned(), |label, (placeholder, filling)| {
        shorten(&label.replace(placeholder, filling))
    });
    drop_tags(&filled)
}

fn drop_tags(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((_, behind)) = after.split_once('>') else { break };
        kept.push_str(before);
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

/// Splits `key: value # remark`; `None` if there is no key of plain letters. The value is without quotes.
fn key_value(content: &str) -> Option<(&str, String)> {
    let (key, rest) = content.split_once(':')?;
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    (is_key && (rest.is_empty() || rest.starts_with([' ', '\t']))).then(|| (key, scalar(rest.trim())))
}

fn scalar(text: &str) -> String {
    let value = match text.chars().next() {
        Some('"') => double_quoted(text.get(1..).unwrap_or_default()),
        Some('\'') => single_quoted(text.get(1..).unwrap_or_default()),
        Some('#') => String::new(),
        _ => text.split(" #").next().unwrap_or_default().trim_end().to_owned(),
    };
    shorten(&value)
}

fn single_quoted(text: &str) -> String {
    let mut value = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\'' && chars.next_if_eq(&'\'').is_none() {
            break;
        }
        value.push(c);
    }
    value
}

fn double_quoted(text: &str) -> String {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => value.extend(chars.next().map(unescape)),
            c => value.push(c),
        }
    }
    value
}

const fn unescape(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        c => c,
    }
}
