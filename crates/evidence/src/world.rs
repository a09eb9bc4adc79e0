//! Everything currently known about one site, ready for checks.
//!
//! Loading picks, per subject and key, the observation that counts; identity and other conclusions are drawn here, on reading,
//! so that the order in which files arrived does not matter (docs/decisions/0005).

use std::collections::HashMap;

use assess::{Dictionary, Fact, FactId, KeyId, Merge, SubjectFacts};
use base::{FactValue, Grade, Subject, SubjectKind, UtcSeconds};
use store::{StoreError, Transaction};

use crate::store as tables;

/// Draws conclusions from facts: which rows mean the same thing, what follows from two facts together.
pub trait Deriver: Send + Sync {
    /// Adds what follows. Runs once per assessment, in the order of registration.
    fn derive(&self, world: &mut World);
}

/// Where a fact comes from: its row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Number of the subject it was stated about.
    pub subject: i64,
    /// Number of the key it was stated under.
    pub key: i64,
    /// The evidence.
    pub evidence: i64,
}

/// One subject with the facts that count.
#[derive(Debug, Clone)]
pub struct KnownSubject {
    /// The subject.
    pub subject: Subject,
    facts: Vec<Fact>,
    merged_into: Option<usize>,
}

/// What is known about one site.
#[derive(Debug)]
pub struct World {
    dictionary: Dictionary,
    now: UtcSeconds,
    as_of: u64,
    subjects: Vec<KnownSubject>,
    by_subject: HashMap<Subject, usize>,
    origins: Vec<Origin>,
    first_conclusion: Option<usize>,
}

impl World {
    /// Reads the facts of `site` as of `now`.
    ///
    /// # Errors
    /// [`StoreError`] of the database, or a stored value that is not of its type.
    pub fn load(
        tx: &mut Transaction,
        site: &str,
        dictionary: &Dictionary,
        now: UtcSeconds,
    ) -> Result<Self, StoreError> {
        let mut world = Self::empty(dictionary, now);
        world.as_of = store::ledger::find_size(tx)?;
        let keys = tables::list_keys(tx, dictionary)?;
        let mut numbers: HashMap<i64, usize> = HashMap::new();
        for (number, subject) in tables::list_subjects(tx, site)? {
            numbers.insert(number, world.subject_index(&subject));
        }
        tables::each_fact(tx, site, |row| {
            world.read(&numbers, &keys, row);
            Ok(())
        })?;
        Ok(world)
    }

    /// Reads only the facts of the first of `subjects`, joined by those of the others, which are the same thing. No conclusions
    /// are drawn.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub fn load_one(
        tx: &mut Transaction,
        site: &str,
        dictionary: &Dictionary,
        now: UtcSeconds,
        subjects: &[Subject],
    ) -> Result<Self, StoreError> {
        let mut world = Self::empty(dictionary, now);
        let keys = tables::list_keys(tx, dictionary)?;
        for subject in subjects {
            let mut numbers = HashMap::new();
            let index = world.subject_index(subject);
            for (_, row) in tables::list_history(tx, site, subject)? {
                numbers.insert(row.subject, index);
                let stored = tables::StoredFact {
                    subject: row.subject,
                    key: row.key,
                    observed_at: row.observed_at,
                    evidence: row.evidence,
                    value: row.value,
                    grade: row.grade,
                };
                world.read(&numbers, &keys, stored);
            }
            world.merge(0, index);
        }
        Ok(world)
    }

    fn read(&mut self, numbers: &HashMap<i64, usize>, keys: &HashMap<i64, KeyId>, row: tables::StoredFact) {
        let (Some(index), Some(key)) = (numbers.get(&row.subject), keys.get(&row.key)) else { return };
        let Some(definition) = self.dictionary.definition(*key) else { return };
        // A value that no longer fits its type (the dictionary changed) counts as not known.
        let Ok(value) = FactValue::parse(definition.fact_type, &row.value) else { return };
        let origin = Origin { subject: row.subject, key: row.key, evidence: row.evidence };
        self.offer(*index, *key, value, row.observed_at, row.grade, origin);
    }

    /// A world in which nothing is known.
    #[must_use]
    pub fn empty(dictionary: &Dictionary, now: UtcSeconds) -> Self {
        Self {
            dictionary: dictionary.clone(),
            now,
            as_of: 0,
            subjects: Vec::new(),
            by_subject: HashMap::new(),
            origins: Vec::new(),
            first_conclusion: None,
        }
    }

    /// The dictionary.
    #[must_use]
    pub const fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The moment of the assessment.
    #[must_use]
    pub const fn now(&self) -> UtcSeconds {
        self.now
    }

    /// Number of entries the ledger had when the facts of the site were read: of two worlds of a site, the one with more has seen
    /// everything that the other has. 0 if it was not read as a whole.
    #[must_use]
    pub const fn as_of(&self) -> u64 {
        self.as_of
    }

    /// Index of a subject, added if it is new.
    pub fn subject_index(&mut self, subject: &Subject) -> usize {
        if let Some(index) = self.by_subject.get(subject) {
            return *index;
        }
        self.subjects.push(KnownSubject { subject: subject.clone(), facts: Vec::new(), merged_into: None });
        let index = self.subjects.len() - 1;
        self.by_subject.insert(subject.clone(), index);
        index
    }

    /// States a fact; it takes the place of another one of the same key if it counts more.
    pub fn offer(
        &mut self,
        index: usize,
        key: KeyId,
        value: FactValue,
        observed_at: UtcSeconds,
        grade: Grade,
        origin: Origin,
    ) {
        let id = FactId(i64::try_from(self.origins.len()).unwrap_or(i64::MAX));
        self.origins.push(origin);
        self.settle(index, Fact { key, value, observed_at, grade, id });
    }

    fn settle(&mut self, index: usize, fact: Fact) {
        let Some(definition) = self.dictionary.definition(fact.key) else { return };
        let (fresh_days, now, merge) = (definition.fresh_days, self.now, definition.merge);
        let Some(known) = self.subjects.get_mut(index) else { return };
        let Some(present) = known.facts.iter_mut().find(|present| present.key == fact.key) else {
            known.facts.push(fact);
            return;
        };
        let rank = |fact: &Fact| (!fact.is_stale(fresh_days, now), fact.grade, fact.observed_at, fact.id);
        let wins = rank(&fact) > rank(present);
        match (merge, &present.value, &fact.value) {
            (Merge::Union, FactValue::List(a), FactValue::List(b)) => {
                let both = FactValue::list(a.iter().chain(b));
                if wins {
                    *present = fact;
                }
                present.value = both;
            }
            _ if wins => *present = fact,
            _ => {}
        }
    }

    /// Says that two subjects are one thing: the facts of `from` join those of `into`, and `from` is no longer listed.
    pub fn merge(&mut self, into: usize, from: usize) {
        let into = self.resolve(into);
        if into == from || self.subjects.get(from).is_none_or(|known| known.merged_into.is_some()) {
            return;
        }
        let facts = self.subjects.get_mut(from).map(|known| std::mem::take(&mut known.facts)).unwrap_or_default();
        if let Some(known) = self.subjects.get_mut(from) {
            known.merged_into = Some(into);
        }
        for fact in facts {
            self.settle(into, fact);
        }
    }

    fn resolve(&self, mut index: usize) -> usize {
        while let Some(next) = self.subjects.get(index).and_then(|known| known.merged_into) {
            index = next;
        }
        index
    }

    /// The subjects of a kind that were not merged into others, with their indexes.
    pub fn of_kind(&self, kind: SubjectKind) -> impl Iterator<Item = (usize, &KnownSubject)> {
        self.subjects
            .iter()
            .enumerate()
            .filter(move |(_, known)| known.subject.kind() == kind && known.merged_into.is_none())
    }

    /// The subject of an index.
    #[must_use]
    pub fn subject(&self, index: usize) -> Option<&Subject> {
        self.subjects.get(index).map(|known| &known.subject)
    }

    /// The fact that counts for a key.
    #[must_use]
    pub fn find(&self, index: usize, key: &str) -> Option<&Fact> {
        let key = self.dictionary.find(key)?.id;
        self.subjects.get(index)?.facts.iter().find(|fact| fact.key == key)
    }

    /// The text of a fact, if there is one and it is a text.
    #[must_use]
    pub fn find_text(&self, index: usize, key: &str) -> Option<&str> {
        match &self.find(index, key)?.value {
            FactValue::Text(text) => Some(text),
            FactValue::Bool(_) | FactValue::Integer(_) | FactValue::Date(_) | FactValue::List(_) => None,
        }
    }

    /// The fact of this number under a subject, with the subject's index.
    #[must_use]
    pub fn fact(&self, subject: &Subject, id: FactId) -> Option<(usize, &Fact)> {
        let index = *self.by_subject.get(subject)?;
        let fact = self.subjects.get(index)?.facts.iter().find(|fact| fact.id == id)?;
        Some((index, fact))
    }

    /// Whether a fact is young enough to count.
    #[must_use]
    pub fn is_fresh(&self, fact: &Fact) -> bool {
        self.dictionary.definition(fact.key).is_some_and(|known| !known.is_stale(fact.observed_at, self.now))
    }

    /// Where a fact was read.
    #[must_use]
    pub fn origin(&self, id: FactId) -> Option<Origin> {
        self.origins.get(usize::try_from(id.0).ok()?).copied()
    }

    /// Adds a conclusion that rests on `premise`: same time and evidence, and the grade given.
    pub fn conclude(&mut self, index: usize, key: &str, value: FactValue, grade: Grade, premise: &Fact) {
        let Some(definition) = self.dictionary.find(key) else { return };
        let Some(origin) = self.origin(premise.id) else { return };
        self.first_conclusion.get_or_insert(self.origins.len());
        self.offer(index, definition.id, value, premise.observed_at, grade, origin);
    }

    /// Whether a fact was concluded from others. Conclusions are drawn after all facts were read.
    #[must_use]
    pub fn is_conclusion(&self, fact: &Fact) -> bool {
        let first = self.first_conclusion.and_then(|first| i64::try_from(first).ok());
        first.is_some_and(|first| fact.id.0 >= first)
    }

    /// The subjects that were found to be the same thing as another, by the index of that other.
    #[must_use]
    pub fn aliases(&self) -> HashMap<usize, Vec<&Subject>> {
        let mut aliases: HashMap<usize, Vec<&Subject>> = HashMap::new();
        for (index, known) in self.subjects.iter().enumerate() {
            if known.merged_into.is_some() {
                aliases.entry(self.resolve(index)).or_default().push(&known.subject);
            }
        }
        aliases
    }

    /// Subjects of a kind with their facts, in the order of their ids, ready for evaluation.
    #[must_use]
    pub fn settled(&self, kind: SubjectKind) -> Vec<(Subject, SubjectFacts)> {
        let mut settled: Vec<(Subject, SubjectFacts)> = self
            .of_kind(kind)
            .map(|(_, known)| (known.subject.clone(), SubjectFacts::new(known.facts.clone())))
            .collect();
        settled.sort_by(|(a, _), (b, _)| a.cmp(b));
        settled
    }
}

impl KnownSubject {
    /// The facts that count, in no particular order.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }
}
