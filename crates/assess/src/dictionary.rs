//! The fact dictionary: every key a fact may have, its type, and where Windows keeps it.

use std::collections::HashMap;
use std::fmt;

use base::{FactType, SubjectKind, Text, UtcSeconds};
use toml::Table;

use crate::fields::{Fields, is_lower_snake, parse_file, place_of};
use crate::problem::{PackError, Problem};

/// A key of the dictionary as a small number. Ids follow the order of the key texts, and are valid for one dictionary only:
/// never store them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u16);

impl KeyId {
    /// Most keys a dictionary can hold.
    pub const MAX: usize = 10_000;

    /// Position of the key in the dictionary, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What becomes of several facts for one key and subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Merge {
    /// The latest observation counts; ties: the higher grade, then the later evidence.
    #[default]
    Latest,
    /// The lists are joined.
    Union,
}

/// One key of the dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its number in this dictionary.
    pub id: KeyId,
    /// `kind.name`.
    pub key: String,
    /// What kind of thing it is about: the part of the key before the dot.
    pub subject: SubjectKind,
    /// Type of its values.
    pub fact_type: FactType,
    /// Label on screens and reports.
    pub label: Text,
    /// Unit of an integer.
    pub unit: Option<String>,
    /// The only texts allowed; empty if any is.
    pub values: Vec<String>,
    /// What people call them, in the same order; empty if they are shown as they are.
    pub value_labels: Vec<Text>,
    /// What becomes of several facts.
    pub merge: Merge,
    /// Days after which a fact no longer counts; 0 = never.
    pub fresh_days: u32,
    /// Name in `[System Access]` of a security policy INF.
    pub secedit: Option<String>,
    /// Places in the registry, `KEY!value`.
    pub registry: Vec<String>,
    /// Name in `[Privilege Rights]`.
    pub right: Option<String>,
    /// GUID of an audit subcategory, with braces.
    pub audit: Option<String>,
}

impl Definition {
    /// Whether what was observed then is too old to count at `now`.
    #[must_use]
    pub fn is_stale(&self, observed_at: UtcSeconds, now: UtcSeconds) -> bool {
        crate::facts::is_stale(observed_at, self.fresh_days, now)
    }

    /// What people call a value; `None` if it is shown as it is.
    #[must_use]
    pub fn value_label(&self, value: &str) -> Option<&Text> {
        let position = self.values.iter().position(|one| one == value)?;
        self.value_labels.get(position)
    }
}

/// Everything wrong with the files of a dictionary.
#[derive(Debug, Clone, PartialEq)]
pub struct DictionaryError {
    /// At least one problem, in the order of files and entries.
    pub problems: Vec<PackError>,
}

impl fmt::Display for DictionaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the fact dictionary has {} problems", self.problems.len())?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n{problem}"))
    }
}

impl std::error::Error for DictionaryError {}

/// All keys, with quick look-ups from what importers find.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    definitions: Vec<Definition>,
    secedit: HashMap<String, KeyId>,
    registry: HashMap<String, KeyId>,
    right: HashMap<String, KeyId>,
    audit: HashMap<String, KeyId>,
    label: HashMap<(SubjectKind, String), KeyId>,
}

impl Dictionary {
    /// Reads the files of the dictionary: `(file name, TOML)`. Not for `wording.toml`, see [`crate::Wording`].
    ///
    /// # Errors
    /// [`DictionaryError`] lists everything that is wrong in all files.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, DictionaryError> {
        let mut problems = Vec::new();
        let mut found: Vec<(String, Definition)> = Vec::new();
        for (file, text) in files {
            read_file(file, text, &mut found, &mut problems);
        }
        found.sort_by(|(_, a), (_, b)| a.key.cmp(&b.key));
        let dictionary = Self::index(found, &mut problems);
        if problems.is_empty() { Ok(dictionary) } else { Err(DictionaryError { problems }) }
    }

    fn index(found: Vec<(String, Definition)>, problems: &mut Vec<PackError>) -> Self {
        let mut dictionary = Self::default();
        for (file, mut definition) in found {
            let Some(id) = u16::try_from(dictionary.definitions.len()).ok().filter(|id| usize::from(*id) < KeyId::MAX)
            else {
                let problem = Problem::TooMany { limit: KeyId::MAX };
                problems.push(PackError { file, place: definition.key, problem });
                break;
            };
            definition.id = KeyId(id);
            for problem in dictionary.add_names(&definition) {
                problems.push(PackError { file: file.clone(), place: format!("fact {}", definition.key), problem });
            }
            dictionary.definitions.push(definition);
        }
        dictionary
    }

    /// Enters all names of `definition`; what another key already took comes back as problems.
    fn add_names(&mut self, definition: &Definition) -> Vec<Problem> {
        let id = definition.id;
        let mut taken = Vec::new();
        if let Some(last) = self.definitions.last().filter(|last| last.key == definition.key) {
            taken.push(("key", definition.key.clone(), last.id));
        }
        let mut enter = |map: &mut HashMap<String, KeyId>, what: &'static str, name: &str| {
            if let Some(first) = map.insert(name.to_lowercase(), id) {
                taken.push((what, name.to_owned(), first));
            }
        };
        definition.secedit.iter().for_each(|name| enter(&mut self.secedit, "secedit name", name));
        definition.registry.iter().for_each(|name| enter(&mut self.registry, "registry place", name));
        definition.right.iter().for_each(|name| enter(&mut self.right, "right", name));
        definition.audit.iter().for_each(|name| enter(&mut self.audit, "audit subcategory", name));
        for label in [&definition.label.ja, &definition.label.en] {
            let first = self.label.insert((definition.subject, crate::wording::fold(label)), id);
            if let Some(first) = first.filter(|first| *first != id) {
                taken.push(("label", label.clone(), first));
            }
        }
        let name_of = |id: KeyId| self.definitions.get(id.index()).map_or_else(String::new, |one| one.key.clone());
        taken.into_iter().map(|(what, name, first)| Problem::Duplicate { what, name, first: name_of(first) }).collect()
    }

    /// The definition of `key`.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&Definition> {
        let position = self.definitions.binary_search_by(|one| one.key.as_str().cmp(key)).ok()?;
        self.definitions.get(position)
    }

    /// The definition with this id; `None` only if the id is of another dictionary.
    #[must_use]
    pub fn definition(&self, id: KeyId) -> Option<&Definition> {
        self.definitions.get(id.index())
    }

    /// The key text of this id; empty only if the id is of another dictionary.
    #[must_use]
    pub fn key(&self, id: KeyId) -> &str {
        self.definition(id).map_or("", |one| one.key.as_str())
    }

    /// The key kept under `name` in `[System Access]`; without case.
    #[must_use]
    pub fn by_secedit(&self, name: &str) -> Option<&Definition> {
        self.definition(*self.secedit.get(&name.to_lowercase())?)
    }

    /// The key kept in the registry at `key` under the value name `value`; without case.
    #[must_use]
    pub fn by_registry(&self, key: &str, value: &str) -> Option<&Definition> {
        self.definition(*self.registry.get(&format!("{key}!{value}").to_lowercase())?)
    }

    /// The key of a user right such as `SeDebugPrivilege`; without case.
    #[must_use]
    pub fn by_right(&self, name: &str) -> Option<&Definition> {
        self.definition(*self.right.get(&name.to_lowercase())?)
    }

    /// The key of an audit subcategory by its GUID, with or without braces; without case.
    #[must_use]
    pub fn by_audit(&self, guid: &str) -> Option<&Definition> {
        let bare = guid.trim().trim_start_matches('{').trim_end_matches('}');
        self.definition(*self.audit.get(&format!("{{{bare}}}").to_lowercase())?)
    }

    /// The key of this kind of subject whose Japanese or English label is `label`; width and case make no difference.
    #[must_use]
    pub fn by_label(&self, subject: SubjectKind, label: &str) -> Option<&Definition> {
        self.definition(*self.label.get(&(subject, crate::wording::fold(label)))?)
    }

    /// Every definition, in the order of the key texts.
    pub fn iter(&self) -> std::slice::Iter<'_, Definition> {
        self.definitions.iter()
    }

    /// Number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.definitions.len()
    }

    /// Are there no keys at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.definitions.is_empty()
    }
}

impl<'d> IntoIterator for &'d Dictionary {
    type Item = &'d Definition;
    type IntoIter = std::slice::Iter<'d, Definition>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn read_file(file: &str, text: &str, found: &mut Vec<(String, Definition)>, problems: &mut Vec<PackError>) {
    let table = match parse_file(file, text) {
        Ok(table) => table,
        Err(errors) => return problems.extend(errors),
    };
    let mut top = Fields::new(&table);
    let entries = top.tables("fact");
    top.finish(file, "file", problems);
    for (position, entry) in entries.into_iter().enumerate() {
        let place = place_of(entry, "key", "fact", position);
        let mut fields = Fields::new(entry);
        let definition = read_definition(entry, &mut fields);
        if fields.finish(file, &place, problems) {
            found.extend(definition.map(|definition| (file.to_owned(), definition)));
        }
    }
}

fn read_definition(entry: &Table, fields: &mut Fields<'_>) -> Option<Definition> {
    let key = fields.text("key");
    let subject = key.as_deref().and_then(|key| subject_of(key, fields));
    let fact_type = fields.choice("type", &FactType::ALL);
    let (ja, en) = (fields.text("ja"), fields.text("en"));
    let unit = fields.optional_text("unit");
    let values = fields.texts("values");
    let value_labels = fields.value_labels("labels", &values);
    let merge = fields.optional_choice("merge", &[("latest", Merge::Latest), ("union", Merge::Union)]);
    if !entry.contains_key("fresh_days") {
        fields.report(Problem::Missing { field: "fresh_days" });
    }
    let fresh_days = fields.optional_integer("fresh_days", 0, 36_500).and_then(|days| u32::try_from(days).ok());
    let secedit = fields.optional_text("secedit");
    let registry = fields.texts("registry");
    let right = fields.optional_text("right");
    let audit = fields.optional_text("audit");
    for place in &registry {
        if !place.rsplit_once('!').is_some_and(|(key, value)| !key.is_empty() && !value.is_empty()) {
            fields.report(Problem::BadRegistry { found: place.clone() });
        }
    }
    let definition = Definition {
        id: KeyId(0),
        key: key?,
        subject: subject?,
        fact_type: fact_type?,
        label: Text { ja: ja?, en: en? },
        unit,
        values,
        value_labels,
        merge: merge.unwrap_or_default(),
        fresh_days: fresh_days?,
        secedit,
        registry,
        right,
        audit,
    };
    report_misfits(&definition, fields);
    Some(definition)
}

fn subject_of(key: &str, fields: &mut Fields<'_>) -> Option<SubjectKind> {
    let split = key.split_once('.');
    let subject = split.and_then(|(prefix, _)| prefix.parse().ok());
    if subject.is_none() {
        fields.report(Problem::BadPrefix { key: key.to_owned() });
    }
    if let Some((_, name)) = split.filter(|(_, name)| !is_lower_snake(name)) {
        fields.report(Problem::NotLowerSnake { name: name.to_owned() });
    }
    subject
}

/// Fields that make no sense for the type of the fact.
fn report_misfits(definition: &Definition, fields: &mut Fields<'_>) {
    let found = definition.fact_type;
    let mut only = |field: &'static str, used: bool, fits: &'static str, types: &[FactType]| {
        if used && !types.contains(&found) {
            fields.report(Problem::NotForType { field, fits, found: found.name() });
        }
    };
    only("values", !definition.values.is_empty(), "text", &[FactType::Text]);
    only("merge", definition.merge == Merge::Union, "list", &[FactType::List]);
    only("unit", definition.unit.is_some(), "integer", &[FactType::Integer]);
    only("right", definition.right.is_some(), "list", &[FactType::List]);
    only("audit", definition.audit.is_some(), "integer", &[FactType::Integer]);
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Expect) {
        let shown = match Dictionary::parse(&[("f.toml", text)]) {
            Ok(dictionary) => dictionary.iter().map(|one| format!("{} {}\n", one.id.index(), one.key)).collect(),
            Err(err) => err.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn keys_are_numbered_in_the_order_of_their_texts() {
        check(
            r#"fact = [
                { key = "site.b", type = "bool", ja = "あ", en = "a", fresh_days = 0 },
                { key = "asset.a", type = "text", ja = "あ", en = "a", fresh_days = 0 },
            ]"#,
            expect![[r#"
                0 asset.a
                1 site.b
            "#]],
        );
    }

    #[test]
    fn every_problem_is_listed_at_once() {
        check(
            r#"
            stray = 1
            fact = [
                { key = "printer.a", type = "bool", ja = "あ", en = "a", fresh_days = 0 },
                { key = "asset.a", type = "number", ja = "", fresh_day = 0 },
                { key = "asset.b", type = "integer", ja = "い", en = "b", fresh_days = -1, values = ["x"] },
                { key = "asset.c", type = "bool", ja = "う", en = "c", fresh_days = 1, values = ["x"], unit = "days", merge = "union", registry = ["HKLM"] },
                { key = "asset.d", type = "bool", ja = "え", en = "d", fresh_days = 1, secedit = "X" },
                { key = "asset.d", type = "bool", ja = "お", en = "D", fresh_days = 1, secedit = "x" },
                { ja = 3 },
            ]"#,
            expect![[r#"
                the fact dictionary has 20 problems
                f.toml: file: field `stray` is unknown
                f.toml: fact printer.a: "printer.a" does not begin with a kind of subject and a dot
                f.toml: fact asset.a: field `type` is "number", none of bool, integer, text, date, list
                f.toml: fact asset.a: field `ja` is empty
                f.toml: fact asset.a: field `en` is missing
                f.toml: fact asset.a: field `fresh_days` is missing
                f.toml: fact asset.a: field `fresh_day` is unknown
                f.toml: fact asset.b: field `fresh_days` is -1, outside 0..=36500
                f.toml: fact asset.c: "HKLM" is no registry place of the form KEY!value
                f.toml: fact asset.c: field `values` fits only facts of type text, this one is bool
                f.toml: fact asset.c: field `merge` fits only facts of type list, this one is bool
                f.toml: fact asset.c: field `unit` fits only facts of type integer, this one is bool
                f.toml: fact 7: field `key` is missing
                f.toml: fact 7: field `type` is missing
                f.toml: fact 7: field `ja` is integer, string was expected
                f.toml: fact 7: field `en` is missing
                f.toml: fact 7: field `fresh_days` is missing
                f.toml: fact asset.d: key "asset.d" is already taken by asset.d
                f.toml: fact asset.d: secedit name "x" is already taken by asset.d
                f.toml: fact asset.d: label "D" is already taken by asset.d"#]],
        );
    }

    #[test]
    fn every_named_value_has_a_label_or_none_has() {
        check(
            r#"fact = [
                { key = "asset.a", type = "text", ja = "あ", en = "a", fresh_days = 0, values = ["x", "y"],
                  labels = { x = { ja = "えっくす", en = "x" }, z = { ja = "ぜっと", en = "z" } } },
                { key = "asset.b", type = "text", ja = "い", en = "b", fresh_days = 0, values = ["x"], labels = { x = "x" } },
            ]"#,
            expect![[r#"
                the fact dictionary has 3 problems
                f.toml: fact asset.a: field `labels.z` is unknown
                f.toml: fact asset.a: field `labels.y` is empty
                f.toml: fact asset.b: field `labels.x` is string, table with ja and en was expected"#]],
        );
        let text = r#"fact = [{ key = "asset.a", type = "text", ja = "あ", en = "a", fresh_days = 0, values = ["x"],
            labels = { x = { ja = "えっくす", en = "ex" } } }]"#;
        let dictionary = Dictionary::parse(&[("f.toml", text)]).unwrap();
        let definition = dictionary.find("asset.a").unwrap();
        assert_eq!(definition.value_label("x").map(|label| label.ja.as_str()), Some("えっくす"));
        assert_eq!(definition.value_label("y"), None);
    }

    #[test]
    fn a_file_that_is_no_toml_names_itself() {
        assert!(
            Dictionary::parse(&[("f.toml", "fact = [")]).unwrap_err().to_string().contains("f.toml: file: TOML parse")
        );
    }
}
