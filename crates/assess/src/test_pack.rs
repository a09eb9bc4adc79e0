//! A small dictionary for the tests of this crate.

use std::sync::LazyLock;

use base::{FactValue, Grade, SubjectKind, UtcSeconds};

use crate::{Check, CheckPack, Dictionary, Expression, Fact, FactId, SubjectFacts};

/// 2026-11-20 12:00 in Japan.
pub(crate) const NOW: UtcSeconds = UtcSeconds(1_795_143_600);

const FACTS: &str = r#"
fact = [
  { key = "asset.a", type = "bool", ja = "あ", en = "a", fresh_days = 10 },
  { key = "asset.b", type = "bool", ja = "い", en = "b", fresh_days = 10 },
  { key = "asset.c", type = "bool", ja = "う", en = "c", fresh_days = 10 },
  { key = "asset.n", type = "integer", ja = "数", en = "n", fresh_days = 10, unit = "pieces" },
  { key = "asset.t", type = "text", ja = "文", en = "t", fresh_days = 0 },
  { key = "asset.kind", type = "text", ja = "種", en = "kind", fresh_days = 0, values = ["pc", "server"] },
  { key = "asset.d", type = "date", ja = "日", en = "d", fresh_days = 0 },
  { key = "asset.l", type = "list", ja = "列", en = "l", fresh_days = 0, merge = "union" },
  { key = "site.beds", type = "integer", ja = "床", en = "beds", fresh_days = 0 },
  { key = "vendor.name", type = "text", ja = "名", en = "name", fresh_days = 0 },
]
"#;

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::parse(&[("facts.toml", FACTS)]).unwrap());

pub(crate) fn dictionary() -> &'static Dictionary {
    &DICTIONARY
}

pub(crate) fn compile(source: &str) -> Result<Expression, crate::ExpressionError> {
    Expression::compile(dictionary(), SubjectKind::Asset, source)
}

/// A fact observed `age_days` before [`NOW`].
pub(crate) fn fact(key: &str, value: FactValue, grade: Grade, age_days: i64, id: i64) -> Fact {
    let key = dictionary().find(key).unwrap().id;
    Fact { key, value, observed_at: NOW.plus_days(-age_days), grade, id: FactId(id) }
}

/// Fresh facts of a machine, numbered from 1.
pub(crate) fn facts(facts: &[(&str, FactValue)]) -> SubjectFacts {
    let one = |((key, value), id): (&(&str, FactValue), i64)| fact(key, value.clone(), Grade::Machine, 0, id);
    SubjectFacts::new(facts.iter().zip(1..).map(one).collect())
}

/// A check with the given lines added.
pub(crate) fn check(lines: &str) -> Check {
    let text = format!(
        r#"
[pack]
id = "p"
title = {{ ja = "題", en = "t" }}
[[check]]
id = "C-1"
subject = "asset"
title = {{ ja = "題", en = "t" }}
severity = "high"
why = {{ ja = "題", en = "t" }}
fix = {{ ja = "題", en = "t" }}
ask = {{ ja = "題", en = "t" }}
source = "s"
edition = "e"
mark = "seen"
{lines}
"#
    );
    CheckPack::parse(dictionary(), "p.toml", &text).unwrap().checks.remove(0)
}
