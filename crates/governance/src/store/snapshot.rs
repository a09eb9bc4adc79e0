//! The tables of the snapshot.

use std::collections::{BTreeMap, BTreeSet};

use ::store::{Row, StoreError, Transaction, Value};
use base::{Lang, Subject, SubjectKind, UtcSeconds};

use super::bad;
use crate::conclusion::Conclusion;

/// One known thing on one line.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectLine {
    /// Its kind.
    pub kind: SubjectKind,
    /// Its identifier.
    pub ident: String,
    /// How people call it.
    pub name: String,
    /// Value of `asset.class`, `connection.kind`, `policy.layer` or `account.privileged`; empty if not known, as all texts here.
    pub class: String,
    /// Department or place.
    pub place: String,
    /// Who answers for it.
    pub owner: String,
    /// Addresses.
    pub address: String,
    /// System or firmware.
    pub os: String,
    /// Value of `asset.criticality`.
    pub criticality: String,
    /// Values of [`facts_of`] its kind, by key; what is not known is missing.
    pub facts: BTreeMap<String, String>,
    /// Whether it stands in the ledger; `None` if that is not known.
    pub in_ledger: Option<bool>,
    /// Newest observation.
    pub observed_at: UtcSeconds,
    /// Facts that count.
    pub fact_count: usize,
    /// Severity of the gravest finding, 0 (critical) to 3 (low); 4: none.
    pub worst: usize,
    /// Findings.
    pub findings: usize,
    /// Ids of the checks that fail, each between blanks.
    pub failing: String,
    /// Other names of the same thing.
    pub aliases: Vec<Subject>,
    /// What was concluded.
    pub conclusions: Vec<Conclusion>,
    /// What a search looks at.
    pub folded: String,
    /// What tells it from all others of its kind, folded: by one of these others name it.
    pub marks: BTreeSet<String>,
    /// The marks of other things that it names, folded.
    pub names: BTreeSet<String>,
}

/// The facts of a kind that its list shows besides what every line has.
#[must_use]
pub const fn facts_of(kind: SubjectKind) -> &'static [&'static str] {
    match kind {
        SubjectKind::Account => &["account.enabled", "account.last_logon_on"],
        SubjectKind::Vendor => &["vendor.incident_support", "vendor.replied_on"],
        SubjectKind::Asset
        | SubjectKind::Connection
        | SubjectKind::Policy
        | SubjectKind::Document
        | SubjectKind::Product
        | SubjectKind::Vulnerability
        | SubjectKind::Site => &[],
    }
}

/// Orders of a list of subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SubjectOrder {
    /// Gravest findings first.
    #[default]
    Worst,
    /// Those without findings first.
    Mildest,
    /// By name.
    Name,
    /// By name, the last one first.
    NameBackwards,
    /// Newest observation first.
    Newest,
    /// Oldest observation first.
    Oldest,
}

/// Which subjects of one kind.
#[derive(Debug, Clone, Default)]
pub struct SubjectSearch<'a> {
    /// Words, folded by [`assess::wording::fold`]; all must occur. Empty: all subjects.
    pub words: Vec<String>,
    /// Only this class.
    pub class: Option<&'a str>,
    /// Only what fails this check.
    pub failing: Option<&'a str>,
    /// Only what has (or has not) a finding.
    pub has_finding: Option<bool>,
    /// Only what stands (or does not stand) in the ledger.
    pub in_ledger: Option<bool>,
    /// The order.
    pub order: SubjectOrder,
}

/// Throws the snapshot of a site away.
pub(crate) fn clear_snapshot(tx: &mut Transaction, site: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM snapshot_part WHERE site = $1", &[site.into()])?;
    tx.execute("DELETE FROM subject_line WHERE site = $1", &[site.into()])?;
    Ok(())
}

const fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Ja => "ja",
        Lang::En => "en",
    }
}

pub(crate) fn add_snapshot_parts(
    tx: &mut Transaction,
    site: &str,
    lang: Lang,
    parts: Vec<(String, String)>,
) -> Result<(), StoreError> {
    let mut rows = parts.into_iter().map(|(part, body)| vec![site.into(), tag(lang).into(), part.into(), body.into()]);
    tx.insert_many("snapshot_part", &["site", "lang", "part", "body"], &mut rows)?;
    Ok(())
}

pub(crate) fn find_snapshot_part(
    tx: &mut Transaction,
    site: &str,
    lang: Lang,
    part: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT body FROM snapshot_part WHERE site = $1 AND lang = $2 AND part = $3";
    tx.find(sql, &[site.into(), tag(lang).into(), part.into()])?.map(|row| Ok(row.text(0)?.to_owned())).transpose()
}

const COLUMNS: [&str; 21] = [
    "kind",
    "ident",
    "name",
    "class",
    "place",
    "owner",
    "address",
    "os",
    "criticality",
    "in_ledger",
    "observed_at",
    "fact_count",
    "worst",
    "findings",
    "failing",
    "aliases",
    "conclusions",
    "folded",
    "facts",
    "marks",
    "names",
];

pub(crate) fn add_subject_lines(tx: &mut Transaction, site: &str, lines: Vec<SubjectLine>) -> Result<(), StoreError> {
    let count = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    let mut rows = lines.into_iter().map(|line| {
        let aliases: Vec<String> = line.aliases.iter().map(ToString::to_string).collect();
        vec![
            line.kind.name().into(),
            line.ident.into(),
            line.name.into(),
            line.class.into(),
            line.place.into(),
            line.owner.into(),
            line.address.into(),
            line.os.into(),
            line.criticality.into(),
            count(line.in_ledger.map_or(2, usize::from)),
            line.observed_at.into(),
            count(line.fact_count),
            count(line.worst),
            count(line.findings),
            line.failing.into(),
            serde_json::json!(aliases).to_string().into(),
            serde_json::json!(line.conclusions).to_string().into(),
            line.folded.into(),
            serde_json::json!(line.facts).to_string().into(),
            between_feeds(&line.marks).into(),
            between_feeds(&line.names).into(),
            site.into(),
        ]
    });
    let columns: Vec<&str> = COLUMNS.into_iter().chain(["site"]).collect();
    tx.insert_many("subject_line", &columns, &mut rows)?;
    Ok(())
}

fn read_line(row: &Row) -> Result<SubjectLine, StoreError> {
    let text = |index| row.text(index).map(ToOwned::to_owned);
    let count = |index| row.count(index).map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    let list =
        |index: usize| serde_json::from_str::<Vec<serde_json::Value>>(row.text(index)?).map_err(|_| bad(index, "JSON"));
    Ok(SubjectLine {
        kind: row.text(0)?.parse().map_err(|_| bad(0, "a kind"))?,
        ident: text(1)?,
        name: text(2)?,
        class: text(3)?,
        place: text(4)?,
        owner: text(5)?,
        address: text(6)?,
        os: text(7)?,
        criticality: text(8)?,
        in_ledger: match row.integer(9)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        observed_at: row.at(10)?,
        fact_count: count(11)?,
        worst: count(12)?,
        findings: count(13)?,
        failing: text(14)?,
        aliases: list(15)?.iter().filter_map(|alias| alias.as_str()?.parse().ok()).collect(),
        // One that an older version wrote in another way counts as not there: the next assessment writes it anew.
        conclusions: list(16)?.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect(),
        folded: text(17)?,
        facts: serde_json::from_str(row.text(18)?).map_err(|_| bad(18, "JSON"))?,
        marks: each_line(row.text(19)?),
        names: each_line(row.text(20)?),
    })
}

fn between_feeds(texts: &BTreeSet<String>) -> String {
    texts.iter().fold(String::new(), |all, text| format!("{all}\n{text}\n"))
}

fn each_line(text: &str) -> BTreeSet<String> {
    text.lines().filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// Subjects of one kind that a subject names, or that name it, by a mark; by name, at most `limit`.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_related_lines(
    tx: &mut Transaction,
    site: &str,
    kind: SubjectKind,
    line: &SubjectLine,
    limit: usize,
) -> Result<Vec<SubjectLine>, StoreError> {
    let mut values: Vec<Value> = vec![site.into(), kind.name().into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let mut tests = Vec::new();
    for (column, texts) in [("marks", &line.names), ("names", &line.marks)] {
        for text in texts {
            values.push(format!("%\n{}\n%", escape(text)).into());
            tests.push(format!("{column} LIKE ${} ESCAPE '\\'", values.len()));
        }
    }
    if tests.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {} FROM subject_line WHERE site = $1 AND kind = $2 AND ({}) ORDER BY name, ident LIMIT $3",
        COLUMNS.join(", "),
        tests.join(" OR ")
    );
    tx.query(&sql, &values)?.iter().map(read_line).collect()
}

/// One subject.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_subject_line(
    tx: &mut Transaction,
    site: &str,
    subject: &Subject,
) -> Result<Option<SubjectLine>, StoreError> {
    let sql = format!("SELECT {} FROM subject_line WHERE site = $1 AND kind = $2 AND ident = $3", COLUMNS.join(", "));
    let row = tx.find(&sql, &[site.into(), subject.kind().name().into(), subject.id().into()])?;
    row.as_ref().map(read_line).transpose()
}

/// The subject of which this one is only another name. Looks at every subject of the kind: for what has no line of its own.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_by_alias(tx: &mut Transaction, site: &str, alias: &Subject) -> Result<Option<Subject>, StoreError> {
    let quoted = serde_json::Value::from(alias.to_string()).to_string();
    let row = tx.find(
        "SELECT ident FROM subject_line WHERE site = $1 AND kind = $2 AND aliases LIKE $3 ESCAPE '\\' LIMIT 1",
        &[site.into(), alias.kind().name().into(), format!("%{}%", escape(&quoted)).into()],
    )?;
    Ok(row.and_then(|row| Subject::new(alias.kind(), row.text(0).ok()?).ok()))
}

/// Subjects of one kind: at most `limit` from `offset` on.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_subject_lines(
    tx: &mut Transaction,
    site: &str,
    kind: SubjectKind,
    search: &SubjectSearch<'_>,
    offset: usize,
    limit: usize,
) -> Result<Vec<SubjectLine>, StoreError> {
    let (condition, mut values) = condition(site, kind, search);
    let order = match search.order {
        // Each ends in the identifier, so that no subject stands on two pages, and each is the order of an index.
        SubjectOrder::Worst => "worst, name, ident",
        SubjectOrder::Mildest => "worst DESC, name DESC, ident DESC",
        SubjectOrder::Name => "name, ident",
        SubjectOrder::NameBackwards => "name DESC, ident DESC",
        SubjectOrder::Newest => "observed_at DESC, ident DESC",
        SubjectOrder::Oldest => "observed_at, ident",
    };
    let window = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    let place = values.len();
    values.extend([window(limit), window(offset)]);
    let sql = format!(
        "SELECT {} FROM subject_line WHERE {condition} ORDER BY {order} LIMIT ${} OFFSET ${}",
        COLUMNS.join(", "),
        place + 1,
        place + 2
    );
    tx.query(&sql, &values)?.iter().map(read_line).collect()
}

/// How many subjects a search finds, counted up to `most`.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_subject_lines(
    tx: &mut Transaction,
    site: &str,
    kind: SubjectKind,
    search: &SubjectSearch<'_>,
    most: usize,
) -> Result<usize, StoreError> {
    let (condition, mut values) = condition(site, kind, search);
    values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
    let sql =
        format!("SELECT COUNT(*) FROM (SELECT 1 FROM subject_line WHERE {condition} LIMIT ${}) AS found", values.len());
    Ok(usize::try_from(tx.get(&sql, &values)?.count(0)?).unwrap_or(usize::MAX))
}

fn condition(site: &str, kind: SubjectKind, search: &SubjectSearch<'_>) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![site.into(), kind.name().into()];
    let mut parts = vec!["site = $1 AND kind = $2".to_owned()];
    let mut add = |test: &str, value: Value| {
        values.push(value);
        parts.push(test.replace("$$", &format!("${}", values.len())));
    };
    for word in &search.words {
        add("folded LIKE $$ ESCAPE '\\'", format!("%{}%", escape(word)).into());
    }
    if let Some(class) = search.class {
        add("class = $$", class.into());
    }
    if let Some(check) = search.failing {
        add("failing LIKE $$ ESCAPE '\\'", format!("% {} %", escape(check)).into());
        parts.push("worst < 4".to_owned());
    }
    match search.has_finding {
        Some(true) => parts.push("worst < 4".to_owned()),
        Some(false) => parts.push("worst = 4".to_owned()),
        None => {}
    }
    match search.in_ledger {
        Some(true) => parts.push("in_ledger = 1".to_owned()),
        Some(false) => parts.push("in_ledger = 0".to_owned()),
        None => {}
    }
    (parts.join(" AND "), values)
}

fn escape(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
