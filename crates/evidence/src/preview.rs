//! What a ledger would change, before it does.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use assess::Dictionary;
use base::{FactValue, Subject, SubjectKind};
use store::{StoreError, Transaction};

use crate::importer::NewFact;
use crate::store as tables;

/// One value that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The subject.
    pub subject: Subject,
    /// The key.
    pub key: String,
    /// What is in force now; `None` if nothing is.
    pub before: Option<String>,
    /// What the file says.
    pub after: String,
}

/// The differences between what is known and what a file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// Subjects nobody has named before.
    pub added: Vec<Subject>,
    /// The first texts that the file says of each of these, so that a person knows what it is.
    pub added_values: Vec<Change>,
    /// Values that would change, for subjects already known.
    pub changed: Vec<Change>,
    /// Subjects of the ledger that this file no longer names. They are not removed: the next stock-taking will show them.
    pub missing: Vec<Subject>,
    /// Subjects whose values all stay as they are.
    pub same: usize,
}

/// Texts of a new subject that are told.
const MAX_TOLD: usize = 5;

impl Preview {
    fn tell(&mut self, subject: &Subject, key: &str, value: &FactValue) {
        let told = self.added_values.iter().rev().take_while(|change| change.subject == *subject).count();
        let is_text = matches!(value, FactValue::Text(_) | FactValue::List(_));
        let after = value.to_string();
        if told < MAX_TOLD && is_text && !after.is_empty() && after != subject.id() {
            self.added_values.push(Change { subject: subject.clone(), key: key.to_owned(), before: None, after });
        }
    }
}

/// Compares the facts of a file with the latest ones of the store.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn compare(
    tx: &mut Transaction,
    site: &str,
    dictionary: &Dictionary,
    subjects: &[Subject],
    facts: &[NewFact],
) -> Result<Preview, StoreError> {
    let known: HashMap<i64, Subject> = tables::list_subjects(tx, site)?.into_iter().collect();
    let keys = tables::list_keys(tx, dictionary)?;
    let mut present: HashMap<&Subject, BTreeMap<&str, String>> = HashMap::new();
    tables::each_fact(tx, site, |row| {
        if let (Some(subject), Some(key)) = (known.get(&row.subject), keys.get(&row.key)) {
            present.entry(subject).or_default().insert(dictionary.key(*key), row.value);
        }
        Ok(())
    })?;
    let mut preview = Preview::default();
    let mut touched: BTreeSet<u32> = BTreeSet::new();
    for fact in facts {
        let Some(subject) = usize::try_from(fact.subject).ok().and_then(|index| subjects.get(index)) else { continue };
        let key = dictionary.key(fact.key);
        let Some(values) = present.get(subject) else {
            preview.tell(subject, key, &fact.value);
            continue;
        };
        let after = fact.value.to_string();
        let before = values.get(key);
        if before != Some(&after) {
            touched.insert(fact.subject);
            preview.changed.push(Change {
                subject: subject.clone(),
                key: key.to_owned(),
                before: before.cloned(),
                after,
            });
        }
    }
    preview.added = subjects.iter().filter(|subject| !present.contains_key(subject)).cloned().collect();
    preview.same = subjects.len().saturating_sub(preview.added.len()).saturating_sub(touched.len());
    preview.missing = missing(&present, subjects);
    Ok(preview)
}

/// Ledger subjects of the kinds this file is about that it does not name.
fn missing(present: &HashMap<&Subject, BTreeMap<&str, String>>, subjects: &[Subject]) -> Vec<Subject> {
    // Lists of accounts (leavers, approved administrators) and scans name some, not all.
    let whole = [SubjectKind::Asset, SubjectKind::Connection, SubjectKind::Vendor];
    let kinds: BTreeSet<SubjectKind> = subjects.iter().map(Subject::kind).filter(|kind| whole.contains(kind)).collect();
    let named: BTreeSet<&Subject> = subjects.iter().collect();
    let in_ledger = |values: &BTreeMap<&str, String>| {
        values.get("asset.in_ledger").is_some_and(|value| *value == FactValue::Bool(true).to_string())
    };
    let mut missing: Vec<Subject> = present
        .iter()
        .filter(|(subject, values)| {
            kinds.contains(&subject.kind())
                && !named.contains(*subject)
                && (subject.kind() != SubjectKind::Asset || in_ledger(values))
        })
        .map(|(subject, _)| (*subject).clone())
        .collect();
    missing.sort();
    missing
}
